//! Every statement, prepared on both engines against the real schema.

use super::ALL;
use crate::testing::Scratch;
use crate::{Stmt, StoreConfig, Value};
use std::collections::BTreeSet;
use tokio_postgres::NoTls;
use tokio_postgres::types::{FromSql, Type};

/// What a statement takes and gives.
#[derive(Debug, PartialEq, Eq)]
struct Shape {
    parameters: usize,
    columns: Vec<String>,
}

/// Where the engines differ by more than a row lock: the counted list.
const DIFFERENT: &[&str] = &[
    // Claimed with SKIP LOCKED there.
    "hundi_store::jobs::CLAIM",
    // Positions are given after commit there, by one sequencer.
    "hundi_store::events::INSERT",
    "hundi_store::ledger::INSERT_ENTRY",
    // Many rows at once there, as arrays.
    "hundi_store::deliveries::SCHEDULE",
    "hundi_store::deliveries::REPEAT",
    "hundi_store::deliveries::ARRIVED",
    "hundi_store::deliveries::INSERT_TRY",
    // The engine's own clock and chance.
    "hundi_store::migrate::RECORD",
    "hundi_store::migrate::HOLDER",
    "hundi_store::pg::NOW",
    // Each engine has its own list of its tables.
    "hundi_store::migrate::IS_KEPT",
    // SQLite is asked about its file.
    "hundi_store::verify::E01",
    "hundi_store::verify::E02",
    "hundi_store::verify::E03",
];

/// What a statement may be given on PostgreSQL: the arrays are columns of many rows.
const PARAMETERS: &[Type] =
    &[Type::INT8, Type::INT4, Type::TEXT, Type::BYTEA, Type::INT8_ARRAY, Type::TEXT_ARRAY];

fn statements() -> impl Iterator<Item = &'static Stmt> {
    ALL.iter().flat_map(|(_, group)| group.iter().copied())
}

#[test]
fn names_are_unique_and_differences_are_counted() {
    let mut seen = BTreeSet::new();
    assert!(statements().all(|s| seen.insert(s.name)));
    let different: BTreeSet<_> = statements().filter(|s| s.pg.is_some()).map(|s| s.name).collect();
    assert_eq!(different, DIFFERENT.iter().copied().collect());
}

#[tokio::test]
async fn every_statement_prepares_on_sqlite() {
    let scratch = Scratch::sqlite();
    let store = scratch.open().await;
    store.migrate().await.unwrap();
    let wrong: Vec<_> =
        on_sqlite(&scratch).into_iter().filter_map(|(name, shape)| Some((name, shape.err()?))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    scratch.done(store).await;
}

#[tokio::test]
async fn every_statement_means_the_same_on_both_engines() {
    let lite = Scratch::sqlite();
    let lite_store = lite.open().await;
    lite_store.migrate().await.unwrap();
    let on_sqlite = on_sqlite(&lite);
    for scratch in Scratch::each_pg().await.into_iter().take(1) {
        let store = scratch.open().await;
        store.migrate().await.unwrap();
        let on_pg = on_postgres(&scratch).await;
        let differ: Vec<_> =
            on_sqlite.iter().zip(&on_pg).filter(|(lite, pg)| lite.1.is_err() || lite != pg).collect();
        assert!(differ.is_empty(), "{differ:#?}");
        scratch.done(store).await;
    }
    lite.done(lite_store).await;
}

fn on_sqlite(scratch: &Scratch) -> Vec<(&'static str, Result<Shape, String>)> {
    let StoreConfig::Sqlite { path } = scratch.config() else { panic!("a file") };
    let conn = rusqlite::Connection::open(path).unwrap();
    let shape = |stmt: &Stmt| {
        // A row lock is left out there; the rest of its text must still be right.
        let sql = stmt.for_lite().trim_end();
        let prepared =
            conn.prepare(sql.strip_suffix("FOR UPDATE").unwrap_or(sql)).map_err(|e| e.to_string())?;
        let columns = prepared.column_names().map(str::to_owned).collect();
        Ok(Shape { parameters: prepared.parameter_count(), columns })
    };
    statements().map(|stmt| (stmt.name, shape(stmt))).collect()
}

async fn on_postgres(scratch: &Scratch) -> Vec<(&'static str, Result<Shape, String>)> {
    let StoreConfig::Postgres { url, .. } = scratch.config() else { panic!("a server") };
    let (client, connection) = tokio_postgres::connect(url.expose(), NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let mut shapes = Vec::new();
    for stmt in statements() {
        let shape = match client.prepare(stmt.for_pg()).await {
            Ok(prepared) => {
                let columns: Vec<_> = prepared.columns().iter().map(|c| c.name().to_owned()).collect();
                // A SUM is numeric there, and an argument may be taken for anything: a CAST says what it is.
                let read =
                    prepared.columns().iter().map(|c| c.type_()).find(|t| !<Value as FromSql>::accepts(t));
                let given = prepared.params().iter().find(|t| !PARAMETERS.contains(t));
                match read.or(given) {
                    Some(kind) => Err(format!("{kind} has no place here; cast it")),
                    None => Ok(Shape { parameters: prepared.params().len(), columns }),
                }
            }
            Err(error) => {
                Err(error.as_db_error().map_or_else(|| error.to_string(), |e| e.message().to_owned()))
            }
        };
        shapes.push((stmt.name, shape));
    }
    drop(client);
    connection.await.unwrap().unwrap();
    shapes
}
