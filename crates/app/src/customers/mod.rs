//! Customers: payers that a merchant knows. Their personal data can be erased; their ids stay.

mod change;
mod create;
mod story;

pub use change::{Changes, delete, update};
pub use create::{NewCustomer, create};
pub use hundi_store::customers::{Customer, Filter};
pub use story::{Story, story};

use crate::error::Error;
use crate::{Actor, App};
use hundi_core::{AuditId, CustomerId, Scope};
use hundi_store::audit::Record;
use hundi_store::{Page, customers as rows};

pub async fn get(app: &App, scope: Scope, id: CustomerId) -> Result<Customer, Error> {
    let found = app.store.read(async move |tx| rows::load(tx, scope, id).await).await?;
    found.ok_or(Error::NotFound { what: "customer" })
}

pub async fn list(app: &App, scope: Scope, filter: Filter, page: Page) -> Result<Vec<Customer>, Error> {
    Ok(app.store.read(async move |tx| rows::list(tx, scope, &filter, &page).await).await?)
}

/// What was done, and never to which address or number.
fn record(app: &App, scope: Scope, actor: &Actor, action: &str, id: CustomerId) -> Record {
    Record {
        id: app.id(AuditId::new),
        chain: scope.merchant().to_string(),
        mode: scope.mode(),
        actor: actor.name.clone(),
        action: action.to_owned(),
        target_type: "customer".into(),
        target_id: id.to_string(),
        detail: "{}".into(),
        ip: actor.ip.clone(),
        at: app.now(),
    }
}
