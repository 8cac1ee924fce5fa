//! Cashfree's amounts and times. Amounts are JSON numbers in rupees: read from their own digits, never through a float.

use crate::reading::calendar::{self, Unzoned};
use hundi_core::{Currency, Millis, Money};

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
/// its times.
pub(super) fn instant(text: &str) -> Option<Millis> {
    calendar::instant(text, Unzoned::India)
}
