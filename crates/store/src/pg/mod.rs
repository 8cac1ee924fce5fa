//! PostgreSQL: the closure runs in the caller's task, in a transaction on a pooled connection.

mod pipeline;
mod pool;
mod rerun;
#[cfg(test)]
mod tests;
mod tx;
mod value;

pub(crate) use tx::PgTx;

use crate::shared::{Counters, Shared, StoreMetrics};
use crate::{DbError, Isolation, Tx, TxError};
use deadpool_postgres::Pool;
use hundi_core::{Millis, Secret};
use rerun::Reruns;

/// A pool of connections to one primary.
pub(crate) struct Pg {
    pool: Pool,
    isolation: Isolation,
    shared: Shared,
}

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Write,
    Read,
}

impl Pg {
    pub(crate) async fn open(
        url: &Secret,
        pool: usize,
        isolation: Isolation,
        shared: Shared,
    ) -> Result<Self, DbError> {
        let pool = pool::build(url, pool)?;
        pool::check_durable(&pool).await?;
        Ok(Self { pool, isolation, shared })
    }

    /// Runs the closure and commits; runs it again after a conflict, until the deadline.
    pub(crate) async fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: AsyncFn(&mut Tx) -> Result<T, E> + Send + Sync + 'static,
        T: Send + 'static,
        E: TxError,
    {
        let mut reruns = Reruns::start();
        loop {
            let failed = match self.attempt(&f, Access::Write).await {
                Ok(done) => {
                    Counters::add(&self.shared.counters.batches, 1);
                    Counters::add(&self.shared.counters.ops, 1);
                    return Ok(done);
                }
                Err(failed) => failed,
            };
            if !failed.is_conflict || !reruns.wait().await {
                return Err(failed.error);
            }
            Counters::add(&self.shared.counters.reruns, 1);
        }
    }

    /// Runs the closure on a snapshot.
    pub(crate) async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: AsyncFn(&mut Tx) -> Result<T, E> + Send + Sync + 'static,
        T: Send + 'static,
        E: TxError,
    {
        let mut reruns = Reruns::start();
        loop {
            match self.attempt(&f, Access::Read).await {
                Ok(done) => return Ok(done),
                Err(failed) if failed.is_conflict && reruns.wait().await => {
                    Counters::add(&self.shared.counters.reruns, 1);
                }
                Err(failed) => return Err(failed.error),
            }
        }
    }

    async fn attempt<T, E, F>(&self, f: &F, access: Access) -> Result<T, Failed<E>>
    where
        F: AsyncFn(&mut Tx) -> Result<T, E>,
        E: TxError,
    {
        let of_db = |error: DbError| Failed { is_conflict: error.is_conflict(), error: E::from(error) };
        let client = pool::get(&self.pool).await.map_err(of_db)?;
        let mut tx = Tx::of_pg(PgTx::new(client, access, self.isolation, self.shared.clone()));
        let outcome = f(&mut tx).await;
        let tx = tx.as_pg();
        match (outcome, tx.take_spoilt()) {
            (Ok(done), None) => tx.commit().await.map(|()| done).map_err(of_db),
            // The closure went on after a failed statement: the server will not commit that.
            (Ok(_), Some(spoilt)) => {
                tx.roll_back().await;
                Err(of_db(spoilt))
            }
            (Err(error), spoilt) => {
                tx.roll_back().await;
                // The closure may have wrapped the conflict into something of its own: the rerun decides anyway.
                let is_conflict = spoilt.is_some_and(|e| e.is_conflict());
                let is_conflict = is_conflict || error.as_db().is_some_and(DbError::is_conflict);
                Err(Failed { error, is_conflict })
            }
        }
    }

    pub(crate) async fn now(&self) -> Result<Millis, DbError> {
        self.read(async |tx: &mut Tx| {
            let row = tx.opt(&NOW, Vec::new()).await?;
            row.ok_or_else(|| DbError::bug(NOW.name, "no row"))?.one()
        })
        .await
    }

    pub(crate) fn metrics(&self) -> StoreMetrics {
        self.shared.counters.shown(self.pool.status().waiting as u64, 0)
    }

    pub(crate) fn close(&self) {
        self.pool.close();
    }
}

struct Failed<E> {
    error: E,
    is_conflict: bool,
}

crate::statements! {
    NOW = "SELECT unixepoch() * 1000 AS now_ms",
        pg "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) AS now_ms";
}
