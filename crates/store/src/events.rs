//! Events: facts that merchants hear of. Written with what caused them, numbered by one sequencer.

use crate::{DbError, Reader, Row, Tx, v};
use hundi_core::event::EventType;
use hundi_core::{CaptureId, EventId, Millis, Mode, Scope};
use std::collections::HashMap;

/// An event as it stands. `body` is the object as it was, in its public shape.
#[derive(Clone, Debug)]
pub struct Event {
    pub id: EventId,
    pub scope: Scope,
    pub kind: EventType,
    pub object_type: &'static str,
    pub object_id: String,
    /// 1, 2, 3 ... per object, without a gap.
    pub seq: i64,
    pub capture_id: Option<CaptureId>,
    pub created_at: Millis,
    pub body: String,
}

/// An event with its place among all events.
#[derive(Clone, Debug)]
pub struct Placed {
    pub pos: i64,
    pub event: Event,
}

macro_rules! columns {
    () => {
        "id, merchant_id, mode, type, object_type, object_id, seq, capture_id, created_ms, body, pos"
    };
}

crate::statements! {
    INSERT =
        "INSERT INTO event (id, merchant_id, mode, type, object_type, object_id, seq, capture_id, created_ms, body, pos) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, (SELECT COALESCE(MAX(pos), 0) + 1 FROM event))",
        pg "INSERT INTO event (id, merchant_id, mode, type, object_type, object_id, seq, capture_id, created_ms, body, pos) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL)";
    UNSEQUENCED = "SELECT id, object_id, seq FROM event WHERE pos IS NULL ORDER BY id LIMIT 500";
    LAST_POS = "SELECT COALESCE(MAX(pos), 0) AS pos FROM event";
    SET_POS = "UPDATE event SET pos = $2 WHERE id = $1 AND pos IS NULL";
    AFTER = concat!("SELECT ", columns!(), " FROM event WHERE pos > $1 ORDER BY pos LIMIT $2");
    ANY_AFTER =
        "SELECT 1 AS one WHERE EXISTS (SELECT id FROM event WHERE pos > $1) OR EXISTS (SELECT id FROM event WHERE pos IS NULL)";
    LOAD = concat!("SELECT ", columns!(), " FROM event WHERE id = $1 AND merchant_id = $2 AND mode = $3");
    LIST = concat!(
        "SELECT ", columns!(), " FROM event WHERE merchant_id = $1 AND mode = $2 AND pos < $3 \
         AND (CAST($4 AS TEXT) IS NULL OR type = $4) AND (CAST($5 AS TEXT) IS NULL OR object_id = $5) \
         AND created_ms >= $6 AND created_ms < $7 ORDER BY pos DESC LIMIT $8"
    );
    LIST_UP = concat!(
        "SELECT ", columns!(), " FROM event WHERE merchant_id = $1 AND mode = $2 AND pos > $3 \
         AND (CAST($4 AS TEXT) IS NULL OR type = $4) AND (CAST($5 AS TEXT) IS NULL OR object_id = $5) \
         AND created_ms >= $6 AND created_ms < $7 ORDER BY pos LIMIT $8"
    );
}

/// Writes an event, in the transaction of what it tells.
pub async fn insert(tx: &mut Tx, e: &Event) -> Result<(), DbError> {
    let args = v![
        e.id,
        e.scope.merchant(),
        e.scope.mode(),
        e.kind.as_str(),
        e.object_type,
        e.object_id,
        e.seq,
        e.capture_id,
        e.created_at,
        e.body
    ];
    tx.push(&INSERT, args).await
}

/// Gives positions to events that have none. Only the sequencer calls this. Returns how many.
///
/// Ids carry the time, so their order is the order of happening to within the nodes' clocks; what counts is that a
/// position, once given, never has an unseen one below it, and that an object's events stand in their own order.
pub async fn sequence(tx: &mut Tx) -> Result<usize, DbError> {
    let rows = tx.all(&UNSEQUENCED, v![]).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let last = last_pos(tx).await?;
    let mut waiting: Vec<(EventId, String, i64)> = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut r = row.read();
        waiting.push((r.get()?, r.get()?, r.get()?));
    }
    for (id, pos) in in_turn(&waiting).into_iter().zip(last + 1..) {
        tx.push(&SET_POS, v![id, pos]).await?;
    }
    Ok(rows.len())
}

/// The places stay as they are; each object's events share its places by their own numbers.
fn in_turn(waiting: &[(EventId, String, i64)]) -> Vec<EventId> {
    let mut of_object: HashMap<&str, Vec<(i64, EventId)>> = HashMap::new();
    for (id, object, seq) in waiting {
        of_object.entry(object).or_default().push((*seq, *id));
    }
    // The last one first, to be taken from the end.
    of_object.values_mut().for_each(|events| events.sort_unstable_by(|a, b| b.cmp(a)));
    let next = |object: &str| of_object.get_mut(object).and_then(Vec::pop).map(|(_, id)| id);
    waiting.iter().map(|(_, object, _)| object.as_str()).filter_map(next).collect()
}

/// The newest position.
pub async fn last_pos(tx: &mut Tx) -> Result<i64, DbError> {
    tx.opt(&LAST_POS, v![]).await?.map_or(Ok(0), |r| r.read().get())
}

/// The next events in order, for followers.
pub async fn after(tx: &mut Tx, pos: i64, limit: i64) -> Result<Vec<Placed>, DbError> {
    tx.all(&AFTER, v![pos, limit]).await?.iter().map(read).collect()
}

/// Whether there are events that a follower at `pos` has not seen.
pub async fn any_after(tx: &mut Tx, pos: i64) -> Result<bool, DbError> {
    Ok(tx.opt(&ANY_AFTER, v![pos]).await?.is_some())
}

/// The event, if it is this scope's.
pub async fn load(tx: &mut Tx, scope: Scope, id: EventId) -> Result<Option<Placed>, DbError> {
    tx.opt(&LOAD, v![id, scope.merchant(), scope.mode()]).await?.map(|r| read(&r)).transpose()
}

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub kind: Option<EventType>,
    pub object_id: Option<String>,
}

/// A page of events by position, newest first. An event without a position yet is not listed yet.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    filter: &Filter,
    from: &Positions,
    created: (Millis, Millis),
    limit: i64,
) -> Result<Vec<Placed>, DbError> {
    let (statement, pos) = match from {
        Positions::Newest => (&LIST, i64::MAX),
        Positions::Below(pos) => (&LIST, *pos),
        Positions::Above(pos) => (&LIST_UP, *pos),
    };
    let args = v![
        scope.merchant(),
        scope.mode(),
        pos,
        filter.kind.map(EventType::as_str),
        filter.object_id,
        created.0,
        created.1,
        limit
    ];
    let mut page: Vec<Placed> = tx.all(statement, args).await?.iter().map(read).collect::<Result<_, _>>()?;
    if matches!(from, Positions::Above(_)) {
        page.reverse();
    }
    Ok(page)
}

/// Where a page of events starts.
#[derive(Clone, Copy, Debug)]
pub enum Positions {
    Newest,
    Below(i64),
    Above(i64),
}

fn read(row: &Row) -> Result<Placed, DbError> {
    next(&mut row.read())
}

/// The columns of an event, in a row that may have others before them.
pub(crate) fn next(r: &mut Reader<'_>) -> Result<Placed, DbError> {
    let id = r.get()?;
    let scope = Scope::of_row(r.get()?, r.get::<Mode>()?);
    let kind = r.parsed()?;
    let object_type = match r.get::<String>()?.as_str() {
        "order" => "order",
        "payment" => "payment",
        "refund" => "refund",
        "discrepancy" => "discrepancy",
        _ => "endpoint",
    };
    let event = Event {
        id,
        scope,
        kind,
        object_type,
        object_id: r.get()?,
        seq: r.get()?,
        capture_id: r.get()?,
        created_at: r.get()?,
        body: r.get()?,
    };
    Ok(Placed { pos: r.get::<Option<i64>>()?.unwrap_or(0), event })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_objects_events_stand_in_their_own_order_whatever_the_nodes_clocks_say() {
        let id = |n: u8| EventId::new(Millis(1), [n; 10]);
        let event = |n: u8, object: &str, seq| (id(n), object.to_owned(), seq);
        let waiting =
            [event(1, "a", 2), event(2, "b", 1), event(3, "a", 1), event(4, "a", 3), event(5, "c", 7)];
        assert_eq!(in_turn(&waiting), [3, 2, 1, 4, 5].map(id));
    }
}
