//! Paytm's times: `2026-01-01 12:00:05.0`, the clock of India without saying so.

use hundi_core::Millis;
use hundi_core::time::{days, hours, minutes, seconds};

const INDIA_MS: i64 = hours(5) + minutes(30);

/// An instant from a date and, where it is given, a time of day in India.
pub(super) fn instant(text: &str) -> Option<Millis> {
    let text = text.trim();
    let (date, clock) = text.split_once([' ', 'T']).unwrap_or((text, "00:00:00"));
    Some(Millis(days(day_number(date)?) + clock_ms(clock)? - INDIA_MS))
}

/// The day in India, `2026-01-02`.
pub(super) fn day(at: Millis) -> String {
    at.plus(INDIA_MS).to_string().chars().take(10).collect()
}

/// The first instant of that day in India.
pub(super) fn day_begins(at: Millis) -> Millis {
    Millis((at.0 + INDIA_MS).div_euclid(days(1)) * days(1) - INDIA_MS)
}

/// The day that every transaction id begins with, `20260101...`: all that is known when no date is given.
pub(super) fn day_of_id(txn_id: &str) -> Option<Millis> {
    let (year, month, day) = (txn_id.get(0..4)?, txn_id.get(4..6)?, txn_id.get(6..8)?);
    instant(&format!("{year}-{month}-{day}"))
}

fn clock_ms(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let mut parts = whole.split(':');
    let (hour, minute) = (number(parts.next()?, 2, 23)?, number(parts.next()?, 2, 59)?);
    let second = number(parts.next()?, 2, 59)?;
    let milli: i64 = format!("{fraction:0<3}").get(0..3)?.parse().ok()?;
    parts.next().is_none().then(|| hours(hour) + minutes(minute) + seconds(second) + milli)
}

/// Days since 1970 (Howard Hinnant's days_from_civil).
fn day_number(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let year = number(parts.next()?, 4, 9999).filter(|y| *y >= 2000)?;
    let month = number(parts.next()?, 2, 12).filter(|m| *m >= 1)?;
    let day = number(parts.next()?, 2, 31).filter(|d| *d >= 1)?;
    if parts.next().is_some() {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

fn number(text: &str, digits: usize, most: i64) -> Option<i64> {
    let plain = text.len() == digits && text.bytes().all(|c| c.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten().filter(|n| *n <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, shown: Option<&str>) {
        assert_eq!(instant(text).map(|at| at.to_string()).as_deref(), shown, "{text}");
    }

    #[test]
    fn times_are_india_s() {
        check("2026-01-01 12:00:05.0", Some("2026-01-01T06:30:05.000Z"));
        check("2026-01-01 00:00:00", Some("2025-12-31T18:30:00.000Z"));
        check("2026-01-01 12:00:05.123456", Some("2026-01-01T06:30:05.123Z"));
        check("2028-02-29", Some("2028-02-28T18:30:00.000Z"));
        for odd in
            ["", "null", "2026-1-1 12:00:05.0", "2026-13-01", "2026-01-01 25:00:00", "2026-01-01 12:00:05."]
        {
            check(odd, None);
        }
        assert_eq!(day(Millis(1_767_205_800_000)), "2026-01-01");
        assert_eq!(day_begins(Millis(1_767_205_800_001)), Millis(1_767_205_800_000));
        assert_eq!(day_of_id("20260101111212800110168"), instant("2026-01-01"));
        assert_eq!(day_of_id("2026"), None);
    }
}
