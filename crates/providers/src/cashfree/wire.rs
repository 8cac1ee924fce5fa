//! Cashfree's JSON, version 2025-01-01, and 2023-08-01 where webhooks still come in it.
//!
//! Amounts are numbers: each is kept as the digits that came. Ids are texts in one message and numbers in another. Parts
//! that merely decorate are [`Loose`]: no oddity in them may hide that money moved. No `Debug` on what holds a payer's
//! data.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

// ---- what comes

#[derive(Deserialize)]
pub(super) struct Order {
    pub(super) order_id: String,
    pub(super) order_amount: Number,
    pub(super) order_currency: String,
    pub(super) order_status: String,
    pub(super) payment_session_id: Option<String>,
}

/// A try, as the API tells it and, with fewer fields, a webhook.
#[derive(Deserialize)]
pub(super) struct Payment {
    pub(super) cf_payment_id: Id,
    /// Webhooks name the order beside it.
    pub(super) order_id: Option<String>,
    pub(super) payment_status: String,
    pub(super) payment_amount: Number,
    pub(super) payment_currency: String,
    pub(super) payment_time: Option<String>,
    /// In no webhook. True on documented failures as well, so by itself it says nothing.
    pub(super) is_captured: Option<bool>,
    pub(super) authorization: Option<Authorization>,
    pub(super) error_details: Option<Loose<Trouble>>,
    pub(super) payment_group: Option<Loose<String>>,
    pub(super) payment_method: Option<Loose<Instrument>>,
    pub(super) bank_reference: Option<Loose<Id>>,
}

/// What was done to a hold.
#[derive(Deserialize)]
pub(super) struct Authorization {
    pub(super) action: Option<String>,
    pub(super) status: Option<String>,
    pub(super) captured_amount: Option<Number>,
}

/// Why a try failed.
#[derive(Deserialize)]
pub(super) struct Trouble {
    pub(super) error_code: Option<String>,
    pub(super) error_reason: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Instrument {
    pub(super) upi: Option<Loose<Upi>>,
    pub(super) card: Option<Loose<Card>>,
    pub(super) netbanking: Option<Loose<Netbanking>>,
    pub(super) app: Option<Loose<App>>,
}

#[derive(Deserialize)]
pub(super) struct Upi {
    pub(super) upi_id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Card {
    pub(super) card_number: Option<String>,
    pub(super) card_network: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Netbanking {
    pub(super) netbanking_bank_name: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct App {
    pub(super) provider: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Refund {
    pub(super) cf_refund_id: Id,
    pub(super) cf_payment_id: Id,
    pub(super) refund_id: String,
    pub(super) order_id: String,
    pub(super) refund_amount: Number,
    pub(super) refund_currency: String,
    pub(super) refund_status: String,
    pub(super) refund_arn: Option<Loose<Id>>,
    pub(super) created_at: String,
}

/// The answer to a try that we began: a UPI link stands under `default`.
#[derive(Deserialize)]
pub(super) struct Begun {
    pub(super) data: Option<Loose<BegunData>>,
}

#[derive(Deserialize)]
pub(super) struct BegunData {
    pub(super) payload: Option<Loose<UpiLinks>>,
}

#[derive(Deserialize)]
pub(super) struct UpiLinks {
    pub(super) default: Option<String>,
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
pub(super) struct Listed<T> {
    pub(super) cursor: Option<String>,
    pub(super) data: Vec<T>,
}

/// A movement on the account.
#[derive(Deserialize)]
pub(super) struct Movement {
    pub(super) event_type: String,
    pub(super) event_status: Option<String>,
    pub(super) order_id: Option<String>,
    pub(super) cf_payment_id: Option<Id>,
    pub(super) refund_id: Option<String>,
}

/// What one movement came to in a settlement.
#[derive(Deserialize)]
pub(super) struct Settled {
    pub(super) event_details: SettledEvent,
    pub(super) order_details: Option<SettledOrder>,
    pub(super) payment_details: Option<SettledPayment>,
    pub(super) refund_details: Option<SettledRefund>,
    pub(super) settlement_details: Option<Settlement>,
}

#[derive(Deserialize)]
pub(super) struct SettledEvent {
    pub(super) event_id: Id,
    pub(super) event_type: String,
    pub(super) event_amount: Number,
    pub(super) event_settlement_amount: Number,
    pub(super) event_currency: String,
    pub(super) sale_type: String,
    pub(super) event_service_charge: Option<Number>,
    pub(super) event_service_tax: Option<Number>,
}

#[derive(Deserialize)]
pub(super) struct SettledOrder {
    pub(super) order_id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct SettledPayment {
    pub(super) cf_payment_id: Option<Id>,
}

#[derive(Deserialize)]
pub(super) struct SettledRefund {
    pub(super) refund_id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Settlement {
    pub(super) cf_settlement_id: Option<Id>,
    pub(super) utr: Option<Id>,
    pub(super) settlement_date: Option<String>,
}

// ---- what goes

#[derive(Serialize)]
pub(super) struct NewOrder<'a> {
    pub(super) order_id: &'a str,
    pub(super) order_amount: Box<RawValue>,
    pub(super) order_currency: String,
    pub(super) customer_details: Customer<'a>,
    pub(super) order_meta: Meta<'a>,
    pub(super) order_expiry_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) order_note: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Customer<'a> {
    pub(super) customer_id: &'a str,
    pub(super) customer_phone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) customer_email: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Meta<'a> {
    pub(super) return_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) payment_methods: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct NewTry<'a> {
    pub(super) payment_session_id: &'a str,
    pub(super) payment_method: NewMethod,
}

#[derive(Serialize)]
pub(super) struct NewMethod {
    pub(super) upi: NewUpi,
}

#[derive(Serialize)]
pub(super) struct NewUpi {
    pub(super) channel: &'static str,
}

#[derive(Serialize)]
pub(super) struct Decide {
    pub(super) action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) amount: Option<Box<RawValue>>,
}

#[derive(Serialize)]
pub(super) struct NewRefund<'a> {
    pub(super) refund_id: &'a str,
    pub(super) refund_amount: Box<RawValue>,
    pub(super) refund_note: &'a str,
    pub(super) refund_speed: &'static str,
}

#[derive(Serialize)]
pub(super) struct ListAsk<'a> {
    pub(super) pagination: Pagination<'a>,
    pub(super) filters: Filters,
}

#[derive(Serialize)]
pub(super) struct Pagination<'a> {
    pub(super) limit: u32,
    pub(super) cursor: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Filters {
    pub(super) start_date: String,
    pub(super) end_date: String,
}

// ---- kinds of values

/// A JSON number, or a text that holds one, as it was written.
pub(super) struct Number(pub(super) String);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        plain(from).map(Self)
    }
}

/// An id that is a text or a whole number.
#[derive(Clone)]
pub(super) struct Id(pub(super) String);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        plain(from).map(Self)
    }
}

/// A text without its quotes, or a number's digits; nothing else.
fn plain<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let raw = Box::<RawValue>::deserialize(from)?;
    let text = raw.get();
    if text.starts_with('"') {
        return serde_json::from_str(text).map_err(serde::de::Error::custom);
    }
    if text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    Err(serde::de::Error::custom("neither a text nor a number"))
}

/// Something that we would show, if it is as documented.
pub(super) struct Loose<T>(Option<T>);

impl<T> Loose<T> {
    pub(super) fn get(from: Option<&Self>) -> Option<&T> {
        from.and_then(|loose| loose.0.as_ref())
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        Ok(Self(serde_json::from_str(raw.get()).ok()))
    }
}
