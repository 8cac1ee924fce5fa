//! Methods that providers keep for customers, the consents they rest on, and what we charged them with.
//! Tokens are sealed before they come here.

use crate::value::shown;
use crate::{DbError, Row, Tx, v};
use hundi_core::{ConnectionId, CustomerId, Method, Millis, Mode, PaymentId, SavedMethodId, Scope};
use std::str::FromStr;

/// A saved method as it stands.
#[derive(Clone, Debug)]
pub struct SavedMethod {
    pub id: SavedMethodId,
    pub scope: Scope,
    pub customer: CustomerId,
    pub connection: ConnectionId,
    /// The payment that it was learned from.
    pub payment: PaymentId,
    pub state: State,
    /// Sealed. None once it is forgotten.
    pub token: Option<Vec<u8>>,
    pub token_print: String,
    pub method: Method,
    pub network: Option<String>,
    pub last4: Option<String>,
    pub expiry_month: Option<u8>,
    pub expiry_year: Option<u16>,
    /// Masked, where it is no card.
    pub label: Option<String>,
    pub is_default: bool,
    pub consent_at: Millis,
    pub consent_version: String,
    pub consent_ip: String,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub version: i64,
}

/// Where a saved method stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Active,
    /// We no longer use it, and the provider is being told.
    Forgetting,
    Deleted,
    /// The provider no longer knows it.
    Gone,
}

impl State {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Forgetting => "forgetting",
            Self::Deleted => "deleted",
            Self::Gone => "gone",
        }
    }
}

/// No word for a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownState;

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        let all = [Self::Active, Self::Forgetting, Self::Deleted, Self::Gone];
        all.into_iter().find(|s| s.as_str() == text).ok_or(UnknownState)
    }
}

/// A payer's consent to keeping what they pay with.
#[derive(Clone, Debug)]
pub struct Consent {
    pub payment: PaymentId,
    pub customer: CustomerId,
    pub connection: ConnectionId,
    /// The provider's record of the payer.
    pub provider_customer: String,
    pub at: Millis,
    /// Which text was agreed to.
    pub version: String,
    pub ip: String,
    pub state: Outcome,
}

/// What came of a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Asked,
    Kept,
    Nothing,
}

impl Outcome {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Kept => "kept",
            Self::Nothing => "nothing",
        }
    }
}

impl FromStr for Outcome {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        let all = [Self::Asked, Self::Kept, Self::Nothing];
        all.into_iter().find(|s| s.as_str() == text).ok_or(UnknownState)
    }
}

/// A payment that charges a saved method by ourselves.
#[derive(Clone, Copy, Debug)]
pub struct Charge {
    pub payment: PaymentId,
    pub method: SavedMethodId,
    /// When the provider was told to take the money, if it was.
    pub begun_at: Option<Millis>,
}

macro_rules! columns {
    () => {
        "id, merchant_id, mode, customer_id, connection_id, payment_id, state, token, token_print, method, network, \
         last4, expiry_month, expiry_year, label, is_default, consent_ms, consent_version, consent_ip, created_ms, \
         updated_ms, version"
    };
}

crate::statements! {
    // The same token again is the same method.
    INSERT = concat!(
        "INSERT INTO saved_method (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
         $14, $15, $16, $17, $18, $19, $20, $21, $22) ON CONFLICT (connection_id, token_print) \
         WHERE state IN ('active', 'forgetting') DO NOTHING"
    );
    LOAD = concat!(
        "SELECT ", columns!(), " FROM saved_method WHERE id = $1 AND merchant_id = $2 AND mode = $3"
    );
    LOAD_BY_ID = concat!("SELECT ", columns!(), " FROM saved_method WHERE id = $1");
    ACTIVE_OF = concat!(
        "SELECT ", columns!(), " FROM saved_method WHERE customer_id = $1 AND state = 'active' \
         ORDER BY is_default DESC, created_ms DESC, id DESC LIMIT $2"
    );
    UNDEFAULT =
        "UPDATE saved_method SET is_default = 0, updated_ms = $2, version = version + 1 \
         WHERE customer_id = $1 AND is_default = 1";
    MAKE_DEFAULT =
        "UPDATE saved_method SET is_default = 1, updated_ms = $2, version = version + 1 \
         WHERE id = $1 AND state = 'active'";
    FORGETTING =
        "UPDATE saved_method SET state = 'forgetting', is_default = 0, updated_ms = $2, version = version + 1 \
         WHERE id = $1 AND state = 'active'";
    DELETED =
        "UPDATE saved_method SET state = 'deleted', token = NULL, updated_ms = $2, version = version + 1 \
         WHERE id = $1 AND state = 'forgetting'";
    GONE =
        "UPDATE saved_method SET state = 'gone', token = NULL, is_default = 0, updated_ms = $2, \
         version = version + 1 WHERE id = $1 AND state IN ('active', 'forgetting')";

    INSERT_CONSENT =
        "INSERT INTO consent (payment_id, customer_id, connection_id, provider_customer, at_ms, version, ip, state) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'asked')";
    CONSENT =
        "SELECT payment_id, customer_id, connection_id, provider_customer, at_ms, version, ip, state FROM consent \
         WHERE payment_id = $1";
    CONSENT_ENDED = "UPDATE consent SET state = $2 WHERE payment_id = $1 AND state = 'asked'";

    INSERT_CHARGE = "INSERT INTO charge (payment_id, saved_method_id, begun_ms) VALUES ($1, $2, NULL)";
    CHARGE = "SELECT payment_id, saved_method_id, begun_ms FROM charge WHERE payment_id = $1";
    // Whoever changes the row may call the provider; nobody else ever does.
    BEGIN_CHARGE = "UPDATE charge SET begun_ms = $2 WHERE payment_id = $1 AND begun_ms IS NULL";
}

/// Writes a method that was just learned. `false`: its token is known.
pub async fn insert(tx: &mut Tx, m: &SavedMethod) -> Result<bool, DbError> {
    let args = v![
        m.id,
        m.scope.merchant(),
        m.scope.mode(),
        m.customer,
        m.connection,
        m.payment,
        m.state.as_str(),
        m.token,
        m.token_print,
        m.method,
        shown(m.network.as_ref()),
        shown(m.last4.as_ref()),
        m.expiry_month,
        m.expiry_year,
        shown(m.label.as_ref()),
        m.is_default,
        m.consent_at,
        m.consent_version,
        m.consent_ip,
        m.created_at,
        m.updated_at,
        m.version
    ];
    Ok(tx.exec(&INSERT, args).await? == 1)
}

/// The method, if it is this scope's.
pub async fn load(tx: &mut Tx, scope: Scope, id: SavedMethodId) -> Result<Option<SavedMethod>, DbError> {
    tx.opt(&LOAD, v![id, scope.merchant(), scope.mode()]).await?.map(|r| read(&r)).transpose()
}

/// For work on a row that names it. Its scope comes with it.
pub async fn load_by_id(tx: &mut Tx, id: SavedMethodId) -> Result<Option<SavedMethod>, DbError> {
    tx.opt(&LOAD_BY_ID, v![id]).await?.map(|r| read(&r)).transpose()
}

/// A customer's methods that can be charged, the default one first, then the newest.
pub async fn active_of(tx: &mut Tx, customer: CustomerId, max: i64) -> Result<Vec<SavedMethod>, DbError> {
    tx.all(&ACTIVE_OF, v![customer, max]).await?.iter().map(read).collect()
}

/// Puts one method in the place of the default before. The customer is locked. `false`: it can't be charged.
pub async fn make_default(
    tx: &mut Tx,
    customer: CustomerId,
    id: SavedMethodId,
    now: Millis,
) -> Result<bool, DbError> {
    tx.exec(&UNDEFAULT, v![customer, now]).await?;
    Ok(tx.exec(&MAKE_DEFAULT, v![id, now]).await? == 1)
}

/// It is no longer charged; the provider has yet to be told. `false`: it was not active.
pub async fn forgetting(tx: &mut Tx, id: SavedMethodId, now: Millis) -> Result<bool, DbError> {
    Ok(tx.exec(&FORGETTING, v![id, now]).await? == 1)
}

/// The provider was told: the token goes.
pub async fn deleted(tx: &mut Tx, id: SavedMethodId, now: Millis) -> Result<bool, DbError> {
    Ok(tx.exec(&DELETED, v![id, now]).await? == 1)
}

/// The provider no longer knows it: the token goes.
pub async fn gone(tx: &mut Tx, id: SavedMethodId, now: Millis) -> Result<bool, DbError> {
    Ok(tx.exec(&GONE, v![id, now]).await? == 1)
}

/// Writes what a payer agreed to, with the payment that it is about.
pub async fn insert_consent(tx: &mut Tx, c: &Consent) -> Result<(), DbError> {
    let args = v![c.payment, c.customer, c.connection, c.provider_customer, c.at, c.version, c.ip];
    tx.push(&INSERT_CONSENT, args).await
}

/// The consent that a payment was begun with.
pub async fn consent(tx: &mut Tx, payment: PaymentId) -> Result<Option<Consent>, DbError> {
    let Some(row) = tx.opt(&CONSENT, v![payment]).await? else { return Ok(None) };
    let mut r = row.read();
    Ok(Some(Consent {
        payment: r.get()?,
        customer: r.get()?,
        connection: r.get()?,
        provider_customer: r.get()?,
        at: r.get()?,
        version: r.get()?,
        ip: r.get()?,
        state: r.parsed()?,
    }))
}

/// Something came of it, or nothing will.
pub async fn consent_ended(tx: &mut Tx, payment: PaymentId, outcome: Outcome) -> Result<(), DbError> {
    tx.exec(&CONSENT_ENDED, v![payment, outcome.as_str()]).await.map(drop)
}

/// Writes which method a payment charges.
pub async fn insert_charge(tx: &mut Tx, payment: PaymentId, method: SavedMethodId) -> Result<(), DbError> {
    tx.push(&INSERT_CHARGE, v![payment, method]).await
}

/// Which method a payment charges, if it charges one.
pub async fn charge(tx: &mut Tx, payment: PaymentId) -> Result<Option<Charge>, DbError> {
    let Some(row) = tx.opt(&CHARGE, v![payment]).await? else { return Ok(None) };
    let mut r = row.read();
    Ok(Some(Charge { payment: r.get()?, method: r.get()?, begun_at: r.get()? }))
}

/// Takes the right to charge, which there is once. `false`: somebody has had it.
pub async fn begin_charge(tx: &mut Tx, payment: PaymentId, now: Millis) -> Result<bool, DbError> {
    Ok(tx.exec(&BEGIN_CHARGE, v![payment, now]).await? == 1)
}

fn read(row: &Row) -> Result<SavedMethod, DbError> {
    let mut r = row.read();
    let id = r.get()?;
    let scope = Scope::of_row(r.get()?, r.get::<Mode>()?);
    Ok(SavedMethod {
        id,
        scope,
        customer: r.get()?,
        connection: r.get()?,
        payment: r.get()?,
        state: r.parsed()?,
        token: r.get()?,
        token_print: r.get()?,
        method: r.get()?,
        network: r.get()?,
        last4: r.get()?,
        expiry_month: r.get()?,
        expiry_year: r.get()?,
        label: r.get()?,
        is_default: r.get()?,
        consent_at: r.get()?,
        consent_version: r.get()?,
        consent_ip: r.get()?,
        created_at: r.get()?,
        updated_at: r.get()?,
        version: r.get()?,
    })
}
