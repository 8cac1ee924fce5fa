//! Cashfree's amounts and times. Amounts are JSON numbers in rupees: read from their own digits, never through a float.

use hundi_core::time::{days, hours, minutes, seconds};
use hundi_core::{Currency, Millis, Money};

const INDIA_MS: i64 = hours(5) + minutes(30);
/// Longer than any real amount.
const NUMBER_CHARS_MAX: usize = 32;

/// An amount of a currency. `170`, `170.0`, `170.00` and `1.7E2` are one amount: Java writes ten million as `1.0E7`.
pub(super) fn money(number: &str, currency: &str) -> Option<Money> {
    let currency: Currency = currency.parse().ok()?;
    let (negative, text) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
    if text.len() > NUMBER_CHARS_MAX {
        return None;
    }
    let (mantissa, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let power: i64 =
        power.strip_prefix('+').unwrap_or(power).parse().ok().filter(|p| (-18..=18).contains(p))?;
    let (units, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{units}{fraction}");
    if units.is_empty() || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let shift = i64::from(currency.exponent()) + power - i64::try_from(fraction.len()).ok()?;
    let minor: i64 = match usize::try_from(shift) {
        Ok(zeros) => format!("{digits}{}", "0".repeat(zeros)).parse().ok()?,
        // More decimals than the currency has: of a whole number of minor units they are zeros.
        Err(_) => {
            let kept = digits.len().checked_sub(usize::try_from(-shift).ok()?)?;
            let (minor, rest) = digits.split_at(kept);
            if rest.bytes().any(|c| c != b'0') {
                return None;
            }
            if minor.is_empty() { 0 } else { minor.parse().ok()? }
        }
    };
    Some(Money::new(if negative { -minor } else { minor }, currency))
}

/// `2026-09-10T00:26:40Z`, as the API takes it.
pub(super) fn written(at: Millis) -> String {
    let shown = at.to_string();
    shown.get(..19).map_or_else(|| shown.clone(), |whole| format!("{whole}Z"))
}

/// An instant: `2022-12-15T12:20:29+05:30`, with `Z`, or without saying where: then India, as the API says it keeps
/// its times. The fraction may have any length.
pub(super) fn instant(text: &str) -> Option<Millis> {
    let (date, rest) = text.split_once(['T', ' '])?;
    let (clock, ahead_ms) = match rest.find(['Z', '+', '-']) {
        Some(at) => (&rest[..at], offset(&rest[at..])?),
        None => (rest, INDIA_MS),
    };
    Some(Millis(days(day_number(date)?) + clock_ms(clock)? - ahead_ms))
}

fn offset(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let (hour, minute) = text.get(1..)?.split_once(':')?;
    let ahead = hours(number(hour, 2, 14)?) + minutes(number(minute, 2, 59)?);
    Some(if text.starts_with('-') { -ahead } else { ahead })
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
