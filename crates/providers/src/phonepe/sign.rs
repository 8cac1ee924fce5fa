//! PhonePe's proofs: v1's checksums, which are SHA-256 over a text that ends in the salt key, and v2's constant header.
//!
//! Neither is an HMAC. Hex is lower case in both, and another case is refused, as the official SDKs do.

use crate::contract::Forged;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{Context, SHA256};
use data_encoding::HEXLOWER;
use hundi_core::Secret;

/// The user name that a merchant types at PhonePe beside our secret as the password.
pub(super) const USERNAME: &str = "hundi";

/// A salt key and its number at PhonePe.
pub(super) struct SaltKey {
    pub(super) key: Secret,
    pub(super) index: String,
}

impl SaltKey {
    /// `X-VERIFY` of a request: its base64 payload (empty for GET), its path without the host's prefix, the key.
    pub(super) fn of_request(&self, payload: &str, path: &str) -> String {
        self.checksum(&[payload, path])
    }

    /// `X-VERIFY` of a callback: the base64 text alone, without any path.
    pub(super) fn check_callback(&self, response: &str, header: Option<&str>) -> Result<(), Forged> {
        self.check(&[response], header)
    }

    /// `checksum` of a redirect: all other values in order of arrival, with nothing between them. So a digit can slide
    /// from one value into the next: whoever believes it compares the order's id as well.
    pub(super) fn check_redirect<'a>(
        &self,
        fields: impl Iterator<Item = (&'a str, &'a str)>,
        checksum: Option<&str>,
    ) -> Result<(), Forged> {
        let values: Vec<&str> =
            fields.filter(|(name, _)| *name != "checksum").map(|(_, value)| value).collect();
        self.check(&values, checksum)
    }

    fn checksum(&self, parts: &[&str]) -> String {
        let parts = parts.iter().copied().chain([self.key.expose()]);
        format!("{}###{}", sha256_hex(parts), self.index)
    }

    /// A merchant can have several keys, told apart by their number: one that we don't hold proves nothing.
    fn check(&self, parts: &[&str], said: Option<&str>) -> Result<(), Forged> {
        if self.key.is_empty() {
            return Err(Forged::NoSecret);
        }
        let said = said.filter(|s| !s.is_empty()).ok_or(Forged::NoSignature)?;
        same(said, &self.checksum(parts))
    }
}

/// The header of a v2 webhook: the same word on every message, so it proves only that the sender knows it.
pub(super) fn check_webhook(
    username: &str,
    passwords: &[Secret],
    header: Option<&str>,
) -> Result<(), Forged> {
    if passwords.iter().all(Secret::is_empty) {
        return Err(Forged::NoSecret);
    }
    let said = header.filter(|s| !s.is_empty()).ok_or(Forged::NoSignature)?;
    let known = passwords.iter().filter(|p| !p.is_empty());
    let mut expected = known.map(|password| sha256_hex([username, ":", password.expose()].into_iter()));
    if expected.any(|word| same(said, &word).is_ok()) { Ok(()) } else { Err(Forged::WrongSignature) }
}

fn sha256_hex<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let mut context = Context::new(&SHA256);
    parts.for_each(|part| context.update(part.as_bytes()));
    HEXLOWER.encode(context.finish().as_ref())
}

fn same(said: &str, expected: &str) -> Result<(), Forged> {
    verify_slices_are_equal(said.as_bytes(), expected.as_bytes()).map_err(|_| Forged::WrongSignature)
}
