//! Amounts by their digits, times by their letters.

use super::*;
use crate::cashfree::values::{instant, money, written};
use hundi_core::Millis;

#[track_caller]
fn reads(number: &str, currency: &str, minor: Option<i64>) {
    assert_eq!(money(number, currency).map(Money::minor), minor, "{number} {currency}");
}

#[test]
fn amounts_are_read_from_their_digits() {
    for same in ["170", "170.0", "170.00", "170.000", "1.7E2", "1.7e+2", "17000E-2", "0170"] {
        reads(same, "INR", Some(170_00));
    }
    reads("10.01", "INR", Some(10_01));
    reads("0.3", "INR", Some(30));
    reads("1.0E7", "INR", Some(1_00_00_000_00));
    reads("1234567890123.45", "INR", Some(123_456_789_012_345));
    reads("-5.5", "INR", Some(-5_50));
    reads("0", "INR", Some(0));
    reads("0.00", "INR", Some(0));
    reads("500", "JPY", Some(500));
    reads("500.0", "JPY", Some(500));
    reads("1.250", "KWD", Some(1250));
    for odd in
        ["", ".", ".5", "1.005", "1,000", "+1", "--1", "NaN", "1e", "1e99", "0x10", "9e18", "1.2.3", " 1"]
    {
        reads(odd, "INR", None);
    }
    reads("500.5", "JPY", None);
    reads("1", "inr", None);
    reads("1", "", None);
}

#[track_caller]
fn reads_time(text: &str, shown: Option<&str>) {
    assert_eq!(instant(text).map(|at| at.to_string()).as_deref(), shown, "{text}");
}

#[test]
fn times_say_where_or_are_india_s() {
    reads_time("2022-12-15T12:20:29+05:30", Some("2022-12-15T06:50:29.000Z"));
    reads_time("2022-12-15T06:50:29Z", Some("2022-12-15T06:50:29.000Z"));
    reads_time("2025-07-15T16:47:50.285775", Some("2025-07-15T11:17:50.285Z"));
    reads_time("2022-08-16 14:53:15", Some("2022-08-16T09:23:15.000Z"));
    reads_time("2024-02-29T00:00:00.5-03:00", Some("2024-02-29T03:00:00.500Z"));
    for odd in ["", "null", "2022-13-15T00:00:00Z", "2022-12-15T24:00:00Z", "2022-12-15T12:20:29+5"] {
        reads_time(odd, None);
    }
    assert_eq!(written(Millis(1_789_000_000_123)), "2026-09-10T00:26:40Z");
}
