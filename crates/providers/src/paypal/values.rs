//! Amounts and times as PayPal writes them: decimal strings with PayPal's own exponents, RFC 3339 with or without a
//! colon in the offset. Never through a float.

use super::card::CARD;
use super::wire::Amount;
use hundi_core::{Currency, Millis, Money};

/// Without decimals at PayPal, although ISO 4217 gives the forint and the Taiwan dollar two.
const WITHOUT_DECIMALS: &[&str] = &["HUF", "JPY", "TWD"];

/// Nothing where PayPal could not be told this amount: another currency, a part of a forint, zero.
pub(super) fn written(money: Money) -> Option<Amount> {
    let currency_code = money.currency().to_string();
    if !money.is_positive() || !CARD.currencies.contains(&currency_code.as_str()) {
        return None;
    }
    let text = money.decimal();
    let value = match text.split_once('.') {
        Some((units, cents)) if WITHOUT_DECIMALS.contains(&currency_code.as_str()) => {
            cents.bytes().all(|digit| digit == b'0').then(|| units.to_owned())?
        }
        Some(_) | None => text,
    };
    Some(Amount { currency_code, value })
}

pub(super) fn read(amount: &Amount) -> Option<Money> {
    let currency: Currency = amount.currency_code.parse().ok()?;
    Money::parse_decimal(&amount.value, currency)
}

/// In minor units with its sign, as the transaction search gives fees and refunds.
pub(super) fn read_signed(amount: &Amount) -> Option<(i64, Currency)> {
    let (sign, value) = match amount.value.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, amount.value.as_str()),
    };
    let whole = read(&Amount { currency_code: amount.currency_code.clone(), value: value.to_owned() })?;
    Some((sign * whole.minor(), whole.currency()))
}

/// `2026-11-20T10:15:25.123Z`, `2026-11-20T10:15:20+0000`, `2026-11-20T10:15:20+05:30`.
pub(super) fn instant(text: &str) -> Option<Millis> {
    let number = |from: usize, to: usize| {
        let digits = text.get(from..to).filter(|t| t.bytes().all(|c| c.is_ascii_digit()));
        digits.and_then(|t| t.parse::<i64>().ok())
    };
    let marks = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")];
    if marks.iter().any(|(at, mark)| text.get(*at..at + 1) != Some(mark)) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let fits = (1..=12).contains(&month) && (1..=31).contains(&day);
    if !fits || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let rest = text.get(19..)?;
    let (fraction, zone) = match rest.strip_prefix('.') {
        Some(more) => more.split_at(more.find(|c: char| !c.is_ascii_digit())?),
        None => ("", rest),
    };
    let digits = |at: usize| fraction.as_bytes().get(at).map_or(0, |d| i64::from(d - b'0'));
    let ms = digits(0) * 100 + digits(1) * 10 + digits(2);
    let minutes = (days(year, month, day) * 24 + hour) * 60 + minute - offset_minutes(zone)?;
    Some(Millis((minutes * 60 + second) * 1000 + ms))
}

fn offset_minutes(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let digits = rest.replacen(':', "", 1);
    if digits.len() != 4 || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    Some(sign * (number / 100 * 60 + number % 100))
}

/// Days since 1970-01-01 (Howard Hinnant's days_from_civil).
pub(super) const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}
