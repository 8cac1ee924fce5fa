//! What Cashfree computes: signatures, times of India, fees; and JSON whose amounts are numbers.
//!
//! Written apart from the adapter on purpose: the two must agree because both follow Cashfree, not each other.

use aws_lc_rs::{digest, hmac};
use data_encoding::BASE64;
use hundi_core::time::days;
use hundi_core::{Millis, Money};
use serde_json::{Value, json};

const INDIA_MS: i64 = 19_800_000;
const MARK: &str = "\u{1}amount ";

/// The proof of a webhook.
pub(super) fn sign(timestamp: &str, body: &str, secret: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    BASE64.encode(hmac::sign(&key, format!("{timestamp}{body}").as_bytes()).as_ref())
}

/// What tells one webhook from another, however often each is sent.
pub(super) fn hash(body: &str) -> String {
    BASE64.encode(digest::digest(&digest::SHA256, body.as_bytes()).as_ref())
}

/// `2022-12-15T12:20:29+05:30`
pub(super) fn stamp(at: Millis) -> String {
    let shown = at.plus(INDIA_MS).to_string();
    format!("{}+05:30", shown.get(..19).unwrap_or_default())
}

/// `20221215`, in India.
pub(super) fn day(at: Millis) -> String {
    at.plus(INDIA_MS).to_string().get(..10).unwrap_or_default().replace('-', "")
}

/// An amount, to become a number when it is written: no float is near it.
pub(super) fn amount(minor: i64) -> Value {
    json!(format!("{MARK}{}", Money::inr(minor).decimal()))
}

/// JSON with amounts as numbers. Whoever sends a text that looks like a mark gets a nought for it.
pub(super) fn written(value: &Value) -> String {
    let text = value.to_string();
    let mut parts = text.split("\"\\u0001amount ");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, rest) = part.split_once('"').unwrap_or((part, ""));
        let is_number = number.bytes().all(|c| c.is_ascii_digit() || c == b'.' || c == b'-');
        out.push_str(if is_number { number } else { "0" });
        out.push_str(rest);
    }
    out
}

/// Paise of a number's own digits; nothing of anything else.
pub(super) fn paise(text: &str) -> Option<i64> {
    let (units, rest) = text.split_once('.').unwrap_or((text, "0"));
    let plain = |t: &str| !t.is_empty() && t.bytes().all(|c| c.is_ascii_digit());
    if !plain(units) || !plain(rest) || rest.len() > 2 {
        return None;
    }
    let units: i64 = units.parse().ok()?;
    units.checked_mul(100)?.checked_add(format!("{rest:0<2}").parse().ok()?).filter(|minor| *minor > 0)
}

/// What Cashfree keeps of a payment: its fee, and 18 % GST on that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) fee: i64,
    pub(super) gst: i64,
}

pub(super) fn kept(amount: i64, fee_bps: i64) -> Kept {
    let part = |of: i64, rate: i64, whole: i64| (of.saturating_mul(rate) + whole / 2) / whole;
    let fee = part(amount, fee_bps, 10_000);
    Kept { fee, gst: part(fee, 18, 100) }
}

/// Nothing is paid out on Saturdays and Sundays.
pub(super) fn payout(at: Millis) -> Millis {
    let weekday = (at.plus(INDIA_MS).0.div_euclid(days(1)) + 4).rem_euclid(7);
    match weekday {
        6 => at.plus(days(2)),
        0 => at.plus(days(1)),
        _ => at,
    }
}
