//! PhonePe's JSON in v1, as it is. Fields that we don't use are absent: its documents demand that unknown ones are ignored.
//!
//! Money is `i64` paise only, so a float, a text or an exponent is refused. What merely decorates is an [`Aside`]: no oddity
//! in it may hide that money moved. No `Debug` on what holds a payer's data.

use crate::reading::aside::Aside;
use crate::reading::loose::{Loose, Word};
use serde::Deserialize;

/// Every answer, and what a callback's base64 holds. The edge of the gateway leaves out `message` and `data`.
#[derive(Deserialize)]
pub(super) struct Said<T> {
    pub(super) success: Option<bool>,
    pub(super) code: String,
    pub(super) data: Option<T>,
}

/// A payment or a refund. An empty object where there is nothing to say, so everything may be absent.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Transaction {
    pub(super) merchant_id: Option<String>,
    pub(super) merchant_transaction_id: Option<String>,
    pub(super) transaction_id: Option<String>,
    pub(super) amount: Option<i64>,
    pub(super) state: Option<String>,
    pub(super) response_code: Loose<Word>,
    pub(super) payment_instrument: Aside,
}

/// A callback's body: base64 of an answer.
#[derive(Deserialize)]
pub(super) struct Callback {
    pub(super) response: String,
}
