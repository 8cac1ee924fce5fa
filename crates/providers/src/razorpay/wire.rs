//! Razorpay's JSON, as it is. Fields that we don't use are absent: Razorpay adds fields without a new version.
//!
//! Money is `i64` only, so a float, a string or an exponent is refused. Parts that merely decorate are [`Loose`]:
//! an empty object arrives as `[]`, and no oddity in them may hide that money moved. No `Debug` on what holds a
//! payer's data.

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

// ---- what comes

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
    pub(super) acquirer_data: Option<Loose<Acquirer>>,
    pub(super) card: Option<Loose<Card>>,
    pub(super) created_at: i64,
}

/// The bank's references; which of them are there depends on the method.
#[derive(Deserialize)]
pub(super) struct Acquirer {
    pub(super) rrn: Option<String>,
    pub(super) utr: Option<String>,
    pub(super) arn: Option<String>,
    pub(super) bank_transaction_id: Option<String>,
    pub(super) transaction_id: Option<String>,
    pub(super) upi_transaction_id: Option<String>,
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
    pub(super) acquirer_data: Option<Loose<Acquirer>>,
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

/// The answer to a payment that was made from our side: a `upi://` link to draw.
#[derive(Deserialize)]
pub(super) struct UpiCreated {
    pub(super) link: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Customer {
    pub(super) id: String,
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
    pub(super) recurring_details: Option<Loose<RecurringDetails>>,
}

#[derive(Deserialize)]
pub(super) struct TokenCard {
    pub(super) network: Option<String>,
    pub(super) last4: Option<String>,
    pub(super) expiry_month: Option<u8>,
    pub(super) expiry_year: Option<u16>,
}

#[derive(Deserialize)]
pub(super) struct RecurringDetails {
    pub(super) status: Option<String>,
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

/// `error[metadata]` of a failed checkout: JSON in a form field (from memory; the sheet marks it unconfirmed).
#[derive(Deserialize)]
pub(super) struct FailureMetadata {
    pub(super) payment_id: Option<String>,
}

/// Read where it has the expected shape, absent otherwise.
pub(super) struct Loose<T>(Option<T>);

impl<T> Loose<T> {
    pub(super) fn get(part: Option<&Self>) -> Option<&T> {
        part.and_then(|loose| loose.0.as_ref())
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either<T> {
            Shaped(T),
            Other(IgnoredAny),
        }
        Ok(Self(match Either::deserialize(from)? {
            Either::Shaped(part) => Some(part),
            Either::Other(IgnoredAny) => None,
        }))
    }
}

// ---- what goes

#[derive(Serialize)]
pub(super) struct NewOrder<'a> {
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) receipt: &'a str,
    pub(super) notes: OurNotes<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) customer_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) token: Option<Registration>,
    pub(super) payment: CaptureSettings,
}

/// What a card is registered for with an order.
#[derive(Serialize)]
pub(super) struct Registration {
    pub(super) max_amount: i64,
    /// Unix seconds.
    pub(super) expire_at: i64,
    pub(super) frequency: &'static str,
}

#[derive(Serialize)]
pub(super) struct NewCustomer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) contact: Option<&'a str>,
    pub(super) fail_existing: &'static str,
    pub(super) notes: CustomerNotes<'a>,
}

#[derive(Serialize)]
pub(super) struct CustomerNotes<'a> {
    pub(super) customer: &'a str,
}

/// A charge of a token.
#[derive(Serialize)]
pub(super) struct NewRecurring<'a> {
    pub(super) email: &'a str,
    pub(super) contact: &'a str,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) order_id: &'a str,
    pub(super) customer_id: &'a str,
    pub(super) token: &'a str,
    pub(super) recurring: &'static str,
    pub(super) description: &'a str,
}

#[derive(Serialize)]
pub(super) struct OurNotes<'a> {
    pub(super) our_ref: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct CaptureSettings {
    pub(super) capture: &'static str,
    pub(super) capture_options: CaptureOptions,
}

/// In minutes.
#[derive(Serialize)]
pub(super) struct CaptureOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) automatic_expiry_period: Option<u32>,
    pub(super) manual_expiry_period: u32,
    pub(super) refund_speed: &'static str,
}

#[derive(Serialize)]
pub(super) struct NewUpiPayment<'a> {
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) order_id: &'a str,
    pub(super) method: &'static str,
    pub(super) upi: UpiFlow,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) contact: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ip: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user_agent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) referer: Option<&'a str>,
    pub(super) description: &'a str,
}

#[derive(Serialize)]
pub(super) struct UpiFlow {
    pub(super) flow: &'static str,
}

#[derive(Serialize)]
pub(super) struct NewLink<'a> {
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) accept_partial: bool,
    pub(super) description: &'a str,
    pub(super) reference_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) customer: Option<Person<'a>>,
    pub(super) expire_by: i64,
    pub(super) notify: Notify,
    pub(super) reminder_enable: bool,
    pub(super) notes: OurNotes<'a>,
    pub(super) callback_url: &'a str,
    pub(super) callback_method: &'static str,
}

#[derive(Serialize)]
pub(super) struct Person<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) contact: Option<&'a str>,
}

/// Who pays, and what checkout opens on. The method counts only beside both an e-mail address and a number.
#[derive(Serialize)]
pub(super) struct Prefill<'a> {
    #[serde(flatten)]
    pub(super) person: Person<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct Notify {
    pub(super) sms: bool,
    pub(super) email: bool,
}

/// What `new Razorpay(options)` takes.
#[derive(Serialize)]
pub(super) struct CheckoutOptions<'a> {
    pub(super) key: &'a str,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) name: &'a str,
    pub(super) description: &'a str,
    pub(super) order_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) prefill: Option<Prefill<'a>>,
    pub(super) callback_url: &'a str,
    pub(super) redirect: bool,
    pub(super) retry: Retry,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) customer_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) recurring: Option<&'static str>,
    /// In seconds.
    pub(super) timeout: i64,
}

#[derive(Serialize)]
pub(super) struct Retry {
    pub(super) enabled: bool,
}

#[derive(Serialize)]
pub(super) struct CaptureAsk {
    pub(super) amount: i64,
    pub(super) currency: String,
}

#[derive(Serialize)]
pub(super) struct NewRefund<'a> {
    pub(super) amount: i64,
    pub(super) speed: &'static str,
    pub(super) receipt: &'a str,
    pub(super) notes: OurNotes<'a>,
}
