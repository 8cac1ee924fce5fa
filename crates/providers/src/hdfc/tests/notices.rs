//! Webhooks in both forms, and what the payer's browser may claim.

use super::*;
use crate::contract::{Forged, Grade, Kept, Notice, Notices, ReturnSaid, Returns, Said, Unverified};
use crate::hdfc::sealed::Once;
use hundi_core::FailureReason;

const PASSED: &str = "Basic aHVuZGk6czNjcmV0";

fn told(account: &Account, header: Option<&str>, body: &str) -> Result<Notice, Forged> {
    let headers: Vec<_> = header.iter().map(|h| ("authorization".to_owned(), (*h).to_owned())).collect();
    let wire = Script::new(vec![]);
    let message = Unverified::new(&headers, body.as_bytes());
    run(Hdfc.verify(call(account, &wire), &[Secret::new("s3cret")], message))
}

fn sealed(body: &str) -> String {
    let sealed = bank().seal(body.as_bytes(), &Once { key: [5; 32], nonce: [6; 32] }).unwrap();
    json!({"JWT": serde_json::from_str::<Value>(&sealed).unwrap()}).to_string()
}

#[test]
fn a_password_is_a_weak_proof() {
    let notice = told(&account(), Some(PASSED), WEBHOOK).unwrap();
    assert_eq!(
        (notice.kind.as_str(), notice.event_id.as_deref(), notice.grade),
        ("ORDER_SUCCEEDED", Some("evt_V2_0001"), Grade::B)
    );
    let captured = Try::Captured { amount: Money::inr(499_00) };
    assert_eq!(tries(&notice.reports), [(OUR_REF.to_owned(), TXN.to_owned(), captured)]);
    assert_eq!(told(&account(), None, WEBHOOK), Err(Forged::NoSignature));
    assert_eq!(told(&account(), Some("Basic aHVuZGk6d3Jvbmc="), WEBHOOK), Err(Forged::WrongSignature));
    // Another user with the right password is not the one that was set up.
    assert_eq!(told(&account(), Some("Basic aHVuZGkyOnMzY3JldA=="), WEBHOOK), Err(Forged::WrongSignature));
    // Stored without the constant proof, it is read again as it was.
    let kept = Kept::of_verified(&[], WEBHOOK.as_bytes());
    assert_eq!(Hdfc.read_again(&account(), kept), Ok(notice));
}

#[test]
fn a_seal_is_a_strong_one() {
    let account = sealed_account();
    let body = sealed(WEBHOOK);
    let notice = told(&account, None, &body).unwrap();
    assert_eq!(notice.grade, Grade::A);
    assert_eq!(tries(&notice.reports).len(), 1);
    assert_eq!(Hdfc.read_again(&account, Kept::of_verified(&[], body.as_bytes())), Ok(notice.clone()));
    // The same as a text, and dotted.
    let parts: Value = serde_json::from_str(&body).unwrap();
    let inner = &parts["JWT"];
    let dotted =
        ["header", "encryptedKey", "iv", "encryptedPayload", "tag"].map(|part| text(inner, part)).join(".");
    for as_text in [inner.to_string(), dotted] {
        assert_eq!(told(&account, None, &json!({"JWT": as_text}).to_string()), Ok(notice.clone()));
    }
    // The password does not stand in for a broken seal.
    let broken = body.replace("\"tag\":\"", "\"tag\":\"AA");
    assert_eq!(told(&account, Some(PASSED), &broken), Err(Forged::WrongSignature));
    assert_eq!(
        told(&account, Some(PASSED), r#"{"JWT":"x","event_name":"ORDER_SUCCEEDED"}"#),
        Err(Forged::WrongSignature)
    );
    assert_eq!(told(&super::account(), Some(PASSED), &body), Err(Forged::NoSecret));
    // Without a seal it is as weak as anywhere.
    assert_eq!(told(&account, Some(PASSED), WEBHOOK).unwrap().grade, Grade::B);
    assert_eq!(told(&account, None, WEBHOOK), Err(Forged::NoSignature));
}

#[test]
fn events_are_read_by_the_order_in_them() {
    let with_name = |name: &str| WEBHOOK.replace("ORDER_SUCCEEDED", name);
    let reports = |body: &str| told(&account(), Some(PASSED), body).map(|n| n.reports.len());
    for known in
        ["ORDER_FAILED", "ORDER_REFUNDED", "TXN_CHARGED", "ORDER_AUTHORIZED", "AUTO_REFUND_SUCCEEDED"]
    {
        assert_eq!(reports(&with_name(known)), Ok(1), "{known}");
    }
    for unknown in ["MANDATE_CREATED", "CHARGEBACK_RECEIVED", "NOTIFICATION_SUCCEEDED", "anything"] {
        assert_eq!(reports(&with_name(unknown)), Ok(0), "{unknown}");
    }
    assert_eq!(reports(r#"{"id":"e","event_name":"TXN_CREATED","content":{"txn":{"txn_id":"x"}}}"#), Ok(0));
    // Known, and not readable.
    for odd in [
        WEBHOOK.replace("CHARGED", "PARTIAL_CHARGED"),
        WEBHOOK.replace("\"order_id\"", "\"oid\""),
        WEBHOOK.replace("\"content\"", "\"contents\""),
        WEBHOOK.replace("\"amount\":499", "\"amount\":0"),
        WEBHOOK.replace("\"amount\":499", "\"amount\":499,\"amount\":1"),
        "{}".to_owned(),
        "<html>".to_owned(),
        String::new(),
    ] {
        assert_eq!(reports(&odd), Err(Forged::Unreadable), "{odd}");
    }
    // Another merchant's, with our proof.
    assert_eq!(reports(&WEBHOOK.replace("SGTEST\"", "SGOTHER\"")), Err(Forged::WrongSignature));
    let long = WEBHOOK.replace("evt_V2_0001", &"x".repeat(65));
    assert_eq!(told(&account(), Some(PASSED), &long).unwrap().event_id, None);
}

/// A whole order in a webhook makes the same facts as a poll.
#[test]
fn a_notice_and_a_poll_are_the_same_fact() {
    let refunded = with_refunds(&[refund_with(&[("status", json!("SUCCESS"))])]);
    let order: Value = serde_json::from_str(&refunded).unwrap();
    let body = json!({"id": "e", "date_created": "2026-05-05T05:05:05Z", "event_name": "ORDER_REFUNDED", "content": {"order": order}});
    let (account, wire) = (account(), Script::new(vec![ok(refunded)]));
    let polled = run(crate::contract::Watch::fetch(&Hdfc, call(&account, &wire), &subject())).unwrap();
    assert_eq!(polled.len(), 2);
    assert_eq!(told(&account, Some(PASSED), &body.to_string()).unwrap().reports, polled);
}

// ---- the payer comes back

fn back(account: &Account, of: &[(&str, &str)]) -> Result<ReturnSaid, Forged> {
    let fields: Vec<_> = of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Hdfc.read(account, &Subject { provider_order: "hundi0001".to_owned(), ..subject() }, &fields)
}

fn signed() -> Vec<(&'static str, &'static str)> {
    vec![
        ("order_id", "hundi0001"),
        ("status", "CHARGED"),
        ("status_id", "21"),
        ("signature", "rrN5nBExYNigIA3l4%2FEWMmW0YtUvgOytGX289SIR3kk%3D"),
        ("signature_algorithm", "HMAC-SHA256"),
    ]
}

fn said(grade: Grade, said: Said) -> Result<ReturnSaid, Forged> {
    Ok(ReturnSaid { grade, provider_payment: None, said })
}

#[test]
fn a_signed_return_is_a_cause_to_ask() {
    assert_eq!(back(&account(), &signed()), said(Grade::B, Said::Success));
    for at in 0..5 {
        let mut changed = signed();
        let (name, value) = changed.remove(at);
        let expected = if name == "signature" { Forged::NoSignature } else { Forged::WrongSignature };
        assert_eq!(back(&account(), &changed), Err(expected), "without {name}");
        assert_eq!(
            back(&account(), &[signed(), vec![(name, value)]].concat()),
            Err(Forged::WrongSignature),
            "{name} twice"
        );
        let mut changed = signed();
        let lower = value.to_lowercase();
        changed[at].1 = if lower == value { "X" } else { &lower };
        assert_eq!(back(&account(), &changed), Err(Forged::WrongSignature), "{name} changed");
    }
    for algorithm in ["none", "HMAC-SHA1", "", "HMAC-SHA512"] {
        let mut changed = signed();
        changed[4].1 = algorithm;
        assert_eq!(back(&account(), &changed), Err(Forged::WrongSignature), "{algorithm}");
    }
    // Properly signed, for another order.
    let fields: Vec<_> = signed().into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    assert_eq!(Hdfc.read(&account(), &subject(), &fields), Err(Forged::WrongSignature));
}

#[test]
fn an_unsigned_one_is_the_browsers_bare_word() {
    let account = account();
    assert_eq!(back(&account, &signed()[..3]), said(Grade::C, Said::Success));
    assert_eq!(
        back(&account, &[("order_id", "hundi0001"), ("status", "AUTHORIZATION_FAILED")]),
        said(Grade::C, Said::Failure(FailureReason::DeclinedByBank))
    );
    assert_eq!(back(&account, &[("status", "PENDING_VBV")]), said(Grade::C, Said::Nothing));
    assert_eq!(back(&account, &[]), said(Grade::C, Said::Nothing));
    assert_eq!(back(&account, &[("order_id", "other"), ("status", "CHARGED")]), Err(Forged::WrongSignature));
    // Without a key nothing can be told of a signature.
    let keyless = Account { credentials: BTreeMap::new(), ..account };
    assert_eq!(back(&keyless, &signed()), said(Grade::C, Said::Success));
}
