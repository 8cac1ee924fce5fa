//! Idempotency keys: the first request of a key is carried out, every later one gets its answer.

use crate::{DbError, Row, Store, Tx, v};
use hundi_core::{Millis, Scope};

/// What stands under a key.
#[derive(Clone, Debug)]
pub struct Kept {
    pub body_hash: String,
    pub answer: Option<Answer>,
    /// What the first request made before it stopped, if it stopped.
    pub object_id: Option<String>,
    pub updated_at: Millis,
}

/// A stored answer, byte for byte.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: i64,
    pub body: String,
}

crate::statements! {
    BEGIN =
        "INSERT INTO idempotency (merchant_id, mode, key, body_hash, state, object_id, status, body, created_ms, updated_ms) \
         VALUES ($1, $2, $3, $4, 'running', $5, NULL, NULL, $6, $6) ON CONFLICT (merchant_id, mode, key) DO NOTHING";
    // A request that begins and ends in one transaction.
    BEGIN_DONE =
        "INSERT INTO idempotency (merchant_id, mode, key, body_hash, state, object_id, status, body, created_ms, updated_ms) \
         VALUES ($1, $2, $3, $4, 'done', $5, $7, $8, $6, $6) ON CONFLICT (merchant_id, mode, key) DO NOTHING";
    LOAD =
        "SELECT body_hash, state, object_id, status, body, updated_ms FROM idempotency \
         WHERE merchant_id = $1 AND mode = $2 AND key = $3";
    // Whoever finishes a request that stopped takes it over first, so that only one does.
    TAKE_OVER =
        "UPDATE idempotency SET updated_ms = $5 WHERE merchant_id = $1 AND mode = $2 AND key = $3 \
         AND state = 'running' AND updated_ms = $4";
    REPOINT =
        "UPDATE idempotency SET object_id = $4, updated_ms = $5 WHERE merchant_id = $1 AND mode = $2 AND key = $3 \
         AND state = 'running'";
    FINISH =
        "UPDATE idempotency SET state = 'done', status = $4, body = $5, updated_ms = $6 \
         WHERE merchant_id = $1 AND mode = $2 AND key = $3 AND state = 'running'";
    FORGET =
        "DELETE FROM idempotency WHERE merchant_id = $1 AND mode = $2 AND key = $3 AND state = 'running'";
    PURGE =
        "DELETE FROM idempotency WHERE (merchant_id, mode, key) IN (SELECT merchant_id, mode, key FROM idempotency \
         WHERE created_ms < $1 ORDER BY created_ms LIMIT $2)";
}

/// A key as a request carries it, with the hash of what it asks.
#[derive(Clone, Debug)]
pub struct Key {
    pub scope: Scope,
    pub key: String,
    pub body_hash: String,
}

/// Takes the key for a request that will go on after this transaction. `false`: it is taken.
pub async fn begin(tx: &mut Tx, k: &Key, object_id: &str, now: Millis) -> Result<bool, DbError> {
    let args = v![k.scope.merchant(), k.scope.mode(), k.key, k.body_hash, object_id, now];
    Ok(tx.exec(&BEGIN, args).await? == 1)
}

/// The request goes on with another object than it began with. `false`: somebody else has the key by now.
pub async fn repoint(tx: &mut Tx, k: &Key, object_id: &str, now: Millis) -> Result<bool, DbError> {
    let args = v![k.scope.merchant(), k.scope.mode(), k.key, object_id, now];
    Ok(tx.exec(&REPOINT, args).await? == 1)
}

/// Takes the key for a request that ends with this transaction. `false`: it is taken.
pub async fn begin_done(
    tx: &mut Tx,
    k: &Key,
    object_id: &str,
    answer: &Answer,
    now: Millis,
) -> Result<bool, DbError> {
    let args = v![
        k.scope.merchant(),
        k.scope.mode(),
        k.key,
        k.body_hash,
        object_id,
        now,
        answer.status,
        answer.body
    ];
    Ok(tx.exec(&BEGIN_DONE, args).await? == 1)
}

/// What stands under the key.
pub async fn load(tx: &mut Tx, scope: Scope, key: &str) -> Result<Option<Kept>, DbError> {
    tx.opt(&LOAD, v![scope.merchant(), scope.mode(), key]).await?.map(|r| read(&r)).transpose()
}

/// The same as a read of its own.
pub async fn glance(store: &Store, scope: Scope, key: &str) -> Result<Option<Kept>, DbError> {
    let rows = store.glance(&LOAD, v![scope.merchant(), scope.mode(), key]).await?;
    rows.first().map(read).transpose()
}

fn read(row: &Row) -> Result<Kept, DbError> {
    let mut r = row.read();
    let body_hash = r.get()?;
    let done = r.get::<String>()? == "done";
    let object_id = r.get()?;
    let answer = match (r.get()?, r.get()?) {
        (Some(status), Some(body)) if done => Some(Answer { status, body }),
        _ => None,
    };
    Ok(Kept { body_hash, answer, object_id, updated_at: r.get()? })
}

/// Takes over a request whose first runner stopped. `false`: somebody else did.
pub async fn take_over(tx: &mut Tx, k: &Key, seen: Millis, now: Millis) -> Result<bool, DbError> {
    Ok(tx.exec(&TAKE_OVER, v![k.scope.merchant(), k.scope.mode(), k.key, seen, now]).await? == 1)
}

/// Keeps the answer. The first one stands.
pub async fn finish(tx: &mut Tx, k: &Key, answer: &Answer, now: Millis) -> Result<bool, DbError> {
    let args = v![k.scope.merchant(), k.scope.mode(), k.key, answer.status, answer.body, now];
    Ok(tx.exec(&FINISH, args).await? == 1)
}

/// Lets the key go: nothing was done under it.
pub async fn forget(tx: &mut Tx, k: &Key) -> Result<(), DbError> {
    tx.exec(&FORGET, v![k.scope.merchant(), k.scope.mode(), k.key]).await.map(drop)
}

/// Deletes up to `limit` keys made before `before`. Returns how many.
pub async fn purge(tx: &mut Tx, before: Millis, limit: i64) -> Result<u64, DbError> {
    tx.exec(&PURGE, v![before, limit]).await
}
