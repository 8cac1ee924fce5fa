//! PayPal's JSON, as it is. Fields that we don't use are absent: PayPal adds fields without a new version.
//!
//! Amounts are strings, so a JSON number is refused. Parts that merely decorate are read loosely: no oddity in them
//! may hide that money moved. No `Debug` on what holds a payer's data.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
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
    #[serde(default, deserialize_with = "loose")]
    pub(super) payment_source: Option<Source>,
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
    #[serde(default, deserialize_with = "loose")]
    pub(super) status_details: Option<StatusDetails>,
    pub(super) supplementary_data: Option<Supplementary>,
}

#[derive(Deserialize)]
pub(super) struct Capture {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) amount: Amount,
    pub(super) custom_id: Option<String>,
    pub(super) create_time: String,
    #[serde(default, deserialize_with = "loose")]
    pub(super) status_details: Option<StatusDetails>,
    #[serde(default, deserialize_with = "loose")]
    pub(super) seller_receivable_breakdown: Option<Breakdown>,
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
    #[serde(default, deserialize_with = "loose")]
    pub(super) acquirer_reference_number: Option<String>,
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

fn loose<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Option<T>, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(from)?).ok())
}

// ---- what goes

#[derive(Serialize)]
pub(super) struct NewOrder<'a> {
    pub(super) intent: &'static str,
    pub(super) purchase_units: [NewUnit<'a>; 1],
    pub(super) payment_source: NewSource<'a>,
}

#[derive(Serialize)]
pub(super) struct NewUnit<'a> {
    pub(super) reference_id: &'static str,
    pub(super) invoice_id: &'a str,
    pub(super) custom_id: &'a str,
    pub(super) description: String,
    pub(super) amount: Amount,
}

#[derive(Serialize)]
pub(super) struct NewSource<'a> {
    pub(super) paypal: NewPayPal<'a>,
}

#[derive(Serialize)]
pub(super) struct NewPayPal<'a> {
    pub(super) experience_context: Experience<'a>,
}

#[derive(Serialize)]
pub(super) struct Experience<'a> {
    pub(super) brand_name: String,
    pub(super) landing_page: &'static str,
    pub(super) shipping_preference: &'static str,
    pub(super) user_action: &'static str,
    pub(super) return_url: &'a str,
    pub(super) cancel_url: &'a str,
}

#[derive(Serialize)]
pub(super) struct CaptureAsk {
    pub(super) amount: Amount,
    pub(super) final_capture: bool,
}

#[derive(Serialize)]
pub(super) struct NewRefund<'a> {
    pub(super) amount: Amount,
    pub(super) invoice_id: &'a str,
    pub(super) custom_id: &'a str,
}
