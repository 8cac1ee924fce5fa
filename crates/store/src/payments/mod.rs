//! Payments, the tries beneath them, and captures.

// Stands before the files that say it.
macro_rules! columns {
    () => {
        "id, merchant_id, mode, order_id, connection_id, after_id, our_ref, flow, amount_minor, currency, opened, \
         refused_ms, refused_reason, lapsed, cancelled, unknown_ms, answered_ms, captured_minor, refunded_minor, \
         reserved_minor, adopted_minor, provider_order, handle, payer_ip, payer_agent, escalated_ms, missing_ms, expires_ms, \
         next_poll_ms, polls, created_by, created_ms, updated_ms, version, event_seq, approved, capture_asked_ms, \
         capture_asked_minor, fallback_id"
    };
}

// The same for what is beneath a payment.
macro_rules! try_columns {
    () => {
        "provider_payment, first_ms, failure_ms, failure, authorized_minor, authorized_currency, released, \
         captured_minor, captured_currency, captured_ms, contradicted, method, instrument, bank_ref, provider_code, \
         quoted_fee, quoted_tax"
    };
}

mod captures;
mod list;

pub(crate) use captures::ALL as CAPTURES;
pub use captures::{Capture, captures_of_order, insert_capture};
pub(crate) use captures::{credited, into_of};
pub(crate) use list::ALL as LISTS;
pub(crate) use list::stake_if_any;
pub use list::{
    Filter, by_ids, count_in_doubt, list, of_orders, orders_with_several, stakes_of_order, stakes_of_orders,
};

use crate::value::shown;
use crate::{DbError, Reader, Row, Tx, v};
use hundi_core::payment::{Captured, State, Status, TryDetail, TryState};
use hundi_core::{
    ConnectionId, Currency, FailureReason, FallbackId, Method, Millis, Money, OrderId, OurRef, PaymentId,
    Scope,
};

/// A payment as it stands, with everything known of it.
#[derive(Clone, Debug)]
pub struct Payment {
    pub id: PaymentId,
    pub scope: Scope,
    pub order_id: OrderId,
    pub connection_id: ConnectionId,
    /// The agreement by which the connection is the platform's. Nothing where it is the merchant's own.
    pub fallback: Option<FallbackId>,
    pub after: Option<PaymentId>,
    pub our_ref: OurRef,
    pub flow: String,
    pub state: State,
    pub captured_minor: i64,
    pub refunded_minor: i64,
    pub reserved_minor: i64,
    pub adopted_minor: i64,
    pub provider_order: Option<String>,
    /// What to show the payer, as JSON. Opaque here.
    pub handle: Option<String>,
    pub payer_ip: Option<String>,
    pub payer_agent: Option<String>,
    pub escalated_at: Option<Millis>,
    /// The first definite "no such order" after an opening whose outcome is unknown.
    pub missing_at: Option<Millis>,
    pub expires_at: Millis,
    pub next_poll_at: Option<Millis>,
    pub polls: i64,
    pub created_by: String,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub version: i64,
    pub event_seq: i64,
}

impl Payment {
    pub fn status(&self) -> Status {
        self.state.status()
    }

    pub const fn currency(&self) -> Currency {
        self.state.asked.currency()
    }

    /// What may still be refunded on our request.
    pub const fn refundable_minor(&self) -> i64 {
        self.captured_minor - self.reserved_minor - self.adopted_minor
    }

    /// The method of the try that matters most: the captured one, else the latest.
    pub fn method(&self) -> Option<Method> {
        let captured = self.state.tries().find(|(_, t)| t.captured.is_some());
        captured
            .or_else(|| self.state.tries().max_by_key(|(_, t)| t.first_at))
            .and_then(|(_, t)| t.detail.method)
    }
}

crate::statements! {
    INSERT = concat!(
        "INSERT INTO payment (", columns!(), ", status) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
         $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, \
         $34, $35, $36, $37, $38, $39, $40)"
    );
    LOAD = concat!("SELECT ", columns!(), " FROM payment WHERE id = $1 AND merchant_id = $2 AND mode = $3");
    LOAD_BY_ID = concat!("SELECT ", columns!(), " FROM payment WHERE id = $1");
    LOCK_ORDER_OF =
        "SELECT id FROM orders WHERE id = (SELECT order_id FROM payment WHERE id = $1) FOR UPDATE";
    ADD_REFUNDED =
        "UPDATE payment SET refunded_minor = refunded_minor + $2, updated_ms = $3, version = version + 1 \
         WHERE id = $1 AND currency = $4";
    ADD_ADOPTED =
        "UPDATE payment SET adopted_minor = adopted_minor + $2, updated_ms = $3, version = version + 1 \
         WHERE id = $1 AND currency = $4";
    BY_ORDER = concat!("SELECT ", columns!(), " FROM payment WHERE order_id = $1 ORDER BY created_ms, id");
    FIND_BY_PROVIDER_ORDER =
        "SELECT id FROM payment WHERE connection_id = $1 AND provider_order = $2";
    FIND_BY_OUR_REF = "SELECT id FROM payment WHERE our_ref = $1 AND connection_id = $2";
    FIND_BY_PROVIDER_PAYMENT =
        "SELECT payment_id FROM payment_try WHERE connection_id = $1 AND provider_payment = $2";
    ANY_BEING_OPENED =
        "SELECT id FROM payment WHERE merchant_id = $1 AND mode = $2 AND created_ms >= $3 AND connection_id = $4 \
         AND provider_order IS NULL AND status = 'created' UNION ALL \
         SELECT id FROM payment WHERE connection_id = $4 AND created_ms >= $3 AND fallback_id IS NOT NULL \
         AND provider_order IS NULL AND status = 'created' LIMIT 1";
    SAVE =
        "UPDATE payment SET status = $3, opened = $4, refused_ms = $5, refused_reason = $6, lapsed = $7, \
         cancelled = $8, unknown_ms = $9, answered_ms = $10, in_doubt_ms = $11, escalated_ms = $12, failure = $13, \
         method = $14, captured_minor = $15, refunded_minor = $16, adopted_minor = $17, provider_order = $18, \
         handle = $19, next_poll_ms = $20, polls = $21, updated_ms = $22, event_seq = $23, missing_ms = $24, approved = $25, \
         capture_asked_ms = $26, capture_asked_minor = $27, version = version + 1 \
         WHERE id = $1 AND version = $2";
    // The cap on our own refunds: one statement, counted by its row. The CHECK stands behind it.
    RESERVE =
        "UPDATE payment SET reserved_minor = reserved_minor + $2, updated_ms = $3, version = version + 1 \
         WHERE id = $1 AND captured_minor - reserved_minor - adopted_minor >= $2";
    RELEASE =
        "UPDATE payment SET reserved_minor = reserved_minor - $2, version = version + 1 \
         WHERE id = $1 AND reserved_minor >= $2";

    TRIES = concat!("SELECT ", try_columns!(), " FROM payment_try WHERE payment_id = $1");
    // The provider's payment may be used by this payment only: the unique index beside the key sees to it.
    SAVE_TRY =
        "INSERT INTO payment_try (payment_id, provider_payment, connection_id, first_ms, failure_ms, failure, \
         authorized_minor, authorized_currency, released, captured_minor, captured_currency, captured_ms, \
         contradicted, method, instrument, bank_ref, provider_code, quoted_fee, quoted_tax) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
         ON CONFLICT (payment_id, provider_payment) DO UPDATE SET first_ms = excluded.first_ms, \
         failure_ms = excluded.failure_ms, failure = excluded.failure, authorized_minor = excluded.authorized_minor, \
         authorized_currency = excluded.authorized_currency, released = excluded.released, \
         captured_minor = excluded.captured_minor, captured_currency = excluded.captured_currency, \
         captured_ms = excluded.captured_ms, contradicted = excluded.contradicted, method = excluded.method, \
         instrument = excluded.instrument, bank_ref = excluded.bank_ref, provider_code = excluded.provider_code, \
         quoted_fee = excluded.quoted_fee, quoted_tax = excluded.quoted_tax";

}

/// Writes a new payment. Its events, transitions and jobs are the caller's.
pub async fn insert(tx: &mut Tx, p: &Payment) -> Result<(), DbError> {
    let s = &p.state;
    let args = v![
        p.id,
        p.scope.merchant(),
        p.scope.mode(),
        p.order_id,
        p.connection_id,
        p.after,
        p.our_ref,
        p.flow,
        s.asked.minor(),
        s.asked.currency().code(),
        s.opened,
        s.refused.map(|r| r.at),
        s.refused.map(|r| r.reason.as_str()),
        s.lapsed,
        s.cancelled,
        s.unknown_at,
        s.answered_at,
        p.captured_minor,
        p.refunded_minor,
        p.reserved_minor,
        p.adopted_minor,
        p.provider_order,
        p.handle,
        p.payer_ip,
        p.payer_agent,
        p.escalated_at,
        p.missing_at,
        p.expires_at,
        p.next_poll_at,
        p.polls,
        p.created_by,
        p.created_at,
        p.updated_at,
        p.version,
        p.event_seq,
        s.approved,
        s.capture_asked.map(|c| c.at),
        s.capture_asked.map(|c| c.amount.minor()),
        p.fallback,
        p.status().as_str()
    ];
    tx.push(&INSERT, args).await
}

/// The payment with its tries, if it is this scope's.
pub async fn load(tx: &mut Tx, scope: Scope, id: PaymentId) -> Result<Option<Payment>, DbError> {
    let row = tx.opt(&LOAD, v![id, scope.merchant(), scope.mode()]).await?;
    with_tries(tx, row).await
}

/// For work on the row itself: a job, a notice. Its scope comes with it.
pub async fn load_by_id(tx: &mut Tx, id: PaymentId) -> Result<Option<Payment>, DbError> {
    let row = tx.opt(&LOAD_BY_ID, v![id]).await?;
    with_tries(tx, row).await
}

/// All payments of an order, oldest first.
pub async fn of_order(tx: &mut Tx, order: OrderId) -> Result<Vec<Payment>, DbError> {
    let rows = tx.all(&BY_ORDER, v![order]).await?;
    let mut payments = Vec::with_capacity(rows.len());
    for row in rows {
        payments.extend(with_tries(tx, Some(row)).await?);
    }
    Ok(payments)
}

/// Which payment the provider means, by whatever it named. Only ever within one connection.
pub async fn find_by_provider_order(
    tx: &mut Tx,
    connection: ConnectionId,
    provider_order: &str,
) -> Result<Option<PaymentId>, DbError> {
    one_id(tx.opt(&FIND_BY_PROVIDER_ORDER, v![connection, provider_order]).await?)
}

pub async fn find_by_our_ref(
    tx: &mut Tx,
    connection: ConnectionId,
    our_ref: OurRef,
) -> Result<Option<PaymentId>, DbError> {
    one_id(tx.opt(&FIND_BY_OUR_REF, v![our_ref, connection]).await?)
}

pub async fn find_by_provider_payment(
    tx: &mut Tx,
    connection: ConnectionId,
    provider_payment: &str,
) -> Result<Option<PaymentId>, DbError> {
    one_id(tx.opt(&FIND_BY_PROVIDER_PAYMENT, v![connection, provider_payment]).await?)
}

/// Whether a payment begun since then still waits for the provider's answer to its opening: of the connection's own
/// merchant, whose scope this is, or of one that it is lent to.
pub async fn any_being_opened(
    tx: &mut Tx,
    scope: Scope,
    connection: ConnectionId,
    since: Millis,
) -> Result<bool, DbError> {
    let args = v![scope.merchant(), scope.mode(), since, connection];
    Ok(tx.opt(&ANY_BEING_OPENED, args).await?.is_some())
}

fn one_id(row: Option<Row>) -> Result<Option<PaymentId>, DbError> {
    row.map(|r| r.read().get()).transpose()
}

/// Writes what the payment machine decided, tries included. A version that moved is a conflict, to be rerun.
pub async fn save(tx: &mut Tx, p: &Payment, before: &State) -> Result<(), DbError> {
    let s = &p.state;
    let args = v![
        p.id,
        p.version,
        p.status().as_str(),
        s.opened,
        s.refused.map(|r| r.at),
        s.refused.map(|r| r.reason.as_str()),
        s.lapsed,
        s.cancelled,
        s.unknown_at,
        s.answered_at,
        s.in_doubt_since(),
        p.escalated_at,
        s.failure().map(FailureReason::as_str),
        p.method().map(Method::as_str),
        p.captured_minor,
        p.refunded_minor,
        p.adopted_minor,
        p.provider_order,
        p.handle,
        p.next_poll_at,
        p.polls,
        p.updated_at,
        p.event_seq,
        p.missing_at,
        s.approved,
        s.capture_asked.map(|c| c.at),
        s.capture_asked.map(|c| c.amount.minor())
    ];
    if tx.exec(&SAVE, args).await? != 1 {
        return Err(DbError::Conflict("a payment's version moved"));
    }
    for (id, t) in s.tries().filter(|(id, t)| before.tries.get(*id) != Some(t)) {
        save_try(tx, p, id, t).await?;
    }
    Ok(())
}

async fn save_try(tx: &mut Tx, p: &Payment, id: &str, t: &TryState) -> Result<(), DbError> {
    let d = &t.detail;
    let args = v![
        p.id,
        id,
        p.connection_id,
        t.first_at,
        t.failure.map(|f| f.0),
        t.failure.map(|f| f.1.as_str()),
        t.authorized.map(Money::minor),
        t.authorized.map(|m| m.currency().to_string()),
        t.released,
        t.captured.map(|c| c.amount.minor()),
        t.captured.map(|c| c.amount.currency().to_string()),
        t.captured.map(|c| c.at),
        t.contradicted,
        d.method.map(Method::as_str),
        shown(d.instrument.as_ref()),
        shown(d.bank_ref.as_ref()),
        shown(d.provider_code.as_ref()),
        d.quoted_fee,
        d.quoted_tax
    ];
    tx.exec(&SAVE_TRY, args).await.map(drop)
}

/// Holds `minor` for a refund. `false`: it would pass what was captured.
pub async fn reserve(tx: &mut Tx, id: PaymentId, minor: i64, now: Millis) -> Result<bool, DbError> {
    Ok(tx.exec(&RESERVE, v![id, minor, now]).await? == 1)
}

/// Lets go of what a failed refund held.
pub async fn release(tx: &mut Tx, id: PaymentId, minor: i64) -> Result<(), DbError> {
    match tx.exec(&RELEASE, v![id, minor]).await? {
        1 => Ok(()),
        _ => Err(DbError::Bug("a reservation was released that was not held".into())),
    }
}

/// What went back, or came again with a minus. Another currency than the payment's own is not added to it.
pub async fn add_refunded(tx: &mut Tx, id: PaymentId, amount: Money, now: Millis) -> Result<(), DbError> {
    tx.exec(&ADD_REFUNDED, v![id, amount.minor(), now, amount.currency().code()]).await.map(drop)
}

/// What was refunded at the provider, without our asking.
pub async fn add_adopted(tx: &mut Tx, id: PaymentId, amount: Money, now: Millis) -> Result<(), DbError> {
    tx.exec(&ADD_ADOPTED, v![id, amount.minor(), now, amount.currency().code()]).await.map(drop)
}

/// Writers of one order queue at its row, so that they don't have to be rerun.
pub async fn lock_order_of(tx: &mut Tx, id: PaymentId) -> Result<(), DbError> {
    tx.lock(&LOCK_ORDER_OF, v![id]).await
}

async fn with_tries(tx: &mut Tx, row: Option<Row>) -> Result<Option<Payment>, DbError> {
    let Some(row) = row else { return Ok(None) };
    let mut payment = read(&row)?;
    for row in tx.all(&TRIES, v![payment.id]).await? {
        let (id, t) = read_try(&mut row.read())?;
        payment.state.tries.insert(id, t);
    }
    Ok(Some(payment))
}

fn read(row: &Row) -> Result<Payment, DbError> {
    let mut r = row.read();
    let id = r.get()?;
    let scope = Scope::of_row(r.get()?, r.get()?);
    let (order_id, connection_id, after) = (r.get()?, r.get()?, r.get()?);
    let (our_ref, flow) = (r.get()?, r.get()?);
    let mut state = State::new(Money::new(r.get()?, r.get::<Currency>()?));
    state.opened = r.get()?;
    let refused: (Option<Millis>, Option<FailureReason>) = (r.get()?, r.parsed_opt()?);
    state.refused = match refused {
        (Some(at), Some(reason)) => Some(hundi_core::payment::Refused { at, reason }),
        _ => None,
    };
    state.lapsed = r.get()?;
    state.cancelled = r.get()?;
    state.unknown_at = r.get()?;
    state.answered_at = r.get()?;
    let mut payment = Payment {
        id,
        scope,
        order_id,
        connection_id,
        fallback: None,
        after,
        our_ref,
        flow,
        state,
        captured_minor: r.get()?,
        refunded_minor: r.get()?,
        reserved_minor: r.get()?,
        adopted_minor: r.get()?,
        provider_order: r.get()?,
        handle: r.get()?,
        payer_ip: r.get()?,
        payer_agent: r.get()?,
        escalated_at: r.get()?,
        missing_at: r.get()?,
        expires_at: r.get()?,
        next_poll_at: r.get()?,
        polls: r.get()?,
        created_by: r.get()?,
        created_at: r.get()?,
        updated_at: r.get()?,
        version: r.get()?,
        event_seq: r.get()?,
    };
    payment.state.approved = r.get()?;
    let capture_asked: (Option<Millis>, Option<i64>) = (r.get()?, r.get()?);
    payment.state.capture_asked = match capture_asked {
        (Some(at), Some(minor)) => Some(Captured { amount: Money::new(minor, payment.currency()), at }),
        _ => None,
    };
    payment.fallback = r.get()?;
    Ok(payment)
}

fn read_try(r: &mut Reader<'_>) -> Result<(String, TryState), DbError> {
    let id = r.get()?;
    let first_at = r.get()?;
    let failure = match (r.get()?, r.parsed_opt()?) {
        (Some(at), Some(reason)) => Some((at, reason)),
        _ => None,
    };
    let authorized = money(r.get()?, r.get()?);
    let released = r.get()?;
    let captured = money(r.get()?, r.get()?).zip(r.get()?).map(|(amount, at)| Captured { amount, at });
    let state = TryState {
        first_at,
        failure,
        authorized,
        released,
        captured,
        contradicted: r.get()?,
        detail: TryDetail {
            method: r.parsed_opt()?,
            instrument: r.get()?,
            bank_ref: r.get()?,
            provider_code: r.get()?,
            quoted_fee: r.get()?,
            quoted_tax: r.get()?,
        },
    };
    Ok((id, state))
}

fn money(minor: Option<i64>, currency: Option<Currency>) -> Option<Money> {
    Some(Money::new(minor?, currency?))
}
