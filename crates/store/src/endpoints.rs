//! Merchants' endpoints, and the deliveries of events to them.

use crate::{DbError, Row, Tx, v};
use hundi_core::{DeliveryId, EndpointId, EventId, Millis, Mode, Scope};

#[derive(Clone, Debug)]
pub struct Endpoint {
    pub id: EndpointId,
    pub scope: Scope,
    pub url: String,
    pub description: Option<String>,
    /// Event types, comma separated, or `*`.
    pub events: String,
    /// Sealed.
    pub secret: Vec<u8>,
    pub secret_old: Option<Vec<u8>>,
    pub secret_old_until: Option<Millis>,
    pub enabled: bool,
    pub disabled_reason: Option<String>,
    pub failing_since: Option<Millis>,
    /// Events after this position are its business.
    pub after_pos: i64,
    pub created_at: Millis,
    pub version: i64,
}

impl Endpoint {
    pub fn wants(&self, event_type: &str) -> bool {
        self.events == "*" || self.events.split(',').any(|e| e == event_type)
    }
}

#[derive(Clone, Debug)]
pub struct Delivery {
    pub id: DeliveryId,
    pub event_id: EventId,
    pub endpoint_id: EndpointId,
    pub scope: Scope,
    pub event_type: String,
    pub state: State,
    pub attempts: i64,
    pub next_at: Option<Millis>,
    pub last_status: Option<i64>,
    pub created_at: Millis,
    pub done_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Scheduled,
    Delivered,
    /// Every try of the schedule failed. It can be sent again by hand.
    Exhausted,
    /// The endpoint was disabled before it got through.
    Disabled,
}

impl State {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Delivered => "delivered",
            Self::Exhausted => "exhausted",
            Self::Disabled => "disabled",
        }
    }
}

/// One try at delivering.
#[derive(Clone, Debug)]
pub struct Try {
    pub n: i64,
    pub at: Millis,
    pub took_ms: i64,
    pub status: Option<i64>,
    pub error: Option<String>,
    pub response: String,
}

macro_rules! columns {
    () => {
        "id, merchant_id, mode, url, description, events, secret, secret_old, secret_old_until_ms, state, \
         disabled_reason, failing_since_ms, after_pos, created_ms, version"
    };
}

macro_rules! delivery_columns {
    () => {
        "id, event_id, endpoint_id, merchant_id, mode, event_type, state, attempts, next_ms, last_status, created_ms, \
         done_ms"
    };
}

crate::statements! {
    INSERT = concat!(
        "INSERT INTO endpoint (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    );
    LOAD = concat!("SELECT ", columns!(), " FROM endpoint WHERE id = $1 AND merchant_id = $2 AND mode = $3");
    LOAD_BY_ID = concat!("SELECT ", columns!(), " FROM endpoint WHERE id = $1");
    LIST = concat!(
        "SELECT ", columns!(), " FROM endpoint WHERE merchant_id = $1 AND mode = $2 ORDER BY created_ms, id"
    );
    SAVE =
        "UPDATE endpoint SET url = $3, description = $4, events = $5, secret = $6, secret_old = $7, \
         secret_old_until_ms = $8, state = $9, disabled_reason = $10, version = version + 1 \
         WHERE id = $1 AND version = $2";
    FAILING = "UPDATE endpoint SET failing_since_ms = $2 WHERE id = $1 AND failing_since_ms IS NULL";
    WORKING = "UPDATE endpoint SET failing_since_ms = NULL WHERE id = $1 AND failing_since_ms IS NOT NULL";
    DISABLE =
        "UPDATE endpoint SET state = 'disabled', disabled_reason = $2, version = version + 1 \
         WHERE id = $1 AND state = 'enabled'";
    DELETE_DELIVERY_TRIES =
        "DELETE FROM delivery_try WHERE delivery_id IN (SELECT id FROM delivery WHERE endpoint_id = $1)";
    DELETE_DELIVERIES = "DELETE FROM delivery WHERE endpoint_id = $1";
    DELETE = "DELETE FROM endpoint WHERE id = $1 AND merchant_id = $2 AND mode = $3";

    SCHEDULE = concat!(
        "INSERT INTO delivery (", delivery_columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, 'scheduled', 0, $7, NULL, $7, NULL) \
         ON CONFLICT (event_id, endpoint_id) DO NOTHING"
    );
    DELIVERY_BY_ID = concat!("SELECT ", delivery_columns!(), " FROM delivery WHERE id = $1");
    DELIVERY = concat!("SELECT ", delivery_columns!(), " FROM delivery WHERE id = $1 AND merchant_id = $2 AND mode = $3");
    TRIED =
        "UPDATE delivery SET state = $3, attempts = attempts + 1, next_ms = $4, last_status = $5, done_ms = $6 \
         WHERE id = $1 AND attempts = $2";
    AGAIN =
        "UPDATE delivery SET state = 'scheduled', next_ms = $4, done_ms = NULL WHERE id = $1 AND merchant_id = $2 \
         AND mode = $3";
    INSERT_TRY =
        "INSERT INTO delivery_try (delivery_id, n, at_ms, took_ms, status, error, response) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)";
    TRIES = "SELECT n, at_ms, took_ms, status, error, response FROM delivery_try WHERE delivery_id = $1 ORDER BY n";
    DELIVERIES = concat!(
        "SELECT ", delivery_columns!(), " FROM delivery WHERE endpoint_id = $1 AND merchant_id = $2 AND mode = $3 \
         AND (created_ms, id) < ($4, $5) AND created_ms >= $6 AND created_ms < $7 \
         AND (CAST($8 AS TEXT) IS NULL OR state = $8) ORDER BY created_ms DESC, id DESC LIMIT $9"
    );
    DELIVERIES_UP = concat!(
        "SELECT ", delivery_columns!(), " FROM delivery WHERE endpoint_id = $1 AND merchant_id = $2 AND mode = $3 \
         AND (created_ms, id) > ($4, $5) AND created_ms >= $6 AND created_ms < $7 \
         AND (CAST($8 AS TEXT) IS NULL OR state = $8) ORDER BY created_ms, id LIMIT $9"
    );
}

pub async fn insert(tx: &mut Tx, e: &Endpoint) -> Result<(), DbError> {
    let args = v![
        e.id,
        e.scope.merchant(),
        e.scope.mode(),
        e.url,
        e.description,
        e.events,
        e.secret,
        e.secret_old,
        e.secret_old_until,
        state(e.enabled),
        e.disabled_reason,
        e.failing_since,
        e.after_pos,
        e.created_at,
        e.version
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
        e.secret,
        e.secret_old,
        e.secret_old_until,
        state(e.enabled),
        e.disabled_reason
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
    tx.exec(&DELETE_DELIVERY_TRIES, v![id]).await?;
    tx.exec(&DELETE_DELIVERIES, v![id]).await?;
    Ok(tx.exec(&DELETE, v![id, scope.merchant(), scope.mode()]).await? == 1)
}

pub async fn failing(tx: &mut Tx, id: EndpointId, since: Millis) -> Result<(), DbError> {
    tx.exec(&FAILING, v![id, since]).await.map(drop)
}

pub async fn working(tx: &mut Tx, id: EndpointId) -> Result<(), DbError> {
    tx.exec(&WORKING, v![id]).await.map(drop)
}

pub async fn disable(tx: &mut Tx, id: EndpointId, reason: &str) -> Result<bool, DbError> {
    Ok(tx.exec(&DISABLE, v![id, reason]).await? == 1)
}

/// Promises an event to an endpoint, once. `false`: it was promised before.
pub async fn schedule(
    tx: &mut Tx,
    id: DeliveryId,
    event: (EventId, &str),
    endpoint: &Endpoint,
    now: Millis,
) -> Result<bool, DbError> {
    let scope = endpoint.scope;
    let args = v![id, event.0, endpoint.id, scope.merchant(), scope.mode(), event.1, now];
    Ok(tx.exec(&SCHEDULE, args).await? == 1)
}

/// For the job that delivers it.
pub async fn delivery_by_id(tx: &mut Tx, id: DeliveryId) -> Result<Option<Delivery>, DbError> {
    tx.opt(&DELIVERY_BY_ID, v![id]).await?.map(|r| read_delivery(&r)).transpose()
}

/// The delivery, if it is this scope's.
pub async fn delivery(tx: &mut Tx, scope: Scope, id: DeliveryId) -> Result<Option<Delivery>, DbError> {
    tx.opt(&DELIVERY, v![id, scope.merchant(), scope.mode()]).await?.map(|r| read_delivery(&r)).transpose()
}

/// Notes a try and what follows from it. `false`: another worker noted this try first.
pub async fn tried(
    tx: &mut Tx,
    d: &Delivery,
    t: &Try,
    state: State,
    next_at: Option<Millis>,
    now: Millis,
) -> Result<bool, DbError> {
    let done_at = (state != State::Scheduled).then_some(now);
    let args = v![d.id, d.attempts, state.as_str(), next_at, t.status, done_at];
    if tx.exec(&TRIED, args).await? != 1 {
        return Ok(false);
    }
    tx.push(&INSERT_TRY, v![d.id, t.n, t.at, t.took_ms, t.status, t.error, t.response]).await?;
    Ok(true)
}

/// A person asks for it to be sent again.
pub async fn send_again(tx: &mut Tx, scope: Scope, id: DeliveryId, now: Millis) -> Result<bool, DbError> {
    Ok(tx.exec(&AGAIN, v![id, scope.merchant(), scope.mode(), now]).await? == 1)
}

/// All tries of a delivery, oldest first.
pub async fn tries(tx: &mut Tx, id: DeliveryId) -> Result<Vec<Try>, DbError> {
    let rows = tx.all(&TRIES, v![id]).await?;
    rows.iter()
        .map(|row| {
            let mut r = row.read();
            Ok(Try {
                n: r.get()?,
                at: r.get()?,
                took_ms: r.get()?,
                status: r.get()?,
                error: r.get()?,
                response: r.get()?,
            })
        })
        .collect()
}

/// A page of an endpoint's deliveries, newest first.
pub async fn deliveries(
    tx: &mut Tx,
    scope: Scope,
    endpoint: EndpointId,
    narrowed: Option<State>,
    page: &crate::Page,
) -> Result<Vec<Delivery>, DbError> {
    let (at, id) = page.from(DeliveryId::PREFIX);
    let args = v![
        endpoint,
        scope.merchant(),
        scope.mode(),
        at,
        id,
        page.created_from,
        page.created_to,
        narrowed.map(State::as_str),
        page.limit
    ];
    let rows = tx.all(if page.is_up() { &DELIVERIES_UP } else { &DELIVERIES }, args).await?;
    page.in_order(rows.iter().map(read_delivery).collect())
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
        secret: r.get()?,
        secret_old: r.get()?,
        secret_old_until: r.get()?,
        enabled: r.get::<String>()? == "enabled",
        disabled_reason: r.get()?,
        failing_since: r.get()?,
        after_pos: r.get()?,
        created_at: r.get()?,
        version: r.get()?,
    })
}

fn read_delivery(row: &Row) -> Result<Delivery, DbError> {
    let mut r = row.read();
    let (id, event_id, endpoint_id) = (r.get()?, r.get()?, r.get()?);
    let scope = Scope::of_row(r.get()?, r.get::<Mode>()?);
    Ok(Delivery {
        id,
        event_id,
        endpoint_id,
        scope,
        event_type: r.get()?,
        state: match r.get::<String>()?.as_str() {
            "scheduled" => State::Scheduled,
            "delivered" => State::Delivered,
            "exhausted" => State::Exhausted,
            _ => State::Disabled,
        },
        attempts: r.get()?,
        next_at: r.get()?,
        last_status: r.get()?,
        created_at: r.get()?,
        done_at: r.get()?,
    })
}
