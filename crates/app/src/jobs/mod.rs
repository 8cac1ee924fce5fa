//! Jobs: work that was promised in a transaction. Claimed under a lease with a fence, safe to run twice.

mod figures;
mod housekeeping;
mod worker;

pub use figures::Figures;
pub(crate) use housekeeping::Chores;
pub use hundi_store::jobs::{Ending, Job, Standing};
pub use worker::{run, run_due};

use crate::App;
use crate::error::Error;
use hundi_core::{JobId, Millis, Scope};
use hundi_store::{DbError, Tx, jobs as rows};

/// Every kind of job there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// Looks after a payment: asks the provider, ends its session.
    Watch,
    /// Asks once about a payment that nothing more was expected of.
    Look,
    /// Finishes a capture that was begun.
    Capture,
    /// Calls off what stands beside a paid order, and lets go of what the bank holds for what was called off.
    Void,
    /// Looks after a refund.
    Refund,
    /// Works on a stored message.
    Notice,
    /// Sends an event to an endpoint.
    Deliver,
    /// Sends events of a stretch of time again.
    Replay,
    ExpireOrder,
    /// Reads a provider's own lists.
    Sweep,
    /// Asks what a provider keeps of a payment, to which its payer agreed.
    Keep,
    /// Has a provider forget a saved method.
    Forget,
}

impl Kind {
    pub(crate) const ALL: &[Self] = &[
        Self::Watch,
        Self::Look,
        Self::Capture,
        Self::Void,
        Self::Refund,
        Self::Notice,
        Self::Deliver,
        Self::Replay,
        Self::ExpireOrder,
        Self::Sweep,
        Self::Keep,
        Self::Forget,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Look => "look",
            Self::Capture => "capture",
            Self::Void => "void",
            Self::Refund => "refund",
            Self::Notice => "notice",
            Self::Deliver => "deliver",
            Self::Replay => "replay",
            Self::ExpireOrder => "expire_order",
            Self::Sweep => "sweep",
            Self::Keep => "keep",
            Self::Forget => "forget",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|k| k.as_str() == text)
    }

    /// How many may run at one time in one process.
    const fn at_once(self) -> usize {
        match self {
            Self::Notice => 16,
            // Most of them wait for others' servers; each endpoint, account and provider has few turns of its own.
            Self::Deliver | Self::Watch | Self::Look | Self::Capture | Self::Void | Self::Refund => 256,
            Self::Replay | Self::ExpireOrder | Self::Sweep | Self::Keep | Self::Forget => 5,
        }
    }

    /// Tries before a job is put before a person. Three for messages (PRODUCT WI1); watching never gives up soon.
    const fn tries_max(self) -> i64 {
        match self {
            Self::Notice => 3,
            Self::Watch
            | Self::Look
            | Self::Capture
            | Self::Void
            | Self::Refund
            | Self::Deliver
            | Self::Replay
            | Self::ExpireOrder
            | Self::Sweep
            | Self::Keep
            | Self::Forget => 12,
        }
    }
}

pub(crate) fn id(app: &App) -> JobId {
    app.id(JobId::new)
}

/// Promises work, in the transaction of what causes it.
pub(crate) async fn enqueue(
    tx: &mut Tx,
    id: JobId,
    kind: Kind,
    key: &str,
    scope: Option<Scope>,
    run_at: Millis,
    now: Millis,
) -> Result<(), DbError> {
    rows::enqueue(tx, id, kind.as_str(), key, scope, run_at, now).await
}

/// Takes a promise back that has become pointless, unless it is being kept right now.
/// Whether a job of this kind and key waits, or is being done.
pub(crate) async fn is_live(tx: &mut Tx, kind: Kind, key: &str) -> Result<bool, DbError> {
    rows::is_live(tx, kind.as_str(), key).await
}

pub(crate) async fn withdraw(tx: &mut Tx, kind: Kind, key: &str) -> Result<(), DbError> {
    rows::withdraw(tx, kind.as_str(), key).await
}

/// The whole table at a glance.
pub async fn standing(app: &App) -> Result<Vec<Standing>, Error> {
    Ok(app.store.read(async |tx| rows::standing(tx).await).await?)
}

/// A person has a dead job run again.
pub async fn rerun(app: &App, id: JobId) -> Result<(), Error> {
    let now = app.now();
    let found = app.store.write(async move |tx| rows::rerun(tx, id, now).await).await?;
    app.ring();
    if found { Ok(()) } else { Err(Error::NotFound { what: "dead job" }) }
}
