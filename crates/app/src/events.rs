//! Events to look at: one, or a page by position.

use crate::App;
use crate::error::Error;
use hundi_core::{EventId, Millis, Scope};
use hundi_store::events::{self as rows, Placed};

pub use hundi_store::events::{Filter, Positions};

pub async fn get(app: &App, scope: Scope, id: EventId) -> Result<Placed, Error> {
    let found = app.store.read(async move |tx| rows::load(tx, scope, id).await).await?;
    found.ok_or(Error::NotFound { what: "event" })
}

/// A page, newest first. An event is listed once it has its position.
pub async fn list(
    app: &App,
    scope: Scope,
    filter: Filter,
    from: Positions,
    created: (Millis, Millis),
    limit: i64,
) -> Result<Vec<Placed>, Error> {
    let found = app.store.read(async move |tx| rows::list(tx, scope, &filter, &from, created, limit).await);
    Ok(found.await?)
}
