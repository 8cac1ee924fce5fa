//! What verify finds, and that it finds nothing in a healthy book.

mod allowed;
mod book;
mod door;
mod faults;
mod kept;
mod lent;
mod outside;

use super::{AUDIT_ID, Asks, Options, check, invariants, verify};
use crate::testing::Scratch;
use crate::{DbError, Store, StoreConfig, Tx, TxError};
use door::NOW;
use faults::{FAULTS, Fault, SQLITE_FAULTS};
use std::collections::BTreeSet;

const QUIET: Options = Options { quiet: true, now: NOW, grace_ms: 60_000 };

async fn healthy(scratch: &Scratch) -> Store {
    let store = scratch.open().await;
    store.migrate().await.unwrap();
    book::write(&store).await;
    store
}

#[tokio::test]
async fn a_healthy_book_is_clean() {
    for scratch in Scratch::each().await {
        let store = healthy(&scratch).await;
        let report = verify(&store, &QUIET).await.unwrap();
        assert!(report.is_clean(), "{}: {report}", scratch.engine());
        let instant = verify(&store, &Options { quiet: false, ..QUIET }).await.unwrap();
        assert!(instant.is_clean() && instant.checked.len() < report.checked.len());
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn an_empty_book_is_clean() {
    for scratch in Scratch::each().await {
        let store = scratch.open().await;
        store.migrate().await.unwrap();
        let report = verify(&store, &QUIET).await.unwrap();
        assert!(report.is_clean(), "{}: {report}", scratch.engine());
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn every_planted_fault_is_found_by_its_own_invariant() {
    for scratch in Scratch::each().await {
        let store = healthy(&scratch).await;
        let of_the_file = if scratch.engine() == "sqlite" { SQLITE_FAULTS } else { &[] };
        let mut missed = Vec::new();
        for fault in FAULTS.iter().chain(of_the_file) {
            let found = plant(&store, fault).await;
            if !found.contains(fault.breaks) {
                missed.push(format!("{} by {:?}, not by {}", fault.sql, found, fault.breaks));
            }
        }
        assert!(missed.is_empty(), "{}: {missed:#?}", scratch.engine());
        // Everything was undone.
        let report = verify(&store, &QUIET).await.unwrap();
        assert!(report.is_clean(), "{}: {report}", scratch.engine());
        scratch.done(store).await;
    }
}

#[test]
fn every_invariant_has_a_planted_fault() {
    let planted: BTreeSet<_> = FAULTS.iter().chain(SQLITE_FAULTS).map(|f| f.breaks).collect();
    let all: BTreeSet<_> = invariants().filter(|i| i.asks != Asks::SqliteWriter).map(|i| i.id).collect();
    assert_eq!(planted, all);
    assert_eq!(invariants().count(), all.len() + 1, "no id is used twice; E03 has a test of its own");
}

/// Ends the transaction in which a fault was planted, so that the next one starts healthy.
enum Undo {
    Found(BTreeSet<&'static str>),
    Db(DbError),
}

impl From<DbError> for Undo {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl TxError for Undo {
    fn as_db(&self) -> Option<&DbError> {
        match self {
            Self::Found(_) => None,
            Self::Db(error) => Some(error),
        }
    }
}

/// Plants a fault, looks at it with every invariant in the same transaction, and takes it back.
async fn plant(store: &Store, fault: &'static Fault) -> BTreeSet<&'static str> {
    let undone = store.write(async move |tx: &mut Tx| {
        unguard(tx, fault).await?;
        tx.batch(fault.sql).await?;
        let mut found = BTreeSet::new();
        let is_pg = tx.is_pg();
        for invariant in invariants().filter(|i| i.asks == Asks::Anyone || !is_pg) {
            if !check(tx, invariant, &QUIET).await?.rows.is_empty() {
                found.insert(invariant.id);
            }
        }
        Err::<(), _>(Undo::Found(found))
    });
    match undone.await {
        Ok(()) => unreachable!("it was to be undone"),
        Err(Undo::Found(found)) => found,
        Err(Undo::Db(error)) => panic!("{}: {error}", fault.sql),
    }
}

async fn unguard(tx: &mut Tx, fault: &Fault) -> Result<(), DbError> {
    const PG: &str = "DO $$ DECLARE c record; BEGIN \
        FOR c IN SELECT conrelid::regclass AS t, conname FROM pg_constraint \
          WHERE contype IN ('c', 'f', 'u', 'p') AND connamespace = 'public'::regnamespace ORDER BY contype LOOP \
          EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', c.t, c.conname); END LOOP; \
        FOR c IN SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE '%UNIQUE%' LOOP \
          EXECUTE format('DROP INDEX %I', c.indexname); END LOOP; END $$";
    const LITE: &str = "PRAGMA ignore_check_constraints = ON; PRAGMA defer_foreign_keys = ON;";
    if tx.is_pg() {
        tx.batch(PG).await
    } else {
        tx.batch(LITE).await?;
        tx.batch(fault.unguard).await
    }
}

/// A change that the chain's links do not show: only the recomputed hash does.
#[tokio::test]
async fn a_changed_audit_record_is_found() {
    for scratch in Scratch::each().await {
        let store = healthy(&scratch).await;
        let change = "UPDATE audit SET actor = 'user:usr_another' WHERE seq = 2";
        store.write(async move |tx: &mut Tx| tx.batch(change).await).await.unwrap();
        let report = verify(&store, &QUIET).await.unwrap();
        let broken: Vec<_> = report.broken().map(|b| (b.id, b.rows.len())).collect();
        assert_eq!(broken, [(AUDIT_ID, 1)], "{}: {report}", scratch.engine());
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn a_report_names_the_rows_up_to_a_bound() {
    let scratch = Scratch::sqlite();
    let store = healthy(&scratch).await;
    let change = "UPDATE event SET seq = seq + 1 WHERE object_type <> 'discrepancy'";
    store.write(async move |tx: &mut Tx| tx.batch(change).await).await.unwrap();
    let report = verify(&store, &QUIET).await.unwrap();
    let broken = report.broken().next().unwrap();
    assert_eq!((broken.id, broken.rows.len(), broken.more), ("I21", super::SHOWN_MAX, true));
    assert!(broken.rows.iter().all(|row| row.len() == 2));
    let told = report.to_string();
    assert!(told.contains("I21 broken: events of an object") && told.contains("and more"), "{told}");
    assert!(told.ends_with("invariants checked, 1 broken"), "{told}");
    scratch.done(store).await;
}

/// A command beside the server reads the same file.
#[tokio::test]
async fn it_runs_beside_a_server() {
    for scratch in Scratch::each().await {
        let store = healthy(&scratch).await;
        let beside = Store::open_beside(scratch.config()).await.unwrap();
        assert!(verify(&beside, &QUIET).await.unwrap().is_clean());
        beside.close().await;
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn a_writer_that_does_not_wait_for_the_disk_is_found() {
    let scratch = Scratch::sqlite();
    let store = healthy(&scratch).await;
    let StoreConfig::Sqlite { path } = scratch.config() else { panic!("a file") };
    let conn = rusqlite::Connection::open(path).unwrap();
    let settings = invariants().find(|i| i.asks == Asks::SqliteWriter).unwrap();
    let told = || conn.prepare(settings.stmt.sql).unwrap().exists([]).unwrap();
    conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON").unwrap();
    assert!(!told());
    for change in ["PRAGMA synchronous = NORMAL", "PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF"] {
        conn.execute_batch(change).unwrap();
        assert!(told(), "{change}");
    }
    drop(conn);
    scratch.done(store).await;
}
