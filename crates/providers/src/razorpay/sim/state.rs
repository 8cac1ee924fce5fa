//! What the simulated Razorpay remembers: orders, payments, refunds, links, customers, settlements.
//!
//! Only records; the rules that change them live beside the verbs (`bank`, `refunds`, `links`).

use hundi_core::{Millis, Secret};
use serde_json::Value;

/// A merchant's account, as the simulator is told of it.
#[derive(Clone, Debug)]
pub struct SimAccount {
    /// `rzp_test_...`: the user name of every call.
    pub key_id: String,
    pub key_secret: Secret,
    /// `acc_...`: named in every webhook.
    pub account_id: String,
    /// Shown to the payer.
    pub name: String,
    pub webhook_url: Option<String>,
    /// Without one, webhooks go out unsigned, as Razorpay's do.
    pub webhook_secret: Option<Secret>,
    /// What becomes of an order that says nothing about capture.
    pub auto_capture: bool,
    /// From a refund's acceptance to its being processed; zero answers `processed` at once.
    pub refund_after_ms: i64,
    /// From capture to settlement: two minutes in test mode, two days in life.
    pub settle_after_ms: i64,
    /// What refunds are paid from. `None` never runs low.
    pub balance_minor: Option<i64>,
    pub fee_bps: i64,
    pub international_fee_bps: i64,
}

impl SimAccount {
    /// A test account with Razorpay's ordinary terms and no webhook.
    pub fn new(
        key_id: impl Into<String>,
        key_secret: impl Into<String>,
        account_id: impl Into<String>,
    ) -> Self {
        Self {
            key_id: key_id.into(),
            key_secret: Secret::new(key_secret),
            account_id: account_id.into(),
            name: "Demo merchant".to_owned(),
            webhook_url: None,
            webhook_secret: None,
            auto_capture: true,
            refund_after_ms: 5_000,
            settle_after_ms: 120_000,
            balance_minor: None,
            fee_bps: 200,
            international_fee_bps: 300,
        }
    }

    /// The same with a webhook.
    #[must_use]
    pub fn with_webhook(mut self, url: impl Into<String>, secret: impl Into<String>) -> Self {
        self.webhook_url = Some(url.into());
        self.webhook_secret = Some(Secret::new(secret));
        self
    }
}

/// When a hold is taken and when it lapses.
#[derive(Clone, Copy, Debug)]
pub(super) struct CaptureRule {
    pub(super) automatic: bool,
    /// An authorization that comes later than this is no longer captured by itself.
    pub(super) automatic_for_ms: i64,
    /// After this the hold is given back.
    pub(super) hold_ms: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OrderStatus {
    Created,
    Attempted,
    Paid,
}

pub(super) struct Order {
    pub(super) id: String,
    pub(super) account: usize,
    pub(super) amount: i64,
    pub(super) amount_paid: i64,
    pub(super) currency: String,
    pub(super) receipt: Option<String>,
    pub(super) notes: Value,
    pub(super) status: OrderStatus,
    pub(super) attempts: i64,
    pub(super) created: Millis,
    pub(super) capture: CaptureRule,
    pub(super) payments: Vec<String>,
    pub(super) link: Option<String>,
    /// The customer for whom what pays it is registered.
    pub(super) registers_for: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PaymentStatus {
    Created,
    Authorized,
    Captured,
    Refunded,
    Failed,
}

/// What the payer pays with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Instrument {
    Upi { vpa: String, flow: UpiFlow },
    Card(&'static super::cards::TestCard),
    Netbanking { bank: String },
    Wallet { wallet: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UpiFlow {
    Intent,
    Collect,
}

/// Why a payment failed, in Razorpay's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: &'static str,
    pub(super) description: String,
    pub(super) source: &'static str,
    pub(super) step: &'static str,
    pub(super) reason: String,
}

pub(super) struct Payment {
    pub(super) id: String,
    pub(super) account: usize,
    pub(super) order: Option<String>,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) instrument: Instrument,
    pub(super) card_id: Option<String>,
    pub(super) token: Option<String>,
    pub(super) email: Option<String>,
    pub(super) contact: Option<String>,
    pub(super) customer: Option<String>,
    pub(super) description: Option<String>,
    pub(super) notes: Value,
    pub(super) status: PaymentStatus,
    pub(super) captured: bool,
    pub(super) refunded: i64,
    pub(super) fee: Option<super::craft::Fee>,
    pub(super) failure: Option<Failure>,
    pub(super) acquirer: Value,
    pub(super) capture: CaptureRule,
    pub(super) created: Millis,
    pub(super) captured_at: Option<Millis>,
    pub(super) refunds: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefundStatus {
    Pending,
    Processed,
    Failed,
}

pub(super) struct Refund {
    pub(super) id: String,
    pub(super) account: usize,
    pub(super) payment: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) notes: Value,
    pub(super) receipt: Option<String>,
    pub(super) status: RefundStatus,
    pub(super) speed_requested: String,
    pub(super) bank_ref: Option<String>,
    pub(super) created: Millis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinkStatus {
    Created,
    PartiallyPaid,
    Paid,
    Cancelled,
    Expired,
}

pub(super) struct Link {
    pub(super) id: String,
    pub(super) account: usize,
    pub(super) order: String,
    pub(super) amount: i64,
    pub(super) amount_paid: i64,
    pub(super) currency: String,
    pub(super) reference: String,
    pub(super) description: String,
    pub(super) customer: Value,
    pub(super) notify: Value,
    pub(super) notes: Value,
    pub(super) callback_url: String,
    pub(super) accept_partial: bool,
    pub(super) first_min_partial: i64,
    pub(super) reminder_enable: bool,
    pub(super) status: LinkStatus,
    pub(super) payments: Vec<String>,
    pub(super) short_url: String,
    pub(super) expire_by: i64,
    pub(super) cancelled_at: i64,
    pub(super) expired_at: i64,
    pub(super) created: Millis,
    pub(super) updated: Millis,
}

pub(super) struct Customer {
    pub(super) id: String,
    pub(super) account: usize,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) contact: Option<String>,
    pub(super) gstin: Option<String>,
    pub(super) notes: Value,
    pub(super) created: Millis,
    pub(super) tokens: Vec<Token>,
}

pub(super) struct Token {
    pub(super) id: String,
    pub(super) card: &'static super::cards::TestCard,
    pub(super) status: &'static str,
    /// Registered for charges without its holder.
    pub(super) recurring: bool,
    pub(super) created: Millis,
}

/// Money that moved and is not settled yet.
#[derive(Clone, Debug)]
pub(super) struct Unsettled {
    pub(super) account: usize,
    /// The payment or refund.
    pub(super) of: String,
    pub(super) credit: i64,
    pub(super) debit: i64,
    pub(super) ready_at: Millis,
}

pub(super) struct Settlement {
    pub(super) id: String,
    pub(super) account: usize,
    pub(super) amount: i64,
    pub(super) utr: String,
    pub(super) at: Millis,
    pub(super) lines: Vec<Unsettled>,
}
