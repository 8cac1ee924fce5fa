//! Orders: what is owed.

mod cancel;
mod create;
pub(crate) mod expire;

pub use cancel::cancel;
pub use create::{NewOrder, create};
pub use hundi_store::orders::{Filter, Order};

use crate::error::Error;
use crate::{App, public};
use hundi_core::{OrderId, Scope};
use hundi_store::payments::{self, Payment};
use hundi_store::{Page, orders as rows};
use serde_json::Value;

pub async fn get(app: &App, scope: Scope, id: OrderId) -> Result<Order, Error> {
    rows::glance(&app.store, scope, id).await?.ok_or(Error::NotFound { what: "order" })
}

pub async fn list(app: &App, scope: Scope, filter: Filter, page: Page) -> Result<Vec<Order>, Error> {
    Ok(app.store.read(async move |tx| rows::list(tx, scope, &filter, &page).await).await?)
}

/// An order as its merchant sees it.
pub async fn show(app: &App, scope: Scope, id: OrderId) -> Result<(Order, Value), Error> {
    let found = rows::glance_with_stakes(&app.store, scope, id).await?;
    let (order, stakes) = found.ok_or(Error::NotFound { what: "order" })?;
    let shown = public::order(&order, &stakes, &app.checkout_url(id));
    Ok((order, shown))
}

/// Orders as merchants see them, in the same order.
pub(crate) async fn shown(app: &App, orders: &[Order]) -> Result<Vec<Value>, Error> {
    let ids: Vec<OrderId> = orders.iter().map(|o| o.id).collect();
    let stakes = app.store.read(async move |tx| payments::stakes_of_orders(tx, &ids).await).await?;
    let of = |o: &Order| stakes.get(&o.id).map_or(&[][..], Vec::as_slice);
    Ok(orders.iter().map(|o| public::order(o, of(o), &app.checkout_url(o.id))).collect())
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
