//! What the simulated Paytm remembers: merchants, orders, their one transaction each, refunds.
//!
//! Only records; the rules that change them live beside the verbs (`bank`, `refunds`).

use hundi_core::time::{days, seconds};
use hundi_core::{Millis, Secret};

/// A merchant's account, as the simulator is told of it.
#[derive(Clone, Debug)]
pub struct SimAccount {
    pub mid: String,
    pub key: Secret,
    /// Shown to the payer.
    pub name: String,
    pub webhook_url: Option<String>,
    /// How payments are told. Paytm's papers have both; refunds are JSON in all of them.
    pub webhook_style: WebhookStyle,
    /// From a refund's registration to the money going back.
    pub refund_after_ms: i64,
    /// From payment to payout: T+1, and never on a weekend.
    pub settle_after_ms: i64,
    pub fee_bps: i64,
    /// `499` where `499.00` was asked.
    pub short_amounts: bool,
    /// Good answers without a signature, too.
    pub unsigned_answers: bool,
    /// So long the status call says PENDING although callback and webhook have said success.
    pub status_lag_ms: i64,
}

/// The shape of a payment's webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookStyle {
    Form,
    Json,
}

impl SimAccount {
    /// An account with ordinary terms and no webhook.
    pub fn new(mid: impl Into<String>, key: impl Into<String>) -> Self {
        Self {
            mid: mid.into(),
            key: Secret::new(key),
            name: "Demo merchant".to_owned(),
            webhook_url: None,
            webhook_style: WebhookStyle::Form,
            refund_after_ms: seconds(5),
            settle_after_ms: days(1),
            fee_bps: 200,
            short_amounts: false,
            unsigned_answers: false,
            status_lag_ms: 0,
        }
    }

    /// The same with a webhook.
    #[must_use]
    pub fn with_webhook(mut self, url: impl Into<String>) -> Self {
        self.webhook_url = Some(url.into());
        self
    }
}

/// Merchant and order id together, which is what an order is known by.
pub(super) fn order_key(mid: &str, order: &str) -> String {
    format!("{mid}|{order}")
}

pub(super) struct Order {
    pub(super) id: String,
    pub(super) account: usize,
    pub(super) amount: i64,
    pub(super) callback_url: String,
    pub(super) customer: String,
    pub(super) token: String,
    pub(super) token_until: Millis,
    /// The one transaction: a retry needs another order id.
    pub(super) txn: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TxnStatus {
    Pending,
    Success { at: Millis },
    Failure { code: &'static str },
}

#[derive(Clone, Debug)]
pub(super) struct Txn {
    pub(super) id: String,
    pub(super) account: usize,
    pub(super) order: String,
    pub(super) customer: String,
    pub(super) amount: i64,
    /// `UPI`, `CC`, `NB`, `PPI`.
    pub(super) mode: &'static str,
    pub(super) status: TxnStatus,
    /// Empty while nobody reached the bank.
    pub(super) bank_txn: String,
    pub(super) created: Millis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefundStatus {
    /// Registered: 601.
    Pending,
    Done {
        at: Millis,
    },
    Failed,
}

#[derive(Clone, Debug)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) account: usize,
    pub(super) txn: String,
    pub(super) amount: i64,
    pub(super) status: RefundStatus,
    pub(super) rrn: String,
    pub(super) created: Millis,
}
