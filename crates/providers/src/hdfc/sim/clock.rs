//! What happens by itself as time passes. The clock moves only by the `now` that callers give.

use super::state::Status;
use super::{HdfcSim, bank, refunds, route};
use crate::sim::SimRequest;
use hundi_core::Millis;

/// Something that comes due.
pub(super) enum Timer {
    /// The bank never answered.
    GiveUp {
        txn: String,
    },
    /// The bank says yes after all.
    Succeed {
        txn: String,
    },
    /// A success that comes too late to be kept.
    GiveBack {
        txn: String,
    },
    /// A hold lapses.
    Release {
        txn: String,
    },
    RefundProcessed {
        refund: String,
    },
    RefundFailed {
        refund: String,
    },
    RefundReviewed {
        refund: String,
    },
    /// A request whose answer was dropped, done late.
    Act {
        request: Box<SimRequest>,
    },
}

impl HdfcSim {
    /// Lets everything happen that is due by `now`, each at its own time and in order.
    pub(super) fn tick(&mut self, now: Millis) {
        let now = now.max(self.now);
        while let Some((at, timer)) = self.timers.take(now) {
            self.now = self.now.max(at);
            self.fire(timer);
        }
        self.now = now;
        for id in self.outbox.lapsed(now) {
            self.outbox.report(id, None, now);
        }
    }

    fn fire(&mut self, timer: Timer) {
        match timer {
            Timer::GiveUp { txn } => bank::fail(self, &txn, Status::AuthenticationFailed, "TIMED_OUT"),
            Timer::Succeed { txn } => bank::succeed(self, &txn, false),
            Timer::GiveBack { txn } => bank::give_back(self, &txn),
            Timer::Release { txn } => bank::release(self, &txn),
            Timer::RefundProcessed { refund } => refunds::processed(self, &refund),
            Timer::RefundFailed { refund } => refunds::failed(self, &refund),
            Timer::RefundReviewed { refund } => refunds::reviewed(self, &refund),
            // Whoever asked has long gone: what it would have been told is of no use to anybody.
            Timer::Act { request } => drop(route::act(self, &request)),
        }
    }
}
