//! PhonePe's JSON, as it is, of both its APIs. Fields that we don't use are absent: its documents demand that unknown ones
//! are ignored.
//!
//! Money is `i64` paise only, so a float, a text or an exponent is refused. Parts that merely decorate are [`Loose`]: no
//! oddity in them may hide that money moved. No `Debug` on what holds a payer's data.

use crate::reading::loose::Loose;
use serde::Deserialize;
use serde_json::value::RawValue;

// ---- v1, what comes

/// Every v1 answer, and what a callback's base64 holds. The edge of the gateway leaves out `message` and `data`.
#[derive(Deserialize)]
pub(super) struct V1Answer<T> {
    pub(super) success: Option<bool>,
    pub(super) code: String,
    pub(super) data: Option<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct V1Opened {
    pub(super) merchant_id: String,
    pub(super) merchant_transaction_id: String,
    pub(super) instrument_response: V1Instrument,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct V1Instrument {
    pub(super) redirect_info: Option<V1Redirect>,
    pub(super) intent_url: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct V1Redirect {
    pub(super) url: String,
}

/// A payment or a refund. An empty object where there is nothing to say, so everything may be absent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct V1Transaction {
    pub(super) merchant_id: Option<String>,
    pub(super) merchant_transaction_id: Option<String>,
    pub(super) transaction_id: Option<String>,
    pub(super) amount: Option<i64>,
    pub(super) state: Option<String>,
    pub(super) response_code: Option<Loose<String>>,
    pub(super) payment_instrument: Option<Loose<V1Paid>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct V1Paid {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) utr: Option<String>,
    pub(super) vpa: Option<String>,
    pub(super) masked_account_number: Option<String>,
    pub(super) bank_transaction_id: Option<String>,
    pub(super) brn: Option<String>,
    pub(super) arn: Option<String>,
    pub(super) bank_id: Option<String>,
}

/// A callback's body: base64 of an answer.
#[derive(Deserialize)]
pub(super) struct V1Callback {
    pub(super) response: String,
}

// ---- v2, what comes

/// Times are seconds. `expires_in` may be null; the documents say to go by `expires_at`.
#[derive(Deserialize)]
pub(super) struct Token {
    pub(super) access_token: String,
    pub(super) expires_at: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Opened {
    pub(super) order_id: String,
    pub(super) redirect_url: Option<String>,
    pub(super) intent_url: Option<String>,
}

/// An order with its attempts, as its status says and as webhooks do.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Order {
    /// On webhooks and in the SDKs' tests; the documents' samples of the status have none.
    pub(super) merchant_order_id: Option<String>,
    pub(super) order_id: String,
    pub(super) state: String,
    pub(super) amount: i64,
    pub(super) currency: Option<String>,
    pub(super) payment_details: Option<Vec<Attempt>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Attempt {
    pub(super) transaction_id: String,
    /// Milliseconds.
    pub(super) timestamp: Option<i64>,
    pub(super) amount: i64,
    pub(super) currency: Option<String>,
    pub(super) state: String,
    pub(super) payment_mode: Option<Loose<String>>,
    pub(super) error_code: Option<Loose<String>>,
    pub(super) detailed_error_code: Option<Loose<String>>,
    pub(super) rail: Option<Loose<Rail>>,
    pub(super) instrument: Option<Loose<Instrument>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rail {
    pub(super) utr: Option<String>,
    pub(super) upi_transaction_id: Option<String>,
    pub(super) vpa: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Instrument {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) masked_account_number: Option<String>,
    pub(super) masked_card_number: Option<String>,
    pub(super) card_network: Option<String>,
    pub(super) bank_id: Option<String>,
    pub(super) bank_transaction_id: Option<String>,
    pub(super) brn: Option<String>,
    pub(super) arn: Option<String>,
}

/// A refund as three roads say it: asked for (`refundId`), its status (that, or attempts), a webhook (all of it).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Refund {
    pub(super) refund_id: Option<String>,
    pub(super) merchant_refund_id: Option<String>,
    pub(super) original_merchant_order_id: Option<String>,
    pub(super) amount: i64,
    pub(super) currency: Option<String>,
    pub(super) state: String,
    pub(super) payment_details: Option<Loose<Vec<RefundAttempt>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RefundAttempt {
    pub(super) transaction_id: Option<String>,
    pub(super) rail: Option<Loose<Rail>>,
}

/// A webhook's body. The payload is read only for events that we know; `type` is to be withdrawn.
#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
    pub(super) event: String,
    #[serde(borrow)]
    pub(super) payload: Option<&'a RawValue>,
}

// ---- both

/// An error of either API; the token's own service says `errorCode`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Problem {
    pub(super) code: Option<String>,
    pub(super) error_code: Option<String>,
    pub(super) message: Option<String>,
}
