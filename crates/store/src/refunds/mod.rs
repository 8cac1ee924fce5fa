//! Refunds: asked by us, or made at the provider and adopted.

// Stands before the file that says it too.
macro_rules! columns {
    () => {
        "id, merchant_id, mode, payment_id, order_id, connection_id, provider_payment, our_ref, origin, \
         amount_minor, currency, accepted, last_ms, last_final, unknown_ms, answered_ms, debited, reason, note, \
         metadata, failure, provider_refund, bank_ref, next_poll_ms, polls, requested_by, created_ms, updated_ms, \
         version, event_seq"
    };
}

mod list;

pub(crate) use list::ALL as LISTS;
pub use list::{Filter, list, of_payments};

use crate::payments::{credited, into_of};
use crate::value::shown;
use crate::{DbError, Row, Store, Tx, v};
use hundi_core::payment::Into as CapturedInto;
use hundi_core::refund::{Final, State, Status};
use hundi_core::{
    ConnectionId, Currency, FailureReason, Millis, Money, OrderId, OurRef, PaymentId, RefundId, Scope,
};

/// A refund as it stands.
#[derive(Clone, Debug)]
pub struct Refund {
    pub id: RefundId,
    pub scope: Scope,
    pub payment_id: PaymentId,
    pub order_id: OrderId,
    pub connection_id: ConnectionId,
    pub provider_payment: String,
    pub our_ref: OurRef,
    pub origin: Origin,
    pub state: State,
    /// Where the capture had put the money: where the refund takes it from.
    pub captured_into: CapturedInto,
    pub reason: String,
    pub note: Option<String>,
    pub metadata: String,
    pub failure: Option<FailureReason>,
    pub provider_refund: Option<String>,
    pub bank_ref: Option<String>,
    pub next_poll_at: Option<Millis>,
    pub polls: i64,
    pub requested_by: String,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub version: i64,
    pub event_seq: i64,
}

/// Who asked for a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Ours,
    /// Made in the provider's own dashboard.
    Provider,
}

impl Origin {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Provider => "provider",
        }
    }
}

impl Refund {
    pub fn status(&self) -> Status {
        self.state.status()
    }
}

crate::statements! {
    INSERT = concat!(
        "INSERT INTO refund (", columns!(), ", status) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
         $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31)"
    );
    LOAD = concat!("SELECT ", columns!(), " FROM refund WHERE id = $1 AND merchant_id = $2 AND mode = $3");
    LOAD_BY_ID = concat!("SELECT ", columns!(), " FROM refund WHERE id = $1");
    LOCK_ORDER_OF =
        "SELECT id FROM orders WHERE id = (SELECT order_id FROM refund WHERE id = $1) FOR UPDATE";
    OF_PAYMENT = concat!("SELECT ", columns!(), " FROM refund WHERE payment_id = $1 ORDER BY created_ms, id");
    FIND_BY_PROVIDER = "SELECT id FROM refund WHERE connection_id = $1 AND provider_refund = $2";
    FIND_BY_OUR_REF = "SELECT id FROM refund WHERE our_ref = $1 AND connection_id = $2";
    SAVE =
        "UPDATE refund SET status = $3, accepted = $4, last_ms = $5, last_final = $6, unknown_ms = $7, \
         answered_ms = $8, in_doubt_ms = $9, failure = $10, provider_refund = $11, bank_ref = $12, next_poll_ms = $13, \
         polls = $14, updated_ms = $15, event_seq = $16, version = version + 1 WHERE id = $1 AND version = $2";
}

/// Writes a new refund. The reservation on its payment is the caller's, in the same transaction.
pub async fn insert(tx: &mut Tx, f: &Refund) -> Result<(), DbError> {
    let s = &f.state;
    let args = v![
        f.id,
        f.scope.merchant(),
        f.scope.mode(),
        f.payment_id,
        f.order_id,
        f.connection_id,
        f.provider_payment,
        f.our_ref,
        f.origin.as_str(),
        s.amount.minor(),
        s.amount.currency().code(),
        s.accepted,
        s.last.map(|l| l.0),
        s.last.map(|l| final_text(l.1)),
        s.unknown_at,
        s.answered_at,
        credited(f.captured_into),
        f.reason,
        f.note,
        f.metadata,
        f.failure.map(FailureReason::as_str),
        f.provider_refund,
        shown(f.bank_ref.as_ref()),
        f.next_poll_at,
        f.polls,
        f.requested_by,
        f.created_at,
        f.updated_at,
        f.version,
        f.event_seq,
        f.status().as_str()
    ];
    tx.push(&INSERT, args).await
}

/// The refund, if it is this scope's.
pub async fn load(tx: &mut Tx, scope: Scope, id: RefundId) -> Result<Option<Refund>, DbError> {
    tx.opt(&LOAD, v![id, scope.merchant(), scope.mode()]).await?.map(|r| read(&r)).transpose()
}

/// The same as a read of its own.
pub async fn glance(store: &Store, scope: Scope, id: RefundId) -> Result<Option<Refund>, DbError> {
    let rows = store.glance(&LOAD, v![id, scope.merchant(), scope.mode()]).await?;
    rows.first().map(read).transpose()
}

/// For work on the row itself. Its scope comes with it.
pub async fn load_by_id(tx: &mut Tx, id: RefundId) -> Result<Option<Refund>, DbError> {
    tx.opt(&LOAD_BY_ID, v![id]).await?.map(|r| read(&r)).transpose()
}

/// Writers of one order queue at its row, so that they don't have to be rerun.
pub async fn lock_order_of(tx: &mut Tx, id: RefundId) -> Result<(), DbError> {
    tx.lock(&LOCK_ORDER_OF, v![id]).await
}

/// All refunds of a payment, oldest first.
pub async fn of_payment(tx: &mut Tx, payment: PaymentId) -> Result<Vec<Refund>, DbError> {
    tx.all(&OF_PAYMENT, v![payment]).await?.iter().map(read).collect()
}

/// Which refund the provider means.
pub async fn find(
    tx: &mut Tx,
    connection: ConnectionId,
    provider_refund: &str,
    our_ref: Option<OurRef>,
) -> Result<Option<RefundId>, DbError> {
    if let Some(row) = tx.opt(&FIND_BY_PROVIDER, v![connection, provider_refund]).await? {
        return row.read().get().map(Some);
    }
    let Some(our_ref) = our_ref else { return Ok(None) };
    tx.opt(&FIND_BY_OUR_REF, v![our_ref, connection]).await?.map(|r| r.read().get()).transpose()
}

/// Writes what the refund machine decided. A version that moved is a conflict, to be rerun.
pub async fn save(tx: &mut Tx, f: &Refund) -> Result<(), DbError> {
    let s = &f.state;
    let args = v![
        f.id,
        f.version,
        f.status().as_str(),
        s.accepted,
        s.last.map(|l| l.0),
        s.last.map(|l| final_text(l.1)),
        s.unknown_at,
        s.answered_at,
        s.in_doubt_since(),
        f.failure.map(FailureReason::as_str),
        f.provider_refund,
        shown(f.bank_ref.as_ref()),
        f.next_poll_at,
        f.polls,
        f.updated_at,
        f.event_seq
    ];
    match tx.exec(&SAVE, args).await? {
        1 => Ok(()),
        _ => Err(DbError::Conflict("a refund's version moved")),
    }
}

const fn final_text(f: Final) -> &'static str {
    match f {
        Final::Processed => "processed",
        Final::Failed => "failed",
    }
}

fn read(row: &Row) -> Result<Refund, DbError> {
    let mut r = row.read();
    let id = r.get()?;
    let scope = Scope::of_row(r.get()?, r.get()?);
    let (payment_id, order_id, connection_id) = (r.get()?, r.get()?, r.get()?);
    let (provider_payment, our_ref) = (r.get()?, r.get()?);
    let origin = if r.get::<String>()? == "ours" { Origin::Ours } else { Origin::Provider };
    let mut state = State::new(Money::new(r.get()?, r.get::<Currency>()?));
    state.accepted = r.get()?;
    let last: (Option<Millis>, Option<String>) = (r.get()?, r.get()?);
    state.last = match (last.0, last.1.as_deref()) {
        (Some(at), Some("processed")) => Some((at, Final::Processed)),
        (Some(at), Some("failed")) => Some((at, Final::Failed)),
        _ => None,
    };
    state.unknown_at = r.get()?;
    state.answered_at = r.get()?;
    Ok(Refund {
        id,
        scope,
        payment_id,
        order_id,
        connection_id,
        provider_payment,
        our_ref,
        origin,
        state,
        captured_into: into_of(&r.get::<String>()?),
        reason: r.get()?,
        note: r.get()?,
        metadata: r.get()?,
        failure: r.parsed_opt()?,
        provider_refund: r.get()?,
        bank_ref: r.get()?,
        next_poll_at: r.get()?,
        polls: r.get()?,
        requested_by: r.get()?,
        created_at: r.get()?,
        updated_at: r.get()?,
        version: r.get()?,
        event_seq: r.get()?,
    })
}
