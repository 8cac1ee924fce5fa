//! The records as Razorpay's JSON. Written out by hand, apart from the adapter's `wire`.

use super::RazorpaySim;
use super::cards::TestCard;
use super::state::{
    Customer, Instrument, Link, LinkStatus, Order, OrderStatus, Payment, PaymentStatus, Refund, RefundStatus,
    Settlement, Token, UpiFlow,
};
use serde_json::{Value, json};

pub(super) fn order(order: &Order) -> Value {
    json!({
        "id": order.id,
        "entity": "order",
        "amount": order.amount,
        "amount_paid": order.amount_paid,
        "amount_due": order.amount - order.amount_paid,
        "currency": order.currency,
        "receipt": order.receipt,
        "offer_id": null,
        "status": match order.status {
            OrderStatus::Created => "created",
            OrderStatus::Attempted => "attempted",
            OrderStatus::Paid => "paid",
        },
        "attempts": order.attempts,
        "notes": order.notes,
        "created_at": order.created.secs(),
    })
}

pub(super) const fn payment_status(status: PaymentStatus) -> &'static str {
    match status {
        PaymentStatus::Created => "created",
        PaymentStatus::Authorized => "authorized",
        PaymentStatus::Captured => "captured",
        PaymentStatus::Refunded => "refunded",
        PaymentStatus::Failed => "failed",
    }
}

pub(super) fn payment(payment: &Payment) -> Value {
    let failure = payment.failure.as_ref();
    let refund_status = match payment.refunded {
        0 => None,
        some if some < payment.amount => Some("partial"),
        _ => Some("full"),
    };
    let mut shown = json!({
        "id": payment.id,
        "entity": "payment",
        "amount": payment.amount,
        "currency": payment.currency,
        "base_amount": payment.amount,
        "status": payment_status(payment.status),
        "order_id": payment.order,
        "invoice_id": null,
        "international": is_international(&payment.instrument),
        "method": method(&payment.instrument),
        "amount_refunded": payment.refunded,
        "amount_transferred": 0,
        "refund_status": refund_status,
        "captured": payment.captured,
        "description": payment.description,
        "card_id": payment.card_id,
        "bank": null,
        "wallet": null,
        "vpa": null,
        "email": payment.email,
        "contact": payment.contact,
        "customer_id": payment.customer,
        "token_id": payment.token,
        "notes": payment.notes,
        "fee": payment.fee.map(|f| f.fee),
        "tax": payment.fee.map(|f| f.tax),
        "error_code": failure.map(|f| f.code),
        "error_description": failure.map(|f| &f.description),
        "error_source": failure.map(|f| f.source),
        "error_step": failure.map(|f| f.step),
        "error_reason": failure.map(|f| &f.reason),
        "acquirer_data": payment.acquirer,
        "created_at": payment.created.secs(),
    });
    match &payment.instrument {
        Instrument::Upi { vpa, flow } => {
            let flow = match flow {
                UpiFlow::Intent => "intent",
                UpiFlow::Collect => "collect",
            };
            shown["vpa"] = json!(vpa);
            shown["upi"] = json!({ "payer_account_type": "bank_account", "vpa": vpa, "flow": flow });
        }
        Instrument::Card(_) => {}
        Instrument::Netbanking { bank } => shown["bank"] = json!(bank),
        Instrument::Wallet { wallet } => shown["wallet"] = json!(wallet),
    }
    shown
}

pub(super) const fn method(instrument: &Instrument) -> &'static str {
    match instrument {
        Instrument::Upi { .. } => "upi",
        Instrument::Card(_) => "card",
        Instrument::Netbanking { .. } => "netbanking",
        Instrument::Wallet { .. } => "wallet",
    }
}

pub(super) const fn is_international(instrument: &Instrument) -> bool {
    matches!(instrument, Instrument::Card(card) if card.international)
}

pub(super) fn card(id: &str, card: &TestCard) -> Value {
    json!({
        "id": id, "entity": "card", "name": "", "last4": card.last4, "network": card.network, "type": card.kind,
        "issuer": card.issuer, "international": card.international, "emi": false, "sub_type": "consumer",
        "token_iin": null,
    })
}

pub(super) fn refund(refund: &Refund, method: &str) -> Value {
    let acquirer = if method == "card" {
        json!({ "arn": refund.bank_ref })
    } else {
        json!({ "arn": null, "rrn": refund.bank_ref })
    };
    let speed_processed = match (refund.status, refund.speed_requested.as_str()) {
        (RefundStatus::Processed, "optimum") => Some("instant"),
        (RefundStatus::Processed, _) => Some("normal"),
        (RefundStatus::Pending | RefundStatus::Failed, _) => None,
    };
    json!({
        "id": refund.id,
        "entity": "refund",
        "amount": refund.amount,
        "currency": refund.currency,
        "payment_id": refund.payment,
        "notes": refund.notes,
        "receipt": refund.receipt,
        "acquirer_data": acquirer,
        "created_at": refund.created.secs(),
        "batch_id": null,
        "status": match refund.status {
            RefundStatus::Pending => "pending",
            RefundStatus::Processed => "processed",
            RefundStatus::Failed => "failed",
        },
        "speed_requested": refund.speed_requested,
        "speed_processed": speed_processed,
    })
}

pub(super) const fn link_status(status: LinkStatus) -> &'static str {
    match status {
        LinkStatus::Created => "created",
        LinkStatus::PartiallyPaid => "partially_paid",
        LinkStatus::Paid => "paid",
        LinkStatus::Cancelled => "cancelled",
        LinkStatus::Expired => "expired",
    }
}

/// Zero, not null, for times that have not come; null, not `[]`, for no payments.
pub(super) fn link(sim: &RazorpaySim, link: &Link) -> Value {
    let payments: Vec<Value> = link
        .payments
        .iter()
        .filter_map(|id| sim.payments.get(id))
        .map(|p| {
            json!({
                "payment_id": p.id, "amount": p.amount, "status": payment_status(p.status),
                "method": method(&p.instrument), "plink_id": link.id,
                "created_at": p.created.secs(), "updated_at": link.updated.secs(),
            })
        })
        .collect();
    json!({
        "accept_partial": link.accept_partial,
        "amount": link.amount,
        "amount_paid": link.amount_paid,
        "callback_method": if link.callback_url.is_empty() { "" } else { "get" },
        "callback_url": link.callback_url,
        "cancelled_at": link.cancelled_at,
        "created_at": link.created.secs(),
        "currency": link.currency,
        "customer": link.customer,
        "description": link.description,
        "expire_by": link.expire_by,
        "expired_at": link.expired_at,
        "first_min_partial_amount": link.first_min_partial,
        "id": link.id,
        "notes": link.notes,
        "notify": link.notify,
        "order_id": link.order,
        "payments": if payments.is_empty() { Value::Null } else { Value::Array(payments) },
        "reference_id": link.reference,
        "reminder_enable": link.reminder_enable,
        "reminders": [],
        "short_url": link.short_url,
        "status": link_status(link.status),
        "updated_at": link.updated.secs(),
        "upi_link": false,
        "user_id": "",
        "whatsapp_link": false,
    })
}

pub(super) fn customer(customer: &Customer) -> Value {
    json!({
        "id": customer.id, "entity": "customer", "name": customer.name, "email": customer.email,
        "contact": customer.contact, "gstin": customer.gstin, "notes": customer.notes,
        "created_at": customer.created.secs(),
    })
}

pub(super) fn token(token: &Token) -> Value {
    json!({
        "id": token.id, "entity": "token", "token": token.id.trim_start_matches("token_"), "bank": null, "wallet": null,
        "method": "card",
        "card": {
            "entity": "card", "name": "", "last4": token.card.last4, "network": token.card.network,
            "type": token.card.kind, "issuer": token.card.issuer, "international": token.card.international,
            "emi": false, "expiry_month": 12, "expiry_year": 2035, "flows": { "otp": true, "recurring": true },
        },
        "recurring": token.recurring,
        "recurring_details": if token.recurring { json!({ "status": "confirmed", "failure_reason": null }) } else { json!([]) },
        "auth_type": null, "mrn": null, "used_at": token.created.secs(),
        "created_at": token.created.secs(), "expired_at": 2_082_758_399, "dcc_enabled": false,
        "compliant_with_tokenisation_guidelines": true, "status": token.status,
    })
}

pub(super) fn settlement(settlement: &Settlement) -> Value {
    json!({
        "id": settlement.id, "entity": "settlement", "amount": settlement.amount, "status": "processed",
        "fees": 0, "tax": 0, "utr": settlement.utr, "created_at": settlement.at.secs(),
    })
}
