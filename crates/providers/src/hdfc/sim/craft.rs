//! What the gateway computes: the return's signature, times and amounts as it writes them, fees.
//!
//! Written apart from the adapter on purpose: the two must agree because both follow Juspay, not each other.

use aws_lc_rs::hmac;
use data_encoding::BASE64;
use hundi_core::Millis;
use url::form_urlencoded::byte_serialize;

/// Percent-encoding by RFC 3986, made of the form encoding: which spells a space, `*` and `~` in its own way.
pub(super) fn encoded(text: &str) -> String {
    let form: String = byte_serialize(text.as_bytes()).collect();
    form.replace('+', "%20").replace('*', "%2A").replace("%7E", "~")
}

/// The signature of a return: over all parameters, encoded, sorted, joined and encoded again.
pub(super) fn signature(response_key: &str, params: &[(String, String)]) -> String {
    let mut lines: Vec<(String, String)> =
        params.iter().map(|(name, value)| (encoded(name), encoded(value))).collect();
    lines.sort();
    let joined = lines.into_iter().map(|(n, v)| n + "=" + &v).collect::<Vec<_>>().join("&");
    let key = hmac::Key::new(hmac::HMAC_SHA256, response_key.as_bytes());
    BASE64.encode(hmac::sign(&key, encoded(&joined).as_bytes()).as_ref())
}

/// `2026-01-01T06:12:10Z`
pub(super) fn time(at: Millis) -> String {
    let shown = at.to_string();
    shown.get(..19).map_or_else(|| shown.clone(), |seconds| format!("{seconds}Z"))
}

/// Rupees with as many decimals as are needed: `499`, `499.5`.
pub(super) fn rupees(minor: i64) -> String {
    let (units, rest) = (minor / 100, minor % 100);
    match (rest, rest % 10) {
        (0, _) => units.to_string(),
        (_, 0) => format!("{units}.{}", rest / 10),
        _ => format!("{units}.{rest:02}"),
    }
}

/// Paise of `499`, `499.5` and `499.00`; nothing of anything else.
pub(super) fn paise(text: &str) -> Option<i64> {
    let (units, rest) = text.split_once('.').unwrap_or((text, "0"));
    let plain = |t: &str| !t.is_empty() && t.bytes().all(|c| c.is_ascii_digit());
    if !plain(units) || !plain(rest) || rest.len() > 2 {
        return None;
    }
    let units: i64 = units.parse().ok()?;
    units.checked_mul(100)?.checked_add(format!("{rest:0<2}").parse().ok()?)
}

/// What the acquirer keeps: a fee, and nine percent of it each for the union and the state.
pub(super) struct Fee {
    pub(super) fee: i64,
    pub(super) half_tax: i64,
}

pub(super) fn fee(amount: i64, bps: i64) -> Fee {
    let fee = (amount * bps + 5_000) / 10_000;
    Fee { fee, half_tax: (fee * 9 + 50) / 100 }
}
