//! Lists of refunds: by filter and page, and of many payments at once.

use super::{Refund, read};
use crate::batch::{self, batch};
use crate::metadata::{self, found_by_pair, has_pair};
use crate::page::Amounts;
use crate::{DbError, Tx, v};
use hundi_core::refund::{Reason, Status};
use hundi_core::{ConnectionId, OrderId, PaymentId, RefundId, Scope};

/// What every list is narrowed by, from `$7`.
macro_rules! narrowed {
    () => {
        "(CAST($7 AS TEXT) IS NULL OR status = $7) AND (CAST($8 AS TEXT) IS NULL OR payment_id = $8) \
         AND (CAST($9 AS TEXT) IS NULL OR order_id = $9) AND (CAST($10 AS TEXT) IS NULL OR connection_id = $10) \
         AND (CAST($11 AS TEXT) IS NULL OR connection_id IN (SELECT c.id FROM connection c WHERE c.provider = $11 \
         AND (c.merchant_id = $1 AND c.mode = $2 OR c.id IN (SELECT l.connection_id FROM fallback l \
         WHERE l.merchant_id = $1 AND l.mode = $2)))) AND amount_minor >= $12 AND amount_minor <= $13 \
         AND (CAST($14 AS TEXT) IS NULL OR reason = $14) AND (CAST($15 AS TEXT) IS NULL OR id = $15 OR our_ref = $15 \
         OR provider_refund = $15 OR bank_ref = $15 OR payment_id = $15 OR provider_payment = $15 OR order_id = $15)"
    };
}

crate::statements! {
    LIST = concat!(
        "SELECT ", columns!(), " FROM refund WHERE merchant_id = $1 AND mode = $2 AND (created_ms, id) < ($3, $4) \
         AND created_ms >= $5 AND created_ms < $6 AND ", narrowed!(), " ORDER BY created_ms DESC, id DESC LIMIT $16"
    );
    LIST_UP = concat!(
        "SELECT ", columns!(), " FROM refund WHERE merchant_id = $1 AND mode = $2 AND (created_ms, id) > ($3, $4) \
         AND created_ms >= $5 AND created_ms < $6 AND ", narrowed!(), " ORDER BY created_ms, id LIMIT $16"
    );
    LIST_FOUND = concat!(
        "SELECT ", columns!(), " FROM ", found_by_pair!("refund", "<", "$17"), " JOIN refund ON id = found_id WHERE ",
        narrowed!(), " AND ", has_pair!("$18"), " AND ", has_pair!("$19"),
        " ORDER BY found_ms DESC, found_id DESC LIMIT $16"
    );
    LIST_FOUND_UP = concat!(
        "SELECT ", columns!(), " FROM ", found_by_pair!("refund", ">", "$17"), " JOIN refund ON id = found_id WHERE ",
        narrowed!(), " AND ", has_pair!("$18"), " AND ", has_pair!("$19"), " ORDER BY found_ms, found_id LIMIT $16"
    );
    // The newest of each payment, as many as are shown and one to know that there are more.
    OF_PAYMENTS = concat!(
        "SELECT ", columns!(), " FROM (SELECT r.*, ROW_NUMBER() OVER (PARTITION BY payment_id ORDER BY created_ms DESC, \
         id DESC) AS nth FROM refund r WHERE payment_id IN ", batch!(), " AND merchant_id = $51 AND mode = $52) newest \
         WHERE nth <= $53 ORDER BY created_ms DESC, id DESC"
    );
}

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub status: Option<Status>,
    pub payment: Option<PaymentId>,
    pub order: Option<OrderId>,
    pub connection: Option<ConnectionId>,
    /// Through any connection of this provider.
    pub provider: Option<String>,
    pub amounts: Amounts,
    pub reason: Option<Reason>,
    /// Any one reference, whole: of the refund, ours, the provider's or the bank's, or of what it is of.
    pub reference: Option<String>,
    /// Up to [`metadata::WANTED_MAX`] words as [`metadata::pair`] makes them.
    pub metadata: Vec<String>,
}

/// A page of refunds, newest first whichever way it was reached.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    filter: &Filter,
    page: &crate::Page,
) -> Result<Vec<Refund>, DbError> {
    let (at, id) = page.from(RefundId::PREFIX);
    let mut args = v![
        scope.merchant(),
        scope.mode(),
        at,
        id,
        page.created_from,
        page.created_to,
        filter.status.map(Status::as_str),
        filter.payment,
        filter.order,
        filter.connection,
        filter.provider,
        filter.amounts.from(),
        filter.amounts.to(),
        filter.reason.map(Reason::as_str),
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

/// The newest refunds of each of these payments, up to `each` of one, newest first.
pub async fn of_payments(
    tx: &mut Tx,
    scope: Scope,
    payments: &[PaymentId],
    each: i64,
) -> Result<Vec<Refund>, DbError> {
    let ids = payments.iter().map(PaymentId::to_string);
    let rows = batch::all(tx, &OF_PAYMENTS, ids, v![scope.merchant(), scope.mode(), each]).await?;
    rows.iter().map(read).collect()
}
