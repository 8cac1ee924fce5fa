//! Juspay's JSON, as it is. Fields that we don't use are absent: Juspay adds fields without a new version.
//!
//! The same value comes as a number from the API and as text in a webhook, and nothing comes as `null`, `{}` or an
//! empty text. So single values are [`Word`]s, read as they are written: no amount passes through a float, and what stands
//! beside them in objects of their own is an [`Aside`]. What can't be missing is asked for by `meaning.rs`. No `Debug` on
//! what holds a payer's data.

use crate::reading::aside::Aside;
use crate::reading::loose::{Listed, Word};
use serde::Deserialize;
use serde_json::value::RawValue;

/// An order with one of its tries, as order status, refunds and webhooks show it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Order {
    pub(super) order_id: Word,
    pub(super) status: Word,
    /// `ordeh_...`: Juspay's own.
    pub(super) id: Word,
    pub(super) merchant_id: Word,
    pub(super) amount: Word,
    pub(super) effective_amount: Word,
    pub(super) currency: Word,
    pub(super) date_created: Word,
    pub(super) payment_links: Aside,
    pub(super) txn_id: Word,
    pub(super) txn_detail: Aside,
    pub(super) payment_method_type: Word,
    pub(super) payment_method: Word,
    pub(super) emi_bank: Word,
    pub(super) payer_vpa: Word,
    pub(super) upi: Aside,
    pub(super) card: Aside,
    pub(super) bank_error_code: Word,
    pub(super) payment_gateway_response: Aside,
    /// True already when a refund was only asked for: never read as money returned.
    pub(super) refunded: Word,
    pub(super) refunds: Listed<Refund>,
}

/// One that lacks its name, amount, status or time makes its whole order unreadable: it may be ours.
#[derive(Deserialize)]
pub(super) struct Refund {
    pub(super) unique_request_id: Word,
    pub(super) amount: Word,
    pub(super) status: Word,
    pub(super) created: Word,
    /// The gateway's reference, later than the refund itself.
    #[serde(default, rename = "ref")]
    pub(super) reference: Word,
    #[serde(default)]
    pub(super) refund_arn: Word,
    /// Not documented for refunds within an order.
    #[serde(default)]
    pub(super) txn_id: Word,
}

/// Any answer that is no success. Some say `status: "NOT_FOUND"`, some `"error"`, some `"Bad Request"`.
#[derive(Deserialize)]
pub(super) struct Problem {
    pub(super) status: Word,
    #[serde(default, alias = "errorCode")]
    pub(super) error_code: Word,
    #[serde(default, alias = "errorMessage")]
    pub(super) error_message: Word,
    #[serde(default, alias = "errorInfo")]
    pub(super) error_info: Aside,
}

/// A webhook's body. The content is read only for events that we know.
#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
    #[serde(default)]
    pub(super) id: Word,
    #[serde(default)]
    pub(super) date_created: Word,
    pub(super) event_name: String,
    #[serde(borrow)]
    pub(super) content: Option<&'a RawValue>,
}

#[derive(Deserialize)]
pub(super) struct Content<'a> {
    #[serde(borrow)]
    pub(super) order: Option<&'a RawValue>,
}

/// A webhook that is sealed: the object form, or a text that holds either form.
#[derive(Deserialize)]
pub(super) struct SealedEnvelope<'a> {
    #[serde(rename = "JWT", borrow)]
    pub(super) sealed: &'a RawValue,
}
