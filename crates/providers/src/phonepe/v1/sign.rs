//! v1's checksums: SHA-256 over a text that ends in the salt key, which is no HMAC.
//!
//! Hex is lower case, and another case is refused, as the official SDKs do.

use crate::contract::Forged;
use crate::proof::{check_word, sha256_hex};
use hundi_core::Secret;
use std::slice;

/// A salt key and its number at PhonePe.
pub(in crate::phonepe) struct SaltKey {
    pub(in crate::phonepe) key: Secret,
    pub(in crate::phonepe) index: String,
}

impl SaltKey {
    /// `X-VERIFY` of a request: its base64 payload (empty for GET), its path without the host's prefix, the key.
    pub(in crate::phonepe) fn of_request(&self, payload: &str, path: &str) -> String {
        self.checksum(&[payload, path])
    }

    /// `X-VERIFY` of a callback: the base64 text alone, without any path.
    pub(in crate::phonepe) fn check_callback(
        &self,
        response: &str,
        header: Option<&str>,
    ) -> Result<(), Forged> {
        self.check(&[response], header)
    }

    /// `checksum` of a redirect: all other values in order of arrival, with nothing between them. So a digit can slide
    /// from one value into the next: whoever believes it compares the order's id as well.
    pub(in crate::phonepe) fn check_redirect<'a>(
        &self,
        fields: impl Iterator<Item = (&'a str, &'a str)>,
        checksum: Option<&str>,
    ) -> Result<(), Forged> {
        let values: Vec<&str> =
            fields.filter(|(name, _)| *name != "checksum").map(|(_, value)| value).collect();
        self.check(&values, checksum)
    }

    /// A merchant can have several keys, told apart by their number: one that we don't hold proves nothing.
    fn check(&self, parts: &[&str], said: Option<&str>) -> Result<(), Forged> {
        check_word(slice::from_ref(&self.key), said, |_| self.checksum(parts))
    }

    fn checksum(&self, parts: &[&str]) -> String {
        let parts = parts.iter().copied().chain([self.key.expose()]);
        format!("{}###{}", sha256_hex(parts), self.index)
    }
}
