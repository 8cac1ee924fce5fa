//! What the browser brings back, and how far it is believed.

use super::*;
use crate::contract::{Forged, Grade, ReturnSaid, Returns, Said};
use hundi_core::FailureReason;

/// Fields of a v1 redirect about our order with a right checksum.
fn fields(code: &str) -> Vec<(String, String)> {
    signed(&[
        ("code", code),
        ("merchantId", "HUNDITESTUAT"),
        ("transactionId", OUR_REF),
        ("amount", "49900"),
        ("providerReferenceId", "T2601011200000000000001"),
        ("merchantOrderId", OUR_REF),
        ("param1", "na"),
    ])
}

fn signed(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let values: String = pairs.iter().map(|(_, v)| *v).collect();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, format!("{values}{SALT}").as_bytes());
    let checksum = format!("{}###1", data_encoding::HEXLOWER.encode(digest.as_ref()));
    let mut fields: Vec<_> = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    fields.push(("checksum".to_owned(), checksum));
    fields
}

fn read(account: &Account, fields: &[(String, String)]) -> Result<ReturnSaid, Forged> {
    PhonePe.read(account, &subject(Flow::Redirect), fields)
}

#[test]
fn v1_says_what_its_code_says() {
    for (code, said) in [
        ("PAYMENT_SUCCESS", Said::Success),
        ("PAYMENT_ERROR", Said::Failure(FailureReason::Unrecognised)),
        ("PAYMENT_DECLINED", Said::Failure(FailureReason::DeclinedByBank)),
        ("PAYMENT_CANCELLED", Said::Failure(FailureReason::UserCancelled)),
        ("PAYMENT_PENDING", Said::Nothing),
        ("INTERNAL_SERVER_ERROR", Said::Nothing),
        ("SLEEPING", Said::Nothing),
    ] {
        let provider_payment = Some("T2601011200000000000001".to_owned());
        let expected = ReturnSaid { grade: Grade::B, provider_payment, said };
        assert_eq!(read(&v1(), &fields(code)), Ok(expected), "{code}");
    }
    let mut bare =
        vec![("code", "PAYMENT_ERROR"), ("merchantId", "HUNDITESTUAT"), ("transactionId", OUR_REF)];
    assert_eq!(read(&v1(), &signed(&bare)).unwrap().provider_payment, None);
    bare.push(("providerReferenceId", "../x"));
    assert_eq!(read(&v1(), &signed(&bare)).unwrap().provider_payment, None);
}

#[test]
fn who_comes_with_nothing_says_nothing() {
    let nothing = ReturnSaid { grade: Grade::C, provider_payment: None, said: Said::Nothing };
    assert_eq!(read(&v1(), &[]), Ok(nothing.clone()));
    assert_eq!(read(&v2(), &[]), Ok(nothing.clone()));
    // In v2 whatever stands in the address is somebody else's.
    assert_eq!(read(&v2(), &fields("PAYMENT_SUCCESS")), Ok(nothing));
}

#[test]
fn a_claim_needs_its_whole_proof() {
    let wrong = Err(Forged::WrongSignature);
    let without = |name: &str| {
        let mut fields = fields("PAYMENT_SUCCESS");
        fields.retain(|(n, _)| n != name);
        read(&v1(), &fields)
    };
    assert_eq!(without("checksum"), Err(Forged::NoSignature));
    for name in ["code", "merchantId", "transactionId", "amount", "param1"] {
        assert_eq!(without(name), wrong, "{name}");
    }
    let mut altered = fields("PAYMENT_ERROR");
    altered[0].1 = "PAYMENT_SUCCESS".to_owned();
    assert_eq!(read(&v1(), &altered), wrong);
    let mut more = fields("PAYMENT_ERROR");
    more.push(("code".to_owned(), "PAYMENT_SUCCESS".to_owned()));
    assert_eq!(read(&v1(), &more), wrong);
    let other = |name: &str, value: &str| {
        let pairs = [("code", "PAYMENT_SUCCESS"), ("merchantId", "HUNDITESTUAT"), ("transactionId", OUR_REF)];
        signed(&pairs.map(|(n, v)| (n, if n == name { value } else { v })))
    };
    assert_eq!(read(&v1(), &other("merchantId", "ANOTHER")), wrong);
    assert_eq!(read(&v1(), &other("transactionId", "01k4v9r2m8q5t7w3x6zz")), wrong);
    // An empty value weighs nothing in the checksum, so a second field of a name may be signed and is still refused.
    let doubled = signed(&[
        ("code", "PAYMENT_SUCCESS"),
        ("code", ""),
        ("merchantId", "HUNDITESTUAT"),
        ("transactionId", OUR_REF),
    ]);
    assert_eq!(read(&v1(), &doubled), wrong);
}

/// The vector that shows why the redirect decides nothing: a digit slid from the amount into the order's id. Its checksum
/// is right, and it is refused because the order is another.
#[test]
fn a_digit_that_slid_is_not_our_order() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let case = vectors["cases"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["id"] == "v1-redirect-boundary-shift")
        .unwrap();
    let mut fields: Vec<(String, String)> = serde_json::from_value(case["fields"].clone()).unwrap();
    fields.push(("checksum".to_owned(), case["header"].as_str().unwrap().to_owned()));
    assert_eq!(read(&v1(), &fields), Err(Forged::WrongSignature));
}
