//! Lists of payments: by filter and page, and what is in doubt.

use super::{Payment, with_tries};
use crate::{DbError, Tx, v};
use hundi_core::guard::Stake;
use hundi_core::payment::Status;
use hundi_core::{ConnectionId, Method, Millis, OrderId, PaymentId, Scope};

crate::statements! {
    LIST = concat!(
        "SELECT ", columns!(), " FROM payment WHERE merchant_id = $1 AND mode = $2 AND (created_ms, id) < ($3, $4) \
         AND created_ms >= $5 AND created_ms < $6 AND (CAST($7 AS TEXT) IS NULL OR status = $7) \
         AND (CAST($8 AS TEXT) IS NULL OR method = $8) AND (CAST($9 AS TEXT) IS NULL OR order_id = $9) \
         AND (CAST($10 AS TEXT) IS NULL OR connection_id = $10) AND (CAST($11 AS BIGINT) IS NULL OR amount_minor = $11) \
         AND (CAST($12 AS BIGINT) IS NULL OR in_doubt_ms IS NOT NULL) AND (CAST($13 AS TEXT) IS NULL OR id = $13 \
         OR our_ref = $13 OR provider_order = $13 OR order_id = $13 OR id IN (SELECT payment_id FROM payment_try t WHERE \
         t.connection_id = payment.connection_id AND t.provider_payment = $13) \
         OR EXISTS (SELECT 1 FROM orders o WHERE o.id = payment.order_id AND (lower(o.receipt) = lower($13) \
         OR lower(o.payer_email) = lower($13)))) AND (CAST($14 AS BIGINT) IS NULL OR refunded_minor > 0) \
         ORDER BY created_ms DESC, id DESC LIMIT $15"
    );
    LIST_UP = concat!(
        "SELECT ", columns!(), " FROM payment WHERE merchant_id = $1 AND mode = $2 AND (created_ms, id) > ($3, $4) \
         AND created_ms >= $5 AND created_ms < $6 AND (CAST($7 AS TEXT) IS NULL OR status = $7) \
         AND (CAST($8 AS TEXT) IS NULL OR method = $8) AND (CAST($9 AS TEXT) IS NULL OR order_id = $9) \
         AND (CAST($10 AS TEXT) IS NULL OR connection_id = $10) AND (CAST($11 AS BIGINT) IS NULL OR amount_minor = $11) \
         AND (CAST($12 AS BIGINT) IS NULL OR in_doubt_ms IS NOT NULL) AND (CAST($13 AS TEXT) IS NULL OR id = $13 \
         OR our_ref = $13 OR provider_order = $13 OR order_id = $13 OR id IN (SELECT payment_id FROM payment_try t WHERE \
         t.connection_id = payment.connection_id AND t.provider_payment = $13) \
         OR EXISTS (SELECT 1 FROM orders o WHERE o.id = payment.order_id AND (lower(o.receipt) = lower($13) \
         OR lower(o.payer_email) = lower($13)))) AND (CAST($14 AS BIGINT) IS NULL OR refunded_minor > 0) \
         ORDER BY created_ms, id LIMIT $15"
    );
    STAKES =
        "SELECT amount_minor, captured_minor, refunded_minor, status, in_doubt_ms FROM payment WHERE order_id = $1 \
         ORDER BY created_ms, id";
    COUNT_IN_DOUBT =
        "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS minor FROM payment \
         WHERE merchant_id = $1 AND mode = $2 AND in_doubt_ms IS NOT NULL";
}

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub status: Option<Status>,
    pub method: Option<Method>,
    pub order: Option<OrderId>,
    pub connection: Option<ConnectionId>,
    pub amount_minor: Option<i64>,
    pub in_doubt: bool,
    /// Money was given back, all of it or a part.
    pub refunded: bool,
    /// Any one reference, whole: of the payment, or of its order, whose receipt and payer's e-mail address are taken in
    /// capitals and small letters alike.
    pub reference: Option<String>,
}

/// A page of payments, newest first whichever way it was reached.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    filter: &Filter,
    page: &crate::Page,
) -> Result<Vec<Payment>, DbError> {
    let (at, id) = page.from(PaymentId::PREFIX);
    let args = v![
        scope.merchant(),
        scope.mode(),
        at,
        id,
        page.created_from,
        page.created_to,
        filter.status.map(Status::as_str),
        filter.method.map(Method::as_str),
        filter.order,
        filter.connection,
        filter.amount_minor,
        filter.in_doubt.then_some(1_i64),
        filter.reference,
        filter.refunded.then_some(1_i64),
        page.limit
    ];
    let rows = tx.all(if page.is_up() { &LIST_UP } else { &LIST }, args).await?;
    let mut payments = Vec::with_capacity(rows.len());
    for row in rows {
        payments.extend(with_tries(tx, Some(row)).await?);
    }
    page.in_order(Ok(payments))
}

/// What each payment of an order has taken, or still may.
pub async fn stakes_of_order(tx: &mut Tx, order: OrderId) -> Result<Vec<Stake>, DbError> {
    let rows = tx.all(&STAKES, v![order]).await?;
    rows.iter()
        .map(|row| {
            let mut r = row.read();
            let (asked_minor, captured_minor, refunded_minor) = (r.get()?, r.get()?, r.get()?);
            let status: Status = r.parsed()?;
            let in_doubt = r.get::<Option<Millis>>()?.is_some();
            let open = status.is_open() || in_doubt;
            Ok(Stake { asked_minor, captured_minor, refunded_minor, open })
        })
        .collect()
}

/// How many payments are in doubt, and over how much.
pub async fn count_in_doubt(tx: &mut Tx, scope: Scope) -> Result<(i64, i64), DbError> {
    let row = tx.opt(&COUNT_IN_DOUBT, v![scope.merchant(), scope.mode()]).await?;
    row.map_or(Ok((0, 0)), |row| {
        let mut r = row.read();
        Ok((r.get()?, r.get()?))
    })
}
