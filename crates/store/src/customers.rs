//! Customers: payers that a merchant knows, and the records of them that providers hold. Personal data can be erased.

use crate::{DbError, Row, Tx, v};
use hundi_core::{ConnectionId, CustomerId, Millis, Mode, OrderId, PaymentId, Scope};
use std::fmt;

/// A customer as it stands.
#[derive(Clone)]
pub struct Customer {
    pub id: CustomerId,
    pub scope: Scope,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// A JSON object, opaque here.
    pub metadata: String,
    pub erased_at: Option<Millis>,
    pub created_by: String,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub version: i64,
}

/// The id alone: the rest is somebody's personal data.
impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Customer({})", self.id)
    }
}

macro_rules! columns {
    () => {
        "id, merchant_id, mode, name, email, phone, metadata, erased_ms, created_by, created_ms, updated_ms, version"
    };
}

crate::statements! {
    INSERT = concat!(
        "INSERT INTO customer (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    );
    LOAD = concat!("SELECT ", columns!(), " FROM customer WHERE id = $1 AND merchant_id = $2 AND mode = $3");
    // For work on a row that names it.
    LOAD_BY_ID = concat!("SELECT ", columns!(), " FROM customer WHERE id = $1");
    LOCK = "SELECT id FROM customer WHERE id = $1 FOR UPDATE";
    SAVE =
        "UPDATE customer SET name = $3, email = $4, phone = $5, metadata = $6, erased_ms = $7, updated_ms = $8, \
         version = version + 1 WHERE id = $1 AND version = $2";
    LIST = concat!(
        "SELECT ", columns!(), " FROM customer WHERE merchant_id = $1 AND mode = $2 AND (created_ms, id) < ($3, $4) \
         AND created_ms >= $5 AND created_ms < $6 AND (CAST($7 AS TEXT) IS NULL OR lower(email) = lower($7)) \
         AND (CAST($8 AS TEXT) IS NULL OR phone = $8) ORDER BY created_ms DESC, id DESC LIMIT $9"
    );
    LIST_UP = concat!(
        "SELECT ", columns!(), " FROM customer WHERE merchant_id = $1 AND mode = $2 AND (created_ms, id) > ($3, $4) \
         AND created_ms >= $5 AND created_ms < $6 AND (CAST($7 AS TEXT) IS NULL OR lower(email) = lower($7)) \
         AND (CAST($8 AS TEXT) IS NULL OR phone = $8) ORDER BY created_ms, id LIMIT $9"
    );
    // What an erased customer's orders and payments say of them. The orders themselves stay.
    ERASE_ORDERS =
        "UPDATE orders SET payer_name = NULL, payer_email = NULL, payer_phone = NULL WHERE customer_id = $1";
    ERASE_PAYMENTS =
        "UPDATE payment SET payer_ip = NULL, payer_agent = NULL WHERE order_id IN (SELECT id FROM orders \
         WHERE customer_id = $1)";
    ERASE_CONSENTS = "UPDATE consent SET ip = '' WHERE customer_id = $1";
    ERASE_METHODS = "UPDATE saved_method SET consent_ip = '' WHERE customer_id = $1";
    PAYMENTS =
        "SELECT p.id FROM payment p JOIN orders o ON o.id = p.order_id WHERE o.customer_id = $1 \
         ORDER BY p.created_ms DESC, p.id DESC LIMIT $2";
    ORDERS =
        "SELECT id FROM orders WHERE customer_id = $1 ORDER BY created_ms DESC, id DESC LIMIT $2";

    THERE = "SELECT provider_customer FROM provider_customer WHERE customer_id = $1 AND connection_id = $2";
    INSERT_THERE =
        "INSERT INTO provider_customer (customer_id, connection_id, provider_customer, created_ms) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (customer_id, connection_id) DO NOTHING";
}

/// Writes a new customer.
pub async fn insert(tx: &mut Tx, c: &Customer) -> Result<(), DbError> {
    let args = v![
        c.id,
        c.scope.merchant(),
        c.scope.mode(),
        c.name,
        c.email,
        c.phone,
        c.metadata,
        c.erased_at,
        c.created_by,
        c.created_at,
        c.updated_at,
        c.version
    ];
    tx.push(&INSERT, args).await
}

/// The customer, if it is this scope's.
pub async fn load(tx: &mut Tx, scope: Scope, id: CustomerId) -> Result<Option<Customer>, DbError> {
    tx.opt(&LOAD, v![id, scope.merchant(), scope.mode()]).await?.map(|r| read(&r)).transpose()
}

/// For work on a row that names it. Its scope comes with it.
pub async fn load_by_id(tx: &mut Tx, id: CustomerId) -> Result<Option<Customer>, DbError> {
    tx.opt(&LOAD_BY_ID, v![id]).await?.map(|r| read(&r)).transpose()
}

/// Writers of one customer's methods queue here.
pub async fn lock(tx: &mut Tx, id: CustomerId) -> Result<(), DbError> {
    tx.lock(&LOCK, v![id]).await
}

/// Writes a changed customer. A version that moved is a conflict.
pub async fn save(tx: &mut Tx, c: &Customer) -> Result<(), DbError> {
    let args = v![c.id, c.version, c.name, c.email, c.phone, c.metadata, c.erased_at, c.updated_at];
    match tx.exec(&SAVE, args).await? {
        1 => Ok(()),
        _ => Err(DbError::Conflict("a customer's version moved")),
    }
}

/// Takes personal data out of what else names the customer: orders, payments, consents, saved methods.
pub async fn erase_elsewhere(tx: &mut Tx, id: CustomerId) -> Result<(), DbError> {
    for statement in [&ERASE_ORDERS, &ERASE_PAYMENTS, &ERASE_CONSENTS, &ERASE_METHODS] {
        tx.exec(statement, v![id]).await?;
    }
    Ok(())
}

/// What a list is narrowed to.
#[derive(Clone, Default)]
pub struct Filter {
    pub email: Option<String>,
    pub phone: Option<String>,
}

/// A page of customers, newest first whichever way it was reached.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    filter: &Filter,
    page: &crate::Page,
) -> Result<Vec<Customer>, DbError> {
    let (at, id) = page.from(CustomerId::PREFIX);
    let args = v![
        scope.merchant(),
        scope.mode(),
        at,
        id,
        page.created_from,
        page.created_to,
        filter.email,
        filter.phone,
        page.limit
    ];
    let rows = tx.all(if page.is_up() { &LIST_UP } else { &LIST }, args).await?;
    page.in_order(rows.iter().map(read).collect())
}

/// The latest payments of a customer's orders, newest first.
pub async fn payments(tx: &mut Tx, id: CustomerId, max: i64) -> Result<Vec<PaymentId>, DbError> {
    tx.all(&PAYMENTS, v![id, max]).await?.iter().map(Row::one).collect()
}

/// The latest orders of a customer, newest first.
pub async fn orders(tx: &mut Tx, id: CustomerId, max: i64) -> Result<Vec<OrderId>, DbError> {
    tx.all(&ORDERS, v![id, max]).await?.iter().map(Row::one).collect()
}

/// The record that a connection's provider holds of a customer.
pub async fn at_provider(
    tx: &mut Tx,
    id: CustomerId,
    connection: ConnectionId,
) -> Result<Option<String>, DbError> {
    tx.opt(&THERE, v![id, connection]).await?.map(|row| row.one()).transpose()
}

/// Remembers it. The first one stands.
pub async fn insert_at_provider(
    tx: &mut Tx,
    id: CustomerId,
    connection: ConnectionId,
    there: &str,
    now: Millis,
) -> Result<(), DbError> {
    tx.exec(&INSERT_THERE, v![id, connection, there, now]).await.map(drop)
}

fn read(row: &Row) -> Result<Customer, DbError> {
    let mut r = row.read();
    let id = r.get()?;
    let scope = Scope::of_row(r.get()?, r.get::<Mode>()?);
    Ok(Customer {
        id,
        scope,
        name: r.get()?,
        email: r.get()?,
        phone: r.get()?,
        metadata: r.get()?,
        erased_at: r.get()?,
        created_by: r.get()?,
        created_at: r.get()?,
        updated_at: r.get()?,
        version: r.get()?,
    })
}
