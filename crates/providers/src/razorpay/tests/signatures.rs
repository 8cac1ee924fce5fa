//! Every signature case, each through the door that meets it in life where there is one.

use super::*;
use crate::contract::{Forged, Notices, Unverified};
use crate::razorpay::sign;
use data_encoding::BASE64;

fn cases() -> Vec<Value> {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    vectors["vectors"].as_array().unwrap().clone()
}

fn text<'a>(case: &'a Value, field: &str) -> &'a str {
    case[field].as_str().unwrap_or_else(|| panic!("{field} in {case}"))
}

#[test]
fn every_vector_gets_the_verdict_of_both_sdks() {
    let cases = cases();
    assert_eq!(cases.len(), 40);
    let accepted = cases.iter().filter(|case| check(case)).count();
    assert_eq!(accepted, cases.iter().filter(|case| case["expected"] == true).count());
    assert!((10..40).contains(&accepted), "both verdicts occur");
}

#[track_caller]
fn check(case: &Value) -> bool {
    let field = |name: &str| text(&case["fields"], name).to_owned();
    let message = match text(case, "kind") {
        "webhook" => BASE64.decode(text(case, "body_base64").as_bytes()).unwrap(),
        "payment" => {
            let parts = ["razorpay_order_id", "razorpay_payment_id"].map(field);
            sign::message(&parts.each_ref().map(String::as_str)).into_bytes()
        }
        "payment_link" => {
            let parts = ["link_id", "link_reference_id", "link_status", "id"];
            let parts = parts.map(|part| field(&format!("razorpay_payment_{part}")));
            sign::message(&parts.each_ref().map(String::as_str)).into_bytes()
        }
        // Not offered: the arithmetic is checked all the same.
        "subscription" => {
            format!("{}|{}", field("razorpay_payment_id"), field("razorpay_subscription_id")).into_bytes()
        }
        kind => panic!("a kind of vector that nobody checks: {kind}"),
    };
    let secrets = [Secret::new(text(case, "secret"))];
    let verdict = sign::check(&secrets, &message, Some(text(case, "signature")));
    assert_eq!(verdict.is_ok(), case["expected"] == true, "{}", text(case, "id"));
    verdict.is_ok()
}

#[test]
fn webhook_vectors_pass_or_fail_at_the_door() {
    for case in cases().iter().filter(|case| case["kind"] == "webhook") {
        let body = BASE64.decode(text(case, "body_base64").as_bytes()).unwrap();
        let headers = case["headers"].as_object().unwrap().iter();
        let headers: Vec<_> =
            headers.map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap().to_owned())).collect();
        let (account, wire) = (account(), Script::new(vec![]));
        let secrets = [Secret::new(text(case, "secret"))];
        let message = Unverified::new(&headers, &body);
        let verdict = run(Razorpay.verify(call(&account, &wire), &secrets, message));
        match (case["expected"] == true, text(case, "id")) {
            // Properly signed, and no event at all.
            (true, "sdk-suite-webhook-min") => assert_eq!(verdict, Err(Forged::Unreadable)),
            (true, id) => assert!(verdict.is_ok_and(|notice| notice.event_id.is_some()), "{id}"),
            (false, id) => assert_eq!(verdict, Err(Forged::WrongSignature), "{id}"),
        }
    }
}

#[test]
fn an_empty_secret_signs_nothing() {
    let no_key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, b"");
    let forged = data_encoding::HEXLOWER.encode(aws_lc_rs::hmac::sign(&no_key, b"x").as_ref());
    let empty = || Secret::new("");
    let check = |secrets: &[Secret], signature| sign::check(secrets, b"x", signature);
    assert_eq!(check(&[], Some(&forged)), Err(Forged::NoSecret));
    assert_eq!(check(&[empty()], Some(&forged)), Err(Forged::NoSecret));
    assert_eq!(check(&[empty(), Secret::new("s")], Some(&forged)), Err(Forged::WrongSignature));
    assert_eq!(check(&[Secret::new("s")], None), Err(Forged::NoSignature));
    assert_eq!(check(&[Secret::new("s")], Some("")), Err(Forged::NoSignature));
}

#[test]
fn the_secret_before_a_change_still_counts() {
    let case = cases().into_iter().find(|case| case["id"] == "webhook-captured-compact").unwrap();
    let body = text(&case, "body").as_bytes();
    let secrets = [Secret::new("new"), Secret::new(text(&case, "secret"))];
    assert_eq!(sign::check(&secrets, body, Some(text(&case, "signature"))), Ok(()));
}
