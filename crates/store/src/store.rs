//! The door: one `Store` over either engine, with closures that run in a transaction.

use crate::answer::Answer;
use crate::lanes::Lane;
use crate::lite::{Lite, Stance};
use crate::migrate::Standing;
use crate::pg::Pg;
use crate::shared::{Fatal, Shared, stop_the_process};
use crate::{DbError, Row, Stmt, StoreMetrics, Tx, TxError, Value, migrate};
use hundi_core::{Millis, Secret};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

/// Which database, and how to reach it.
#[derive(Clone, Debug)]
pub enum StoreConfig {
    Sqlite { path: PathBuf },
    Postgres { url: Secret, pool: usize, isolation: Isolation },
}

/// PostgreSQL's isolation of writes. The code is right under both; SQLite has one writer and no choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    ReadCommitted,
    Serializable,
}

/// An open database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    engine: Arc<Engine>,
}

enum Engine {
    Lite(Lite),
    Pg(Pg),
}

impl Store {
    /// Opens the database as its server. On SQLite the file is ours until the store is closed.
    pub async fn open(config: &StoreConfig) -> Result<Self, DbError> {
        Self::open_with(config, stop_the_process()).await
    }

    /// Opens the database with another answer to a broken database than to stop the process. For tests.
    pub async fn open_with(config: &StoreConfig, fatal: Fatal) -> Result<Self, DbError> {
        Self::start(config, Stance::Server, fatal).await
    }

    /// Opens the database for a command that may run beside the server: it takes no lock, and must not migrate.
    pub async fn open_beside(config: &StoreConfig) -> Result<Self, DbError> {
        Self::start(config, Stance::Beside, stop_the_process()).await
    }

    /// How far the schema of a database is, without making or changing anything.
    pub async fn standing(config: &StoreConfig) -> Result<Standing, DbError> {
        if let StoreConfig::Sqlite { path } = config
            && std::fs::metadata(path)
                .map_or_else(|e| e.kind() == ErrorKind::NotFound, |file| file.len() == 0)
        {
            return Ok(Standing::Empty);
        }
        let store = Self::open_beside(config).await?;
        let standing = migrate::standing(&store, migrate::MIGRATIONS).await;
        store.close().await;
        standing
    }

    async fn start(config: &StoreConfig, stance: Stance, fatal: Fatal) -> Result<Self, DbError> {
        let shared = Shared::new(fatal);
        let engine = match config {
            StoreConfig::Sqlite { path } => {
                let path = path.clone();
                let opening = tokio::task::spawn_blocking(move || Lite::open(&path, stance, shared));
                Engine::Lite(opening.await.map_err(|e| DbError::bug("opening", e))??)
            }
            StoreConfig::Postgres { url, pool, isolation } => {
                Engine::Pg(Pg::open(url, *pool, *isolation, shared).await?)
            }
        };
        Ok(Self { engine: Arc::new(engine) })
    }

    /// Brings the schema up to this binary's. Refuses a database that a newer binary has changed.
    pub async fn migrate(&self) -> Result<(), DbError> {
        migrate::run(self, migrate::MIGRATIONS).await
    }

    /// Runs the closure in a transaction and commits. It may be run more than once, and must not wait for anything
    /// but `tx`.
    pub fn write<T, E, F>(&self, f: F) -> Answer<T, E>
    where
        F: AsyncFn(&mut Tx) -> Result<T, E> + Send + Sync + 'static,
        T: Send + 'static,
        E: TxError,
    {
        self.write_in(Lane::Interactive, f)
    }

    /// Like [`Store::write`], for work that nobody waits for: it lets those go first who do.
    pub fn write_background<T, E, F>(&self, f: F) -> Answer<T, E>
    where
        F: AsyncFn(&mut Tx) -> Result<T, E> + Send + Sync + 'static,
        T: Send + 'static,
        E: TxError,
    {
        self.write_in(Lane::Background, f)
    }

    fn write_in<T, E, F>(&self, lane: Lane, f: F) -> Answer<T, E>
    where
        F: AsyncFn(&mut Tx) -> Result<T, E> + Send + Sync + 'static,
        T: Send + 'static,
        E: TxError,
    {
        match &*self.engine {
            Engine::Lite(lite) => lite.write(f, lane),
            Engine::Pg(pg) => pg.write(f, lane),
        }
    }

    /// Runs the closure on one snapshot of the primary. Whatever it tries to write is refused.
    pub fn read<T, E, F>(&self, f: F) -> Answer<T, E>
    where
        F: AsyncFn(&mut Tx) -> Result<T, E> + Send + Sync + 'static,
        T: Send + 'static,
        E: TxError,
    {
        match &*self.engine {
            Engine::Lite(lite) => lite.read(f),
            Engine::Pg(pg) => pg.read(f),
        }
    }

    /// The rows of one statement that reads a few by their keys, on no snapshot but its own. It is not handed over to
    /// a thread of the store's if that can be helped: that costs more than such a read.
    pub(crate) async fn glance(&self, stmt: &'static Stmt, args: Vec<Value>) -> Result<Vec<Row>, DbError> {
        match &*self.engine {
            Engine::Lite(lite) => lite.glance(stmt, args).await,
            Engine::Pg(pg) => pg.glance(stmt, args).await,
        }
    }

    /// The database's own time where it has one of its own: PostgreSQL, whose nodes must agree.
    pub async fn database_now(&self) -> Result<Option<Millis>, DbError> {
        match &*self.engine {
            Engine::Lite(_) => Ok(None),
            Engine::Pg(pg) => pg.now().await.map(Some),
        }
    }

    /// Counters and gauges, for the metrics page and the benches.
    pub fn metrics(&self) -> StoreMetrics {
        match &*self.engine {
            Engine::Lite(lite) => lite.metrics(),
            Engine::Pg(pg) => pg.metrics(),
        }
    }

    /// Finishes what is queued and closes the database. Clones of this store are refused from then on.
    pub async fn close(self) {
        let closing = tokio::task::spawn_blocking(move || match &*self.engine {
            Engine::Lite(lite) => lite.close(),
            Engine::Pg(pg) => pg.close(),
        });
        if closing.await.is_err() {
            tracing::error!("the store could not be closed in order");
        }
    }

    /// Whether no other process can be at work on this database: a file has one server, which holds its lock.
    pub fn is_ours_alone(&self) -> bool {
        match &*self.engine {
            Engine::Lite(lite) => !lite.is_beside(),
            Engine::Pg(_) => false,
        }
    }

    /// A command beside the server on the same file, which owns the schema.
    pub(crate) fn is_beside(&self) -> bool {
        match &*self.engine {
            Engine::Lite(lite) => lite.is_beside(),
            Engine::Pg(_) => false,
        }
    }
}
