//! What happens by itself as time passes. The clock moves only by the `now` that callers give.

use super::{PhonePeSim, bank, hooks, refunds, route};
use crate::sim::SimRequest;
use hundi_core::Millis;

/// Something that comes due.
pub(super) enum Timer {
    Expire {
        order: String,
    },
    Complete {
        attempt: String,
    },
    RefundCompleted {
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

impl PhonePeSim {
    pub(super) fn at(&mut self, at: Millis, timer: Timer) {
        self.timers.set(at, timer);
    }

    /// Lets everything happen that is due by `now`, each at its own time and in order.
    pub(super) fn tick(&mut self, now: Millis) {
        let now = now.max(self.now);
        while let Some((at, timer)) = self.timers.take(now) {
            self.now = self.now.max(at);
            self.fire(timer);
        }
        self.now = now;
        hooks::lapse(self, now);
    }

    fn fire(&mut self, timer: Timer) {
        match timer {
            Timer::Expire { order } => bank::expire(self, &order),
            Timer::Complete { attempt } => bank::complete(self, &attempt),
            Timer::RefundCompleted { refund } => refunds::complete(self, &refund),
            Timer::RefundFailed { refund } => refunds::fail(self, &refund),
            // Whoever asked has long gone: what it would have been told is of no use to anybody.
            Timer::Act { request } => drop(route::act(self, &request)),
        }
    }
}
