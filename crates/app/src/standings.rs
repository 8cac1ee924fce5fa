//! What stands on a connection's account, as its provider tells it. Asked each time: a number that is remembered is a
//! number that is wrong after the next payment. Our own book is in `books`.

use crate::App;
use crate::connections;
use crate::error::{Error, refused_by_provider};
use crate::wired::Wired;
use hundi_core::{ConnectionId, Scope};
use hundi_providers::Standings;
use hundi_store::connections::Connection;
use hundi_store::history;

pub use hundi_providers::Standing;

/// A provider's answer about one account.
#[derive(Clone, Debug)]
pub struct Told {
    pub connection: Connection,
    pub standings: Standings,
}

/// Whether the provider of this connection tells at all.
pub fn told_by(provider: &str) -> bool {
    hundi_providers::registry::find(provider).is_some_and(|p| p.balances().is_some())
}

/// Asks the provider.
pub async fn of_connection(app: &App, scope: Scope, id: ConnectionId) -> Result<Told, Error> {
    let row = app.store.read(async move |tx| hundi_store::connections::load(tx, scope, id).await).await?;
    let connected = connections::open_row(app, row.ok_or(Error::NotFound { what: "connection" })?).await?;
    let part = connected.provider.balances().ok_or(Error::BalanceNotOffered)?;
    let wire = Wired::new(app, id, id);
    let said = part.balances(connected.call(&wire)).await;
    let exchanges = wire.take();
    app.store
        .write_background(async move |tx| {
            for exchange in &exchanges {
                history::exchanged(tx, exchange).await?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    let standings = said.map_err(|error| refused_by_provider(&error))?;
    Ok(Told { connection: connected.row, standings })
}
