//! Calling a payment off. Where the provider can be asked to let a hold go, it is asked at once; elsewhere it lets go by
//! itself when the hold's window ends. Called off, a hold is never captured.

use super::void;
use crate::answer::{Reply, Taken, finish as keep_answer, seen};
use crate::connections::provider_of;
use crate::error::Error;
use crate::observe::{self, By, Cause, News};
use crate::payments::is_charging;
use crate::{Actor, App, jobs, planted, public};
use hundi_core::payment::{Fact, Happened};
use hundi_core::{AuditId, PaymentId, Scope};
use hundi_store::audit::{self, Record};
use hundi_store::connections as rows;
use hundi_store::idempotency::{self, Key};
use hundi_store::payments::Payment;
use hundi_store::{Tx, payments};
use std::sync::Arc;

/// Whether a capture was begun whose end we don't know: its money may be on its way.
pub(crate) async fn being_captured(tx: &mut Tx, id: PaymentId) -> Result<bool, Error> {
    if planted!("cancel_while_capturing") {
        return Ok(false);
    }
    Ok(jobs::is_live(tx, jobs::Kind::Capture, &id.to_string()).await?)
}

pub async fn cancel(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    id: PaymentId,
    key: Option<Key>,
) -> Result<Reply, Error> {
    let payment = match seen(app, key.as_ref()).await? {
        Taken::Replay(reply) => return Ok(reply),
        // It is called off already, and its job goes on with the hold.
        Taken::Finish { .. } => super::resume(app, id).await?,
        Taken::Free => match begin(app, scope, actor, id, key.clone()).await? {
            Begun::Over(reply) => return Ok(reply),
            Begun::Held(payment) => void::let_go(app, &payment).await?,
        },
    };
    keep_answer(app, key.as_ref(), Reply::new(200, &public::payment(&payment))).await
}

enum Begun {
    /// Nothing is left to ask for.
    Over(Reply),
    /// Called off, and its bank still holds the money.
    Held(Box<Payment>),
}

async fn begin(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    id: PaymentId,
    key: Option<Key>,
) -> Result<Begun, Error> {
    let house = app.clone();
    let record = Record {
        id: app.id(AuditId::new),
        chain: scope.merchant().to_string(),
        mode: scope.mode(),
        actor: actor.name.clone(),
        action: "payment.cancel".into(),
        target_type: "payment".into(),
        target_id: id.to_string(),
        detail: "{}".into(),
        ip: actor.ip.clone(),
        at: app.now(),
    };
    let cause = Cause::of(if actor.name.starts_with("user:") { By::Person } else { By::Api });
    let begun = app
        .store
        .write(async move |tx| {
            let now = house.now();
            payments::lock_order_of(tx, id).await?;
            let payment = payments::load(tx, scope, id).await?.ok_or(Error::NotFound { what: "payment" })?;
            if !payment.status().is_open() {
                return Err(Error::PaymentCannotBeCancelled { status: payment.status() });
            }
            if payment.state.in_doubt_since().is_some()
                || being_captured(tx, id).await?
                || is_charging(tx, &payment).await?
            {
                return Err(Error::PaymentInDoubt);
            }
            let payment = call_off(&house, tx, id, &cause).await?;
            audit::insert(tx, &record).await?;
            if jobs::is_live(tx, jobs::Kind::Void, &id.to_string()).await? {
                if let Some(key) = &key
                    && !idempotency::begin(tx, key, &id.to_string(), now).await?
                {
                    return Err(Error::KeyInFlight);
                }
                return Ok(Begun::Held(Box::new(payment)));
            }
            let reply = Reply::new(200, &public::payment(&payment));
            if let Some(key) = &key
                && !idempotency::begin_done(tx, key, &id.to_string(), &reply.kept(), now).await?
            {
                return Err(Error::KeyInFlight);
            }
            Ok(Begun::Over(reply))
        })
        .await?;
    crate::fail_point!("void.after_begin");
    app.ring();
    Ok(begun)
}

/// The first beat, of a payment whose order is locked: it is called off, and what its bank holds is promised to be let
/// go where the provider can be asked.
pub(crate) async fn call_off(app: &App, tx: &mut Tx, id: PaymentId, cause: &Cause) -> Result<Payment, Error> {
    let now = app.now();
    let news = News::of(vec![Fact { at: now, happened: Happened::Cancelled }]);
    let (payment, _) = observe::payment(app, tx, id, news, cause).await?;
    if payment.state.held().is_none() {
        return Ok(payment);
    }
    let row = rows::load_by_id(tx, payment.connection_id).await?;
    let row = row.ok_or(Error::NotFound { what: "connection" })?;
    if provider_of(&row.provider)?.void().is_some() {
        let (job, key, scope) = (jobs::id(app), id.to_string(), Some(payment.scope));
        jobs::enqueue(tx, job, jobs::Kind::Void, &key, scope, now.plus(void::FINISH_AFTER_MS), now).await?;
    }
    Ok(payment)
}
