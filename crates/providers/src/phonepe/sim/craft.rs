//! What PhonePe computes: ids that carry their time, checksums, the word on webhooks.
//!
//! Written apart from the adapter on purpose: the two must agree because both follow PhonePe, not each other.

use super::PhonePeSim;
use super::state::Account;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use hundi_core::Millis;

const INDIA_AHEAD_MS: i64 = 19_800_000;

impl PhonePeSim {
    /// `OMO2603021020514773080857`: letters, India's time to the millisecond, seven digits.
    pub(super) fn new_id(&mut self, prefix: &str) -> String {
        let shown = self.now.plus(INDIA_AHEAD_MS).to_string();
        let digits: String = shown.chars().skip(2).filter(char::is_ascii_digit).collect();
        format!("{prefix}{digits}{}", self.mint.digits(7))
    }
}

/// `2026-11-21`, as India counts days.
pub(super) fn day(at: Millis) -> String {
    at.plus(INDIA_AHEAD_MS).to_string().chars().take(10).collect()
}

pub(super) fn sha256_hex(text: &str) -> String {
    HEXLOWER.encode(digest(&SHA256, text.as_bytes()).as_ref())
}

/// `X-VERIFY`, and a redirect's `checksum`.
pub(super) fn checksum(account: &Account, text: &str) -> String {
    format!("{}###{}", sha256_hex(&format!("{text}{}", account.salt_key.expose())), account.salt_index)
}

/// `Authorization` of a webhook.
pub(super) fn webhook_word(username: &str, password: &str) -> String {
    sha256_hex(&format!("{username}:{password}"))
}
