//! Merchants' endpoints: where they hear of events, how it is signed, and how they want to be served.

use crate::{DbError, Row, Tx, v};
use hundi_core::{EndpointId, Millis, Mode, Scope, Version};
use std::fmt;
use std::str::FromStr;

#[derive(Clone, Debug)]
pub struct Endpoint {
    pub id: EndpointId,
    pub scope: Scope,
    pub url: String,
    pub description: Option<String>,
    /// Event types, comma separated, or `*`.
    pub events: String,
    /// What the newest key signs with.
    pub signature: Signature,
    /// Of the newest key, where it has one.
    pub public_key: Option<String>,
    /// Sealed.
    pub secret: Vec<u8>,
    pub secret_old: Option<Vec<u8>>,
    pub secret_old_until: Option<Millis>,
    pub retries: Retries,
    /// Deliveries per second. `None`: as quickly as it answers.
    pub rate_per_sec: Option<i64>,
    /// Events of one object come one after the other.
    pub ordered: bool,
    /// The shape of what it is told.
    pub api_version: Version,
    pub enabled: bool,
    pub disabled_reason: Option<String>,
    pub failing_since: Option<Millis>,
    /// Tries that failed since the last one that succeeded.
    pub failures: i64,
    /// Events after this position are its business.
    pub after_pos: i64,
    pub created_at: Millis,
    pub version: i64,
}

impl Endpoint {
    pub fn wants(&self, event_type: &str) -> bool {
        wanted(&self.events, event_type)
    }
}

/// Whether a filter (types, comma separated, or a star) lets a type through.
pub fn wanted(events: &str, event_type: &str) -> bool {
    events == "*" || events.split(',').any(|e| e == event_type)
}

/// What an endpoint's messages are signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// A secret that both sides know.
    Hmac,
    /// A private key that only we know.
    Ed25519,
}

impl Signature {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hmac => "hmac",
            Self::Ed25519 => "ed25519",
        }
    }
}

/// No word for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown;

impl FromStr for Signature {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        [Self::Hmac, Self::Ed25519].into_iter().find(|s| s.as_str() == text).ok_or(Unknown)
    }
}

/// When a delivery to an endpoint is tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Retries {
    /// For days, as the house does it.
    Standard,
    /// The first five tries of that, and no more.
    FirstFive,
    /// The gaps between tries, in seconds.
    Own(Vec<i64>),
}

impl fmt::Display for Retries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard => f.write_str("standard"),
            Self::FirstFive => f.write_str("first_five"),
            Self::Own(gaps) => {
                let gaps: Vec<String> = gaps.iter().map(i64::to_string).collect();
                f.write_str(&gaps.join(","))
            }
        }
    }
}

impl FromStr for Retries {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        match text {
            "standard" => Ok(Self::Standard),
            "first_five" => Ok(Self::FirstFive),
            gaps => {
                let gaps: Result<_, _> = gaps.split(',').map(str::parse).collect();
                gaps.map(Self::Own).map_err(|_| Unknown)
            }
        }
    }
}

macro_rules! columns {
    () => {
        "id, merchant_id, mode, url, description, events, signature, public_key, secret, secret_old, \
         secret_old_until_ms, retries, rate_per_sec, ordered, state, disabled_reason, failing_since_ms, failures, \
         after_pos, created_ms, version, api_version"
    };
}

crate::statements! {
    INSERT = concat!(
        "INSERT INTO endpoint (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, \
         $15, $16, $17, $18, $19, $20, $21, $22)"
    );
    LOAD = concat!("SELECT ", columns!(), " FROM endpoint WHERE id = $1 AND merchant_id = $2 AND mode = $3");
    LOAD_BY_ID = concat!("SELECT ", columns!(), " FROM endpoint WHERE id = $1");
    LIST = concat!(
        "SELECT ", columns!(), " FROM endpoint WHERE merchant_id = $1 AND mode = $2 ORDER BY created_ms, id"
    );
    SAVE =
        "UPDATE endpoint SET url = $3, description = $4, events = $5, signature = $6, public_key = $7, secret = $8, \
         secret_old = $9, secret_old_until_ms = $10, retries = $11, rate_per_sec = $12, ordered = $13, state = $14, \
         disabled_reason = $15, api_version = $16, version = version + 1 WHERE id = $1 AND version = $2";
    FAILED =
        "UPDATE endpoint SET failures = failures + 1, failing_since_ms = COALESCE(failing_since_ms, $2) WHERE id = $1 \
         RETURNING failing_since_ms, failures";
    WORKING =
        "UPDATE endpoint SET failing_since_ms = NULL, failures = 0 WHERE id = $1 AND failing_since_ms IS NOT NULL";
    DISABLE =
        "UPDATE endpoint SET state = 'disabled', disabled_reason = $2, version = version + 1, event_seq = event_seq + 1 \
         WHERE id = $1 AND state = 'enabled' RETURNING event_seq";
    DELETE_PACE = "DELETE FROM endpoint_pace WHERE endpoint_id = $1";
    DELETE = "DELETE FROM endpoint WHERE id = $1 AND merchant_id = $2 AND mode = $3";

    // A bucket that leaks evenly: each delivery fills it by its gap, and there must be room for one more.
    PACE =
        "INSERT INTO endpoint_pace (endpoint_id, next_ms) VALUES ($1, $2) ON CONFLICT (endpoint_id) DO UPDATE SET \
         next_ms = CASE WHEN endpoint_pace.next_ms > $3 THEN endpoint_pace.next_ms ELSE $3 END + $4 \
         WHERE endpoint_pace.next_ms <= $5";
}

pub async fn insert(tx: &mut Tx, e: &Endpoint) -> Result<(), DbError> {
    let args = v![
        e.id,
        e.scope.merchant(),
        e.scope.mode(),
        e.url,
        e.description,
        e.events,
        e.signature.as_str(),
        e.public_key,
        e.secret,
        e.secret_old,
        e.secret_old_until,
        e.retries.to_string(),
        e.rate_per_sec,
        e.ordered,
        state(e.enabled),
        e.disabled_reason,
        e.failing_since,
        e.failures,
        e.after_pos,
        e.created_at,
        e.version,
        e.api_version.as_str()
    ];
    tx.exec(&INSERT, args).await.map(drop)
}

/// The endpoint, if it is this scope's.
pub async fn load(tx: &mut Tx, scope: Scope, id: EndpointId) -> Result<Option<Endpoint>, DbError> {
    tx.opt(&LOAD, v![id, scope.merchant(), scope.mode()]).await?.map(|r| read(&r)).transpose()
}

/// For the job that delivers to it.
pub async fn load_by_id(tx: &mut Tx, id: EndpointId) -> Result<Option<Endpoint>, DbError> {
    tx.opt(&LOAD_BY_ID, v![id]).await?.map(|r| read(&r)).transpose()
}

pub async fn list(tx: &mut Tx, scope: Scope) -> Result<Vec<Endpoint>, DbError> {
    tx.all(&LIST, v![scope.merchant(), scope.mode()]).await?.iter().map(read).collect()
}

/// Writes a changed endpoint. A version that moved is a conflict.
pub async fn save(tx: &mut Tx, e: &Endpoint) -> Result<(), DbError> {
    let args = v![
        e.id,
        e.version,
        e.url,
        e.description,
        e.events,
        e.signature.as_str(),
        e.public_key,
        e.secret,
        e.secret_old,
        e.secret_old_until,
        e.retries.to_string(),
        e.rate_per_sec,
        e.ordered,
        state(e.enabled),
        e.disabled_reason,
        e.api_version.as_str()
    ];
    match tx.exec(&SAVE, args).await? {
        1 => Ok(()),
        _ => Err(DbError::Conflict("an endpoint's version moved")),
    }
}

/// Deletes it with its deliveries. `false`: there is none.
pub async fn delete(tx: &mut Tx, scope: Scope, id: EndpointId) -> Result<bool, DbError> {
    if load(tx, scope, id).await?.is_none() {
        return Ok(false);
    }
    crate::deliveries::delete_of(tx, id).await?;
    crate::replays::delete_of(tx, id).await?;
    tx.exec(&DELETE_PACE, v![id]).await?;
    Ok(tx.exec(&DELETE, v![id, scope.merchant(), scope.mode()]).await? == 1)
}

/// Counts a try that failed. Since when they do, and how many; `None`: the endpoint is gone.
pub async fn failed(tx: &mut Tx, id: EndpointId, now: Millis) -> Result<Option<(Millis, i64)>, DbError> {
    let Some(row) = tx.opt(&FAILED, v![id, now]).await? else { return Ok(None) };
    let mut r = row.read();
    Ok(Some((r.get()?, r.get()?)))
}

/// A try succeeded, or somebody says that it will.
pub async fn working(tx: &mut Tx, id: EndpointId) -> Result<(), DbError> {
    tx.exec(&WORKING, v![id]).await.map(drop)
}

/// Disables it. The number of the event that tells of it; `None`: it was disabled before.
pub async fn disable(tx: &mut Tx, id: EndpointId, reason: &str) -> Result<Option<i64>, DbError> {
    tx.opt(&DISABLE, v![id, reason]).await?.map(|row| row.read().get()).transpose()
}

/// Takes one delivery's room in an endpoint's bucket: `gap_ms` each, and up to `burst_ms` of them at once. `false`:
/// there is none yet. In the database, so that all nodes together keep the rate.
pub async fn pace(
    tx: &mut Tx,
    id: EndpointId,
    (gap_ms, burst_ms): (i64, i64),
    now: Millis,
) -> Result<bool, DbError> {
    let room = now.plus(burst_ms - gap_ms);
    Ok(tx.exec(&PACE, v![id, now.plus(gap_ms), now, gap_ms, room]).await? == 1)
}

const fn state(enabled: bool) -> &'static str {
    if enabled { "enabled" } else { "disabled" }
}

fn read(row: &Row) -> Result<Endpoint, DbError> {
    let mut r = row.read();
    let id = r.get()?;
    let scope = Scope::of_row(r.get()?, r.get::<Mode>()?);
    Ok(Endpoint {
        id,
        scope,
        url: r.get()?,
        description: r.get()?,
        events: r.get()?,
        signature: r.parsed()?,
        public_key: r.get()?,
        secret: r.get()?,
        secret_old: r.get()?,
        secret_old_until: r.get()?,
        retries: r.parsed()?,
        rate_per_sec: r.get()?,
        ordered: r.get()?,
        enabled: r.get::<String>()? == "enabled",
        disabled_reason: r.get()?,
        failing_since: r.get()?,
        failures: r.get()?,
        after_pos: r.get()?,
        created_at: r.get()?,
        version: r.get()?,
        api_version: r.parsed()?,
    })
}
