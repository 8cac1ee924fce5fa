//! Orders: what is owed, and the payments that try to pay it.

use super::ask::{Ask, Refusal, Said, collection};
use super::state::{CaptureRule, Order, OrderStatus, PaymentStatus};
use super::{RazorpaySim, show};
use crate::sim::JournalLine;
use crate::sim::{Op, kit};
use hundi_core::time::minutes;
use serde_json::Value;

pub(super) fn create(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let amount = ask.amount()?;
    let currency = ask.currency()?;
    let receipt = ask.text("receipt").map(str::to_owned);
    if receipt.as_ref().is_some_and(|r| r.chars().count() > 40) {
        return Err(Refusal::field("receipt", "The receipt may not be greater than 40 characters."));
    }
    let notes = ask.notes()?;
    let capture = capture_rule(sim, ask)?;
    let order = Order {
        id: sim.mint.id("order"),
        account: ask.account,
        amount,
        amount_paid: 0,
        currency,
        receipt,
        notes,
        status: OrderStatus::Created,
        attempts: 0,
        created: sim.now,
        capture,
        payments: Vec::new(),
        link: None,
        registers_for: registers_for(sim, ask)?,
    };
    let shown = show::order(&order);
    put(sim, order);
    Ok(shown)
}

/// An order with a `token` block registers what pays it for its customer, to be charged again.
fn registers_for(sim: &RazorpaySim, ask: &Ask<'_>) -> Result<Option<String>, Refusal> {
    let Some(token) = ask.body.get("token").filter(|t| !t.is_null()) else { return Ok(None) };
    let customer = ask.text("customer_id").ok_or_else(|| Refusal::missing("customer_id"))?;
    let known = sim.customers.get(customer).is_some_and(|c| c.account == ask.account);
    if !known {
        return Err(Refusal::no_such_id());
    }
    if token.get("max_amount").and_then(Value::as_i64).is_none_or(|max| max < 100) {
        return Err(Refusal::field("max_amount", "The max amount must be at least INR 1.00."));
    }
    Ok(Some(customer.to_owned()))
}

/// Also for links, each of which has an order of its own.
pub(super) fn put(sim: &mut RazorpaySim, order: Order) {
    let id = order.id.clone();
    for mut dial in kit::from_notes(&order.notes) {
        // What was asked of the creation itself has been dealt with on the way in.
        if dial.matches.op != Some(Op::CreateOrder) {
            dial.matches.order = Some(id.clone());
            sim.panel.set(dial);
        }
    }
    let line = JournalLine {
        at: sim.now,
        what: "order",
        account: sim.accounts[order.account].given.key_id.clone(),
        id: id.clone(),
        of: String::new(),
        our_ref: order.receipt.clone().unwrap_or_default(),
        amount_minor: order.amount,
        currency: order.currency.clone(),
    };
    sim.orders.put(&id, order);
    sim.journal.push(line);
}

/// The order's own capture settings; all periods are minutes.
fn capture_rule(sim: &RazorpaySim, ask: &Ask<'_>) -> Result<CaptureRule, Refusal> {
    let mut rule = sim.capture_rule(ask.account);
    match ask.body.get("payment_capture") {
        // The older way to say it, which the SDKs' samples still use.
        Some(Value::Bool(yes)) => rule.automatic = *yes,
        Some(Value::Number(n)) => rule.automatic = n.as_i64() == Some(1),
        Some(Value::String(text)) => rule.automatic = text == "1",
        _ => {}
    }
    let Some(settings) = ask.body.get("payment").filter(|p| !p.is_null()) else {
        return Ok(rule);
    };
    match settings.get("capture").and_then(Value::as_str) {
        Some("automatic") => rule.automatic = true,
        Some("manual") => rule.automatic = false,
        _ => return Err(Refusal::field("payment.capture", "The selected capture is invalid.")),
    }
    let Some(options) = settings.get("capture_options").filter(|o| !o.is_null()) else {
        return Ok(rule);
    };
    let automatic = super::ask::whole(options, "automatic_expiry_period")?;
    let manual = super::ask::whole(options, "manual_expiry_period")?;
    if automatic.is_some_and(|m| m < 12) {
        return Err(Refusal::field(
            "automatic_expiry_period",
            "The automatic expiry period must be at least 12.",
        ));
    }
    if manual.is_some_and(|m| m > 7200) {
        return Err(Refusal::field(
            "manual_expiry_period",
            "The manual expiry period may not be greater than 7200.",
        ));
    }
    if let (Some(automatic), Some(manual)) = (automatic, manual)
        && manual < automatic
    {
        let text = "The manual expiry period must be greater than or equal to the automatic expiry period.";
        return Err(Refusal::field("manual_expiry_period", text));
    }
    if let Some(automatic) = automatic {
        rule.automatic_for_ms = minutes(automatic.min(7200));
        rule.hold_ms = rule.hold_ms.max(rule.automatic_for_ms);
    }
    if let Some(manual) = manual {
        rule.hold_ms = minutes(manual.max(1));
        rule.automatic_for_ms = rule.automatic_for_ms.min(rule.hold_ms);
    }
    Ok(rule)
}

/// Newest first, as Razorpay lists.
pub(super) fn list(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let page = ask.page(100)?;
    let receipt = ask.query("receipt");
    let authorized = ask.query("authorized").map(|text| text == "1");
    let expand = ask.expands("payments");
    let items = sim
        .orders
        .iter()
        .rev()
        .filter(|o| o.account == ask.account && page.holds(o.created))
        .filter(|o| receipt.is_none_or(|wanted| o.receipt.as_deref() == Some(wanted)))
        .filter(|o| authorized.is_none_or(|wanted| has_authorized(sim, o) == wanted))
        .skip(page.skip)
        .take(page.count)
        .map(|o| if expand { with_payments(sim, o) } else { show::order(o) })
        .collect();
    Ok(collection(items))
}

fn has_authorized(sim: &RazorpaySim, order: &Order) -> bool {
    let held = |p: &String| {
        let status = sim.payments.get(p).map(|p| p.status);
        matches!(status, Some(PaymentStatus::Authorized | PaymentStatus::Captured))
    };
    order.payments.iter().any(held)
}

fn with_payments(sim: &RazorpaySim, order: &Order) -> Value {
    let mut shown = show::order(order);
    shown["payments"] = payments_of(sim, order);
    shown
}

fn payments_of(sim: &RazorpaySim, order: &Order) -> Value {
    collection(order.payments.iter().rev().filter_map(|id| sim.payments.get(id)).map(show::payment).collect())
}

pub(super) fn fetch(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let order = find(sim, ask)?;
    Ok(if ask.expands("payments") { with_payments(sim, order) } else { show::order(order) })
}

/// The order of the items is not documented; the newest try comes first here, so that taking the last one is wrong.
pub(super) fn payments(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    Ok(payments_of(sim, find(sim, ask)?))
}

pub(super) fn edit(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let id = find(sim, ask)?.id.clone();
    if ask.body.get("notes").is_none() {
        return Err(Refusal::missing("notes"));
    }
    let notes = ask.notes()?;
    let order = sim.orders.get_mut(&id).expect("found above");
    order.notes = notes;
    Ok(show::order(order))
}

fn find<'a>(sim: &'a RazorpaySim, ask: &Ask<'_>) -> Result<&'a Order, Refusal> {
    let id = ask.id(0);
    if !well_formed(id, "order_") {
        return Err(Refusal::bad(format!("{} is not a valid id", short(id))));
    }
    sim.orders.get(id).filter(|o| o.account == ask.account).ok_or_else(Refusal::no_such_id)
}

/// An id has its prefix and fourteen letters or digits.
fn well_formed(id: &str, prefix: &str) -> bool {
    id.strip_prefix(prefix)
        .is_some_and(|rest| rest.len() == 14 && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

/// What is still due on an order, and in what currency; a paid one takes no further payment from the API.
pub(super) fn payable(sim: &RazorpaySim, account: usize, id: &str) -> Result<(i64, String), Refusal> {
    let order = sim.orders.get(id).filter(|o| o.account == account).ok_or_else(Refusal::no_such_id)?;
    if order.status == OrderStatus::Paid {
        return Err(Refusal::bad("Payment already done for this order."));
    }
    Ok((order.amount - order.amount_paid, order.currency.clone()))
}
