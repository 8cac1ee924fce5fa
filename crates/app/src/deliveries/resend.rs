//! One event sent again, to every endpoint that it was promised to. It is written down, so that a reader of events who
//! is no endpoint hears of it as well.

use super::promise;
use crate::answer::{Reply, Taken, seen};
use crate::error::Error;
use crate::jobs;
use crate::{Actor, App, planted, public};
use hundi_core::{AuditId, EventId, JobId, ResendId, Scope};
use hundi_store::audit::{self, Record};
use hundi_store::deliveries as rows;
use hundi_store::idempotency::{self, Key};
use hundi_store::resends;
use hundi_store::{Page, events};

pub use hundi_store::resends::Resend;

/// Sends an event again, once for each idempotency key. Answers with what was asked.
pub async fn resend(
    app: &App,
    scope: Scope,
    actor: &Actor,
    event: EventId,
    key: Option<Key>,
) -> Result<Reply, Error> {
    if let Taken::Replay(reply) = seen(app, key.as_ref()).await? {
        return Ok(reply);
    }
    let (id, now, by) = (app.id(ResendId::new), app.now(), actor.name.clone());
    let record = Record {
        id: app.id(AuditId::new),
        chain: scope.merchant().to_string(),
        mode: scope.mode(),
        actor: actor.name.clone(),
        action: "event.resend".into(),
        target_type: "event".into(),
        target_id: event.to_string(),
        detail: "{}".into(),
        ip: actor.ip.clone(),
        at: now,
    };
    // A merchant has few endpoints: ids are made outside, so that a rerun uses the same ones.
    let jobs: Vec<JobId> = (0..crate::endpoints::ENDPOINTS_MAX * 2).map(|_| jobs::id(app)).collect();
    let reply = app
        .store
        .write(async move |tx| {
            events::load(tx, scope, event).await?.ok_or(Error::NotFound { what: "event" })?;
            let promised = rows::of_event(tx, scope, event).await?;
            for (delivery, job) in promised.iter().zip(&jobs) {
                rows::send_again(tx, scope, delivery.id, now).await?;
                promise(tx, *job, (scope, delivery.endpoint_id), now).await?;
            }
            let deliveries = i64::try_from(promised.len()).unwrap_or(i64::MAX);
            let asked =
                Resend { id, scope, event_id: event, deliveries, asked_by: by.clone(), created_at: now };
            if !planted!("resend_not_written") {
                resends::insert(tx, &asked).await?;
            }
            audit::insert(tx, &record).await?;
            let reply = Reply::new(202, &public::resend(&asked));
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

/// What was sent again, newest first.
pub async fn resends(app: &App, scope: Scope, page: Page) -> Result<Vec<Resend>, Error> {
    Ok(app.store.read(async move |tx| resends::list(tx, scope, &page).await).await?)
}

pub async fn find_resend(app: &App, scope: Scope, id: ResendId) -> Result<Resend, Error> {
    let found = app.store.read(async move |tx| resends::load(tx, scope, id).await).await?;
    found.ok_or(Error::NotFound { what: "resend" })
}
