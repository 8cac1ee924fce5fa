//! What the simulated Cashfree remembers: merchants, orders, the tries beneath each, refunds.
//!
//! Only records; the rules that change them live beside the verbs (`bank`, `refunds`).

use hundi_core::time::{days, seconds};
use hundi_core::{Millis, Secret};

/// A merchant's account, as the simulator is told of it.
#[derive(Clone, Debug)]
pub struct SimAccount {
    pub client_id: String,
    pub secret: Secret,
    /// Shown to the payer.
    pub name: String,
    pub webhook_url: Option<String>,
    /// From a refund's acceptance to the money going back.
    pub refund_after_ms: i64,
    /// From payment to payout: T+1, and never on a weekend.
    pub settle_after_ms: i64,
    pub fee_bps: i64,
    /// Fees are billed apart: settlements name them and keep nothing.
    pub fees_billed_apart: bool,
}

impl SimAccount {
    /// An account with ordinary terms and no webhook.
    pub fn new(client_id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            secret: Secret::new(secret),
            name: "Demo merchant".to_owned(),
            webhook_url: None,
            refund_after_ms: seconds(5),
            settle_after_ms: days(1),
            fee_bps: 195,
            fees_billed_apart: false,
        }
    }

    /// The same with a webhook.
    #[must_use]
    pub fn with_webhook(mut self, url: impl Into<String>) -> Self {
        self.webhook_url = Some(url.into());
        self
    }
}

/// Account and order id together, which is what an order is known by.
pub(super) fn order_key(account: usize, order: &str) -> String {
    format!("{account}|{order}")
}

#[derive(Clone, Debug)]
pub(super) struct Order {
    /// The merchant's.
    pub(super) id: String,
    pub(super) cf_id: String,
    pub(super) account: usize,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) customer_id: String,
    pub(super) customer_phone: String,
    pub(super) customer_email: Option<String>,
    pub(super) return_url: String,
    pub(super) note: Option<String>,
    pub(super) session: String,
    pub(super) expires: Millis,
    pub(super) terminated: bool,
    /// Money is held and waits for the merchant's word.
    pub(super) holds: bool,
    /// Made by somebody else on the same account.
    pub(super) foreign: bool,
    pub(super) created: Millis,
    pub(super) payments: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Pending,
    Held {
        at: Millis,
    },
    Captured {
        at: Millis,
    },
    Failed {
        reason: &'static str,
        at: Millis,
    },
    Dropped {
        at: Millis,
    },
    Voided {
        at: Millis,
    },
    /// The bank said yes after the order's end: the money went back by itself.
    Reversed {
        at: Millis,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Instrument {
    Upi,
    Card,
    Netbanking,
    Wallet,
}

#[derive(Clone, Debug)]
pub(super) struct Payment {
    pub(super) id: String,
    pub(super) account: usize,
    /// The order's id with its merchant.
    pub(super) order: String,
    pub(super) amount: i64,
    /// Taken of a hold.
    pub(super) taken: Option<i64>,
    pub(super) was_held: bool,
    pub(super) instrument: Instrument,
    pub(super) status: Status,
    pub(super) bank_reference: String,
    pub(super) created: Millis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefundStatus {
    Pending,
    Success { at: Millis },
    Cancelled { at: Millis },
}

#[derive(Clone, Debug)]
pub(super) struct Refund {
    pub(super) id: String,
    /// The merchant's.
    pub(super) reference: String,
    pub(super) account: usize,
    pub(super) payment: String,
    pub(super) amount: i64,
    pub(super) note: Option<String>,
    pub(super) status: RefundStatus,
    pub(super) arn: String,
    pub(super) created: Millis,
}
