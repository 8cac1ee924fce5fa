//! Cashfree's one signature: base64 of HMAC-SHA256 over the webhook's timestamp and raw body, one after the other.
//!
//! Nothing stands between the two, so the same proof would fit a message whose first bytes had been moved into the
//! timestamp, or the other way round. It can't here: a timestamp is digits alone, and no body begins with one.

use crate::contract::Forged;
use crate::proof::check_hmac;
use data_encoding::BASE64;
use hundi_core::Secret;
use std::slice;

const TIMESTAMP_CHARS_MAX: usize = 20;

/// Whether the account's own secret signed this body at this time.
pub(super) fn check(
    secret: &Secret,
    timestamp: Option<&str>,
    body: &[u8],
    signature: Option<&str>,
) -> Result<(), Forged> {
    // Without a time there is no proof.
    let signature = signature.filter(|_| timestamp.is_some_and(|t| !t.is_empty()));
    let timestamp = timestamp.unwrap_or_default();
    let fit = is_timestamp(timestamp) && body.first().is_some_and(|byte| !byte.is_ascii_digit());
    let message = [timestamp.as_bytes(), body].concat();
    let checked = check_hmac(slice::from_ref(secret), &message, signature, &BASE64);
    checked.and(if fit { Ok(()) } else { Err(Forged::WrongSignature) })
}

fn is_timestamp(text: &str) -> bool {
    text.len() <= TIMESTAMP_CHARS_MAX && text.bytes().all(|c| c.is_ascii_digit())
}
