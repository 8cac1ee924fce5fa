//! Fields of a body, checked one by one. What is wrong is said in words of what would be right: no value is repeated.

use super::card;
use hundi_app::Error;
use hundi_core::{Currency, Millis, Mode, Money};
use jiff::Timestamp;
use serde::de::{MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, de};
use std::fmt;
use url::{Host, Url};

/// Most of one currency's major units that one order can be over: far above any payment, and far below where sums of
/// many would leave 64 bits, or one would leave what JavaScript counts exactly.
const MAJOR_UNITS_MAX: i64 = 10_000_000_000;
const URL_BYTES_MAX: usize = 2048;
const METADATA_PAIRS_MAX: usize = 50;
const METADATA_KEY_CHARS_MAX: usize = 40;
pub(super) const METADATA_VALUE_CHARS_MAX: usize = 500;

/// A JSON integer, and nothing that only looks like one: no fraction, exponent, quotes or minus nought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Whole(pub(super) i64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        integer(from, "a whole number of minor units (129900 for ₹1,299.00)").map(Self)
    }
}

/// The same where it is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Count(pub(super) i64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        integer(from, "a whole number").map(Self)
    }
}

/// `wanted` says what would be right.
fn integer<'de, D: Deserializer<'de>>(from: D, wanted: &'static str) -> Result<i64, D::Error> {
    struct Read(&'static str);
    impl Visitor<'_> for Read {
        type Value = i64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }

        fn visit_i64<E: de::Error>(self, n: i64) -> Result<i64, E> {
            Ok(n)
        }

        fn visit_u64<E: de::Error>(self, n: u64) -> Result<i64, E> {
            i64::try_from(n).map_err(|_| E::invalid_value(Unexpected::Unsigned(n), &self))
        }
    }
    from.deserialize_i64(Read(wanted))
}

/// A field that may be left out, and is no `null`: who sends that had an amount in mind and lost it, and "all of it"
/// would be the wrong guess.
pub(super) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// Pairs of text, as they came: a key that came twice is still there twice.
#[derive(Debug)]
pub(super) struct Pairs(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        from.deserialize_map(Read)
    }
}

/// An ISO 4217 code in capitals.
pub(super) fn currency(text: &str) -> Result<Currency, Error> {
    text.parse().map_err(|_| Error::invalid("currency", "Send an ISO 4217 code in capitals, such as INR."))
}

/// A positive amount below the currency's ceiling.
pub(super) fn amount(param: &str, minor: Whole, currency: Currency) -> Result<Money, Error> {
    let max = MAJOR_UNITS_MAX * 10_i64.pow(u32::from(currency.exponent()));
    if (1..=max).contains(&minor.0) {
        Ok(Money::new(minor.0, currency))
    } else {
        Err(Error::invalid(param, format!("Send minor units from 1 to {max}.")))
    }
}

/// A line of text for people: not empty, bounded, without control characters and card numbers.
pub(super) fn text(param: &str, value: Option<String>, chars_max: usize) -> Result<Option<String>, Error> {
    let Some(text) = value else { return Ok(None) };
    if text.trim().is_empty() || text.chars().count() > chars_max {
        return Err(Error::invalid(param, format!("Send 1 to {chars_max} characters, or leave it out.")));
    }
    if text.chars().any(is_control) {
        return Err(Error::invalid(param, "Send one line of text without control characters."));
    }
    card::refuse(param, &text)?;
    Ok(Some(text))
}

/// Control characters, and those that make text read in another order or on another line than it is written.
fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

pub(super) fn email(param: &str, value: Option<String>) -> Result<Option<String>, Error> {
    let value = text(param, value, 254)?;
    let shaped = |text: &str| {
        let Some((who, host)) = text.split_once('@') else { return false };
        let labels = host.split('.').all(|l| !l.is_empty() && !l.starts_with('-') && !l.ends_with('-'));
        let quiet = text.bytes().all(|c| c.is_ascii_graphic() && !b"\"(),:;<>[\\]".contains(&c));
        (1..=64).contains(&who.len()) && !host.contains('@') && host.contains('.') && labels && quiet
    };
    match value {
        Some(text) if !shaped(&text) => {
            Err(Error::invalid(param, "Send an e-mail address, such as asha@example.com."))
        }
        value => Ok(value),
    }
}

/// E.164: a plus and up to fifteen digits.
pub(super) fn phone(param: &str, value: Option<String>) -> Result<Option<String>, Error> {
    let shaped = |text: &str| {
        let Some(digits) = text.strip_prefix('+') else { return false };
        let all = digits.bytes().all(|c| c.is_ascii_digit());
        all && (8..=15).contains(&digits.len()) && !digits.starts_with('0')
    };
    match value {
        Some(text) if !shaped(&text) => Err(Error::invalid(
            param,
            "Send the number with its country code, a plus and digits only, such as +919876543210.",
        )),
        value => Ok(value),
    }
}

/// Where a browser is sent: https, absolute, and read the same by everybody.
pub(super) fn return_url(param: &str, value: Option<String>, mode: Mode) -> Result<Option<String>, Error> {
    match value {
        Some(text) if !leads_somewhere(&text, mode) => Err(Error::invalid(
            param,
            "Send an absolute https:// address without user name or password (http://localhost in test mode).",
        )),
        Some(text) => card::refuse(param, &text).map(|()| Some(text)),
        None => Ok(None),
    }
}

fn leads_somewhere(text: &str, mode: Mode) -> bool {
    // The parser drops tabs and line ends and reads `\` as `/`, as browsers do; others don't.
    let plain = text.bytes().all(|c| c.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&c));
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if !plain || text.len() > URL_BYTES_MAX || authority.is_empty() || authority.contains('@') {
        return false;
    }
    let Ok(url) = Url::parse(text) else { return false };
    let home = match url.host() {
        None => return false,
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(v4)) => v4.is_loopback(),
        Some(Host::Ipv6(v6)) => v6.is_loopback(),
    };
    match scheme {
        "https" => true,
        "http" => home && mode == Mode::Test,
        _ => false,
    }
}

/// An instant in RFC 3339. How far it may lie ahead is for the use case to say.
pub(super) fn instant(param: &str, value: Option<&str>) -> Result<Option<Millis>, Error> {
    let Some(text) = value else { return Ok(None) };
    let at = rfc3339(text).ok_or_else(|| {
        Error::invalid(param, "Send a time in RFC 3339 with its offset, such as 2026-08-01T12:00:00Z.")
    })?;
    Ok(Some(at))
}

/// RFC 3339 and nothing of what is like it: capitals, seconds, an offset with a colon.
pub(super) fn rfc3339(text: &str) -> Option<Millis> {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let rest = shape.strip_prefix("0000-00-00T00:00:00")?;
    let offset = rest.strip_prefix('.').map_or(Some(rest), |fraction| {
        let offset = fraction.trim_start_matches('0');
        (1..=9).contains(&(fraction.len() - offset.len())).then_some(offset)
    })?;
    if !matches!(offset, "Z" | "+00:00" | "-00:00") {
        return None;
    }
    text.parse::<Timestamp>().ok().map(|at| Millis(at.as_millisecond()))
}

/// What metadata can be filed under.
pub(super) fn is_metadata_key(key: &str) -> bool {
    let plain = key.bytes().all(|c| c.is_ascii_alphanumeric() || b"_.-".contains(&c));
    plain && (1..=METADATA_KEY_CHARS_MAX).contains(&key.len())
}

/// Metadata as the JSON object that is kept.
pub(super) fn metadata(value: Option<Pairs>) -> Result<String, Error> {
    let Some(Pairs(pairs)) = value else { return Ok("{}".into()) };
    if pairs.len() > METADATA_PAIRS_MAX {
        return Err(Error::invalid("metadata", format!("Send up to {METADATA_PAIRS_MAX} pairs.")));
    }
    let mut object = serde_json::Map::new();
    for (key, value) in pairs {
        if !is_metadata_key(&key) {
            let message =
                format!("Keys have 1 to {METADATA_KEY_CHARS_MAX} letters, digits, dots, dashes or _.");
            return Err(Error::invalid("metadata", message));
        }
        card::refuse("metadata", &key)?;
        let param = format!("metadata.{key}");
        if card::is_name(&key) {
            return Err(card::refusal(param));
        }
        if value.chars().count() > METADATA_VALUE_CHARS_MAX || value.chars().any(is_control) {
            let message =
                format!("Send up to {METADATA_VALUE_CHARS_MAX} characters without control characters.");
            return Err(Error::invalid(param, message));
        }
        card::refuse(&param, &value)?;
        if object.insert(key, value.into()).is_some() {
            return Err(Error::invalid(param, "This key stands there twice."));
        }
    }
    Ok(serde_json::Value::Object(object).to_string())
}
