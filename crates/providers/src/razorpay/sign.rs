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

/// What is signed of a return: checkout's order and payment, or a link's id, reference and status and the payment. A `|`
/// in one of them would make it ambiguous.
pub(super) fn message(parts: &[&str]) -> String {
    parts.join("|")
}
