//! Orders: what is owed.

mod cancel;
mod create;
pub(crate) mod expire;

pub use cancel::cancel;
pub use create::{NewOrder, create};
pub use hundi_store::orders::{Filter, Order};

use crate::error::Error;
use crate::{App, public};
use hundi_core::guard::Stake;
use hundi_core::{OrderId, Scope};
use hundi_store::payments::{self, Payment};
use hundi_store::{Page, orders as rows};
use serde_json::Value;

pub async fn get(app: &App, scope: Scope, id: OrderId) -> Result<Order, Error> {
    let found = app.store.read(async move |tx| rows::load(tx, scope, id).await).await?;
    found.ok_or(Error::NotFound { what: "order" })
}

pub async fn list(app: &App, scope: Scope, filter: Filter, page: Page) -> Result<Vec<Order>, Error> {
    Ok(app.store.read(async move |tx| rows::list(tx, scope, &filter, &page).await).await?)
}

/// Orders as merchants see them, each beside its row.
pub async fn shown(app: &App, orders: Vec<Order>) -> Result<Vec<(Order, Value)>, Error> {
    let ids: Vec<OrderId> = orders.iter().map(|o| o.id).collect();
    let stakes = app.store.read(async move |tx| {
        let mut all = Vec::with_capacity(ids.len());
        for id in &ids {
            all.push(payments::stakes_of_order(tx, *id).await?);
        }
        Ok::<_, Error>(all)
    });
    let show = |(o, stakes): (Order, Vec<Stake>)| {
        let shown = public::order(&o, &stakes, &app.checkout_url(o.id));
        (o, shown)
    };
    Ok(orders.into_iter().zip(stakes.await?).map(show).collect())
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
