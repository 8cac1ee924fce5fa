//! Lists of orders: by filter and page, and by their ids.

use super::{Order, read};
use crate::batch::{self, batch};
use crate::metadata::{self, found_by_pair, has_pair};
use crate::page::Amounts;
use crate::{DbError, Tx, v};
use hundi_core::order::Status;
use hundi_core::{OrderId, Scope};

/// What every list is narrowed by, from `$7`.
macro_rules! narrowed {
    () => {
        "(CAST($7 AS TEXT) IS NULL OR status = $7) AND (CAST($8 AS TEXT) IS NULL OR receipt = $8) \
         AND amount_minor >= $9 AND amount_minor <= $10 AND (CAST($11 AS TEXT) IS NULL OR currency = $11) \
         AND (CAST($12 AS TEXT) IS NULL OR id = $12 OR lower(receipt) = lower($12) OR lower(payer_email) = lower($12) \
         OR id IN (SELECT p.order_id FROM payment p WHERE p.id = $12 OR p.our_ref = $12))"
    };
}

crate::statements! {
    LIST = concat!(
        "SELECT ", columns!(), " FROM orders WHERE merchant_id = $1 AND mode = $2 AND (created_ms, id) < ($3, $4) \
         AND created_ms >= $5 AND created_ms < $6 AND ", narrowed!(), " ORDER BY created_ms DESC, id DESC LIMIT $13"
    );
    LIST_UP = concat!(
        "SELECT ", columns!(), " FROM orders WHERE merchant_id = $1 AND mode = $2 AND (created_ms, id) > ($3, $4) \
         AND created_ms >= $5 AND created_ms < $6 AND ", narrowed!(), " ORDER BY created_ms, id LIMIT $13"
    );
    LIST_FOUND = concat!(
        "SELECT ", columns!(), " FROM ", found_by_pair!("order", "<", "$14"), " JOIN orders ON id = found_id WHERE ",
        narrowed!(), " AND ", has_pair!("$15"), " AND ", has_pair!("$16"),
        " ORDER BY found_ms DESC, found_id DESC LIMIT $13"
    );
    LIST_FOUND_UP = concat!(
        "SELECT ", columns!(), " FROM ", found_by_pair!("order", ">", "$14"), " JOIN orders ON id = found_id WHERE ",
        narrowed!(), " AND ", has_pair!("$15"), " AND ", has_pair!("$16"), " ORDER BY found_ms, found_id LIMIT $13"
    );
    BY_IDS = concat!(
        "SELECT ", columns!(), " FROM orders WHERE id IN ", batch!(), " AND merchant_id = $51 AND mode = $52"
    );
}

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub status: Option<Status>,
    pub receipt: Option<String>,
    pub amounts: Amounts,
    pub currency: Option<String>,
    /// Any one reference, whole: the order's own id, its receipt or payer's e-mail address in capitals and small letters
    /// alike, the id of a payment of it or what the provider knows that by.
    pub reference: Option<String>,
    /// Up to [`metadata::WANTED_MAX`] words as [`metadata::pair`] makes them.
    pub metadata: Vec<String>,
}

/// A page of orders, newest first whichever way it was reached.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    filter: &Filter,
    page: &crate::Page,
) -> Result<Vec<Order>, DbError> {
    let (at, id) = page.from(OrderId::PREFIX);
    let mut args = v![
        scope.merchant(),
        scope.mode(),
        at,
        id,
        page.created_from,
        page.created_to,
        filter.status.map(Status::as_str),
        filter.receipt,
        filter.amounts.from(),
        filter.amounts.to(),
        filter.currency,
        filter.reference,
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
    page.in_order(rows.iter().map(read).collect())
}

/// The orders of these ids that are this scope's, in no order.
pub async fn by_ids(tx: &mut Tx, scope: Scope, ids: &[OrderId]) -> Result<Vec<Order>, DbError> {
    let ids = ids.iter().map(OrderId::to_string);
    let rows = batch::all(tx, &BY_IDS, ids, v![scope.merchant(), scope.mode()]).await?;
    rows.iter().map(read).collect()
}
