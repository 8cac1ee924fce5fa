//! Changing an endpoint: where it is, what it hears of, how it is served, whether it is.

use super::disabled::BY_HAND;
use super::{Endpoint, Retries, check_served, check_url, filter, record};
use crate::error::Error;
use crate::{Actor, App};
use hundi_core::event::EventType;
use hundi_core::{EndpointId, Scope, Version};
use hundi_store::{audit, endpoints as rows};
use std::sync::Arc;

/// What may be changed.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub url: Option<String>,
    pub description: Option<String>,
    pub events: Option<Vec<EventType>>,
    pub retries: Option<Retries>,
    /// `Some(None)`: as quickly as it answers.
    pub rate_per_sec: Option<Option<i64>>,
    pub ordered: Option<bool>,
    pub version: Option<Version>,
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
    check_served(changes.retries.as_ref(), changes.rate_per_sec.flatten())?;
    let record = record(app, scope, actor, "endpoint.update", id);
    let changed = app
        .store
        .write(async move |tx| {
            let was = rows::load(tx, scope, id).await?.ok_or(Error::NotFound { what: "endpoint" })?;
            let mut endpoint = changes.made_to(was.clone());
            rows::save(tx, &endpoint).await?;
            // Somebody says that it works, or put another in its place: what failed before no longer counts.
            if endpoint.enabled && (!was.enabled || changes.enabled == Some(true) || endpoint.url != was.url)
            {
                rows::working(tx, id).await?;
                (endpoint.failing_since, endpoint.failures) = (None, 0);
            }
            audit::insert(tx, &record).await?;
            Ok::<_, Error>(endpoint)
        })
        .await?;
    Ok(changed)
}

impl Changes {
    fn made_to(&self, mut endpoint: Endpoint) -> Endpoint {
        if let Some(url) = &self.url {
            endpoint.url.clone_from(url);
        }
        if self.description.is_some() {
            endpoint.description.clone_from(&self.description);
        }
        if let Some(events) = &self.events {
            endpoint.events = filter(events);
        }
        if let Some(retries) = &self.retries {
            endpoint.retries = retries.clone();
        }
        if let Some(rate) = self.rate_per_sec {
            endpoint.rate_per_sec = rate;
        }
        if let Some(ordered) = self.ordered {
            endpoint.ordered = ordered;
        }
        if let Some(version) = self.version {
            endpoint.api_version = version;
        }
        if let Some(enabled) = self.enabled {
            endpoint.enabled = enabled;
            endpoint.disabled_reason = (!enabled).then(|| BY_HAND.to_owned());
        }
        endpoint
    }
}
