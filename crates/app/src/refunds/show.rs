//! Refunds to look at.

use super::{Filter, Refund};
use crate::App;
use crate::error::Error;
use hundi_core::{PaymentId, RefundId, Scope};
use hundi_store::{Page, payments, refunds};

pub async fn get(app: &App, scope: Scope, id: RefundId) -> Result<Refund, Error> {
    refunds::glance(&app.store, scope, id).await?.ok_or(Error::NotFound { what: "refund" })
}

pub async fn list(app: &App, scope: Scope, filter: Filter, page: Page) -> Result<Vec<Refund>, Error> {
    Ok(app.store.read(async move |tx| refunds::list(tx, scope, &filter, &page).await).await?)
}

pub async fn of_payment(app: &App, scope: Scope, payment: PaymentId) -> Result<Vec<Refund>, Error> {
    app.store
        .read(async move |tx| {
            payments::load(tx, scope, payment).await?.ok_or(Error::NotFound { what: "payment" })?;
            Ok(refunds::of_payment(tx, payment).await?)
        })
        .await
}
