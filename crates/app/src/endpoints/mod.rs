//! Merchants' endpoints: registered, changed, tested, their keys rotated with an overlap.

mod change;
mod disabled;
mod keys;
mod test;

pub use change::{Changes, update};
pub use disabled::given_up;
pub(crate) use disabled::tell_disabled;
pub(crate) use keys::signing_keys;
pub use keys::{rotate, rotate_by_api};
pub use test::{send_test, send_test_by_api};

use crate::answer::{Reply, Taken, seen};
use crate::error::Error;
use crate::{Actor, App, planted, public};
use hundi_core::event::EventType;
use hundi_core::{AuditId, EndpointId, Scope, Version};
use hundi_store::audit::{self, Record};
use hundi_store::endpoints as rows;
use hundi_store::events;
use hundi_store::idempotency::{self, Key};
use hundi_store::settings;
use std::sync::Arc;

pub use hundi_store::endpoints::{Endpoint, Retries, Signature};

pub(crate) const ENDPOINTS_MAX: usize = 20;
/// Gaps in a schedule of an endpoint's own. Whatever they add up to, it ends when the house's does.
pub const GAPS_MAX: usize = 20;
pub const GAP_SECS_MAX: i64 = 24 * 60 * 60;
pub const RATE_PER_SEC_MAX: i64 = 100;

/// What a merchant asks for.
#[derive(Clone, Debug)]
pub struct NewEndpoint {
    pub url: String,
    pub description: Option<String>,
    /// Empty means all.
    pub events: Vec<EventType>,
    pub served: Served,
}

/// How an endpoint wants its events.
#[derive(Clone, Debug)]
pub struct Served {
    pub signature: Signature,
    pub retries: Retries,
    /// `None`: as quickly as it answers.
    pub rate_per_sec: Option<i64>,
    pub ordered: bool,
    /// The shape of what it is told.
    pub version: Version,
}

impl Served {
    /// What most want: a secret, the house's schedule, no rate, no waiting for others, the newest shape.
    pub const USUAL: Self = Self {
        signature: Signature::Hmac,
        retries: Retries::Standard,
        rate_per_sec: None,
        ordered: false,
        version: Version::NEWEST,
    };
}

/// Registers an endpoint. Its secret is in the answer, this once.
pub async fn create(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    new: NewEndpoint,
    key: Option<Key>,
) -> Result<Reply, Error> {
    if let Taken::Replay(reply) = seen(app, key.as_ref()).await? {
        return Ok(reply);
    }
    check_url(app, scope, &new.url)?;
    check_served(Some(&new.served.retries), new.served.rate_per_sec)?;
    let id = app.id(EndpointId::new);
    let made = keys::make(app, scope, id, new.served.signature).await?;
    let shared = made.key.shared();
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
                signature: new.served.signature,
                public_key: made.public(),
                secret: made.sealed.clone(),
                secret_old: None,
                secret_old_until: None,
                retries: new.served.retries.clone(),
                rate_per_sec: new.served.rate_per_sec,
                ordered: new.served.ordered,
                api_version: new.served.version,
                enabled: true,
                disabled_reason: None,
                failing_since: None,
                failures: 0,
                after_pos: events::last_pos(tx).await?,
                created_at: now,
                version: 1,
            };
            // A kept answer must not keep the secret in the clear: a repeat gets the endpoint without it.
            let reply = Reply::new(201, &public::endpoint(&endpoint, shared.as_ref()));
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

fn check_url(app: &App, scope: Scope, url: &str) -> Result<(), Error> {
    if planted!("endpoint_address_unchecked") {
        return Ok(());
    }
    (app.check_url)(url, scope.mode()).map_err(|why| Error::EndpointAddressRefused { why: why.to_string() })
}

/// Bounds on what an endpoint may ask of us.
fn check_served(retries: Option<&Retries>, rate_per_sec: Option<i64>) -> Result<(), Error> {
    if let Some(Retries::Own(gaps)) = retries {
        let bounded = gaps.iter().all(|gap| (1..=GAP_SECS_MAX).contains(gap));
        if !bounded || !(1..=GAPS_MAX).contains(&gaps.len()) {
            let message = format!(
                "Send standard, first_five, or 1 to {GAPS_MAX} gaps in seconds, each from 1 to {GAP_SECS_MAX}."
            );
            return Err(Error::invalid("retries", message));
        }
    }
    if rate_per_sec.is_some_and(|rate| !(1..=RATE_PER_SEC_MAX).contains(&rate)) {
        let message = format!("Send 1 to {RATE_PER_SEC_MAX} deliveries per second, or null for no limit.");
        return Err(Error::invalid("rate_per_sec", message));
    }
    Ok(())
}

pub(crate) fn filter(events: &[EventType]) -> String {
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
