//! What webhooks say, how far each is trusted, and that they say it again when they are read again.

use super::*;
use crate::contract::{Forged, Grade, Kept, Notice, Notices, Returns, Said, Unverified, Watch};
use hundi_core::FailureReason;
use hundi_core::refund::Happened as Given;

const TIMESTAMP: &str = "1789000040000";

fn told(body: &str) -> Result<Notice, Forged> {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
    let tag = aws_lc_rs::hmac::sign(&key, format!("{TIMESTAMP}{body}").as_bytes());
    let signature = data_encoding::BASE64.encode(tag.as_ref());
    let headers = [
        ("x-webhook-timestamp", TIMESTAMP),
        ("x-webhook-signature", &signature),
        ("x-idempotency-key", "n9rn7079wqXcse3GEDEXCYle9ajXmU0SUQY8zrUNAlc="),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let (account, wire) = (account(), Script::new(vec![]));
    let message = Unverified::new(&headers, body.as_bytes());
    let said = run(Cashfree.verify(call(&account, &wire), &[], message));
    if said.is_ok() {
        assert_eq!(Cashfree.read_again(&account, Kept::of_verified(&headers, body.as_bytes())), said);
    }
    said
}

/// As webhooks are: fewer fields, and the order beside the payment.
fn of_payment(event: &str, changes: &[(&str, Value)]) -> String {
    let mut payment: Value = serde_json::from_str(&payment(changes)).unwrap();
    for absent in ["order_id", "is_captured", "authorization", "error_details", "payment_completion_time"] {
        payment.as_object_mut().unwrap().remove(absent);
    }
    let order = json!({ "order_id": OUR_REF, "order_amount": 1499.00, "order_currency": "INR" });
    let trouble = json!({ "error_code": "TRANSACTION_DECLINED", "error_reason": "insufficient_funds" });
    let data = json!({ "order": order, "payment": payment, "error_details": trouble });
    json!({ "data": data, "event_time": "2026-09-10T05:57:41+05:30", "type": event }).to_string()
}

fn of_refund(changes: &[(&str, Value)]) -> String {
    let refund: Value = serde_json::from_str(&with(REFUND, changes)).unwrap();
    json!({ "data": { "refund": refund }, "type": "REFUND_STATUS_WEBHOOK" }).to_string()
}

#[test]
fn a_success_only_makes_us_ask() {
    let notice = told(&of_payment("PAYMENT_SUCCESS_WEBHOOK", &[])).unwrap();
    assert_eq!((notice.grade, notice.kind.as_str()), (Grade::B, "PAYMENT_SUCCESS_WEBHOOK"));
    assert_eq!(notice.event_id.as_deref(), Some("n9rn7079wqXcse3GEDEXCYle9ajXmU0SUQY8zrUNAlc="));
    // It can't be told from a hold.
    assert_eq!(tries(&notice.reports), [(PAYMENT_ID.to_owned(), Try::Started)]);
    let Report::Payment { about, .. } = &notice.reports[0] else { panic!("a payment") };
    assert_eq!((about.provider_order.as_deref(), about.our_ref), (Some(OUR_REF), Some(our_ref())));
}

#[test]
fn a_failure_is_the_fact_that_a_poll_makes() {
    let failed = [("payment_status", json!("FAILED"))];
    let notice = told(&of_payment("PAYMENT_FAILED_WEBHOOK", &failed)).unwrap();
    assert_eq!(notice.grade, Grade::A);
    let reason = FailureReason::InsufficientFunds;
    assert_eq!(whats(&notice.reports), [Try::Failed { reason }]);
    let trouble = ("error_details", json!({ "error_code": "x", "error_reason": "insufficient_funds" }));
    let (account, wire) =
        (account(), Script::new(vec![list(&[payment(&[("payment_status", json!("FAILED")), trouble])])]));
    let polled = run(Watch::fetch(&Cashfree, call(&account, &wire), &subject())).unwrap();
    let fact = |reports: &[Report]| match &reports[0] {
        Report::Payment { about, fact } => (about.clone(), fact.at, whats(reports)),
        Report::Refund { .. } => panic!("a payment"),
    };
    assert_eq!(fact(&notice.reports), fact(&polled));
    let dropped = [("payment_status", json!("USER_DROPPED"))];
    let notice = told(&of_payment("PAYMENT_USER_DROPPED_WEBHOOK", &dropped)).unwrap();
    let reason = FailureReason::UserCancelled;
    assert_eq!((notice.grade, whats(&notice.reports)), (Grade::A, vec![Try::Failed { reason }]));
}

#[test]
fn the_status_counts_and_not_the_event_s_name() {
    // Late authorisation: a success event whose payment is pending.
    let pending = [("payment_status", json!("PENDING"))];
    let notice = told(&of_payment("PAYMENT_SUCCESS_WEBHOOK", &pending)).unwrap();
    assert_eq!(whats(&notice.reports), [Try::Started]);
    let notice = told(&of_payment("PAYMENT_FAILED_WEBHOOK", &[])).unwrap();
    assert_eq!(whats(&notice.reports), [Try::Started]);
}

#[test]
fn refunds_are_told_whole() {
    let notice =
        told(&of_refund(&[("cf_refund_id", json!(11_325_632)), ("cf_payment_id", json!(12_376_123))]));
    let notice = notice.unwrap();
    let [Report::Refund { about, fact }] = &notice.reports[..] else { panic!("{notice:?}") };
    assert_eq!((notice.grade, fact.happened), (Grade::A, Given::Processed));
    assert_eq!((about.provider_refund.as_str(), about.provider_payment.as_str()), ("11325632", PAYMENT_ID));
    assert_eq!((about.our_ref, about.amount), (REFUND_REF.parse().ok(), Money::inr(500_00)));
    assert_eq!(about.bank_ref.as_deref(), Some("205907014017"));
    // One that was made in the dashboard has a name of Cashfree's.
    let notice = told(&of_refund(&[("refund_id", json!("dashboard_1"))])).unwrap();
    let [Report::Refund { about, .. }] = &notice.reports[..] else { panic!("{notice:?}") };
    assert_eq!(about.our_ref, None);
}

#[test]
fn what_we_do_not_know_is_kept_without_reports_and_what_we_know_must_be_readable() {
    for event in ["SETTLEMENT_SUCCESS", "AUTO_REFUND_STATUS_WEBHOOK", "DISPUTE_CREATED", ""] {
        let notice = told(&json!({ "type": event, "data": { "refund": 7 } }).to_string()).unwrap();
        assert_eq!((notice.kind.as_str(), notice.reports.len()), (event, 0));
    }
    for unreadable in [
        r#"{"data":{}}"#.to_owned(),
        r#"{"type":"PAYMENT_SUCCESS_WEBHOOK"}"#.to_owned(),
        r#"{"type":"PAYMENT_SUCCESS_WEBHOOK","data":{"order":{"order_id":"x"}}}"#.to_owned(),
        r#"{"type":"REFUND_STATUS_WEBHOOK","data":{}}"#.to_owned(),
        of_payment("PAYMENT_FAILED_WEBHOOK", &[("payment_status", json!("FLAGGED"))]),
        of_payment("PAYMENT_FAILED_WEBHOOK", &[("payment_time", Value::Null)]),
        of_refund(&[("refund_status", json!("NAPPING"))]),
        of_refund(&[("refund_amount", json!(0))]),
        of_payment("PAYMENT_SUCCESS_WEBHOOK", &[])
            .replace("\"cf_payment_id\"", "\"order_id\":\"other\",\"cf_payment_id\""),
        "{".to_owned(),
    ] {
        assert_eq!(told(&unreadable), Err(Forged::Unreadable), "{unreadable}");
    }
}

#[test]
fn a_return_says_that_the_payer_is_back() {
    let back = |fields: &[(&str, &str)]| {
        let fields: Vec<_> = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Cashfree.read(&account(), &subject(), &fields)
    };
    for fields in [&[][..], &[("order_id", OUR_REF)], &[("order_id", OUR_REF), ("status", "SUCCESS")]] {
        let said = back(fields).unwrap();
        assert_eq!((said.grade, said.said, said.provider_payment), (Grade::C, Said::Nothing, None));
    }
    assert_eq!(back(&[("order_id", "another")]), Err(Forged::WrongSignature));
    assert_eq!(back(&[("order_id", OUR_REF), ("order_id", "another")]), Err(Forged::WrongSignature));
}
