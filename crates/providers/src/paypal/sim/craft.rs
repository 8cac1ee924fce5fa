//! What PayPal computes: amounts in its own spelling, times, fees, CRC-32 and signatures.
//!
//! Written apart from the adapter on purpose: the two must agree because both follow PayPal, not each other.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use data_encoding::BASE64;
use hundi_core::{Currency, Millis};
use serde_json::{Value, json};

/// A test certificate of no worth, and the key that it names.
pub(super) const CERTIFICATE: &str = include_str!("fixtures/test_certificate.pem");
const KEY: &str = include_str!("fixtures/test_key.pem");

/// Minor units of ISO 4217 and a currency that PayPal knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) minor: i64,
    pub(super) currency: String,
}

const CURRENCIES: &str =
    "AUD BRL CAD CNY CZK DKK EUR HKD HUF ILS JPY MYR MXN TWD NZD NOK PHP PLN GBP SGD SEK CHF THB USD";

impl Sum {
    /// From `{"currency_code", "value"}`, or the issue that is wrong with it.
    pub(super) fn parse(from: &Value) -> Result<Self, &'static str> {
        let code = from.get("currency_code").and_then(Value::as_str).ok_or("MISSING_REQUIRED_PARAMETER")?;
        let value = from.get("value").and_then(Value::as_str).ok_or("MISSING_REQUIRED_PARAMETER")?;
        if !CURRENCIES.split(' ').any(|known| known == code) {
            return Err("INVALID_CURRENCY_CODE");
        }
        let (whole, part) = value.split_once('.').unwrap_or((value, ""));
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if value.len() > 32 || whole.is_empty() || !digits(whole) || !digits(part) {
            return Err("INVALID_PARAMETER_SYNTAX");
        }
        if part.len() > decimals(code) {
            return Err("DECIMAL_PRECISION");
        }
        let iso = code.parse::<Currency>().map_or(2, |c| usize::from(c.exponent()));
        let minor: i64 = format!("{whole}{part:0<iso$}").parse().map_err(|_| "MAX_VALUE_EXCEEDED")?;
        if minor > crate::sim::AMOUNT_MAX {
            return Err("MAX_VALUE_EXCEEDED");
        }
        Ok(Self { minor, currency: code.to_owned() })
    }

    pub(super) fn of(&self, minor: i64) -> Self {
        Self { minor, currency: self.currency.clone() }
    }

    /// `24.50`, `2450` where PayPal knows no decimals, `-1.22`.
    pub(super) fn value(&self) -> String {
        let sign = if self.minor < 0 { "-" } else { "" };
        let units = crate::sim::kit::decimal(self.minor.abs(), &self.currency);
        let shown =
            if decimals(&self.currency) == 0 { units.split('.').next().unwrap_or(&units) } else { &units };
        format!("{sign}{shown}")
    }

    pub(super) fn json(&self) -> Value {
        json!({ "currency_code": self.currency, "value": self.value() })
    }
}

fn decimals(code: &str) -> usize {
    match code {
        "HUF" | "JPY" | "TWD" => 0,
        _ => 2,
    }
}

/// A share and a fixed part, never more than what was paid.
pub(super) fn fee(minor: i64, bps: i64, fixed: i64) -> i64 {
    let share = (i128::from(minor) * i128::from(bps) + 5_000) / 10_000;
    i64::try_from(share).unwrap_or(minor).saturating_add(fixed).min(minor)
}

/// `2026-11-20T10:15:20Z`
pub(super) fn time(at: Millis) -> String {
    let shown = at.to_string();
    format!("{}Z", &shown[..shown.len() - 5])
}

/// `2026-11-20T10:15:20+0000`, as the transaction search writes it.
pub(super) fn search_time(at: Millis) -> String {
    let shown = at.to_string();
    format!("{}+0000", &shown[..shown.len() - 5])
}

/// Base64 of RSA PKCS#1 v1.5 with SHA-256, over what PayPal signs of an event.
pub(super) fn sign(transmission_id: &str, time: &str, webhook_id: &str, body: &[u8]) -> String {
    let text = format!("{transmission_id}|{time}|{webhook_id}|{}", crc32(body));
    let (_, rest) = KEY.split_once("-----BEGIN PRIVATE KEY-----").expect("the fixture is a PEM file");
    let (body, _) = rest.split_once("-----END PRIVATE KEY-----").expect("the fixture is whole");
    let base64: String = body.split_ascii_whitespace().collect();
    let der = BASE64.decode(base64.as_bytes()).expect("the fixture is base64");
    let key = KeyPair::from_pkcs8(&der).expect("the fixture is an RSA key");
    let mut signature = vec![0; key.public_modulus_len()];
    // This padding draws nothing: the same text has the same signature.
    key.sign_digest(&RSA_PKCS1_SHA256, &digest(&SHA256, text.as_bytes()), &mut signature)
        .expect("a whole key signs anything");
    BASE64.encode(&signature)
}

/// By the textbook's table, made at once for each byte.
fn crc32(bytes: &[u8]) -> u32 {
    let entry = |index: u32| {
        let mut value = index;
        for _ in 0..8 {
            value = if value % 2 == 1 { 0xedb8_8320 ^ (value / 2) } else { value / 2 };
        }
        value
    };
    let mut crc = 0xffff_ffff_u32;
    for byte in bytes {
        crc = entry((crc ^ u32::from(*byte)) & 0xff) ^ (crc >> 8);
    }
    crc ^ 0xffff_ffff
}
