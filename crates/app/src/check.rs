//! Whether this process can do its work: for `/health/ready`, `/metrics` and `hundi check`.

use crate::App;
use crate::error::Error;
use hundi_store::StoreMetrics;
use hundi_store::jobs::{self, Standing};

/// How the server is doing.
#[derive(Clone, Debug)]
pub struct Health {
    pub store: StoreMetrics,
    pub jobs: Vec<Standing>,
}

/// Reads from the database and writes nothing. Fails when the database does not answer.
pub async fn health(app: &App) -> Result<Health, Error> {
    let jobs = app.store.read(async |tx| jobs::standing(tx).await).await?;
    Ok(Health { store: app.store.metrics(), jobs })
}
