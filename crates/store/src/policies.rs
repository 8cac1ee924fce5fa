//! What a merchant decided about its payments, in each mode.

use crate::{DbError, Tx, v};
use hundi_core::order::LateSuccess;
use hundi_core::{MerchantId, Millis, Scope};

/// A merchant's decisions as they count now.
#[derive(Clone, Debug)]
pub struct Policy {
    pub late_success: LateSuccess,
    /// Absent while the merchant's default counts.
    pub updated_at: Option<Millis>,
    pub version: i64,
}

crate::statements! {
    LOAD =
        "SELECT COALESCE(p.late_success, m.late_success) AS late_success, p.updated_ms, COALESCE(p.version, 0) AS version \
         FROM merchant m LEFT JOIN policy p ON p.merchant_id = m.id AND p.mode = $2 WHERE m.id = $1";
    WRITE =
        "INSERT INTO policy (merchant_id, mode, late_success, updated_by, updated_ms, version) \
         VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (merchant_id, mode) DO UPDATE SET \
         late_success = excluded.late_success, updated_by = excluded.updated_by, updated_ms = excluded.updated_ms, \
         version = policy.version + 1";
    FOLLOW_DEFAULT = "DELETE FROM policy WHERE merchant_id = $1";
}

/// What counts in this mode. `None`: there is no such merchant.
pub async fn load(tx: &mut Tx, scope: Scope) -> Result<Option<Policy>, DbError> {
    let row = tx.opt(&LOAD, v![scope.merchant(), scope.mode()]).await?;
    row.map(|row| {
        let mut r = row.read();
        Ok(Policy { late_success: r.parsed()?, updated_at: r.get()?, version: r.get()? })
    })
    .transpose()
}

/// Decides for one mode.
pub async fn write(
    tx: &mut Tx,
    scope: Scope,
    late_success: LateSuccess,
    by: &str,
    now: Millis,
) -> Result<(), DbError> {
    let args = v![scope.merchant(), scope.mode(), late_success.as_str(), by, now];
    tx.exec(&WRITE, args).await.map(drop)
}

/// The merchant's default counts again in both modes.
pub async fn follow_default(tx: &mut Tx, merchant: MerchantId) -> Result<(), DbError> {
    tx.exec(&FOLLOW_DEFAULT, v![merchant]).await.map(drop)
}
