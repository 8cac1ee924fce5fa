//! What notices say, once their proof has held.

use super::*;
use crate::contract::{Forged, Grade, Kept, Notice, Notices};
use hundi_core::refund;

#[track_caller]
fn read(kind: &str, resource: &str) -> Result<Notice, Forged> {
    let body = format!(
        r#"{{"id":"WH-1-2","create_time":"2026-11-20T10:15:25.123Z","event_type":"{kind}","resource":{resource}}}"#
    );
    PayPal.read_again(&account(), Kept::of_verified(&[], body.as_bytes()))
}

#[track_caller]
fn one(kind: &str, resource: &str) -> Report {
    let notice = read(kind, resource).unwrap();
    assert_eq!(
        (notice.kind.as_str(), notice.event_id.as_deref(), notice.grade),
        (kind, Some("WH-1-2"), Grade::B)
    );
    let [report] = &notice.reports[..] else { panic!("{notice:?}") };
    report.clone()
}

fn hold_alone() -> String {
    let order: Value = serde_json::from_str(AUTHORIZED).unwrap();
    let mut held = order["purchase_units"][0]["payments"]["authorizations"][0].clone();
    held["supplementary_data"] = json!({"related_ids": {"order_id": ORDER_ID}});
    held.to_string()
}

#[test]
fn each_kind_names_its_payment_as_a_look_does() {
    let approved = one("CHECKOUT.ORDER.APPROVED", &with(ORDER, &[("status", json!("APPROVED"))]));
    assert!(is_approved(&approved));
    // The recorded form has neither a time nor a unit.
    let bare =
        one("CHECKOUT.ORDER.APPROVED", r#"{"id":"5HD0000000000002","status":"APPROVED","intent":"CAPTURE"}"#);
    assert!(
        matches!(bare, Report::Payment { about, .. } if about.provider_order.as_deref() == Some("5HD0000000000002"))
    );
    let taken = one("PAYMENT.CAPTURE.COMPLETED", CAPTURE);
    let Report::Payment { about, .. } = &taken else { panic!("a payment") };
    assert_eq!((about.provider_order.as_deref(), about.our_ref), (Some(ORDER_ID), Some(our_ref())));
    assert_eq!(tries(&[taken]), [(HOLD_ID.to_owned(), Try::Captured { amount: usd(24_50) })]);
    for kind in ["PAYMENT.CAPTURE.DECLINED", "PAYMENT.CAPTURE.DENIED"] {
        let declined = one(kind, &with(CAPTURE, &[("status", json!("DECLINED"))]));
        assert!(matches!(&tries(&[declined])[..], [(_, Try::Failed { .. })]));
    }
    let held = one("PAYMENT.AUTHORIZATION.CREATED", &hold_alone());
    assert_eq!(tries(&[held]), [(HOLD_ID.to_owned(), Try::Authorized { amount: usd(24_50) })]);
    let voided = one("PAYMENT.AUTHORIZATION.VOIDED", &with(&hold_alone(), &[("status", json!("VOIDED"))]));
    assert_eq!(tries(&[voided]), [(HOLD_ID.to_owned(), Try::Released)]);
    let kinds = [
        ("PAYMENT.CAPTURE.REFUNDED", "COMPLETED", refund::Happened::Processed),
        ("PAYMENT.REFUND.PENDING", "PENDING", refund::Happened::Accepted),
        ("PAYMENT.REFUND.FAILED", "FAILED", refund::Happened::Failed),
        ("PAYMENT.CAPTURE.REVERSED", "COMPLETED", refund::Happened::Processed),
    ];
    for (kind, word, happened) in kinds {
        let Report::Refund { about, fact } = one(kind, &with(REFUND, &[("status", json!(word))])) else {
            panic!("a refund")
        };
        assert_eq!((about.provider_payment.as_str(), fact.happened), (CAPTURE_ID, happened));
    }
}

/// The entity's own status counts, not the event's name.
#[test]
fn an_event_says_what_its_entity_says() {
    let pending = one("PAYMENT.CAPTURE.COMPLETED", &with(CAPTURE, &[("status", json!("PENDING"))]));
    assert_eq!(tries(&[pending])[0].1, Try::Started);
}

#[test]
fn unknown_events_are_kept_without_reports() {
    let kinds = [
        "CHECKOUT.PAYMENT-APPROVAL.REVERSED",
        "CUSTOMER.DISPUTE.CREATED",
        "PAYMENT.SALE.COMPLETED",
        "NEXT.YEAR",
        "payment.capture.completed",
    ];
    for kind in kinds {
        assert_eq!(read(kind, "{}").unwrap().reports, vec![], "{kind}");
    }
}

#[test]
fn known_events_that_cannot_be_read_are_kept_for_a_person() {
    let changed = |name, value| with(CAPTURE, &[(name, value)]);
    let odd = [
        "{}".to_owned(),
        "null".to_owned(),
        "[]".to_owned(),
        changed("status", json!("SLEEPING")),
        changed("amount", json!({"currency_code": "USD", "value": 24.5})),
        changed("amount", json!({"currency_code": "USD", "value": "0.00"})),
        changed("create_time", json!("soon")),
        changed("supplementary_data", json!("x")),
        CAPTURE.replacen("\"status\"", "\"status\":\"PENDING\",\"status\"", 1),
    ];
    for resource in odd {
        assert_eq!(read("PAYMENT.CAPTURE.COMPLETED", &resource), Err(Forged::Unreadable), "{resource}");
    }
    let orphan = with(REFUND, &[("links", json!([]))]);
    assert_eq!(read("PAYMENT.CAPTURE.REFUNDED", &orphan), Err(Forged::Unreadable));
    for body in ["", "x", "{}", r#"{"id":"1","event_type":"PAYMENT.CAPTURE.COMPLETED"}"#] {
        let kept = Kept::of_verified(&[], body.as_bytes());
        assert_eq!(PayPal.read_again(&account(), kept), Err(Forged::Unreadable), "{body}");
    }
}
