//! Every vector of the sheet: each is computed or refused as it says.

use super::*;
use crate::phonepe::v1::sign::SaltKey;
use crate::phonepe::v2::sign::check_webhook;

fn cases() -> Vec<Value> {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    vectors["cases"].as_array().unwrap().clone()
}

fn text<'a>(case: &'a Value, field: &str) -> &'a str {
    case[field].as_str().unwrap_or_else(|| panic!("{field} in {case}"))
}

fn salt(case: &Value) -> SaltKey {
    SaltKey { key: Secret::new(text(case, "saltKey")), index: text(case, "saltIndex").to_owned() }
}

#[test]
fn every_vector_comes_out_as_it_says() {
    let cases = cases();
    assert_eq!(cases.len(), 30);
    let mut seen = std::collections::BTreeMap::new();
    for case in &cases {
        *seen.entry(check(case)).or_insert(0) += 1;
    }
    let seen: Vec<_> = seen.into_iter().collect();
    assert_eq!(seen, [("accepted", 10), ("made", 9), ("refused", 11)]);
}

#[track_caller]
fn check(case: &Value) -> &'static str {
    let id = text(case, "id");
    let verdict = match text(case, "kind") {
        "v1_request" | "v1_get" => {
            let payload = case["base64"].as_str().unwrap_or_default();
            assert_eq!(salt(case).of_request(payload, text(case, "path")), text(case, "expect"), "{id}");
            if let Some(json) = case["json"].as_str() {
                assert_eq!(data_encoding::BASE64.encode(json.as_bytes()), payload, "{id}");
            }
            return "made";
        }
        "v1_callback" => salt(case).check_callback(text(case, "base64"), case["header"].as_str()),
        "v1_redirect" => {
            let fields: Vec<(String, String)> = serde_json::from_value(case["fields"].clone()).unwrap();
            let fields = fields.iter().map(|(n, v)| (n.as_str(), v.as_str()));
            salt(case).check_redirect(fields, case["header"].as_str())
        }
        "v2_webhook_auth" => {
            let password = [Secret::new(text(case, "password"))];
            check_webhook(text(case, "username"), &password, case["header"].as_str())
        }
        kind => panic!("a kind of vector that nobody checks: {kind}"),
    };
    assert_eq!(verdict.is_ok(), case["verify"]["valid"] == true, "{id}");
    if verdict.is_ok() { "accepted" } else { "refused" }
}

#[test]
fn nothing_is_proven_without_a_secret() {
    use crate::contract::Forged::{NoSecret, NoSignature, WrongSignature};
    let empty = SaltKey { key: Secret::new(""), index: "1".to_owned() };
    let word = "bc842c31a9e54efe320d30d948be61291f3ceee4766e36ab25fa65243cd76e0e";
    assert_eq!(empty.check_callback("e30=", Some("x###1")), Err(NoSecret));
    assert_eq!(check_webhook("username", &[], Some(word)), Err(NoSecret));
    assert_eq!(check_webhook("username", &[Secret::new("")], Some(word)), Err(NoSecret));
    assert_eq!(check_webhook("username", &[Secret::new("password")], None), Err(NoSignature));
    assert_eq!(check_webhook("usernam", &[Secret::new("epassword")], Some(word)), Err(WrongSignature));
    // The word of an empty password can be made by anybody, also where a real one stands beside it.
    let of_nothing = "d35f07f0e217ae4a78817f18569b1bad47f380e57bd241ee09ad4392fd401a6a";
    let beside = [Secret::new(""), Secret::new("password")];
    assert_eq!(check_webhook("username", &beside, Some(of_nothing)), Err(WrongSignature));
    let both = [Secret::new("new"), Secret::new("password")];
    assert_eq!(check_webhook("username", &both, Some(word)), Ok(()));
}
