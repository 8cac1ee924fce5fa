//! v2's one proof: a header that is the same word on every message, so it proves only that the sender knows it.
//!
//! Hex is lower case, and another case is refused, as the official SDKs do.

use crate::contract::Forged;
use crate::proof::{check_word, sha256_hex};
use hundi_core::Secret;

pub(in crate::phonepe) fn check_webhook(
    username: &str,
    passwords: &[Secret],
    header: Option<&str>,
) -> Result<(), Forged> {
    check_word(passwords, header, |password| sha256_hex([username, ":", password.expose()]))
}
