//! What was said to providers and by them: one merchant's, for those who watch it happen.

use crate::App;
use crate::error::Error;
use hundi_core::{ExchangeId, Scope};
use hundi_store::Page;
use hundi_store::history;

pub use hundi_store::history::Exchange;

/// A page, newest first; of one object, if it is named.
pub async fn list(
    app: &App,
    scope: Scope,
    object_id: Option<String>,
    page: Page,
) -> Result<Vec<Exchange>, Error> {
    let read =
        app.store.read(async move |tx| history::list_exchanges(tx, scope, object_id.as_deref(), &page).await);
    Ok(read.await?)
}

pub async fn get(app: &App, scope: Scope, id: ExchangeId) -> Result<Exchange, Error> {
    let found = app.store.read(async move |tx| history::exchange(tx, scope, id).await).await?;
    found.ok_or(Error::NotFound { what: "exchange" })
}
