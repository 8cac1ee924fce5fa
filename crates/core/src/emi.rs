//! Paying in instalments: what a month and all of it come to, in whole minor units.

use crate::money::{Bps, Money};

/// Most months that a plan can have.
pub const MONTHS_MAX: u32 = 120;

/// One of the equal instalments of a loan, and all of them together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instalments {
    pub monthly: Money,
    /// What is paid in the end: months times the monthly amount.
    pub total: Money,
    /// The total less the amount: what paying so costs.
    pub interest: Money,
}

/// Fractions are carried as so many parts of one.
const ONE: u128 = 1_000_000_000_000_000_000;
/// Months times hundredths of a percent in a whole.
const YEARLY: u128 = 12 * 10_000;

/// The annuity of `amount` over `months` at a yearly `rate`, charged monthly on what is left: `P·r·g / (g − 1)` with
/// `g = (1 + r)^months`. Growth is rounded half up at eighteen digits each month; the monthly amount half up to a
/// minor unit, as banks in India quote it. The bank's own schedule decides: its last instalment may differ by a little.
/// `None`: no such plan, or beyond counting.
pub fn instalments(amount: Money, rate: Bps, months: u32) -> Option<Instalments> {
    if !amount.is_positive() || !(1..=MONTHS_MAX).contains(&months) || rate.0 > 10_000 {
        return None;
    }
    let (principal, rate, count) =
        (u128::from(amount.minor().unsigned_abs()), u128::from(rate.0), u128::from(months));
    let monthly = if rate == 0 {
        half_up(principal, count)
    } else {
        let mut growth = ONE;
        for _ in 0..months {
            growth = half_up(growth.checked_mul(YEARLY + rate)?, YEARLY);
        }
        let above = principal.checked_mul(rate)?.checked_mul(growth)?;
        half_up(above, (growth - ONE).checked_mul(YEARLY)?)
    };
    let minor = |n: u128| i64::try_from(n).ok().map(|n| Money::new(n, amount.currency()));
    let total = minor(monthly.checked_mul(count)?)?;
    Some(Instalments { monthly: minor(monthly)?, total, interest: total.sub(amount).ok()? })
}

const fn half_up(above: u128, below: u128) -> u128 {
    let whole = above / below;
    if above % below >= below.div_ceil(2) { whole + 1 } else { whole }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(rupees: i64, bps: u32, months: u32, monthly: i64) {
        let got = instalments(Money::inr(rupees * 100), Bps(bps), months).unwrap();
        assert_eq!(got.monthly, Money::inr(monthly), "{rupees} at {bps} over {months}");
        assert_eq!(got.total, Money::inr(monthly * i64::from(months)));
        assert_eq!(got.interest, got.total.sub(Money::inr(rupees * 100)).unwrap());
    }

    /// By a calculator of fifty digits.
    #[test]
    fn a_month_is_the_annuity() {
        check(10_000, 0, 3, 333_333);
        check(10_000, 1300, 3, 340_581);
        check(10_000, 1300, 6, 173_043);
        check(50_000, 1500, 12, 451_292);
        check(100_000, 1600, 24, 489_631);
        check(12_000, 0, 12, 100_000);
    }

    #[test]
    fn what_is_no_plan_is_none() {
        let amount = Money::inr(100);
        assert_eq!(instalments(amount, Bps(1300), 0), None);
        assert_eq!(instalments(amount, Bps(1300), MONTHS_MAX + 1), None);
        assert_eq!(instalments(amount, Bps(10_001), 12), None);
        assert_eq!(instalments(Money::inr(0), Bps(1300), 12), None);
        assert_eq!(instalments(Money::inr(i64::MAX), Bps(1300), 12), None);
    }

    proptest! {
        #[test]
        fn longer_is_less_a_month_and_never_less_in_all(
            minor in 100_000_i64..1_000_000_000_000, bps in 0_u32..4000, months in 1_u32..60,
        ) {
            let of = |months| instalments(Money::inr(minor), Bps(bps), months).unwrap();
            let (short, long) = (of(months), of(months + 1));
            prop_assert!(long.monthly.minor() < short.monthly.minor());
            // Rounding to a paisa can take half a paisa a month from either.
            prop_assert!(long.total.minor() + i64::from(months) + 1 >= short.total.minor());
            prop_assert!(short.total.minor() * 2 + i64::from(months) >= minor * 2);
        }
    }
}
