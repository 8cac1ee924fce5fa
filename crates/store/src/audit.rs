//! The audit log: what persons and keys did. Append-only; the sequencer chains it per merchant by hash.

use crate::{DbError, Tx, v};
use hundi_core::{AuditId, Millis, Mode};

/// One action of a person or a key.
#[derive(Clone, Debug)]
pub struct Record {
    pub id: AuditId,
    /// The merchant's id, or `platform`.
    pub chain: String,
    pub mode: Mode,
    /// `user:usr_…`, `key:hk_…`, `command`, `policy`.
    pub actor: String,
    /// `refund.create`, `connection.update`.
    pub action: String,
    pub target_type: String,
    pub target_id: String,
    /// What changed, as JSON, without secrets.
    pub detail: String,
    pub ip: String,
    pub at: Millis,
}

/// A record with its place in the chain.
#[derive(Clone, Debug)]
pub struct Link {
    pub seq: i64,
    pub prev_hash: String,
    pub hash: String,
}

crate::statements! {
    INSERT =
        "INSERT INTO audit (id, chain, mode, actor, action, target_type, target_id, detail, ip, at_ms, seq, prev_hash, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL, NULL, NULL)";
    UNCHAINED =
        "SELECT id, chain, mode, actor, action, target_type, target_id, detail, ip, at_ms FROM audit \
         WHERE seq IS NULL ORDER BY id LIMIT 500";
    TIP = "SELECT seq, hash FROM audit WHERE chain = $1 AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1";
    CHAIN = "UPDATE audit SET seq = $2, prev_hash = $3, hash = $4 WHERE id = $1 AND seq IS NULL";
    ALL_OF =
        "SELECT id, chain, mode, actor, action, target_type, target_id, detail, ip, at_ms, seq, prev_hash, hash \
         FROM audit WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    CHAINS = "SELECT DISTINCT chain FROM audit ORDER BY chain";
}

pub async fn insert(tx: &mut Tx, r: &Record) -> Result<(), DbError> {
    let args =
        v![r.id, r.chain, r.mode, r.actor, r.action, r.target_type, r.target_id, r.detail, r.ip, r.at];
    tx.push(&INSERT, args).await
}

/// Records that stand in no chain yet, in id order.
pub async fn unchained(tx: &mut Tx) -> Result<Vec<Record>, DbError> {
    tx.all(&UNCHAINED, v![]).await?.iter().map(read).collect()
}

/// The newest link of a chain.
pub async fn tip(tx: &mut Tx, chain: &str) -> Result<Option<(i64, String)>, DbError> {
    let Some(row) = tx.opt(&TIP, v![chain]).await? else { return Ok(None) };
    let mut r = row.read();
    Ok(Some((r.get()?, r.get()?)))
}

/// Writes a record's place, once.
pub async fn chain(tx: &mut Tx, id: AuditId, link: &Link) -> Result<(), DbError> {
    match tx.exec(&CHAIN, v![id, link.seq, link.prev_hash, link.hash]).await? {
        1 => Ok(()),
        _ => Err(DbError::Conflict("an audit record was chained by another")),
    }
}

/// A stretch of a chain, for checking it.
pub async fn stretch(tx: &mut Tx, chain: &str, after: i64, limit: i64) -> Result<Vec<(Record, Link)>, DbError> {
    let rows = tx.all(&ALL_OF, v![chain, after, limit]).await?;
    rows.iter()
        .map(|row| {
            let record = read(row)?;
            let mut r = row.read();
            r.skip(10)?;
            Ok((record, Link { seq: r.get()?, prev_hash: r.get()?, hash: r.get()? }))
        })
        .collect()
}

/// Every chain there is.
pub async fn chains(tx: &mut Tx) -> Result<Vec<String>, DbError> {
    tx.all(&CHAINS, v![]).await?.iter().map(|row| row.read().get()).collect()
}

fn read(row: &crate::Row) -> Result<Record, DbError> {
    let mut r = row.read();
    Ok(Record {
        id: r.get()?,
        chain: r.get()?,
        mode: r.get()?,
        actor: r.get()?,
        action: r.get()?,
        target_type: r.get()?,
        target_id: r.get()?,
        detail: r.get()?,
        ip: r.get()?,
        at: r.get()?,
    })
}
