//! Juspay's JSON, as it is. Fields that we don't use are absent: Juspay adds fields without a new version.
//!
//! The same value comes as a number from the API and as text in a webhook, and nothing comes as `null`, `{}` or an
//! empty text. So single values are [`Word`]s, read as they are written: no amount passes through a float. No `Debug`
//! on what holds a payer's data.

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

// ---- what comes

/// The answer to a new session: an order, and where its payer goes.
#[derive(Deserialize)]
pub(super) struct Session {
    pub(super) order_id: Word,
    #[serde(default)]
    pub(super) payment_links: Part<Links>,
    #[serde(default)]
    pub(super) sdk_payload: Part<SdkPayload>,
}

#[derive(Deserialize)]
pub(super) struct Links {
    #[serde(default)]
    pub(super) web: Word,
}

#[derive(Deserialize)]
pub(super) struct SdkPayload {
    #[serde(default)]
    pub(super) payload: Part<SdkOrder>,
}

/// What the page was opened for: the only place where a session says its amount.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SdkOrder {
    #[serde(default)]
    pub(super) amount: Word,
    #[serde(default)]
    pub(super) currency: Word,
    #[serde(default)]
    pub(super) order_id: Word,
}

/// An order with one of its tries, as order status, refunds and webhooks show it.
#[derive(Deserialize)]
pub(super) struct Order {
    pub(super) order_id: Word,
    pub(super) status: Word,
    /// `ordeh_...`: Juspay's own.
    #[serde(default)]
    pub(super) id: Word,
    #[serde(default)]
    pub(super) merchant_id: Word,
    #[serde(default)]
    pub(super) amount: Word,
    #[serde(default)]
    pub(super) effective_amount: Word,
    #[serde(default)]
    pub(super) currency: Word,
    #[serde(default)]
    pub(super) date_created: Word,
    #[serde(default)]
    pub(super) payment_links: Part<Links>,
    #[serde(default)]
    pub(super) txn_id: Word,
    #[serde(default)]
    pub(super) txn_detail: Part<TxnDetail>,
    #[serde(default)]
    pub(super) payment_method_type: Word,
    #[serde(default)]
    pub(super) payment_method: Word,
    #[serde(default)]
    pub(super) emi_bank: Word,
    #[serde(default)]
    pub(super) payer_vpa: Word,
    #[serde(default)]
    pub(super) upi: Part<Upi>,
    #[serde(default)]
    pub(super) card: Part<Card>,
    #[serde(default)]
    pub(super) bank_error_code: Word,
    #[serde(default)]
    pub(super) payment_gateway_response: Part<GatewayResponse>,
    /// True already when a refund was only asked for: never read as money returned.
    #[serde(default)]
    pub(super) refunded: Word,
    #[serde(default)]
    pub(super) refunds: Listed<Refund>,
}

#[derive(Deserialize)]
pub(super) struct TxnDetail {
    #[serde(default)]
    pub(super) txn_amount: Word,
    #[serde(default)]
    pub(super) currency: Word,
    #[serde(default)]
    pub(super) created: Word,
    #[serde(default)]
    pub(super) error_code: Word,
}

#[derive(Deserialize)]
pub(super) struct Upi {
    #[serde(default)]
    pub(super) payer_vpa: Word,
}

#[derive(Deserialize)]
pub(super) struct Card {
    #[serde(default)]
    pub(super) last_four_digits: Word,
    #[serde(default)]
    pub(super) card_brand: Word,
}

#[derive(Deserialize)]
pub(super) struct GatewayResponse {
    #[serde(default)]
    pub(super) rrn: Word,
    #[serde(default)]
    pub(super) epg_txn_id: Word,
}

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
    pub(super) error_info: Part<ErrorInfo>,
}

#[derive(Deserialize)]
pub(super) struct ErrorInfo {
    #[serde(default)]
    pub(super) code: Word,
    #[serde(default, alias = "developerMessage")]
    pub(super) developer_message: Word,
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

// ---- what goes

#[derive(Serialize)]
pub(super) struct NewSession<'a> {
    pub(super) order_id: &'a str,
    /// `499.00`
    pub(super) amount: String,
    pub(super) currency: String,
    /// Empty for a guest.
    pub(super) customer_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) customer_email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) customer_phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) first_name: Option<&'a str>,
    pub(super) payment_page_client_id: &'a str,
    pub(super) action: &'static str,
    pub(super) return_url: &'a str,
    pub(super) description: &'a str,
    #[serde(rename = "metadata.expiryInMins")]
    pub(super) expiry_in_mins: String,
}

#[derive(Serialize)]
pub(super) struct OrderAsk<'a> {
    pub(super) order_id: &'a str,
}

#[derive(Serialize)]
pub(super) struct NewRefund<'a> {
    pub(super) unique_request_id: &'a str,
    pub(super) amount: String,
}

// ---- lenient parts

/// One value as it is written, whether number, flag or text; nothing where there is nothing.
#[derive(Clone, Default)]
pub(super) struct Word(Option<String>);

impl Word {
    pub(super) fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        let text = match raw.get().as_bytes().first() {
            Some(b'"') => Some(serde_json::from_str::<String>(raw.get()).map_err(Error::custom)?),
            Some(b'{' | b'[' | b'n') | None => None,
            Some(_) => Some(raw.get().to_owned()),
        };
        Ok(Self(text.filter(|t| !t.is_empty())))
    }
}

/// Read where it has the expected shape, absent otherwise: no oddity in it may hide that money moved.
pub(super) struct Part<T>(Option<T>);

impl<T> Part<T> {
    pub(super) const fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        Ok(Self(serde_json::from_str(raw.get()).ok()))
    }
}

/// A list whose every item must be readable, or no list at all, which is something else than an empty one.
pub(super) struct Listed<T>(Option<Vec<T>>);

impl<T> Listed<T> {
    pub(super) fn get(&self) -> Option<&[T]> {
        self.0.as_deref()
    }
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Listed<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        if !raw.get().starts_with('[') {
            return Ok(Self(None));
        }
        serde_json::from_str(raw.get()).map(|items| Self(Some(items))).map_err(Error::custom)
    }
}
