//! The test button: a real event, really signed, sent to one endpoint.

use super::Endpoint;
use crate::answer::{Reply, Taken, seen};
use crate::deliveries::promise;
use crate::error::Error;
use crate::{App, jobs, public};
use hundi_core::event::EventType;
use hundi_core::{DeliveryId, EndpointId, EventId, Millis, Scope};
use hundi_store::deliveries::{self, Promise};
use hundi_store::endpoints as rows;
use hundi_store::events::{self, Event};
use hundi_store::idempotency::{self, Key};
use std::sync::Arc;

/// Sends a test event to this endpoint.
pub async fn send_test(app: &Arc<App>, scope: Scope, id: EndpointId) -> Result<(), Error> {
    send_test_by_api(app, scope, id, None).await.map(drop)
}

/// The same for the API: once for each idempotency key. Answers with the event.
pub async fn send_test_by_api(
    app: &Arc<App>,
    scope: Scope,
    id: EndpointId,
    key: Option<Key>,
) -> Result<Reply, Error> {
    if let Taken::Replay(reply) = seen(app, key.as_ref()).await? {
        return Ok(reply);
    }
    let (event_id, delivery, job, now) =
        (app.id(EventId::new), app.id(DeliveryId::new), jobs::id(app), app.now());
    let reply = app
        .store
        .write(async move |tx| {
            let endpoint = rows::load(tx, scope, id).await?.ok_or(Error::NotFound { what: "endpoint" })?;
            let event = test_event(&endpoint, event_id, now);
            events::insert(tx, &event).await?;
            let promise_of_it = Promise { id: delivery, event: &event, endpoint: id };
            deliveries::schedule(tx, &[promise_of_it], now).await?;
            promise(tx, job, (scope, id), now).await?;
            let reply = Reply::new(202, &public::event(&event));
            if let Some(key) = &key
                && !idempotency::begin_done(tx, key, &event_id.to_string(), &reply.kept(), now).await?
            {
                return Err(Error::KeyInFlight);
            }
            Ok::<_, Error>(reply)
        })
        .await?;
    app.ring();
    Ok(reply)
}

/// It tells of the endpoint itself.
fn test_event(endpoint: &Endpoint, id: EventId, now: Millis) -> Event {
    Event {
        id,
        scope: endpoint.scope,
        kind: EventType::EndpointTest,
        object_type: "endpoint",
        // An object of its own: each test is the first event of it.
        object_id: format!("{}/{id}", endpoint.id),
        seq: 1,
        capture_id: None,
        created_at: now,
        body: public::endpoint(endpoint, None).to_string(),
    }
}
