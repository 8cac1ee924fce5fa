//! Changing what is known of a customer, and erasing it.

use super::{Customer, record};
use crate::answer::{Reply, Taken, seen};
use crate::error::Error;
use crate::{Actor, App, methods, planted, public};
use hundi_core::{CustomerId, Scope};
use hundi_store::idempotency::{self, Key};
use hundi_store::{audit, customers as rows};
use std::sync::Arc;

/// What may be changed. `Some(None)` takes it away.
#[derive(Clone, Default)]
pub struct Changes {
    pub name: Option<Option<String>>,
    pub email: Option<Option<String>>,
    pub phone: Option<Option<String>>,
    pub metadata: Option<String>,
}

impl Changes {
    fn made_to(&self, customer: &mut Customer) {
        if let Some(name) = &self.name {
            customer.name.clone_from(name);
        }
        if let Some(email) = &self.email {
            customer.email.clone_from(email);
        }
        if let Some(phone) = &self.phone {
            customer.phone.clone_from(phone);
        }
        if let Some(metadata) = &self.metadata {
            customer.metadata.clone_from(metadata);
        }
    }
}

/// Changes a customer, once for each idempotency key. Orders keep what they were made with.
pub async fn update(
    app: &App,
    scope: Scope,
    actor: &Actor,
    id: CustomerId,
    changes: Changes,
    key: Option<Key>,
) -> Result<Reply, Error> {
    if let Taken::Replay(reply) = seen(app, key.as_ref()).await? {
        return Ok(reply);
    }
    let (now, record) = (app.now(), record(app, scope, actor, "customer.update", id));
    let reply = app
        .store
        .write(async move |tx| {
            rows::lock(tx, id).await?;
            let found = rows::load(tx, scope, id).await?.filter(|c| c.erased_at.is_none());
            let mut customer = found.ok_or(Error::NotFound { what: "customer" })?;
            changes.made_to(&mut customer);
            customer.updated_at = now;
            rows::save(tx, &customer).await?;
            audit::insert(tx, &record).await?;
            let reply = Reply::new(200, &public::customer(&customer));
            if let Some(key) = &key
                && !idempotency::begin_done(tx, key, &id.to_string(), &reply.kept(), now).await?
            {
                return Err(Error::KeyInFlight);
            }
            Ok(reply)
        })
        .await?;
    app.ring();
    Ok(reply)
}

/// Erases a customer's personal data and has providers forget what they keep for them. Ids, orders and money stay.
/// Safe to repeat.
pub async fn delete(app: &Arc<App>, scope: Scope, actor: &Actor, id: CustomerId) -> Result<Customer, Error> {
    let (house, record) = (app.clone(), record(app, scope, actor, "customer.delete", id));
    let customer = app
        .store
        .write(async move |tx| {
            let now = house.now();
            rows::lock(tx, id).await?;
            let mut customer =
                rows::load(tx, scope, id).await?.ok_or(Error::NotFound { what: "customer" })?;
            if customer.erased_at.is_some() {
                return Ok(customer);
            }
            (customer.name, customer.email, customer.phone) = (None, None, None);
            customer.metadata = "{}".into();
            (customer.erased_at, customer.updated_at) = (Some(now), now);
            rows::save(tx, &customer).await?;
            if !planted!("erased_customer_stays_in_orders") {
                rows::erase_elsewhere(tx, id).await?;
            }
            methods::forget_all(&house, tx, &customer, now).await?;
            audit::insert(tx, &record).await?;
            Ok::<_, Error>(customer)
        })
        .await?;
    app.ring();
    Ok(customer)
}
