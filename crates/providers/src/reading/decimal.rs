//! Amounts as they are written, as text or as a JSON number's own digits: never through a float.

use hundi_core::{Bps, Currency, Money};

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

/// A rate in percent, of two decimals at most: `15`, `15.5`, `15.99`.
pub(crate) fn percent(text: &str) -> Option<Bps> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let plain = |t: &str| t.bytes().all(|c| c.is_ascii_digit());
    if whole.is_empty() || fraction.len() > 2 || !plain(whole) || !plain(fraction) {
        return None;
    }
    format!("{whole}{fraction:0<2}").parse().ok().map(Bps)
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

    #[test]
    fn rates_are_hundredths_of_a_percent() {
        for (text, bps) in [("13", 1300), ("15.5", 1550), ("15.99", 1599), ("0", 0), ("16.", 1600)] {
            assert_eq!(percent(text), Some(Bps(bps)), "{text}");
        }
        for text in ["", "-1", "1e3", "15.999", "x", "1.5.5", ".5", "\"16\""] {
            assert_eq!(percent(text), None, "{text}");
        }
    }
}
