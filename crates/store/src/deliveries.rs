//! Deliveries of events to endpoints, and each try of them.

use crate::batch::{self, batch};
use crate::events::{self, Event};
use crate::{DbError, Reader, Row, Tx, Value, v};
use hundi_core::{DeliveryId, EndpointId, EventId, Millis, Mode, Scope};
use std::str::FromStr;

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
    /// What the event is about, and which of its events it is. `None`: promised before anybody asked.
    pub object: Option<(String, i64)>,
    /// When it was last sent again.
    pub again_at: Option<Millis>,
    /// Tries before that.
    pub attempts_before: i64,
}

impl Delivery {
    /// When this round of tries began.
    pub fn began_at(&self) -> Millis {
        self.again_at.unwrap_or(self.created_at)
    }
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
    pub const ALL: [Self; 4] = [Self::Scheduled, Self::Delivered, Self::Exhausted, Self::Disabled];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Delivered => "delivered",
            Self::Exhausted => "exhausted",
            Self::Disabled => "disabled",
        }
    }
}

impl FromStr for State {
    type Err = crate::endpoints::Unknown;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|s| s.as_str() == text).ok_or(crate::endpoints::Unknown)
    }
}

/// One try at delivering.
#[derive(Clone, Debug)]
pub struct Try {
    pub n: i64,
    pub at: Millis,
    pub took_ms: i64,
    /// Where it went. `None`: it was not sent, or before this was kept.
    pub url: Option<String>,
    pub status: Option<i64>,
    pub error: Option<String>,
    pub response: String,
}

macro_rules! columns {
    () => {
        "id, event_id, endpoint_id, merchant_id, mode, event_type, state, attempts, next_ms, last_status, created_ms, \
         done_ms, object_id, seq, round_ms, round_n"
    };
}

/// Scheduled deliveries of an endpoint with their events, and which of them come first.
macro_rules! due {
    () => {
        "SELECT d.id, d.event_id, d.endpoint_id, d.merchant_id, d.mode, d.event_type, d.state, d.attempts, d.next_ms, \
         d.last_status, d.created_ms, d.done_ms, d.object_id, d.seq, d.round_ms, d.round_n, \
         e.id AS e_id, e.merchant_id AS e_merchant, e.mode AS e_mode, e.type, e.object_type, e.object_id AS e_object, \
         e.seq AS e_seq, e.capture_id, e.created_ms AS e_created, e.body, e.pos \
         FROM delivery d JOIN event e ON e.id = d.event_id \
         WHERE d.endpoint_id = $1 AND d.state = 'scheduled' AND d.next_ms <= $2"
    };
}

macro_rules! due_order {
    () => {
        " ORDER BY d.next_ms, d.id LIMIT $3"
    };
}

/// Many promises, as PostgreSQL is given them.
macro_rules! promises {
    () => {
        "unnest(CAST($1 AS TEXT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[]), CAST($4 AS TEXT[]), CAST($5 AS TEXT[]), \
         CAST($6 AS TEXT[]), CAST($7 AS BIGINT[]), CAST($8 AS TEXT[]), CAST($9 AS BIGINT[])) \
         AS r (id, event, endpoint, merchant, mode, kind, at, object, seq)"
    };
}

macro_rules! repeats {
    () => {
        "ON CONFLICT (event_id, endpoint_id) DO UPDATE SET state = 'scheduled', next_ms = excluded.next_ms, \
         done_ms = NULL, object_id = excluded.object_id, seq = excluded.seq, round_ms = excluded.round_ms, \
         round_n = delivery.attempts"
    };
}

crate::statements! {
    SCHEDULE = concat!(
        "INSERT INTO delivery (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, 'scheduled', 0, $7, NULL, $7, NULL, $8, \
         $9, NULL, 0) ON CONFLICT (event_id, endpoint_id) DO NOTHING"
    ), pg concat!(
        "INSERT INTO delivery (", columns!(), ") SELECT id, event, endpoint, merchant, mode, kind, 'scheduled', 0, at, NULL, \
         at, NULL, object, seq, NULL, 0 FROM ", promises!(), " ON CONFLICT (event_id, endpoint_id) DO NOTHING"
    );
    REPEAT = concat!(
        "INSERT INTO delivery (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, 'scheduled', 0, $7, NULL, $7, NULL, $8, \
         $9, $7, 0) ", repeats!()
    ), pg concat!(
        "INSERT INTO delivery (", columns!(), ") SELECT id, event, endpoint, merchant, mode, kind, 'scheduled', 0, at, NULL, \
         at, NULL, object, seq, at, 0 FROM ", promises!(), " ", repeats!()
    );
    BY_ID = concat!("SELECT ", columns!(), " FROM delivery WHERE id = $1");
    LOAD = concat!("SELECT ", columns!(), " FROM delivery WHERE id = $1 AND merchant_id = $2 AND mode = $3");
    TRIED =
        "UPDATE delivery SET state = $3, attempts = attempts + 1, next_ms = $4, last_status = $5, done_ms = $6 \
         WHERE id = $1 AND attempts = $2";
    ARRIVED =
        "UPDATE delivery SET state = 'delivered', attempts = attempts + 1, next_ms = NULL, last_status = $3, done_ms = $4 \
         WHERE id = $1 AND attempts = $2",
        pg "UPDATE delivery d SET state = 'delivered', attempts = d.attempts + 1, next_ms = NULL, last_status = r.status, \
         done_ms = r.at FROM unnest(CAST($1 AS TEXT[]), CAST($2 AS BIGINT[]), CAST($3 AS BIGINT[]), CAST($4 AS BIGINT[])) \
         AS r (id, attempts, status, at) WHERE d.id = r.id AND d.attempts = r.attempts";
    AGAIN =
        "UPDATE delivery SET state = 'scheduled', next_ms = $4, done_ms = NULL, round_ms = $4, round_n = attempts \
         WHERE id = $1 AND merchant_id = $2 AND mode = $3";
    DUE = concat!(due!(), due_order!());
    // Only what has no earlier event of its object before it.
    DUE_IN_TURN = concat!(
        due!(), " AND NOT EXISTS (SELECT 1 FROM delivery b WHERE b.endpoint_id = d.endpoint_id \
         AND b.object_id = d.object_id AND b.seq < d.seq AND b.state = 'scheduled')", due_order!()
    );
    NEXT = "SELECT MIN(next_ms) AS at FROM delivery WHERE endpoint_id = $1 AND state = 'scheduled' AND next_ms > $2";
    UNTRIED =
        "SELECT 1 AS one WHERE EXISTS (SELECT id FROM delivery WHERE endpoint_id = $1 AND state = 'scheduled' \
         AND round_ms = $2 AND attempts = round_n)";
    // Of a delivery that counts it, and once: two workers may have tried, and one of them noted it first.
    INSERT_TRY =
        "INSERT INTO delivery_try (delivery_id, n, at_ms, took_ms, url, status, error, response) \
         SELECT id, $2, $3, $4, $5, $6, $7, $8 FROM delivery WHERE id = $1 AND attempts = $2 \
         ON CONFLICT (delivery_id, n) DO NOTHING",
        pg "INSERT INTO delivery_try (delivery_id, n, at_ms, took_ms, url, status, error, response) \
         SELECT d.id, r.n, r.at, r.took, r.url, r.status, r.error, r.response FROM unnest(CAST($1 AS TEXT[]), \
         CAST($2 AS BIGINT[]), CAST($3 AS BIGINT[]), CAST($4 AS BIGINT[]), CAST($5 AS TEXT[]), CAST($6 AS BIGINT[]), \
         CAST($7 AS TEXT[]), CAST($8 AS TEXT[])) AS r (id, n, at, took, url, status, error, response) \
         JOIN delivery d ON d.id = r.id AND d.attempts = r.n ON CONFLICT (delivery_id, n) DO NOTHING";
    TRIES =
        "SELECT n, at_ms, took_ms, url, status, error, response FROM delivery_try WHERE delivery_id = $1 ORDER BY n";
    LIST = concat!(
        "SELECT ", columns!(), " FROM delivery WHERE endpoint_id = $1 AND merchant_id = $2 AND mode = $3 \
         AND (created_ms, id) < ($4, $5) AND created_ms >= $6 AND created_ms < $7 \
         AND (CAST($8 AS TEXT) IS NULL OR state = $8) ORDER BY created_ms DESC, id DESC LIMIT $9"
    );
    LIST_UP = concat!(
        "SELECT ", columns!(), " FROM delivery WHERE endpoint_id = $1 AND merchant_id = $2 AND mode = $3 \
         AND (created_ms, id) > ($4, $5) AND created_ms >= $6 AND created_ms < $7 \
         AND (CAST($8 AS TEXT) IS NULL OR state = $8) ORDER BY created_ms, id LIMIT $9"
    );
    OF_EVENT = concat!(
        "SELECT ", columns!(), " FROM delivery WHERE event_id = $1 AND merchant_id = $2 AND mode = $3 \
         ORDER BY created_ms DESC, id DESC"
    );
    OF_EVENTS = concat!(
        "SELECT ", columns!(), " FROM delivery WHERE event_id IN ", batch!(), " AND merchant_id = $51 AND mode = $52 \
         ORDER BY created_ms DESC, id DESC"
    );
    DELETE_TRIES = "DELETE FROM delivery_try WHERE delivery_id IN (SELECT id FROM delivery WHERE endpoint_id = $1)";
    DELETE = "DELETE FROM delivery WHERE endpoint_id = $1";
}

/// An event that an endpoint is to get.
#[derive(Clone, Copy, Debug)]
pub struct Promise<'a> {
    pub id: DeliveryId,
    pub event: &'a Event,
    pub endpoint: EndpointId,
}

impl Promise<'_> {
    fn args(&self, now: Millis) -> Vec<Value> {
        let (event, scope) = (self.event, self.event.scope);
        let kind = event.kind.as_str();
        v![
            self.id,
            event.id,
            self.endpoint,
            scope.merchant(),
            scope.mode(),
            kind,
            now,
            event.object_id,
            event.seq
        ]
    }
}

/// Promises events to endpoints. What was promised before is not promised a second time.
pub async fn schedule(tx: &mut Tx, promises: &[Promise<'_>], now: Millis) -> Result<(), DbError> {
    tx.push_all(&SCHEDULE, promises.iter().map(|promise| promise.args(now)).collect()).await
}

/// Promises them anew, whether they were promised before or not. The ids are the deliveries' where they were not.
pub async fn repeat(tx: &mut Tx, promises: &[Promise<'_>], now: Millis) -> Result<(), DbError> {
    tx.push_all(&REPEAT, promises.iter().map(|promise| promise.args(now)).collect()).await
}

/// For a job that knows nothing else of it.
pub async fn load_by_id(tx: &mut Tx, id: DeliveryId) -> Result<Option<Delivery>, DbError> {
    tx.opt(&BY_ID, v![id]).await?.map(|r| read(&r)).transpose()
}

/// The delivery, if it is this scope's.
pub async fn load(tx: &mut Tx, scope: Scope, id: DeliveryId) -> Result<Option<Delivery>, DbError> {
    tx.opt(&LOAD, v![id, scope.merchant(), scope.mode()]).await?.map(|r| read(&r)).transpose()
}

/// What is due to an endpoint, the longest due first, with its events. In turn: no event before an earlier one of its
/// object that is still on its way.
pub async fn due(
    tx: &mut Tx,
    endpoint: EndpointId,
    in_turn: bool,
    now: Millis,
    limit: i64,
) -> Result<Vec<(Delivery, Event)>, DbError> {
    let statement = if in_turn { &DUE_IN_TURN } else { &DUE };
    let rows = tx.all(statement, v![endpoint, now, limit]).await?;
    rows.iter()
        .map(|row| {
            let mut r = row.read();
            Ok((next(&mut r)?, events::next(&mut r)?.event))
        })
        .collect()
}

/// When the first of what is not due yet to an endpoint will be.
pub async fn next_due(tx: &mut Tx, endpoint: EndpointId, now: Millis) -> Result<Option<Millis>, DbError> {
    tx.opt(&NEXT, v![endpoint, now]).await?.map_or(Ok(None), |row| row.read().get())
}

/// Whether any delivery that was sent again at this moment was not tried since.
pub async fn any_untried(tx: &mut Tx, endpoint: EndpointId, again_at: Millis) -> Result<bool, DbError> {
    Ok(tx.opt(&UNTRIED, v![endpoint, again_at]).await?.is_some())
}

/// Notes tries that got through, but for those that another worker noted first.
pub async fn arrived(tx: &mut Tx, arrived: &[(&Delivery, Try)], now: Millis) -> Result<(), DbError> {
    let row = |(d, t): &(&Delivery, Try)| v![d.id, d.attempts, t.status, now];
    tx.push_all(&ARRIVED, arrived.iter().map(row).collect()).await?;
    tx.push_all(&INSERT_TRY, arrived.iter().map(|(d, t)| try_args(d, t)).collect()).await
}

/// Notes any try and what follows from it. `false`: another worker noted this try first.
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
    tx.push_all(&INSERT_TRY, vec![try_args(d, t)]).await?;
    Ok(true)
}

fn try_args(d: &Delivery, t: &Try) -> Vec<Value> {
    v![d.id, t.n, t.at, t.took_ms, t.url, t.status, t.error, t.response]
}

/// A person asks for it to be sent again. Its schedule begins anew.
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
                url: r.get()?,
                status: r.get()?,
                error: r.get()?,
                response: r.get()?,
            })
        })
        .collect()
}

/// A page of an endpoint's deliveries, newest first.
pub async fn list(
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
    let rows = tx.all(if page.is_up() { &LIST_UP } else { &LIST }, args).await?;
    page.in_order(rows.iter().map(read).collect())
}

/// An event's deliveries, newest first: one for each endpoint that it was promised to.
pub async fn of_event(tx: &mut Tx, scope: Scope, event: EventId) -> Result<Vec<Delivery>, DbError> {
    tx.all(&OF_EVENT, v![event, scope.merchant(), scope.mode()]).await?.iter().map(read).collect()
}

/// The same of many events at once. An event has one for each endpoint, and a merchant few of those.
pub async fn of_events(tx: &mut Tx, scope: Scope, events: &[EventId]) -> Result<Vec<Delivery>, DbError> {
    let ids = events.iter().map(EventId::to_string);
    let rows = batch::all(tx, &OF_EVENTS, ids, v![scope.merchant(), scope.mode()]).await?;
    rows.iter().map(read).collect()
}

/// With an endpoint go its deliveries.
pub(crate) async fn delete_of(tx: &mut Tx, endpoint: EndpointId) -> Result<(), DbError> {
    tx.exec(&DELETE_TRIES, v![endpoint]).await?;
    tx.exec(&DELETE, v![endpoint]).await.map(drop)
}

fn read(row: &Row) -> Result<Delivery, DbError> {
    next(&mut row.read())
}

fn next(r: &mut Reader<'_>) -> Result<Delivery, DbError> {
    let (id, event_id, endpoint_id) = (r.get()?, r.get()?, r.get()?);
    let scope = Scope::of_row(r.get()?, r.get::<Mode>()?);
    Ok(Delivery {
        id,
        event_id,
        endpoint_id,
        scope,
        event_type: r.get()?,
        state: r.parsed()?,
        attempts: r.get()?,
        next_at: r.get()?,
        last_status: r.get()?,
        created_at: r.get()?,
        done_at: r.get()?,
        object: r.get::<Option<String>>()?.zip(r.get()?),
        again_at: r.get()?,
        attempts_before: r.get()?,
    })
}
