//! What Razorpay computes: signatures and fees.
//!
//! Written apart from the adapter on purpose: the two must agree because both follow Razorpay, not each other.

use aws_lc_rs::hmac;
use data_encoding::HEXLOWER;

/// HMAC-SHA256 in lower-case hex: what Razorpay signs webhooks, callbacks and links with.
pub(super) fn sign(secret: &str, message: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    HEXLOWER.encode(hmac::sign(&key, message).as_ref())
}

/// What Razorpay keeps of a payment: `fee` already includes `tax`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fee {
    pub(super) fee: i64,
    pub(super) tax: i64,
}

/// The formula that fits every fee pair in the documentation: the central and the state half of GST are 9 % each and
/// are rounded apart.
pub(super) fn fee(amount: i64, rate_bps: i64, gst: bool) -> Fee {
    let base = rounded(amount, rate_bps, 10_000);
    let tax = if gst { 2 * rounded(base, 9, 100) } else { 0 };
    Fee { fee: base + tax, tax }
}

fn rounded(amount: i64, part: i64, whole: i64) -> i64 {
    let product = i128::from(amount) * i128::from(part);
    let whole = i128::from(whole);
    i64::try_from((product * 2 + whole) / (whole * 2))
        .expect("a part of an amount is no larger than the amount")
}
