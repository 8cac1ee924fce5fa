//! Razorpay's signatures: lower-case hex of HMAC-SHA256, over raw bytes or over ids joined by `|`.
//!
//! Both official SDKs refuse upper-case hex, so we do. Comparison is of decoded bytes, in constant time.

use crate::contract::Forged;
use crate::proof::check_hmac;
use data_encoding::HEXLOWER;
use hundi_core::Secret;

/// Whether one of `secrets` signed `message`. After a change of secret Razorpay signs retries of old events with the
/// old one, so several are tried.
pub(super) fn check(secrets: &[Secret], message: &[u8], signature: Option<&str>) -> Result<(), Forged> {
    check_hmac(secrets, message, signature, &HEXLOWER)
}

/// What checkout signs: the order comes from our database, never from the browser.
pub(super) fn checkout_message(order: &str, payment: &str) -> String {
    format!("{order}|{payment}")
}

/// What a payment link signs. A `|` in the reference would make it ambiguous; our references have none.
pub(super) fn link_message(link: &str, reference: &str, status: &str, payment: &str) -> String {
    format!("{link}|{reference}|{status}|{payment}")
}
