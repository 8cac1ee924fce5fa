//! What each shape of answer means. A refund is asked for, being the call where a wrong belief costs most.

use super::*;
use crate::contract::{Open, Refund, Watch};
use crate::wire::ReasonKind::{self, *};

#[derive(Debug, PartialEq)]
enum Outcome {
    NotDone(ReasonKind),
    Unknown(ReasonKind),
}

fn outcome(error: &CallError) -> Outcome {
    match error {
        CallError::NotDone(reason) => Outcome::NotDone(reason.kind),
        CallError::Unknown(reason) => Outcome::Unknown(reason.kind),
    }
}

fn no_refund() -> Result<Answer, CallError> {
    status(
        404,
        r#"{"code":"INVALID_MERCHANT_REFUND_ID","message":"No entry found for given merchant refund id"}"#,
    )
}

fn v1_no_refund() -> Result<Answer, CallError> {
    status(404, r#"{"success":false,"code":"TRANSACTION_NOT_FOUND","message":"x","data":{}}"#)
}

/// A refusal is followed by a look for the refund: here there is none.
#[track_caller]
fn check(code: u16, body: &str, expected: Outcome) {
    let refused = matches!(expected, Outcome::NotDone(Refused) | Outcome::Unknown(Refused));
    let mut answers = vec![token(), status(code, body)];
    answers.extend(refused.then(no_refund));
    let wire = Script::new(answers);
    let error = run(PhonePe.refund(call(&v2(), &wire), &refund_ask("OM26"))).unwrap_err();
    assert_eq!(outcome(&error), expected, "v2 {code} {body}");
    wire.sent();
    let mut answers = vec![status(code, body)];
    answers.extend(refused.then(v1_no_refund));
    let wire = Script::new(answers);
    let error = run(PhonePe.refund(call(&v1(), &wire), &refund_ask("OM26"))).unwrap_err();
    assert_eq!(outcome(&error), expected, "v1 {code} {body}");
    wire.sent();
}

fn body(code: &str) -> String {
    format!(r#"{{"success":false,"code":"{code}","message":"...","data":{{}}}}"#)
}

#[test]
fn refusals_are_not_done() {
    check(400, &body("BAD_REQUEST"), Outcome::NotDone(Refused));
    check(400, r#"{"code":"BAD_REQUEST"}"#, Outcome::NotDone(Refused));
    check(400, &body("REVERSAL_WINDOW_EXCEEDED"), Outcome::NotDone(Refused));
    check(402, &body("ANYTHING"), Outcome::NotDone(Refused));
    check(404, &body("TRANSACTION_NOT_FOUND"), Outcome::NotDone(Refused));
    check(403, "<html>", Outcome::NotDone(Forbidden));
    check(429, "", Outcome::NotDone(RateLimited));
    check(400, &body("TOO_MANY_REQUESTS"), Outcome::NotDone(RateLimited));
    check(404, &body("KEY_NOT_CONFIGURED"), Outcome::NotDone(Unauthorized));
    check(400, r#"{"code":"401","success":false}"#, Outcome::NotDone(Unauthorized));
}

#[test]
fn whatever_may_have_acted_is_unknown() {
    for used in ["INVALID_TRANSACTION_ID", "INVALID_MERCHANT_ORDER_ID", "DUPLICATE_TRANSACTION"] {
        check(417, &body(used), Outcome::Unknown(Refused));
        check(400, &body(used), Outcome::Unknown(Refused));
    }
    check(408, "", Outcome::Unknown(TimedOut));
    check(500, &body("INTERNAL_SERVER_ERROR"), Outcome::Unknown(ServerError));
    check(400, &body("INTERNAL_SERVER_ERROR"), Outcome::Unknown(ServerError));
    check(500, &body("BAD_REQUEST"), Outcome::Unknown(ServerError));
    check(503, "<html>upstream</html>", Outcome::Unknown(ServerError));
    check(504, "", Outcome::Unknown(ServerError));
    check(409, &body("CONFLICT"), Outcome::Unknown(Unrecognised));
    check(410, &body("GONE"), Outcome::Unknown(Unrecognised));
    check(422, &body("UNPROCESSABLE"), Outcome::Unknown(Unrecognised));
    check(400, &body("bad_request"), Outcome::Unknown(Unrecognised));
    check(302, &body("x"), Outcome::Unknown(Unrecognised));
}

#[test]
fn what_cannot_be_read_is_unknown() {
    // Codes are texts: of a number nobody has said what it means.
    for odd in [r#"{"code":429}"#, r#"{"code":"BAD_REQUEST","message":{"x":1}}"#] {
        check(400, odd, Outcome::Unknown(Unreadable));
    }
    check(400, "<html>nginx</html>", Outcome::Unknown(Unreadable));
    check(400, "", Outcome::Unknown(Unreadable));
    check(400, r#"{"code":"BAD_REQ"#, Outcome::Unknown(Unreadable));
    check(200, "", Outcome::Unknown(Unreadable));
    check(200, "<html>maintenance</html>", Outcome::Unknown(Unreadable));
    check(200, "{}", Outcome::Unknown(Unreadable));
    check(200, "[]", Outcome::Unknown(Unreadable));
    check(200, "null", Outcome::Unknown(Unreadable));
    check(204, "", Outcome::Unknown(Unreadable));
}

#[track_caller]
fn unreadable(refund: &str) {
    let wire = Script::new(vec![token(), ok(refund)]);
    let error = run(PhonePe.refund(call(&v2(), &wire), &refund_ask("OM26"))).unwrap_err();
    assert_eq!(outcome(&error), Outcome::Unknown(Unreadable), "{refund}");
}

#[test]
fn money_is_a_whole_number_said_once() {
    let good = r#"{"refundId":"OMR1","amount":10000,"state":"PENDING"}"#;
    let wire = Script::new(vec![token(), ok(good)]);
    assert!(run(PhonePe.refund(call(&v2(), &wire), &refund_ask("OM26"))).is_ok());
    for odd in ["10000.0", "1e4", "\"10000\"", "9223372036854775808", "null"] {
        unreadable(&good.replace("10000", odd));
    }
    unreadable(&good.replace("\"amount\":10000", "\"amount\":1,\"\\u0061mount\":10000"));
    unreadable(&good[..20]);
    unreadable(&format!("{good} x"));
}

#[test]
fn a_refusal_is_not_believed_when_the_refund_is_there() {
    let there = json!({"merchantRefundId": REFUND_REF, "originalMerchantOrderId": OUR_REF, "amount": 10000,
        "state": "CONFIRMED", "paymentDetails": [{"transactionId": "OMR1"}]})
    .to_string();
    for refusal in [status(400, body("BAD_REQUEST")), status(417, body("INVALID_TRANSACTION_ID"))] {
        let wire = Script::new(vec![token(), refusal.clone(), ok(there.as_str())]);
        let report = run(PhonePe.refund(call(&v2(), &wire), &refund_ask("OM26"))).unwrap();
        assert!(matches!(report, Report::Refund { about, .. } if about.provider_refund == REFUND_REF));
        // Not to know whether it is there is not to know.
        let wire = Script::new(vec![token(), refusal, status(500, "")]);
        let error = run(PhonePe.refund(call(&v2(), &wire), &refund_ask("OM26"))).unwrap_err();
        assert_eq!(outcome(&error), Outcome::Unknown(Refused));
    }
}

#[test]
fn a_refund_or_an_order_that_is_gone_is_no_proof() {
    let ask = refund_ask("OM26");
    let fetch = |known: Option<&str>| {
        let wire = Script::new(vec![token(), no_refund()]);
        run(Refund::fetch(&PhonePe, call(&v2(), &wire), &ask, known))
    };
    assert_eq!(fetch(None), Ok(None));
    assert!(matches!(fetch(Some(REFUND_REF)), Err(CallError::Unknown(_))));
    let gone = status(404, r#"{"code":"INVALID_MERCHANT_ORDER_ID","message":"No entry found"}"#);
    let wire = Script::new(vec![token(), gone]);
    let error = run(Watch::fetch(&PhonePe, call(&v2(), &wire), &subject(Flow::Redirect))).unwrap_err();
    assert_eq!(outcome(&error), Outcome::Unknown(NotFound));
    // A 404 that is not PhonePe's word is no word about the order at all.
    for body in ["<html>", "", r#"{"code":"404"}"#] {
        let wire = Script::new(vec![token(), status(404, body)]);
        let found = run(PhonePe.find(call(&v2(), &wire), &opening(Flow::Redirect)));
        assert!(matches!(found, Err(CallError::Unknown(_))), "{body}");
    }
}

#[test]
fn without_a_token_nothing_was_done() {
    let open = |answer| {
        let wire = Script::new(vec![answer]);
        outcome(&run(PhonePe.open(call(&v2(), &wire), &opening(Flow::Redirect))).unwrap_err())
    };
    assert_eq!(open(Err(CallError::unknown(TimedOut, "x"))), Outcome::NotDone(TimedOut));
    assert_eq!(open(Err(CallError::unknown(Broken, "x"))), Outcome::NotDone(ServerError));
    assert_eq!(open(Err(CallError::not_done(Unreachable, "x"))), Outcome::NotDone(Unreachable));
    assert_eq!(open(status(500, "")), Outcome::NotDone(ServerError));
    assert_eq!(open(status(429, "")), Outcome::NotDone(RateLimited));
    assert_eq!(open(ok("<html>")), Outcome::NotDone(ServerError));
    assert_eq!(open(ok(r#"{"access_token":"","expires_at":1}"#)), Outcome::NotDone(ServerError));
    assert_eq!(open(status(400, r#"{"errorCode":"INVALID_CLIENT"}"#)), Outcome::NotDone(Unauthorized));
}

#[test]
fn the_wires_own_verdict_stands() {
    for error in [CallError::not_done(Unreachable, "x"), CallError::unknown(TimedOut, "x")] {
        let wire = Script::new(vec![token(), Err(error.clone())]);
        assert_eq!(run(PhonePe.refund(call(&v2(), &wire), &refund_ask("OM26"))), Err(error));
    }
}

#[test]
fn an_opening_is_what_was_asked_or_unknown() {
    let v2_open = |answer: &str| {
        let wire = Script::new(vec![token(), ok(answer)]);
        run(PhonePe.open(call(&v2(), &wire), &opening(Flow::Redirect))).unwrap_err()
    };
    for answer in [
        r#"{"orderId":"OMO1","state":"PENDING"}"#,
        r#"{"orderId":"OMO1","state":"PENDING","redirectUrl":"javascript:alert(1)"}"#,
        r#"{"orderId":"../x","state":"PENDING","redirectUrl":"https://x"}"#,
    ] {
        assert_eq!(outcome(&v2_open(answer)), Outcome::Unknown(Unreadable), "{answer}");
    }
    let v1_open = |merchant: &str, named: &str, code: &str| {
        let answer = json!({"success": code == "PAYMENT_INITIATED", "code": code, "message": "x", "data": {
            "merchantId": merchant, "merchantTransactionId": named,
            "instrumentResponse": {"redirectInfo": {"url": "https://x"}}}});
        let wire = Script::new(vec![ok(answer.to_string())]);
        run(PhonePe.open(call(&v1(), &wire), &opening(Flow::Redirect)))
    };
    assert!(v1_open("HUNDITESTUAT", OUR_REF, "PAYMENT_INITIATED").is_ok());
    for (merchant, named, code) in [
        ("ANOTHER", OUR_REF, "PAYMENT_INITIATED"),
        ("HUNDITESTUAT", "another", "PAYMENT_INITIATED"),
        ("HUNDITESTUAT", OUR_REF, "INTERNAL_SERVER_ERROR"),
        ("HUNDITESTUAT", OUR_REF, "PAYMENT_SUCCESS"),
    ] {
        let said = v1_open(merchant, named, code);
        assert!(matches!(said, Err(CallError::Unknown(_))), "{merchant} {named} {code}: {said:?}");
    }
    let refused = Script::new(vec![ok(body("BAD_REQUEST"))]);
    let error = run(PhonePe.open(call(&v1(), &refused), &opening(Flow::Redirect))).unwrap_err();
    assert_eq!(outcome(&error), Outcome::NotDone(Refused));
}

#[test]
fn what_is_found_is_what_was_asked_or_unknown() {
    let v2_find = |order: &str| {
        let wire = Script::new(vec![token(), ok(order)]);
        run(PhonePe.find(call(&v2(), &wire), &opening(Flow::Redirect)))
    };
    assert!(matches!(v2_find(ORDER), Ok(Some(_))));
    for (name, value) in [("amount", json!(1)), ("currency", json!("USD")), ("merchantOrderId", json!("x"))] {
        let found = v2_find(&with(ORDER, &[(name, value)]));
        assert!(matches!(found, Err(CallError::Unknown(_))), "{name} {found:?}");
    }
    let v1_find = |status: &str| {
        let wire = Script::new(vec![ok(status)]);
        run(PhonePe.find(call(&v1(), &wire), &opening(Flow::Redirect)))
    };
    assert!(matches!(v1_find(V1_STATUS), Ok(Some(_))));
    let found = v1_find(&V1_STATUS.replace("49900", "1"));
    assert!(matches!(found, Err(CallError::Unknown(_))), "{found:?}");
}

#[test]
fn reasons_hold_no_address_and_no_number() {
    let text = r#"{"code":"BAD_REQUEST","message":"Contact +919800000001 of asha@example.com is invalid"}"#;
    let wire = Script::new(vec![token(), status(400, text)]);
    let error = run(PhonePe.open(call(&v2(), &wire), &opening(Flow::Redirect))).unwrap_err();
    assert_eq!(error.reason().detail, "BAD_REQUEST Contact … of … is invalid");
}
