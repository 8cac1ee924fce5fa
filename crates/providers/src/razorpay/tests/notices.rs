//! Signed notices and what they report.

use super::*;
use crate::contract::{Forged, Grade, Notice, Notices, Unverified, Watch};
use hundi_core::refund;
use serde_json::json;

fn signed(body: &str) -> String {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, b"whsec");
    data_encoding::HEXLOWER.encode(aws_lc_rs::hmac::sign(&key, body.as_bytes()).as_ref())
}

fn verify(body: &str) -> Result<Notice, Forged> {
    let headers = [
        ("x-razorpay-signature".to_owned(), signed(body)),
        ("x-razorpay-event-id".to_owned(), "evt_1".to_owned()),
    ];
    told(&[Secret::new("whsec")], &headers, body)
}

fn told(secrets: &[Secret], headers: &[(String, String)], body: &str) -> Result<Notice, Forged> {
    let (account, wire) = (account(), Script::new(vec![]));
    run(Razorpay.verify(call(&account, &wire), secrets, Unverified::new(headers, body.as_bytes())))
}

fn event(kind: &str, payload: &[(&str, String)]) -> String {
    let parts: Vec<_> =
        payload.iter().map(|(name, entity)| format!(r#""{name}":{{"entity":{entity}}}"#)).collect();
    format!(r#"{{"entity":"event","event":"{kind}","payload":{{{}}}}}"#, parts.join(","))
}

#[test]
fn a_payments_snapshot_is_a_fact() {
    let kinds = [
        ("authorized", "authorized"),
        ("captured", "captured"),
        ("failed", "failed"),
        ("failed", "captured"),
    ];
    for (kind, status) in kinds {
        let payment = with(PAYMENT, &[("status", json!(status))]);
        let notice = verify(&event(&format!("payment.{kind}"), &[("payment", payment)])).unwrap();
        assert_eq!((notice.grade, notice.event_id.as_deref()), (Grade::A, Some("evt_1")));
        let (order, id, what) = tries(&notice.reports).remove(0);
        assert_eq!((order.as_str(), id.as_str()), ("order_HdTest000001", "pay_HdTest00000001"));
        // The entity decides, not the event's name.
        let said = match what {
            Try::Captured { .. } => "captured",
            Try::Authorized { .. } => "authorized",
            Try::Failed { .. } => "failed",
            Try::Started | Try::Released => panic!("neither was said"),
        };
        assert_eq!(said, status);
    }
}

#[test]
fn a_notice_and_a_poll_are_the_same_fact() {
    let notice = verify(&event("payment.captured", &[("payment", PAYMENT.to_owned())])).unwrap();
    let wire = Script::new(vec![collection(&[PAYMENT.to_owned()])]);
    let polled = run(Watch::fetch(&Razorpay, call(&account(), &wire), &subject("order_HdTest000001")));
    assert_eq!(notice.reports, polled.unwrap());
}

#[test]
fn an_order_and_a_link_name_our_reference() {
    let order = with(ORDER, &[("receipt", json!(OUR_REF))]);
    let paid = event("order.paid", &[("payment", PAYMENT.to_owned()), ("order", order.clone())]);
    let link = with(PAYMENT_LINK, &[("reference_id", json!(OUR_REF))]);
    let through_link = event(
        "payment_link.paid",
        &[("order", order), ("payment", PAYMENT.to_owned()), ("payment_link", link)],
    );
    for (body, provider_order) in [(paid, "order_HdTest000001"), (through_link, "plink_HdTest000001")] {
        let notice = verify(&body).unwrap();
        let [Report::Payment { about, .. }] = &notice.reports[..] else { panic!("{notice:?}") };
        assert_eq!(about.provider_order.as_deref(), Some(provider_order));
        assert_eq!(
            (about.provider_payment.as_deref(), about.our_ref),
            (Some("pay_HdTest00000001"), Some(our_ref()))
        );
    }
    // A foreign receipt is nobody's reference, and the notes of a payment are the browser's to write.
    let payment = with(PAYMENT, &[("notes", json!({"our_ref": OUR_REF}))]);
    let foreign = verify(&event("order.paid", &[("payment", payment), ("order", ORDER.to_owned())])).unwrap();
    assert!(matches!(&foreign.reports[..], [Report::Payment { about, .. }] if about.our_ref.is_none()));
    let expired =
        verify(&event("payment_link.expired", &[("payment_link", PAYMENT_LINK.to_owned())])).unwrap();
    assert_eq!(expired.reports, []);
}

#[test]
fn a_refund_comes_with_its_payment() {
    let refund = with(REFUND, &[("receipt", json!(OUR_REF)), ("status", json!("failed"))]);
    let notice =
        verify(&event("refund.failed", &[("refund", refund.clone()), ("payment", PAYMENT.to_owned())]))
            .unwrap();
    let [Report::Payment { .. }, Report::Refund { about, fact }] = &notice.reports[..] else {
        panic!("{notice:?}")
    };
    assert_eq!((about.our_ref, fact.happened), (Some(our_ref()), refund::Happened::Failed));
    let alone = verify(&event("refund.failed", &[("refund", refund.clone())])).unwrap();
    assert!(matches!(&alone.reports[..], [Report::Refund { .. }]));
    let released = with(PAYMENT, &[("status", json!("refunded")), ("captured", json!(false))]);
    let let_go = verify(&event("refund.processed", &[("refund", refund), ("payment", released)])).unwrap();
    assert!(matches!(&tries(&let_go.reports)[..], [(_, _, Try::Released)]));
    assert_eq!(let_go.reports.len(), 1);
}

/// Facts in any order end the same: a failure after a success, at the one time that a refund carries.
#[test]
fn a_refund_that_failed_after_all_stays_failed() {
    let fact = |status: &str| {
        let refund = with(REFUND, &[("status", json!(status))]);
        match verify(&event("refund.processed", &[("refund", refund)])).unwrap().reports.remove(0) {
            Report::Refund { fact, .. } => fact,
            other @ Report::Payment { .. } => panic!("{other:?}"),
        }
    };
    let all = ["pending", "processed", "failed"].map(fact);
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut state = refund::State::new(Money::inr(500_00));
        for at in order {
            if let refund::Step::Move { to, .. } = refund::step(&state, &all[at]) {
                state = to;
            }
        }
        assert_eq!(state.status(), refund::Status::Failed);
    }
}

#[track_caller]
fn kept_without_reports(body: &str) {
    let notice = verify(body).unwrap();
    assert_eq!(notice.reports, [], "{body}");
    assert!(!notice.kind.is_empty());
}

#[test]
fn events_that_we_do_not_know_say_nothing() {
    kept_without_reports(&event("settlement.processed", &[("settlement", "{}".to_owned())]));
    kept_without_reports(&event("payment.dispute.created", &[("payment", PAYMENT.to_owned())]));
    kept_without_reports(&event("payment.captured.v2", &[("payment", PAYMENT.to_owned())]));
    kept_without_reports(&event(
        "invoice.paid",
        &[("payment", PAYMENT.to_owned()), ("order", ORDER.to_owned())],
    ));
    kept_without_reports(r#"{"event":"token.confirmed"}"#);
    kept_without_reports(r#"{"event":"x","payload":[1,2]}"#);
}

#[track_caller]
fn unreadable(body: &str) {
    assert_eq!(verify(body), Err(Forged::Unreadable), "{body}");
}

#[test]
fn what_is_signed_and_odd_is_kept_for_a_person() {
    let captured = |payment: String| event("payment.captured", &[("payment", payment)]);
    unreadable("");
    unreadable("{}");
    unreadable("\u{feff}{\"event\":\"x\"}");
    unreadable(r#"{"event":"payment.captured"}"#);
    unreadable(r#"{"event":"payment.captured","payload":{}}"#);
    unreadable(r#"{"event":"payment.captured","event":"payment.failed","payload":{}}"#);
    unreadable(&captured(PAYMENT.replacen("\"amount\":149900", "\"amount\":1,\"amount\":149900", 1)));
    unreadable(&captured(PAYMENT.replacen("\"amount\":149900", "\"amount\":1,\"\\u0061mount\":149900", 1)));
    unreadable(&captured(PAYMENT.replacen("149900", "149900.0", 1)));
    unreadable(&captured(PAYMENT.replacen("149900", "\"149900\"", 1)));
    unreadable(&captured(with(PAYMENT, &[("status", json!("sleeping"))])));
    unreadable(&captured(with(PAYMENT, &[("currency", json!("RUR"))])));
    unreadable(&format!("{} x", captured(PAYMENT.to_owned())));
    let other = with(ORDER, &[("id", json!("order_2"))]);
    unreadable(&event("order.paid", &[("payment", PAYMENT.to_owned()), ("order", other)]));
    unreadable(&event("order.paid", &[("payment", PAYMENT.to_owned())]));
    let other = with(PAYMENT, &[("id", json!("pay_2"))]);
    unreadable(&event("refund.created", &[("refund", REFUND.to_owned()), ("payment", other)]));
}

#[test]
fn no_signature_opens_nothing() {
    let body = event("payment.captured", &[("payment", PAYMENT.to_owned())]);
    let secrets = [Secret::new("whsec")];
    let verdict = |headers: &[(String, String)], secrets: &[Secret]| {
        told(secrets, headers, &body).map(|notice| notice.kind)
    };
    let header = |value: String| [("x-razorpay-signature".to_owned(), value)];
    assert_eq!(verdict(&[], &secrets), Err(Forged::NoSignature));
    assert_eq!(verdict(&header(signed(&body)), &[]), Err(Forged::NoSecret));
    assert_eq!(verdict(&header(signed("other")), &secrets), Err(Forged::WrongSignature));
    assert_eq!(verdict(&header(signed(&body)), &secrets), Ok("payment.captured".to_owned()));
}
