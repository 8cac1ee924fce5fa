//! Amounts and times, as PayPal writes them.

use super::*;
use crate::paypal::meaning;
use crate::paypal::wire::Amount;

fn money(minor: i64, code: &str) -> Money {
    Money::new(minor, code.parse().unwrap())
}

#[track_caller]
fn writes(minor: i64, code: &str, expected: Option<&str>) {
    let found = Amount::of(money(minor, code)).ok();
    assert_eq!(found.as_ref().map(|a| a.value.as_str()), expected, "{minor} {code}");
    if let Some(amount) = found {
        assert_eq!((amount.currency_code.as_str(), amount.money()), (code, Some(money(minor, code))));
    }
}

#[test]
fn amounts_have_paypals_own_decimals() {
    writes(24_50, "USD", Some("24.50"));
    writes(1, "USD", Some("0.01"));
    writes(100_000_000_00, "EUR", Some("100000000.00"));
    writes(2450, "JPY", Some("2450"));
    writes(2450_00, "HUF", Some("2450"));
    writes(2450_00, "TWD", Some("2450"));
    writes(i64::MAX, "USD", Some("92233720368547758.07"));
    // A part of what has no parts, nothing, less than nothing, and what PayPal does not take.
    writes(2450_50, "HUF", None);
    writes(1, "TWD", None);
    writes(0, "USD", None);
    writes(-1, "USD", None);
    writes(1499_00, "INR", None);
    writes(1499_00, "BRL", None);
    writes(1499_000, "KWD", None);
}

#[track_caller]
fn reads(value: &str, code: &str, expected: Option<i64>) {
    let amount = Amount { currency_code: code.to_owned(), value: value.to_owned() };
    assert_eq!(amount.money().map(Money::minor), expected, "{value} {code}");
}

#[test]
fn amounts_are_read_to_the_letter() {
    reads("24.50", "USD", Some(24_50));
    reads("24.5", "USD", Some(24_50));
    reads("24", "USD", Some(24_00));
    reads("2450", "JPY", Some(2450));
    reads("2450", "HUF", Some(2450_00));
    reads("2450.00", "HUF", Some(2450_00));
    for odd in [
        "",
        "24.505",
        "2,450.00",
        "24.",
        ".50",
        "-24.50",
        "+24.50",
        "2e3",
        " 24.50",
        "NaN",
        "9223372036854775808",
    ] {
        reads(odd, "USD", None);
    }
    reads("2450.00", "JPY", None);
    reads("24.50", "usd", None);
    reads("24.50", "XXX", None);
    let signed = |value: &str| {
        let amount = Amount { currency_code: "USD".to_owned(), value: value.to_owned() };
        amount.signed().map(Money::minor)
    };
    assert_eq!((signed("-1.22"), signed("1.22"), signed("0.00")), (Some(-122), Some(122), Some(0)));
    assert_eq!((signed("--1.22"), signed("-"), signed("1.2-")), (None, None, None));
}

#[test]
fn times_are_read_with_and_without_a_colon() {
    let instant = |text: &str| meaning::instant(text).ok();
    let at = |text: &str| instant(text).map(|at| at.0);
    assert_eq!(at("1970-01-01T00:00:00Z"), Some(0));
    assert_eq!(at("2000-02-29T00:00:00Z"), Some(951_782_400_000));
    assert_eq!(at("2026-09-10T00:26:40.123Z"), Some(1_789_000_000_123));
    assert_eq!(at("2026-09-10T00:26:40+0000"), Some(1_789_000_000_000));
    assert_eq!(at("2026-09-10T05:56:40+05:30"), Some(1_789_000_000_000));
    assert_eq!(at("2026-09-09T17:26:40-0700"), Some(1_789_000_000_000));
    assert_eq!(at("2026-09-10T00:26:40.1239999Z"), Some(1_789_000_000_123));
    for ms in [0, -1, 1_789_000_000_123, 4_102_444_799_999] {
        assert_eq!(instant(&Millis(ms).to_string()), Some(Millis(ms)));
    }
    let odd = [
        "",
        "2026-09-10",
        "2026-09-10T00:26:40",
        "2026-09-10 00:26:40Z",
        "2026-13-10T00:26:40Z",
        "2026-00-10T00:26:40Z",
        "2026-09-32T00:26:40Z",
        "2026-09-10T24:26:40Z",
        "2026-09-10T00:60:40Z",
        "2026-09-10T00:26:40+530",
        "2026-09-10T00:26:40.Zx",
        "2026-09-10T00:26:40.",
        "2026-09-10T00:26:40É",
        "+026-09-10T00:26:40Z",
    ];
    for text in odd {
        assert_eq!(instant(text), None, "{text}");
    }
}
