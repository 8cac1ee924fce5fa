//! Orders: opened as a session or plainly, and asked for.

use super::HdfcSim;
use super::ask::{Ask, Refusal, Said};
use super::craft::{paise, rupees, time};
use super::show;
use super::state::Order;
use crate::sim::{AMOUNT_MAX, JournalLine};
use hundi_core::Millis;
use hundi_core::time::{days, minutes};
use serde_json::json;

/// The longest order id that is taken is 20 letters.
const ORDER_ID_MAX: usize = 20;
const TOKEN_MS: i64 = minutes(15);
const EXPIRY_MS: i64 = days(7);

pub(super) fn session(sim: &mut HdfcSim, ask: &Ask<'_>) -> Said {
    ask.needed("payment_page_client_id")?;
    if !ask.text("action").is_none_or(|a| a == "paymentPage" || a == "paymentManagement") {
        return Err(Refusal::invalid("action is invalid"));
    }
    let id = make(sim, ask)?;
    let order = sim.orders.get(&id).expect("just made");
    let token = format!("tkn_{}", sim.mint.fourteen());
    let request = sim.mint.fourteen();
    let expires = time(order.expires);
    let web = format!("{}/payment-page/order/{}", ask.base_url, order.id);
    // Here the amount has at least one decimal.
    let amount = rupees(order.amount);
    let amount = if amount.contains('.') { amount } else { format!("{amount}.0") };
    Ok(json!({
        "status": "NEW", "id": order.id, "order_id": order.order_id,
        "payment_links": { "web": web, "expiry": expires },
        "sdk_payload": {
            "requestId": request, "service": "in.juspay.hyperpay",
            "payload": {
                "action": "paymentPage", "amount": amount, "clientAuthToken": token,
                "clientAuthTokenExpiry": time(sim.now.plus(TOKEN_MS)),
                "clientId": ask.text("payment_page_client_id"), "currency": order.currency,
                "customerId": order.customer_id, "environment": "sandbox",
                "merchantId": sim.accounts[order.account].merchant_id, "orderId": order.order_id,
                "returnUrl": order.return_url, "service": "in.juspay.hyperpay",
            },
            "expiry": expires,
        },
        "order_expiry": expires,
    }))
}

/// The older way: an order without a page of its own.
pub(super) fn create(sim: &mut HdfcSim, ask: &Ask<'_>) -> Said {
    let id = make(sim, ask)?;
    let order = sim.orders.get(&id).expect("just made");
    Ok(json!({
        "status": "NEW", "status_id": 10, "id": order.id, "order_id": order.order_id,
        "payment_links": show::links(order, ask.base_url),
    }))
}

fn make(sim: &mut HdfcSim, ask: &Ask<'_>) -> Result<String, Refusal> {
    let order_id = ask.needed("order_id")?;
    let plain = order_id.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_');
    if !plain || order_id.len() > ORDER_ID_MAX {
        return Err(Refusal::invalid("order_id must be alphanumeric and shorter than 21 characters"));
    }
    let amount = paise(&ask.needed("amount")?).filter(|a| (1..=AMOUNT_MAX).contains(a));
    let amount = amount.ok_or_else(|| Refusal::invalid("amount must have at most two decimals"))?;
    let currency = ask.text("currency").unwrap_or_else(|| "INR".to_owned());
    if currency != "INR" {
        return Err(Refusal::invalid("currency is not supported"));
    }
    if find(sim, ask.account, &order_id).is_some() {
        return Err(Refusal::new(400, "ALREADY_EXISTS", "An order with this order_id exists already"));
    }
    let in_mins = ask.text("metadata.expiryInMins").and_then(|m| m.parse::<i64>().ok());
    let lasts = in_mins.filter(|m| *m > 0).map_or(EXPIRY_MS, |m| minutes(m.min(60 * 24 * 365)));
    let id = format!("ordeh_{}{}", sim.mint.digits(18), sim.mint.digits(14));
    let text = |name: &str| ask.text(name).unwrap_or_default();
    let order = Order {
        id: id.clone(),
        account: ask.account,
        order_id,
        amount,
        currency,
        customer_id: text("customer_id"),
        customer_email: text("customer_email"),
        customer_phone: text("customer_phone"),
        description: text("description"),
        return_url: text("return_url"),
        created: sim.now,
        expires: sim.now.plus(lasts),
        auto_capture: text("metadata.txns.auto_capture") != "false",
        txns: Vec::new(),
        refunds: Vec::new(),
        foreign: false,
    };
    put(sim, order);
    Ok(id)
}

/// Keeps an order and writes it down.
pub(super) fn put(sim: &mut HdfcSim, order: Order) {
    sim.journal.push(JournalLine {
        at: sim.now,
        what: "order",
        account: sim.accounts[order.account].merchant_id.clone(),
        id: order.id.clone(),
        of: String::new(),
        our_ref: if order.foreign { String::new() } else { order.order_id.clone() },
        amount_minor: order.amount,
        currency: order.currency.clone(),
    });
    sim.orders.put(&order.id.clone(), order);
}

pub(super) fn fetch(sim: &mut HdfcSim, ask: &Ask<'_>) -> Said {
    let order_id = asked_for(ask);
    let order = find(sim, ask.account, &order_id).ok_or_else(|| Refusal::no_such_order(&order_id))?;
    Ok(show::order(sim, order, ask.base_url))
}

/// In the path, or where the sealed form has it.
pub(super) fn asked_for(ask: &Ask<'_>) -> String {
    if ask.id.is_empty() { ask.text("order_id").unwrap_or_default() } else { ask.id.clone() }
}

/// By the merchant's own id of it.
pub(super) fn find<'a>(sim: &'a HdfcSim, account: usize, order_id: &str) -> Option<&'a Order> {
    sim.orders.iter().find(|o| o.account == account && o.order_id == order_id)
}

pub(super) fn is_over(order: &Order, now: Millis) -> bool {
    now > order.expires
}
