//! Razorpay's JSON, as it is. Fields that we don't use are absent: Razorpay adds fields without a new version.
//!
//! Money is `i64` only, so a float, a string or an exponent is refused. Parts that merely decorate are [`Loose`]:
//! an empty object arrives as `[]`, and no oddity in them may hide that money moved. No `Debug` on what holds a
//! payer's data.

use crate::reading::loose::Loose;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

#[derive(Deserialize)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) receipt: Option<String>,
    pub(super) created_at: i64,
}

#[derive(Deserialize)]
pub(super) struct Payment {
    pub(super) id: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) status: String,
    pub(super) order_id: Option<String>,
    pub(super) captured: Option<bool>,
    pub(super) amount_refunded: Option<i64>,
    pub(super) method: Option<String>,
    pub(super) bank: Option<String>,
    pub(super) wallet: Option<String>,
    pub(super) vpa: Option<String>,
    pub(super) fee: Option<i64>,
    pub(super) tax: Option<i64>,
    pub(super) error_code: Option<String>,
    pub(super) error_reason: Option<String>,
    pub(super) acquirer_data: Option<Loose<Value>>,
    pub(super) card: Option<Loose<Card>>,
    pub(super) created_at: i64,
}

#[derive(Deserialize)]
pub(super) struct Card {
    pub(super) network: Option<String>,
    pub(super) last4: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) payment_id: String,
    pub(super) status: String,
    pub(super) receipt: Option<String>,
    pub(super) notes: Option<Loose<Notes>>,
    pub(super) acquirer_data: Option<Loose<Value>>,
    pub(super) created_at: i64,
}

/// `[]` when empty, an object otherwise, `null` on payment links. Typed, so that a doubled key is refused.
#[derive(Deserialize)]
pub(super) struct Notes {
    pub(super) our_ref: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct PaymentLink {
    pub(super) id: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) reference_id: Option<String>,
    pub(super) short_url: Option<String>,
    /// `null` (or `[]`) until something was captured.
    pub(super) payments: Option<Vec<LinkPayment>>,
    pub(super) created_at: i64,
}

#[derive(Deserialize)]
pub(super) struct LinkPayment {
    pub(super) payment_id: String,
}

#[derive(Deserialize)]
pub(super) struct Collection<T> {
    pub(super) items: Vec<T>,
}

/// A line of the settlement report. Adjustments lack several of the fields; the notes are a text here.
#[derive(Deserialize)]
pub(super) struct SettledLine {
    pub(super) entity_id: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) debit: Option<i64>,
    pub(super) credit: Option<i64>,
    pub(super) amount: Option<i64>,
    pub(super) currency: Option<String>,
    pub(super) tax: Option<i64>,
    pub(super) settled: Option<bool>,
    pub(super) settled_at: Option<i64>,
    pub(super) settlement_id: Option<String>,
    pub(super) settlement_utr: Option<String>,
    pub(super) payment_id: Option<String>,
    pub(super) order_receipt: Option<String>,
    pub(super) notes: Option<Loose<String>>,
    pub(super) dispute_id: Option<String>,
}

/// The list of payment links alone has another shape.
#[derive(Deserialize)]
pub(super) struct PaymentLinks {
    pub(super) payment_links: Vec<PaymentLink>,
}

/// What of a payment tells that something is kept since.
#[derive(Deserialize)]
pub(super) struct KeptFrom {
    pub(super) token_id: Option<String>,
    pub(super) customer_id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Token {
    pub(super) id: String,
    pub(super) method: Option<String>,
    pub(super) vpa: Option<String>,
    pub(super) card: Option<Loose<TokenCard>>,
    pub(super) recurring_details: Option<Loose<Value>>,
}

#[derive(Deserialize)]
pub(super) struct TokenCard {
    pub(super) network: Option<String>,
    pub(super) last4: Option<String>,
    pub(super) expiry_month: Option<u8>,
    pub(super) expiry_year: Option<u16>,
}

/// The answer to a charge: which payment it is. What became of it is asked.
#[derive(Deserialize)]
pub(super) struct Charged {
    #[serde(rename = "razorpay_payment_id")]
    _payment: String,
}

/// `GET /v1/methods`. Maps that are empty arrive as `[]`.
#[derive(Deserialize)]
pub(super) struct Methods {
    pub(super) card: Option<Loose<bool>>,
    pub(super) upi: Option<Loose<bool>>,
    pub(super) emi: Option<Loose<bool>>,
    pub(super) netbanking: Option<Loose<BTreeMap<String, String>>>,
    pub(super) wallet: Option<Loose<BTreeMap<String, bool>>>,
    pub(super) paylater: Option<Loose<BTreeMap<String, bool>>>,
    /// Read apart: what goes through a choice of shapes loses the text of its numbers.
    pub(super) emi_plans: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
pub(super) struct EmiBank {
    pub(super) min_amount: i64,
    /// Months, and percent a year: as text, so that no float comes near it.
    pub(super) plans: BTreeMap<String, Box<RawValue>>,
}

#[derive(Deserialize)]
pub(super) struct Problem {
    pub(super) error: ProblemBody,
}

#[derive(Deserialize)]
pub(super) struct ProblemBody {
    pub(super) code: String,
    pub(super) description: Option<String>,
    pub(super) reason: Option<String>,
}

/// A webhook's body. The payload is read only for events that we know.
#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
    pub(super) event: String,
    #[serde(borrow)]
    pub(super) payload: Option<&'a RawValue>,
}

#[derive(Deserialize)]
pub(super) struct Payload {
    pub(super) payment: Option<Holder<Payment>>,
    pub(super) order: Option<Holder<Order>>,
    pub(super) refund: Option<Holder<Refund>>,
    pub(super) payment_link: Option<Holder<PaymentLink>>,
}

#[derive(Deserialize)]
pub(super) struct Holder<T> {
    pub(super) entity: T,
}
