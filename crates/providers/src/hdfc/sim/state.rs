//! What the simulated gateway remembers: accounts, orders, their tries and refunds.
//!
//! Only records; the rules that change them live beside the verbs (`orders`, `bank`, `refunds`).

use hundi_core::time::{days, minutes};
use hundi_core::{Millis, Secret};

/// A merchant's account, as the simulator is told of it.
#[derive(Clone, Debug)]
pub struct SimAccount {
    /// `SG1234`: in the header of every call.
    pub merchant_id: String,
    pub api_key: Secret,
    /// Signs the way back. Without one it is unsigned.
    pub response_key: Option<Secret>,
    /// Whether "Use signed response" is Yes.
    pub signed_return: bool,
    /// The payer is sent back by a form instead of a link.
    pub return_by_post: bool,
    /// The id of the merchant's key, for sealed calls.
    pub key_id: String,
    /// The merchant's own key in PEM. A real gateway has only its public half, and so uses only that.
    pub merchant_private_key: Option<Secret>,
    /// Answers name a key that was replaced, as happens while a new one spreads.
    pub seals_with_old_key_id: bool,
    /// Shown to the payer.
    pub name: String,
    pub webhook_url: Option<String>,
    /// Beside the user name `hundi`.
    pub webhook_password: Option<Secret>,
    pub sealed_webhooks: bool,
    /// Numbers and flags as texts, and nothing as an empty object.
    pub webhook_texts: bool,
    /// The API version that webhooks follow: older ones know fewer events.
    pub webhook_version: String,
    /// From a refund's acceptance to its end. Refunds wait up to a quarter of an hour before they go to the bank.
    pub refund_after_ms: i64,
    pub settle_after_ms: i64,
    pub fee_bps: i64,
}

impl SimAccount {
    /// An account with the gateway's ordinary terms and no webhook.
    pub fn new(merchant_id: impl Into<String>, api_key: impl Into<String>) -> Self {
        Self {
            merchant_id: merchant_id.into(),
            api_key: Secret::new(api_key),
            response_key: None,
            signed_return: true,
            return_by_post: false,
            key_id: String::new(),
            merchant_private_key: None,
            seals_with_old_key_id: false,
            name: "Demo merchant".to_owned(),
            webhook_url: None,
            webhook_password: None,
            sealed_webhooks: false,
            webhook_texts: false,
            webhook_version: "2024-06-24".to_owned(),
            refund_after_ms: minutes(1),
            settle_after_ms: days(1),
            fee_bps: 200,
        }
    }
}

pub(super) struct Order {
    /// `ordeh_...`
    pub(super) id: String,
    pub(super) account: usize,
    /// The merchant's own.
    pub(super) order_id: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) customer_id: String,
    pub(super) customer_email: String,
    pub(super) customer_phone: String,
    pub(super) description: String,
    pub(super) return_url: String,
    pub(super) created: Millis,
    pub(super) expires: Millis,
    /// Takes the money by itself; otherwise it is held until somebody does.
    pub(super) auto_capture: bool,
    /// Ids, in the order in which they were made.
    pub(super) txns: Vec<String>,
    /// Their own names, likewise.
    pub(super) refunds: Vec<String>,
    /// Not made by the merchant's API: another shop of the same account.
    pub(super) foreign: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    PendingVbv,
    Charged,
    JuspayDeclined,
    AuthenticationFailed,
    AuthorizationFailed,
    Authorized,
    Voided,
    AutoRefunded,
}

impl Status {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::PendingVbv => "PENDING_VBV",
            Self::Charged => "CHARGED",
            Self::JuspayDeclined => "JUSPAY_DECLINED",
            Self::AuthenticationFailed => "AUTHENTICATION_FAILED",
            Self::AuthorizationFailed => "AUTHORIZATION_FAILED",
            Self::Authorized => "AUTHORIZED",
            Self::Voided => "VOIDED",
            Self::AutoRefunded => "AUTO_REFUNDED",
        }
    }

    pub(super) const fn id(self) -> u32 {
        match self {
            Self::PendingVbv => 23,
            Self::Charged => 21,
            Self::JuspayDeclined => 22,
            Self::Authorized => 25,
            Self::AuthenticationFailed => 26,
            Self::AuthorizationFailed => 27,
            Self::Voided => 31,
            Self::AutoRefunded => 36,
        }
    }

    /// The bank may still say yes, although it may have said no before.
    pub(super) const fn can_succeed(self) -> bool {
        match self {
            Self::PendingVbv
            | Self::JuspayDeclined
            | Self::AuthenticationFailed
            | Self::AuthorizationFailed => true,
            Self::Charged | Self::Authorized | Self::Voided | Self::AutoRefunded => false,
        }
    }
}

/// What the payer pays with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Instrument {
    Upi { vpa: String },
    Card,
    Netbanking,
    Wallet,
}

/// One try at paying an order.
pub(super) struct Txn {
    pub(super) id: String,
    pub(super) uuid: String,
    pub(super) account: usize,
    /// The order's `ordeh_` id.
    pub(super) order: String,
    pub(super) amount: i64,
    pub(super) instrument: Instrument,
    pub(super) status: Status,
    pub(super) created: Millis,
    pub(super) error: String,
    pub(super) rrn: String,
    pub(super) refunded: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefundStatus {
    Pending,
    Success,
    Failure,
    ManualReview,
}

impl RefundStatus {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Success => "SUCCESS",
            Self::Failure => "FAILURE",
            Self::ManualReview => "MANUAL_REVIEW",
        }
    }
}

pub(super) struct Refund {
    pub(super) unique_request_id: String,
    pub(super) account: usize,
    pub(super) order: String,
    pub(super) txn: String,
    pub(super) amount: i64,
    pub(super) status: RefundStatus,
    /// `API`, `DASHBOARD` or `SYSTEM`.
    pub(super) initiated_by: &'static str,
    pub(super) created: Millis,
    /// The gateway's own reference, once it has one.
    pub(super) reference: Option<String>,
}

/// Money that moved, for the settlement file.
#[derive(Clone)]
pub(super) struct Moved {
    pub(super) account: usize,
    /// A txn, or a refund's name.
    pub(super) track: String,
    pub(super) reference: String,
    pub(super) amount: i64,
    pub(super) is_refund: bool,
    pub(super) at: Millis,
}
