//! What Paytm computes: checksums, times of India, and fees.
//!
//! Written apart from the adapter on purpose: the two must agree because both follow Paytm, not each other.

use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::digest;
use data_encoding::{BASE64, HEXLOWER};
use hundi_core::{Currency, Millis, Money};
use url::form_urlencoded;

const IV: &[u8; 16] = b"@@@@&&&&####$$$$";

fn cipher(key: &str) -> Option<UnboundCipherKey> {
    let algorithm = match key.len() {
        16 => &AES_128,
        24 => &AES_192,
        32 => &AES_256,
        _ => return None,
    };
    UnboundCipherKey::new(algorithm, key.as_bytes()).ok()
}

fn hashed(text: &str, salt: &str) -> String {
    let sum = digest::digest(&digest::SHA256, format!("{text}|{salt}").as_bytes());
    format!("{}{salt}", HEXLOWER.encode(sum.as_ref()))
}

/// The checksum of a text. An account whose key no cipher takes gets an empty one, which proves nothing to anybody.
pub(super) fn sign(text: &str, key: &str, salt: &str) -> String {
    let mut block = hashed(text, salt).into_bytes();
    let encrypted = cipher(key).and_then(|key| {
        let key = PaddedBlockEncryptingKey::cbc_pkcs7(key).ok()?;
        key.less_safe_encrypt(&mut block, EncryptionContext::Iv128(IV.into())).ok()
    });
    if encrypted.is_some() { BASE64.encode(&block) } else { String::new() }
}

pub(super) fn is_signed(text: &str, key: &str, checksum: &str) -> bool {
    let plain = || -> Option<String> {
        let mut block = BASE64.decode(checksum.as_bytes()).ok()?;
        let key = PaddedBlockDecryptingKey::cbc_pkcs7(cipher(key)?).ok()?;
        let plain = key.decrypt(&mut block, DecryptionContext::Iv128(IV.into())).ok()?;
        String::from_utf8(plain.to_vec()).ok()
    };
    plain().is_some_and(|plain| plain.get(64..).is_some_and(|salt| hashed(text, salt) == plain))
}

/// What a form signs: its values by the order of their names.
pub(super) fn form_text(fields: &[(String, String)]) -> String {
    let mut sorted: Vec<&(String, String)> = fields.iter().collect();
    sorted.sort();
    sorted.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("|")
}

/// The fields as a browser or Paytm's server posts them.
pub(super) fn form(fields: &[(String, String)]) -> Vec<u8> {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
}

/// `2026-01-01 12:00:05.0`, in India.
pub(super) fn stamp(at: Millis) -> String {
    let shown = at.plus(19_800_000).to_string();
    let (date, clock) = (shown.get(0..10).unwrap_or_default(), shown.get(11..19).unwrap_or_default());
    format!("{date} {clock}.0")
}

/// `2026-01-01`, in India.
pub(super) fn day(at: Millis) -> String {
    stamp(at).chars().take(10).collect()
}

/// `20260101`, which transaction ids begin with.
pub(super) fn compact_day(at: Millis) -> String {
    day(at).replace('-', "")
}

/// `499.00`
pub(super) fn rupees(minor: i64) -> String {
    Money::inr(minor).decimal()
}

/// Paise of a decimal text; nothing for anything else.
pub(super) fn paise(text: &str) -> Option<i64> {
    Money::parse_decimal(text, Currency::INR).map(Money::minor).filter(|minor| *minor > 0)
}

/// What Paytm keeps of a payment: its commission, and 18 % GST on that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) commission: i64,
    pub(super) gst: i64,
}

pub(super) fn kept(amount: i64, fee_bps: i64) -> Kept {
    let part = |of: i64, rate: i64, whole: i64| (of.saturating_mul(rate) + whole / 2) / whole;
    let commission = part(amount, fee_bps, 10_000);
    Kept { commission, gst: part(commission, 18, 100) }
}
