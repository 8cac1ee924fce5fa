//! Messages from providers: the inbox, and what was parked because it isn't ours.

use crate::{DbError, Row, Tx, v};
use hundi_core::{ConnectionId, Millis, Mode, NoticeId, Scope};

/// A message as it arrived, with the verdict on it.
#[derive(Clone, Debug)]
pub struct Notice {
    pub id: NoticeId,
    pub scope: Scope,
    pub connection_id: ConnectionId,
    pub received_at: Millis,
    /// One `name: value` per line, secrets hidden.
    pub headers: String,
    pub body: Vec<u8>,
    pub verified: bool,
    pub verdict: String,
    pub grade: Option<String>,
    pub kind: Option<String>,
    pub event_id: Option<String>,
    pub state: State,
    pub effect: Effect,
    pub meaning_key: Option<String>,
    pub object_id: Option<String>,
    pub detail: Option<String>,
    pub worked_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Verified, stored and answered; a job will work on it.
    Received,
    Done,
    /// Worked on three times without success: for a person.
    Failed,
    /// Not verified: kept as evidence, never worked on.
    Refused,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    None,
    /// It moved a state.
    Applied,
    /// Known already.
    Same,
    /// Its grade does not let it move anything: the provider was asked.
    Asked,
    /// About somebody else's money on the same account.
    Parked,
}

impl State {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }
}

impl Effect {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Applied => "applied",
            Self::Same => "same",
            Self::Asked => "asked",
            Self::Parked => "parked",
        }
    }
}

macro_rules! columns {
    () => {
        "id, merchant_id, mode, connection_id, received_ms, headers, body, verified, verdict, grade, kind, event_id, \
         state, effect, meaning_key, object_id, detail, worked_ms"
    };
}

crate::statements! {
    INSERT = concat!(
        "INSERT INTO notice (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, \
         $15, $16, $17, $18)"
    );
    LOAD_BY_ID = concat!("SELECT ", columns!(), " FROM notice WHERE id = $1");
    LOAD = concat!("SELECT ", columns!(), " FROM notice WHERE id = $1 AND merchant_id = $2 AND mode = $3");
    WORKED =
        "UPDATE notice SET state = $2, effect = $3, meaning_key = $4, object_id = $5, detail = $6, worked_ms = $7 \
         WHERE id = $1 AND state = 'received'";
    REOPEN =
        "UPDATE notice SET state = 'received', effect = 'none' WHERE id = $1 AND merchant_id = $2 AND mode = $3 \
         AND verified = 1 AND state <> 'received' AND effect <> 'applied'";
    LIST = concat!(
        "SELECT ", columns!(), " FROM notice WHERE connection_id = $1 AND merchant_id = $2 AND mode = $3 \
         AND (received_ms, id) < ($4, $5) AND received_ms >= $6 AND received_ms < $7 \
         AND (CAST($8 AS BIGINT) IS NULL OR verified = $8) ORDER BY received_ms DESC, id DESC LIMIT $9"
    );
    LIST_UP = concat!(
        "SELECT ", columns!(), " FROM notice WHERE connection_id = $1 AND merchant_id = $2 AND mode = $3 \
         AND (received_ms, id) > ($4, $5) AND received_ms >= $6 AND received_ms < $7 \
         AND (CAST($8 AS BIGINT) IS NULL OR verified = $8) ORDER BY received_ms, id LIMIT $9"
    );
    OF_OBJECT = concat!("SELECT ", columns!(), " FROM notice WHERE object_id = $1 ORDER BY received_ms, id");
    NEWEST_VERDICTS =
        "SELECT received_ms, verified, state FROM notice WHERE connection_id = $1 \
         ORDER BY received_ms DESC, id DESC LIMIT 20";
    COUNT_REFUSED =
        "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM notice WHERE connection_id = $1 AND received_ms > $2 \
         AND verified = 0 LIMIT $3) refused";
    PARK =
        "INSERT INTO parked (connection_id, provider_object, merchant_id, mode, kind, amount_minor, currency, notice_id, seen_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (connection_id, provider_object) DO NOTHING";
    PARKED_BY = "SELECT notice_id FROM parked WHERE connection_id = $1 AND provider_object = $2";
    UNPARK = "DELETE FROM parked WHERE connection_id = $1 AND provider_object = $2";
    COUNT_PARKED = "SELECT COUNT(*) AS n FROM parked WHERE connection_id = $1";
}

/// Stores a message.
pub async fn insert(tx: &mut Tx, n: &Notice) -> Result<(), DbError> {
    let args = v![
        n.id,
        n.scope.merchant(),
        n.scope.mode(),
        n.connection_id,
        n.received_at,
        n.headers,
        n.body,
        n.verified,
        n.verdict,
        n.grade,
        n.kind,
        n.event_id,
        n.state.as_str(),
        n.effect.as_str(),
        n.meaning_key,
        n.object_id,
        n.detail,
        n.worked_at
    ];
    tx.push(&INSERT, args).await
}

/// For the job that works on it. Its scope comes with it.
pub async fn load_by_id(tx: &mut Tx, id: NoticeId) -> Result<Option<Notice>, DbError> {
    tx.opt(&LOAD_BY_ID, v![id]).await?.map(|r| read(&r)).transpose()
}

/// The message, if it is this scope's.
pub async fn load(tx: &mut Tx, scope: Scope, id: NoticeId) -> Result<Option<Notice>, DbError> {
    tx.opt(&LOAD, v![id, scope.merchant(), scope.mode()]).await?.map(|r| read(&r)).transpose()
}

/// What came of working on a message.
#[derive(Clone, Debug)]
pub struct Worked {
    pub state: State,
    pub effect: Effect,
    pub meaning_key: Option<String>,
    pub object_id: Option<String>,
    pub detail: Option<String>,
}

/// Notes what came of it. Harmless when a second worker got there first.
pub async fn worked(tx: &mut Tx, id: NoticeId, w: &Worked, now: Millis) -> Result<(), DbError> {
    let args = v![id, w.state.as_str(), w.effect.as_str(), w.meaning_key, w.object_id, w.detail, now];
    tx.exec(&WORKED, args).await.map(drop)
}

/// A person asks for it to be worked on again. `false`: there is nothing to do again.
pub async fn reopen(tx: &mut Tx, scope: Scope, id: NoticeId) -> Result<bool, DbError> {
    Ok(tx.exec(&REOPEN, v![id, scope.merchant(), scope.mode()]).await? == 1)
}

/// A page of a connection's messages, newest first.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    connection: ConnectionId,
    verified: Option<bool>,
    page: &crate::Page,
) -> Result<Vec<Notice>, DbError> {
    let (at, id) = page.from(NoticeId::PREFIX);
    let args = v![
        connection,
        scope.merchant(),
        scope.mode(),
        at,
        id,
        page.created_from,
        page.created_to,
        verified,
        page.limit
    ];
    let rows = tx.all(if page.is_up() { &LIST_UP } else { &LIST }, args).await?;
    page.in_order(rows.iter().map(read).collect())
}

/// All messages about one payment or refund.
pub async fn of_object(tx: &mut Tx, object_id: &str) -> Result<Vec<Notice>, DbError> {
    tx.all(&OF_OBJECT, v![object_id]).await?.iter().map(read).collect()
}

/// How a connection's messages have been doing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Health {
    pub last_good_at: Option<Millis>,
    pub failures_in_a_row: usize,
}

/// Read off the newest messages.
pub async fn health(tx: &mut Tx, connection: ConnectionId) -> Result<Health, DbError> {
    let mut health = Health::default();
    for row in tx.all(&NEWEST_VERDICTS, v![connection]).await? {
        let mut r = row.read();
        let (at, verified, state): (Millis, bool, String) = (r.get()?, r.get()?, r.get()?);
        if verified && state != "failed" {
            health.last_good_at = Some(at);
            break;
        }
        health.failures_in_a_row += 1;
    }
    Ok(health)
}

/// Whether so many refused messages came since then that no more are kept.
pub async fn too_many_refused(
    tx: &mut Tx,
    connection: ConnectionId,
    since: Millis,
    max: i64,
) -> Result<bool, DbError> {
    let n: i64 =
        tx.opt(&COUNT_REFUSED, v![connection, since, max]).await?.map_or(Ok(0), |r| r.read().get())?;
    Ok(n >= max)
}

/// Money that is not ours.
#[derive(Clone, Debug)]
pub struct Parked {
    pub connection_id: ConnectionId,
    pub provider_object: String,
    pub kind: String,
    pub amount_minor: Option<i64>,
    pub currency: Option<String>,
    /// The notice or the sweep that named it.
    pub shown_by: String,
}

/// Puts it aside, once. `false`: it was there.
pub async fn park(tx: &mut Tx, scope: Scope, p: &Parked, now: Millis) -> Result<bool, DbError> {
    let args = v![
        p.connection_id,
        p.provider_object,
        scope.merchant(),
        scope.mode(),
        p.kind,
        p.amount_minor,
        p.currency,
        p.shown_by,
        now
    ];
    Ok(tx.exec(&PARK, args).await? == 1)
}

/// Which notice or sweep put this aside.
pub async fn parked_by(
    tx: &mut Tx,
    connection: ConnectionId,
    object: &str,
) -> Result<Option<String>, DbError> {
    tx.opt(&PARKED_BY, v![connection, object]).await?.map(|r| r.read().get()).transpose()
}

/// It turned out to be ours.
pub async fn unpark(tx: &mut Tx, connection: ConnectionId, provider_object: &str) -> Result<(), DbError> {
    tx.exec(&UNPARK, v![connection, provider_object]).await.map(drop)
}

/// How many things were put aside for a connection.
pub async fn count_parked(tx: &mut Tx, connection: ConnectionId) -> Result<i64, DbError> {
    tx.opt(&COUNT_PARKED, v![connection]).await?.map_or(Ok(0), |r| r.read().get())
}

fn read(row: &Row) -> Result<Notice, DbError> {
    let mut r = row.read();
    let id = r.get()?;
    let scope = Scope::of_row(r.get()?, r.get::<Mode>()?);
    Ok(Notice {
        id,
        scope,
        connection_id: r.get()?,
        received_at: r.get()?,
        headers: r.get()?,
        body: r.get()?,
        verified: r.get()?,
        verdict: r.get()?,
        grade: r.get()?,
        kind: r.get()?,
        event_id: r.get()?,
        state: match r.get::<String>()?.as_str() {
            "received" => State::Received,
            "done" => State::Done,
            "failed" => State::Failed,
            _ => State::Refused,
        },
        effect: match r.get::<String>()?.as_str() {
            "applied" => Effect::Applied,
            "same" => Effect::Same,
            "asked" => Effect::Asked,
            "parked" => Effect::Parked,
            _ => Effect::None,
        },
        meaning_key: r.get()?,
        object_id: r.get()?,
        detail: r.get()?,
        worked_at: r.get()?,
    })
}
