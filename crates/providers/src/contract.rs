//! What a provider is to the rest of the house.
//!
//! A capability is the presence of a part: `refund` is `None` where the provider has none. No default bodies.

mod balances;
mod choices;
mod lists;
mod saved;

pub use balances::{Balances, Standing, Standings};
pub use choices::{Bank, Choices, EmiBank, EmiPlan, Offer, Offers};
pub use lists::{
    FileProblem, Lines, Page, SettledKind, SettlementFile, SettlementLine, Settlements, Span, Sweep, Trace,
    Whose,
};
pub use saved::{Charge, KeptMethod, Learned, Person, Saved, TokenRef};

mod card;

pub use card::{Card, CredentialField, Evidence, FieldKind};

use crate::wire::{CallError, Reason, Wire};
use async_trait::async_trait;
use hundi_core::payment::{self, Fact};
use hundi_core::refund;
use hundi_core::{Method, Millis, Mode, Money, OurRef, Secret};
use std::collections::BTreeMap;

/// Everything that one provider can do.
pub trait Provider: Send + Sync {
    fn card(&self) -> &'static Card;
    fn parts(&self) -> Parts<'_>;
}

/// A provider's parts. What it can't do is `None`: the one that has it writes so.
#[derive(Clone, Copy)]
pub struct Parts<'p> {
    pub open: &'p dyn Open,
    pub watch: &'p dyn Watch,
    pub finish: Option<&'p dyn Finish>,
    pub capture: Option<&'p dyn Capture>,
    pub void: Option<&'p dyn Void>,
    pub refund: Option<&'p dyn Refund>,
    pub notices: Option<&'p dyn Notices>,
    pub returns: Option<&'p dyn Returns>,
    pub sweep: Option<&'p dyn Sweep>,
    pub trace: Option<&'p dyn Trace>,
    pub settlements: Option<&'p dyn Settlements>,
    pub settlement_file: Option<&'p dyn SettlementFile>,
    pub whose: Option<&'p dyn Whose>,
    pub saved: Option<&'p dyn Saved>,
    pub choices: Option<&'p dyn Choices>,
    pub balances: Option<&'p dyn Balances>,
    pub test: &'p dyn TestConnection,
}

/// Each part by its name.
impl dyn Provider + '_ {
    pub fn open(&self) -> &dyn Open {
        self.parts().open
    }

    pub fn watch(&self) -> &dyn Watch {
        self.parts().watch
    }

    pub fn finish(&self) -> Option<&dyn Finish> {
        self.parts().finish
    }

    pub fn capture(&self) -> Option<&dyn Capture> {
        self.parts().capture
    }

    pub fn void(&self) -> Option<&dyn Void> {
        self.parts().void
    }

    pub fn refund(&self) -> Option<&dyn Refund> {
        self.parts().refund
    }

    pub fn notices(&self) -> Option<&dyn Notices> {
        self.parts().notices
    }

    pub fn returns(&self) -> Option<&dyn Returns> {
        self.parts().returns
    }

    pub fn sweep(&self) -> Option<&dyn Sweep> {
        self.parts().sweep
    }

    pub fn trace(&self) -> Option<&dyn Trace> {
        self.parts().trace
    }

    pub fn settlements(&self) -> Option<&dyn Settlements> {
        self.parts().settlements
    }

    pub fn settlement_file(&self) -> Option<&dyn SettlementFile> {
        self.parts().settlement_file
    }

    pub fn whose(&self) -> Option<&dyn Whose> {
        self.parts().whose
    }

    pub fn saved(&self) -> Option<&dyn Saved> {
        self.parts().saved
    }

    pub fn choices(&self) -> Option<&dyn Choices> {
        self.parts().choices
    }

    pub fn balances(&self) -> Option<&dyn Balances> {
        self.parts().balances
    }

    pub fn test(&self) -> &dyn TestConnection {
        self.parts().test
    }
}

/// A merchant's account at a provider, opened for one use.
#[derive(Clone, Debug)]
pub struct Account {
    pub mode: Mode,
    /// Where the provider's API is: its own address for this mode, or a simulator's.
    pub base_url: String,
    /// A simulator stands in for the provider. Only in test mode.
    pub simulated: bool,
    /// By [`CredentialField::name`].
    pub credentials: BTreeMap<String, Secret>,
    /// What the account's owner said it can do, e.g. `upi_intent`.
    pub enabled: Vec<String>,
}

impl Account {
    /// A credential by name; the empty secret when it was never given, which no provider accepts.
    pub fn credential(&self, name: &str) -> Secret {
        self.credentials.get(name).cloned().unwrap_or_else(|| Secret::new(""))
    }

    /// All of these credentials, unless one of them was never given.
    pub fn given<const N: usize>(&self, names: [&str; N]) -> Option<[Secret; N]> {
        let credentials = names.map(|name| self.credential(name));
        (!credentials.iter().any(Secret::is_empty)).then_some(credentials)
    }

    pub fn can(&self, what: &str) -> bool {
        self.enabled.iter().any(|e| e == what)
    }
}

/// An account and the wire to speak over: what every call needs.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    pub account: &'a Account,
    pub wire: &'a dyn Wire,
}

// ---- opening

/// How the payer gets from us to the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flow {
    /// The provider's script on our page, which ends in a redirect.
    Script,
    /// A page of the provider's, top level, without script.
    Redirect,
    /// A `upi://` link, also drawn as a QR code.
    UpiIntent,
}

impl Flow {
    pub const ALL: &[Self] = &[Self::Script, Self::Redirect, Self::UpiIntent];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Redirect => "redirect",
            Self::UpiIntent => "upi_intent",
        }
    }
}

impl std::str::FromStr for Flow {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|f| f.as_str() == text).ok_or(())
    }
}

/// What we ask a provider to open.
#[derive(Clone, Debug)]
pub struct Opening {
    pub our_ref: OurRef,
    pub amount: Money,
    pub flow: Flow,
    pub description: String,
    pub merchant_name: String,
    pub payer: Payer,
    /// Where the provider sends the payer back to, unguessable and ours.
    pub return_url: String,
    pub expires_at: Millis,
    pub capture: CaptureBy,
    /// The payer agreed that what they pay with is kept, by this record of them at the provider
    /// ([`Saved::customer`]). `None`: nothing is kept.
    pub keep_for: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Payer {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    /// What they chose on our own page, where they did: a provider's page may open on it, and need not.
    pub wants: Option<Method>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureBy {
    /// The provider takes the money as soon as the bank holds it.
    Provider,
    /// We take it, when the merchant says so.
    Us,
}

/// What the provider opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The provider's id of it. Facts about this payment must name it.
    pub provider_order: String,
    pub handle: Handle,
}

/// What to show the payer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handle {
    /// Load `src`, then hand `options` (JSON) to the constructor `global` and call `open()` on it.
    Script { src: String, global: String, options: String },
    /// Send the payer there.
    Redirect { url: String },
    /// Send the payer there with a POST of these fields.
    Form { action: String, fields: Vec<(String, String)> },
    /// A `upi://` link.
    Upi { link: String },
}

#[async_trait]
pub trait Open: Send + Sync {
    async fn open(&self, call: Call<'_>, opening: &Opening) -> Result<Opened, CallError>;

    /// After an unknown outcome: was it opened? Looked up by our reference.
    /// `Ok(None)` is a definite "no such thing (yet)".
    async fn find(&self, call: Call<'_>, opening: &Opening) -> Result<Option<Opened>, CallError>;
}

// ---- asking

/// Which payment we ask about.
#[derive(Clone, Debug)]
pub struct Subject {
    pub our_ref: OurRef,
    pub provider_order: String,
    /// How its payer was sent there. Nobody was where we charge a saved method.
    pub flow: Option<Flow>,
    pub amount: Money,
}

/// One thing said about a payment or a refund, with what it names, so that it can be matched to ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    Payment { about: About, fact: Fact },
    Refund { about: RefundAbout, fact: refund::Fact },
}

/// What the provider named. All that is present must match what we stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    pub provider_order: Option<String>,
    pub provider_payment: Option<String>,
    pub our_ref: Option<OurRef>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundAbout {
    pub provider_refund: String,
    /// Empty where the provider does not say.
    pub provider_payment: String,
    pub our_ref: Option<OurRef>,
    pub amount: Money,
    pub bank_ref: Option<String>,
}

#[async_trait]
pub trait Watch: Send + Sync {
    /// Everything the provider knows of it: each try, and each refund made of it.
    async fn fetch(&self, call: Call<'_>, subject: &Subject) -> Result<Vec<Report>, CallError>;
}

// ---- taking and giving back

/// Where the payer's yes is not yet money: the provider waits for our word (`payment::Happened::Approved`).
#[async_trait]
pub trait Finish: Send + Sync {
    /// Takes the money, or has it held where the merchant wants to take it. Safe to repeat.
    async fn finish(
        &self,
        call: Call<'_>,
        subject: &Subject,
        capture: CaptureBy,
    ) -> Result<Vec<Report>, CallError>;
}

/// Money that the bank holds for one try.
#[derive(Clone, Debug)]
pub struct Hold {
    pub subject: Subject,
    pub provider_payment: String,
    pub amount: Money,
}

#[async_trait]
pub trait Capture: Send + Sync {
    /// Takes what the bank holds, the whole of it.
    async fn capture(&self, call: Call<'_>, hold: &Hold) -> Result<Vec<Report>, CallError>;
    /// Taking less than is held, where the provider does that.
    fn part(&self) -> Option<&dyn CapturePart>;
}

#[async_trait]
pub trait CapturePart: Send + Sync {
    /// Takes so much, and lets the rest of the hold go. Safe to repeat with the same amount.
    async fn capture_part(
        &self,
        call: Call<'_>,
        hold: &Hold,
        amount: Money,
    ) -> Result<Vec<Report>, CallError>;
}

#[async_trait]
pub trait Void: Send + Sync {
    /// Lets the hold go. Safe to repeat.
    async fn void(&self, call: Call<'_>, hold: &Hold) -> Result<Vec<Report>, CallError>;
}

#[derive(Clone, Debug)]
pub struct RefundAsk {
    /// Of the refund, not of its payment.
    pub our_ref: OurRef,
    /// The payment that it is of.
    pub subject: Subject,
    pub provider_payment: String,
    pub amount: Money,
    pub reason: &'static str,
}

#[async_trait]
pub trait Refund: Send + Sync {
    /// Asks for it. Safe to repeat with the same `our_ref`.
    async fn refund(&self, call: Call<'_>, ask: &RefundAsk) -> Result<Report, CallError>;

    /// What became of it: by the provider's id if we have it, else by our reference among the payment's refunds.
    /// `Ok(None)` is a definite "no such refund (yet)".
    async fn fetch(
        &self,
        call: Call<'_>,
        ask: &RefundAsk,
        provider_refund: Option<&str>,
    ) -> Result<Option<Report>, CallError>;
}

// ---- being told

/// How far a message can be trusted (DESIGN, rule 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// A signature binds the whole raw body and the account.
    A,
    /// A weaker proof: verified, and otherwise only the cause of a status fetch.
    B,
    /// The browser's bare word: the same.
    C,
}

/// Bytes from outside. They have no readable fields: `verify` is their only door.
#[derive(Clone, Copy)]
pub struct Unverified<'a> {
    headers: &'a [(String, String)],
    body: &'a [u8],
}

impl<'a> Unverified<'a> {
    /// Header names in lower case.
    pub const fn new(headers: &'a [(String, String)], body: &'a [u8]) -> Self {
        Self { headers, body }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub(crate) const fn body(&self) -> &'a [u8] {
        self.body
    }
}

/// The same bytes later, as stored once their proof had held. A constant proof is not stored with them.
#[derive(Clone, Copy)]
pub struct Kept<'a> {
    headers: &'a [(String, String)],
    body: &'a [u8],
}

impl<'a> Kept<'a> {
    /// For bytes that were stored as verified, and for nothing else.
    pub const fn of_verified(headers: &'a [(String, String)], body: &'a [u8]) -> Self {
        Self { headers, body }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub(crate) const fn body(&self) -> &'a [u8] {
        self.body
    }
}

impl<'a> From<Unverified<'a>> for Kept<'a> {
    /// For adapters, after the proof.
    fn from(message: Unverified<'a>) -> Self {
        Self { headers: message.headers, body: message.body }
    }
}

/// The proof is missing or wrong. Says which check failed, never the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forged {
    NoSignature,
    NoSecret,
    WrongSignature,
    /// Properly signed, and still not readable as the provider's message. Kept for a person.
    Unreadable,
    /// What the proof needs could not be had now, such as a certificate. The provider should send it again.
    CannotTell,
}

impl Forged {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoSignature => "no_signature",
            Self::NoSecret => "no_secret",
            Self::WrongSignature => "wrong_signature",
            Self::Unreadable => "unreadable",
            Self::CannotTell => "cannot_tell",
        }
    }
}

/// What is read of a message whose proof holds.
pub type Proven<T> = Result<T, Forged>;

/// A verified message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The provider's word for it: `payment.captured`. Unknown ones are kept and have no reports.
    pub kind: String,
    pub event_id: Option<String>,
    pub grade: Grade,
    pub reports: Vec<Report>,
}

#[async_trait]
pub trait Notices: Send + Sync {
    /// Checks the proof, then reads. `secrets` holds the current webhook secret and, for a while after a change, the
    /// one before it. Reaches out for nothing but what a proof may need.
    async fn verify(
        &self,
        call: Call<'_>,
        secrets: &[Secret],
        message: Unverified<'_>,
    ) -> Result<Notice, Forged>;

    /// Reads once more what was verified when it came.
    fn read_again(&self, account: &Account, message: Kept<'_>) -> Result<Notice, Forged>;
}

/// What the payer's browser brought back, once its proof was checked. Never more than a cause to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnSaid {
    pub grade: Grade,
    pub provider_payment: Option<String>,
    pub said: Said,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    Success,
    Failure(hundi_core::FailureReason),
    /// The payer came back and said nothing.
    Nothing,
}

/// Decoded fields of a form or a query, in order.
pub type Fields = [(String, String)];

pub trait Returns: Send + Sync {
    /// The order id that is signed comes from `subject`,
    /// ours, and never from the browser.
    fn read(&self, account: &Account, subject: &Subject, fields: &Fields) -> Result<ReturnSaid, Forged>;
}

// ---- testing a connection

/// What a real call with these credentials found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestResult {
    Works,
    WrongKey,
    /// A test key in a live connection, or the other way round.
    WrongMode,
    MissingPermission,
    Unreachable(Reason),
}

#[async_trait]
pub trait TestConnection: Send + Sync {
    async fn test(&self, call: Call<'_>) -> TestResult;
}

impl Report {
    /// A payment fact, for adapters.
    pub fn tried(about: About, at: Millis, what: payment::Try, detail: payment::TryDetail) -> Self {
        let provider_payment = about.provider_payment.clone().unwrap_or_default();
        let happened = payment::Happened::Tried { provider_payment, what, detail };
        Self::Payment { about, fact: Fact { at, happened } }
    }

    /// What it says of a try, if it speaks of one.
    pub(crate) const fn what(&self) -> Option<&payment::Try> {
        match self {
            Self::Payment { fact: Fact { happened: payment::Happened::Tried { what, .. }, .. }, .. } => {
                Some(what)
            }
            Self::Payment { .. } | Self::Refund { .. } => None,
        }
    }

    /// What it names of a refund, if it speaks of one.
    pub(crate) const fn of_refund(&self) -> Option<&RefundAbout> {
        match self {
            Self::Refund { about, .. } => Some(about),
            Self::Payment { .. } => None,
        }
    }
}
