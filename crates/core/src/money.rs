//! Money: 64-bit minor units and a currency. Checked, exact, and far from any float.

use crate::currency::Currency;
use std::fmt;

/// An amount in minor units of one currency. May be negative where it is a difference.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why two amounts could not be combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyError {
    CurrenciesDiffer,
    Overflow,
}

/// How a fraction of a minor unit is dropped. Said aloud at each use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// Banker's rounding: a half goes to the even neighbour. Where a percentage is taken.
    HalfEven,
    /// A half goes away from zero. GST, as the law (section 170) and the providers do.
    HalfUp,
    /// Towards zero.
    Down,
}

/// Hundredths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bps(pub u32);

impl Money {
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    pub const fn inr(paise: i64) -> Self {
        Self::new(paise, Currency::INR)
    }

    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    pub const fn minor(self) -> i64 {
        self.minor
    }

    pub const fn currency(self) -> Currency {
        self.currency
    }

    pub const fn is_positive(self) -> bool {
        self.minor > 0
    }

    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    #[expect(clippy::should_implement_trait, reason = "`+` must not be able to fail, and this can")]
    pub fn add(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_add)
    }

    #[expect(clippy::should_implement_trait, reason = "`-` must not be able to fail, and this can")]
    pub fn sub(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_sub)
    }

    fn combine(self, other: Self, op: fn(i64, i64) -> Option<i64>) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrenciesDiffer);
        }
        op(self.minor, other.minor).map(|minor| Self { minor, ..self }).ok_or(MoneyError::Overflow)
    }

    /// Splits by weights: every part by floor, the remainder to the last part that has a weight.
    ///
    /// The parts always sum to the whole. `None` when all weights are zero or the amount is negative.
    pub fn split(self, weights: &[u32]) -> Option<Vec<Self>> {
        let total: u64 = weights.iter().map(|w| u64::from(*w)).sum();
        let last = weights.iter().rposition(|w| *w > 0)?;
        let whole = u64::try_from(self.minor).ok()?;
        let mut left = self.minor;
        let mut parts = Vec::with_capacity(weights.len());
        for weight in weights {
            let part = u128::from(whole) * u128::from(*weight) / u128::from(total);
            let part = i64::try_from(part).ok()?;
            left -= part;
            parts.push(Self { minor: part, ..self });
        }
        parts[last].minor += left;
        Some(parts)
    }

    /// The part of this that `part` is of `whole`: `self * part / whole`, rounded as said.
    pub fn share(self, part: i64, whole: i64, round: Round) -> Option<Self> {
        let minor = divide(i128::from(self.minor) * i128::from(part), i128::from(whole), round)?;
        Some(Self { minor: i64::try_from(minor).ok()?, ..self })
    }

    /// `1499.00`: digits and a point, no grouping, exactly as providers with decimal strings want it.
    pub fn decimal(self) -> String {
        let exponent = usize::from(self.currency.exponent());
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = exponent + 1);
        let (units, fraction) = digits.split_at(digits.len() - exponent);
        if exponent == 0 { format!("{sign}{units}") } else { format!("{sign}{units}.{fraction}") }
    }

    /// Reads what [`Money::decimal`] writes. Refuses more digits than the currency has, signs, and anything fancy.
    pub fn parse_decimal(text: &str, currency: Currency) -> Option<Self> {
        let exponent = usize::from(currency.exponent());
        let (units, fraction) = text.split_once('.').unwrap_or((text, ""));
        let plain = |t: &str| t.bytes().all(|c| c.is_ascii_digit());
        let bare_point = text.contains('.') && fraction.is_empty();
        if units.is_empty() || bare_point || fraction.len() > exponent || !plain(units) || !plain(fraction) {
            return None;
        }
        let minor = format!("{units}{fraction:0<exponent$}").parse().ok()?;
        Some(Self { minor, currency })
    }

    /// As people in India read it: `₹1,23,456.78`, `−₹1,500.00`, `USD 1,234.50`.
    pub fn shown(self) -> String {
        let minus = if self.minor < 0 { "\u{2212}" } else { "" };
        let plain = Self { minor: self.minor.saturating_abs(), ..self }.decimal();
        let (units, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let (symbol, units) = match self.currency {
            Currency::INR => ("₹".to_owned(), grouped(units, 2)),
            other => (format!("{other} "), grouped(units, 3)),
        };
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{minus}{symbol}{units}{point}{fraction}")
    }
}

/// The last three digits together, those before them in groups of `group`.
fn grouped(units: &str, group: usize) -> String {
    let mut text = String::new();
    for (i, c) in units.chars().enumerate() {
        let left = units.len() - i;
        if i > 0 && left >= 3 && (left - 3).is_multiple_of(group) {
            text.push(',');
        }
        text.push(c);
    }
    text
}

impl Bps {
    /// This rate of `base`, rounded as said. `None` only on overflow.
    pub fn of(self, base: Money, round: Round) -> Option<Money> {
        base.share(i64::from(self.0), 10_000, round)
    }
}

fn divide(numerator: i128, denominator: i128, round: Round) -> Option<i128> {
    let (quotient, rest) = (numerator.checked_div(denominator)?, numerator % denominator);
    let away = if (numerator < 0) == (denominator < 0) { 1 } else { -1 };
    let twice = rest.abs() * 2;
    let half = twice.cmp(&denominator.abs());
    Some(match (round, half) {
        (Round::Down, _) | (_, std::cmp::Ordering::Less) => quotient,
        (_, std::cmp::Ordering::Greater) | (Round::HalfUp, _) => quotient + away,
        (Round::HalfEven, std::cmp::Ordering::Equal) => quotient + away * (quotient % 2).abs(),
    })
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.decimal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn shows(minor: i64, currency: Currency, decimal: &str, shown: &str) {
        let money = Money::new(minor, currency);
        assert_eq!((money.decimal().as_str(), money.shown().as_str()), (decimal, shown));
    }

    #[test]
    fn shown_with_its_own_exponent_and_grouping() {
        shows(12_345_678, Currency::INR, "123456.78", "₹1,23,456.78");
        shows(-150_000, Currency::INR, "-1500.00", "−₹1,500.00");
        shows(5, Currency::INR, "0.05", "₹0.05");
        shows(1_000_000_000, Currency::INR, "10000000.00", "₹1,00,00,000.00");
        shows(123_450, Currency::USD, "1234.50", "USD 1,234.50");
        shows(1_234_567, Currency::JPY, "1234567", "JPY 1,234,567");
        shows(1_234_567, Currency::KWD, "1234.567", "KWD 1,234.567");
        shows(0, Currency::JPY, "0", "JPY 0");
        shows(i64::MIN, Currency::INR, "-92233720368547758.08", "−₹92,23,37,20,36,85,47,758.07");
    }

    #[track_caller]
    fn rounds(bps: u32, base: i64, half_even: i64, half_up: i64) {
        let of = |round| Bps(bps).of(Money::inr(base), round).map(Money::minor);
        assert_eq!((of(Round::HalfEven), of(Round::HalfUp)), (Some(half_even), Some(half_up)));
    }

    #[test]
    fn rounding_is_by_name() {
        rounds(150, 149_900, 2248, 2249); // 2248.5, the commission of domain/books.md
        rounds(150, 1_500, 22, 23); // 22.5
        rounds(150, 500, 8, 8); // 7.5 goes to the even 8 both ways
        rounds(150, -500, -8, -8);
        rounds(150, -1_500, -22, -23);
        rounds(1, 1, 0, 0);
    }

    #[test]
    fn differing_currencies_do_not_add() {
        let usd = Money::new(1, Currency::USD);
        assert_eq!(Money::inr(1).add(usd), Err(MoneyError::CurrenciesDiffer));
        assert_eq!(Money::inr(i64::MAX).add(Money::inr(1)), Err(MoneyError::Overflow));
        assert_eq!(Money::inr(i64::MIN).sub(Money::inr(1)), Err(MoneyError::Overflow));
    }

    #[test]
    fn decimal_text_is_read_strictly() {
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "1.234",
            "-1",
            "+1",
            "1e2",
            " 1",
            "1,000",
            "٣",
            "1.2.3",
            "99999999999999999999",
        ] {
            assert_eq!(Money::parse_decimal(text, Currency::INR), None, "{text}");
        }
        assert_eq!(Money::parse_decimal("1.5", Currency::INR), Some(Money::inr(150)));
        assert_eq!(Money::parse_decimal("1.5", Currency::JPY), None);
    }

    #[test]
    fn a_hundred_rupees_in_three() {
        let parts = Money::inr(10_000).split(&[1, 1, 1]).map(|p| p.iter().map(|m| m.minor()).collect());
        assert_eq!(parts, Some(vec![3333, 3333, 3334]));
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole(minor in 0..i64::MAX, weights in prop::collection::vec(0_u32..1_000_000, 1..12)) {
            match Money::inr(minor).split(&weights) {
                None => prop_assert!(weights.iter().all(|w| *w == 0)),
                Some(parts) => {
                    prop_assert_eq!(parts.len(), weights.len());
                    let sum: i128 = parts.iter().map(|m| i128::from(m.minor())).sum();
                    prop_assert_eq!(sum, i128::from(minor));
                    prop_assert!(parts.iter().all(|m| m.minor() >= 0));
                    prop_assert!(parts.iter().zip(&weights).all(|(m, w)| *w > 0 || m.is_zero()));
                }
            }
        }

        #[test]
        fn decimal_text_comes_back(minor in 0..i64::MAX) {
            for currency in [Currency::INR, Currency::JPY, Currency::KWD] {
                let money = Money::new(minor, currency);
                prop_assert_eq!(Money::parse_decimal(&money.decimal(), currency), Some(money));
            }
        }
    }
}
