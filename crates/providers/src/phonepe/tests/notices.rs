//! Webhooks and callbacks: proof first, then one typed reading.

use super::*;
use crate::contract::{Forged, Grade, Kept, Notice, Notices, Unverified};
use data_encoding::{BASE64, HEXLOWER};
use hundi_core::refund;

fn sha256(text: &str) -> String {
    HEXLOWER.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes()).as_ref())
}

fn told(account: &Account, headers: &[(String, String)], body: &str) -> Result<Notice, Forged> {
    let wire = Script::new(vec![]);
    let message = Unverified::new(headers, body.as_bytes());
    let notice = run(PhonePe.verify(call(account, &wire), &[Secret::new("p4ssword")], message))?;
    // A constant proof is not stored: what is read again has none.
    assert_eq!(PhonePe.read_again(account, Kept::of_verified(&[], body.as_bytes())).as_ref(), Ok(&notice));
    Ok(notice)
}

fn webhook(body: &str) -> Result<Notice, Forged> {
    told(&v2(), &[("authorization".to_owned(), sha256("hundi:p4ssword"))], body)
}

fn event(name: &str, payload: &str) -> String {
    format!(r#"{{"event":"{name}","type":"OLD_NAME","payload":{payload}}}"#)
}

fn callback(json: &str) -> Result<Notice, Forged> {
    let response = BASE64.encode(json.as_bytes());
    let header = format!("{}###1", sha256(&format!("{response}{SALT}")));
    told(&v1(), &[("x-verify".to_owned(), header)], &format!(r#"{{"response":"{response}"}}"#))
}

#[test]
fn an_order_is_told_by_both_families() {
    for name in ["checkout.order.completed", "pg.order.completed"] {
        let notice = webhook(&event(name, ORDER)).unwrap();
        assert_eq!((notice.kind.as_str(), notice.event_id, notice.grade), (name, None, Grade::B));
        let [Report::Payment { about, .. }] = &notice.reports[..] else { panic!("{:?}", notice.reports) };
        assert_eq!(about.provider_order.as_deref(), Some(OUR_REF));
        assert_eq!((about.provider_payment.as_deref(), about.our_ref), (Some("OM26"), Some(our_ref())));
        assert!(matches!(tries(&notice.reports)[0].2, Try::Captured { .. }));
    }
    // The root's state and not the event's name: what happened since is what it says.
    let notice = webhook(&event("checkout.order.failed", ORDER)).unwrap();
    assert!(matches!(tries(&notice.reports)[0].2, Try::Captured { .. }));
}

/// A notice and a poll make the same fact.
#[test]
fn a_webhook_says_what_the_status_says() {
    use crate::contract::Watch;
    let wire = Script::new(vec![token(), ok(ORDER)]);
    let polled = run(Watch::fetch(&PhonePe, call(&v2(), &wire), &subject(Flow::Redirect))).unwrap();
    assert_eq!(webhook(&event("checkout.order.completed", ORDER)).unwrap().reports, polled);
    let wire = Script::new(vec![ok(V1_STATUS)]);
    let polled = run(Watch::fetch(&PhonePe, call(&v1(), &wire), &subject(Flow::Redirect))).unwrap();
    assert_eq!(callback(V1_STATUS).unwrap().reports, polled);
}

#[test]
fn an_order_without_attempts_is_still_a_cause_to_ask() {
    for (state, details) in [("FAILED", json!([])), ("COMPLETED", Value::Null), ("PENDING", json!([]))] {
        let order = with(ORDER, &[("state", json!(state)), ("paymentDetails", details)]);
        let notice = webhook(&event("checkout.order.failed", &order)).unwrap();
        let [Report::Payment { about, fact }] = &notice.reports[..] else { panic!("{notice:?}") };
        assert_eq!((about.our_ref, &fact.happened), (Some(our_ref()), &Happened::Opened));
    }
}

#[test]
fn a_refund_of_ours_is_named_by_us() {
    let payload = json!({"merchantId": "M1", "merchantRefundId": REFUND_REF, "originalMerchantOrderId": OUR_REF,
        "refundId": "OMR2403071623443032708524", "amount": 10000, "state": "FAILED"});
    let notice = webhook(&event("pg.refund.failed", &payload.to_string())).unwrap();
    let [Report::Refund { about, fact }] = &notice.reports[..] else { panic!("{notice:?}") };
    assert_eq!((about.provider_refund.as_str(), about.our_ref), (REFUND_REF, REFUND_REF.parse().ok()));
    assert_eq!((about.provider_payment.as_str(), about.amount), ("", Money::inr(100_00)));
    assert_eq!(fact.happened, refund::Happened::Failed);
    assert_eq!(fact.at, hundi_core::Millis(1_709_808_824_303));
}

#[test]
fn a_refund_that_is_not_ours_is_a_cause_to_ask_about_its_order() {
    let payload = json!({"merchantRefundId": "DASH-1", "originalMerchantOrderId": OUR_REF, "amount": 10000,
        "state": "CONFIRMED"});
    let notice = webhook(&event("pg.refund.accepted", &payload.to_string())).unwrap();
    let [Report::Payment { about, .. }] = &notice.reports[..] else { panic!("{notice:?}") };
    assert_eq!(about.provider_order.as_deref(), Some(OUR_REF));
}

#[test]
fn events_that_we_do_not_know_say_nothing() {
    for body in [
        event("settlement.processed", "{}"),
        event("subscription.paused", ORDER),
        event("checkout.order.completed.v3", ORDER),
        event("CHECKOUT_ORDER_COMPLETED", ORDER),
        r#"{"event":"x"}"#.to_owned(),
        r#"{"event":"x","payload":[1]}"#.to_owned(),
    ] {
        assert_eq!(webhook(&body).unwrap().reports, [], "{body}");
    }
}

#[track_caller]
fn unreadable(body: &str) {
    assert_eq!(webhook(body), Err(Forged::Unreadable), "{body}");
}

#[test]
fn what_is_proven_and_odd_is_kept_for_a_person() {
    let completed = |order: String| event("checkout.order.completed", &order);
    unreadable("");
    unreadable("{}");
    unreadable("[]");
    unreadable(r#"{"event":"checkout.order.completed"}"#);
    unreadable(r#"{"event":"checkout.order.completed","event":"x","payload":{}}"#);
    unreadable(&completed("{}".to_owned()));
    unreadable(&completed(ORDER.replacen("\"amount\":49900", "\"amount\":49900.0", 1)));
    unreadable(&completed(ORDER.replacen("\"amount\":49900", "\"amount\":1,\"amount\":49900", 1)));
    unreadable(&completed(with(ORDER, &[("state", json!("SLEEPING"))])));
    unreadable(&completed(with(ORDER, &[("merchantOrderId", Value::Null)])));
    unreadable(&event("pg.refund.completed", r#"{"amount":1,"state":"COMPLETED"}"#));
    unreadable(&format!("{} x", completed(ORDER.to_owned())));
}

#[test]
fn v2_needs_the_word() {
    let body = event("checkout.order.completed", ORDER);
    let refused = |value: &str| told(&v2(), &[("authorization".to_owned(), value.to_owned())], &body);
    for wrong in [
        sha256("hundi:other"),
        sha256("other:p4ssword"),
        sha256("hundi:p4ssword").to_uppercase(),
        format!("SHA256 {}", sha256("hundi:p4ssword")),
        "Basic aHVuZGk6cDRzc3dvcmQ=".to_owned(),
    ] {
        assert_eq!(refused(&wrong), Err(Forged::WrongSignature), "{wrong}");
    }
    assert_eq!(refused(""), Err(Forged::NoSignature));
    assert_eq!(told(&v2(), &[], &body), Err(Forged::NoSignature));
    // A v1 proof is none here, even with keys of both on the account.
    assert_eq!(told(&v2(), &[("x-verify".to_owned(), "x###1".to_owned())], &body), Err(Forged::NoSignature));
}

#[test]
fn v1_needs_its_checksum() {
    let notice = callback(V1_STATUS).unwrap();
    assert_eq!((notice.kind.as_str(), notice.grade), ("PAYMENT_SUCCESS", Grade::B));
    let response = BASE64.encode(V1_STATUS.as_bytes());
    let body = format!(r#"{{"response":"{response}"}}"#);
    let hex = sha256(&format!("{response}{SALT}"));
    let refused = |value: &str| told(&v1(), &[("x-verify".to_owned(), value.to_owned())], &body);
    assert_eq!(refused(&format!("{hex}###2")), Err(Forged::WrongSignature));
    assert_eq!(refused(&hex), Err(Forged::WrongSignature));
    assert_eq!(refused(&format!("{}###1", hex.to_uppercase())), Err(Forged::WrongSignature));
    assert_eq!(refused(&format!("{}###1", sha256(&response))), Err(Forged::WrongSignature));
    assert_eq!(refused(""), Err(Forged::NoSignature));
    let inflated = BASE64.encode(V1_STATUS.replace("49900", "99900").as_bytes());
    let header = [("x-verify".to_owned(), format!("{hex}###1"))];
    let body = format!(r#"{{"response":"{inflated}"}}"#);
    assert_eq!(told(&v1(), &header, &body), Err(Forged::WrongSignature));
    assert_eq!(told(&v1(), &header, "{}"), Err(Forged::WrongSignature));
    assert_eq!(told(&v1(), &header, ""), Err(Forged::WrongSignature));
}

#[test]
fn v1_tells_payments_from_refunds_and_other_merchants() {
    let refund = V1_STATUS.replace(OUR_REF, REFUND_REF).replace("T2601011200", "TR2601011200");
    let notice = callback(&refund).unwrap();
    let [Report::Refund { about, fact }] = &notice.reports[..] else { panic!("{notice:?}") };
    assert_eq!((about.our_ref, fact.happened), (REFUND_REF.parse().ok(), refund::Happened::Processed));
    assert_eq!(callback(&V1_STATUS.replace("HUNDITESTUAT", "ANOTHER")), Err(Forged::Unreadable));
    assert_eq!(callback(&V1_STATUS.replace("COMPLETED", "SLEEPING")), Err(Forged::Unreadable));
    assert_eq!(callback("not JSON"), Err(Forged::Unreadable));
    assert_eq!(callback(r#"{"success":false,"code":"SLEEPING","data":{}}"#).unwrap().reports, []);
    assert_eq!(callback(r#"{"success":false,"code":"401"}"#).unwrap().reports, []);
}
