//! Methods that a provider keeps for a payer: how they come to be known to us, are charged, and forgotten.
//!
//! We hold the provider's token and what may be shown of it. No card number and no security code ever passes here.

use super::{Call, CaptureBy, Flow, Report, Subject};
use crate::wire::CallError;
use async_trait::async_trait;
use hundi_core::{Method, Money, OurRef, Secret};

/// A payer, as the provider is told of them when a record of theirs is made there.
#[derive(Clone)]
pub struct Person {
    /// Ours of the customer: `cus_…`.
    pub id: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
}

/// A kept method as the provider knows it.
#[derive(Clone)]
pub struct TokenRef {
    /// The provider's record of the payer.
    pub customer: String,
    pub token: Secret,
}

/// What the provider keeps since a payment.
#[derive(Clone)]
pub struct KeptMethod {
    pub token: Secret,
    pub method: Method,
    /// `Visa`, `PayPal`.
    pub network: Option<String>,
    pub last4: Option<String>,
    pub expiry_month: Option<u8>,
    pub expiry_year: Option<u16>,
    /// Masked by the adapter, where it is no card: `a•••@upi`.
    pub label: Option<String>,
}

/// What came of a payer's wish that their method be kept.
#[derive(Clone)]
pub enum Learned {
    Kept(Box<KeptMethod>),
    /// The provider has not decided yet.
    NotYet,
    /// It keeps nothing of this payment, or nothing that we may charge.
    Nothing,
}

/// What we charge a saved method with, by ourselves.
#[derive(Clone)]
pub struct Charge {
    pub our_ref: OurRef,
    pub amount: Money,
    pub description: String,
    pub payer: Person,
    pub token: TokenRef,
    pub capture: CaptureBy,
}

/// Nobody acts at a screen here. A charge is opened first, which moves nothing and can be found again; then it is
/// charged, once, beneath an id that we have stored: so silence is settled by asking ([`super::Watch::fetch`]) and
/// never by charging again.
#[async_trait]
pub trait Saved: Send + Sync {
    /// The flows whose payments can leave something kept.
    fn keeps_by(&self) -> &'static [Flow];

    /// The provider's record of a payer, made if there is none. Safe to repeat.
    async fn customer(&self, call: Call<'_>, person: &Person) -> Result<String, CallError>;

    /// What the provider keeps since this payment, which its payer agreed to.
    async fn learn(
        &self,
        call: Call<'_>,
        subject: &Subject,
        provider_payment: &str,
        customer: &str,
    ) -> Result<Learned, CallError>;

    /// Opens what will be charged; gives the provider's id of it. Takes no money, however often it is called.
    async fn open(&self, call: Call<'_>, charge: &Charge) -> Result<String, CallError>;

    /// After an unknown outcome of opening: was it opened? `Ok(None)` is a definite "no such thing (yet)".
    async fn find(&self, call: Call<'_>, charge: &Charge) -> Result<Option<String>, CallError>;

    /// Takes the money, or has it held. Called once for each opened charge. A token that the provider no longer knows
    /// is `NotDone` with [`crate::ReasonKind::NotFound`].
    async fn charge(
        &self,
        call: Call<'_>,
        charge: &Charge,
        provider_order: &str,
    ) -> Result<Vec<Report>, CallError>;

    /// How long after its opening a charge may still come to something: until then nothing else is charged.
    fn settles_within_ms(&self) -> i64;

    /// Has the provider forget it. Safe to repeat: what is not there is forgotten.
    async fn forget(&self, call: Call<'_>, token: &TokenRef) -> Result<(), CallError>;
}
