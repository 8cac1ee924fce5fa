//! Jobs: work that was promised in a transaction. Claimed under a lease with a fence, safe to run twice.

mod figures;
mod housekeeping;
mod worker;

pub use figures::Figures;
pub(crate) use housekeeping::Chores;
pub use hundi_store::jobs::{Ending, Job, Standing};
pub use worker::{run, run_due, take_back};

use crate::App;
use crate::error::Error;
use hundi_core::{JobId, MerchantId, Millis, Mode, Scope};
use hundi_store::{DbError, Tx, jobs as rows};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

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
    /// Sends an endpoint what is due to it.
    Deliver,
    /// Sends events of a stretch of time again.
    Replay,
    ExpireOrder,
    /// Is the payer that a test asked for.
    Rehearse,
    /// Reads a provider's own lists.
    Sweep,
    /// Asks what a provider keeps of a payment, to which its payer agreed.
    Keep,
    /// Has a provider forget a saved method.
    Forget,
    /// Brings a letter to the mail server.
    Mail,
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
        Self::Rehearse,
        Self::Sweep,
        Self::Keep,
        Self::Forget,
        Self::Mail,
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
            Self::Rehearse => "rehearse",
            Self::Sweep => "sweep",
            Self::Keep => "keep",
            Self::Forget => "forget",
            Self::Mail => "mail",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|k| k.as_str() == text)
    }

    /// How many may run at one time in one process.
    const fn at_once(self) -> usize {
        match self {
            Self::Notice | Self::Rehearse => 16,
            // Most of them wait for others' servers; each account and provider has few turns, each endpoint one job.
            Self::Deliver | Self::Watch | Self::Look | Self::Capture | Self::Void | Self::Refund => 256,
            Self::Replay | Self::ExpireOrder | Self::Sweep | Self::Keep | Self::Forget | Self::Mail => 5,
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
            | Self::Rehearse
            | Self::Sweep
            | Self::Keep
            | Self::Forget
            | Self::Mail => 12,
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

/// Whether a job of this kind and key waits, or is being done.
pub(crate) async fn is_live(tx: &mut Tx, kind: Kind, key: &str) -> Result<bool, DbError> {
    rows::is_live(tx, kind.as_str(), key).await
}

/// Takes a promise back that has become pointless, unless it is being kept right now.
pub(crate) async fn withdraw(tx: &mut Tx, kind: Kind, key: &str) -> Result<(), DbError> {
    rows::withdraw(tx, kind.as_str(), key).await
}

/// The whole table at a glance.
pub async fn standing(app: &App) -> Result<Vec<Standing>, Error> {
    Ok(app.store.read(async |tx| rows::standing(tx).await).await?)
}

/// How a merchant's promises stand: what tests wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Not begun, those that are due later included.
    pub pending: i64,
    pub processing: i64,
    /// By this process, since it started.
    pub completed: i64,
    /// Given up, and before a person.
    pub failed: i64,
    pub worker: Worker,
}

/// Whether anybody does the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worker {
    /// Nothing is due.
    Idle,
    Working,
    /// Something has been due for a while, and nobody took it.
    Behind,
}

impl Worker {
    pub const ALL: [Self; 3] = [Self::Idle, Self::Working, Self::Behind];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Working => "working",
            Self::Behind => "behind",
        }
    }
}

/// What is due longer than this was left lying.
const BEHIND_AFTER_MS: i64 = 10_000;

/// One merchant's jobs in test mode.
pub async fn status(app: &App, scope: Scope) -> Result<Status, Error> {
    if scope.mode() == Mode::Live {
        return Err(Error::TestModeOnly);
    }
    let all = app.store.read(async move |tx| rows::standing_of(tx, scope).await).await?;
    let count = |state: &str| all.iter().filter(|s| s.state == state).map(|s| s.count).sum();
    let oldest = all.iter().filter(|s| s.state == "ready").filter_map(|s| s.oldest).min();
    let late_ms = oldest.map_or(-1, |at| app.now().since(at));
    let processing = count("leased");
    let worker = match () {
        () if late_ms > BEHIND_AFTER_MS => Worker::Behind,
        () if processing > 0 || late_ms >= 0 => Worker::Working,
        () => Worker::Idle,
    };
    let completed = app.tally.of(scope);
    Ok(Status { pending: count("ready"), processing, completed, failed: count("dead"), worker })
}

/// Jobs done by this process for each merchant in test mode.
#[derive(Default)]
pub(crate) struct Tally(Mutex<HashMap<MerchantId, i64>>);

impl Tally {
    fn count(&self, scope: Scope) {
        if scope.mode() == Mode::Test {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(scope.merchant()).or_default() += 1;
        }
    }

    fn of(&self, scope: Scope) -> i64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&scope.merchant()).copied().unwrap_or(0)
    }
}

/// A person has a dead job run again.
pub async fn rerun(app: &App, id: JobId) -> Result<(), Error> {
    let now = app.now();
    let found = app.store.write(async move |tx| rows::rerun(tx, id, now).await).await?;
    app.ring();
    if found { Ok(()) } else { Err(Error::NotFound { what: "dead job" }) }
}
