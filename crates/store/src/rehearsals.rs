//! Rehearsals: what tests asked their payers to do, and what a test key asks for with every payment.

use crate::{DbError, Tx, v};
use hundi_core::{Method, Millis, PaymentId, Scope};

/// One payment's payer, as a test wants them.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    pub payment_id: PaymentId,
    pub scope: Scope,
    pub outcome: String,
    pub method: Option<Method>,
    pub delay_ms: i64,
    /// How far the simulators' clock is moved on afterwards.
    pub clock_ms: i64,
    pub created_at: Millis,
    pub played_at: Option<Millis>,
    /// What the simulator said, where it refused.
    pub note: Option<String>,
}

/// What a key asks for where a request says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usual {
    pub outcome: Option<String>,
    pub method: Option<Method>,
    pub delay_ms: Option<i64>,
    pub seed: Option<i64>,
    pub clock_ms: Option<i64>,
}

crate::statements! {
    // Asked for once more, it is played once more.
    PUT =
        "INSERT INTO rehearsal (payment_id, merchant_id, mode, outcome, method, delay_ms, clock_ms, created_ms, \
         played_ms, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, NULL) ON CONFLICT (payment_id) DO UPDATE SET \
         outcome = excluded.outcome, method = excluded.method, delay_ms = excluded.delay_ms, \
         clock_ms = excluded.clock_ms, created_ms = excluded.created_ms, played_ms = NULL, note = NULL";
    LOAD =
        "SELECT payment_id, merchant_id, mode, outcome, method, delay_ms, clock_ms, created_ms, played_ms, note \
         FROM rehearsal WHERE payment_id = $1";
    PLAYED = "UPDATE rehearsal SET played_ms = $2, note = $3 WHERE payment_id = $1 AND played_ms IS NULL";
    PUT_USUAL =
        "INSERT INTO rehearsal_usual (key_id, merchant_id, mode, outcome, method, delay_ms, seed, clock_ms, updated_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (key_id) DO UPDATE SET outcome = excluded.outcome, \
         method = excluded.method, delay_ms = excluded.delay_ms, seed = excluded.seed, clock_ms = excluded.clock_ms, \
         updated_ms = excluded.updated_ms";
    USUAL =
        "SELECT outcome, method, delay_ms, seed, clock_ms FROM rehearsal_usual \
         WHERE key_id = $1 AND merchant_id = $2 AND mode = $3";
}

/// Writes down what is to be played.
pub async fn put(tx: &mut Tx, r: &Rehearsal) -> Result<(), DbError> {
    let args = v![
        r.payment_id,
        r.scope.merchant(),
        r.scope.mode(),
        r.outcome,
        r.method.map(Method::as_str),
        r.delay_ms,
        r.clock_ms,
        r.created_at
    ];
    tx.exec(&PUT, args).await.map(drop)
}

pub async fn load(tx: &mut Tx, payment: PaymentId) -> Result<Option<Rehearsal>, DbError> {
    let Some(row) = tx.opt(&LOAD, v![payment]).await? else { return Ok(None) };
    let mut r = row.read();
    Ok(Some(Rehearsal {
        payment_id: r.get()?,
        scope: Scope::of_row(r.get()?, r.get()?),
        outcome: r.get()?,
        method: r.parsed_opt()?,
        delay_ms: r.get()?,
        clock_ms: r.get()?,
        created_at: r.get()?,
        played_at: r.get()?,
        note: r.get()?,
    }))
}

/// It was played; or the simulator would not have it, and says why.
pub async fn played(tx: &mut Tx, payment: PaymentId, now: Millis, note: Option<&str>) -> Result<(), DbError> {
    tx.exec(&PLAYED, v![payment, now, note]).await.map(drop)
}

/// Puts this in the place of what the key asked for before.
pub async fn put_usual(
    tx: &mut Tx,
    scope: Scope,
    key_id: &str,
    usual: &Usual,
    now: Millis,
) -> Result<(), DbError> {
    let args = v![
        key_id,
        scope.merchant(),
        scope.mode(),
        usual.outcome,
        usual.method.map(Method::as_str),
        usual.delay_ms,
        usual.seed,
        usual.clock_ms,
        now
    ];
    tx.exec(&PUT_USUAL, args).await.map(drop)
}

pub async fn usual(tx: &mut Tx, scope: Scope, key_id: &str) -> Result<Option<Usual>, DbError> {
    let Some(row) = tx.opt(&USUAL, v![key_id, scope.merchant(), scope.mode()]).await? else {
        return Ok(None);
    };
    let mut r = row.read();
    Ok(Some(Usual {
        outcome: r.get()?,
        method: r.parsed_opt()?,
        delay_ms: r.get()?,
        seed: r.get()?,
        clock_ms: r.get()?,
    }))
}
