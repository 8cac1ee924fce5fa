//! What the payer's browser may claim, and what it must prove.

use super::*;
use crate::contract::{Forged, Grade, ReturnSaid, Returns, Said};
use hundi_core::FailureReason;

const KEY: &str = "hU8mQ2sT5vY1zB4nC7dF0gJ3";
/// `checkout-ok` among the vectors: order_HdTest000001|pay_HdTest00000001.
const SIGNED: &str = "e7a296d4befeeb146c141336cb1c4e2de15f227fd74ae34a28d2f63aad1d861a";

fn fields(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn read(subject: &Subject, of: &[(&str, &str)]) -> Result<ReturnSaid, Forged> {
    let mut account = account();
    account.credentials.insert("key_secret".to_owned(), Secret::new(KEY));
    Razorpay.read(&account, subject, &fields(of))
}

fn success() -> Vec<(&'static str, &'static str)> {
    vec![
        ("razorpay_payment_id", "pay_HdTest00000001"),
        ("razorpay_order_id", "order_HdTest000001"),
        ("razorpay_signature", SIGNED),
    ]
}

fn said(grade: Grade, payment: Option<&str>, said: Said) -> Result<ReturnSaid, Forged> {
    Ok(ReturnSaid { grade, provider_payment: payment.map(str::to_owned), said })
}

#[test]
fn a_proved_success_is_a_cause_to_ask() {
    let ours = subject("order_HdTest000001");
    assert_eq!(read(&ours, &success()), said(Grade::B, Some("pay_HdTest00000001"), Said::Success));
    let more = [success(), vec![("utm_source", "x")]].concat();
    assert!(read(&ours, &more).is_ok());
}

#[test]
fn another_orders_success_is_forged_even_with_its_own_signature() {
    assert_eq!(read(&subject("order_HdTest000002"), &success()), Err(Forged::WrongSignature));
    let mut renamed = success();
    renamed[1].1 = "order_HdTest000002";
    assert_eq!(read(&subject("order_HdTest000002"), &renamed), Err(Forged::WrongSignature));
    assert_eq!(read(&subject("order_HdTest000001"), &renamed), Err(Forged::WrongSignature));
}

#[test]
fn each_field_is_needed_exactly_once() {
    let ours = subject("order_HdTest000001");
    for at in 0..3 {
        let mut without = success();
        let (name, value) = without.remove(at);
        let expected =
            if name == "razorpay_signature" { Forged::NoSignature } else { Forged::WrongSignature };
        assert_eq!(read(&ours, &without), Err(expected), "without {name}");
        let twice = [success(), vec![(name, value)]].concat();
        assert_eq!(read(&ours, &twice), Err(Forged::WrongSignature), "{name} twice");
        let mut changed = success();
        let shouted = value.to_uppercase();
        changed[at].1 = &shouted;
        assert_eq!(read(&ours, &changed), Err(Forged::WrongSignature), "{name} changed");
    }
    let account = Account { credentials: BTreeMap::new(), ..account() };
    assert_eq!(Razorpay.read(&account, &ours, &fields(&success())), Err(Forged::NoSecret));
}

fn by_link(reference: &str, status: &str) -> Result<ReturnSaid, Forged> {
    let message = format!("plink_HdTest000001|{reference}|{status}|pay_HdTest00000001");
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, KEY.as_bytes());
    let signature = data_encoding::HEXLOWER.encode(aws_lc_rs::hmac::sign(&key, message.as_bytes()).as_ref());
    let of = [
        ("razorpay_payment_id", "pay_HdTest00000001"),
        ("razorpay_payment_link_id", "plink_HdTest000001"),
        ("razorpay_payment_link_reference_id", reference),
        ("razorpay_payment_link_status", status),
        ("razorpay_signature", &signature),
    ];
    read(&subject("plink_HdTest000001"), &of)
}

#[test]
fn a_links_return_is_bound_to_our_reference() {
    let payment = Some("pay_HdTest00000001");
    assert_eq!(by_link(OUR_REF, "paid"), said(Grade::B, payment, Said::Success));
    assert_eq!(by_link(OUR_REF, "partially_paid"), said(Grade::B, payment, Said::Nothing));
    assert_eq!(by_link(OUR_REF, "expired"), said(Grade::B, payment, Said::Nothing));
    // Properly signed by Razorpay, for somebody else's reference, or with a separator inside it.
    assert_eq!(by_link("INV-42", "paid"), Err(Forged::WrongSignature));
    assert_eq!(by_link(&format!("{OUR_REF}|paid"), "x"), Err(Forged::WrongSignature));
    assert_eq!(by_link("", "paid"), Err(Forged::WrongSignature));
    // An order's fields do not speak for a link, nor a link's for an order.
    assert_eq!(read(&subject("plink_HdTest000001"), &success()), Err(Forged::WrongSignature));
}

#[test]
fn a_failure_is_the_browsers_bare_word() {
    let ours = subject("order_HdTest000001");
    let of = [
        ("error[code]", "BAD_REQUEST_ERROR"),
        ("error[description]", "Payment was cancelled"),
        ("error[reason]", "payment_cancelled"),
        ("error[metadata]", r#"{"payment_id":"pay_HdTest00000001","order_id":"order_HdTest000001"}"#),
    ];
    let cancelled = Said::Failure(FailureReason::UserCancelled);
    assert_eq!(read(&ours, &of), said(Grade::C, Some("pay_HdTest00000001"), cancelled));
    assert_eq!(read(&ours, &of[..3]), said(Grade::C, None, cancelled));
    let unmapped = Said::Failure(FailureReason::Unrecognised);
    assert_eq!(read(&ours, &of[..1]), said(Grade::C, None, unmapped));
    assert_eq!(read(&ours, &[of[0], ("error[metadata]", "{not json")]), said(Grade::C, None, unmapped));
    assert_eq!(
        read(&ours, &[of[0], ("error[metadata]", r#"{"payment_id":"../x"}"#)]),
        said(Grade::C, None, unmapped)
    );
    assert_eq!(read(&ours, &[of[2], of[2]]), Err(Forged::WrongSignature));
    // A failure does not excuse a claim of success from its proof.
    assert_eq!(read(&ours, &[of[0], ("razorpay_signature", SIGNED)]), Err(Forged::WrongSignature));
}

#[test]
fn coming_back_in_silence_says_nothing() {
    let nothing = said(Grade::C, None, Said::Nothing);
    assert_eq!(read(&subject("order_HdTest000001"), &[]), nothing);
    assert_eq!(read(&subject("plink_HdTest000001"), &[("utm", "x")]), nothing);
}
