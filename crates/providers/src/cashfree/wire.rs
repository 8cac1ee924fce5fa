//! Cashfree's JSON, version 2025-01-01, and 2023-08-01 where webhooks still come in it.
//!
//! Amounts are numbers, each kept as the digits that came, and ids are texts in one message and numbers in another: both
//! are [`Plain`]. Parts that merely decorate are [`Loose`]. No `Debug` on what holds a payer's data.

use crate::reading::loose::{Loose, Plain};
use crate::reading::tree::Tree;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

#[derive(Deserialize)]
pub(super) struct Order {
    pub(super) order_id: String,
    pub(super) order_amount: Plain,
    pub(super) order_currency: String,
    pub(super) order_status: String,
    pub(super) payment_session_id: Option<String>,
}

/// A try, as the API tells it and, with fewer fields, a webhook.
#[derive(Deserialize)]
pub(super) struct Payment {
    pub(super) cf_payment_id: Plain,
    /// Webhooks name the order beside it.
    pub(super) order_id: Option<String>,
    pub(super) payment_status: String,
    pub(super) payment_amount: Plain,
    pub(super) payment_currency: String,
    pub(super) payment_time: Option<String>,
    /// In no webhook. True on documented failures as well, so by itself it says nothing.
    pub(super) is_captured: Option<bool>,
    pub(super) authorization: Option<Authorization>,
    pub(super) error_details: Option<Loose<Trouble>>,
    pub(super) payment_group: Option<Loose<String>>,
    pub(super) payment_method: Option<Loose<Value>>,
    pub(super) bank_reference: Option<Loose<Plain>>,
}

/// What was done to a hold.
#[derive(Deserialize)]
pub(super) struct Authorization {
    pub(super) action: Option<String>,
    pub(super) status: Option<String>,
    pub(super) captured_amount: Option<Plain>,
}

/// Why a try failed.
#[derive(Deserialize)]
pub(super) struct Trouble {
    pub(super) error_code: Option<String>,
    pub(super) error_reason: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Refund {
    pub(super) cf_refund_id: Plain,
    pub(super) cf_payment_id: Plain,
    pub(super) refund_id: String,
    pub(super) order_id: String,
    pub(super) refund_amount: Plain,
    pub(super) refund_currency: String,
    pub(super) refund_status: String,
    pub(super) refund_arn: Option<Loose<Plain>>,
    pub(super) created_at: String,
}

#[derive(Deserialize)]
pub(super) struct Problem {
    pub(super) message: Option<String>,
    pub(super) code: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(borrow)]
    pub(super) data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
pub(super) struct PaymentTold {
    pub(super) order: NamedOrder,
    pub(super) payment: Payment,
    pub(super) error_details: Option<Loose<Trouble>>,
}

#[derive(Deserialize)]
pub(super) struct NamedOrder {
    pub(super) order_id: String,
}

#[derive(Deserialize)]
pub(super) struct RefundTold {
    pub(super) refund: Refund,
}

// ---- lists of what moved

#[derive(Deserialize)]
pub(super) struct Listed {
    pub(super) cursor: Option<String>,
    pub(super) data: Vec<Tree>,
}
