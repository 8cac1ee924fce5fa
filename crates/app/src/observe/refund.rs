//! Facts about a refund: ours, or one made at the provider that we adopt.

use super::question::{Questioned, question};
use super::{About, Came, Cause, Moved, note_move, posted, tell};
use crate::error::Error;
use crate::{App, jobs, planted, public};
use hundi_core::event::EventType;
use hundi_core::ledger::{self, EntryKind};
use hundi_core::payment::Into;
use hundi_core::refund::{Effect, Fact, Reason, State, Status, Step, step};
use hundi_core::time::seconds;
use hundi_core::{FailureReason, Millis, Money, OurRef, PaymentId, RefundId};
use hundi_providers::RefundAbout;
use hundi_store::payments::Payment;
use hundi_store::refunds::{Origin, Refund};
use hundi_store::{Tx, payments, refunds};

/// When one that was made elsewhere is first asked about.
const ADOPTED_LOOK_MS: i64 = seconds(60);

/// What is new about a refund.
#[derive(Clone, Debug, Default)]
pub(crate) struct RefundNews {
    pub(crate) facts: Vec<Fact>,
    pub(crate) provider_refund: Option<String>,
    pub(crate) bank_ref: Option<String>,
    pub(crate) failure: Option<FailureReason>,
    /// When the provider is asked next, where that changed; and that it was asked just now.
    pub(crate) next_poll: Option<Option<Millis>>,
}

/// Joins what is new to what is known, and writes whatever follows.
pub(crate) async fn refund(
    app: &App,
    tx: &mut Tx,
    id: RefundId,
    news: RefundNews,
    cause: &Cause,
) -> Result<(Refund, Came), Error> {
    refunds::lock_order_of(tx, id).await?;
    let mut f = refunds::load_by_id(tx, id).await?.ok_or(Error::NotFound { what: "refund" })?;
    let before = f.clone();
    let now = app.now();
    let mut came = Came::Same;

    f.provider_refund = f.provider_refund.or(news.provider_refund);
    f.bank_ref = news.bank_ref.or(f.bank_ref);
    f.failure = f.failure.or(news.failure);
    if let Some(next) = news.next_poll {
        f.next_poll_at = next;
        f.polls += 1;
    }
    for fact in &news.facts {
        let Step::Move { to, effects } = step(&f.state, fact) else { continue };
        f.state = to;
        for effect in &effects {
            came = Came::Applied;
            carry_out(app, tx, &mut f, *effect, fact.at, (cause, now)).await?;
        }
    }
    let learned = before.provider_refund != f.provider_refund || before.bank_ref != f.bank_ref;
    let noted = before.next_poll_at != f.next_poll_at || before.polls != f.polls;
    if before.state != f.state || learned || noted {
        f.updated_at = now;
        refunds::save(tx, &f).await?;
        f.version += 1;
    }
    Ok((f, came))
}

async fn carry_out(
    app: &App,
    tx: &mut Tx,
    f: &mut Refund,
    effect: Effect,
    at: Millis,
    (cause, now): (&Cause, Millis),
) -> Result<(), Error> {
    match effect {
        Effect::Post => post(app, tx, f, EntryKind::Refund, at, now).await,
        Effect::Reverse => post(app, tx, f, EntryKind::RefundReturned, at, now).await,
        Effect::Became { from, to } => {
            hold(app, tx, f, from, to, now).await?;
            if to == Status::Failed && f.reason == Reason::LateSuccess.as_str() {
                give_back_failed(app, tx, f, now).await?;
            }
            f.event_seq += 1;
            let id = f.id.to_string();
            let about = About { scope: f.scope, kind: "refund", id: &id };
            tell(app, tx, about, (EventType::of_refund(to), f.event_seq, None), &public::refund(f), now)
                .await?;
            let moved = Moved { seq: f.event_seq, from: from.as_str(), to: to.as_str(), at };
            note_move(tx, about, moved, cause, now).await
        }
    }
}

/// The ledger entry, and the payment's sum of what went back.
async fn post(
    app: &App,
    tx: &mut Tx,
    f: &Refund,
    kind: EntryKind,
    at: Millis,
    now: Millis,
) -> Result<(), Error> {
    let p = loaded(tx, f.payment_id).await?;
    let held = posted::held(tx, &p).await?;
    let mut entries = ledger::refund(f.scope.merchant(), held, f.state.amount, f.captured_into)
        .map_err(|_| Error::Bug("a refund of nothing".into()))?;
    let sign = match kind {
        EntryKind::RefundReturned => {
            entries.iter_mut().for_each(|(_, posting)| *posting = posting.mirrored());
            -1
        }
        EntryKind::Refund | EntryKind::Capture => 1,
    };
    let source_id = f.id.to_string();
    let book = ledger::Book::Merchant(f.scope.merchant());
    let nth = hundi_store::ledger::count_of_source(tx, &source_id, kind, book).await? + 1;
    let of = posted::Of { kind, source_id: &source_id, nth, at };
    posted::write(app, tx, &p, of, entries, now).await?;
    let moved = Money::new(sign * f.state.amount.minor(), f.state.amount.currency());
    Ok(payments::add_refunded(tx, f.payment_id, moved, now).await?)
}

/// A failed refund lets go of what it held; one that came back to life takes it again.
async fn hold(
    app: &App,
    tx: &mut Tx,
    f: &Refund,
    from: Status,
    to: Status,
    now: Millis,
) -> Result<(), Error> {
    let (minor, currency) = (f.state.amount.minor(), f.state.amount.currency());
    match (from.reserves(), to.reserves(), f.origin) {
        (true, false, Origin::Ours) if planted!("reservation_never_released") => Ok(()),
        (true, false, Origin::Ours) => Ok(payments::release(tx, f.payment_id, minor).await?),
        (true, false, Origin::Provider) => {
            Ok(payments::add_adopted(tx, f.payment_id, Money::new(-minor, currency), now).await?)
        }
        (false, true, Origin::Provider) => {
            Ok(payments::add_adopted(tx, f.payment_id, f.state.amount, now).await?)
        }
        (false, true, Origin::Ours) if payments::reserve(tx, f.payment_id, minor, now).await? => Ok(()),
        (false, true, Origin::Ours) => {
            let p = loaded(tx, f.payment_id).await?;
            over_captured(app, tx, &p, &f.id.to_string(), f, now).await
        }
        (true, true, _) | (false, false, _) => Ok(()),
    }
}

/// Money that nobody was owed stays where it is: a person has to give it back.
async fn give_back_failed(app: &App, tx: &mut Tx, f: &Refund, now: Millis) -> Result<(), Error> {
    let p = loaded(tx, f.payment_id).await?;
    let doubt = Questioned {
        kind: "overpaid",
        subject: &f.provider_payment,
        amount: Some(f.state.amount),
        detail: "Money that came too late or twice could not be given back.".into(),
    };
    question(app, tx, &p, doubt, now).await
}

async fn loaded(tx: &mut Tx, id: PaymentId) -> Result<Payment, Error> {
    payments::load_by_id(tx, id).await?.ok_or(Error::NotFound { what: "payment" })
}

async fn over_captured(
    app: &App,
    tx: &mut Tx,
    p: &Payment,
    subject: &str,
    f: &Refund,
    now: Millis,
) -> Result<(), Error> {
    let doubt = Questioned {
        kind: "refund_exceeds_captured",
        subject,
        amount: Some(f.state.amount),
        detail: "More went back than was captured.".into(),
    };
    question(app, tx, p, doubt, now).await
}

/// A refund that we did not ask for, made in the provider's own dashboard: recorded, never refused.
pub(crate) async fn adopt(
    app: &App,
    tx: &mut Tx,
    payment: PaymentId,
    about: &RefundAbout,
    now: Millis,
) -> Result<RefundId, Error> {
    payments::lock_order_of(tx, payment).await?;
    let p = loaded(tx, payment).await?;
    let captures = payments::captures_of_order(tx, p.order_id).await?;
    let captured = captures.iter().find(|c| c.provider_payment == about.provider_payment);
    let f = Refund {
        id: app.id(RefundId::new),
        scope: p.scope,
        payment_id: p.id,
        order_id: p.order_id,
        connection_id: p.connection_id,
        provider_payment: about.provider_payment.clone(),
        our_ref: app.id(OurRef::new),
        origin: Origin::Provider,
        state: State::new(about.amount),
        captured_into: captured.map_or(Into::Suspense, |c| c.into),
        reason: "other".into(),
        note: None,
        metadata: "{}".into(),
        failure: None,
        provider_refund: Some(about.provider_refund.clone()),
        bank_ref: about.bank_ref.clone(),
        next_poll_at: None,
        polls: 0,
        requested_by: "provider".into(),
        created_at: now,
        updated_at: now,
        version: 1,
        event_seq: 1,
    };
    refunds::insert(tx, &f).await?;
    payments::add_adopted(tx, p.id, about.amount, now).await?;
    let id = f.id.to_string();
    let event = About { scope: f.scope, kind: "refund", id: &id };
    tell(app, tx, event, (EventType::RefundRequested, 1, None), &public::refund(&f), now).await?;
    if !planted!("adopted_and_forgotten") {
        // It may take days there, and the message that says so may be lost.
        let (job, at) = (jobs::id(app), now.plus(ADOPTED_LOOK_MS));
        jobs::enqueue(tx, job, jobs::Kind::Refund, &id, Some(f.scope), at, now).await?;
    }
    if about.amount.minor() > p.refundable_minor() {
        over_captured(app, tx, &p, &about.provider_refund, &f, now).await?;
    }
    Ok(f.id)
}
