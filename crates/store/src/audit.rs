//! The audit log: what persons and keys did. Append-only; the sequencer chains it per merchant by hash.

use crate::{DbError, Tx, v};
use aws_lc_rs::digest;
use data_encoding::HEXLOWER;
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    ANY_UNCHAINED = "SELECT 1 AS one WHERE EXISTS (SELECT id FROM audit WHERE seq IS NULL)";
    TIP = "SELECT seq, hash FROM audit WHERE chain = $1 AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1";
    CHAIN = "UPDATE audit SET seq = $2, prev_hash = $3, hash = $4 WHERE id = $1 AND seq IS NULL";
    ALL_OF =
        "SELECT id, chain, mode, actor, action, target_type, target_id, detail, ip, at_ms, seq, prev_hash, hash \
         FROM audit WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    CHAINS = "SELECT DISTINCT chain FROM audit ORDER BY chain";
}

pub async fn insert(tx: &mut Tx, r: &Record) -> Result<(), DbError> {
    let args = v![r.id, r.chain, r.mode, r.actor, r.action, r.target_type, r.target_id, r.detail, r.ip, r.at];
    tx.push(&INSERT, args).await
}

/// Records that stand in no chain yet, in id order.
pub async fn unchained(tx: &mut Tx) -> Result<Vec<Record>, DbError> {
    tx.all(&UNCHAINED, v![]).await?.iter().map(read).collect()
}

/// Whether there is anything to chain.
pub async fn any_unchained(tx: &mut Tx) -> Result<bool, DbError> {
    Ok(tx.opt(&ANY_UNCHAINED, v![]).await?.is_some())
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
pub async fn stretch(
    tx: &mut Tx,
    chain: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<(Record, Link)>, DbError> {
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

/// The place of `record` behind the newest link of its chain, or as the chain's first.
///
/// The hash covers every field, each with its length in bytes before it, so that no text can move from one field
/// into the next unseen. The form is fixed for as long as there are chains: auditors recompute it.
pub fn link(tip: Option<(i64, String)>, record: &Record) -> Link {
    let (prev_seq, prev_hash) = tip.unwrap_or_else(|| (0, GENESIS.to_owned()));
    let seq = prev_seq + 1;
    let (n, at) = (seq.to_string(), record.at.0.to_string());
    let id = record.id.to_string();
    let fields: [&str; 12] = [
        &prev_hash,
        &n,
        &id,
        &record.chain,
        record.mode.as_str(),
        &record.actor,
        &record.action,
        &record.target_type,
        &record.target_id,
        &record.detail,
        &record.ip,
        &at,
    ];
    let mut hash = digest::Context::new(&digest::SHA256);
    for field in fields {
        hash.update(format!("{}:", field.len()).as_bytes());
        hash.update(field.as_bytes());
    }
    Link { seq, prev_hash, hash: HEXLOWER.encode(hash.finish().as_ref()) }
}

/// What the first record of a chain names as the hash before it.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

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

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        Record {
            id: AuditId::new(Millis(1_789_000_000_000), [7; 10]),
            chain: "platform".into(),
            mode: Mode::Live,
            actor: "user:usr_1".into(),
            action: "refund.create".into(),
            target_type: "refund".into(),
            target_id: "rfd_1".into(),
            detail: "{}".into(),
            ip: "127.0.0.1".into(),
            at: Millis(1_789_000_000_000),
        }
    }

    /// Chains are stored: this hash may never become another.
    #[test]
    fn the_canonical_form_is_fixed() {
        let first = link(None, &record());
        assert_eq!((first.seq, first.prev_hash.as_str()), (1, GENESIS));
        assert_eq!(first.hash, "112a6107120c6e89ea0953bb80ea713cde176eefb7a1eb4dd5af383d5a447be3");
        let second = link(Some((first.seq, first.hash.clone())), &record());
        assert_eq!((second.seq, &second.prev_hash), (2, &first.hash));
        assert_ne!(second.hash, first.hash);
    }

    #[test]
    fn every_field_counts_and_none_runs_into_the_next() {
        let changes: [fn(&mut Record); 11] = [
            |r| r.id = AuditId::new(Millis(1), [7; 10]),
            |r| r.chain = "mer_1".into(),
            |r| r.mode = Mode::Test,
            |r| r.actor = "key:hk_1".into(),
            |r| r.action = "refund.creat".into(),
            |r| r.target_type = "payment".into(),
            |r| r.target_id = "rfd_2".into(),
            |r| r.detail = "{ }".into(),
            |r| r.ip = String::new(),
            |r| r.at = Millis(2),
            |r| {
                r.action = "refund.creat".into();
                r.target_type = "erefund".into();
            },
        ];
        let as_it_was = link(None, &record()).hash;
        for (n, change) in changes.iter().enumerate() {
            let mut changed = record();
            change(&mut changed);
            assert_ne!(link(None, &changed).hash, as_it_was, "change {n}");
        }
    }
}
