//! What happens by itself as time passes. The clock moves only by the `now` that callers give.

use super::{CashfreeSim, bank, hooks, refunds, route};
use crate::sim::SimRequest;
use hundi_core::Millis;

/// Something that comes due.
pub(super) enum Timer {
    /// The bank says yes after all.
    Succeed {
        payment: String,
    },
    /// The bank never answered.
    GiveUp {
        payment: String,
    },
    /// Nobody took what was held.
    Release {
        payment: String,
    },
    RefundDone {
        refund: String,
    },
    RefundFailed {
        refund: String,
    },
    /// A request whose answer was dropped, done late.
    Act {
        request: Box<SimRequest>,
    },
}

impl CashfreeSim {
    pub(super) fn after(&mut self, ms: i64, timer: Timer) {
        self.timers.set(self.now.plus(ms), timer);
    }

    /// Lets everything happen that is due by `now`, each at its own time and in order.
    pub(super) fn tick(&mut self, now: Millis) {
        let now = now.max(self.now);
        while let Some((at, timer)) = self.timers.take(now) {
            self.now = self.now.max(at);
            match timer {
                Timer::Succeed { payment } => bank::succeed(self, &payment),
                Timer::GiveUp { payment } => bank::fail(self, &payment, bank::NO_ANSWER),
                Timer::Release { payment } => bank::release(self, &payment),
                Timer::RefundDone { refund } => refunds::done(self, &refund),
                Timer::RefundFailed { refund } => refunds::failed(self, &refund),
                // Whoever asked has long gone: what it would have been told is of no use to anybody.
                Timer::Act { request } => drop(route::act(self, &request)),
            }
        }
        self.now = now;
        hooks::lapse(self, now);
    }
}
