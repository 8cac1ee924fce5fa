//! The platform's own account, lent to merchants: offers, and the agreements that they become.

use crate::{DbError, Row, Tx, settings, v};
use hundi_core::{ConnectionId, FallbackId, MerchantId, Millis, Mode, Scope};
use std::str::FromStr;

/// The setting that names the platform's own merchant.
const PLATFORM: &str = "platform_merchant";
/// More than that are not shown in one list.
const LISTED_MAX: i64 = 500;

/// An offer, and what became of it.
#[derive(Clone, Debug)]
pub struct Fallback {
    pub id: FallbackId,
    /// Whom it is offered to.
    pub scope: Scope,
    /// The platform's.
    pub connection_id: ConnectionId,
    pub offered_by: String,
    pub offered_at: Millis,
    pub accepted: Option<Accepted>,
    pub ended: Option<Ended>,
}

/// The merchant agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    pub by: String,
    pub at: Millis,
}

/// One of the two wanted it no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    pub side: Side,
    pub by: String,
    pub at: Millis,
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Platform,
    Merchant,
}

impl Side {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Merchant => "merchant",
        }
    }
}

/// Neither `platform` nor `merchant`.
#[derive(Clone, Copy, Debug)]
pub struct UnknownSide;

impl FromStr for Side {
    type Err = UnknownSide;

    fn from_str(text: &str) -> Result<Self, UnknownSide> {
        match text {
            "platform" => Ok(Self::Platform),
            "merchant" => Ok(Self::Merchant),
            _ => Err(UnknownSide),
        }
    }
}

impl Fallback {
    /// Whether a payment that begins now may rest on it: accepted by then, and wanted by both.
    pub fn stands_at(&self, now: Millis) -> bool {
        self.ended.is_none() && self.accepted.as_ref().is_some_and(|accepted| accepted.at <= now)
    }
}

macro_rules! columns {
    () => {
        "id, merchant_id, mode, connection_id, offered_by, offered_ms, accepted_by, accepted_ms, ended_side, ended_by, \
         ended_ms"
    };
}

crate::statements! {
    INSERT = concat!(
        "INSERT INTO fallback (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL, NULL, NULL, NULL) \
         ON CONFLICT (merchant_id, mode) WHERE ended_ms IS NULL DO NOTHING"
    );
    // Whoever begins a payment on it and whoever ends it queue here.
    LOCK = "SELECT id FROM fallback WHERE id = $1 FOR UPDATE";
    LOAD = concat!("SELECT ", columns!(), " FROM fallback WHERE id = $1");
    STANDING = concat!(
        "SELECT ", columns!(), " FROM fallback WHERE merchant_id = $1 AND mode = $2 AND ended_ms IS NULL"
    );
    OF_OWNER =
        "SELECT f.id, f.merchant_id, f.mode, f.connection_id, f.offered_by, f.offered_ms, f.accepted_by, f.accepted_ms, \
         f.ended_side, f.ended_by, f.ended_ms FROM fallback f JOIN connection c ON c.id = f.connection_id \
         WHERE c.merchant_id = $1 AND c.mode = $2 ORDER BY f.offered_ms DESC, f.id DESC LIMIT $3";
    LENT_TO =
        "SELECT DISTINCT c.id, c.provider FROM fallback f JOIN connection c ON c.id = f.connection_id \
         WHERE f.merchant_id = $1 AND f.mode = $2";
    ACCEPT =
        "UPDATE fallback SET accepted_by = $2, accepted_ms = $3 WHERE id = $1 AND accepted_ms IS NULL \
         AND ended_ms IS NULL";
    END =
        "UPDATE fallback SET ended_side = $2, ended_by = $3, ended_ms = $4 WHERE id = $1 AND ended_ms IS NULL";
    NEWEST_PAYMENT = "SELECT MAX(created_ms) AS newest FROM payment WHERE fallback_id = $1";
}

/// The platform's own merchant, once it was named.
pub async fn platform(tx: &mut Tx) -> Result<Option<MerchantId>, DbError> {
    let named = settings::get(tx, PLATFORM).await?;
    let read = |text: String| text.parse().map_err(|_| DbError::Broken("a setting names no merchant".into()));
    named.map(read).transpose()
}

/// Names it, once and for all. `false`: it was named before.
pub async fn name_platform(tx: &mut Tx, merchant: MerchantId) -> Result<bool, DbError> {
    settings::put_once(tx, PLATFORM, &merchant.to_string()).await
}

/// Writes a new offer. `false`: one stands already between the two.
pub async fn insert(tx: &mut Tx, f: &Fallback) -> Result<bool, DbError> {
    let args = v![f.id, f.scope.merchant(), f.scope.mode(), f.connection_id, f.offered_by, f.offered_at];
    Ok(tx.exec(&INSERT, args).await? == 1)
}

/// Nobody else begins a payment on it, accepts or ends it before this transaction is over.
pub async fn lock(tx: &mut Tx, id: FallbackId) -> Result<(), DbError> {
    tx.lock(&LOCK, v![id]).await
}

/// For whoever may know of it: the merchant's own rows name it, and the platform's list.
pub async fn load(tx: &mut Tx, id: FallbackId) -> Result<Option<Fallback>, DbError> {
    tx.opt(&LOAD, v![id]).await?.map(|row| read(&row)).transpose()
}

/// What stands for a merchant, offered or agreed.
pub async fn standing(tx: &mut Tx, scope: Scope) -> Result<Option<Fallback>, DbError> {
    tx.opt(&STANDING, v![scope.merchant(), scope.mode()]).await?.map(|row| read(&row)).transpose()
}

/// All that was ever offered over this merchant's connections, newest first.
pub async fn of_owner(tx: &mut Tx, scope: Scope) -> Result<Vec<Fallback>, DbError> {
    tx.all(&OF_OWNER, v![scope.merchant(), scope.mode(), LISTED_MAX]).await?.iter().map(read).collect()
}

/// The connections that were ever lent to this merchant, each with its provider.
pub async fn lent_to(tx: &mut Tx, scope: Scope) -> Result<Vec<(ConnectionId, String)>, DbError> {
    let rows = tx.all(&LENT_TO, v![scope.merchant(), scope.mode()]).await?;
    rows.iter()
        .map(|row| {
            let mut r = row.read();
            Ok((r.get()?, r.get()?))
        })
        .collect()
}

/// The merchant agrees. `false`: it had, or the offer is gone.
pub async fn accept(tx: &mut Tx, id: FallbackId, by: &str, at: Millis) -> Result<bool, DbError> {
    Ok(tx.exec(&ACCEPT, v![id, by, at]).await? == 1)
}

/// One of the two wants it no longer. `false`: it had ended before.
pub async fn end(tx: &mut Tx, id: FallbackId, ended: &Ended) -> Result<bool, DbError> {
    Ok(tx.exec(&END, v![id, ended.side.as_str(), ended.by, ended.at]).await? == 1)
}

/// When the last payment on it began.
pub async fn newest_payment(tx: &mut Tx, id: FallbackId) -> Result<Option<Millis>, DbError> {
    tx.opt(&NEWEST_PAYMENT, v![id]).await?.map_or(Ok(None), |row| row.read().get())
}

fn read(row: &Row) -> Result<Fallback, DbError> {
    let mut r = row.read();
    let id = r.get()?;
    let scope = Scope::of_row(r.get()?, r.get::<Mode>()?);
    let (connection_id, offered_by, offered_at) = (r.get()?, r.get()?, r.get()?);
    let accepted: (Option<String>, Option<Millis>) = (r.get()?, r.get()?);
    let accepted = accepted.0.zip(accepted.1).map(|(by, at)| Accepted { by, at });
    let side: Option<Side> = r.parsed_opt()?;
    let ended: (Option<String>, Option<Millis>) = (r.get()?, r.get()?);
    let ended = side.zip(ended.0.zip(ended.1)).map(|(side, (by, at))| Ended { side, by, at });
    Ok(Fallback { id, scope, connection_id, offered_by, offered_at, accepted, ended })
}
