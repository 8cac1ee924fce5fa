//! What happens by itself as time passes. The clock moves only by the `now` that callers give.

use super::cards::failure;
use super::state::{LinkStatus, PaymentStatus};
use super::{RazorpaySim, bank, hooks, links, refunds, route, settlements};
use crate::sim::SimRequest;
use hundi_core::Millis;

/// Something that comes due.
pub(super) enum Timer {
    /// The bank never answered.
    GiveUp {
        payment: String,
    },
    /// A hold lapses, or a second success on a paid order is given back.
    Release {
        payment: String,
    },
    Authorize {
        payment: String,
    },
    Fail {
        payment: String,
        reason: &'static str,
    },
    RefundProcessed {
        refund: String,
    },
    RefundFailed {
        refund: String,
    },
    LinkExpires {
        link: String,
    },
    Settle,
    /// A request whose answer was dropped, done late.
    Act {
        request: Box<SimRequest>,
        idempotency: Option<(usize, String)>,
    },
}

impl RazorpaySim {
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
            Timer::GiveUp { payment } => bank::fail(self, &payment, failure("payment_timed_out")),
            Timer::Release { payment } => bank::release(self, &payment),
            Timer::Authorize { payment } => bank::authorize(self, &payment, bank::AfterHold::AsTheOrderSays),
            Timer::Fail { payment, reason } => {
                if self.payments.get(&payment).is_some_and(|p| p.status == PaymentStatus::Created) {
                    bank::fail(self, &payment, failure(reason));
                }
            }
            Timer::RefundProcessed { refund } => refunds::processed(self, &refund),
            Timer::RefundFailed { refund } => refunds::failed(self, &refund),
            Timer::LinkExpires { link } => {
                let open = self.links.get(&link).is_some_and(|l| l.status == LinkStatus::Created);
                if open {
                    links::expire(self, &link);
                }
            }
            Timer::Settle => settlements::run(self),
            Timer::Act { request, idempotency } => {
                if let Some(key) = idempotency {
                    self.refunds_in_progress.remove(&key);
                }
                // Whoever asked has long gone: what it would have been told is of no use to anybody.
                drop(route::act(self, &request));
            }
        }
    }
}
