//! Orders: what is owed.

// Stands before the file that says it too.
macro_rules! columns {
    () => {
        "id, merchant_id, mode, amount_minor, currency, status, attempted, late_success, capture, receipt, \
         description, payer_name, payer_email, payer_phone, metadata, return_url, expires_ms, expired_ms, \
         cancelled_ms, created_by, created_ms, updated_ms, version, event_seq, customer_id, offer_saved"
    };
}

mod list;

pub(crate) use list::ALL as LISTS;
pub use list::{Filter, by_ids, list};

use crate::{DbError, Reader, Row, Store, Tx, payments, v};
use hundi_core::guard::Stake;
use hundi_core::order::{LateSuccess, Status};
use hundi_core::{Currency, CustomerId, Millis, Mode, Money, OrderId, Scope};

/// An order as it stands.
#[derive(Clone, Debug)]
pub struct Order {
    pub id: OrderId,
    pub scope: Scope,
    pub amount: Money,
    pub status: Status,
    pub attempted: bool,
    pub late_success: LateSuccess,
    /// The merchant takes the money itself, after the bank has held it.
    pub capture_manual: bool,
    pub receipt: Option<String>,
    pub description: Option<String>,
    pub payer_name: Option<String>,
    pub payer_email: Option<String>,
    pub payer_phone: Option<String>,
    /// A JSON object, opaque here.
    pub metadata: String,
    pub return_url: Option<String>,
    /// Whose it is, where the merchant said so.
    pub customer: Option<CustomerId>,
    /// Whether the payer's page offers what the customer has saved.
    pub offer_saved: bool,
    pub expires_at: Option<Millis>,
    pub expired_at: Option<Millis>,
    pub cancelled_at: Option<Millis>,
    pub created_by: String,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub version: i64,
    pub event_seq: i64,
}

crate::statements! {
    INSERT = concat!(
        "INSERT INTO orders (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, \
         $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)"
    );
    LOAD = concat!("SELECT ", columns!(), " FROM orders WHERE id = $1 AND merchant_id = $2 AND mode = $3");
    // With a row for each of its payments, or one without any.
    LOAD_WITH_STAKES = concat!(
        "SELECT p.amount_minor AS asked_minor, p.captured_minor, p.refunded_minor, p.status AS paid, p.in_doubt_ms, o.* \
         FROM (SELECT ", columns!(), " FROM orders WHERE id = $1 AND merchant_id = $2 AND mode = $3) o \
         LEFT JOIN payment p ON p.order_id = o.id"
    );
    // For whoever holds the order's unguessable link or works on its row: the row then says whose it is.
    LOAD_BY_LINK = concat!("SELECT ", columns!(), " FROM orders WHERE id = $1");
    LOCK = "SELECT id FROM orders WHERE id = $1 FOR UPDATE";
    SAVE =
        "UPDATE orders SET status = $3, attempted = $4, expired_ms = $5, cancelled_ms = $6, updated_ms = $7, \
         event_seq = $8, version = version + 1 WHERE id = $1 AND version = $2";
}

/// Writes a new order. Its events are the caller's.
pub async fn insert(tx: &mut Tx, o: &Order) -> Result<(), DbError> {
    let capture = if o.capture_manual { "manual" } else { "automatic" };
    let args = v![
        o.id,
        o.scope.merchant(),
        o.scope.mode(),
        o.amount.minor(),
        o.amount.currency().code(),
        o.status.as_str(),
        o.attempted,
        o.late_success.as_str(),
        capture,
        o.receipt,
        o.description,
        o.payer_name,
        o.payer_email,
        o.payer_phone,
        o.metadata,
        o.return_url,
        o.expires_at,
        o.expired_at,
        o.cancelled_at,
        o.created_by,
        o.created_at,
        o.updated_at,
        o.version,
        o.event_seq,
        o.customer,
        o.offer_saved
    ];
    tx.push(&INSERT, args).await
}

/// The order, if it is this scope's.
pub async fn load(tx: &mut Tx, scope: Scope, id: OrderId) -> Result<Option<Order>, DbError> {
    tx.opt(&LOAD, v![id, scope.merchant(), scope.mode()]).await?.map(|r| read(&r)).transpose()
}

/// The same as a read of its own.
pub async fn glance(store: &Store, scope: Scope, id: OrderId) -> Result<Option<Order>, DbError> {
    let rows = store.glance(&LOAD, v![id, scope.merchant(), scope.mode()]).await?;
    rows.first().map(read).transpose()
}

/// The order as a read of its own, with what stands in its payments.
pub async fn glance_with_stakes(
    store: &Store,
    scope: Scope,
    id: OrderId,
) -> Result<Option<(Order, Vec<Stake>)>, DbError> {
    let rows = store.glance(&LOAD_WITH_STAKES, v![id, scope.merchant(), scope.mode()]).await?;
    let (mut order, mut stakes) = (None, Vec::new());
    for row in &rows {
        let mut r = row.read();
        stakes.extend(payments::stake_if_any(&mut r)?);
        if order.is_none() {
            order = Some(next(&mut r)?);
        }
    }
    Ok(order.map(|order| (order, stakes)))
}

/// The order behind its link, or the one that a job's row names. Its scope comes with it.
pub async fn load_by_link(tx: &mut Tx, id: OrderId) -> Result<Option<Order>, DbError> {
    tx.opt(&LOAD_BY_LINK, v![id]).await?.map(|r| read(&r)).transpose()
}

/// Writers of one order queue here, so that they don't have to be rerun.
pub async fn lock(tx: &mut Tx, id: OrderId) -> Result<(), DbError> {
    tx.lock(&LOCK, v![id]).await
}

/// Writes what the order machine decided. Somebody else's earlier write is a conflict, to be rerun.
pub async fn save(tx: &mut Tx, o: &Order) -> Result<(), DbError> {
    let args = v![
        o.id,
        o.version,
        o.status.as_str(),
        o.attempted,
        o.expired_at,
        o.cancelled_at,
        o.updated_at,
        o.event_seq
    ];
    match tx.exec(&SAVE, args).await? {
        1 => Ok(()),
        _ => Err(DbError::Conflict("an order's version moved")),
    }
}

fn read(row: &Row) -> Result<Order, DbError> {
    next(&mut row.read())
}

fn next(r: &mut Reader<'_>) -> Result<Order, DbError> {
    let id = r.get()?;
    let scope = Scope::of_row(r.get()?, r.get::<Mode>()?);
    let amount = Money::new(r.get()?, r.get::<Currency>()?);
    let mut order = Order {
        id,
        scope,
        amount,
        status: r.parsed()?,
        attempted: r.get()?,
        late_success: r.parsed()?,
        capture_manual: r.get::<String>()? == "manual",
        receipt: r.get()?,
        description: r.get()?,
        payer_name: r.get()?,
        payer_email: r.get()?,
        payer_phone: r.get()?,
        metadata: r.get()?,
        return_url: r.get()?,
        customer: None,
        offer_saved: false,
        expires_at: r.get()?,
        expired_at: r.get()?,
        cancelled_at: r.get()?,
        created_by: r.get()?,
        created_at: r.get()?,
        updated_at: r.get()?,
        version: r.get()?,
        event_seq: r.get()?,
    };
    order.customer = r.get()?;
    order.offer_saved = r.get()?;
    Ok(order)
}
