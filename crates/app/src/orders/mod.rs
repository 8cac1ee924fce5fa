//! Orders: what is owed.

mod cancel;
mod create;
pub(crate) mod expire;

pub use cancel::cancel;
pub use create::{NewOrder, create};
pub use hundi_store::orders::{Filter, Order};

use crate::App;
use crate::error::Error;
use hundi_core::{OrderId, Scope};
use hundi_store::payments::{self, Payment};
use hundi_store::{Page, orders as rows};

pub async fn get(app: &App, scope: Scope, id: OrderId) -> Result<Order, Error> {
    let found = app.store.read(async move |tx| rows::load(tx, scope, id).await).await?;
    found.ok_or(Error::NotFound { what: "order" })
}

pub async fn list(app: &App, scope: Scope, filter: Filter, page: Page) -> Result<Vec<Order>, Error> {
    Ok(app.store.read(async move |tx| rows::list(tx, scope, &filter, &page).await).await?)
}

/// The order behind a checkout link, with its payments, oldest first.
pub async fn by_link(app: &App, token: &str) -> Result<(Order, Vec<Payment>), Error> {
    let id = app.order_of_token(token)?;
    app.store
        .read(async move |tx| {
            let order = rows::load_by_link(tx, id).await?;
            let order = order.ok_or(Error::NotFound { what: "checkout page" })?;
            Ok((order, payments::of_order(tx, id).await?))
        })
        .await
}
