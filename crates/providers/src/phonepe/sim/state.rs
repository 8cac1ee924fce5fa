//! What the simulated PhonePe remembers: accounts, orders, attempts, refunds.
//!
//! Only records; the rules that change them live beside the verbs (`bank`, `refunds`).

use hundi_core::{Millis, Secret};
use serde_json::Value;

/// A merchant's account: it may hold a client of v2, a salt key of v1, or both.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) client_id: String,
    pub(super) client_secret: Secret,
    pub(super) client_version: String,
    pub(super) merchant_id: String,
    pub(super) salt_key: Secret,
    pub(super) salt_index: String,
    /// Shown to the payer.
    pub(super) name: String,
    /// The webhook of v2, and the registered callback address of v1.
    pub(super) webhook_url: Option<String>,
    pub(super) webhook_password: Option<Secret>,
    /// From a refund's acceptance to its being completed.
    pub(super) refund_after_ms: i64,
    pub(super) fee_bps: i64,
    /// The pay page opens only for who comes from a page that says so, as in life.
    pub(super) needs_referrer: bool,
}

impl Account {
    pub(super) const USERNAME: &str = "hundi";

    /// What the journal and the dials call it.
    pub(super) fn key_id(&self) -> &str {
        if self.client_id.is_empty() { &self.merchant_id } else { &self.client_id }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Api {
    V1,
    V2,
}

/// Where an order is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Page,
    Link,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Pending,
    Completed,
    Failed,
}

impl State {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
        }
    }
}

/// What was asked to be paid: an order of v2, a transaction of v1.
pub(super) struct Order {
    /// PhonePe's id: `OMO...`. v1 shows none.
    pub(super) id: String,
    pub(super) api: Api,
    pub(super) place: Place,
    pub(super) account: usize,
    /// The merchant's id of it.
    pub(super) named: String,
    pub(super) amount: i64,
    pub(super) message: String,
    pub(super) return_url: String,
    /// v1: `POST` or `REDIRECT`.
    pub(super) return_by_post: bool,
    /// v1: of this transaction alone.
    pub(super) callback_url: Option<String>,
    pub(super) meta_info: Value,
    pub(super) expires: Millis,
    pub(super) state: State,
    pub(super) attempts: Vec<String>,
    /// In the page's address.
    pub(super) token: String,
}

/// What the payer pays with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Instrument {
    Upi { vpa: String },
    Card,
    Netbanking { bank: String },
    Wallet,
}

/// Why an attempt failed, in PhonePe's words: the coarse code and the bank's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: String,
    pub(super) detailed: String,
}

/// One try of the payer's.
pub(super) struct Attempt {
    /// `OM...` in v2, `T...` in v1.
    pub(super) id: String,
    pub(super) order: String,
    pub(super) amount: i64,
    pub(super) instrument: Instrument,
    pub(super) state: State,
    pub(super) failure: Option<Failure>,
    /// UTR of UPI, the bank's reference of cards and netbanking.
    pub(super) bank_ref: String,
    pub(super) created: Millis,
    pub(super) completed: Option<Millis>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefundState {
    /// Taken on; `CONFIRMED` to whoever asks later.
    Accepted,
    Completed,
    Failed,
}

pub(super) struct Refund {
    /// `OMR...` in v2, `TR...` in v1.
    pub(super) id: String,
    pub(super) account: usize,
    pub(super) named: String,
    pub(super) order: String,
    /// The attempt that was paid.
    pub(super) attempt: String,
    pub(super) amount: i64,
    pub(super) state: RefundState,
    pub(super) utr: Option<String>,
    pub(super) callback_url: Option<String>,
    pub(super) completed: Option<Millis>,
}
