//! What proves a return URL and a plain webhook. Both are compared in constant time.
//!
//! A return URL carries HMAC-SHA256 in base64, over its parameters encoded twice; a plain webhook carries a password
//! and proves nothing about its body.

use crate::contract::Forged;
use crate::proof::{check_hmac, check_word};
use crate::reading::told::once;
use data_encoding::BASE64;
use hundi_core::Secret;
use std::slice;
use url::form_urlencoded;

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

/// RFC 3986: letters, digits and `-._~` stay. Forms have a blank, a star and a tilde of their own.
fn percent(text: &str) -> String {
    let form: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    form.replace('+', "%20").replace('*', "%2A").replace("%7E", "~")
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
    let parts = header.and_then(|h| h.trim().split_once(' '));
    let basic = parts.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
    let said = basic.map(|(_, encoded)| encoded.trim());
    check_word(secrets, said, |secret| BASE64.encode(format!("{user}:{}", secret.expose()).as_bytes()))
}
