//! Every signature case, through the door that meets it in life.

use super::*;
use crate::contract::{Forged, Notices, Unverified};

fn text<'a>(case: &'a Value, field: &str) -> &'a str {
    case[field].as_str().unwrap_or_else(|| panic!("{field} in {case}"))
}

/// Verdict at the door of an account with this secret.
fn verdict(secret: &str, timestamp: &str, signature: &str, body: &str) -> Result<String, Forged> {
    let headers = [("x-webhook-timestamp", timestamp), ("x-webhook-signature", signature)];
    let headers: Vec<_> = headers
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut account = account();
    account.credentials.insert("client_secret".to_owned(), Secret::new(secret));
    let wire = Script::new(vec![]);
    let message = Unverified::new(&headers, body.as_bytes());
    run(Cashfree.verify(call(&account, &wire), &[Secret::new("nobody asks for this one")], message))
        .map(|notice| notice.kind)
}

#[test]
fn every_vector_gets_the_verdict_of_the_official_client_or_a_stricter_one() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let cases = vectors["vectors"].as_array().unwrap();
    assert_eq!(cases.len(), 18);
    let mut accepted = 0;
    for case in cases {
        let [secret, timestamp, signature, body] =
            ["secret", "timestamp", "signature", "body"].map(|field| text(case, field));
        let said = verdict(secret, timestamp, signature, body);
        let good = case["expected"] == true && case.get("ours").is_none();
        accepted += usize::from(good);
        match said {
            Ok(kind) => assert!(good && body.contains(&kind), "{}", text(case, "id")),
            Err(why) => {
                assert!(!good, "{}: {why:?}", text(case, "id"));
                assert_eq!(why, Forged::WrongSignature, "{}", text(case, "id"));
            }
        }
    }
    assert_eq!(accepted, 6);
}

#[test]
fn what_is_missing_is_told_apart() {
    let body = r#"{"type":"SETTLEMENT_SUCCESS","data":{}}"#;
    let signed = |secret: &str, timestamp: &str| {
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
        let tag = aws_lc_rs::hmac::sign(&key, format!("{timestamp}{body}").as_bytes());
        data_encoding::BASE64.encode(tag.as_ref())
    };
    assert_eq!(verdict("s", "17", &signed("s", "17"), body), Ok("SETTLEMENT_SUCCESS".to_owned()));
    assert_eq!(verdict("s", "17", "", body), Err(Forged::NoSignature));
    assert_eq!(verdict("s", "", &signed("s", ""), body), Err(Forged::NoSignature));
    // Anybody could have used the empty secret.
    assert_eq!(verdict("", "17", &signed("", "17"), body), Err(Forged::NoSecret));
    assert_eq!(verdict("s", " 17", &signed("s", " 17"), body), Err(Forged::WrongSignature));
    assert_eq!(verdict("s", "17", "no base64!", body), Err(Forged::WrongSignature));
}
