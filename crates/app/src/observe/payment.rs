//! Facts about a payment.

use super::question::{Questioned, question};
use super::{About, Came, Cause, Moved, note_move, order, posted, tell};
use crate::error::Error;
use crate::payments::SAVED;
use crate::routing;
use crate::{App, jobs, planted, public};
use hundi_core::event::EventType;
use hundi_core::order::Paid;
use hundi_core::payment::{
    DoubtKind, Doubtful, Effect, Fact, Happened, Into, PostCapture, Status, Step, step,
};
use hundi_core::routing::Outcome;
use hundi_core::{CaptureId, Method, Millis, Mode, Money, PaymentId, ledger, order as core_order};
use hundi_store::payments::{Capture, Payment};
use hundi_store::{Tx, notices, orders, payments, rehearsals};
use std::collections::VecDeque;

/// What is new about a payment.
#[derive(Clone, Debug, Default)]
pub(crate) struct News {
    pub(crate) facts: Vec<Fact>,
    /// What the provider opened.
    pub(crate) opened: Option<Opened>,
    /// When the provider is asked next, where that changed; and that it was asked just now.
    pub(crate) next_poll: Option<Option<Millis>>,
    /// A definite "no such order", said at this time.
    pub(crate) missing: Option<Millis>,
    /// It was put before a person.
    pub(crate) escalated: bool,
    /// What it says of its connection's work, for breakers.
    pub(crate) work: Option<Outcome>,
}

/// The provider's handle on a payment.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    pub(crate) provider_order: String,
    /// What to show the payer, as JSON. Nothing where we charge a saved method.
    pub(crate) handle: Option<String>,
}

impl News {
    pub(crate) fn of(facts: Vec<Fact>) -> Self {
        Self { facts, ..Self::default() }
    }
}

/// Joins what is new to what is known, and writes whatever follows.
pub(crate) async fn payment(
    app: &App,
    tx: &mut Tx,
    id: PaymentId,
    news: News,
    cause: &Cause,
) -> Result<(Payment, Came), Error> {
    payments::lock_order_of(tx, id).await?;
    let mut p = payments::load_by_id(tx, id).await?.ok_or(Error::NotFound { what: "payment" })?;
    let before = p.clone();
    let now = app.now();
    let mut came = Came::Same;
    let mut order_facts = Vec::new();
    #[cfg(feature = "failpoints")]
    let news = News { facts: super::misread::misread(&p, &news.facts), ..news };

    learn(app, tx, &mut p, &news).await?;
    if let Some(outcome) = news.work {
        judge(app, tx, &p, None, outcome).await?;
    }
    let mut facts: VecDeque<Fact> = news.facts.iter().cloned().collect();
    while let Some(fact) = facts.pop_front().or_else(|| charge_declined(&p)) {
        let fact = &fact;
        if belongs_elsewhere(app, tx, &p, fact, now).await? {
            continue;
        }
        let doubt_before = p.state.in_doubt_since();
        let Step::Move { to, effects } = step(&p.state, fact) else { continue };
        p.state = to;
        for effect in &effects {
            came = Came::Applied;
            carry_out(app, tx, &mut p, effect, fact.at, (cause, now), &mut order_facts).await?;
        }
        tell_of_doubt(app, tx, &mut p, doubt_before, now).await?;
    }

    let noted = before.next_poll_at != p.next_poll_at || before.polls != p.polls;
    let learned = before.provider_order != p.provider_order || before.missing_at != p.missing_at;
    if before.state != p.state || noted || learned || before.escalated_at != p.escalated_at {
        p.updated_at = now;
        payments::save(tx, &p, &before.state).await?;
        p.version += 1;
    }
    // A hold that comes to light after the payment was called off: nobody will take it, so it is let go.
    if before.state.cancelled && before.state.held().is_none() && p.state.held().is_some() {
        let scope = Some(p.scope);
        jobs::enqueue(tx, jobs::id(app), jobs::Kind::Void, &p.id.to_string(), scope, now, now).await?;
    }
    if !order_facts.is_empty() {
        let o = orders::load_by_link(tx, p.order_id).await?.ok_or(Error::NotFound { what: "order" })?;
        order::order(app, tx, o, &order_facts, cause).await?;
        // Giving money back reserves it on this payment.
        p = payments::load_by_id(tx, id).await?.ok_or(Error::NotFound { what: "payment" })?;
    }
    Ok((p, came))
}

/// A charge of a saved method is one try: nobody is there for another, so that its failure is the payment's.
fn charge_declined(p: &Payment) -> Option<Fact> {
    let open = matches!(p.status(), Status::Created | Status::Pending) && p.state.refused.is_none();
    if p.flow != SAVED || !open || p.state.tries.is_empty() {
        return None;
    }
    let failures: Option<Vec<_>> = p.state.tries().map(|(_, t)| t.failure.filter(|_| t.failed())).collect();
    let (at, reason) = failures?.into_iter().max_by_key(|(at, _)| *at)?;
    Some(Fact { at, happened: Happened::Refused { reason } })
}

async fn learn(app: &App, tx: &mut Tx, p: &mut Payment, news: &News) -> Result<(), Error> {
    if let Some(opened) = &news.opened
        && p.provider_order.is_none()
    {
        p.provider_order = Some(opened.provider_order.clone());
        p.handle.clone_from(&opened.handle);
        notices::unpark(tx, p.connection_id, &opened.provider_order).await?;
    }
    if let Some(next) = news.next_poll {
        p.next_poll_at = next;
        p.polls += 1;
    }
    if news.missing.is_some() && p.missing_at.is_none() {
        p.missing_at = news.missing;
    }
    if news.escalated && p.escalated_at.is_none() {
        p.escalated_at = Some(app.now());
        say(app, tx, p, EventType::PaymentDoubtEscalated, None, app.now()).await?;
    }
    Ok(())
}

/// A provider's payment pays one thing, once. Named for a second one, it is questioned and moves nothing.
async fn belongs_elsewhere(
    app: &App,
    tx: &mut Tx,
    p: &Payment,
    fact: &Fact,
    now: Millis,
) -> Result<bool, Error> {
    let Happened::Tried { provider_payment, .. } = &fact.happened else { return Ok(false) };
    if p.state.tries.contains_key(provider_payment) {
        return Ok(false);
    }
    match payments::find_by_provider_payment(tx, p.connection_id, provider_payment).await? {
        None => Ok(false),
        Some(_) if planted!("used_payments_used_again") => Ok(false),
        Some(other) => {
            let doubt = Questioned {
                kind: "used_twice",
                subject: provider_payment,
                amount: None,
                detail: format!("The provider's payment belongs to {other} and was named for this one."),
            };
            question(app, tx, p, doubt, now).await?;
            Ok(true)
        }
    }
}

/// What came of a payment tells how its connection does. A failure that a test asked for tells nothing: it would turn
/// away the payments of the tests after it.
async fn judge(
    app: &App,
    tx: &mut Tx,
    p: &Payment,
    method: Option<Method>,
    outcome: Outcome,
) -> Result<(), Error> {
    let may_be_asked_for = outcome == Outcome::Bad && p.scope.mode() == Mode::Test;
    if may_be_asked_for && rehearsals::load(tx, p.id).await?.is_some() {
        return Ok(());
    }
    routing::happened(app, tx, p.connection_id, method, outcome).await
}

async fn carry_out(
    app: &App,
    tx: &mut Tx,
    p: &mut Payment,
    effect: &Effect,
    at: Millis,
    (cause, now): (&Cause, Millis),
    order_facts: &mut Vec<core_order::Fact>,
) -> Result<(), Error> {
    match effect {
        Effect::PostCapture(post) => {
            let o = orders::load_by_link(tx, p.order_id).await?.ok_or(Error::NotFound { what: "order" })?;
            let late = (o.expired_at.is_some() || o.cancelled_at.is_some()) && !planted!("dated_by_the_try");
            post_capture(app, tx, p, (post, late), now).await?;
            let method = p.state.tries.get(&post.provider_payment).and_then(|t| t.detail.method);
            judge(app, tx, p, method, Outcome::Good).await?;
            if post.into == Into::Sales {
                let provider_payment = post.provider_payment.clone();
                let paid = Paid { at: post.at, provider_payment, late };
                order_facts.push(core_order::Fact::Paid(paid));
            }
        }
        Effect::TryFailed { provider_payment } => {
            let tried = p.state.tries.get(provider_payment);
            let outcome = tried.and_then(|t| routing::outcome_of(t.failure?.1));
            if let Some(outcome) = outcome {
                let method = tried.and_then(|t| t.detail.method);
                judge(app, tx, p, method, outcome).await?;
            }
            say(app, tx, p, EventType::PaymentTryFailed, None, now).await?;
        }
        Effect::OpenDiscrepancy(doubt) => {
            let Doubtful { kind, provider_payment } = doubt;
            let captured = p.state.tries.get(provider_payment).and_then(|t| t.captured);
            let doubt = Questioned {
                kind: kind.as_str(),
                subject: provider_payment,
                amount: captured.map(|c| c.amount),
                detail: sentence(*kind, p.state.due()),
            };
            question(app, tx, p, doubt, now).await?;
        }
        Effect::Became { from, to } => {
            if let Some(kind) = EventType::of_payment(*to) {
                say(app, tx, p, kind, None, now).await?;
            }
            let id = p.id.to_string();
            let about = About { scope: p.scope, kind: "payment", id: &id };
            let moved = Moved { seq: p.event_seq, from: from.as_str(), to: to.as_str(), at };
            note_move(tx, about, moved, cause, now).await?;
            if *to == Status::Captured {
                // Nothing is left to ask. One that runs right now finds that out by itself.
                jobs::withdraw(tx, jobs::Kind::Watch, &id).await?;
            }
        }
    }
    Ok(())
}

/// The capture's row, its ledger entry and its event: once, behind the unique provider payment.
async fn post_capture(
    app: &App,
    tx: &mut Tx,
    p: &mut Payment,
    (post, late): (&PostCapture, bool),
    now: Millis,
) -> Result<(), Error> {
    let capture = Capture {
        id: app.id(CaptureId::new),
        payment_id: p.id,
        provider_payment: post.provider_payment.clone(),
        amount: post.amount,
        into: post.into,
        at: post.at,
        late,
    };
    if !payments::insert_capture(tx, p, &capture, now).await? {
        // The try was new to this payment and unused elsewhere, both checked above in this transaction.
        return Err(hundi_store::DbError::Conflict("a capture was written meanwhile").into());
    }
    if post.amount.currency() == p.currency() {
        let captured = Money::new(p.captured_minor, p.currency()).add(post.amount);
        p.captured_minor = captured.map_err(|_| Error::Bug("captured money overflows".into()))?.minor();
    }
    let held = posted::held(tx, p).await?;
    let entries = ledger::capture(p.scope.merchant(), held, post.amount, post.into)
        .map_err(|_| Error::Bug("a capture of nothing".into()))?;
    let source_id = capture.id.to_string();
    let of = |nth| posted::Of { kind: ledger::EntryKind::Capture, source_id: &source_id, nth, at: post.at };
    if !planted!("forget_ledger_entry") {
        posted::write(app, tx, p, of(1), entries.clone(), now).await?;
    }
    if planted!("capture_posts_twice") {
        posted::write(app, tx, p, of(2), entries, now).await?;
    }
    let kind = match post.into {
        Into::Sales => EventType::PaymentCaptured,
        Into::Suspense => EventType::PaymentSuspended,
    };
    say(app, tx, p, kind, Some(capture.id), now).await
}

async fn tell_of_doubt(
    app: &App,
    tx: &mut Tx,
    p: &mut Payment,
    before: Option<Millis>,
    now: Millis,
) -> Result<(), Error> {
    match (before, p.state.in_doubt_since()) {
        (None, Some(_)) => say(app, tx, p, EventType::PaymentInDoubt, None, now).await,
        (Some(_), None) => say(app, tx, p, EventType::PaymentDoubtResolved, None, now).await,
        (None, None) | (Some(_), Some(_)) => Ok(()),
    }
}

/// Tells the merchant, with the payment as it is at this step.
async fn say(
    app: &App,
    tx: &mut Tx,
    p: &mut Payment,
    kind: EventType,
    capture: Option<CaptureId>,
    now: Millis,
) -> Result<(), Error> {
    p.event_seq += 1;
    let id = p.id.to_string();
    let about = About { scope: p.scope, kind: "payment", id: &id };
    tell(app, tx, about, (kind, p.event_seq, capture), &public::payment(p), now).await
}

fn sentence(kind: DoubtKind, asked: Money) -> String {
    match kind {
        DoubtKind::AmountMismatch => {
            format!("Another amount was captured than the {} asked for.", asked.shown())
        }
        DoubtKind::CurrencyMismatch => {
            format!("Another currency was captured than the {} asked for.", asked.currency())
        }
        DoubtKind::Duplicate => "The payer was charged a second time under one payment.".into(),
        DoubtKind::StatusMismatch => {
            "The provider said that it let the money go, and that it took it. Ask the provider.".into()
        }
    }
}
