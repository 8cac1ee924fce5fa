//! Records as the API and webhooks show them.

use super::CashfreeSim;
use super::craft::{amount, stamp};
use super::state::{Instrument, Order, Payment, Refund, RefundStatus, Status};
use hundi_core::Millis;
use serde_json::{Value, json};

pub(super) fn order(sim: &CashfreeSim, order: &Order, base_url: &str) -> Value {
    let link = |what: &str| json!({ "url": format!("{base_url}/pg/orders/{}/{what}", order.id) });
    json!({
        "cart_details": null,
        "cf_order_id": order.cf_id,
        "created_at": stamp(order.created),
        "customer_details": customer(order),
        "entity": "order",
        "order_amount": amount(order.amount),
        "order_currency": order.currency,
        "order_expiry_time": stamp(order.expires),
        "order_id": order.id,
        "order_meta": { "return_url": order.return_url, "notify_url": null, "payment_methods": null },
        "order_note": order.note,
        "order_splits": [],
        "order_status": order_status(sim, order),
        "order_tags": null,
        "payment_session_id": order.session,
        "payments": link("payments"),
        "refunds": link("refunds"),
        "settlements": link("settlements"),
        "terminal_data": null,
    })
}

fn customer(order: &Order) -> Value {
    json!({
        "customer_id": order.customer_id, "customer_name": null, "customer_email": order.customer_email,
        "customer_phone": order.customer_phone, "customer_uid": null,
    })
}

pub(super) fn order_status(sim: &CashfreeSim, order: &Order) -> &'static str {
    let paid = |p: &Payment| matches!(p.status, Status::Captured { .. } | Status::Held { .. });
    match () {
        () if order.payments.iter().filter_map(|id| sim.payments.get(id)).any(paid) => "PAID",
        () if order.terminated => "TERMINATED",
        () if sim.now >= order.expires => "EXPIRED",
        () => "ACTIVE",
    }
}

/// As the API shows it. `is_captured` is true of failures too, as in Cashfree's own samples: it says something of a
/// success alone.
pub(super) fn payment(order: &Order, payment: &Payment) -> Value {
    let mut shown = told(order, payment);
    shown["auth_id"] = Value::Null;
    shown["authorization"] = authorization(payment);
    shown["entity"] = json!("payment");
    shown["error_details"] = trouble(payment);
    shown["is_captured"] = json!(!matches!(payment.status, Status::Held { .. } | Status::Voided { .. }));
    shown["order_amount"] = amount(order.amount);
    shown["order_currency"] = json!(order.currency);
    shown["order_id"] = json!(order.id);
    shown["payment_completion_time"] = json!(completed(payment).map(stamp));
    shown["payment_gateway_details"] = gateway();
    shown
}

/// The fewer fields of a webhook: nothing in it tells a hold from money taken.
pub(super) fn told(order: &Order, payment: &Payment) -> Value {
    json!({
        "cf_payment_id": payment.id,
        "payment_status": word(payment.status),
        "payment_amount": amount(payment.amount),
        "payment_currency": order.currency,
        "payment_message": message(payment.status),
        "payment_time": stamp(payment.created),
        "bank_reference": payment.bank_reference,
        "auth_id": null,
        "payment_method": method(payment.instrument),
        "payment_group": group(payment.instrument),
        "international_payment": { "international": false },
        "payment_surcharge": null,
    })
}

fn authorization(payment: &Payment) -> Value {
    if !payment.was_held {
        return Value::Null;
    }
    let (action, at) = match payment.status {
        Status::Captured { at } => ("CAPTURE", at),
        Status::Voided { at } => ("VOID", at),
        _ => return Value::Null,
    };
    json!({
        "action": action, "status": "SUCCESS", "captured_amount": payment.taken.map(amount),
        "start_time": stamp(payment.created), "end_time": null, "approve_by": null,
        "action_reference": payment.bank_reference, "action_time": stamp(at),
    })
}

pub(super) const fn word(status: Status) -> &'static str {
    match status {
        Status::Pending => "PENDING",
        Status::Held { .. } | Status::Captured { .. } => "SUCCESS",
        Status::Failed { .. } => "FAILED",
        Status::Dropped { .. } => "USER_DROPPED",
        Status::Voided { .. } => "VOID",
        Status::Reversed { .. } => "CANCELLED",
    }
}

const fn message(status: Status) -> &'static str {
    match status {
        Status::Pending => "Transaction pending",
        Status::Held { .. } => "PRE_AUTH|Transaction Success",
        Status::Captured { .. } => "00::Transaction success",
        Status::Failed { .. } => "ZM::TRANSACTION DECLINED",
        Status::Dropped { .. } => "User dropped and did not complete the two factor authentication",
        Status::Voided { .. } => "Transaction voided",
        Status::Reversed { .. } => "Transaction reversed",
    }
}

pub(super) fn trouble(payment: &Payment) -> Value {
    let Status::Failed { reason, .. } = payment.status else { return Value::Null };
    json!({
        "error_code": "TRANSACTION_DECLINED",
        "error_description": "issuer bank or payment service provider declined the transaction",
        "error_reason": reason, "error_source": "bank", "error_code_raw": null,
        "error_description_raw": null, "error_subcode_raw": null,
    })
}

fn completed(payment: &Payment) -> Option<Millis> {
    match payment.status {
        Status::Pending => None,
        Status::Held { at }
        | Status::Captured { at }
        | Status::Failed { at, .. }
        | Status::Dropped { at }
        | Status::Voided { at }
        | Status::Reversed { at } => Some(at),
    }
}

pub(super) const fn group(instrument: Instrument) -> &'static str {
    match instrument {
        Instrument::Upi => "upi",
        Instrument::Card => "credit_card",
        Instrument::Netbanking => "net_banking",
        Instrument::Wallet => "wallet",
    }
}

fn method(instrument: Instrument) -> Value {
    match instrument {
        Instrument::Upi => json!({ "upi": { "channel": "link", "upi_id": "asha@simulated" } }),
        Instrument::Card => json!({ "card": {
            "channel": "link", "card_bank_name": "HDFC Bank", "card_country": "IN", "card_network": "visa",
            "card_number": "XXXXXXXXXXXX1111", "card_type": "credit_card",
        } }),
        Instrument::Netbanking => json!({ "netbanking": {
            "channel": "link", "netbanking_bank_code": 3021, "netbanking_bank_name": "HDFC Bank",
        } }),
        Instrument::Wallet => json!({ "app": { "channel": "link", "provider": "amazon", "phone": null } }),
    }
}

fn gateway() -> Value {
    json!({
        "gateway_name": "CASHFREE", "gateway_order_id": null, "gateway_payment_id": null,
        "gateway_order_reference_id": null, "gateway_status_code": null, "gateway_settlement": "CASHFREE",
        "gateway_reference_name": null,
    })
}

/// The body of a payment's webhook.
pub(super) fn payment_event(order: &Order, payment: &Payment, name: &str, now: Millis) -> Value {
    json!({
        "data": {
            "order": {
                "order_id": order.id, "order_amount": amount(order.amount),
                "order_currency": order.currency, "order_tags": null,
            },
            "payment": told(order, payment),
            "customer_details": {
                "customer_name": null, "customer_id": order.customer_id,
                "customer_email": order.customer_email, "customer_phone": order.customer_phone,
            },
            "error_details": trouble(payment),
            "payment_gateway_details": gateway(),
            "payment_offers": null,
        },
        "event_time": stamp(now),
        "type": name,
    })
}

pub(super) fn refund(order: &Order, refund: &Refund) -> Value {
    let (status, description, at, arn) = match refund.status {
        RefundStatus::Pending => ("PENDING", "In Progress", None, None),
        RefundStatus::Success { at } => {
            ("SUCCESS", "Refund processed successfully", Some(at), Some(&refund.arn))
        }
        RefundStatus::Cancelled { at } => {
            ("CANCELLED", "Refund could not be processed by the bank", Some(at), None)
        }
    };
    json!({
        "cf_payment_id": refund.payment,
        "cf_refund_id": refund.id,
        "created_at": stamp(refund.created),
        "entity": "refund",
        "metadata": null,
        "order_id": order.id,
        "processed_at": at.map(stamp),
        "refund_amount": amount(refund.amount),
        "refund_arn": arn,
        "refund_charge": 0,
        "refund_currency": order.currency,
        "refund_id": refund.reference,
        "refund_mode": null,
        "refund_note": refund.note,
        "refund_speed": { "requested": "STANDARD", "accepted": "STANDARD", "processed": null, "message": null },
        "refund_splits": [],
        "refund_status": status,
        "refund_type": "MERCHANT_INITIATED",
        "status_description": description,
    })
}

/// Every status becomes a word that nobody has mapped.
pub(super) fn obscure(value: &mut Value) {
    const WORDS: [&str; 4] = ["order_status", "payment_status", "refund_status", "event_status"];
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                if WORDS.contains(&name.as_str()) && inner.is_string() {
                    *inner = json!("UNDER_PARTNER_REVIEW");
                } else {
                    obscure(inner);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(obscure),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
