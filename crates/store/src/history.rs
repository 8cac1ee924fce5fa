//! The evidence beneath an object: every move of its machine, and every exchange with a provider about it.

use crate::{DbError, Page, Row, Tx, v};
use hundi_core::{ConnectionId, ExchangeId, Millis, Scope};

/// One move of a machine, with what caused it.
#[derive(Clone, Debug)]
pub struct Transition {
    pub object_id: String,
    pub seq: i64,
    /// `order`, `payment`, `refund`.
    pub kind: &'static str,
    pub from: String,
    pub to: String,
    /// `api`, `return`, `webhook`, `poll`, `sweep`, `person`, `timeout`, `policy`.
    pub cause: String,
    /// The notice or exchange that showed it.
    pub evidence: Option<String>,
    /// The provider's time, where it said one.
    pub at: Millis,
    pub created_at: Millis,
}

/// One request to a provider and its answer, secrets hidden.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub id: ExchangeId,
    pub connection_id: ConnectionId,
    pub object_id: String,
    pub purpose: String,
    pub request_line: String,
    pub request_headers: String,
    pub request_body: String,
    pub status: Option<i64>,
    pub outcome: String,
    pub response_headers: String,
    pub response_body: String,
    pub at: Millis,
    pub took_ms: i64,
}

crate::statements! {
    INSERT_TRANSITION =
        "INSERT INTO transition (object_id, seq, kind, from_state, to_state, cause, evidence, at_ms, created_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    LAST_SEQ = "SELECT COALESCE(MAX(seq), 0) AS seq FROM transition WHERE object_id = $1";
    TRANSITIONS =
        "SELECT object_id, seq, kind, from_state, to_state, cause, evidence, at_ms, created_ms FROM transition \
         WHERE object_id = $1 ORDER BY seq";
    INSERT_EXCHANGE =
        "INSERT INTO exchange (id, merchant_id, mode, connection_id, object_id, purpose, request_line, \
         request_headers, request_body, status, outcome, response_headers, response_body, at_ms, took_ms) \
         VALUES ($1, (SELECT merchant_id FROM connection WHERE id = $2), (SELECT mode FROM connection WHERE id = $2), \
         $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    LIST_EXCHANGES =
        "SELECT id, connection_id, object_id, purpose, request_line, request_headers, request_body, status, outcome, \
         response_headers, response_body, at_ms, took_ms FROM exchange WHERE merchant_id = $1 AND mode = $2 \
         AND (at_ms, id) < ($3, $4) AND at_ms >= $5 AND at_ms < $6 AND (CAST($7 AS TEXT) IS NULL OR object_id = $7) \
         ORDER BY at_ms DESC, id DESC LIMIT $8";
    LIST_EXCHANGES_UP =
        "SELECT id, connection_id, object_id, purpose, request_line, request_headers, request_body, status, outcome, \
         response_headers, response_body, at_ms, took_ms FROM exchange WHERE merchant_id = $1 AND mode = $2 \
         AND (at_ms, id) > ($3, $4) AND at_ms >= $5 AND at_ms < $6 AND (CAST($7 AS TEXT) IS NULL OR object_id = $7) \
         ORDER BY at_ms, id LIMIT $8";
    EXCHANGE =
        "SELECT id, connection_id, object_id, purpose, request_line, request_headers, request_body, status, outcome, \
         response_headers, response_body, at_ms, took_ms FROM exchange WHERE id = $1 AND merchant_id = $2 AND mode = $3";
    EXCHANGES =
        "SELECT id, connection_id, object_id, purpose, request_line, request_headers, request_body, status, outcome, \
         response_headers, response_body, at_ms, took_ms FROM exchange WHERE object_id = $1 AND merchant_id = $2 \
         AND mode = $3 ORDER BY at_ms, id";
}

/// Appends a move. Its number follows the object's last; the object's version guards against a second writer.
pub async fn moved(tx: &mut Tx, t: &Transition) -> Result<(), DbError> {
    let args = v![t.object_id, t.seq, t.kind, t.from, t.to, t.cause, t.evidence, t.at, t.created_at];
    tx.push(&INSERT_TRANSITION, args).await
}

/// The number of the object's last move, nought before the first.
pub async fn last_seq(tx: &mut Tx, object_id: &str) -> Result<i64, DbError> {
    tx.opt(&LAST_SEQ, v![object_id]).await?.map_or(Ok(0), |r| r.read().get())
}

/// All moves of an object, in order.
pub async fn transitions(tx: &mut Tx, object_id: &str) -> Result<Vec<Transition>, DbError> {
    let rows = tx.all(&TRANSITIONS, v![object_id]).await?;
    rows.iter()
        .map(|row| {
            let mut r = row.read();
            Ok(Transition {
                object_id: r.get()?,
                seq: r.get()?,
                kind: match r.get::<String>()?.as_str() {
                    "order" => "order",
                    "refund" => "refund",
                    _ => "payment",
                },
                from: r.get()?,
                to: r.get()?,
                cause: r.get()?,
                evidence: r.get()?,
                at: r.get()?,
                created_at: r.get()?,
            })
        })
        .collect()
}

/// Writes an exchange, already redacted. It belongs to whose account it was held over, whoever the payment is of: what
/// the platform's account and its provider say to each other is not for the merchant to read.
pub async fn exchanged(tx: &mut Tx, x: &Exchange) -> Result<(), DbError> {
    let args = v![
        x.id,
        x.connection_id,
        x.object_id,
        x.purpose,
        x.request_line,
        x.request_headers,
        x.request_body,
        x.status,
        x.outcome,
        x.response_headers,
        x.response_body,
        x.at,
        x.took_ms
    ];
    tx.push(&INSERT_EXCHANGE, args).await
}

/// All exchanges about an object, in order.
pub async fn exchanges(tx: &mut Tx, scope: Scope, object_id: &str) -> Result<Vec<Exchange>, DbError> {
    let rows = tx.all(&EXCHANGES, v![object_id, scope.merchant(), scope.mode()]).await?;
    rows.iter().map(read_exchange).collect()
}

/// A page of a merchant's, newest first.
pub async fn list_exchanges(
    tx: &mut Tx,
    scope: Scope,
    object_id: Option<&str>,
    page: &Page,
) -> Result<Vec<Exchange>, DbError> {
    let (at, id) = page.from(ExchangeId::PREFIX);
    let (merchant, mode) = (scope.merchant(), scope.mode());
    let args = v![merchant, mode, at, id, page.created_from, page.created_to, object_id, page.limit];
    let rows = tx.all(if page.is_up() { &LIST_EXCHANGES_UP } else { &LIST_EXCHANGES }, args).await?;
    page.in_order(rows.iter().map(read_exchange).collect())
}

pub async fn exchange(tx: &mut Tx, scope: Scope, id: ExchangeId) -> Result<Option<Exchange>, DbError> {
    let row = tx.opt(&EXCHANGE, v![id, scope.merchant(), scope.mode()]).await?;
    row.map(|row| read_exchange(&row)).transpose()
}

fn read_exchange(row: &Row) -> Result<Exchange, DbError> {
    let mut r = row.read();
    Ok(Exchange {
        id: r.get()?,
        connection_id: r.get()?,
        object_id: r.get()?,
        purpose: r.get()?,
        request_line: r.get()?,
        request_headers: r.get()?,
        request_body: r.get()?,
        status: r.get()?,
        outcome: r.get()?,
        response_headers: r.get()?,
        response_body: r.get()?,
        at: r.get()?,
        took_ms: r.get()?,
    })
}
