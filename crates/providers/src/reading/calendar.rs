//! Days and times as providers write them, brought to instants.

use hundi_core::Millis;
use hundi_core::time::{days, hours, minutes, seconds};

/// India is five and a half hours ahead, all year.
pub(crate) const INDIA_AHEAD_MS: i64 = hours(5) + minutes(30);

/// What a time says that names no zone.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unzoned {
    India,
    /// The provider always names one: a time without is not understood.
    Refused,
}

/// `2026-11-20T10:15:25.123Z`, `2026-11-20T10:15:20+05:30` or `+0530`, `2026-01-01 12:00:05.0`, `2026-01-01`.
pub(crate) fn instant(text: &str, unzoned: Unzoned) -> Option<Millis> {
    let (date, rest) = match unzoned {
        Unzoned::India => text.trim().split_once(['T', ' ']).unwrap_or((text.trim(), "00:00:00")),
        Unzoned::Refused => text.split_once('T')?,
    };
    let (clock, zone) = rest.split_at(rest.find(['Z', '+', '-']).unwrap_or(rest.len()));
    let ahead_ms = match (zone, unzoned) {
        ("", Unzoned::India) => INDIA_AHEAD_MS,
        ("", Unzoned::Refused) => return None,
        (zone, _) => ahead_of_utc_ms(zone)?,
    };
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    Some(midnight(year, month, day)?.plus(of_day_ms(clock)?).minus(ahead_ms))
}

/// The first instant of a day in UTC, if there is such a day.
pub(crate) fn midnight(year: i64, month: i64, day: i64) -> Option<Millis> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let february = if leap { 29 } else { 28 };
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = *lengths.get(usize::try_from(month.checked_sub(1)?).ok()?)?;
    if !(1900..=9999).contains(&year) || !(1..=length).contains(&day) {
        return None;
    }
    // Counted from 1 March of the year 0: the leap day comes last, and months repeat every 153 days.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let passed = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    Some(Millis(days(passed - 719_468)))
}

/// The same in India.
pub(crate) fn midnight_in_india(year: i64, month: i64, day: i64) -> Option<Millis> {
    Some(midnight(year, month, day)?.minus(INDIA_AHEAD_MS))
}

/// An instant of India's clock, as [`instant`] reads it, unless it names another zone.
pub(crate) fn instant_in_india(text: &str) -> Option<Millis> {
    instant(text, Unzoned::India)
}

/// Which day it is in India: `2026-01-02`.
pub(crate) fn civil_in_india(at: Millis) -> String {
    at.plus(INDIA_AHEAD_MS).to_string().chars().take(10).collect()
}

/// The first instant of that day there.
pub(crate) fn day_begins_in_india(at: Millis) -> Millis {
    Millis((at.0 + INDIA_AHEAD_MS).div_euclid(days(1)) * days(1) - INDIA_AHEAD_MS)
}

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// The start of a day in India as files write it: `21-11-2026`, `21/11/2026`, `21-NOV-26` or `2026-11-21`, with or
/// without a time behind it. The day comes first in India unless the year does.
pub(crate) fn day_in_india(text: &str) -> Option<Millis> {
    let date = text.trim().split([' ', 'T']).next()?.to_uppercase();
    let parts: Vec<_> = date.split(['-', '/']).collect();
    let [first, month, last] = parts.try_into().ok()?;
    let number = |t: &str| t.bytes().all(|c| c.is_ascii_digit()).then(|| t.parse::<i64>().ok()).flatten();
    let named = MONTHS.iter().zip(1..).find(|(name, _)| **name == month).map(|(_, at)| at);
    let month = named.or_else(|| number(month))?;
    match (first.len(), last.len()) {
        (4, 1 | 2) => midnight_in_india(number(first)?, month, number(last)?),
        (1 | 2, 4) => midnight_in_india(number(last)?, month, number(first)?),
        (1 | 2, 2) => midnight_in_india(2000 + number(last)?, month, number(first)?),
        _ => None,
    }
}

fn of_day_ms(clock: &str) -> Option<i64> {
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let [hour, minute, second] = numbers(whole, ':', [2, 2, 2])?;
    // 60 is a leap second.
    let fits = hour < 24 && minute < 60 && second <= 60;
    if !fits || fraction.is_empty() || !fraction.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let milli: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some(hours(hour) + minutes(minute) + seconds(second) + milli)
}

fn ahead_of_utc_ms(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = if zone.starts_with('+') { 1 } else { -1 };
    let digits = zone.get(1..)?.replacen(':', "", 1);
    if digits.len() != 4 || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    Some(sign * (hours(number / 100) + minutes(number % 100)))
}

/// Three numbers of so many digits each, and nothing else.
fn numbers(text: &str, between: char, digits: [usize; 3]) -> Option<[i64; 3]> {
    let parts: Vec<_> = text.split(between).collect();
    let fits = parts.len() == 3
        && parts.iter().zip(digits).all(|(p, n)| p.len() == n && p.bytes().all(|c| c.is_ascii_digit()));
    let all: Option<Vec<i64>> = parts.iter().map(|p| p.parse().ok()).collect();
    all.filter(|_| fits)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, unzoned: Unzoned, shown: Option<&str>) {
        assert_eq!(instant(text, unzoned).map(|at| at.to_string()).as_deref(), shown, "{text}");
    }

    #[test]
    fn times_with_a_zone() {
        for unzoned in [Unzoned::India, Unzoned::Refused] {
            check("2026-11-20T10:15:25.123Z", unzoned, Some("2026-11-20T10:15:25.123Z"));
            check("2026-11-20T10:15:20+0000", unzoned, Some("2026-11-20T10:15:20.000Z"));
            check("2026-11-20T10:15:20+05:30", unzoned, Some("2026-11-20T04:45:20.000Z"));
            check("2026-11-20T10:15:20-08:00", unzoned, Some("2026-11-20T18:15:20.000Z"));
            check("2026-11-20T10:15:60Z", unzoned, Some("2026-11-20T10:16:00.000Z"));
            for odd in [
                "2026-11-20T10:15:20+5:30",
                "2026-11-20T10:15:20+",
                "2026-11-20T10:15:20ZZ",
                "2026-11-20T24:00:00Z",
            ] {
                check(odd, unzoned, None);
            }
        }
    }

    #[test]
    fn times_without_one_are_india_s_or_nothing() {
        check("2026-01-01 12:00:05.0", Unzoned::India, Some("2026-01-01T06:30:05.000Z"));
        check("2026-01-01 12:00:05.123456", Unzoned::India, Some("2026-01-01T06:30:05.123Z"));
        check("2028-02-29", Unzoned::India, Some("2028-02-28T18:30:00.000Z"));
        check("2026-01-01T12:00:05", Unzoned::Refused, None);
        check("2026-01-01 12:00:05Z", Unzoned::Refused, None);
        for odd in [
            "",
            "null",
            "2026-1-1 12:00:05.0",
            "2026-13-01",
            "2026-02-29",
            "2026-01-01 25:00:00",
            "2026-01-01 12:00:05.",
        ] {
            check(odd, Unzoned::India, None);
        }
    }

    #[test]
    fn days_in_files() {
        for text in [
            "21-11-2026",
            "21/11/2026",
            "21-NOV-26",
            "2026-11-21",
            "21-Nov-2026 10:00:00",
            "2026-11-21T10:00:00",
        ] {
            assert_eq!(day_in_india(text), midnight_in_india(2026, 11, 21), "{text}");
        }
        for odd in ["", "31-31-2026", "21-11", "21-11-026", "-1-11-2026", "2026-11-21-1"] {
            assert_eq!(day_in_india(odd), None, "{odd}");
        }
    }

    #[test]
    fn days_that_there_are() {
        assert_eq!(midnight(1970, 1, 1), Some(Millis(0)));
        assert_eq!(midnight(2000, 3, 1), Some(Millis(951_868_800_000)));
        assert_eq!(
            midnight_in_india(2026, 11, 21).map(|at| at.to_string()).as_deref(),
            Some("2026-11-20T18:30:00.000Z")
        );
        for (year, month, day) in
            [(2026, 0, 1), (2026, 13, 1), (2026, 4, 31), (2100, 2, 29), (1899, 12, 31), (2026, i64::MIN, 1)]
        {
            assert_eq!(midnight(year, month, day), None, "{year} {month} {day}");
        }
    }

    #[test]
    fn days_are_india_s() {
        assert_eq!(civil_in_india(Millis(1_767_205_800_000)), "2026-01-01");
        assert_eq!(civil_in_india(Millis(1_767_205_799_999)), "2025-12-31");
        assert_eq!(day_begins_in_india(Millis(1_767_205_800_001)), Millis(1_767_205_800_000));
        assert_eq!(instant_in_india("2026-01-01"), Some(Millis(1_767_205_800_000)));
    }
}
