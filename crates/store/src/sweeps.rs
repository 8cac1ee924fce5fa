//! Sweeps: readings of a provider's own lists over a connection, page by page, each going on where it stopped.

use crate::{DbError, Row, Tx, v};
use hundi_core::{ConnectionId, Millis, Mode, Scope, SweepId};

/// One reading of a provider's lists.
#[derive(Clone, Debug)]
pub struct Sweep {
    pub id: SweepId,
    pub scope: Scope,
    pub connection_id: ConnectionId,
    /// Of the provider's time, `from` within and `to` without.
    pub from: Millis,
    pub to: Millis,
    pub cause: Cause,
    pub asked_by: String,
    pub state: State,
    /// Where the list goes on.
    pub place: Option<String>,
    pub pages: i64,
    pub found: Found,
    /// Of the page that is asked for now, in a row.
    pub failures: i64,
    pub error: Option<String>,
    pub created_at: Millis,
    pub ended_at: Option<Millis>,
}

/// What the pages read so far held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub items: i64,
    /// News to us.
    pub applied: i64,
    /// Not ours, put aside for the first time.
    pub parked: i64,
    /// Named one of ours and something that is not its own.
    pub questioned: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    Schedule,
    /// By a person, a key or a command.
    Asked,
}

impl Cause {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Asked => "asked",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Running,
    Done,
    Failed,
}

impl State {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

macro_rules! columns {
    () => {
        "id, merchant_id, mode, connection_id, from_ms, to_ms, cause, asked_by, state, place, pages, items, applied, \
         parked, questioned, failures, error, created_ms, ended_ms"
    };
}

crate::statements! {
    INSERT =
        "INSERT INTO sweep (id, merchant_id, mode, connection_id, from_ms, to_ms, cause, asked_by, state, place, pages, \
         items, applied, parked, questioned, failures, error, created_ms, updated_ms, ended_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'running', NULL, 0, 0, 0, 0, 0, 0, NULL, $9, $9, NULL) \
         ON CONFLICT (connection_id) WHERE state = 'running' DO NOTHING";
    LOAD = concat!("SELECT ", columns!(), " FROM sweep WHERE id = $1 AND merchant_id = $2 AND mode = $3");
    LOAD_BY_ID = concat!("SELECT ", columns!(), " FROM sweep WHERE id = $1");
    RUNNING = concat!("SELECT ", columns!(), " FROM sweep WHERE connection_id = $1 AND state = 'running'");
    LAST = concat!(
        "SELECT ", columns!(), " FROM sweep WHERE connection_id = $1 ORDER BY created_ms DESC, id DESC LIMIT 1"
    );
    // How far the provider's time was read without a gap; none in a connection's first sweep.
    READ_UNTIL = "SELECT MAX(to_ms) AS until FROM sweep WHERE connection_id = $1 AND state = 'done'";
    ADVANCE =
        "UPDATE sweep SET place = $3, pages = pages + 1, items = items + $4, applied = applied + $5, \
         parked = parked + $6, questioned = questioned + $7, failures = 0, error = NULL, updated_ms = $8 \
         WHERE id = $1 AND pages = $2 AND state = 'running'";
    END =
        "UPDATE sweep SET state = $3, error = $4, updated_ms = $5, ended_ms = $5 \
         WHERE id = $1 AND pages = $2 AND state = 'running'";
    STUMBLE =
        "UPDATE sweep SET failures = failures + 1, error = $3, updated_ms = $4 \
         WHERE id = $1 AND pages = $2 AND state = 'running'";
    // Of every merchant, for the schedule: those whose turn has come, or who have none yet.
    DUE =
        "SELECT c.id FROM connection c LEFT JOIN schedule s ON s.name = 'sweep:' || c.id \
         WHERE c.id > $1 AND (s.next_ms IS NULL OR s.next_ms <= $2) ORDER BY c.id LIMIT $3";
}

/// Begins a reading. `false`: one is under way over this connection.
pub async fn insert(tx: &mut Tx, s: &Sweep) -> Result<bool, DbError> {
    let args = v![
        s.id,
        s.scope.merchant(),
        s.scope.mode(),
        s.connection_id,
        s.from,
        s.to,
        s.cause.as_str(),
        s.asked_by,
        s.created_at
    ];
    Ok(tx.exec(&INSERT, args).await? == 1)
}

/// The sweep, if it is this scope's.
pub async fn load(tx: &mut Tx, scope: Scope, id: SweepId) -> Result<Option<Sweep>, DbError> {
    tx.opt(&LOAD, v![id, scope.merchant(), scope.mode()]).await?.map(|r| read(&r)).transpose()
}

/// For the job that carries it on. Its scope comes with it.
pub async fn load_by_id(tx: &mut Tx, id: SweepId) -> Result<Option<Sweep>, DbError> {
    tx.opt(&LOAD_BY_ID, v![id]).await?.map(|r| read(&r)).transpose()
}

/// The one that is under way over a connection.
pub async fn running(tx: &mut Tx, connection: ConnectionId) -> Result<Option<Sweep>, DbError> {
    tx.opt(&RUNNING, v![connection]).await?.map(|r| read(&r)).transpose()
}

/// The newest over a connection.
pub async fn last(tx: &mut Tx, connection: ConnectionId) -> Result<Option<Sweep>, DbError> {
    tx.opt(&LAST, v![connection]).await?.map(|r| read(&r)).transpose()
}

/// Until when a connection's lists were read to their end.
pub async fn read_until(tx: &mut Tx, connection: ConnectionId) -> Result<Option<Millis>, DbError> {
    tx.opt(&READ_UNTIL, v![connection]).await?.map_or(Ok(None), |r| r.read().get())
}

/// A page was read. `false`: another worker read it first.
pub async fn advance(
    tx: &mut Tx,
    s: &Sweep,
    place: Option<&str>,
    f: Found,
    now: Millis,
) -> Result<bool, DbError> {
    let args = v![s.id, s.pages, place, f.items, f.applied, f.parked, f.questioned, now];
    Ok(tx.exec(&ADVANCE, args).await? == 1)
}

/// Nothing more is asked for. `pages` is how many were read by then.
pub async fn end(
    tx: &mut Tx,
    (id, pages): (SweepId, i64),
    state: State,
    error: Option<&str>,
    now: Millis,
) -> Result<bool, DbError> {
    Ok(tx.exec(&END, v![id, pages, state.as_str(), error, now]).await? == 1)
}

/// A page could not be had; it is asked for again.
pub async fn stumble(tx: &mut Tx, s: &Sweep, error: &str, now: Millis) -> Result<(), DbError> {
    tx.exec(&STUMBLE, v![s.id, s.pages, error, now]).await.map(drop)
}

/// Connections whose daily turn has come, in order of their ids, after one of them.
pub async fn due(tx: &mut Tx, after: &str, now: Millis, limit: i64) -> Result<Vec<ConnectionId>, DbError> {
    tx.all(&DUE, v![after, now, limit]).await?.iter().map(Row::one).collect()
}

fn read(row: &Row) -> Result<Sweep, DbError> {
    let mut r = row.read();
    let id = r.get()?;
    let scope = Scope::of_row(r.get()?, r.get::<Mode>()?);
    Ok(Sweep {
        id,
        scope,
        connection_id: r.get()?,
        from: r.get()?,
        to: r.get()?,
        cause: if r.get::<String>()? == "schedule" { Cause::Schedule } else { Cause::Asked },
        asked_by: r.get()?,
        state: match r.get::<String>()?.as_str() {
            "running" => State::Running,
            "done" => State::Done,
            _ => State::Failed,
        },
        place: r.get()?,
        pages: r.get()?,
        found: Found { items: r.get()?, applied: r.get()?, parked: r.get()?, questioned: r.get()? },
        failures: r.get()?,
        error: r.get()?,
        created_at: r.get()?,
        ended_at: r.get()?,
    })
}
