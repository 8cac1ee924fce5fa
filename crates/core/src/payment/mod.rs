//! The payment machine: what we know of one engagement of one connection, and what a new fact changes.
//!
//! Knowledge only grows. [`State`] is a union of facts, and the status is read off it, so that the end does not
//! depend on the order or the number of arrivals. A fact never overwrites another: it joins it.
//! What moves money, opens a discrepancy or tells the merchant is returned as [`Effect`]s; the caller writes them.

mod fact;
mod state;
#[cfg(test)]
mod tests;

pub use fact::{Captured, Fact, Happened, Try, TryDetail};
pub use state::{Refused, State, Status, TryState};

use crate::Money;
use crate::time::Millis;

/// What a fact changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A repeat, or old news.
    Same,
    Move {
        to: State,
        effects: Vec<Effect>,
    },
}

/// What the caller must write together with the new state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The status moved: a timeline entry and an event.
    Became { from: Status, to: Status },
    /// Money moved: one capture row and one ledger entry.
    PostCapture(PostCapture),
    /// A try inside failed; the payment did not.
    TryFailed { provider_payment: String },
    /// What was said does not fit what was asked, or contradicts itself.
    OpenDiscrepancy(Doubtful),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostCapture {
    pub provider_payment: String,
    pub amount: Money,
    pub at: Millis,
    pub into: Into,
}

/// Which account a capture credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Into {
    Sales,
    /// It does not fit what was asked: kept apart until a person resolves it.
    Suspense,
}

/// What is questionable about a payment. Each kind is opened once for its subject.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doubtful {
    pub kind: DoubtKind,
    /// The provider's payment it is about.
    pub provider_payment: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DoubtKind {
    /// Captured another amount than was asked.
    AmountMismatch,
    /// Captured in another currency than was asked.
    CurrencyMismatch,
    /// A second capture beneath the same payment.
    Duplicate,
    /// The provider said both that it let go of the money and that it took it.
    StatusMismatch,
}

impl DoubtKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AmountMismatch => "amount_mismatch",
            Self::CurrencyMismatch => "currency_mismatch",
            Self::Duplicate => "duplicate",
            Self::StatusMismatch => "status_mismatch",
        }
    }
}

/// What `fact` makes of `state`. The only function that decides a payment's state.
pub fn step(state: &State, fact: &Fact) -> Step {
    let to = state.join(fact);
    if to == *state {
        return Step::Same;
    }
    let mut effects = Vec::new();
    for new in to.captures().filter(|c| !state.has_captured(c.0)) {
        let (provider_payment, captured) = new;
        effects.push(Effect::PostCapture(PostCapture {
            provider_payment: provider_payment.to_owned(),
            amount: captured.amount,
            at: captured.at,
            into: if captured.amount == to.due() { Into::Sales } else { Into::Suspense },
        }));
    }
    for (id, _) in to.tries().filter(|(id, t)| t.failed() && !state.has_failed(id)) {
        effects.push(Effect::TryFailed { provider_payment: id.to_owned() });
    }
    let (before, after) = (state.doubtful(), to.doubtful());
    effects.extend(after.difference(&before).cloned().map(Effect::OpenDiscrepancy));
    if to.status() != state.status() {
        effects.push(Effect::Became { from: state.status(), to: to.status() });
    }
    Step::Move { to, effects }
}
