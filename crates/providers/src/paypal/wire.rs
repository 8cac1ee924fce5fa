//! PayPal's JSON, as it is. Fields that we don't use are absent: PayPal adds fields without a new version.
//!
//! Amounts are strings, so a JSON number is refused. Parts that merely decorate are [`Loose`]: no oddity in them may
//! hide that money moved. No `Debug` on what holds a payer's data.

use crate::reading::loose::Loose;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// `{"currency_code":"USD","value":"24.50"}`, both ways.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Amount {
    pub(super) currency_code: String,
    pub(super) value: String,
}

// ---- what comes

#[derive(Deserialize)]
pub(super) struct Token {
    pub(super) access_token: String,
    /// In seconds.
    pub(super) expires_in: i64,
}

#[derive(Deserialize)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) purchase_units: Vec<Unit>,
    pub(super) create_time: Option<String>,
    pub(super) payment_source: Option<Loose<Source>>,
    #[serde(default)]
    pub(super) links: Vec<Link>,
}

#[derive(Deserialize)]
pub(super) struct Unit {
    pub(super) amount: Option<Amount>,
    pub(super) custom_id: Option<String>,
    pub(super) payments: Option<Payments>,
}

#[derive(Deserialize)]
pub(super) struct Payments {
    #[serde(default)]
    pub(super) authorizations: Vec<Authorization>,
    #[serde(default)]
    pub(super) captures: Vec<Capture>,
    #[serde(default)]
    pub(super) refunds: Vec<Refund>,
}

#[derive(Deserialize)]
pub(super) struct Authorization {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) amount: Amount,
    pub(super) custom_id: Option<String>,
    pub(super) create_time: String,
    pub(super) status_details: Option<Loose<StatusDetails>>,
    pub(super) supplementary_data: Option<Supplementary>,
}

#[derive(Deserialize)]
pub(super) struct Capture {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) amount: Amount,
    pub(super) custom_id: Option<String>,
    pub(super) create_time: String,
    pub(super) status_details: Option<Loose<StatusDetails>>,
    pub(super) seller_receivable_breakdown: Option<Loose<Breakdown>>,
    pub(super) supplementary_data: Option<Supplementary>,
    #[serde(default)]
    pub(super) links: Vec<Link>,
}

#[derive(Deserialize)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) amount: Amount,
    pub(super) custom_id: Option<String>,
    pub(super) invoice_id: Option<String>,
    pub(super) create_time: String,
    pub(super) acquirer_reference_number: Option<Loose<String>>,
    #[serde(default)]
    pub(super) links: Vec<Link>,
}

#[derive(Deserialize)]
pub(super) struct StatusDetails {
    pub(super) reason: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Breakdown {
    pub(super) paypal_fee: Option<Amount>,
}

/// What an entity that stands alone belongs to.
#[derive(Deserialize)]
pub(super) struct Supplementary {
    pub(super) related_ids: Option<RelatedIds>,
}

#[derive(Deserialize)]
pub(super) struct RelatedIds {
    pub(super) order_id: Option<String>,
    pub(super) authorization_id: Option<String>,
}

/// What the payer paid with: one of these, under its own name.
#[derive(Deserialize)]
pub(super) struct Source {
    pub(super) card: Option<CardSource>,
    pub(super) paypal: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
pub(super) struct CardSource {
    pub(super) brand: Option<String>,
    pub(super) last_digits: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Link {
    pub(super) href: String,
    pub(super) rel: String,
}

#[derive(Deserialize)]
pub(super) struct Problem {
    pub(super) name: String,
    pub(super) debug_id: Option<String>,
    #[serde(default)]
    pub(super) details: Vec<ProblemDetail>,
}

#[derive(Deserialize)]
pub(super) struct ProblemDetail {
    pub(super) issue: Option<String>,
}

/// A webhook's body. The resource is read only for events that we know.
#[derive(Deserialize)]
pub(super) struct Event<'a> {
    pub(super) id: String,
    pub(super) event_type: String,
    pub(super) create_time: Option<String>,
    #[serde(borrow)]
    pub(super) resource: Option<&'a RawValue>,
}

#[derive(Deserialize)]
pub(super) struct Verdict {
    pub(super) verification_status: String,
}

#[derive(Deserialize)]
pub(super) struct Balances {
    pub(super) balances: Vec<Balance>,
    pub(super) as_of_time: Option<String>,
    pub(super) last_refresh_time: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Balance {
    pub(super) currency: String,
    pub(super) total_balance: Amount,
    pub(super) available_balance: Option<Amount>,
    pub(super) withheld_balance: Option<Amount>,
}

#[derive(Deserialize)]
pub(super) struct Transactions {
    pub(super) transaction_details: Vec<Transaction>,
    pub(super) total_pages: i64,
}

#[derive(Deserialize)]
pub(super) struct Transaction {
    pub(super) transaction_info: TransactionInfo,
}

#[derive(Deserialize)]
pub(super) struct TransactionInfo {
    pub(super) transaction_id: String,
    pub(super) transaction_event_code: String,
    pub(super) paypal_reference_id: Option<String>,
    pub(super) paypal_reference_id_type: Option<String>,
    pub(super) transaction_initiation_date: String,
    /// `S` succeeded, `P` pending, `D` denied, `V` reversed.
    pub(super) transaction_status: String,
    pub(super) transaction_amount: Amount,
    pub(super) fee_amount: Option<Amount>,
    pub(super) custom_field: Option<String>,
}
