//! Paytm's checksum: a salted SHA-256, encrypted under the merchant key with an IV that never changes.
//!
//! The encryption hides nothing from whoever has the key and proves nothing by itself: only the hash inside does. A
//! wrong key, bad base64, a broken block and a wrong hash are one refusal, since telling them apart would be an oracle.

use crate::contract::Forged;
use crate::proof::aes_cbc::{self, BadKey};
use crate::proof::sha256_hex;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::BASE64;
use hundi_core::Secret;

const IV: [u8; 16] = *b"@@@@&&&&####$$$$";
const HASH_CHARS: usize = 64;
const SALT_CHARS: usize = 4;
/// 68 characters, padded to five blocks, in base64.
const CHECKSUM_CHARS: usize = 108;

/// Paytm's own Node library makes its salt so: three bytes in base64, `+` and `/` included.
pub(super) fn salt(random: [u8; 32]) -> String {
    BASE64.encode(&random[..3])
}

/// The checksum of exactly these bytes. A key has 16 characters in practice; longer ones are the PG SDK's reading.
pub(super) fn checksum(text: &[u8], key: &Secret, salt: &str) -> Result<String, BadKey> {
    let mut block = hash(text, salt.as_bytes()).into_bytes();
    block.extend_from_slice(salt.as_bytes());
    Ok(BASE64.encode(&aes_cbc::encrypt(key, IV, block)?))
}

/// Whether the key made this checksum of these bytes.
pub(super) fn check(text: &[u8], key: &Secret, checksum: Option<&str>) -> Result<(), Forged> {
    if key.is_empty() {
        return Err(Forged::NoSecret);
    }
    let checksum = checksum.filter(|c| !c.is_empty()).ok_or(Forged::NoSignature)?;
    let plain = opened(checksum, key).ok_or(Forged::WrongSignature)?;
    let (said, salt) = plain.split_at_checked(HASH_CHARS).ok_or(Forged::WrongSignature)?;
    if salt.len() != SALT_CHARS {
        return Err(Forged::WrongSignature);
    }
    verify_slices_are_equal(said, hash(text, salt).as_bytes()).map_err(|_| Forged::WrongSignature)
}

/// The same for a form: over the values of all fields but the checksum itself.
pub(super) fn check_form(
    fields: &[(String, String)],
    key: &Secret,
    checksum: Option<&str>,
) -> Result<(), Forged> {
    let values = |null_is_empty| form_text(fields, null_is_empty);
    // Python, PHP and Java sign the word `null` as an empty value, Node signs the word.
    match check(values(false).as_bytes(), key, checksum) {
        Err(Forged::WrongSignature) => check(values(true).as_bytes(), key, checksum),
        verdict => verdict,
    }
}

/// Values in the order of their names' code points, joined by `|`. An empty value keeps its place, and a `|` inside
/// one is not escaped: neither names nor borders are signed, which is why a form proves so little.
pub(super) fn form_text(fields: &[(String, String)], null_is_empty: bool) -> String {
    let mut sorted: Vec<_> = fields.iter().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    let empty = |v: &str| null_is_empty && v.eq_ignore_ascii_case("null");
    sorted.iter().map(|(_, v)| if empty(v) { "" } else { v }).collect::<Vec<_>>().join("|")
}

fn hash(text: &[u8], salt: &[u8]) -> String {
    sha256_hex([text, b"|", salt])
}

fn opened(checksum: &str, key: &Secret) -> Option<Vec<u8>> {
    if checksum.len() != CHECKSUM_CHARS {
        return None;
    }
    aes_cbc::decrypt(key, IV, BASE64.decode(checksum.as_bytes()).ok()?)
}
