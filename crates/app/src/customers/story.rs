//! A customer with what belongs to them, for one page.

use super::{Customer, rows};
use crate::App;
use crate::error::Error;
use crate::methods::SavedMethod;
use crate::payments::Listed;
use hundi_core::{CustomerId, Scope};
use hundi_store::{orders, payments, saved_methods};

/// Payments that one page shows.
const PAYMENTS_MAX: i64 = 50;

/// Everything that the page shows, read at one moment.
#[derive(Clone, Debug)]
pub struct Story {
    pub customer: Customer,
    /// The default one first.
    pub methods: Vec<SavedMethod>,
    /// The latest, newest first.
    pub payments: Vec<Listed>,
}

pub async fn story(app: &App, scope: Scope, id: CustomerId) -> Result<Story, Error> {
    app.store
        .read(async move |tx| {
            let customer = rows::load(tx, scope, id).await?.ok_or(Error::NotFound { what: "customer" })?;
            let methods = saved_methods::active_of(tx, id, crate::methods::METHODS_MAX).await?;
            let mut paid = Vec::new();
            for payment in rows::payments(tx, id, PAYMENTS_MAX).await? {
                let Some(payment) = payments::load(tx, scope, payment).await? else { continue };
                let order = orders::load(tx, scope, payment.order_id).await?;
                paid.extend(order.map(|order| Listed { payment, order }));
            }
            Ok(Story { customer, methods, payments: paid })
        })
        .await
}
