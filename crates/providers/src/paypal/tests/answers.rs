//! What each shape of answer means. A refund is asked for, being the call where a wrong belief costs most.

use super::*;
use crate::contract::Refund;
use crate::wire::ReasonKind::{self, *};

#[derive(Debug, PartialEq)]
enum Outcome {
    NotDone(ReasonKind),
    Unknown(ReasonKind),
}

fn outcome(error: CallError) -> Outcome {
    match error {
        CallError::NotDone(reason) => Outcome::NotDone(reason.kind),
        CallError::Unknown(reason) => Outcome::Unknown(reason.kind),
    }
}

/// The order is read first, for the capture. A refusal is followed by another look: here our refund is not in it.
#[track_caller]
fn check(code: u16, body: &str, expected: Outcome) {
    let mut answers = vec![ok(CAPTURED), status(code, body)];
    if code == 401 {
        // With a fresh token, and turned away once more.
        answers.push(ok(r#"{"access_token":"t","expires_in":9}"#));
        answers.push(status(401, body));
    }
    if expected == Outcome::NotDone(Refused) {
        answers.push(ok(CAPTURED));
    }
    let wire = script(answers);
    let error = run(PayPal.refund(call(&account(), &wire), &refund_ask())).unwrap_err();
    assert_eq!(outcome(error), expected, "{code} {body}");
    sent(&wire);
}

fn body(name: &str, issue: &str) -> String {
    json!({"name": name, "debug_id": "d1", "details": [{"issue": issue}]}).to_string()
}

#[test]
fn refusals_are_not_done() {
    let no = |issue: &str| body("UNPROCESSABLE_ENTITY", issue);
    check(422, ERROR, Outcome::NotDone(Refused));
    for issue in [
        "CAPTURE_FULLY_REFUNDED",
        "REFUND_AMOUNT_EXCEEDED",
        "REFUND_FAILED_INSUFFICIENT_FUNDS",
        "REFUND_TIME_LIMIT_EXCEEDED",
        "PENDING_CAPTURE",
        "TRANSACTION_DISPUTED",
        "DUPLICATE_INVOICE_ID",
        "DECIMALS_NOT_SUPPORTED",
    ] {
        check(422, &no(issue), Outcome::NotDone(Refused));
    }
    check(400, &body("INVALID_REQUEST", "INVALID_PARAMETER_VALUE"), Outcome::NotDone(Refused));
    check(400, r#"{"name":"INVALID_REQUEST"}"#, Outcome::NotDone(Refused));
    check(415, r#"{"name":"UNSUPPORTED_MEDIA_TYPE","details":[]}"#, Outcome::NotDone(Refused));
    check(404, &body("RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID"), Outcome::NotDone(NotFound));
    check(403, &body("NOT_AUTHORIZED", "PERMISSION_DENIED"), Outcome::NotDone(Forbidden));
    check(403, "<html>", Outcome::NotDone(Forbidden));
    check(429, &body("RATE_LIMIT_REACHED", ""), Outcome::NotDone(RateLimited));
    check(429, "", Outcome::NotDone(RateLimited));
    check(401, r#"{"error":"invalid_token"}"#, Outcome::NotDone(Unauthorized));
    check(401, "", Outcome::NotDone(Unauthorized));
}

#[test]
fn whatever_may_have_acted_is_unknown() {
    let no = |issue: &str| body("UNPROCESSABLE_ENTITY", issue);
    check(422, &no("A_RULE_OF_NEXT_YEAR"), Outcome::Unknown(Unrecognised));
    check(422, &no("capture_fully_refunded"), Outcome::Unknown(Unrecognised));
    // What stands beside the odd one might have said that it is being done.
    let odd = r#"{"name":"INVALID_REQUEST","details":[{"issue":"PREVIOUS_REQUEST_IN_PROGRESS"},null]}"#;
    check(400, odd, Outcome::Unknown(Unreadable));
    check(422, r#"{"name":"UNPROCESSABLE_ENTITY"}"#, Outcome::Unknown(Unrecognised));
    check(422, r#"{"name":"UNPROCESSABLE_ENTITY","details":[{}]}"#, Outcome::Unknown(Unrecognised));
    check(400, &body("A_NAME_OF_NEXT_YEAR", "DECIMAL_PRECISION"), Outcome::Unknown(Unrecognised));
    check(409, &body("RESOURCE_CONFLICT", "PREVIOUS_REQUEST_IN_PROGRESS"), Outcome::Unknown(Refused));
    check(409, &body("RESOURCE_CONFLICT", "DUPLICATE_INVOICE_ID"), Outcome::Unknown(Refused));
    check(422, &no("ORDER_COMPLETION_IN_PROGRESS"), Outcome::Unknown(Refused));
    check(408, "", Outcome::Unknown(TimedOut));
    check(500, &body("INTERNAL_SERVER_ERROR", "REFUND_AMOUNT_EXCEEDED"), Outcome::Unknown(ServerError));
    check(502, "<html>bad gateway</html>", Outcome::Unknown(ServerError));
    check(503, &body("SERVICE_UNAVAILABLE", ""), Outcome::Unknown(ServerError));
    check(302, &no("DECIMAL_PRECISION"), Outcome::Unknown(Unrecognised));
}

#[test]
fn what_cannot_be_read_is_unknown() {
    check(422, "<html>nginx</html>", Outcome::Unknown(Unreadable));
    check(422, "", Outcome::Unknown(Unreadable));
    check(404, "not found", Outcome::Unknown(Unreadable));
    check(400, r#"{"name":"INVALID_REQ"#, Outcome::Unknown(Unreadable));
    check(302, "", Outcome::Unknown(Unreadable));
    check(200, "", Outcome::Unknown(Unreadable));
    check(200, "<html>maintenance</html>", Outcome::Unknown(Unreadable));
    check(201, "{}", Outcome::Unknown(Unreadable));
    check(201, "null", Outcome::Unknown(Unreadable));
    check(201, ERROR, Outcome::Unknown(Unreadable));
    check(204, "", Outcome::Unknown(Unreadable));
    check(201, &REFUND[..200], Outcome::Unknown(Unreadable));
    check(201, &REFUND.replace("\"4.50\"", "4.50"), Outcome::Unknown(Unreadable));
    check(
        201,
        &REFUND.replace("\"status\"", "\"status\":\"PENDING\",\"status\""),
        Outcome::Unknown(Unreadable),
    );
}

#[test]
fn a_success_about_something_else_is_no_success() {
    check(201, &at(REFUND, &[("/amount/value", json!("0.00"))]), Outcome::Unknown(Unrecognised));
    check(201, &at(REFUND, &[("/amount/value", json!("-4.50"))]), Outcome::Unknown(Unrecognised));
    check(201, &at(REFUND, &[("/amount/value", json!("4.505"))]), Outcome::Unknown(Unrecognised));
    check(201, &at(REFUND, &[("/amount/currency_code", json!("XXX"))]), Outcome::Unknown(Unrecognised));
    check(201, &at(REFUND, &[("/status", json!("ON_THE_MOON"))]), Outcome::Unknown(Unrecognised));
    check(201, &at(REFUND, &[("/create_time", json!("yesterday"))]), Outcome::Unknown(Unrecognised));
    let elsewhere = json!("https://api-m.sandbox.paypal.com/v2/payments/captures/3HD00000TEST00002");
    check(201, &at(REFUND, &[("/links/1/href", elsewhere)]), Outcome::Unknown(Unrecognised));
}

#[test]
fn the_wires_own_verdict_stands() {
    for error in [CallError::not_done(Unreachable, "x"), CallError::unknown(TimedOut, "x")] {
        let wire = script(vec![ok(CAPTURED), Err(error.clone())]);
        assert_eq!(run(PayPal.refund(call(&account(), &wire), &refund_ask())), Err(error));
    }
}

#[test]
fn what_people_see_of_an_error_holds_no_texts() {
    let wire = script(vec![ok(CAPTURED), status(409, ERROR)]);
    let error = run(PayPal.refund(call(&account(), &wire), &refund_ask())).unwrap_err();
    assert_eq!(error.reason().detail, "UNPROCESSABLE_ENTITY DECIMAL_PRECISION 90957fca61718");
    let mail =
        json!({"name": "X asha@example.com", "debug_id": "d1", "details": [{"issue": "A B"}]}).to_string();
    let wire = script(vec![ok(CAPTURED), status(409, mail)]);
    let error = run(PayPal.refund(call(&account(), &wire), &refund_ask())).unwrap_err();
    assert_eq!(error.reason().detail, "d1");
}
