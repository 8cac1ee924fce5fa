//! Cashfree's one signature: base64 of HMAC-SHA256 over the webhook's timestamp and raw body, one after the other.
//!
//! Nothing stands between the two, so the same proof would fit a message whose first bytes had been moved into the
//! timestamp, or the other way round. It can't here: a timestamp is digits alone, and no body begins with one.

use crate::contract::Forged;
use aws_lc_rs::hmac;
use data_encoding::BASE64;
use hundi_core::Secret;

const TIMESTAMP_CHARS_MAX: usize = 20;

/// Whether the account's own secret signed this body at this time. An empty secret signs nothing: anybody could have
/// used it.
pub(super) fn check(
    secret: &Secret,
    timestamp: Option<&str>,
    body: &[u8],
    signature: Option<&str>,
) -> Result<(), Forged> {
    if secret.is_empty() {
        return Err(Forged::NoSecret);
    }
    let signature = signature.filter(|s| !s.is_empty()).ok_or(Forged::NoSignature)?;
    let timestamp = timestamp.filter(|t| !t.is_empty()).ok_or(Forged::NoSignature)?;
    if !is_timestamp(timestamp) || body.first().is_none_or(u8::is_ascii_digit) {
        return Err(Forged::WrongSignature);
    }
    let tag = BASE64.decode(signature.as_bytes()).map_err(|_| Forged::WrongSignature)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
    let message = [timestamp.as_bytes(), body].concat();
    hmac::verify(&key, &message, &tag).map_err(|_| Forged::WrongSignature)
}

fn is_timestamp(text: &str) -> bool {
    text.len() <= TIMESTAMP_CHARS_MAX && text.bytes().all(|c| c.is_ascii_digit())
}
