//! One delivery sent again, because somebody asks.

use super::promise;
use crate::answer::{Reply, Taken, seen};
use crate::error::Error;
use crate::jobs;
use crate::{Actor, App, public};
use hundi_core::{AuditId, DeliveryId, ResendId, Scope};
use hundi_store::audit::{self, Record};
use hundi_store::deliveries as rows;
use hundi_store::idempotency::{self, Key};
use hundi_store::resends::{self, Resend};
use hundi_store::{endpoints, events};

/// Sends a delivery once more, now, whatever became of it.
pub async fn send_again(app: &App, scope: Scope, actor: &Actor, id: DeliveryId) -> Result<(), Error> {
    send_again_by_api(app, scope, actor, id, None).await.map(drop)
}

/// The same for the API: once for each idempotency key. Answers with the delivery.
pub async fn send_again_by_api(
    app: &App,
    scope: Scope,
    actor: &Actor,
    id: DeliveryId,
    key: Option<Key>,
) -> Result<Reply, Error> {
    if let Taken::Replay(reply) = seen(app, key.as_ref()).await? {
        return Ok(reply);
    }
    let (job, now, asked_id) = (jobs::id(app), app.now(), app.id(ResendId::new));
    let record = Record {
        id: app.id(AuditId::new),
        chain: scope.merchant().to_string(),
        mode: scope.mode(),
        actor: actor.name.clone(),
        action: "delivery.send_again".into(),
        target_type: "delivery".into(),
        target_id: id.to_string(),
        detail: "{}".into(),
        ip: actor.ip.clone(),
        at: now,
    };
    let reply = app
        .store
        .write(async move |tx| {
            if !rows::send_again(tx, scope, id, now).await? {
                return Err(Error::NotFound { what: "delivery" });
            }
            audit::insert(tx, &record).await?;
            let delivery = rows::load(tx, scope, id).await?.ok_or(Error::NotFound { what: "delivery" })?;
            promise(tx, job, (scope, delivery.endpoint_id), now).await?;
            let event = events::load(tx, scope, delivery.event_id).await?;
            let event = event.ok_or(Error::NotFound { what: "event" })?.event;
            let tries = rows::tries(tx, id).await?;
            let asked = Resend {
                id: asked_id,
                scope,
                event_id: delivery.event_id,
                deliveries: 1,
                asked_by: record.actor.clone(),
                created_at: now,
            };
            resends::insert(tx, &asked).await?;
            let endpoint = endpoints::load(tx, scope, delivery.endpoint_id).await?;
            let version = endpoint.ok_or(Error::NotFound { what: "endpoint" })?.api_version;
            let reply = Reply::new(202, &public::delivery_in_full(&delivery, &tries, &event, version));
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
