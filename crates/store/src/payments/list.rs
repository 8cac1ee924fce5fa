//! Lists of payments: by filter and page, by ids, of many orders at once, and what is in doubt.

use super::{Payment, read, read_try};
use crate::batch::{self, batch};
use crate::metadata::{self, found_by_pair, has_pair};
use crate::page::Amounts;
use crate::{DbError, Reader, Row, Tx, v};
use hundi_core::guard::Stake;
use hundi_core::payment::Status;
use hundi_core::{ConnectionId, Method, Millis, OrderId, PaymentId, Scope};
use std::collections::HashMap;

/// What every list is narrowed by, from `$7`.
macro_rules! narrowed {
    () => {
        "(CAST($7 AS TEXT) IS NULL OR status = $7) AND (CAST($8 AS TEXT) IS NULL OR method = $8) \
         AND (CAST($9 AS TEXT) IS NULL OR order_id = $9) AND (CAST($10 AS TEXT) IS NULL OR connection_id = $10) \
         AND amount_minor >= $11 AND amount_minor <= $12 AND (CAST($13 AS BIGINT) IS NULL OR in_doubt_ms IS NOT NULL) \
         AND (CAST($14 AS TEXT) IS NULL OR id = $14 OR our_ref = $14 OR provider_order = $14 OR order_id = $14 \
         OR id IN (SELECT t.payment_id FROM payment_try t WHERE t.connection_id = payment.connection_id \
         AND t.provider_payment = $14) OR id IN (SELECT b.payment_id FROM payment_try b WHERE b.bank_ref = $14) \
         OR order_id IN (SELECT o.id FROM orders o WHERE o.merchant_id = $1 AND o.mode = $2 \
         AND (lower(o.receipt) = lower($14) OR lower(o.payer_email) = lower($14)))) AND (CAST($15 AS BIGINT) IS NULL OR refunded_minor > 0) \
         AND (CAST($16 AS TEXT) IS NULL OR connection_id IN (SELECT c.id FROM connection c WHERE c.provider = $16 \
         AND (c.merchant_id = $1 AND c.mode = $2 OR c.id IN (SELECT l.connection_id FROM fallback l \
         WHERE l.merchant_id = $1 AND l.mode = $2)))) AND (CAST($17 AS TEXT) IS NULL OR currency = $17)"
    };
}

crate::statements! {
    LIST = concat!(
        "SELECT ", columns!(), " FROM payment WHERE merchant_id = $1 AND mode = $2 AND (created_ms, id) < ($3, $4) \
         AND created_ms >= $5 AND created_ms < $6 AND ", narrowed!(), " ORDER BY created_ms DESC, id DESC LIMIT $18"
    );
    LIST_UP = concat!(
        "SELECT ", columns!(), " FROM payment WHERE merchant_id = $1 AND mode = $2 AND (created_ms, id) > ($3, $4) \
         AND created_ms >= $5 AND created_ms < $6 AND ", narrowed!(), " ORDER BY created_ms, id LIMIT $18"
    );
    LIST_FOUND = concat!(
        "SELECT ", columns!(), " FROM ", found_by_pair!("payment", "<", "$19"), " JOIN payment ON id = found_id WHERE ",
        narrowed!(), " AND ", has_pair!("$20"), " AND ", has_pair!("$21"),
        " ORDER BY found_ms DESC, found_id DESC LIMIT $18"
    );
    LIST_FOUND_UP = concat!(
        "SELECT ", columns!(), " FROM ", found_by_pair!("payment", ">", "$19"), " JOIN payment ON id = found_id WHERE ",
        narrowed!(), " AND ", has_pair!("$20"), " AND ", has_pair!("$21"), " ORDER BY found_ms, found_id LIMIT $18"
    );
    BY_IDS = concat!(
        "SELECT ", columns!(), " FROM payment WHERE id IN ", batch!(), " AND merchant_id = $51 AND mode = $52"
    );
    // The newest of each order, as many as are shown and one to know that there are more.
    OF_ORDERS = concat!(
        "SELECT ", columns!(), " FROM (SELECT p.*, ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY created_ms DESC, \
         id DESC) AS nth FROM payment p WHERE order_id IN ", batch!(), " AND merchant_id = $51 AND mode = $52) newest \
         WHERE nth <= $53 ORDER BY created_ms DESC, id DESC"
    );
    TRIES_OF = concat!(
        "SELECT ", try_columns!(), ", payment_id FROM payment_try WHERE payment_id IN ", batch!()
    );
    STAKES = "SELECT amount_minor, captured_minor, refunded_minor, status, in_doubt_ms FROM payment WHERE order_id = $1";
    STAKES_OF = concat!(
        "SELECT amount_minor, captured_minor, refunded_minor, status, in_doubt_ms, order_id FROM payment \
         WHERE order_id IN ", batch!()
    );
    // Those that followed another one, among the newest: without an index of their own, so many rows are looked at.
    FOLLOWED =
        "SELECT DISTINCT order_id FROM (SELECT order_id, after_id FROM payment WHERE merchant_id = $1 AND mode = $2 \
         AND created_ms >= $3 ORDER BY created_ms DESC, id DESC LIMIT $4) newest WHERE after_id IS NOT NULL";
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
    /// Through any connection of this provider.
    pub provider: Option<String>,
    pub amounts: Amounts,
    pub currency: Option<String>,
    pub in_doubt: bool,
    /// Money was given back, all of it or a part.
    pub refunded: bool,
    /// Any one reference, whole: of the payment, ours, the provider's or the bank's, or of its order, whose receipt and
    /// payer's e-mail address are taken in capitals and small letters alike.
    pub reference: Option<String>,
    /// Up to [`metadata::WANTED_MAX`] words as [`metadata::pair`] makes them, of the order's metadata.
    pub metadata: Vec<String>,
}

/// A page of payments, newest first whichever way it was reached.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    filter: &Filter,
    page: &crate::Page,
) -> Result<Vec<Payment>, DbError> {
    let (at, id) = page.from(PaymentId::PREFIX);
    let mut args = v![
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
        filter.amounts.from(),
        filter.amounts.to(),
        filter.in_doubt.then_some(1_i64),
        filter.reference,
        filter.refunded.then_some(1_i64),
        filter.provider,
        filter.currency,
        page.limit
    ];
    let by_pair = !filter.metadata.is_empty();
    if by_pair {
        args.extend(metadata::wanted(&filter.metadata).map(crate::Value::from));
    }
    let statement = match (by_pair, page.is_up()) {
        (false, false) => &LIST,
        (false, true) => &LIST_UP,
        (true, false) => &LIST_FOUND,
        (true, true) => &LIST_FOUND_UP,
    };
    let rows = tx.all(statement, args).await?;
    page.in_order(with_all_tries(tx, &rows).await)
}

/// The payments of these ids that are this scope's, in no order.
pub async fn by_ids(tx: &mut Tx, scope: Scope, ids: &[PaymentId]) -> Result<Vec<Payment>, DbError> {
    let ids = ids.iter().map(PaymentId::to_string);
    let rows = batch::all(tx, &BY_IDS, ids, v![scope.merchant(), scope.mode()]).await?;
    with_all_tries(tx, &rows).await
}

/// The newest payments of each of these orders, up to `each` of one, newest first.
pub async fn of_orders(
    tx: &mut Tx,
    scope: Scope,
    orders: &[OrderId],
    each: i64,
) -> Result<Vec<Payment>, DbError> {
    let ids = orders.iter().map(OrderId::to_string);
    let rows = batch::all(tx, &OF_ORDERS, ids, v![scope.merchant(), scope.mode(), each]).await?;
    with_all_tries(tx, &rows).await
}

/// Payments in the order of their rows, with the tries of all of them read together.
async fn with_all_tries(tx: &mut Tx, rows: &[Row]) -> Result<Vec<Payment>, DbError> {
    let mut payments = rows.iter().map(read).collect::<Result<Vec<Payment>, DbError>>()?;
    let places: HashMap<PaymentId, usize> = payments.iter().enumerate().map(|(at, p)| (p.id, at)).collect();
    let ids: Vec<String> = payments.iter().map(|p| p.id.to_string()).collect();
    for row in batch::all(tx, &TRIES_OF, ids, v![]).await? {
        let mut r = row.read();
        let (id, state) = read_try(&mut r)?;
        let at = places.get(&r.get::<PaymentId>()?).copied();
        if let Some(payment) = at.and_then(|at| payments.get_mut(at)) {
            payment.state.tries.insert(id, state);
        }
    }
    Ok(payments)
}

/// What each payment of an order has taken, or still may.
pub async fn stakes_of_order(tx: &mut Tx, order: OrderId) -> Result<Vec<Stake>, DbError> {
    tx.all(&STAKES, v![order]).await?.iter().map(|row| stake(&mut row.read())).collect()
}

/// The same of many orders. One without payments is not named.
pub async fn stakes_of_orders(
    tx: &mut Tx,
    orders: &[OrderId],
) -> Result<HashMap<OrderId, Vec<Stake>>, DbError> {
    let mut all: HashMap<OrderId, Vec<Stake>> = HashMap::new();
    for row in batch::all(tx, &STAKES_OF, orders.iter().map(OrderId::to_string), v![]).await? {
        let mut r = row.read();
        let stake = stake(&mut r)?;
        all.entry(r.get()?).or_default().push(stake);
    }
    Ok(all)
}

/// Of a row that may be joined to no payment.
pub(crate) fn stake_if_any(r: &mut Reader<'_>) -> Result<Option<Stake>, DbError> {
    match r.get::<Option<i64>>()? {
        Some(asked_minor) => stake_of(asked_minor, r).map(Some),
        None => r.skip(4).map(|()| None),
    }
}

fn stake(r: &mut Reader<'_>) -> Result<Stake, DbError> {
    let asked_minor = r.get()?;
    stake_of(asked_minor, r)
}

fn stake_of(asked_minor: i64, r: &mut Reader<'_>) -> Result<Stake, DbError> {
    let (captured_minor, refunded_minor) = (r.get()?, r.get()?);
    let status: Status = r.parsed()?;
    let in_doubt = r.get::<Option<Millis>>()?.is_some();
    Ok(Stake { asked_minor, captured_minor, refunded_minor, open: status.is_open() || in_doubt })
}

/// Orders with more than one payment, as far as the newest `rows` payments since then tell.
pub async fn orders_with_several(
    tx: &mut Tx,
    scope: Scope,
    since: Millis,
    rows: i64,
) -> Result<Vec<OrderId>, DbError> {
    let found = tx.all(&FOLLOWED, v![scope.merchant(), scope.mode(), since, rows]).await?;
    found.iter().map(|row| row.read().get()).collect()
}

/// How many payments are in doubt, and over how much.
pub async fn count_in_doubt(tx: &mut Tx, scope: Scope) -> Result<(i64, i64), DbError> {
    let row = tx.opt(&COUNT_IN_DOUBT, v![scope.merchant(), scope.mode()]).await?;
    row.map_or(Ok((0, 0)), |row| {
        let mut r = row.read();
        Ok((r.get()?, r.get()?))
    })
}
