//! What happens by itself as time passes. The clock moves only by the `now` that callers give.

use super::state::{Bend, HoldStatus};
use super::{PayPalSim, bank, keys, payer, route};
use crate::sim::SimRequest;
use hundi_core::Millis;

/// Something that comes due.
pub(super) enum Timer {
    /// The payer agrees after all.
    Approve {
        order: String,
    },
    /// A capture that was held back is taken, or not.
    Decide {
        capture: String,
        good: bool,
    },
    /// A hold that nobody took lapses.
    Lapse {
        authorization: String,
    },
    Refund {
        refund: String,
        good: bool,
    },
    /// A request whose answer was dropped, done late.
    Act {
        request: Box<SimRequest>,
        key: Option<keys::Place>,
    },
}

impl PayPalSim {
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
        for id in self.outbox.lapsed(now) {
            self.outbox.report(id, None, now);
        }
    }

    fn fire(&mut self, timer: Timer) {
        match timer {
            Timer::Approve { order } => {
                // It may have ended meanwhile: then there is nothing left to agree to.
                if payer::can_agree(self, &order).is_ok() {
                    payer::approve(self, &order, Bend::None, "paypal");
                }
            }
            Timer::Decide { capture, good } => bank::decide(self, &capture, good),
            Timer::Lapse { authorization } => {
                let open = self.authorizations.get(&authorization);
                if open.is_some_and(|a| a.status == HoldStatus::Created) {
                    bank::release(self, &authorization);
                }
            }
            Timer::Refund { refund, good } => bank::end_refund(self, &refund, good),
            Timer::Act { request, key } => {
                if let Some(key) = key {
                    self.keys_in_progress.remove(&key);
                }
                // Whoever asked has long gone: what it would have been told is of no use to anybody.
                drop(route::act(self, &request));
            }
        }
    }
}
