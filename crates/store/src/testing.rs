//! Scratch databases for tests, of this crate and of those above it. Each is new, empty, and gone afterwards.

use crate::{DbError, Isolation, Stmt, Store, StoreConfig};
use hundi_core::Secret;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;
use tokio_postgres::{Client, Config, NoTls};

/// Connections that a scratch store may open.
const POOL: usize = 4;

/// One database of its own for one test.
pub struct Scratch {
    config: StoreConfig,
    home: Home,
}

enum Home {
    Folder(TempDir),
    /// The server that holds it, and the database's name there.
    Server(Box<Config>, String),
}

impl Scratch {
    /// A file in a folder of its own.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a test machine has a temporary folder");
        let path = folder.path().join("hundi.db");
        Self { config: StoreConfig::Sqlite { path }, home: Home::Folder(folder) }
    }

    /// A new database on the scratch server at `url`.
    pub async fn postgres(url: &str, isolation: Isolation) -> Self {
        let name = format!("scratch_{}", unique());
        let server: Config = url.parse().expect("the scratch server's URL");
        let admin = connect(&server).await;
        // Left over from a process that had the same number.
        admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.expect("dropped");
        admin.batch_execute(&format!("CREATE DATABASE {name}")).await.expect("created");
        let url = Secret::new(with_database(url, &name));
        Self {
            config: StoreConfig::Postgres { url, pool: POOL, isolation },
            home: Home::Server(Box::new(server), name),
        }
    }

    /// The same with the schema in place: copied from a template that the server keeps for this schema.
    pub async fn migrated_postgres(url: &str, isolation: Isolation) -> Self {
        let server: Config = url.parse().expect("the scratch server's URL");
        let admin = connect(&server).await;
        let template = format!("template_{}", crate::migrate::schema_hash());
        let there = admin.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&template]).await;
        if there.expect("the catalogue can be read").is_none() {
            make_template(url, &admin, &template).await;
        }
        let name = format!("scratch_{}", unique());
        admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.expect("dropped");
        copy(&admin, &name, &template).await;
        let url = Secret::new(with_database(url, &name));
        Self {
            config: StoreConfig::Postgres { url, pool: POOL, isolation },
            home: Home::Server(Box::new(server), name),
        }
    }

    pub const fn config(&self) -> &StoreConfig {
        &self.config
    }

    /// For the messages of assertions.
    pub const fn engine(&self) -> &'static str {
        match &self.config {
            StoreConfig::Sqlite { .. } => "sqlite",
            StoreConfig::Postgres { isolation: Isolation::ReadCommitted, .. } => "postgres, read committed",
            StoreConfig::Postgres { isolation: Isolation::Serializable, .. } => "postgres, serializable",
        }
    }

    /// Opens it as a server does; a broken database panics instead of stopping the process.
    pub async fn open(&self) -> Store {
        let fatal = Arc::new(|error: &crate::DbError| panic!("{error}"));
        Store::open_with(&self.config, fatal).await.expect("a scratch database opens")
    }

    /// Closes the store and removes the database. A test that fails before leaves it behind, to be looked at.
    pub async fn done(self, store: Store) {
        store.close().await;
        match self.home {
            Home::Folder(folder) => folder.close().expect("the folder is ours"),
            Home::Server(server, name) => {
                let admin = connect(&server).await;
                admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.expect("dropped");
            }
        }
    }
}

static TABLES: Stmt = Stmt::new(
    "testing::TABLES",
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    Some(
        "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables \
         WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1",
    ),
);

/// How many rows each table has: what is refused must leave every one of them as it was.
pub async fn row_counts(store: &Store) -> BTreeMap<String, i64> {
    // Made once for all stores of the process: the schema is the same everywhere.
    static COUNTS: OnceLock<Stmt> = OnceLock::new();
    let read = store.read(async |tx| {
        let tables = tx.all(&TABLES, Vec::new()).await?;
        let names: Vec<String> = tables.iter().map(|row| row.one()).collect::<Result<_, _>>()?;
        let counts = COUNTS.get_or_init(|| {
            let of = |name: &String| format!("SELECT '{name}' AS name, COUNT(*) AS n FROM {name}");
            let sql = names.iter().map(of).collect::<Vec<_>>().join(" UNION ALL ");
            Stmt::new("testing::COUNTS", Box::leak(sql.into_boxed_str()), None)
        });
        let rows = tx.all(counts, Vec::new()).await?;
        let pair = |row: &crate::Row| {
            let mut r = row.read();
            Ok((r.get()?, r.get()?))
        };
        rows.iter().map(pair).collect::<Result<BTreeMap<_, _>, DbError>>()
    });
    read.await.expect("the tables can be counted")
}

/// A name that no other test of this run has.
fn unique() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Built under another name first: whoever is second throws its own away.
async fn make_template(url: &str, admin: &Client, template: &str) {
    let scratch = Scratch::postgres(url, Isolation::ReadCommitted).await;
    let store = scratch.open().await;
    store.migrate().await.expect("the schema applies");
    store.close().await;
    let Home::Server(_, built) = &scratch.home else { unreachable!("it is on the server") };
    let renamed = admin.batch_execute(&format!("ALTER DATABASE {built} RENAME TO {template}")).await;
    if renamed.is_err() {
        admin.batch_execute(&format!("DROP DATABASE {built} WITH (FORCE)")).await.expect("dropped");
    }
}

/// A template that somebody else copies at this moment can't be copied: a few tries, one after the other.
async fn copy(admin: &Client, name: &str, template: &str) {
    const TRIES: u32 = 200;
    for _ in 0..TRIES {
        let copied = admin.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        match copied {
            Ok(()) => return,
            Err(e) if e.code() == Some(&tokio_postgres::error::SqlState::OBJECT_IN_USE) => {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            Err(e) => panic!("{e}"),
        }
    }
    panic!("the template {template} is in use all the time");
}

async fn connect(server: &Config) -> Client {
    let (client, connection) = server.connect(NoTls).await.expect("the scratch server answers");
    // Ends with the client.
    drop(tokio::spawn(connection));
    client
}

/// The URL of another database on the same server.
fn with_database(url: &str, name: &str) -> String {
    let (rest, query) = url.split_once('?').map_or((url, None), |(rest, query)| (rest, Some(query)));
    let scheme = rest.find("://").map_or(0, |at| at + 3);
    let server = rest[scheme..].find('/').map_or(rest, |at| &rest[..scheme + at]);
    query.map_or_else(|| format!("{server}/{name}"), |query| format!("{server}/{name}?{query}"))
}

#[cfg(test)]
impl Scratch {
    /// A scratch database of each kind that this machine can serve: SQLite always, PostgreSQL at both isolations
    /// where `HUNDI_TEST_PG` names a server.
    pub(crate) async fn each() -> Vec<Self> {
        let mut all = vec![Self::sqlite()];
        all.extend(Self::each_pg().await);
        all
    }

    /// The PostgreSQL half. Under `HUNDI_TEST_REQUIRE_PG=1` a missing server fails the test.
    pub(crate) async fn each_pg() -> Vec<Self> {
        let Ok(url) = std::env::var("HUNDI_TEST_PG") else {
            let required = std::env::var("HUNDI_TEST_REQUIRE_PG").is_ok_and(|v| v == "1");
            assert!(!required, "HUNDI_TEST_PG names no server, and this run must have one");
            return Vec::new();
        };
        vec![
            Self::postgres(&url, Isolation::ReadCommitted).await,
            Self::postgres(&url, Isolation::Serializable).await,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn the_database_is_replaced_and_nothing_else() {
        let check = |url, expected| assert_eq!(with_database(url, "n"), expected);
        check(
            "postgresql://u@127.0.0.1:5999/postgres?sslmode=disable",
            "postgresql://u@127.0.0.1:5999/n?sslmode=disable",
        );
        check("postgres://u:p@h/postgres", "postgres://u:p@h/n");
        check("postgres://u:p@h", "postgres://u:p@h/n");
    }
}
