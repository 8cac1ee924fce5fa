//! Amounts as they are written, as text or as a JSON number's own digits: never through a float.

use hundi_core::{Currency, Money};

/// Longer than any real amount.
const NUMBER_CHARS_MAX: usize = 32;
const POWER_MAX: i64 = 18;

/// An amount of a currency. `170`, `170.0`, `170.00` and `1.7E2` are one amount: Java writes ten million as `1.0E7`.
/// Digits beyond those that the currency has must be zeros.
pub(crate) fn money(number: &str, currency: &str) -> Option<Money> {
    let currency: Currency = currency.parse().ok()?;
    let (negative, text) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
    if text.len() > NUMBER_CHARS_MAX {
        return None;
    }
    let (mantissa, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let power: i64 = power.strip_prefix('+').unwrap_or(power).parse().ok()?;
    let (units, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{units}{fraction}");
    if power.abs() > POWER_MAX || units.is_empty() || !digits.bytes().all(|c| c.is_ascii_digit()) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, minor: Option<i64>) {
        assert_eq!(money(text, "INR").map(Money::minor), minor, "{text}");
    }

    #[test]
    fn amounts_are_what_their_digits_say() {
        for text in ["170", "170.0", "170.00", "170.000", "1.7E2", "1.7e+2", "17000e-2"] {
            check(text, Some(17_000));
        }
        check("-170", Some(-17_000));
        check("0.01", Some(1));
        check("0.000", Some(0));
        check("1.0E7", Some(1_000_000_000));
        for odd in ["", ".5", "1.234", "1e19", "1e-19", "1e", "--1", "1 0", "1,0", "0x1", &"9".repeat(33)] {
            check(odd, None);
        }
        assert_eq!(money("1", "XXX1"), None);
        assert_eq!(money("170", "JPY").map(Money::minor), Some(170));
    }
}
