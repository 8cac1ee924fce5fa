//! Records as the API and webhooks show them.
//!
//! Amounts are numbers there. They are written from whole paise, so that no float is near them: until the text is
//! made they stand as marked texts.

use super::HdfcSim;
use super::craft::{rupees, time};
use super::state::{Instrument, Order, Refund, RefundStatus, Status, Txn};
use serde_json::{Value, json};

const MARK: &str = "\u{1}amount ";

/// An amount, to become a number when it is written.
pub(super) fn amount(minor: i64) -> Value {
    json!(format!("{MARK}{}", rupees(minor)))
}

/// JSON with amounts as numbers. Whoever sends a text that looks like a mark gets a number for it.
pub(super) fn written(value: &Value) -> String {
    let text = value.to_string();
    let mut parts = text.split("\"\\u0001amount ");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, rest) = part.split_once('"').unwrap_or((part, ""));
        let is_number = number.bytes().all(|c| c.is_ascii_digit() || c == b'.');
        out.push_str(if is_number { number } else { "0" });
        out.push_str(rest);
    }
    out
}

/// As some webhooks are: numbers and flags as texts, and nothing as an empty object.
pub(super) fn as_texts(value: &mut Value) {
    match value {
        Value::Null => *value = json!({}),
        Value::Bool(flag) => *value = json!(flag.to_string()),
        Value::Number(number) => *value = json!(number.to_string()),
        Value::String(text) => {
            if let Some(amount) = text.strip_prefix(MARK) {
                *value = json!(amount.to_owned());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(as_texts),
        Value::Object(map) => map.values_mut().for_each(as_texts),
    }
}

/// The try that stands for the order: the one that was paid, or else the latest.
pub(super) fn standing<'a>(sim: &'a HdfcSim, order: &Order) -> Option<&'a Txn> {
    let txns = || order.txns.iter().filter_map(|id| sim.txns.get(id));
    txns().find(|t| matches!(t.status, Status::Charged | Status::Authorized)).or_else(|| txns().next_back())
}

pub(super) fn status(sim: &HdfcSim, order: &Order) -> (&'static str, u32) {
    standing(sim, order).map_or(("NEW", 10), |txn| (txn.status.word(), txn.status.id()))
}

pub(super) fn order(sim: &HdfcSim, order: &Order, base_url: &str) -> Value {
    let merchant = &sim.accounts[order.account].merchant_id;
    let (word, id) = status(sim, order);
    let refunds: Vec<&Refund> =
        order.refunds.iter().filter_map(|name| sim.refunds.get(&key(order, name))).collect();
    let given: i64 = refunds.iter().filter(|r| r.status != RefundStatus::Failure).map(|r| r.amount).sum();
    let mut shown = json!({
        "customer_email": order.customer_email, "customer_phone": order.customer_phone,
        "customer_id": order.customer_id, "status_id": id, "status": word, "id": order.id,
        "merchant_id": merchant, "amount": amount(order.amount), "currency": order.currency,
        "order_id": order.order_id, "date_created": time(order.created), "return_url": order.return_url,
        "product_id": "", "udf1": "", "payment_links": links(order, base_url),
        "refunded": given > 0, "amount_refunded": amount(given), "resp_code": null, "resp_message": null,
        "bank_error_code": "", "bank_error_message": "", "effective_amount": amount(order.amount),
        "refunds": refunds.iter().map(|r| refund(r)).collect::<Vec<_>>(), "offers": [],
    });
    if let Some(txn) = standing(sim, order) {
        with_txn(&mut shown, order, txn);
    }
    shown
}

fn with_txn(shown: &mut Value, order: &Order, txn: &Txn) {
    let failed = !txn.error.is_empty();
    let (kind, method) = match &txn.instrument {
        Instrument::Upi { .. } => ("UPI", "UPI"),
        Instrument::Card => ("CARD", "VISA"),
        Instrument::Netbanking => ("NB", "NB_HDFC"),
        Instrument::Wallet => ("WALLET", "PAYTM"),
    };
    shown["txn_id"] = json!(txn.id);
    shown["txn_uuid"] = json!(txn.uuid);
    shown["payment_method_type"] = json!(kind);
    shown["payment_method"] = json!(method);
    shown["auth_type"] = json!(if kind == "CARD" { "THREE_DS" } else { "" });
    shown["effective_amount"] = amount(txn.amount);
    let eligible = if txn.status == Status::Charged { txn.amount - txn.refunded } else { 0 };
    shown["maximum_eligible_refund_amount"] = amount(eligible);
    shown["gateway_id"] = json!(23);
    if failed {
        shown["bank_error_code"] = json!(txn.error);
        shown["bank_error_message"] = json!(txn.error);
    }
    shown["txn_detail"] = json!({
        "txn_id": txn.id, "order_id": order.order_id, "status": txn.status.word(), "error_code": failed.then_some(&txn.error),
        "net_amount": amount(txn.amount), "surcharge_amount": null, "tax_amount": null,
        "txn_amount": amount(txn.amount), "gateway_id": 23, "gateway": format!("HDFC_{kind}"),
        "currency": order.currency, "redirect": true, "txn_uuid": txn.uuid, "error_message": txn.error,
        "created": time(txn.created),
    });
    if !txn.rrn.is_empty() {
        shown["payment_gateway_response"] = json!({
            "resp_code": "SUCCESS", "rrn": txn.rrn, "epg_txn_id": format!("pg_{}", txn.rrn), "resp_message": "SUCCESS",
            "auth_id_code": "", "txn_id": txn.id, "created": time(txn.created),
        });
    }
    match &txn.instrument {
        Instrument::Upi { vpa } => {
            shown["payer_vpa"] = json!(vpa);
            shown["upi"] = json!({ "payer_vpa": vpa, "txn_flow_type": "COLLECT" });
        }
        Instrument::Card => {
            shown["card"] = json!({
                "last_four_digits": "1111", "card_isin": "411111", "card_type": "CREDIT", "card_brand": "VISA",
                "card_issuer": "HDFC Bank", "expiry_month": "12", "expiry_year": "2030", "name_on_card": "",
                "using_saved_card": false, "saved_to_locker": false, "using_token": false,
            });
        }
        Instrument::Netbanking | Instrument::Wallet => {}
    }
}

pub(super) fn refund(refund: &Refund) -> Value {
    let failed = refund.status == RefundStatus::Failure;
    json!({
        "unique_request_id": refund.unique_request_id, "id": refund.reference, "ref": refund.reference,
        "amount": amount(refund.amount), "status": refund.status.word(),
        "sent_to_gateway": refund.status != RefundStatus::Pending, "refund_type": "STANDARD",
        "refund_source": "HDFC", "initiated_by": refund.initiated_by, "created": time(refund.created),
        "error_message": if failed { "Refund failed at the gateway" } else { "" },
        "error_code": failed.then_some("GATEWAY_FAILURE"),
    })
}

/// Juspay's own form of a refund, alone.
pub(super) fn refund_alone(sim: &HdfcSim, of: &Refund) -> Value {
    let mut shown = refund(of);
    shown["txn_id"] = json!(of.txn);
    shown["order_id"] = json!(sim.orders.get(&of.order).map(|o| &o.order_id));
    shown["gateway"] = json!("HDFC");
    shown["refund_arn"] = Value::Null;
    shown["reference_id"] = json!(of.reference);
    shown
}

pub(super) fn links(order: &Order, base_url: &str) -> Value {
    let page = format!("{base_url}/merchant/ipay/{}", order.id);
    json!({ "web": page, "mobile": format!("{page}?mobile=true"), "iframe": page })
}

/// Where a refund is kept: its name is unique within its order only.
pub(super) fn key(order: &Order, unique_request_id: &str) -> String {
    format!("{} {unique_request_id}", order.id)
}
