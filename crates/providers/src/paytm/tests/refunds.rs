//! Refunds: two tables, and no second `apply` without having asked.

use super::*;
use crate::contract::Refund;
use crate::wire::ReasonKind;
use hundi_core::refund::{self, Happened};
use serde_json::json;

type Answers = Vec<Result<Answer, CallError>>;

fn nobody() -> Result<Answer, CallError> {
    result("TXN_FAILURE", "631")
}

/// A refund of which Paytm knows nothing before, and these answers after.
#[track_caller]
fn refunded(after: Answers) -> Result<Happened, CallError> {
    let wire = Script::new([vec![nobody()], after].concat());
    let report = run(Paytm.refund(call(&account(), &wire), &refund_ask()));
    sent(&wire);
    report.map(|report| fact(&report).happened)
}

fn fact(report: &Report) -> refund::Fact {
    match report {
        Report::Refund { fact, .. } => fact.clone(),
        Report::Payment { .. } => panic!("a refund"),
    }
}

#[test]
fn the_table_of_apply() {
    let of = |status: &str, code: &str| refunded(vec![answered(&saying(REFUND, status, code))]);
    // Registered is not refunded.
    assert_eq!(of("PENDING", "601"), Ok(Happened::Accepted));
    assert_eq!(of("PENDING", "501"), Ok(Happened::Accepted));
    assert_eq!(of("PENDING", "9999"), Ok(Happened::Accepted));
    assert_eq!(of("TXN_SUCCESS", "10"), Ok(Happened::Processed));
    for (status, code) in [
        ("TXN_SUCCESS", "01"),
        ("TXN_SUCCESS", "601"),
        ("SUCCESS", "10"),
        ("TXN_FAILURE", "601"),
        ("TXN_FAILURE", "602"),
        ("", ""),
    ] {
        assert!(
            matches!(of(status, code), Err(CallError::Unknown(r)) if r.kind == ReasonKind::Unrecognised),
            "{status} {code}"
        );
    }
    assert!(matches!(of("TXN_FAILURE", "501"), Err(CallError::Unknown(_))));
}

#[test]
fn a_refusal_is_believed_when_our_reference_is_not_known() {
    let refused = |code: &str| refunded(vec![result("TXN_FAILURE", code), nobody()]);
    for (codes, kind) in [
        (vec!["600", "607", "619", "620", "627", "635"], ReasonKind::Refused),
        (vec!["330", "335", "2005"], ReasonKind::Unauthorized),
        (vec!["626"], ReasonKind::RateLimited),
    ] {
        for code in codes {
            assert!(matches!(refused(code), Err(CallError::NotDone(r)) if r.kind == kind), "{code}");
        }
    }
    // "Already raised", "pending at the bank", "already successful": a refund is somewhere.
    for code in ["617", "628", "629"] {
        assert!(matches!(refused(code), Err(CallError::Unknown(_))), "{code}");
    }
    for code in ["600", "617", "626", "629"] {
        assert_eq!(
            refunded(vec![result("TXN_FAILURE", code), answered(REFUND_STATUS)]),
            Ok(Happened::Processed),
            "{code}"
        );
        let unread = refunded(vec![result("TXN_FAILURE", code), status(500, "")]);
        assert!(matches!(unread, Err(CallError::Unknown(_))), "{code}");
        let unread = refunded(vec![
            result("TXN_FAILURE", code),
            Err(CallError::not_done(ReasonKind::Unreachable, "")),
        ]);
        assert!(matches!(unread, Err(CallError::Unknown(_))), "{code}");
    }
}

#[test]
fn nothing_is_applied_for_before_we_know_that_it_is_not_there() {
    for doubt in [
        status(500, ""),
        ok(""),
        result("PENDING", "501"),
        result("TXN_FAILURE", "620"),
        result("X", "1"),
        Err(CallError::unknown(ReasonKind::TimedOut, "")),
    ] {
        let wire = Script::new(vec![doubt]);
        let said = run(Paytm.refund(call(&account(), &wire), &refund_ask()));
        assert!(matches!(said, Err(CallError::Unknown(_))), "{said:?}");
        assert_eq!(sent(&wire).len(), 1);
    }
    // And when it is there, that is the answer.
    let wire = Script::new(vec![answered(REFUND_STATUS)]);
    let report = run(Paytm.refund(call(&account(), &wire), &refund_ask())).unwrap();
    assert_eq!(fact(&report).happened, Happened::Processed);
    assert_eq!(sent(&wire).len(), 1);
}

/// Should Paytm have another word for "no such refund" than 631, refunds can be made all the same, and a refusal is
/// never believed on it.
#[test]
fn a_look_that_is_turned_down_proves_nothing() {
    let down = || result("TXN_FAILURE", "600");
    let wire = Script::new(vec![down(), answered(REFUND)]);
    let report = run(Paytm.refund(call(&account(), &wire), &refund_ask())).unwrap();
    assert_eq!(fact(&report).happened, Happened::Accepted);
    let wire = Script::new(vec![down(), result("TXN_FAILURE", "619"), down()]);
    let said = run(Paytm.refund(call(&account(), &wire), &refund_ask()));
    assert!(matches!(said, Err(CallError::Unknown(_))), "{said:?}");
    assert!(matches!(fetched(down(), None), Err(CallError::Unknown(_))));
}

#[test]
fn an_answer_about_another_refund_is_none() {
    for (name, value) in [
        ("refundAmount", json!("100.01")),
        ("refundAmount", Value::Null),
        ("refundAmount", json!(100)),
        ("refId", json!("01k4v9r2m8q5t7w3x6zz")),
        ("refId", Value::Null),
        ("txnId", json!("20260101111212800110168000000000002")),
        ("orderId", json!("another")),
        ("refundId", json!("")),
        ("refundId", Value::Null),
        ("txnTimestamp", json!("")),
    ] {
        let said = refunded(vec![answered(&with(REFUND, &[(name, value.clone())]))]);
        assert!(matches!(said, Err(CallError::Unknown(_))), "{name} {value} {said:?}");
    }
    // Echoes may lose their decimals.
    assert_eq!(
        refunded(vec![answered(&with(REFUND, &[("refundAmount", json!("100"))]))]),
        Ok(Happened::Accepted)
    );
}

fn fetched(answer: Result<Answer, CallError>, id: Option<&str>) -> Result<Option<Report>, CallError> {
    let wire = Script::new(vec![answer]);
    run(Refund::fetch(&Paytm, call(&account(), &wire), &refund_ask(), id))
}

#[test]
fn the_table_of_refund_status() {
    let of = |status: &str, code: &str| {
        fetched(answered(&saying(REFUND_STATUS, status, code)), None).map(|r| r.map(|r| fact(&r).happened))
    };
    assert_eq!(of("TXN_SUCCESS", "10"), Ok(Some(Happened::Processed)));
    assert_eq!(of("PENDING", "601"), Ok(Some(Happened::Accepted)));
    assert_eq!(of("PENDING", "501"), Ok(Some(Happened::Accepted)));
    assert_eq!(of("TXN_FAILURE", "628"), Ok(Some(Happened::Accepted)));
    for code in ["600", "607", "617", "619", "620", "627", "635"] {
        assert_eq!(of("TXN_FAILURE", code), Ok(Some(Happened::Failed)), "{code}");
    }
    assert_eq!(of("TXN_FAILURE", "631"), Ok(None));
    assert_eq!(of("NO_RECORD_FOUND", "331"), Ok(None));
    assert!(matches!(of("TXN_FAILURE", "330"), Err(CallError::NotDone(_))));
    for (status, code) in
        [("TXN_FAILURE", "9999"), ("TXN_FAILURE", "601"), ("TXN_SUCCESS", "01"), ("SUCCESS", "10"), ("", "")]
    {
        assert!(matches!(of(status, code), Err(CallError::Unknown(_))), "{status} {code}");
    }
    // A failure that names no refund speaks of the question.
    for code in ["600", "620", "627"] {
        assert!(matches!(fetched(result("TXN_FAILURE", code), None), Err(CallError::Unknown(_))), "{code}");
    }
}

#[test]
fn a_refund_that_vanished_is_in_doubt() {
    let gone = fetched(nobody(), Some(REFUND_ID));
    assert!(matches!(gone, Err(CallError::Unknown(r)) if r.kind == ReasonKind::NotFound));
    assert_eq!(fetched(nobody(), None), Ok(None));
    assert!(fetched(answered(REFUND_STATUS), Some(REFUND_ID)).unwrap().is_some());
    assert!(matches!(fetched(answered(REFUND_STATUS), Some("R2")), Err(CallError::Unknown(_))));
}

#[test]
fn what_a_refund_says_of_itself() {
    let Some(Report::Refund { about, fact }) = fetched(answered(REFUND_STATUS), None).unwrap() else {
        panic!("a refund")
    };
    assert_eq!((about.provider_refund.as_str(), about.provider_payment.as_str()), (REFUND_ID, TXN));
    assert_eq!((about.amount, about.bank_ref.as_deref()), (Money::inr(100_00), Some("600200000001")));
    assert_eq!(about.our_ref.map(|r| r.to_string()).as_deref(), Some(REFUND_REF));
    // 2026-01-02 14:57:22 in India: when it was asked for.
    assert_eq!(fact.at, Millis(1_767_346_042_000));
}
