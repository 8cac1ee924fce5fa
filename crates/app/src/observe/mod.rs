//! One door into a state. Return visit, notice, poll, a call's answer, a person's decision and the clock all come here
//! as facts; the pure machines of `hundi_core` decide; whatever follows is written in the same transaction.
//!
//! Nothing else in the house writes a state column.

mod matching;
#[cfg(feature = "failpoints")]
mod misread;
mod order;
mod payment;
mod posted;
mod question;
mod refund;

pub(crate) use matching::{Matched, of_report};
pub(crate) use order::order;
pub(crate) use payment::{News, Opened, payment};
pub(crate) use question::contradicted;
pub(crate) use refund::{RefundNews, adopt, refund};

use crate::error::Error;
use crate::{App, planted};
use hundi_core::event::EventType;
use hundi_core::{CaptureId, EventId, Millis, Scope};
use hundi_store::{Tx, events, history};

/// What brought the facts, and where they can be read.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
    pub(crate) by: By,
    /// The notice or exchange.
    pub(crate) evidence: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Api,
    Return,
    Webhook,
    Poll,
    /// The provider's own list.
    Sweep,
    Timeout,
    Person,
    /// The merchant's standing decision: late money goes back.
    Policy,
}

impl By {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Return => "return",
            Self::Webhook => "webhook",
            Self::Poll => "poll",
            Self::Sweep => "sweep",
            Self::Timeout => "timeout",
            Self::Person => "person",
            Self::Policy => "policy",
        }
    }
}

impl Cause {
    pub(crate) const fn of(by: By) -> Self {
        Self { by, evidence: None }
    }

    pub(crate) fn shown_by(by: By, evidence: impl Into<String>) -> Self {
        Self { by, evidence: Some(evidence.into()) }
    }
}

/// Whether anything came of the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// Known already.
    Same,
    /// A state moved, money was posted, or a discrepancy was opened.
    Applied,
}

/// What an event or a move is about.
#[derive(Clone, Copy)]
struct About<'a> {
    scope: Scope,
    kind: &'static str,
    id: &'a str,
}

async fn tell(
    app: &App,
    tx: &mut Tx,
    about: About<'_>,
    told: (EventType, i64, Option<CaptureId>),
    body: &serde_json::Value,
    now: Millis,
) -> Result<(), Error> {
    let (kind, seq, capture_id) = told;
    if kind == EventType::PaymentCaptured && planted!("forget_event") {
        return Ok(());
    }
    let event = events::Event {
        id: app.id(EventId::new),
        scope: about.scope,
        kind,
        object_type: about.kind,
        object_id: about.id.to_owned(),
        seq,
        capture_id,
        created_at: now,
        body: body.to_string(),
    };
    Ok(events::insert(tx, &event).await?)
}

/// One move of a machine.
struct Moved {
    seq: i64,
    from: &'static str,
    to: &'static str,
    at: Millis,
}

async fn note_move(tx: &mut Tx, about: About<'_>, m: Moved, cause: &Cause, now: Millis) -> Result<(), Error> {
    let transition = history::Transition {
        object_id: about.id.to_owned(),
        seq: m.seq,
        kind: about.kind,
        from: m.from.to_owned(),
        to: m.to.to_owned(),
        cause: cause.by.as_str().to_owned(),
        evidence: cause.evidence.clone(),
        at: m.at,
        created_at: now,
    };
    Ok(history::moved(tx, &transition).await?)
}
