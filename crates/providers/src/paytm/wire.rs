//! Paytm's JSON, as it is: an envelope of head and body, numbers and amounts as text in rupees.
//!
//! The body is always handled as the text it arrived in or will leave in, since that is what is signed. What merely
//! decorates is [`Shown`]: no oddity in it may hide that money moved. No `Debug` on what holds a payer's data.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

// ---- what comes

/// `{"head":{..},"body":{..}}`: an answer or a notice.
#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
    pub(super) head: Option<Head>,
    #[serde(borrow)]
    pub(super) body: &'a RawValue,
}

#[derive(Deserialize)]
pub(super) struct Head {
    /// Absent on some errors.
    pub(super) signature: Option<String>,
}

/// What every answer's body holds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResultInfo {
    pub(super) result_status: String,
    pub(super) result_code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Initiated {
    pub(super) result_info: ResultInfo,
    pub(super) txn_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Processed {
    pub(super) deep_link_info: Option<DeepLinkInfo>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeepLinkInfo {
    pub(super) deep_link: Option<String>,
    pub(super) order_id: Option<String>,
}

/// What is said of an order's transaction: by the status call with `resultInfo`, by a notice with `status`, by a form
/// under the same names in capitals.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct Payment {
    pub(super) result_info: Option<ResultInfo>,
    pub(super) status: Option<String>,
    pub(super) resp_code: Option<String>,
    pub(super) mid: Option<String>,
    pub(super) order_id: Option<String>,
    pub(super) txn_id: Option<String>,
    pub(super) txn_amount: Option<String>,
    pub(super) currency: Option<String>,
    pub(super) txn_type: Option<String>,
    pub(super) txn_date: Option<String>,
    #[serde(default)]
    pub(super) payment_mode: Shown,
    #[serde(default)]
    pub(super) bank_txn_id: Shown,
    #[serde(default)]
    pub(super) bank_name: Shown,
    #[serde(default)]
    pub(super) masked_card_no: Shown,
}

/// What is said of a refund, by either call or by a notice.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Refund {
    pub(super) result_info: Option<ResultInfo>,
    pub(super) status: Option<String>,
    pub(super) mid: Option<String>,
    pub(super) order_id: Option<String>,
    pub(super) txn_id: Option<String>,
    pub(super) ref_id: Option<String>,
    pub(super) refund_id: Option<String>,
    pub(super) refund_amount: Option<String>,
    pub(super) txn_timestamp: Option<String>,
    pub(super) accept_refund_timestamp: Option<String>,
    pub(super) merchant_refund_request_timestamp: Option<String>,
    pub(super) user_credit_initiate_timestamp: Option<String>,
    #[serde(default)]
    pub(super) refund_detail_info_list: Details,
}

#[derive(Deserialize)]
pub(super) struct RefundDetail {
    pub(super) rrn: Option<String>,
}

/// What tells a refund's notice from a payment's.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Peek {
    pub(super) ref_id: Option<String>,
    pub(super) result_info: Option<ResultInfo>,
    pub(super) status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Settled<'a> {
    pub(super) status: Option<String>,
    pub(super) result_code: Option<String>,
    /// As documented.
    #[serde(borrow)]
    pub(super) settlement_detail_list: Option<Vec<Row<'a>>>,
    /// As seen in integrations.
    #[serde(borrow)]
    pub(super) settlement_list_response: Option<SettledList<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SettledList<'a> {
    #[serde(borrow)]
    pub(super) settlement_transaction_list: Option<Vec<Row<'a>>>,
}

/// A line of a settlement, under names whose spelling differs from account to account.
pub(super) type Row<'a> = std::collections::BTreeMap<String, &'a RawValue>;

/// A text that people see, where it is one; absent otherwise.
#[derive(Default)]
pub(super) struct Shown(pub(super) Option<String>);

impl<'de> Deserialize<'de> for Shown {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(from)?;
        let text: Option<String> = serde_json::from_str(raw.get()).ok();
        Ok(Self(text.filter(|t| !t.is_empty() && t != "null")))
    }
}

/// The parts that a refund went back in, where they can be read.
#[derive(Default)]
pub(super) struct Details(pub(super) Vec<RefundDetail>);

impl<'de> Deserialize<'de> for Details {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(from)?;
        Ok(Self(serde_json::from_str(raw.get()).unwrap_or_default()))
    }
}

impl Payment {
    /// From a form's fields, each of which is there once.
    pub(super) fn of_form(fields: &[(String, String)]) -> Self {
        let field = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        let shown = |name: &str| Shown(field(name).filter(|v| !v.is_empty() && v != "null"));
        Self {
            result_info: None,
            status: field("STATUS"),
            resp_code: field("RESPCODE"),
            mid: field("MID"),
            order_id: field("ORDERID"),
            txn_id: field("TXNID"),
            txn_amount: field("TXNAMOUNT"),
            currency: field("CURRENCY"),
            txn_type: field("TXNTYPE"),
            txn_date: field("TXNDATE"),
            payment_mode: shown("PAYMENTMODE"),
            bank_txn_id: shown("BANKTXNID"),
            bank_name: shown("BANKNAME"),
            masked_card_no: shown("maskedCardNo"),
        }
    }
}

// ---- what goes

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Initiate<'a> {
    pub(super) request_type: &'static str,
    pub(super) mid: &'a str,
    pub(super) website_name: &'a str,
    pub(super) order_id: &'a str,
    pub(super) callback_url: &'a str,
    pub(super) txn_amount: Amount,
    pub(super) user_info: UserInfo<'a>,
}

#[derive(Serialize)]
pub(super) struct Amount {
    pub(super) value: String,
    pub(super) currency: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserInfo<'a> {
    pub(super) cust_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mobile: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Process<'a> {
    pub(super) request_type: &'static str,
    pub(super) mid: &'a str,
    pub(super) order_id: &'a str,
    pub(super) payment_mode: &'static str,
    pub(super) payment_flow: &'static str,
}

/// `processTransaction` is opened by the token alone, without a signature.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenHead<'a> {
    pub(super) version: &'static str,
    /// Seconds, as text.
    pub(super) request_timestamp: String,
    pub(super) channel_id: &'static str,
    pub(super) txn_token: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusAsk<'a> {
    pub(super) mid: &'a str,
    pub(super) order_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RefundApply<'a> {
    pub(super) mid: &'a str,
    pub(super) txn_type: &'static str,
    pub(super) order_id: &'a str,
    pub(super) txn_id: &'a str,
    pub(super) ref_id: &'a str,
    pub(super) refund_amount: String,
    pub(super) comments: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RefundStatusAsk<'a> {
    pub(super) mid: &'a str,
    pub(super) order_id: &'a str,
    pub(super) ref_id: &'a str,
}
