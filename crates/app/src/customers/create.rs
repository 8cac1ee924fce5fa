//! A new customer: one transaction for the row, the audit record and the kept answer.

use super::{Customer, record};
use crate::answer::{Reply, Taken, seen};
use crate::error::Error;
use crate::{Actor, App, public};
use hundi_core::{CustomerId, Scope};
use hundi_store::idempotency::{self, Key};
use hundi_store::{audit, customers as rows};

/// What a merchant says of a payer, already checked field by field at the edge.
#[derive(Clone)]
pub struct NewCustomer {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// A JSON object.
    pub metadata: String,
}

/// Makes a customer, once for each idempotency key.
pub async fn create(
    app: &App,
    scope: Scope,
    actor: &Actor,
    new: NewCustomer,
    key: Option<Key>,
) -> Result<Reply, Error> {
    if let Taken::Replay(reply) = seen(app, key.as_ref()).await? {
        return Ok(reply);
    }
    let now = app.now();
    let customer = Customer {
        id: app.id(CustomerId::new),
        scope,
        name: new.name,
        email: new.email,
        phone: new.phone,
        metadata: new.metadata,
        erased_at: None,
        created_by: actor.name.clone(),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let record = record(app, scope, actor, "customer.create", customer.id);
    let reply = Reply::new(201, &public::customer(&customer));
    let written = app
        .store
        .write(async move |tx| {
            if let Some(key) = &key
                && !idempotency::begin_done(tx, key, &customer.id.to_string(), &reply.kept(), now).await?
            {
                return Err(Error::KeyInFlight);
            }
            rows::insert(tx, &customer).await?;
            audit::insert(tx, &record).await?;
            Ok::<_, Error>(reply.clone())
        })
        .await?;
    app.ring();
    Ok(written)
}
