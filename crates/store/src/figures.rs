//! Hourly figures for the home page, folded from events by position. Pages never sum payments live.

use crate::{DbError, Tx, v};
use hundi_core::{Millis, Scope};

/// Something to count: `captured` of `method:upi` in the hour of an event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counted {
    pub hour: Millis,
    pub currency: String,
    /// `captured`, `failed`, `refunded`.
    pub what: &'static str,
    /// `all`, `method:upi`, `connection:conn_…`, `reason:bank_down`.
    pub split: String,
}

crate::statements! {
    ADD =
        "INSERT INTO hourly (merchant_id, mode, hour_ms, currency, what, split, count, amount_minor) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (merchant_id, mode, hour_ms, currency, what, split) DO UPDATE SET \
         count = hourly.count + excluded.count, amount_minor = hourly.amount_minor + excluded.amount_minor";
    BETWEEN =
        "SELECT hour_ms, currency, what, split, count, amount_minor FROM hourly WHERE merchant_id = $1 AND mode = $2 \
         AND hour_ms >= $3 AND hour_ms < $4 ORDER BY hour_ms";
}

pub async fn add(tx: &mut Tx, scope: Scope, c: &Counted, count: i64, minor: i64) -> Result<(), DbError> {
    let args = v![scope.merchant(), scope.mode(), c.hour, c.currency, c.what, c.split, count, minor];
    tx.exec(&ADD, args).await.map(drop)
}

/// One hour's count.
#[derive(Clone, Debug)]
pub struct Figure {
    pub hour: Millis,
    pub currency: String,
    pub what: String,
    pub split: String,
    pub count: i64,
    pub minor: i64,
}

pub async fn between(tx: &mut Tx, scope: Scope, from: Millis, to: Millis) -> Result<Vec<Figure>, DbError> {
    let rows = tx.all(&BETWEEN, v![scope.merchant(), scope.mode(), from, to]).await?;
    rows.iter()
        .map(|row| {
            let mut r = row.read();
            Ok(Figure {
                hour: r.get()?,
                currency: r.get()?,
                what: r.get()?,
                split: r.get()?,
                count: r.get()?,
                minor: r.get()?,
            })
        })
        .collect()
}
