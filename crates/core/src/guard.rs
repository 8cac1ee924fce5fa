//! When another payment of an order may begin: beside one that is open, after one that failed, and after a connection
//! that did nothing (DESIGN, rules 2 and 7).
//!
//! Pure: what stands of the order's other payments comes in, a verdict goes out. Who asks holds the order's lock, so
//! that what stands is all there is.

use crate::order::LateSuccess;
use crate::payment::Status;
use crate::{Millis, Money};

/// What has to be known of one payment of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beside {
    pub status: Status,
    /// A call about it has no answer.
    pub in_doubt: bool,
    /// The payer got the way to pay it.
    pub has_handle: bool,
    /// The provider told of a try beneath it.
    pub was_tried: bool,
    /// We charge it ourselves, by a method that was kept: no payer has to get there for money to move.
    pub is_ours: bool,
    /// Its opening is on its way: the first of two clicks, whose answer is not written yet.
    pub being_opened: bool,
    /// The same connection and the same way to pay as is asked for now.
    pub same: bool,
}

impl Beside {
    /// The payer may still be at it, or it may have been charged.
    const fn stands_open(self) -> bool {
        self.status.is_open() || self.in_doubt
    }

    /// Nothing can be paid there by accident: the payer never got the handle.
    const fn was_never_shown(self) -> bool {
        !self.has_handle && !self.was_tried && !self.being_opened && !self.is_ours
    }
}

/// What the guard says. Places are those of the list it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing stands in the way.
    Free,
    /// It is under way already: the payer goes on with that one.
    Same(usize),
    /// It may begin after that one, which stays payable: whatever comes later goes back.
    After(usize),
    /// It may begin once all of these are called off, after the last of them.
    InsteadOf(Vec<usize>),
    /// One may have been charged: nobody may charge again until it is known.
    InDoubt,
    /// One is held by the bank or about to be opened, and the merchant does not pay back what comes later.
    InProgress,
}

/// Whether a payment may begin beside the others of its order, oldest first.
pub fn may_begin(policy: LateSuccess, others: &[Beside]) -> Verdict {
    let open = || others.iter().enumerate().filter(|(_, p)| p.stands_open());
    let Some((latest, last)) = open().next_back() else { return Verdict::Free };
    if last.same && (last.has_handle || last.being_opened) {
        return Verdict::Same(latest);
    }
    if open().all(|(_, p)| p.was_never_shown()) {
        return Verdict::After(latest);
    }
    if open().any(|(_, p)| p.in_doubt) {
        return Verdict::InDoubt;
    }
    match policy {
        LateSuccess::Refund => Verdict::After(latest),
        LateSuccess::Accept if open().any(|(_, p)| p.being_opened || p.status == Status::Authorized) => {
            Verdict::InProgress
        }
        LateSuccess::Accept => Verdict::InsteadOf(open().map(|(at, _)| at).collect()),
    }
}

/// Whether the platform's account may collect an order beside its other payments: never while one of them is in doubt,
/// not even where the payer never saw it. The money would stand in another's account, and twice.
pub fn may_fall_back(others: &[Beside]) -> bool {
    others.iter().all(|p| !p.in_doubt)
}

/// Which of an order's payments are called off once it is paid: all that are open and known, where the merchant accepts
/// what came and voids the other. What is in doubt is left to be found out.
pub fn to_void(policy: LateSuccess, others: &[Beside]) -> Vec<usize> {
    match policy {
        LateSuccess::Refund => Vec::new(),
        LateSuccess::Accept => {
            let open = others.iter().enumerate().filter(|(_, p)| p.status.is_open() && !p.in_doubt);
            open.map(|(at, _)| at).collect()
        }
    }
}

/// How a call to open ended, as far as going on is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    Done,
    /// The provider surely did nothing.
    NotDone,
    /// It may have acted.
    Unknown,
}

/// Whether the next connection may be asked after this one: only where surely nothing was done.
pub const fn fails_over(opening: Opening) -> bool {
    match opening {
        Opening::NotDone => true,
        Opening::Done | Opening::Unknown => false,
    }
}

/// How often, and for how long, a failed payment may be tried again (PRODUCT PY6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryLimits {
    pub retries_max: usize,
    /// Counted from the beginning of the first that failed.
    pub within_ms: i64,
}

/// An earlier payment of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earlier {
    pub status: Status,
    /// The provider opened it, so that it was the payer's try that failed. An opening that was refused, or handed on to
    /// the next connection, is not held against the payer.
    pub opened: bool,
    pub created_at: Millis,
}

impl Earlier {
    fn counts(self) -> bool {
        self.opened && self.status == Status::Failed
    }
}

/// Why a failed payment is not tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRetry {
    TooMany,
    TooLate,
}

/// Whether another try may follow those that failed. Without any, there is nothing to limit.
pub fn may_retry(limits: RetryLimits, earlier: &[Earlier], now: Millis) -> Result<(), NoRetry> {
    let failed = || earlier.iter().filter(|p| p.counts());
    let Some(first) = failed().map(|p| p.created_at).min() else { return Ok(()) };
    match () {
        () if failed().count() > limits.retries_max => Err(NoRetry::TooMany),
        () if now.since(first) > limits.within_ms => Err(NoRetry::TooLate),
        () => Ok(()),
    }
}

/// What one payment of an order has taken, or still may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stake {
    pub asked_minor: i64,
    pub captured_minor: i64,
    pub refunded_minor: i64,
    /// The payer may still be at it, or a call about it has no answer.
    pub open: bool,
}

impl Stake {
    fn minor(self) -> i64 {
        let taken = self.captured_minor.saturating_sub(self.refunded_minor).max(0);
        if self.open && self.captured_minor == 0 { self.asked_minor } else { taken }
    }
}

/// What the payer of an order might be charged above what is owed, should everything that is open succeed.
pub fn exposure(owed: Money, stakes: &[Stake]) -> Money {
    let all = stakes.iter().fold(0_i64, |sum, stake| sum.saturating_add(stake.minor()));
    Money::new(all.saturating_sub(owed.minor()).max(0), owed.currency())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{hours, minutes};

    const PENDING: Beside = Beside {
        status: Status::Pending,
        in_doubt: false,
        has_handle: true,
        was_tried: false,
        is_ours: false,
        being_opened: false,
        same: false,
    };
    const UNSEEN: Beside = Beside { status: Status::Created, in_doubt: true, has_handle: false, ..PENDING };

    #[track_caller]
    fn says(others: &[Beside], refund: Verdict, accept: Verdict) {
        assert_eq!(may_begin(LateSuccess::Refund, others), refund);
        assert_eq!(may_begin(LateSuccess::Accept, others), accept);
    }

    #[test]
    fn table_of_verdicts() {
        use Verdict::{After, Free, InDoubt, InProgress, InsteadOf, Same};
        let doubtful = Beside { in_doubt: true, ..PENDING };
        let over = |status| Beside { status, ..PENDING };
        let opening = Beside { status: Status::Created, has_handle: false, being_opened: true, ..PENDING };
        let same = Beside { same: true, ..PENDING };
        says(&[], Free, Free);
        says(&[over(Status::Failed), over(Status::Expired), over(Status::Cancelled)], Free, Free);
        says(&[same], Same(0), Same(0));
        says(&[Beside { same: true, ..opening }], Same(0), Same(0));
        says(&[over(Status::Failed), PENDING], After(1), InsteadOf(vec![1]));
        says(&[PENDING, PENDING], After(1), InsteadOf(vec![0, 1]));
        says(&[opening], After(0), InProgress);
        says(&[over(Status::Authorized)], After(0), InProgress);
        says(&[doubtful], InDoubt, InDoubt);
        says(&[doubtful, PENDING], InDoubt, InDoubt);
        says(&[Beside { in_doubt: true, ..over(Status::Authorized) }], InDoubt, InDoubt);
        // Ended for us, and nobody knows what the last call about it did.
        says(&[Beside { in_doubt: true, ..over(Status::Expired) }], InDoubt, InDoubt);
        says(&[UNSEEN], After(0), After(0));
        says(&[Beside { same: true, ..UNSEEN }], After(0), After(0));
        says(&[UNSEEN, PENDING], InDoubt, InDoubt);
        says(&[Beside { was_tried: true, ..UNSEEN }], InDoubt, InDoubt);
        says(&[Beside { is_ours: true, ..UNSEEN }], InDoubt, InDoubt);
    }

    #[test]
    fn nothing_falls_back_while_anything_is_in_doubt() {
        let doubtful = Beside { in_doubt: true, ..PENDING };
        assert!(
            may_fall_back(&[]) && may_fall_back(&[PENDING, Beside { status: Status::Failed, ..PENDING }])
        );
        for doubt in [doubtful, UNSEEN, Beside { status: Status::Expired, ..doubtful }] {
            assert!(!may_fall_back(&[doubt]) && !may_fall_back(&[doubt, PENDING]));
        }
    }

    #[test]
    fn what_stands_beside_a_paid_order_is_voided_under_one_policy() {
        let doubtful = Beside { in_doubt: true, ..PENDING };
        let captured = Beside { status: Status::Captured, ..PENDING };
        let all = [captured, PENDING, doubtful, Beside { status: Status::Authorized, ..PENDING }];
        assert_eq!(to_void(LateSuccess::Accept, &all), [1, 3]);
        assert!(to_void(LateSuccess::Refund, &all).is_empty());
    }

    #[test]
    fn only_what_was_surely_not_done_goes_on() {
        assert!(fails_over(Opening::NotDone));
        assert!(!fails_over(Opening::Unknown) && !fails_over(Opening::Done));
    }

    #[test]
    fn retries_are_counted_from_the_first_that_failed() {
        const LIMITS: RetryLimits = RetryLimits { retries_max: 3, within_ms: hours(24) };
        let failed = |at| Earlier { status: Status::Failed, opened: true, created_at: Millis(at) };
        let refused = Earlier { opened: false, ..failed(0) };
        let expired = Earlier { status: Status::Expired, ..failed(0) };
        let may = |earlier: &[Earlier], now| may_retry(LIMITS, earlier, Millis(now));
        assert_eq!(may(&[], hours(90)), Ok(()));
        assert_eq!(may(&[refused, refused, refused, refused, expired, expired], hours(90)), Ok(()));
        assert_eq!(may(&[failed(0), failed(1), failed(2)], 3), Ok(()));
        assert_eq!(may(&[failed(0), failed(1), failed(2), failed(3)], 4), Err(NoRetry::TooMany));
        assert_eq!(may(&[failed(minutes(1))], hours(24) + minutes(1)), Ok(()));
        assert_eq!(may(&[failed(minutes(1))], hours(24) + minutes(1) + 1), Err(NoRetry::TooLate));
        assert_eq!(
            may_retry(RetryLimits { retries_max: 0, ..LIMITS }, &[failed(0)], Millis(1)),
            Err(NoRetry::TooMany)
        );
    }

    #[test]
    fn exposure_is_what_may_come_above_what_is_owed() {
        let stake = |captured_minor, refunded_minor, open| Stake {
            asked_minor: 100,
            captured_minor,
            refunded_minor,
            open,
        };
        let exposed = |stakes: &[Stake]| exposure(Money::inr(100), stakes).minor();
        let (open, ended, taken) = (stake(0, 0, true), stake(0, 0, false), stake(100, 0, false));
        assert_eq!(exposed(&[]), 0);
        assert_eq!(exposed(&[open, ended]), 0);
        assert_eq!(exposed(&[open, open]), 100);
        assert_eq!(exposed(&[taken, open, open]), 200);
        assert_eq!(exposed(&[taken, taken]), 100);
        assert_eq!(exposed(&[taken, stake(100, 100, false)]), 0);
        assert_eq!(exposed(&[stake(70, 0, false), open]), 70);
        assert_eq!(exposed(&[stake(0, 0, true); 3]), 200);
    }
}
