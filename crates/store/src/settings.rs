//! Small named values: the key check, what caches were built from, how far followers have come, when schedules are due.

use crate::{DbError, Tx, v};
use hundi_core::Millis;

crate::statements! {
    GET = "SELECT value FROM setting WHERE name = $1";
    PUT_ONCE = "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    CACHE_VERSIONS = "SELECT name, version FROM cache_version";
    BUMP =
        "INSERT INTO cache_version (name, version) VALUES ($1, 1) \
         ON CONFLICT (name) DO UPDATE SET version = cache_version.version + 1";
    WATERMARK = "SELECT pos FROM watermark WHERE name = $1";
    START_WATERMARK = "INSERT INTO watermark (name, pos) VALUES ($1, 0) ON CONFLICT (name) DO NOTHING";
    LOCK_WATERMARK = "SELECT pos FROM watermark WHERE name = $1 FOR UPDATE";
    MOVE_WATERMARK = "UPDATE watermark SET pos = $3 WHERE name = $1 AND pos = $2";
    DUE = "SELECT next_ms FROM schedule WHERE name = $1";
    START_SCHEDULE = "INSERT INTO schedule (name, next_ms) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    ADVANCE_SCHEDULE = "UPDATE schedule SET next_ms = $3 WHERE name = $1 AND next_ms = $2";
}

/// A setting by name.
pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<String>, DbError> {
    tx.opt(&GET, v![name]).await?.map(|r| r.read().get()).transpose()
}

/// Writes a setting that is written once. `false`: it stood already.
pub async fn put_once(tx: &mut Tx, name: &str, value: &str) -> Result<bool, DbError> {
    Ok(tx.exec(&PUT_ONCE, v![name, value]).await? == 1)
}

/// What every cache should have been built from.
pub async fn cache_versions(tx: &mut Tx) -> Result<Vec<(String, i64)>, DbError> {
    let rows = tx.all(&CACHE_VERSIONS, v![]).await?;
    rows.iter()
        .map(|row| {
            let mut r = row.read();
            Ok((r.get()?, r.get()?))
        })
        .collect()
}

/// Says that what the cache `name` holds has changed.
pub async fn bump(tx: &mut Tx, name: &str) -> Result<(), DbError> {
    tx.exec(&BUMP, v![name]).await.map(drop)
}

/// How far the follower `name` has come. Starts it at nought.
pub async fn watermark(tx: &mut Tx, name: &str) -> Result<i64, DbError> {
    if let Some(row) = tx.opt(&WATERMARK, v![name]).await? {
        return row.read().get();
    }
    tx.exec(&START_WATERMARK, v![name]).await?;
    Ok(0)
}

/// How far the follower has come, without starting it.
pub async fn watermark_now(tx: &mut Tx, name: &str) -> Result<i64, DbError> {
    tx.opt(&WATERMARK, v![name]).await?.map_or(Ok(0), |row| row.read().get())
}

/// Like [`watermark`], and nobody else moves it before this transaction ends.
pub async fn locked_watermark(tx: &mut Tx, name: &str) -> Result<i64, DbError> {
    watermark(tx, name).await?;
    tx.lock(&LOCK_WATERMARK, v![name]).await?;
    watermark(tx, name).await
}

/// Moves it on. Another node that moved it first is a conflict.
pub async fn move_watermark(tx: &mut Tx, name: &str, from: i64, to: i64) -> Result<(), DbError> {
    match tx.exec(&MOVE_WATERMARK, v![name, from, to]).await? {
        1 => Ok(()),
        _ => Err(DbError::Conflict("a watermark moved")),
    }
}

/// When the schedule `name` is due, starting it at `first` if it is new.
pub async fn due(tx: &mut Tx, name: &str, first: Millis) -> Result<Millis, DbError> {
    if let Some(row) = tx.opt(&DUE, v![name]).await? {
        return row.read().get();
    }
    tx.exec(&START_SCHEDULE, v![name, first]).await?;
    Ok(first)
}

/// Advances a schedule by compare-and-set. `false`: another node did.
pub async fn advance(tx: &mut Tx, name: &str, from: Millis, to: Millis) -> Result<bool, DbError> {
    Ok(tx.exec(&ADVANCE_SCHEDULE, v![name, from, to]).await? == 1)
}
