//! What each shape of answer means. A refund is asked for, being the call where a wrong belief costs most.

use super::*;
use crate::contract::{Refund, TestConnection, TestResult};
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

/// A refusal is followed by a look at the refunds: here there are none.
#[track_caller]
fn check(code: u16, body: &str, expected: Outcome) {
    let mut answers = vec![status(code, body)];
    if expected == Outcome::NotDone(Refused) {
        answers.push(collection(&[]));
    }
    let wire = Script::new(answers);
    let error = run(Razorpay.refund(call(&account(), &wire), &refund_ask())).unwrap_err();
    assert_eq!(outcome(error), expected, "{code} {body}");
    sent(&wire);
}

fn body(code: &str, text: &str) -> String {
    format!(r#"{{"error":{{"code":"{code}","description":"{text}"}}}}"#)
}

#[test]
fn refusals_are_not_done() {
    let no = |text: &str| body("BAD_REQUEST_ERROR", text);
    check(400, ERROR, Outcome::NotDone(Refused));
    check(400, &no("The refund amount provided is greater than amount captured."), Outcome::NotDone(Refused));
    check(400, &no("The payment has been fully refunded already."), Outcome::NotDone(Refused));
    check(
        400,
        &no("Your account does not have enough balance to carry out the refund"),
        Outcome::NotDone(Refused),
    );
    check(400, &no("speed is/are not required and should not be sent."), Outcome::NotDone(Refused));
    check(400, &no("The idempotency key must be at least 10 characters long."), Outcome::NotDone(Refused));
    check(400, &no("The requested URL was not found on the server."), Outcome::NotDone(Refused));
    check(422, &no("anything"), Outcome::NotDone(Refused));
    check(400, r#"{"error":{"code":"BAD_REQUEST_ERROR"}}"#, Outcome::NotDone(Refused));
    check(
        400,
        r#"{"error":{"code":"BAD_REQUEST_ERROR","description":null,"metadata":[]}}"#,
        Outcome::NotDone(Refused),
    );
    check(400, &no("The id provided does not exist"), Outcome::NotDone(NotFound));
    check(400, &no("THE ID PROVIDED DOES NOT EXIST"), Outcome::NotDone(NotFound));
    check(400, &no("pay_X is not a valid id"), Outcome::NotDone(NotFound));
    check(400, &no("Authentication failed"), Outcome::NotDone(Unauthorized));
    check(401, &no("Authentication failed"), Outcome::NotDone(Unauthorized));
    check(401, "", Outcome::NotDone(Unauthorized));
    check(403, "<html>", Outcome::NotDone(Forbidden));
    check(429, "", Outcome::NotDone(RateLimited));
    check(429, &no("Request failed"), Outcome::NotDone(RateLimited));
}

#[test]
fn whatever_may_have_acted_is_unknown() {
    let no = |text: &str| body("BAD_REQUEST_ERROR", text);
    let other = "Different request with the same idempotency key has already been processed.";
    check(409, &no(other), Outcome::Unknown(Refused));
    check(400, &no(other), Outcome::Unknown(Refused));
    let running = "Another request with the same idempotency key is still in progress.";
    check(409, &no(running), Outcome::Unknown(Refused));
    check(400, &no(running), Outcome::Unknown(Refused));
    check(409, &no("anything"), Outcome::Unknown(Refused));
    check(409, "", Outcome::Unknown(Unreadable));
    check(408, "", Outcome::Unknown(TimedOut));
    check(
        500,
        &body("SERVER_ERROR", "Internal server error - Failed to fetch idempotency record"),
        Outcome::Unknown(ServerError),
    );
    check(400, &body("SERVER_ERROR", "x"), Outcome::Unknown(ServerError));
    check(400, &body("GATEWAY_ERROR", "x"), Outcome::Unknown(ServerError));
    check(502, &body("GATEWAY_ERROR", "x"), Outcome::Unknown(ServerError));
    check(500, &no("x"), Outcome::Unknown(ServerError));
    check(503, "<html>upstream</html>", Outcome::Unknown(ServerError));
    check(504, "", Outcome::Unknown(ServerError));
    check(400, &body("PAYMENT_ERROR", "x"), Outcome::Unknown(Unrecognised));
    check(400, &body("bad_request_error", "x"), Outcome::Unknown(Unrecognised));
    check(302, &no("x"), Outcome::Unknown(Unrecognised));
}

#[test]
fn what_cannot_be_read_is_unknown() {
    check(400, "<html>nginx</html>", Outcome::Unknown(Unreadable));
    check(400, "", Outcome::Unknown(Unreadable));
    check(400, r#"{"error":{"code":"BAD_REQ"#, Outcome::Unknown(Unreadable));
    check(400, r#"{"error":"BAD_REQUEST_ERROR"}"#, Outcome::Unknown(Unreadable));
    check(404, "not found", Outcome::Unknown(Unreadable));
    check(302, "", Outcome::Unknown(Unreadable));
    check(200, "", Outcome::Unknown(Unreadable));
    check(200, "<html>maintenance</html>", Outcome::Unknown(Unreadable));
    check(200, "{}", Outcome::Unknown(Unreadable));
    check(200, "[]", Outcome::Unknown(Unreadable));
    check(200, "null", Outcome::Unknown(Unreadable));
    check(200, ERROR, Outcome::Unknown(Unreadable));
    check(204, "", Outcome::Unknown(Unreadable));
    check(200, &REFUND[..200], Outcome::Unknown(Unreadable));
    check(200, &REFUND.replace("50000", "50000.0"), Outcome::Unknown(Unreadable));
    check(200, &REFUND.replace("50000", "5e4"), Outcome::Unknown(Unreadable));
    check(200, &REFUND.replace("50000", "\"50000\""), Outcome::Unknown(Unreadable));
    check(200, &REFUND.replace("50000", "9223372036854775808"), Outcome::Unknown(Unreadable));
    check(
        200,
        &REFUND.replace("\"amount\":50000", "\"amount\":1,\"\\u0061mount\":50000"),
        Outcome::Unknown(Unreadable),
    );
}

#[test]
fn a_success_about_something_else_is_no_success() {
    check(200, &REFUND.replace("50000", "-50000"), Outcome::Unknown(Unrecognised));
    check(200, &REFUND.replace("50000", "0"), Outcome::Unknown(Unrecognised));
    check(200, &REFUND.replace("INR", "XXX"), Outcome::Unknown(Unrecognised));
    check(200, &REFUND.replace("pay_HdTest00000001", "pay_HdTest00000002"), Outcome::Unknown(Unrecognised));
    check(200, &REFUND.replace("processed", "on_the_moon"), Outcome::Unknown(Unrecognised));
}

#[test]
fn the_wires_own_verdict_stands() {
    for error in [CallError::not_done(Unreachable, "x"), CallError::unknown(TimedOut, "x")] {
        let wire = Script::new(vec![Err(error.clone())]);
        assert_eq!(run(Razorpay.refund(call(&account(), &wire), &refund_ask())), Err(error));
    }
}

#[test]
fn reasons_hold_no_address_and_no_number() {
    let text = "Contact +919800000001 of asha@example.com is invalid at INR 1.00";
    let wire = Script::new(vec![refusal(text), collection(&[])]);
    let error = run(Razorpay.refund(call(&account(), &wire), &refund_ask())).unwrap_err();
    assert_eq!(error.reason().detail, "BAD_REQUEST_ERROR Contact … of … is invalid at INR 1.00");
}

#[track_caller]
fn test_says(key_id: &str, answer: Option<Result<Answer, CallError>>, expected: &TestResult) {
    let mut account = account();
    account.credentials.insert("key_id".to_owned(), Secret::new(key_id));
    let wire = Script::new(answer.into_iter().collect());
    assert_eq!(&run(Razorpay.test(call(&account, &wire))), expected, "{key_id}");
    sent(&wire);
}

#[test]
fn a_connection_is_tested_by_a_real_call() {
    let key = "rzp_test_HdWire00001";
    test_says(key, Some(collection(&[])), &TestResult::Works);
    test_says(key, Some(collection(&[ORDER.to_owned()])), &TestResult::Works);
    test_says(key, Some(status(401, "")), &TestResult::WrongKey);
    test_says(key, Some(status(403, "")), &TestResult::MissingPermission);
    test_says("rzp_live_HdWire00001", None, &TestResult::WrongMode);
    test_says("", None, &TestResult::WrongKey);
    test_says("sk_test_1", None, &TestResult::WrongKey);
    let portal = CallError::unknown(Unreadable, "a success that does not read as one");
    test_says(
        key,
        Some(ok("<html>sign in to the Wi-Fi</html>")),
        &TestResult::Unreachable(portal.reason().clone()),
    );
}

#[test]
fn a_key_of_the_other_mode_is_never_used() {
    let mut account = account();
    account.credentials.insert("key_id".to_owned(), Secret::new("rzp_live_HdWire00001"));
    let wire = Script::new(vec![]);
    let error = run(Razorpay.refund(call(&account, &wire), &refund_ask())).unwrap_err();
    assert_eq!(outcome(error), Outcome::NotDone(Unauthorized));
    account.credentials.clear();
    let error = run(Razorpay.refund(call(&account, &wire), &refund_ask())).unwrap_err();
    assert_eq!(outcome(error), Outcome::NotDone(Unauthorized));
}
