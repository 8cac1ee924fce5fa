//! Paytm's JSON, as it is: an envelope of head and body, numbers and amounts as text in rupees.
//!
//! The body is always handled as the text it arrived in or will leave in, since that is what is signed. What merely
//! decorates is [`Loose`]: no oddity in it may hide that money moved. No `Debug` on what holds a payer's data.

use crate::reading::loose::{Loose, Plain};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

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
    pub(super) payment_mode: Option<Loose<String>>,
    pub(super) bank_txn_id: Option<Loose<String>>,
    pub(super) bank_name: Option<Loose<String>>,
    pub(super) masked_card_no: Option<Loose<String>>,
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
    pub(super) refund_detail_info_list: Option<Loose<Vec<RefundDetail>>>,
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
pub(super) struct Settled {
    pub(super) status: Option<String>,
    pub(super) result_code: Option<String>,
    /// As documented.
    pub(super) settlement_detail_list: Option<Vec<Row>>,
    /// As seen in integrations.
    pub(super) settlement_list_response: Option<SettledList>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SettledList {
    pub(super) settlement_transaction_list: Option<Vec<Row>>,
}

/// A line of a settlement, under names whose spelling differs from account to account.
pub(super) type Row = BTreeMap<String, Loose<Plain>>;

impl Payment {
    /// From a form's fields, each of which is there once.
    pub(super) fn of_form(fields: &[(String, String)]) -> Self {
        let field = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        let shown = |name: &str| Some(Loose::from(field(name)));
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
