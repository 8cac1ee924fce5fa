//! What a line of a settlement comes to.

use crate::contract::SettledKind;

/// What was kept of a movement, and what is left of it for the payout. All in minor units, with their signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sums {
    /// The amount that moved: the payer's money, below zero where it went back.
    pub(crate) moved: i64,
    pub(crate) fee: i64,
    pub(crate) tax: i64,
}

/// What was kept is what is missing between the amount and what it did to the payout, whatever columns call it; the tax
/// within it is named. Nothing where they can't be brought together.
pub(crate) fn sums(kind: SettledKind, amount: i64, net: i64, tax: i64) -> Option<Sums> {
    let amount = amount.checked_abs()?;
    let moved = match kind {
        SettledKind::Payment => amount,
        SettledKind::Refund | SettledKind::Chargeback => -amount,
        SettledKind::Adjustment => amount * if net < 0 { -1 } else { 1 },
    };
    let kept = moved.checked_sub(net)?;
    let named = tax.checked_abs()?;
    let tax = named * kept.signum();
    (named <= kept.checked_abs()?).then_some(Sums { moved, fee: kept - tax, tax })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: SettledKind, amount: i64, net: i64, tax: i64, comes_to: Option<(i64, i64, i64)>) {
        assert_eq!(sums(kind, amount, net, tax).map(|s| (s.moved, s.fee, s.tax)), comes_to);
    }

    #[test]
    fn what_is_missing_was_kept() {
        check(SettledKind::Payment, 10_000, 9_764, 36, Some((10_000, 200, 36)));
        check(SettledKind::Refund, 10_000, -10_000, 0, Some((-10_000, 0, 0)));
        // Given back with the refund.
        check(SettledKind::Refund, -10_000, -9_764, 36, Some((-10_000, -200, -36)));
        check(SettledKind::Adjustment, 500, -500, 0, Some((-500, 0, 0)));
        check(SettledKind::Payment, 10_000, 9_990, 36, None);
        check(SettledKind::Payment, 10_000, 10_000, 1, None);
        check(SettledKind::Payment, i64::MAX, i64::MIN, 0, None);
        check(SettledKind::Payment, i64::MIN, 0, 0, None);
    }
}
