//! What proves a return URL and a plain webhook. Both are compared in constant time.
//!
//! A return URL carries HMAC-SHA256 in base64, over its parameters encoded twice; a plain webhook carries a password
//! and proves nothing about its body.

use crate::contract::Forged;
use crate::proof::check_hmac;
use crate::reading::told::once;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::BASE64;
use hundi_core::Secret;
use std::slice;

/// The user name that merchants give Juspay together with our password.
pub(super) const WEBHOOK_USER: &str = "hundi";

const ALGORITHM: &str = "HMAC-SHA256";

// ---- return URLs

/// Whether the decoded `fields` were signed with the response key.
pub(super) fn check_return(key: &Secret, fields: &[(String, String)]) -> Result<(), Forged> {
    if key.is_empty() {
        return Err(Forged::NoSecret);
    }
    let signature = once(fields, "signature")?;
    // Named by the message itself, so it must not choose: one value, and nothing else.
    if signature.is_some_and(|s| !s.is_empty()) && once(fields, "signature_algorithm")? != Some(ALGORITHM) {
        return Err(Forged::WrongSignature);
    }
    let signature = signature.map(plain_base64);
    check_hmac(slice::from_ref(key), return_message(fields).as_bytes(), signature.as_deref(), &BASE64)
}

/// Everything but the proof itself: encoded, sorted by the encoded name, joined, and encoded once more.
pub(super) fn return_message(fields: &[(String, String)]) -> String {
    let signed = fields.iter().filter(|(name, _)| name != "signature" && name != "signature_algorithm");
    let mut pairs: Vec<_> = signed.map(|(name, value)| (percent(name), percent(value))).collect();
    pairs.sort();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    percent(&pairs.join("&"))
}

/// RFC 3986: letters, digits and `-._~` stay.
fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The signature is encoded twice in a GET, once in a form: what is left of it here is `%2B`, `%2F` and `%3D`. Sent
/// bare, its plus signs were read as spaces.
fn plain_base64(signature: &str) -> String {
    let mut plain = signature.replace(' ', "+");
    for (encoded, sign) in
        [("%2B", "+"), ("%2F", "/"), ("%3D", "="), ("%2b", "+"), ("%2f", "/"), ("%3d", "=")]
    {
        plain = plain.replace(encoded, sign);
    }
    plain
}

// ---- webhooks

/// Whether the header carries this user with one of `secrets` as the password. An empty secret proves nothing:
/// anybody could have used it.
pub(super) fn check_basic(user: &str, secrets: &[Secret], header: Option<&str>) -> Result<(), Forged> {
    if secrets.iter().all(Secret::is_empty) {
        return Err(Forged::NoSecret);
    }
    let (scheme, encoded) = header.and_then(|h| h.trim().split_once(' ')).ok_or(Forged::NoSignature)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(Forged::NoSignature);
    }
    let given = BASE64.decode(encoded.trim().as_bytes()).map_err(|_| Forged::WrongSignature)?;
    let is_given = |secret: &Secret| {
        let expected = format!("{user}:{}", secret.expose());
        verify_slices_are_equal(expected.as_bytes(), &given).is_ok()
    };
    if secrets.iter().filter(|s| !s.is_empty()).any(is_given) { Ok(()) } else { Err(Forged::WrongSignature) }
}

/// What our own calls carry: the API key as the user, with no password.
pub(super) fn basic_of_key(key: &Secret) -> String {
    format!("Basic {}", BASE64.encode(format!("{}:", key.expose()).as_bytes()))
}
