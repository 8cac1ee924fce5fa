//! Taking and letting go: what an answer says, and how a refusal is read.

use super::*;
use crate::contract::{Capture, Refund, Void};
use hundi_core::refund::Happened as Given;

fn capture(answers: Vec<Result<Answer, CallError>>) -> Result<Vec<Try>, CallError> {
    let (account, wire) = (account(), Script::new(answers));
    let reports = run(Cashfree.capture(call(&account, &wire), &hold(PAYMENT_ID)));
    sent(&wire);
    reports.map(|reports| whats(&reports))
}

fn untouched() -> String {
    payment(&[("is_captured", json!(false))])
}

fn pending() -> String {
    let authorization = json!({ "action": "CAPTURE", "status": "PENDING", "captured_amount": 1499 });
    payment(&[("authorization", authorization)])
}

fn let_go() -> String {
    payment(&[("payment_status", json!("VOID")), ("is_captured", json!(false))])
}

#[test]
fn an_answer_tells_what_became_of_the_hold() {
    assert_eq!(capture(vec![ok(PAYMENT)]), Ok(vec![paid()]));
    assert_eq!(capture(vec![ok(pending())]), Ok(vec![held()]));
    for odd in [
        payment(&[("cf_payment_id", json!("another"))]),
        payment(&[("order_id", json!("another"))]),
        payment(&[("payment_status", json!("DREAMING"))]),
        "{}".to_owned(),
    ] {
        assert!(matches!(capture(vec![ok(odd.clone())]), Err(CallError::Unknown(_))), "{odd}");
    }
}

#[test]
fn a_refusal_is_believed_only_of_an_untouched_hold() {
    for refusal in [problem(400, "request_invalid"), problem(409, "request_conflict")] {
        let with_read = |read| capture(vec![refusal.clone(), read]);
        // An earlier call of ours took it, or the dashboard, or nobody did.
        assert_eq!(with_read(ok(PAYMENT)), Ok(vec![paid()]));
        assert_eq!(with_read(ok(let_go())), Ok(vec![Try::Released]));
        assert!(matches!(with_read(ok(untouched())), Err(CallError::NotDone(_))));
        assert!(matches!(with_read(ok(pending())), Err(CallError::Unknown(_))));
        assert!(matches!(
            with_read(ok(payment(&[("payment_status", json!("PENDING"))]))),
            Err(CallError::Unknown(_))
        ));
        for lost in [
            status(500, ""),
            ok("{}"),
            problem(404, "payment_not_found"),
            Err(CallError::not_done(ReasonKind::Unreachable, "")),
        ] {
            assert!(matches!(with_read(lost), Err(CallError::Unknown(_))));
        }
    }
    // What proves nothing needs no second look.
    assert!(matches!(capture(vec![status(500, "")]), Err(CallError::Unknown(_))));
    assert!(matches!(capture(vec![status(429, "")]), Err(CallError::NotDone(_))));
}

#[test]
fn letting_go_twice_is_letting_go() {
    let (account, wire) = (account(), Script::new(vec![problem(400, "request_invalid"), ok(let_go())]));
    let reports = run(Cashfree.void(call(&account, &wire), &hold(PAYMENT_ID)));
    assert_eq!(reports.map(|reports| whats(&reports)), Ok(vec![Try::Released]));
}

fn refund(answers: Vec<Result<Answer, CallError>>) -> Result<Given, CallError> {
    let (account, wire) = (account(), Script::new(answers));
    let report = run(Cashfree.refund(call(&account, &wire), &refund_ask()));
    sent(&wire);
    report.map(|report| happened(&report))
}

fn happened(report: &Report) -> Given {
    match report {
        Report::Refund { fact, .. } => fact.happened,
        Report::Payment { .. } => panic!("a refund"),
    }
}

#[test]
fn a_refusal_of_a_refund_is_believed_only_when_ours_is_not_among_them() {
    let other = with(REFUND, &[("refund_id", json!("dashboard_1"))]);
    for refusal in [
        problem(400, "refund_amount_invalid"),
        problem(400, "refund_id_already_exists"),
        problem(409, "refund_not_allowed"),
    ] {
        let with_list = |listed| refund(vec![refusal.clone(), listed]);
        assert_eq!(with_list(list(&[other.clone(), REFUND.to_owned()])), Ok(Given::Processed));
        assert!(
            matches!(with_list(list(std::slice::from_ref(&other))), Err(CallError::NotDone(r)) if r.kind == ReasonKind::Refused)
        );
        assert!(matches!(with_list(status(500, "")), Err(CallError::Unknown(_))));
        assert!(matches!(with_list(problem(404, "order_not_found")), Err(CallError::Unknown(_))));
    }
    // A conflict that nobody has explained stays open.
    assert!(matches!(refund(vec![problem(409, "request_conflict"), ok("[]")]), Err(CallError::Unknown(_))));
    for odd in [
        with(REFUND, &[("cf_payment_id", json!("another"))]),
        with(REFUND, &[("order_id", json!("another"))]),
        with(REFUND, &[("refund_status", json!("NAPPING"))]),
    ] {
        assert!(matches!(refund(vec![ok(odd)]), Err(CallError::Unknown(_))));
    }
}

#[test]
fn a_refund_is_found_by_cashfree_s_name_or_by_ours() {
    let fetch = |answer, named: Option<&str>| {
        let (account, wire) = (account(), Script::new(vec![answer]));
        run(Refund::fetch(&Cashfree, call(&account, &wire), &refund_ask(), named))
            .map(|report| report.map(|report| happened(&report)))
    };
    let adopted = with(REFUND, &[("refund_id", json!("dashboard_1")), ("cf_refund_id", json!(7))]);
    let both = || list(&[adopted.clone(), with(REFUND, &[("refund_status", json!("PENDING"))])]);
    assert_eq!(fetch(both(), None), Ok(Some(Given::Accepted)));
    assert_eq!(fetch(both(), Some("7")), Ok(Some(Given::Processed)));
    assert_eq!(fetch(ok("[]"), None), Ok(None));
    // It was there once.
    assert!(matches!(fetch(both(), Some("8")), Err(CallError::Unknown(_))));
    assert!(matches!(fetch(problem(404, "order_not_found"), None), Err(CallError::Unknown(_))));
}
