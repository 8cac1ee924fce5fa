//! The log of deliveries.

use super::State;
use crate::App;
use crate::error::Error;
use hundi_core::{DeliveryId, EndpointId, EventId, Scope};
use hundi_store::deliveries::{self as rows, Delivery, Try};
use hundi_store::events::{self, Event};
use hundi_store::{Page, endpoints};

/// A delivery with its tries and what it delivers.
pub async fn get(app: &App, scope: Scope, id: DeliveryId) -> Result<(Delivery, Vec<Try>, Event), Error> {
    app.store
        .read(async move |tx| {
            let found = rows::load(tx, scope, id).await?;
            let delivery = found.ok_or(Error::NotFound { what: "delivery" })?;
            let event =
                events::load(tx, scope, delivery.event_id).await?.ok_or(Error::NotFound { what: "event" })?;
            Ok((delivery, rows::tries(tx, id).await?, event.event))
        })
        .await
}

/// The state of this name, for filters.
pub fn state_named(text: &str) -> Option<State> {
    text.parse().ok()
}

/// A page of an endpoint's deliveries, newest first.
pub async fn list(
    app: &App,
    scope: Scope,
    endpoint: EndpointId,
    narrowed: Option<State>,
    page: Page,
) -> Result<Vec<Delivery>, Error> {
    app.store
        .read(async move |tx| {
            endpoints::load(tx, scope, endpoint).await?.ok_or(Error::NotFound { what: "endpoint" })?;
            Ok(rows::list(tx, scope, endpoint, narrowed, &page).await?)
        })
        .await
}

/// An event's deliveries, one for each endpoint that it was promised to, newest first.
pub async fn of_event(app: &App, scope: Scope, event: EventId) -> Result<Vec<Delivery>, Error> {
    app.store
        .read(async move |tx| {
            events::load(tx, scope, event).await?.ok_or(Error::NotFound { what: "event" })?;
            Ok(rows::of_event(tx, scope, event).await?)
        })
        .await
}

/// A page of several endpoints' deliveries as one list, newest first.
pub async fn across(
    app: &App,
    scope: Scope,
    among: Vec<EndpointId>,
    narrowed: Option<State>,
    page: Page,
) -> Result<Vec<Delivery>, Error> {
    app.store
        .read(async move |tx| {
            let mut all = Vec::new();
            for endpoint in among.iter().copied() {
                all.extend(rows::list(tx, scope, endpoint, narrowed, &page).await?);
            }
            Ok(page.merged(all, |d| (d.created_at, d.id.to_string())))
        })
        .await
}
