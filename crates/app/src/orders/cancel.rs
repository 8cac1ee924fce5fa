//! Calling an order off. Its open payments are called off with it; money that still arrives is given back by policy.

use crate::answer::{Reply, Taken, seen};
use crate::error::Error;
use crate::observe::{self, By, Cause};
use crate::payments::{being_captured, call_off, is_charging};
use crate::{Actor, App, planted, public};
use hundi_core::order::{Fact, Status};
use hundi_core::{OrderId, Scope};
use hundi_store::idempotency::{self, Key};
use hundi_store::{orders, payments};
use std::sync::Arc;

pub async fn cancel(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    id: OrderId,
    key: Option<Key>,
) -> Result<Reply, Error> {
    if let Taken::Replay(reply) = seen(app, key.as_ref()).await? {
        return Ok(reply);
    }
    let house = app.clone();
    let cause = Cause::of(if actor.name.starts_with("user:") { By::Person } else { By::Api });
    let reply = app.store.write(async move |tx| {
        let app = &house;
        let now = app.now();
        orders::lock(tx, id).await?;
        let order = orders::load(tx, scope, id).await?.ok_or(Error::NotFound { what: "order" })?;
        let open = matches!(order.status, Status::Created | Status::Attempted);
        if !open && !planted!("cancel_paid_order") {
            return Err(Error::OrderCannotBeCancelled { status: order.status });
        }
        let open = payments::of_order(tx, id).await?;
        if open.iter().any(|p| p.state.in_doubt_since().is_some()) {
            return Err(Error::PaymentInDoubt);
        }
        for p in &open {
            if being_captured(tx, p.id).await? || is_charging(tx, p).await? {
                return Err(Error::PaymentInDoubt);
            }
        }
        for p in open.iter().filter(|p| p.status().is_open()) {
            call_off(app, tx, p.id, &cause).await?;
        }
        let order = observe::order(app, tx, order, &[Fact::Cancelled { at: now }], &cause).await?;
        let stakes = payments::stakes_of_order(tx, id).await?;
        let reply = Reply::new(200, &public::order(&order, &stakes, &app.checkout_url(id)));
        if let Some(key) = &key
            && !idempotency::begin_done(tx, key, &id.to_string(), &reply.kept(), now).await?
        {
            return Err(Error::KeyInFlight);
        }
        Ok(reply)
    });
    let reply = reply.await?;
    app.ring();
    Ok(reply)
}
