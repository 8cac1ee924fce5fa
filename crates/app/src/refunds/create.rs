//! Asking for a refund: its amount is reserved and the row written before the provider hears of it.

use super::watch::settled;
use crate::answer::{Reply, Taken, finish, seen};
use crate::error::Error;
use crate::jobs::{self, Kind};
use crate::limits::{self, Rule};
use crate::observe::By;
use crate::{Actor, App, connections, fail_point, metadata, planted, public};
use hundi_core::event::EventType;
use hundi_core::refund::{Reason, State};
use hundi_core::time::seconds;
use hundi_core::{AuditId, EventId, Millis, Money, OurRef, PaymentId, RefundId, Scope};
use hundi_store::audit::{self, Record};
use hundi_store::events::{self, Event};
use hundi_store::idempotency::{self, Key};
use hundi_store::payments::{Capture, Payment};
use hundi_store::refunds::{Origin, Refund};
use hundi_store::{Tx, payments, refunds};
use std::sync::Arc;

/// The job looks first after so long: the call itself has ended by then, one way or the other.
const FIRST_LOOK_MS: i64 = seconds(60);

/// What is asked to go back. Without an amount, all that is left.
#[derive(Clone, Debug)]
pub struct NewRefund {
    pub payment: PaymentId,
    pub amount: Option<Money>,
    pub reason: Reason,
    pub note: Option<String>,
    /// A JSON object.
    pub metadata: String,
}

/// Refunds a payment in whole or in part, once for each idempotency key.
pub async fn create(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    new: NewRefund,
    key: Option<Key>,
) -> Result<Reply, Error> {
    let id = match seen(app, key.as_ref()).await? {
        Taken::Replay(reply) => return Ok(reply),
        Taken::Finish { object_id } => {
            object_id.parse().map_err(|_| Error::Bug("a key names no refund".into()))?
        }
        Taken::Free => {
            // A key's requests are limited as requests: a shop's server gives back as often as it must.
            if actor.name.starts_with("user:") {
                limits::take(app, Rule::Refunds, &actor.name).await?;
            }
            begin(app, scope, actor, new, key.clone()).await?
        }
    };
    let refund = settled(app, id).await?;
    fail_point!("refund.before_answer");
    finish(app, key.as_ref(), Reply::new(201, &public::refund(&refund))).await
}

async fn begin(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    new: NewRefund,
    key: Option<Key>,
) -> Result<RefundId, Error> {
    let window = refund_window(app, scope, new.payment).await?;
    let id = app.id(RefundId::new);
    let (house, by) = (app.clone(), actor.clone());
    app.store
        .write(async move |tx| {
            let now = house.now();
            payments::lock_order_of(tx, new.payment).await?;
            let payment = payments::load(tx, scope, new.payment).await?;
            let payment = payment.ok_or(Error::NotFound { what: "payment" })?;
            if payment.captured_minor == 0 {
                return Err(Error::PaymentNotRefundable { status: payment.status() });
            }
            let left = Money::new(payment.refundable_minor().max(0), payment.currency());
            let amount = new.amount.unwrap_or(left);
            if amount.currency() != payment.currency() {
                return Err(Error::invalid("currency", "A refund is in the payment's own currency."));
            }
            let capture = capture_with(tx, &payment, amount).await?;
            let Some(capture) = capture.filter(|_| amount.is_positive()) else {
                return Err(Error::RefundExceedsCaptured { refundable: left.shown() });
            };
            if now.since(capture.at) > window && !planted!("refund_window_ignored") {
                return Err(Error::RefundWindowPassed);
            }
            if let Some(key) = &key
                && !idempotency::begin(tx, key, &id.to_string(), now).await?
            {
                return Err(Error::KeyInFlight);
            }
            let asked = Asked {
                id,
                amount,
                reason: new.reason,
                note: new.note.clone(),
                metadata: new.metadata.clone(),
            };
            write(&house, tx, &payment, &capture, asked, (&by, now)).await?;
            Ok(())
        })
        .await?;
    fail_point!("refund.after_begin");
    app.ring();
    Ok(id)
}

async fn refund_window(app: &App, scope: Scope, payment: PaymentId) -> Result<i64, Error> {
    let payment = crate::payments::get(app, scope, payment).await?;
    let connection = payment.connection_id;
    let row =
        app.store.read(async move |tx| hundi_store::connections::load_by_id(tx, connection).await).await?;
    let provider = connections::provider_of(&row.ok_or(Error::NotFound { what: "connection" })?.provider)?;
    if provider.refund().is_none() {
        return Err(Error::RefundsNotOffered);
    }
    Ok(provider.card().refund_window_ms)
}

/// The capture that this can be taken from: a provider refunds one of its payments, not the sum of two.
async fn capture_with(tx: &mut Tx, payment: &Payment, amount: Money) -> Result<Option<Capture>, Error> {
    let captures = payments::captures_of_order(tx, payment.order_id).await?;
    let refunds = refunds::of_payment(tx, payment.id).await?;
    let left = |c: &Capture| {
        let taken =
            refunds.iter().filter(|r| r.provider_payment == c.provider_payment && r.status().reserves());
        c.amount.minor() - taken.map(|r| r.state.amount.minor()).sum::<i64>()
    };
    let mine = captures.into_iter().filter(|c| c.payment_id == payment.id);
    let unguarded = planted!("no_refund_reservation");
    Ok(mine.into_iter().find(|c| left(c) >= amount.minor() || unguarded))
}

struct Asked {
    id: RefundId,
    amount: Money,
    reason: Reason,
    note: Option<String>,
    metadata: String,
}

/// The row, its reservation, its event, its audit record, and the job that looks after it.
async fn write(
    app: &App,
    tx: &mut Tx,
    payment: &Payment,
    capture: &Capture,
    asked: Asked,
    (by, now): (&Actor, Millis),
) -> Result<(), Error> {
    let reserved = payments::reserve(tx, payment.id, asked.amount.minor(), now).await?;
    if !reserved && !planted!("no_refund_reservation") {
        let left = Money::new(payment.refundable_minor().max(0), payment.currency());
        return Err(Error::RefundExceedsCaptured { refundable: left.shown() });
    }
    let refund = Refund {
        id: asked.id,
        scope: payment.scope,
        payment_id: payment.id,
        order_id: payment.order_id,
        connection_id: payment.connection_id,
        provider_payment: capture.provider_payment.clone(),
        our_ref: app.id(OurRef::new),
        origin: Origin::Ours,
        state: State::new(asked.amount),
        captured_into: capture.into,
        reason: asked.reason.as_str().to_owned(),
        note: asked.note,
        metadata: asked.metadata,
        failure: None,
        provider_refund: None,
        bank_ref: None,
        next_poll_at: Some(now.plus(FIRST_LOOK_MS)),
        polls: 0,
        requested_by: by.name.clone(),
        created_at: now,
        updated_at: now,
        version: 1,
        event_seq: 1,
    };
    refunds::insert(tx, &refund).await?;
    metadata::of_refund(tx, refund.scope, refund.id, &refund.metadata, now).await?;
    let id = refund.id.to_string();
    let event = Event {
        id: app.id(EventId::new),
        scope: refund.scope,
        kind: EventType::RefundRequested,
        object_type: "refund",
        object_id: id.clone(),
        seq: 1,
        capture_id: None,
        created_at: now,
        body: public::refund(&refund).to_string(),
    };
    events::insert(tx, &event).await?;
    let record = Record {
        id: app.id(AuditId::new),
        chain: refund.scope.merchant().to_string(),
        mode: refund.scope.mode(),
        actor: by.name.clone(),
        action: "refund.create".into(),
        target_type: "refund".into(),
        target_id: id.clone(),
        detail: serde_json::json!({ "amount": asked.amount.minor(), "payment": payment.id.to_string() })
            .to_string(),
        ip: by.ip.clone(),
        at: now,
    };
    audit::insert(tx, &record).await?;
    let look = now.plus(FIRST_LOOK_MS);
    Ok(jobs::enqueue(tx, jobs::id(app), Kind::Refund, &id, Some(refund.scope), look, now).await?)
}

/// The merchant's standing policy gives late or double money back. Asked of the provider by the job, at once.
pub(crate) async fn give_back(
    app: &App,
    tx: &mut Tx,
    capture: &Capture,
    reason: Reason,
) -> Result<(), Error> {
    let payment =
        payments::load_by_id(tx, capture.payment_id).await?.ok_or(Error::NotFound { what: "payment" })?;
    let given: i64 = refunds::of_payment(tx, payment.id)
        .await?
        .iter()
        .filter(|r| r.provider_payment == capture.provider_payment && r.status().reserves())
        .map(|r| r.state.amount.minor())
        .sum();
    let left = Money::new(capture.amount.minor() - given, capture.amount.currency());
    if !left.is_positive() {
        return Ok(());
    }
    let id = app.id(RefundId::new);
    let now = app.now();
    let asked = Asked { id, amount: left, reason, note: None, metadata: "{}".into() };
    let by = Actor::new(By::Policy.as_str(), "");
    write(app, tx, &payment, capture, asked, (&by, now)).await?;
    Ok(jobs::enqueue(tx, jobs::id(app), Kind::Refund, &id.to_string(), Some(payment.scope), now, now).await?)
}
