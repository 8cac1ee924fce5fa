//! What each shape of answer means: for opening, and for asking.

use super::*;
use crate::contract::{Open, Watch};
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

/// Every shape of answer is the same to both calls.
#[track_caller]
fn both(answer: &Result<Answer, CallError>, expected: &Outcome) {
    let wire = Script::new(vec![answer.clone()]);
    let opened = run(Paytm.open(call(&account(), &wire), &opening(Flow::Redirect)));
    assert_eq!(outcome(opened.unwrap_err()), *expected, "open {answer:?}");
    let wire = Script::new(vec![answer.clone()]);
    let fetched = run(Watch::fetch(&Paytm, call(&account(), &wire), &subject()));
    assert_eq!(outcome(fetched.unwrap_err()), *expected, "fetch {answer:?}");
}

#[test]
fn shapes_of_answers() {
    use Outcome::{NotDone, Unknown};
    both(&status(401, ""), &NotDone(Unauthorized));
    both(&status(403, "<html>"), &NotDone(Forbidden));
    both(&status(429, ""), &NotDone(RateLimited));
    both(&status(408, ""), &Unknown(TimedOut));
    for code in [500, 502, 503, 504] {
        both(&status(code, "<html>nginx</html>"), &Unknown(ServerError));
        both(&status(code, enveloped(STATUS)), &Unknown(ServerError));
    }
    for body in ["", "<html>", "{}", "[]", "null", r#"{"head":{}}"#, r#"{"body":null}"#, r#"{"body":"x"}"#] {
        both(&ok(body), &Unknown(Unreadable));
    }
    both(&status(404, "not found"), &Unknown(Unreadable));
    both(&status(302, ""), &Unknown(Unreadable));
    let whole = enveloped(STATUS);
    both(&ok(&whole[..whole.len() - 20]), &Unknown(Unreadable));
    // Two bodies, one of them signed.
    both(&ok(whole.replacen(r#""body":"#, r#""body":{"resultInfo":{}},"body":"#, 1)), &Unknown(Unreadable));
    both(&Err(CallError::not_done(Unreachable, "")), &NotDone(Unreachable));
    both(&Err(CallError::unknown(Broken, "")), &Unknown(Broken));
}

#[test]
fn an_answer_with_a_wrong_signature_is_nobody_s() {
    use Outcome::Unknown;
    let whole = enveloped(STATUS);
    both(&ok(whole.replacen("499.00", "1.00", 1)), &Unknown(Unreadable));
    both(&ok(whole.replacen(r#""body":{"#, r#""body":{ "#, 1)), &Unknown(Unreadable));
    let other = sign::checksum(STATUS.trim().as_bytes(), &Secret::new("AnotherKey%16abc"), "Ab9+").unwrap();
    both(
        &ok(format!(r#"{{"head":{{"signature":"{other}"}},"body":{}}}"#, STATUS.trim())),
        &Unknown(Unreadable),
    );
    both(&ok(format!(r#"{{"head":{{"signature":"x"}},"body":{}}}"#, STATUS.trim())), &Unknown(Unreadable));
    // A head without one, or none: the connection vouches for it.
    for head in ["{}", "null", r#"{"signature":null}"#, r#"{"signature":""}"#] {
        let wire = Script::new(vec![ok(format!(r#"{{"head":{head},"body":{}}}"#, STATUS.trim()))]);
        assert_eq!(
            run(Watch::fetch(&Paytm, call(&account(), &wire), &subject())).unwrap().len(),
            1,
            "{head}"
        );
    }
}

#[track_caller]
fn initiated(status: &str, code: &str, expected: Outcome) {
    let wire = Script::new(vec![result(status, code)]);
    let opened = run(Paytm.open(call(&account(), &wire), &opening(Flow::Redirect)));
    assert_eq!(outcome(opened.unwrap_err()), expected, "{status} {code}");
}

#[test]
fn the_table_of_initiate() {
    use Outcome::{NotDone, Unknown};
    for code in ["227", "330", "335", "2005"] {
        initiated("F", code, NotDone(Unauthorized));
    }
    for code in ["196", "1001", "1006", "1007", "1008", "2004", "2007", "2013", "2014"] {
        initiated("F", code, NotDone(Refused));
    }
    // There is an order with our id already, and another one than we ask for.
    initiated("F", "334", Unknown(Refused));
    initiated("F", "2023", Unknown(Refused));
    initiated("F", "501", Unknown(ServerError));
    initiated("U", "900", Unknown(ServerError));
    initiated("U", "0000", Unknown(Unrecognised));
    initiated("F", "0000", Unknown(Unrecognised));
    initiated("F", "400", Unknown(Unrecognised));
    initiated("F", "9999", Unknown(Unrecognised));
    initiated("TXN_SUCCESS", "01", Unknown(Unrecognised));
    initiated("", "", Unknown(Unrecognised));
    // Without its token an open order is of no use, and open all the same.
    initiated("S", "0000", Unknown(Unreadable));
    initiated("S", "0002", Unknown(Unreadable));
}

#[test]
fn nothing_of_an_answer_leaks_into_an_error() {
    let body = r#"{"resultInfo":{"resultStatus":"F","resultCode":"asha@example.com +919800000001","resultMsg":"secret"}}"#;
    let wire = Script::new(vec![answered(body)]);
    let error = run(Paytm.open(call(&account(), &wire), &opening(Flow::Redirect))).unwrap_err();
    assert_eq!(error.reason().detail, "initiate: F");
    assert!(!format!("{error:?}").contains("secret"));
}
