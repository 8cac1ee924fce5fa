//! PhonePe's JSON in v2, as it is. Fields that we don't use are absent: its documents demand that unknown ones are ignored.
//!
//! Money is `i64` paise only, so a float, a text or an exponent is refused. What merely decorates is a [`Word`] or an
//! [`Aside`]: no oddity in it may hide that money moved. No `Debug` on what holds a payer's data.

use crate::reading::aside::Aside;
use crate::reading::loose::{Loose, Word};
use serde::Deserialize;
use serde_json::value::RawValue;

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
    pub(super) payment_mode: Option<Loose<Word>>,
    pub(super) error_code: Option<Loose<Word>>,
    pub(super) detailed_error_code: Option<Loose<Word>>,
    #[serde(default)]
    pub(super) rail: Aside,
    #[serde(default)]
    pub(super) instrument: Aside,
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
    pub(super) payment_details: Option<Loose<Vec<Aside>>>,
}

/// A webhook's body. The payload is read only for events that we know; `type` is to be withdrawn.
#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
    pub(super) event: String,
    #[serde(borrow)]
    pub(super) payload: Option<&'a RawValue>,
}
