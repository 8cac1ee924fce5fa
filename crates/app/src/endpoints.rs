//! Merchants' endpoints: registered, changed, tested, their secrets rotated with an overlap.

use crate::answer::Reply;
use crate::error::Error;
use crate::signing::{SigningSecret, SigningSecrets};
use crate::{Actor, App, planted, public, vault};
use hundi_core::event::EventType;
use hundi_core::time::hours;
use hundi_core::{AuditId, EndpointId, EventId, Scope};
use hundi_store::audit::{self, Record};
use hundi_store::endpoints as rows;
use hundi_store::events::{self, Event};
use hundi_store::idempotency::{self, Key};
use hundi_store::settings;
use std::sync::Arc;

pub use hundi_store::endpoints::Endpoint;

const TABLE: &str = "endpoint";
/// How long the old secret still signs beside the new one.
const OVERLAP_MS: i64 = hours(24);
const ENDPOINTS_MAX: usize = 20;

/// What a merchant asks for.
#[derive(Clone, Debug)]
pub struct NewEndpoint {
    pub url: String,
    pub description: Option<String>,
    /// Empty means all.
    pub events: Vec<EventType>,
}

/// Registers an endpoint. Its secret is in the answer, this once.
pub async fn create(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    new: NewEndpoint,
    key: Option<Key>,
) -> Result<Reply, Error> {
    if let crate::answer::Taken::Replay(reply) = crate::answer::seen(app, key.as_ref()).await? {
        return Ok(reply);
    }
    check_url(app, scope, &new.url)?;
    let id = app.id(EndpointId::new);
    let secret = SigningSecret::generate(&*app.random).reveal();
    let place = id.to_string();
    let sealed = vault::seal(app, scope.merchant(), (TABLE, "secret", &place), &secret).await?;
    let record = record(app, scope, actor, "endpoint.create", id);
    let now = app.now();
    let reply = app
        .store
        .write(async move |tx| {
            // Against the follower: what it has handed out is before this endpoint, and all else is after it.
            settings::locked_watermark(tx, "events").await?;
            if rows::list(tx, scope).await?.len() >= ENDPOINTS_MAX {
                return Err(Error::LimitReached { what: "endpoints", max: ENDPOINTS_MAX });
            }
            let endpoint = Endpoint {
                id,
                scope,
                url: new.url.clone(),
                description: new.description.clone(),
                events: filter(&new.events),
                secret: sealed.clone(),
                secret_old: None,
                secret_old_until: None,
                enabled: true,
                disabled_reason: None,
                failing_since: None,
                after_pos: events::last_pos(tx).await?,
                created_at: now,
                version: 1,
            };
            // A kept answer must not keep the secret in the clear: a repeat gets the endpoint without it.
            let reply = Reply::new(201, &public::endpoint(&endpoint, Some(secret.expose())));
            let kept = Reply::new(201, &public::endpoint(&endpoint, None));
            if let Some(key) = &key
                && !idempotency::begin_done(tx, key, &id.to_string(), &kept.kept(), now).await?
            {
                return Err(Error::KeyInFlight);
            }
            rows::insert(tx, &endpoint).await?;
            audit::insert(tx, &record).await?;
            Ok(reply)
        })
        .await?;
    Ok(reply)
}

/// What may be changed.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub url: Option<String>,
    pub description: Option<String>,
    pub events: Option<Vec<EventType>>,
    pub enabled: Option<bool>,
}

pub async fn update(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    id: EndpointId,
    changes: Changes,
) -> Result<Endpoint, Error> {
    if let Some(url) = &changes.url {
        check_url(app, scope, url)?;
    }
    let record = record(app, scope, actor, "endpoint.update", id);
    let changed = app
        .store
        .write(async move |tx| {
            let mut endpoint =
                rows::load(tx, scope, id).await?.ok_or(Error::NotFound { what: "endpoint" })?;
            if let Some(url) = &changes.url {
                endpoint.url.clone_from(url);
            }
            if changes.description.is_some() {
                endpoint.description.clone_from(&changes.description);
            }
            if let Some(events) = &changes.events {
                endpoint.events = filter(events);
            }
            if let Some(enabled) = changes.enabled {
                endpoint.enabled = enabled;
                endpoint.disabled_reason = (!enabled).then(|| "disabled by hand".to_owned());
            }
            rows::save(tx, &endpoint).await?;
            if endpoint.enabled {
                rows::working(tx, id).await?;
            }
            audit::insert(tx, &record).await?;
            Ok::<_, Error>(endpoint)
        })
        .await?;
    Ok(changed)
}

/// A new secret. For a day both sign, so that a receiver can change at its leisure.
pub async fn rotate(app: &Arc<App>, scope: Scope, actor: &Actor, id: EndpointId) -> Result<Reply, Error> {
    rotate_by_api(app, scope, actor, id, None).await
}

/// The same for the API: once for each idempotency key. A repeat gets the endpoint without the secret.
pub async fn rotate_by_api(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    id: EndpointId,
    key: Option<Key>,
) -> Result<Reply, Error> {
    if let crate::answer::Taken::Replay(reply) = crate::answer::seen(app, key.as_ref()).await? {
        return Ok(reply);
    }
    let secret = SigningSecret::generate(&*app.random).reveal();
    let place = id.to_string();
    let sealed = vault::seal(app, scope.merchant(), (TABLE, "secret", &place), &secret).await?;
    let record = record(app, scope, actor, "endpoint.rotate", id);
    let now = app.now();
    let reply = app
        .store
        .write(async move |tx| {
            let mut endpoint =
                rows::load(tx, scope, id).await?.ok_or(Error::NotFound { what: "endpoint" })?;
            endpoint.secret_old = Some(std::mem::replace(&mut endpoint.secret, sealed.clone()));
            endpoint.secret_old_until = Some(now.plus(OVERLAP_MS));
            rows::save(tx, &endpoint).await?;
            let kept = Reply::new(200, &public::endpoint(&endpoint, None));
            if let Some(key) = &key
                && !idempotency::begin_done(tx, key, &id.to_string(), &kept.kept(), now).await?
            {
                return Err(Error::KeyInFlight);
            }
            audit::insert(tx, &record).await?;
            Ok::<_, Error>(Reply::new(200, &public::endpoint(&endpoint, Some(secret.expose()))))
        })
        .await?;
    Ok(reply)
}

/// Sends a test event, to this endpoint and to whoever listens to all.
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
    if let crate::answer::Taken::Replay(reply) = crate::answer::seen(app, key.as_ref()).await? {
        return Ok(reply);
    }
    let (event_id, delivery, job, now) =
        (app.id(EventId::new), app.id(hundi_core::DeliveryId::new), crate::jobs::id(app), app.now());
    let reply = app
        .store
        .write(async move |tx| {
            let endpoint = rows::load(tx, scope, id).await?.ok_or(Error::NotFound { what: "endpoint" })?;
            let event = Event {
                id: event_id,
                scope,
                kind: EventType::EndpointTest,
                object_type: "endpoint",
                // An object of its own: each test is the first event of it.
                object_id: format!("{id}/{event_id}"),
                seq: 1,
                capture_id: None,
                created_at: now,
                body: public::endpoint(&endpoint, None).to_string(),
            };
            events::insert(tx, &event).await?;
            rows::schedule(tx, delivery, (event_id, EventType::EndpointTest.as_str()), &endpoint, now)
                .await?;
            let kind = crate::jobs::Kind::Deliver;
            crate::jobs::enqueue(tx, job, kind, &delivery.to_string(), Some(scope), now, now).await?;
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

pub async fn get(app: &App, scope: Scope, id: EndpointId) -> Result<Endpoint, Error> {
    let found = app.store.read(async move |tx| rows::load(tx, scope, id).await).await?;
    found.ok_or(Error::NotFound { what: "endpoint" })
}

pub async fn list(app: &App, scope: Scope) -> Result<Vec<Endpoint>, Error> {
    Ok(app.store.read(async move |tx| rows::list(tx, scope).await).await?)
}

pub async fn delete(app: &Arc<App>, scope: Scope, actor: &Actor, id: EndpointId) -> Result<(), Error> {
    let record = record(app, scope, actor, "endpoint.delete", id);
    app.store
        .write(async move |tx| {
            if !rows::delete(tx, scope, id).await? {
                return Err(Error::NotFound { what: "endpoint" });
            }
            audit::insert(tx, &record).await?;
            Ok(())
        })
        .await?;
    Ok(())
}

/// The secrets that sign for an endpoint now.
pub(crate) async fn signing_secrets(app: &App, endpoint: &Endpoint) -> Result<SigningSecrets, Error> {
    let place = endpoint.id.to_string();
    let merchant = endpoint.scope.merchant();
    let open = async |sealed: &[u8]| {
        let plain = vault::open(app, merchant, (TABLE, "secret", &place), sealed).await?;
        SigningSecret::parse(plain.expose()).map_err(|_| Error::Sealed)
    };
    let newest = open(&endpoint.secret).await?;
    let mut retiring = Vec::new();
    let forgets = planted!("rotation_forgets_the_old");
    let overlaps = !forgets && endpoint.secret_old_until.is_some_and(|until| app.now() < until);
    if let Some(sealed) = endpoint.secret_old.as_ref().filter(|_| overlaps) {
        retiring.push(open(sealed).await?);
    }
    Ok(SigningSecrets { newest, retiring })
}

fn check_url(app: &App, scope: Scope, url: &str) -> Result<(), Error> {
    if planted!("endpoint_address_unchecked") {
        return Ok(());
    }
    (app.check_url)(url, scope.mode()).map_err(|why| Error::EndpointAddressRefused { why: why.to_string() })
}

fn filter(events: &[EventType]) -> String {
    if events.is_empty() {
        return "*".into();
    }
    let mut names: Vec<&str> = events.iter().map(|e| e.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.join(",")
}

fn record(app: &App, scope: Scope, actor: &Actor, action: &str, id: EndpointId) -> Record {
    Record {
        id: app.id(AuditId::new),
        chain: scope.merchant().to_string(),
        mode: scope.mode(),
        actor: actor.name.clone(),
        action: action.to_owned(),
        target_type: "endpoint".into(),
        target_id: id.to_string(),
        detail: "{}".into(),
        ip: actor.ip.clone(),
        at: app.now(),
    }
}
