//! The schema and its history. One text for both engines, with few substitutions; each migration in one transaction.
//!
//! A migration is a file `migrations/NNNN_name.sql`, listed below. Statements end with `;` at the end of a line and
//! comments have lines of their own. Once released, a file never changes: its checksum is in the databases.

use crate::{DbError, Row, Store, Tx, v};
use aws_lc_rs::digest;
use data_encoding::HEXLOWER;
use std::time::{Duration, Instant};

/// One step of the schema.
#[derive(Debug)]
pub(crate) struct Migration {
    version: i64,
    name: &'static str,
    text: &'static str,
}

/// All steps, in order, without gaps.
pub(crate) static MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "spine", text: include_str!("../migrations/0001_spine.sql") },
    Migration { version: 2, name: "views", text: include_str!("../migrations/0002_views.sql") },
    Migration { version: 3, name: "approved", text: include_str!("../migrations/0003_approved.sql") },
    Migration { version: 4, name: "endpoints", text: include_str!("../migrations/0004_endpoints.sql") },
    Migration { version: 5, name: "routing", text: include_str!("../migrations/0005_routing.sql") },
    Migration { version: 6, name: "late", text: include_str!("../migrations/0006_late.sql") },
    Migration { version: 7, name: "lists", text: include_str!("../migrations/0007_lists.sql") },
    Migration { version: 8, name: "watchers", text: include_str!("../migrations/0008_watchers.sql") },
    Migration { version: 9, name: "versions", text: include_str!("../migrations/0009_versions.sql") },
    Migration { version: 10, name: "routes", text: include_str!("../migrations/0010_routes.sql") },
    Migration { version: 11, name: "keys", text: include_str!("../migrations/0011_keys.sql") },
    Migration { version: 12, name: "developers", text: include_str!("../migrations/0012_developers.sql") },
    Migration { version: 13, name: "customers", text: include_str!("../migrations/0013_customers.sql") },
    Migration { version: 14, name: "fallback", text: include_str!("../migrations/0014_fallback.sql") },
    Migration { version: 15, name: "due", text: include_str!("../migrations/0015_due.sql") },
    Migration {
        version: 16,
        name: "endpoint_events",
        text: include_str!("../migrations/0016_endpoint_events.sql"),
    },
];

/// The bookkeeping, which no migration can make for itself.
const TABLES: &str = "\
CREATE TABLE IF NOT EXISTS migration (
  version BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  applied_ms BIGINT NOT NULL
) {{strict}};
CREATE TABLE IF NOT EXISTS migration_lease (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  holder TEXT NOT NULL,
  until_ms BIGINT NOT NULL
) {{strict}};
";

/// How far a database's schema is, seen from this binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is there, or nothing was finished: a server's start sets it up.
    Empty,
    /// Set up by an older hundi: a server's start brings it up to date.
    Behind {
        missing: usize,
    },
    Current,
}

crate::statements! {
    // Whether the bookkeeping is there: without it, nothing else is.
    IS_KEPT = "SELECT count(*) AS tables FROM sqlite_schema WHERE type = 'table' AND name = 'migration'",
        pg "SELECT CAST(count(*) AS BIGINT) AS tables FROM information_schema.tables \
            WHERE table_schema = current_schema() AND table_name = 'migration'";
    APPLIED = "SELECT version, name, checksum FROM migration ORDER BY version";
    // The engine's own clock: nobody reads this but people.
    RECORD = "INSERT INTO migration (version, name, checksum, applied_ms) VALUES ($1, $2, $3, unixepoch() * 1000)",
        pg "INSERT INTO migration (version, name, checksum, applied_ms) \
            VALUES ($1, $2, $3, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))";
    // A name that nobody else has.
    HOLDER = "SELECT 'server' AS holder", pg "SELECT CAST(gen_random_uuid() AS TEXT) AS holder";
    TAKE_LEASE = "INSERT INTO migration_lease (id, holder, until_ms) VALUES (1, $1, $2) \
        ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms \
        WHERE migration_lease.until_ms < $3 OR migration_lease.holder = excluded.holder";
    KEEP_LEASE = "UPDATE migration_lease SET until_ms = until_ms + $2 WHERE id = 1 AND holder = $1";
    GIVE_BACK_LEASE = "UPDATE migration_lease SET until_ms = 0 WHERE id = 1 AND holder = $1";
}

/// A process that died while migrating is replaced after this long. It only has to outlast the moment between taking
/// the lease and locking its row: while a migration runs, the lock holds others off, and goes with the process.
const LEASE_MS: i64 = 5_000;
/// Tries at making the two tables above.
const MAKE_TABLES_MAX: usize = 5;
/// How long a starting process waits for another one's migration.
const WAIT_SECS_MAX: u64 = 180;
const WAIT_GAP_MS: u64 = 200;

/// Applies what is missing.
pub(crate) async fn run(store: &Store, list: &'static [Migration]) -> Result<(), DbError> {
    if store.is_beside() {
        return match missing(store, list).await?.first() {
            None => Ok(()),
            Some(m) => {
                Err(refused(format_args!("migration {} is missing: start the server first", m.version)))
            }
        };
    }
    make_tables(store).await?;
    // Most starts find nothing to do. They take no lease, so that one that dies keeps nobody waiting.
    if missing(store, list).await?.is_empty() {
        return Ok(());
    }
    let holder = take_lease(store).await?;
    let applied = apply_missing(store, list, &holder).await;
    let given_back = give_back_lease(store, holder).await;
    applied.and(given_back)
}

/// Looks, and changes nothing.
pub(crate) async fn standing(store: &Store, list: &'static [Migration]) -> Result<Standing, DbError> {
    let row = store.read(async |tx: &mut Tx| tx.opt(&IS_KEPT, v![]).await).await?;
    let tables = row.ok_or_else(|| DbError::bug(IS_KEPT.name, "no row"))?.one::<i64>()?;
    if tables == 0 {
        return Ok(Standing::Empty);
    }
    Ok(match missing(store, list).await?.len() {
        0 => Standing::Current,
        all if all == list.len() => Standing::Empty,
        missing => Standing::Behind { missing },
    })
}

/// Two processes that start at once may collide here on PostgreSQL, where IF NOT EXISTS is not atomic.
async fn make_tables(store: &Store) -> Result<(), DbError> {
    for _ in 1..MAKE_TABLES_MAX {
        match make_tables_once(store).await {
            Err(DbError::Bug(_)) => pause().await,
            done => return done,
        }
    }
    make_tables_once(store).await
}

async fn make_tables_once(store: &Store) -> Result<(), DbError> {
    store.write(async |tx: &mut Tx| run_all(tx, TABLES).await).await
}

/// A row and not an advisory lock, which poolers and distributed engines do not keep. On SQLite the server has the
/// file to itself already.
async fn take_lease(store: &Store) -> Result<String, DbError> {
    let row = store.read(async |tx: &mut Tx| tx.opt(&HOLDER, v![]).await).await?;
    let holder = row.ok_or_else(|| DbError::bug(HOLDER.name, "no row"))?.one::<String>()?;
    let give_up = Instant::now() + Duration::from_secs(WAIT_SECS_MAX);
    while let Some(now) = store.database_now().await? {
        let args = v![holder, now.plus(LEASE_MS), now];
        // While somebody migrates, the row is locked and this runs into the statement's timeout.
        match store.write(async move |tx: &mut Tx| tx.exec(&TAKE_LEASE, args.clone()).await).await {
            Ok(1) => break,
            Ok(_) | Err(DbError::Unavailable(_)) if Instant::now() < give_up => pause().await,
            Ok(_) => return Err(refused("another process is migrating the database")),
            Err(error) => return Err(error),
        }
    }
    Ok(holder)
}

async fn give_back_lease(store: &Store, holder: String) -> Result<(), DbError> {
    store.write(async move |tx: &mut Tx| tx.exec(&GIVE_BACK_LEASE, v![holder]).await.map(drop)).await
}

async fn apply_missing(store: &Store, list: &'static [Migration], holder: &str) -> Result<(), DbError> {
    for migration in missing(store, list).await? {
        tracing::info!(version = migration.version, name = migration.name, "migrating the database");
        let holder = holder.to_owned();
        store.write(async move |tx: &mut Tx| apply(tx, migration, &holder).await).await?;
    }
    Ok(())
}

async fn apply(tx: &mut Tx, migration: &Migration, holder: &str) -> Result<(), DbError> {
    if tx.is_pg() {
        // Locks the lease until we commit: nobody takes it over, however long this runs.
        if tx.exec(&KEEP_LEASE, v![holder, LEASE_MS]).await? != 1 {
            return Err(refused("another process took over the migration"));
        }
        tx.batch("SET LOCAL statement_timeout = 0").await?;
    }
    run_all(tx, migration.text).await?;
    tx.exec(&RECORD, v![migration.version, migration.name, migration.checksum()]).await?;
    if !tx.is_pg() {
        tx.batch(&format!("PRAGMA user_version = {}", migration.version)).await?;
    }
    Ok(())
}

async fn run_all(tx: &mut Tx, text: &str) -> Result<(), DbError> {
    let text = if tx.is_pg() { for_pg(text) } else { for_lite(text) };
    for statement in statements(&text) {
        tx.batch(&statement).await?;
    }
    Ok(())
}

/// What the database lacks. An error when it holds anything that this binary does not know.
async fn missing(store: &Store, list: &'static [Migration]) -> Result<Vec<&'static Migration>, DbError> {
    let rows = store.read(async |tx: &mut Tx| tx.all(&APPLIED, v![]).await).await?;
    let applied = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    for (version, name, checksum) in &applied {
        let Some(ours) = list.iter().find(|m| m.version == *version) else {
            return Err(refused(format_args!("a newer hundi has made migration {version} ({name})")));
        };
        if ours.checksum() != *checksum {
            return Err(refused(format_args!(
                "migration {version} ({name}) is not the one that this hundi knows"
            )));
        }
    }
    Ok(list.iter().filter(|m| applied.iter().all(|(version, ..)| *version != m.version)).collect())
}

fn read(row: &Row) -> Result<(i64, String, String), DbError> {
    let mut r = row.read();
    Ok((r.get()?, r.get()?, r.get()?))
}

fn refused(why: impl std::fmt::Display) -> DbError {
    DbError::Unavailable(why.to_string())
}

async fn pause() {
    tokio::time::sleep(Duration::from_millis(WAIT_GAP_MS)).await;
}

/// The highest version that this binary knows.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |m| m.version)
}

impl Migration {
    /// Of the text as written, whatever line ends a checkout gave it.
    fn checksum(&self) -> String {
        let text = self.text.replace("\r\n", "\n");
        HEXLOWER.encode(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
    }
}

fn for_pg(text: &str) -> String {
    of_engine(text, "{{pg}} ", "{{lite}} ").replace("{{strict}}", "").replace("{{c}}", "COLLATE \"C\"")
}

/// Statements that only one engine can be asked stand on a line each, with its name before it.
fn of_engine(text: &str, ours: &str, others: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with(others));
    lines.map(|line| line.strip_prefix(ours).unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

fn for_lite(text: &str) -> String {
    let text = of_engine(text, "{{lite}} ", "{{pg}} ");
    let text = text.replace("{{strict}}", "STRICT").replace("{{c}}", "");
    replace_word(&replace_word(&text, "BIGINT", "INTEGER"), "BYTEA", "BLOB")
}

/// Replaces whole words only: `BIGINT`, but not the middle of a name.
fn replace_word(text: &str, word: &str, by: &str) -> String {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, after) = (&rest[..at], &rest[at + word.len()..]);
        let whole = !before.ends_with(part_of_name) && !after.starts_with(part_of_name);
        replaced.push_str(before);
        replaced.push_str(if whole { by } else { word });
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

/// The statements of a text: each ends with `;` at the end of a line. Lines of comment are dropped.
fn statements(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut current = String::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("--")) {
        current.push_str(line);
        current.push('\n');
        if line.trim_end().ends_with(';') {
            found.push(std::mem::take(&mut current).trim().to_owned());
        }
    }
    // A last statement without its semicolon.
    found.extend(Some(current.trim().to_owned()).filter(|rest| !rest.is_empty()));
    found
}

/// The same for the same steps: names the template that scratch databases are copied from.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn schema_hash() -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for step in MIGRATIONS {
        context.update(step.text.as_bytes());
    }
    HEXLOWER.encode(context.finish().as_ref())[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Scratch;

    static FIRST: Migration = Migration {
        version: 1,
        name: "first",
        text: "-- A note; with a semicolon;\nCREATE TABLE a (\n  id TEXT {{c}} PRIMARY KEY,\n  n BIGINT NOT NULL,\n  \
               raw BYTEA\n) {{strict}};\nCREATE INDEX a_by_n ON a (n);\n",
    };
    static ONE: &[Migration] = &[Migration { ..FIRST }];
    static TWO: &[Migration] = &[
        Migration { ..FIRST },
        Migration { version: 2, name: "second", text: "INSERT INTO a (id, n) VALUES ('x', 1);\n" },
    ];
    static BAD: &[Migration] = &[
        Migration { ..FIRST },
        Migration {
            version: 2,
            name: "bad",
            text: "INSERT INTO a (id, n) VALUES ('y', 1);\nSELECT nothing;\n",
        },
    ];
    static CHANGED: &[Migration] = &[
        Migration { text: "CREATE TABLE a (id TEXT);\n", ..FIRST },
        Migration { version: 2, name: "second", text: "INSERT INTO a (id, n) VALUES ('x', 1);\n" },
    ];

    static COUNT: crate::Stmt = crate::Stmt::new("test::COUNT", "SELECT count(*) AS n FROM a", None);

    async fn rows_of_a(store: &Store) -> i64 {
        store.read(async |tx: &mut Tx| tx.opt(&COUNT, v![]).await?.unwrap().one()).await.unwrap_or(-1)
    }

    #[tokio::test]
    async fn what_is_missing_is_applied_once() {
        for scratch in Scratch::each().await {
            let store = scratch.open().await;
            run(&store, ONE).await.unwrap();
            run(&store, TWO).await.unwrap();
            run(&store, TWO).await.unwrap();
            assert_eq!(rows_of_a(&store).await, 1, "{}", scratch.engine());
            scratch.done(store).await;
        }
    }

    #[tokio::test]
    async fn a_migration_is_applied_whole_or_not_at_all() {
        for scratch in Scratch::each().await {
            let store = scratch.open().await;
            run(&store, ONE).await.unwrap();
            run(&store, BAD).await.unwrap_err();
            assert_eq!(rows_of_a(&store).await, 0, "{}", scratch.engine());
            // And the lease was given back, so that the corrected one need not wait.
            run(&store, TWO).await.unwrap();
            scratch.done(store).await;
        }
    }

    #[tokio::test]
    async fn what_this_binary_does_not_know_is_refused() {
        for scratch in Scratch::each().await {
            let store = scratch.open().await;
            run(&store, TWO).await.unwrap();
            let newer = run(&store, ONE).await.unwrap_err();
            assert!(newer.to_string().contains("newer"), "{newer}");
            let changed = run(&store, CHANGED).await.unwrap_err();
            assert!(changed.to_string().contains("migration 1 (first) is not the one"), "{changed}");
            scratch.done(store).await;
        }
    }

    #[tokio::test]
    async fn servers_that_start_together_migrate_once() {
        for scratch in Scratch::each_pg().await {
            let stores = [scratch.open().await, scratch.open().await, scratch.open().await];
            let [a, b, c] = &stores;
            let (a, b, c) = tokio::join!(run(a, TWO), run(b, TWO), run(c, TWO));
            assert_eq!((a, b, c), (Ok(()), Ok(()), Ok(())));
            let [a, b, c] = stores;
            assert_eq!(rows_of_a(&a).await, 1);
            b.close().await;
            c.close().await;
            scratch.done(a).await;
        }
    }

    #[tokio::test]
    async fn whoever_lost_the_lease_migrates_nothing() {
        for scratch in Scratch::each_pg().await {
            let store = scratch.open().await;
            run(&store, ONE).await.unwrap();
            let late = store.write(async |tx: &mut Tx| apply(tx, &TWO[1], "somebody else").await);
            assert!(matches!(late.await, Err(DbError::Unavailable(_))));
            assert_eq!(rows_of_a(&store).await, 0, "{}", scratch.engine());
            scratch.done(store).await;
        }
    }

    #[tokio::test]
    async fn a_start_with_nothing_to_do_waits_for_nobody() {
        for scratch in Scratch::each_pg().await {
            let store = scratch.open().await;
            run(&store, ONE).await.unwrap();
            // Somebody took the lease for an hour, and died.
            let now = store.database_now().await.unwrap().unwrap();
            let args = v!["the dead", now.plus(3_600_000), now];
            let taken = store.write(async move |tx: &mut Tx| tx.exec(&TAKE_LEASE, args.clone()).await);
            assert_eq!(taken.await, Ok(1));
            let again = tokio::time::timeout(Duration::from_secs(5), run(&store, ONE)).await;
            assert_eq!(again, Ok(Ok(())), "{}", scratch.engine());
            scratch.done(store).await;
        }
    }

    #[tokio::test]
    async fn the_schema_applies_on_both_engines() {
        for scratch in Scratch::each().await {
            let store = scratch.open().await;
            store.migrate().await.unwrap();
            store.migrate().await.unwrap();
            scratch.done(store).await;
        }
    }

    static SHOP: crate::Stmt =
        crate::Stmt::new("test::SHOP", "INSERT INTO organization VALUES ('org_1', 'O', 1)", None);
    static MERCHANT: crate::Stmt = crate::Stmt::new(
        "test::MERCHANT",
        "INSERT INTO merchant (id, organization_id, name, zone, late_success, created_ms) \
         VALUES ('mer_1', 'org_1', 'M', 'Asia/Kolkata', 'refund', 1)",
        None,
    );
    static ORDER: crate::Stmt = crate::Stmt::new(
        "test::ORDER",
        "INSERT INTO orders (id, merchant_id, mode, amount_minor, currency, status, attempted, late_success, capture, \
         metadata, created_by, created_ms, updated_ms, version, event_seq) VALUES ('ord_1', 'mer_1', 'test', 1, 'INR', \
         'created', 0, 'refund', 'automatic', $1, 'key', 5, 5, 1, 1)",
        None,
    );
    static PAIRS: crate::Stmt = crate::Stmt::new(
        "test::PAIRS",
        "SELECT object_id, kind, pair, created_ms FROM metadata_pair ORDER BY pair",
        None,
    );

    #[tokio::test]
    async fn what_was_there_is_found_by_its_metadata() {
        let lists = MIGRATIONS.iter().position(|m| m.name == "lists").unwrap();
        for scratch in Scratch::each().await {
            let store = scratch.open().await;
            run(&store, &MIGRATIONS[..lists]).await.unwrap();
            store
                .write(async |tx: &mut Tx| {
                    tx.exec(&SHOP, v![]).await?;
                    tx.exec(&MERCHANT, v![]).await?;
                    tx.exec(&ORDER, v![r#"{"table":"4","say":"\"a\"=b, \u20b9"}"#]).await
                })
                .await
                .unwrap();
            run(&store, MIGRATIONS).await.unwrap();
            let rows = store.read(async |tx: &mut Tx| tx.all(&PAIRS, v![]).await).await.unwrap();
            let pairs: Vec<(String, String, String, i64)> = rows
                .iter()
                .map(|row| {
                    let mut r = row.read();
                    (r.get().unwrap(), r.get().unwrap(), r.get().unwrap(), r.get().unwrap())
                })
                .collect();
            let pair = |text: &str| ("ord_1".to_owned(), "order".to_owned(), text.to_owned(), 5);
            assert_eq!(pairs, [pair("say=\"a\"=b, \u{20b9}"), pair("table=4")], "{}", scratch.engine());
            scratch.done(store).await;
        }
    }

    #[test]
    fn versions_have_no_gaps() {
        assert!(MIGRATIONS.iter().zip(1..).all(|(m, n)| m.version == n));
    }

    #[test]
    fn only_whole_words_are_replaced() {
        assert_eq!(
            for_lite("x BIGINT, BIGINT_y, z BYTEA) {{strict}};"),
            "x INTEGER, BIGINT_y, z BLOB) STRICT;"
        );
        assert_eq!(for_pg("id TEXT {{c}} NOT NULL, n BIGINT"), "id TEXT COLLATE \"C\" NOT NULL, n BIGINT");
        let each = "A;\n{{pg}} B;\n{{lite}} C;\n";
        assert_eq!((for_pg(each), for_lite(each)), ("A;\nB;".to_owned(), "A;\nC;".to_owned()));
        let text = "-- a; comment;\nA;\nB\n (';', 1);\n";
        assert_eq!(statements(text), ["A;", "B\n (';', 1);"]);
    }
}
