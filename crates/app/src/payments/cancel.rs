//! Calling a payment off. A hold is never captured afterwards: the provider lets it go when its window ends.

use crate::answer::{Reply, Taken, seen};
use crate::error::Error;
use crate::observe::{self, By, Cause, News};
use crate::payments::is_charging;
use crate::{Actor, App, jobs, planted, public};
use hundi_core::payment::{Fact, Happened};
use hundi_core::{AuditId, PaymentId, Scope};
use hundi_store::audit::{self, Record};
use hundi_store::idempotency::{self, Key};
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
    if let Taken::Replay(reply) = seen(app, key.as_ref()).await? {
        return Ok(reply);
    }
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
    let reply = app
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
            let news = News::of(vec![Fact { at: now, happened: Happened::Cancelled }]);
            let (payment, _) = observe::payment(&house, tx, id, news, &cause).await?;
            audit::insert(tx, &record).await?;
            let reply = Reply::new(200, &public::payment(&payment));
            if let Some(key) = &key
                && !idempotency::begin_done(tx, key, &id.to_string(), &reply.kept(), now).await?
            {
                return Err(Error::KeyInFlight);
            }
            Ok(reply)
        })
        .await?;
    app.ring();
    Ok(reply)
}
