//! What stands wrong with a connection's webhooks, and what that is judged by.

use crate::{DbError, Tx, v};
use hundi_core::{ConnectionId, Millis};

/// What was last said of a connection's webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alarm {
    pub state: State,
    pub since: Millis,
    /// Events told of this connection so far.
    pub event_seq: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Well,
    /// Money moved, and no message told of it.
    Silent,
    /// Messages came whose proof did not hold, or that could not be worked on.
    Refused,
}

impl State {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Silent => "silent",
            Self::Refused => "refused",
        }
    }
}

/// A payment whose money came, and whether any message told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    pub at: Millis,
    pub heard: bool,
}

crate::statements! {
    LOAD = "SELECT state, since_ms, event_seq FROM webhook_alarm WHERE connection_id = $1";
    PUT =
        "INSERT INTO webhook_alarm (connection_id, state, since_ms, event_seq) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (connection_id) DO UPDATE SET state = excluded.state, since_ms = excluded.since_ms, \
         event_seq = excluded.event_seq WHERE webhook_alarm.event_seq = excluded.event_seq - 1";
    NEWEST =
        "SELECT c.created_ms, CASE WHEN EXISTS (SELECT 1 FROM notice n WHERE n.object_id = c.payment_id \
         AND n.connection_id = c.connection_id AND n.verified = 1) THEN 1 ELSE 0 END AS heard FROM capture c \
         WHERE c.connection_id = $1 AND c.created_ms > $2 ORDER BY c.created_ms DESC, c.id DESC LIMIT $3";
    PAGE = "SELECT id FROM connection WHERE id > $1 ORDER BY id LIMIT $2";
}

/// What was last said of it.
pub async fn load(tx: &mut Tx, connection: ConnectionId) -> Result<Option<Alarm>, DbError> {
    let Some(row) = tx.opt(&LOAD, v![connection]).await? else { return Ok(None) };
    let mut r = row.read();
    let state = match r.get::<String>()?.as_str() {
        "silent" => State::Silent,
        "refused" => State::Refused,
        _ => State::Well,
    };
    Ok(Some(Alarm { state, since: r.get()?, event_seq: r.get()? }))
}

/// Notes what is said of it now. `false`: another node said something meanwhile.
pub async fn put(tx: &mut Tx, connection: ConnectionId, a: &Alarm) -> Result<bool, DbError> {
    Ok(tx.exec(&PUT, v![connection, a.state.as_str(), a.since, a.event_seq]).await? == 1)
}

/// The newest money of a connection since then, newest first.
pub async fn newest(
    tx: &mut Tx,
    connection: ConnectionId,
    since: Millis,
    limit: i64,
) -> Result<Vec<Known>, DbError> {
    let rows = tx.all(&NEWEST, v![connection, since, limit]).await?;
    rows.iter()
        .map(|row| {
            let mut r = row.read();
            Ok(Known { at: r.get()?, heard: r.get()? })
        })
        .collect()
}

/// Every connection there is, in order of ids, after one of them.
pub async fn page(tx: &mut Tx, after: &str, limit: i64) -> Result<Vec<ConnectionId>, DbError> {
    tx.all(&PAGE, v![after, limit]).await?.iter().map(crate::Row::one).collect()
}
