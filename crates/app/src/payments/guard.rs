//! Feeds the guard in the core: what stands of an order's payments goes in, which payment may begin comes out.

use super::{Payment, SAVED};
use crate::error::Error;
use crate::{App, planted};
use hundi_core::guard::{self, Beside, Earlier, NoRetry, Verdict};
use hundi_core::payment::Status;
use hundi_core::time::{hours, seconds};
use hundi_core::{ConnectionId, Millis, PaymentId};
use hundi_providers::Flow;
use hundi_store::orders::Order;

/// An opening that has no answer after so long was stopped: longer than the longest call to a provider.
const OPENS_WITHIN_MS: i64 = seconds(45);

/// One payment beside another, which may be asked for over `wanted`.
pub(super) fn beside(p: &Payment, wanted: Option<(ConnectionId, Flow)>, now: Millis) -> Beside {
    let in_doubt = p.state.in_doubt_since().is_some();
    let unanswered = p.handle.is_none() && !in_doubt && p.missing_at.is_none();
    Beside {
        status: p.status(),
        in_doubt,
        has_handle: p.handle.is_some(),
        was_tried: !p.state.tries.is_empty(),
        is_ours: p.flow == SAVED,
        being_opened: unanswered && now.since(p.created_at) < OPENS_WITHIN_MS,
        same: wanted
            .is_some_and(|(connection, flow)| p.connection_id == connection && p.flow == flow.as_str()),
    }
}

/// Whether another try may follow those of an order that failed, for whoever offers one.
pub(crate) fn may_retry(app: &App, all: &[Payment]) -> bool {
    let earlier: Vec<_> = all.iter().map(earlier).collect();
    guard::may_retry(app.config.retries, &earlier, app.now()).is_ok()
}

/// One payment before another.
fn earlier(p: &Payment) -> Earlier {
    Earlier { status: p.status(), opened: p.state.opened, created_at: p.created_at }
}

/// What a new payment meets at its order.
pub(super) enum InTheWay {
    Nothing,
    /// Open, and a second one may start after it.
    Superseded(PaymentId),
    /// Open, and a second one may start once these are called off.
    Voided(Vec<PaymentId>),
    SameAgain(Box<Payment>),
}

/// Why a payment may begin, or why not (DESIGN, rule 7), and the limits of trying again. The order is locked.
pub(super) fn stands_in_the_way(
    app: &App,
    order: &Order,
    all: &[Payment],
    wanted: (ConnectionId, Flow),
    now: Millis,
) -> Result<InTheWay, Error> {
    if planted!("no_in_doubt_guard") {
        return Ok(InTheWay::Nothing);
    }
    // What we charge by ourselves gives way to nobody: it may be taking the money just now.
    let ours = |p: &&Payment| p.flow == SAVED && (p.status().is_open() || p.state.in_doubt_since().is_some());
    if let Some(charge) = all.iter().find(ours) {
        let doubt = charge.state.in_doubt_since().is_some();
        return Err(if doubt { Error::PaymentInDoubt } else { Error::PaymentInProgress });
    }
    let others: Vec<_> = all.iter().map(|p| beside(p, Some(wanted), now)).collect();
    let way = match guard::may_begin(order.late_success, &others) {
        Verdict::Same(at) => return Ok(InTheWay::SameAgain(Box::new(all[at].clone()))),
        Verdict::Free => InTheWay::Nothing,
        Verdict::After(at) => InTheWay::Superseded(all[at].id),
        Verdict::InsteadOf(these) => InTheWay::Voided(these.into_iter().map(|at| all[at].id).collect()),
        Verdict::InDoubt => return Err(Error::PaymentInDoubt),
        Verdict::InProgress => return Err(Error::PaymentInProgress),
    };
    let limits = app.config.retries;
    let earlier: Vec<_> = all.iter().map(earlier).collect();
    match guard::may_retry(limits, &earlier, now) {
        Err(_) if planted!("retries_without_end") || !order.status.can_be_paid() => Ok(way),
        Ok(()) => Ok(way),
        Err(NoRetry::TooMany) => Err(Error::RetriesUsedUp { max: limits.retries_max }),
        Err(NoRetry::TooLate) => Err(Error::RetryWindowPassed { hours: limits.within_ms / hours(1) }),
    }
}

/// The payment that a new one follows where nothing is open: the latest try of the payer's that failed.
pub(super) fn latest_failed(all: &[Payment]) -> Option<PaymentId> {
    all.iter().rfind(|p| p.state.opened && p.status() == Status::Failed).map(|p| p.id)
}
