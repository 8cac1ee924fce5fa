//! Routing rules as text, and what connections' work came to.

use crate::{DbError, Tx, v};
use hundi_core::routing::{Outcome, Seen};
use hundi_core::{ConnectionId, Method, Millis, OurRef, Scope};

/// A merchant's rules, as they were written.
#[derive(Clone, Debug)]
pub struct Written {
    pub rules: String,
    pub updated_by: String,
    pub updated_at: Millis,
    pub version: i64,
}

crate::statements! {
    LOAD = "SELECT rules, updated_by, updated_ms, version FROM routing WHERE merchant_id = $1 AND mode = $2";
    WRITE =
        "INSERT INTO routing (merchant_id, mode, rules, updated_by, updated_ms, version) VALUES ($1, $2, $3, $4, $5, 1) \
         ON CONFLICT (merchant_id, mode) DO UPDATE SET rules = excluded.rules, updated_by = excluded.updated_by, \
         updated_ms = excluded.updated_ms, version = routing.version + 1";
    HAPPENED = "INSERT INTO outcome (id, connection_id, method, at_ms, what) VALUES ($1, $2, $3, $4, $5)";
    LATELY =
        "SELECT at_ms, what FROM outcome WHERE connection_id = $1 AND at_ms >= $2 AND method IN ('', $3) \
         ORDER BY at_ms DESC, id DESC LIMIT $4";
    PURGE =
        "DELETE FROM outcome WHERE id IN (SELECT id FROM outcome WHERE at_ms < $1 ORDER BY at_ms LIMIT $2)";
}

pub async fn load(tx: &mut Tx, scope: Scope) -> Result<Option<Written>, DbError> {
    let row = tx.opt(&LOAD, v![scope.merchant(), scope.mode()]).await?;
    row.map(|row| {
        let mut r = row.read();
        Ok(Written { rules: r.get()?, updated_by: r.get()?, updated_at: r.get()?, version: r.get()? })
    })
    .transpose()
}

/// Puts these rules in the place of those before.
pub async fn write(tx: &mut Tx, scope: Scope, rules: &str, by: &str, now: Millis) -> Result<(), DbError> {
    tx.exec(&WRITE, v![scope.merchant(), scope.mode(), rules, by, now]).await.map(drop)
}

/// Writes down what a connection's work came to; `None` where it tells of every method.
pub async fn happened(
    tx: &mut Tx,
    id: OurRef,
    connection: ConnectionId,
    method: Option<Method>,
    seen: Seen,
) -> Result<(), DbError> {
    let what = match seen.outcome {
        Outcome::Good => "good",
        Outcome::Bad => "bad",
        Outcome::Trial => "trial",
    };
    tx.push(&HAPPENED, v![id, connection, method.map_or("", Method::as_str), seen.at, what]).await
}

/// What happened since, of this method or of all, oldest first; at most so many, the latest.
pub async fn lately(
    tx: &mut Tx,
    connection: ConnectionId,
    method: Option<Method>,
    since: Millis,
    max: i64,
) -> Result<Vec<Seen>, DbError> {
    let method = method.map_or("", Method::as_str);
    let rows = tx.all(&LATELY, v![connection, since, method, max]).await?;
    let read = |row: &crate::Row| {
        let mut r = row.read();
        let at = r.get()?;
        let outcome = match r.get::<String>()?.as_str() {
            "good" => Outcome::Good,
            "bad" => Outcome::Bad,
            _ => Outcome::Trial,
        };
        Ok(Seen { at, outcome })
    };
    let mut seen = rows.iter().map(read).collect::<Result<Vec<_>, DbError>>()?;
    seen.reverse();
    Ok(seen)
}

/// Throws away what is too old to tell anything. Returns how many.
pub async fn purge(tx: &mut Tx, before: Millis, max: i64) -> Result<u64, DbError> {
    tx.exec(&PURGE, v![before, max]).await
}
