//! What each kind of answer leaves us knowing: done, surely not done, or unknown.

use super::*;
use crate::contract::{Open, Refund, Watch};

const DUPLICATE: &str = r#"{"status_id":-1,"status":"ERROR","error_message":"A refund call was already completed with this unique_request_id for the order.","error_code":"duplicate.call"}"#;
const EXCEEDED: &str = r#"{"status_id":-1,"status":"ERROR","error_message":"Refund amount exceeds the refundable amount.","error_code":"invalid.amount.exceeded"}"#;
const NO_SUCH: &str = r#"{"status_id":40,"status":"NOT_FOUND","order_id":"01k4v9r2m8q5t7w3x6yz"}"#;
const EXISTS: &str = r#"{"status":"error","error_code":"ALREADY_EXISTS","error_message":"order exists","error_info":{"category":"USER_ERROR","code":"ALREADY_EXISTS"}}"#;

type Answers = Vec<Result<crate::wire::Answer, CallError>>;

fn open(answers: Answers) -> Result<crate::contract::Opened, CallError> {
    let (account, wire) = (account(), Script::new(answers));
    let opened = run(Hdfc.open(call(&account, &wire), &opening()));
    wire.sent();
    opened
}

fn refund(answers: Answers) -> Result<Report, CallError> {
    let (account, wire) = (account(), Script::new(answers));
    let refunded = run(Hdfc.refund(call(&account, &wire), &refund_ask()));
    wire.sent();
    refunded
}

#[test]
fn every_answer_has_its_outcome() {
    let bad = |code: &str| format!(r#"{{"status":"error","error_code":"{code}","error_message":"m"}}"#);
    refused(open(vec![status(401, "{}")]), ReasonKind::Unauthorized);
    refused(open(vec![status(403, "<html>")]), ReasonKind::Forbidden);
    refused(open(vec![status(429, "")]), ReasonKind::RateLimited);
    refused(open(vec![status(400, bad("INVALID_INPUT"))]), ReasonKind::Refused);
    let camel = r#"{"status":"Bad Request","errorInfo":{"code":"INVALID_INPUT","developerMessage":"x"}}"#;
    refused(open(vec![status(400, camel)]), ReasonKind::Refused);
    unknown(open(vec![status(400, r#"{"status":"error"}"#)]), ReasonKind::Unrecognised);
    unknown(open(vec![status(302, bad("moved"))]), ReasonKind::Unrecognised);
    unknown(open(vec![status(400, "<html>")]), ReasonKind::Unreadable);
    unknown(open(vec![status(404, "")]), ReasonKind::Unreadable);
    unknown(open(vec![status(408, "{}")]), ReasonKind::TimedOut);
    for code in [500, 502, 503, 504] {
        unknown(open(vec![status(code, bad("INVALID_INPUT"))]), ReasonKind::ServerError);
    }
    for body in ["", "<html>", "{}", "[]", &SESSION[..200], r#"{"status":"error","error_code":"x"}"#] {
        unknown(open(vec![ok(body)]), ReasonKind::Unreadable);
    }
    let late = || Err(CallError::unknown(ReasonKind::TimedOut, "late"));
    unknown(open(vec![late()]), ReasonKind::TimedOut);
    refused(open(vec![Err(CallError::not_done(ReasonKind::Unreachable, "down"))]), ReasonKind::Unreachable);
}

#[test]
fn what_was_opened_must_be_what_was_asked() {
    let changed = |from: &str, to: &str| open(vec![ok(SESSION.replace(from, to))]);
    unknown(changed(r#""amount":"499.0""#, r#""amount":"4.99""#), ReasonKind::Unrecognised);
    unknown(changed(r#""currency":"INR""#, r#""currency":"USD""#), ReasonKind::Unrecognised);
    unknown(changed(OUR_REF, "01k4v9r2m8q5t7w3x6y0"), ReasonKind::Unrecognised);
    unknown(changed(r#""orderId":"01k"#, r#""orderId":"02k"#), ReasonKind::Unrecognised);
    unknown(changed("\"web\":\"https:", "\"web\":\"http:"), ReasonKind::Unreadable);
    unknown(changed("\"web\":\"https:", "\"web\":\"javascript:"), ReasonKind::Unreadable);
    unknown(changed("sdk_payload", "other"), ReasonKind::Unreadable);
}

#[test]
fn an_order_that_exists_already_is_looked_up() {
    let new = with(ORDER, &[("status", json!("NEW")), ("txn_id", Value::Null), ("id", json!("ordeh_1"))]);
    let opened = open(vec![status(400, EXISTS), ok(new)]).unwrap();
    let page = "https://smartgateway.hdfcuat.bank.in/payment-page/order/ordeh_1".to_owned();
    assert_eq!(opened.handle, crate::contract::Handle::Redirect { url: page });
    unknown(open(vec![status(400, EXISTS), status(404, NO_SUCH)]), ReasonKind::Refused);
    unknown(open(vec![status(400, EXISTS), status(500, "")]), ReasonKind::Refused);
    let other = with(ORDER, &[("amount", json!(1))]);
    unknown(open(vec![status(400, EXISTS), ok(other)]), ReasonKind::Refused);
}

#[test]
fn only_a_definite_no_such_order_is_none() {
    let find = |answer| {
        let (account, wire) = (account(), Script::new(vec![answer]));
        run(Hdfc.find(call(&account, &wire), &opening()))
    };
    assert_eq!(find(status(404, NO_SUCH)), Ok(None));
    assert_eq!(find(ok(NO_SUCH)), Ok(None));
    for (code, body) in [(404, "<html>"), (404, ""), (404, "{}"), (500, NO_SUCH), (200, "")] {
        assert!(matches!(find(status(code, body)), Err(CallError::Unknown(_))), "{code} {body}");
    }
    // Says that something is missing, not what.
    let missing = r#"{"status":"error","error_code":"RESOURCE_NOT_FOUND"}"#;
    refused(find(status(404, missing)), ReasonKind::Refused);
    unknown(find(ok(with(ORDER, &[("amount", json!(498))]))), ReasonKind::Unrecognised);
    let links = json!({"web": "https://smartgateway.hdfcuat.bank.in/merchant/ipay/ordeh_0001"});
    let found = find(ok(with(ORDER, &[("payment_links", links)]))).unwrap().unwrap();
    assert!(
        matches!(found.handle, crate::contract::Handle::Redirect { url } if url.ends_with("/merchant/ipay/ordeh_0001"))
    );
}

/// It was opened once: that it is gone is no proof that nothing was paid.
#[test]
fn an_opened_order_that_is_not_found_is_unknown() {
    let (account, wire) = (account(), Script::new(vec![status(404, NO_SUCH)]));
    unknown(run(Watch::fetch(&Hdfc, call(&account, &wire), &subject())), ReasonKind::NotFound);
}

#[test]
fn a_refusal_of_a_refund_is_believed_only_after_a_look() {
    let ours = || ok(with_refunds(&[refund_with(&[])]));
    assert!(refund(vec![ours()]).is_ok());
    // The echo of an earlier call of ours.
    assert!(refund(vec![status(400, DUPLICATE), ours()]).is_ok());
    assert!(refund(vec![status(400, EXCEEDED), ours()]).is_ok());
    refused(refund(vec![status(400, EXCEEDED), ok(ORDER)]), ReasonKind::Refused);
    unknown(refund(vec![status(400, EXCEEDED), status(500, "")]), ReasonKind::Refused);
    // The same amount within five seconds: ours may be the one that is under way.
    unknown(refund(vec![status(400, DUPLICATE), ok(ORDER)]), ReasonKind::Refused);
    unknown(refund(vec![ok(ORDER)]), ReasonKind::Unrecognised);
    unknown(
        refund(vec![ok(with_refunds(&[refund_with(&[("unique_request_id", json!("x"))])]))]),
        ReasonKind::Unrecognised,
    );
    unknown(
        refund(vec![ok(with_refunds(&[refund_with(&[("status", json!("ODD"))])]))]),
        ReasonKind::Unrecognised,
    );
    unknown(
        refund(vec![ok(with_refunds(&[refund_with(&[("txn_id", json!("SGTEST-x-9"))])]))]),
        ReasonKind::Unrecognised,
    );
    unknown(refund(vec![ok(with(ORDER, &[("refunds", json!([{"odd": 1}]))]))]), ReasonKind::Unreadable);
}

#[test]
fn a_refund_is_none_only_in_a_list_without_it() {
    let fetch = |body: String, known: Option<&str>| {
        let (account, wire) = (account(), Script::new(vec![ok(body)]));
        run(Refund::fetch(&Hdfc, call(&account, &wire), &refund_ask(), known))
    };
    assert_eq!(fetch(ORDER.to_owned(), None), Ok(None));
    assert_eq!(fetch(with(ORDER, &[("refunds", Value::Null)]), None), Ok(None));
    // It says that something was refunded, and not what.
    let hidden = with(ORDER, &[("refunds", Value::Null), ("refunded", json!(true))]);
    unknown(fetch(hidden, None), ReasonKind::Unrecognised);
    unknown(fetch(ORDER.to_owned(), Some(REFUND_REF)), ReasonKind::NotFound);
    let found =
        fetch(with_refunds(&[refund_with(&[("status", json!("SUCCESS")), ("ref", json!("611100"))])]), None);
    match found.unwrap().unwrap() {
        Report::Refund { about, fact } => {
            assert_eq!((about.provider_refund.as_str(), about.provider_payment.as_str()), (REFUND_REF, TXN));
            assert_eq!(about.our_ref, Some(refund_ask().our_ref));
            assert_eq!((about.amount, about.bank_ref.as_deref()), (Money::inr(100_00), Some("611100")));
            assert_eq!(fact.at.to_string(), "2026-01-02T15:35:32.000Z");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_sealed_connection_believes_no_plain_answer() {
    let account = sealed_account();
    let fetch = |answer| run(Watch::fetch(&Hdfc, call(&account, &Script::new(vec![answer])), &subject()));
    unknown(fetch(ok(ORDER)), ReasonKind::Unreadable);
    unknown(fetch(ok("")), ReasonKind::Unreadable);
    // Opened, signed, and about something else.
    unknown(fetch(ok(case("jwe-answer")["sealed"].to_string())), ReasonKind::Unreadable);
    refused(fetch(status(401, "{}")), ReasonKind::Unauthorized);
}

#[test]
fn errors_keep_no_payer() {
    let body = r#"{"status":"error","error_code":"INVALID_INPUT","error_message":"asha@example.com or 9800000001 is wrong"}"#;
    let said = open(vec![status(400, body)]).unwrap_err();
    assert_eq!(said.reason().detail, "error INVALID_INPUT … or … is wrong");
}
