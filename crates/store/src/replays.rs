//! Replays: events of a stretch of time that are sent to an endpoint again, chunk by chunk.

use crate::endpoints::Unknown;
use crate::{DbError, Row, Tx, v};
use hundi_core::{EndpointId, Millis, Mode, ReplayId, Scope};
use std::str::FromStr;

#[derive(Clone, Debug)]
pub struct Replay {
    pub id: ReplayId,
    pub endpoint_id: EndpointId,
    pub scope: Scope,
    /// Inclusive.
    pub since: Millis,
    /// Exclusive.
    pub until: Millis,
    /// Event types, comma separated, or `*` for all that the endpoint wants.
    pub events: String,
    pub state: State,
    /// Events up to this position were looked at.
    pub pos: Option<i64>,
    /// The round of the last chunk.
    pub chunk_at: Option<Millis>,
    pub enqueued: i64,
    pub created_at: Millis,
    pub done_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Running,
    Done,
    /// The endpoint was disabled before the end.
    Stopped,
}

impl State {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Stopped => "stopped",
        }
    }
}

impl FromStr for State {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        [Self::Running, Self::Done, Self::Stopped].into_iter().find(|s| s.as_str() == text).ok_or(Unknown)
    }
}

macro_rules! columns {
    () => {
        "id, endpoint_id, merchant_id, mode, since_ms, until_ms, events, state, pos, chunk_ms, enqueued, created_ms, done_ms"
    };
}

crate::statements! {
    INSERT = concat!(
        "INSERT INTO replay (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    );
    LOAD = concat!("SELECT ", columns!(), " FROM replay WHERE id = $1 AND merchant_id = $2 AND mode = $3");
    BY_ID = concat!("SELECT ", columns!(), " FROM replay WHERE id = $1");
    RUNNING = "SELECT COUNT(*) AS n FROM replay WHERE endpoint_id = $1 AND state = 'running'";
    ADVANCE =
        "UPDATE replay SET pos = $3, chunk_ms = $4, enqueued = enqueued + $5, state = $6, done_ms = $7 \
         WHERE id = $1 AND state = 'running' AND COALESCE(pos, -1) = $2";
    DELETE = "DELETE FROM replay WHERE endpoint_id = $1";
}

pub async fn insert(tx: &mut Tx, r: &Replay) -> Result<(), DbError> {
    let args = v![
        r.id,
        r.endpoint_id,
        r.scope.merchant(),
        r.scope.mode(),
        r.since,
        r.until,
        r.events,
        r.state.as_str(),
        r.pos,
        r.chunk_at,
        r.enqueued,
        r.created_at,
        r.done_at
    ];
    tx.exec(&INSERT, args).await.map(drop)
}

/// The replay, if it is this scope's.
pub async fn load(tx: &mut Tx, scope: Scope, id: ReplayId) -> Result<Option<Replay>, DbError> {
    tx.opt(&LOAD, v![id, scope.merchant(), scope.mode()]).await?.map(|r| read(&r)).transpose()
}

/// For the job that carries it out.
pub async fn load_by_id(tx: &mut Tx, id: ReplayId) -> Result<Option<Replay>, DbError> {
    tx.opt(&BY_ID, v![id]).await?.map(|r| read(&r)).transpose()
}

/// How many run for an endpoint.
pub async fn running(tx: &mut Tx, endpoint: EndpointId) -> Result<i64, DbError> {
    tx.opt(&RUNNING, v![endpoint]).await?.map_or(Ok(0), |r| r.read().get())
}

/// How far a replay has come.
#[derive(Clone, Copy, Debug)]
pub struct Chunk {
    pub to: i64,
    pub at: Millis,
    pub enqueued: i64,
    pub state: State,
}

/// Notes a chunk, in its transaction. Another worker that did the same is a conflict.
pub async fn advance(tx: &mut Tx, replay: &Replay, chunk: Chunk) -> Result<(), DbError> {
    let done_at = (chunk.state != State::Running).then_some(chunk.at);
    let from = replay.pos.unwrap_or(-1);
    let args = v![replay.id, from, chunk.to, chunk.at, chunk.enqueued, chunk.state.as_str(), done_at];
    match tx.exec(&ADVANCE, args).await? {
        1 => Ok(()),
        _ => Err(DbError::Conflict("a replay was carried on by another")),
    }
}

/// With an endpoint go its replays.
pub(crate) async fn delete_of(tx: &mut Tx, endpoint: EndpointId) -> Result<(), DbError> {
    tx.exec(&DELETE, v![endpoint]).await.map(drop)
}

fn read(row: &Row) -> Result<Replay, DbError> {
    let mut r = row.read();
    let (id, endpoint_id) = (r.get()?, r.get()?);
    let scope = Scope::of_row(r.get()?, r.get::<Mode>()?);
    Ok(Replay {
        id,
        endpoint_id,
        scope,
        since: r.get()?,
        until: r.get()?,
        events: r.get()?,
        state: r.parsed()?,
        pos: r.get()?,
        chunk_at: r.get()?,
        enqueued: r.get()?,
        created_at: r.get()?,
        done_at: r.get()?,
    })
}
