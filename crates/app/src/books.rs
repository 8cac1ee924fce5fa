//! A merchant's book to look at.

use crate::App;
use crate::error::Error;
use hundi_core::Scope;
use hundi_store::ledger;

pub use hundi_store::ledger::Balance;

/// Every account of the merchant's book, exact at this instant.
pub async fn balances(app: &App, scope: Scope) -> Result<Vec<Balance>, Error> {
    Ok(app.store.read(async move |tx| ledger::balances(tx, scope).await).await?)
}
