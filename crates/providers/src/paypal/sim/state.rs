//! What the simulated PayPal remembers: accounts, orders, authorizations, captures, refunds, movements.
//!
//! Only records; the rules that change them live in `bank`. Amounts are minor units of ISO 4217, whatever PayPal
//! writes of them.

use super::craft::Sum;
use hundi_core::{Millis, Secret};
use serde_json::Value;

/// A merchant's account, as the simulator is told of it.
#[derive(Clone, Debug)]
pub struct SimAccount {
    pub client_id: String,
    pub client_secret: Secret,
    /// Thirteen characters: the payee of every order.
    pub merchant_id: String,
    /// Shown to the payer.
    pub name: String,
    /// From a refund's acceptance to its completion; zero answers `COMPLETED` at once, as PayPal mostly does.
    pub refund_after_ms: i64,
    /// How long a capture that is held back stays so.
    pub pending_ms: i64,
    /// How late the transaction search is.
    pub search_after_ms: i64,
    pub fee_bps: i64,
    /// Added to each fee, in minor units of whatever was paid.
    pub fee_fixed_minor: i64,
    /// Whether the app may search transactions.
    pub may_search: bool,
}

impl SimAccount {
    /// A sandbox account with ordinary terms and no webhook.
    pub fn new(
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
        merchant_id: impl Into<String>,
    ) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: Secret::new(client_secret),
            merchant_id: merchant_id.into(),
            name: "Demo merchant".to_owned(),
            refund_after_ms: 0,
            pending_ms: 3_600_000,
            search_after_ms: 3 * 3_600_000,
            fee_bps: 440,
            fee_fixed_minor: 30,
            may_search: true,
        }
    }
}

/// A webhook that an app subscribed: its id is part of what is signed.
pub(super) struct Subscription {
    pub(super) id: String,
    pub(super) account: usize,
    pub(super) url: String,
    /// `*` is all.
    pub(super) events: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intent {
    Capture,
    Authorize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OrderStatus {
    Created,
    PayerActionRequired,
    Approved,
    Completed,
}

pub(super) struct Order {
    pub(super) id: String,
    pub(super) account: usize,
    pub(super) intent: Intent,
    pub(super) sum: Sum,
    /// The amount as it was given, with its breakdown.
    pub(super) amount: Value,
    pub(super) reference_id: String,
    pub(super) invoice_id: Option<String>,
    pub(super) custom_id: Option<String>,
    pub(super) description: Option<String>,
    pub(super) brand_name: Option<String>,
    pub(super) return_url: Option<String>,
    pub(super) cancel_url: Option<String>,
    pub(super) status: OrderStatus,
    /// What the capture will come to; the payer's page decides it.
    pub(super) bend: Bend,
    /// `paypal` or `card`.
    pub(super) paid_with: &'static str,
    pub(super) created: Millis,
    pub(super) updated: Millis,
    pub(super) approved: Option<Millis>,
    pub(super) authorizations: Vec<String>,
    pub(super) captures: Vec<String>,
}

/// What becomes of the money once the merchant asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bend {
    None,
    /// The call is refused with this issue.
    Refused(String),
    Declined,
    Failed,
    /// Held back for this reason, and completed later.
    Pending(String),
    /// Held back, and declined later.
    PendingDeclined,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HoldStatus {
    Created,
    Captured,
    Denied,
    Voided,
}

pub(super) struct Authorization {
    pub(super) id: String,
    pub(super) account: usize,
    pub(super) order: String,
    pub(super) sum: Sum,
    pub(super) status: HoldStatus,
    pub(super) created: Millis,
    pub(super) updated: Millis,
    pub(super) captures: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CaptureStatus {
    Pending,
    Completed,
    Declined,
    Failed,
}

pub(super) struct Capture {
    pub(super) id: String,
    pub(super) account: usize,
    /// None for a payment that was made elsewhere.
    pub(super) order: Option<String>,
    pub(super) authorization: Option<String>,
    pub(super) sum: Sum,
    pub(super) fee: i64,
    pub(super) invoice_id: Option<String>,
    pub(super) custom_id: Option<String>,
    pub(super) status: CaptureStatus,
    pub(super) reason: Option<String>,
    pub(super) refunded: i64,
    pub(super) refunds: Vec<String>,
    pub(super) created: Millis,
    pub(super) updated: Millis,
}

impl Capture {
    /// What a merchant calls this payment: the hold that it came from, or itself.
    pub(super) fn name(&self) -> &str {
        self.authorization.as_deref().unwrap_or(&self.id)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefundStatus {
    Pending,
    Completed,
    Failed,
}

pub(super) struct Refund {
    pub(super) id: String,
    pub(super) account: usize,
    pub(super) capture: String,
    pub(super) sum: Sum,
    pub(super) invoice_id: Option<String>,
    pub(super) custom_id: Option<String>,
    pub(super) note: Option<String>,
    pub(super) status: RefundStatus,
    pub(super) created: Millis,
    pub(super) updated: Millis,
}

/// A row of the transaction search.
pub(super) struct Movement {
    pub(super) account: usize,
    pub(super) id: String,
    pub(super) code: &'static str,
    /// Signed, as PayPal writes them.
    pub(super) sum: Sum,
    pub(super) fee: i64,
    pub(super) invoice_id: Option<String>,
    pub(super) custom_id: Option<String>,
    /// The transaction that it is of.
    pub(super) reference: Option<String>,
    pub(super) at: Millis,
}
