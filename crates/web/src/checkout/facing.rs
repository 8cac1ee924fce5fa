//! What the payer faces: decided from what is known, and from nothing that the browser says about money.

use super::handle::Handle;
use hundi_app::checkout::{Till, Unfit};
use hundi_app::payments::Payment;
use hundi_core::order;
use hundi_core::payment::Status;
use hundi_core::time::seconds;
use hundi_core::{FailureReason, Millis};

/// One of these is shown. In this order: what is settled, what is in doubt, what is under way, what can be begun.
#[derive(Clone, Debug)]
pub(super) enum Facing<'t> {
    Paid(&'t Payment),
    /// Authorised: the bank holds it, and nobody calls it paid.
    Held(&'t Payment),
    InDoubt(&'t Payment),
    Expired,
    Cancelled,
    /// The provider is being asked to open it.
    Opening(&'t Payment),
    Paying(&'t Payment, Handle),
    Failed(&'t Payment, FailureReason),
    Choose {
        notice: &'static str,
    },
    /// The merchant's connections don't take such an order.
    Unpayable(Unfit),
    Unavailable,
}

/// What the address says. It changes words and which page comes first, never what is true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The payer wants to choose again.
    pub(super) other: bool,
    /// The provider's page sent the payer back with a failure.
    pub(super) said_failed: Option<FailureReason>,
}

impl Facing<'_> {
    /// The word for pages that wait: any other word than their own makes them load again.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Paid(_) => "paid",
            Self::Held(_) => "held",
            Self::InDoubt(_) => "in_doubt",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Opening(_) => "opening",
            Self::Paying(..) => "paying",
            Self::Failed(..) => "failed",
            Self::Choose { .. } => "choose",
            Self::Unpayable(_) => "unpayable",
            Self::Unavailable => "unavailable",
        }
    }
}

pub(super) fn facing(till: &Till, wanted: Wanted, now: Millis) -> Facing<'_> {
    let with = |status: Status| till.payments.iter().rfind(move |p| p.status() == status);
    if till.order.status == order::Status::Paid
        && let Some(paid) = with(Status::Captured)
    {
        return Facing::Paid(paid);
    }
    if let Some(doubtful) = in_doubt(till) {
        return Facing::InDoubt(doubtful);
    }
    if let Some(held) = with(Status::Authorized) {
        return Facing::Held(held);
    }
    match till.order.status {
        order::Status::Expired => return Facing::Expired,
        order::Status::Cancelled => return Facing::Cancelled,
        order::Status::Created | order::Status::Attempted | order::Status::Paid => {}
    }
    let opening = till.payments.last().filter(|p| is_being_opened(p, now));
    if let Some(opening) = opening {
        return Facing::Opening(opening);
    }
    under_way(till, wanted).unwrap_or_else(|| begin(till, wanted))
}

/// The payment whose outcome nobody knows. One whose handle no payer ever got can't be paid by accident, and stands in
/// nobody's way (DESIGN, rule 2). Money that was taken and does not fit is not asked for again either.
fn in_doubt(till: &Till) -> Option<&Payment> {
    let unknown = |p: &&Payment| {
        let reached_the_payer = p.handle.is_some() || !p.state.tries.is_empty() || p.flow == SAVED;
        p.state.in_doubt_since().is_some() && reached_the_payer
    };
    let misfit = |p: &&Payment| p.status() != Status::Captured && p.state.captures().next().is_some();
    till.payments.iter().rfind(unknown).or_else(|| till.payments.iter().rfind(misfit))
}

/// The flow of a payment that charges a saved method.
const SAVED: &str = "saved";

/// An opening that has no answer after so long was stopped: longer than the longest call to a provider.
const OPENS_WITHIN_MS: i64 = seconds(45);

fn is_being_opened(p: &Payment, now: Millis) -> bool {
    let asked = p.status() == Status::Created && p.handle.is_none();
    let unanswered = p.state.in_doubt_since().is_none() && p.missing_at.is_none();
    asked && unanswered && now.since(p.created_at) < OPENS_WITHIN_MS
}

fn under_way(till: &Till, wanted: Wanted) -> Option<Facing<'_>> {
    let open = till.payments.iter().rfind(|p| p.status() == Status::Pending)?;
    if wanted.other && till.may_retry && may_choose_again(till) {
        return None;
    }
    if let Some(reason) = wanted.said_failed {
        return Some(Facing::Failed(open, reason));
    }
    match open.handle.as_deref().map(|json| Handle::read(json, open.scope.mode())) {
        Some(Some(handle)) => Some(Facing::Paying(open, handle)),
        Some(None) => {
            tracing::error!(payment = %open.id, "the handle of a payment can't be shown");
            Some(Facing::Unavailable)
        }
        // A saved method is being charged: there is nothing for the payer to do.
        None if open.flow == SAVED => Some(Facing::Opening(open)),
        None => None,
    }
}

fn begin(till: &Till, wanted: Wanted) -> Facing<'_> {
    let latest = till.payments.last();
    let stays = |p: &Payment| p.status() == Status::Failed;
    let failed = match till.may_retry {
        true => latest.filter(|p| !wanted.other && stays(p)),
        // Whatever came after it, nothing more can be begun.
        false => till.payments.iter().rfind(|p| stays(p)),
    };
    if let Some(failed) = failed {
        let reason = failed.state.failure().unwrap_or(FailureReason::Unrecognised);
        return Facing::Failed(failed, reason);
    }
    if till.ways.is_empty() {
        return match till.unfit {
            Unfit::NobodyConnected => Facing::Unavailable,
            Unfit::Currency | Unfit::Amount => Facing::Unpayable(till.unfit),
        };
    }
    let notice = match latest.map(Payment::status) {
        Some(Status::Expired) => "The time for that payment ran out. Choose again how to pay.",
        Some(Status::Created) => "The payment page did not open. Choose again how to pay.",
        _ => "",
    };
    Facing::Choose { notice }
}

/// Beside a payment that is open, or in its place, another may start only where nobody knows of anything that might
/// have been charged: what comes second then goes back, or the first is called off, as the merchant decided.
pub(super) fn may_choose_again(till: &Till) -> bool {
    let doubtful = |p: &Payment| p.state.in_doubt_since().is_some();
    !till.payments.iter().any(doubtful)
}
