//! Razorpay's signatures: lower-case hex of HMAC-SHA256, over raw bytes or over ids joined by `|`.
//!
//! Both official SDKs refuse upper-case hex, so we do. Comparison is of decoded bytes, in constant time.

use crate::contract::Forged;
use aws_lc_rs::hmac;
use data_encoding::HEXLOWER;
use hundi_core::Secret;

/// Whether one of `secrets` signed `message`. After a change of secret Razorpay signs retries of old events with the
/// old one, so several are tried. An empty secret signs nothing: anybody could have used it.
pub(super) fn check(secrets: &[Secret], message: &[u8], signature: Option<&str>) -> Result<(), Forged> {
    if secrets.iter().all(Secret::is_empty) {
        return Err(Forged::NoSecret);
    }
    let signature = signature.filter(|s| !s.is_empty()).ok_or(Forged::NoSignature)?;
    let tag = HEXLOWER.decode(signature.as_bytes()).map_err(|_| Forged::WrongSignature)?;
    let signed_by = |secret: &Secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
        hmac::verify(&key, message, &tag).is_ok()
    };
    if secrets.iter().filter(|s| !s.is_empty()).any(signed_by) { Ok(()) } else { Err(Forged::WrongSignature) }
}

/// What checkout signs: the order comes from our database, never from the browser.
pub(super) fn checkout_message(order: &str, payment: &str) -> String {
    format!("{order}|{payment}")
}

/// What a payment link signs. A `|` in the reference would make it ambiguous; our references have none.
pub(super) fn link_message(link: &str, reference: &str, status: &str, payment: &str) -> String {
    format!("{link}|{reference}|{status}|{payment}")
}
