//! Entities as PayPal shows them. The official SDKs check the type of each field.

use super::PayPalSim;
use super::craft::time;
use super::state::{
    Authorization, Capture, CaptureStatus, HoldStatus, Intent, Order, OrderStatus, Refund, RefundStatus,
};
use hundi_core::time::days;
use serde_json::{Value, json};

fn link(rel: &str, href: String, method: &str) -> Value {
    json!({ "href": href, "rel": rel, "method": method })
}

pub(super) fn order_status(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Created => "CREATED",
        OrderStatus::PayerActionRequired => "PAYER_ACTION_REQUIRED",
        OrderStatus::Approved => "APPROVED",
        OrderStatus::Completed => "COMPLETED",
    }
}

pub(super) fn order(sim: &PayPalSim, order: &Order) -> Value {
    let account = &sim.accounts[order.account];
    let mut unit = json!({
        "reference_id": order.reference_id,
        "amount": order.amount,
        "payee": { "email_address": "merchant@example.com", "merchant_id": account.merchant_id },
    });
    put(&mut unit, "description", order.description.as_ref());
    put(&mut unit, "custom_id", order.custom_id.as_ref());
    put(&mut unit, "invoice_id", order.invoice_id.as_ref());
    if let Some(payments) = payments(sim, order) {
        unit["payments"] = payments;
    }
    let source = match order.paid_with {
        "card" => {
            json!({ "card": { "name": "Asha Rao", "last_digits": "1007", "brand": "VISA", "type": "CREDIT" } })
        }
        _ => json!({ "paypal": {} }),
    };
    let mut shown = json!({
        "id": order.id,
        "intent": match order.intent { Intent::Capture => "CAPTURE", Intent::Authorize => "AUTHORIZE" },
        "status": order_status(order.status),
        "payment_source": source,
        "purchase_units": [unit],
        "create_time": time(order.created),
        "links": order_links(sim, order),
    });
    if order.approved.is_some() {
        shown["update_time"] = json!(time(order.updated));
    }
    if order.approved.is_some() {
        shown["payer"] = json!({
            "name": { "given_name": "Asha", "surname": "Rao" },
            "email_address": "payer@example.com",
            "payer_id": "QYR5Z8XDVJNXQ",
            "address": { "country_code": "US" },
        });
    }
    shown
}

fn payments(sim: &PayPalSim, order: &Order) -> Option<Value> {
    let holds: Vec<Value> = order
        .authorizations
        .iter()
        .filter_map(|id| sim.authorizations.get(id))
        .map(|a| bare_hold(sim, a))
        .collect();
    let taken: Vec<&Capture> = order.captures.iter().filter_map(|id| sim.captures.get(id)).collect();
    let refunds = taken.iter().flat_map(|c| &c.refunds).filter_map(|id| sim.refunds.get(id));
    let refunds: Vec<Value> = refunds.map(|r| refund(sim, r)).collect();
    let taken: Vec<Value> = taken.into_iter().map(|c| bare_capture(sim, c)).collect();
    let mut all = serde_json::Map::new();
    for (name, list) in [("authorizations", holds), ("captures", taken), ("refunds", refunds)] {
        if !list.is_empty() {
            all.insert(name.to_owned(), json!(list));
        }
    }
    (!all.is_empty()).then_some(Value::Object(all))
}

fn order_links(sim: &PayPalSim, order: &Order) -> Vec<Value> {
    let own = format!("{}/v2/checkout/orders/{}", sim.base_url, order.id);
    let page = format!("{}/checkoutnow?token={}", sim.base_url, order.id);
    let mut links = vec![link("self", own.clone(), "GET")];
    match order.status {
        OrderStatus::PayerActionRequired => links.push(link("payer-action", page, "GET")),
        OrderStatus::Created => {
            links.push(link("approve", page, "GET"));
            links.push(link("update", own, "PATCH"));
        }
        OrderStatus::Approved => {
            let verb = match order.intent {
                Intent::Capture => "capture",
                Intent::Authorize => "authorize",
            };
            links.push(link("update", own.clone(), "PATCH"));
            links.push(link(verb, format!("{own}/{verb}"), "POST"));
        }
        OrderStatus::Completed => {}
    }
    links
}

/// One that stands alone names what it belongs to.
pub(super) fn authorization(sim: &PayPalSim, held: &Authorization) -> Value {
    let mut shown = bare_hold(sim, held);
    shown["supplementary_data"] = json!({ "related_ids": { "order_id": held.order } });
    shown
}

fn bare_hold(sim: &PayPalSim, held: &Authorization) -> Value {
    let order = sim.orders.get(&held.order).expect("holds name orders that exist");
    let own = format!("{}/v2/payments/authorizations/{}", sim.base_url, held.id);
    let mut shown = json!({
        "id": held.id,
        "status": match held.status {
            HoldStatus::Created => "CREATED",
            HoldStatus::Captured => "CAPTURED",
            HoldStatus::Denied => "DENIED",
            HoldStatus::Voided => "VOIDED",
        },
        "amount": held.sum.json(),
        "seller_protection": protection(),
        "expiration_time": time(held.created.plus(days(29))),
        "create_time": time(held.created),
        "update_time": time(held.updated),
        "links": [
            link("self", own.clone(), "GET"),
            link("capture", format!("{own}/capture"), "POST"),
            link("void", format!("{own}/void"), "POST"),
            link("up", format!("{}/v2/checkout/orders/{}", sim.base_url, held.order), "GET"),
        ],
    });
    put(&mut shown, "invoice_id", order.invoice_id.as_ref());
    put(&mut shown, "custom_id", order.custom_id.as_ref());
    shown
}

/// One that stands alone names what it belongs to.
pub(super) fn capture(sim: &PayPalSim, taken: &Capture) -> Value {
    let mut shown = bare_capture(sim, taken);
    let mut ids = json!({});
    put(&mut ids, "order_id", taken.order.as_ref());
    put(&mut ids, "authorization_id", taken.authorization.as_ref());
    shown["supplementary_data"] = json!({ "related_ids": ids });
    shown
}

pub(super) fn capture_status(taken: &Capture) -> &'static str {
    match taken.status {
        CaptureStatus::Pending => "PENDING",
        CaptureStatus::Declined => "DECLINED",
        CaptureStatus::Failed => "FAILED",
        CaptureStatus::Completed if taken.refunded == 0 => "COMPLETED",
        CaptureStatus::Completed if taken.refunded < taken.sum.minor => "PARTIALLY_REFUNDED",
        CaptureStatus::Completed => "REFUNDED",
    }
}

fn bare_capture(sim: &PayPalSim, taken: &Capture) -> Value {
    let own = format!("{}/v2/payments/captures/{}", sim.base_url, taken.id);
    let up = match (&taken.authorization, &taken.order) {
        (Some(id), _) => format!("{}/v2/payments/authorizations/{id}", sim.base_url),
        (None, Some(id)) => format!("{}/v2/checkout/orders/{id}", sim.base_url),
        (None, None) => own.clone(),
    };
    let mut shown = json!({
        "id": taken.id,
        "status": capture_status(taken),
        "amount": taken.sum.json(),
        "final_capture": true,
        "disbursement_mode": "INSTANT",
        "seller_protection": protection(),
        "create_time": time(taken.created),
        "update_time": time(taken.updated),
        "links": [
            link("self", own.clone(), "GET"),
            link("refund", format!("{own}/refund"), "POST"),
            link("up", up, "GET"),
        ],
    });
    if taken.status == CaptureStatus::Completed {
        shown["seller_receivable_breakdown"] = json!({
            "gross_amount": taken.sum.json(),
            "paypal_fee": taken.sum.of(taken.fee).json(),
            "net_amount": taken.sum.of(taken.sum.minor - taken.fee).json(),
        });
    }
    if let Some(reason) = &taken.reason {
        shown["status_details"] = json!({ "reason": reason });
    }
    put(&mut shown, "invoice_id", taken.invoice_id.as_ref());
    put(&mut shown, "custom_id", taken.custom_id.as_ref());
    shown
}

pub(super) fn refund(sim: &PayPalSim, given: &Refund) -> Value {
    let taken = sim.captures.get(&given.capture).expect("refunds name captures that exist");
    let mut shown = json!({
        "id": given.id,
        "status": match given.status {
            RefundStatus::Pending => "PENDING",
            RefundStatus::Completed => "COMPLETED",
            RefundStatus::Failed => "FAILED",
        },
        "amount": given.sum.json(),
        "seller_payable_breakdown": {
            "gross_amount": given.sum.json(),
            "paypal_fee": given.sum.of(0).json(),
            "net_amount": given.sum.json(),
            "total_refunded_amount": given.sum.of(taken.refunded).json(),
        },
        "create_time": time(given.created),
        "update_time": time(given.updated),
        "links": [
            link("self", format!("{}/v2/payments/refunds/{}", sim.base_url, given.id), "GET"),
            link("up", format!("{}/v2/payments/captures/{}", sim.base_url, given.capture), "GET"),
        ],
    });
    put(&mut shown, "invoice_id", given.invoice_id.as_ref());
    put(&mut shown, "custom_id", given.custom_id.as_ref());
    put(&mut shown, "note_to_payer", given.note.as_ref());
    shown
}

fn protection() -> Value {
    json!({ "status": "ELIGIBLE", "dispute_categories": ["ITEM_NOT_RECEIVED", "UNAUTHORIZED_TRANSACTION"] })
}

fn put(shown: &mut Value, name: &str, value: Option<&String>) {
    if let Some(value) = value {
        shown[name] = json!(value);
    }
}
