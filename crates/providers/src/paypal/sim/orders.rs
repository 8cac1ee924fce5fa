//! Orders: what is owed, and the merchant's word to take it.

use super::ask::{self, Ask, Refusal, Said};
use super::craft::Sum;
use super::keys::{self, Made};
use super::state::{Bend, Intent, Order, OrderStatus};
use super::{PayPalSim, bank, show};
use hundi_core::time::hours;
use serde_json::{Value, json};

/// How long an order waits for its payer, and then for its merchant.
const UNAPPROVED_MS: i64 = hours(3);
const APPROVED_MS: i64 = hours(72);

pub(super) fn create(sim: &mut PayPalSim, ask: &Ask) -> Said {
    if let Some(value) = keys::seen(sim, ask)? {
        return Ok((200, value));
    }
    let source = ask.body.get("payment_source").filter(|s| !s.is_null());
    if source.is_some() && ask.key.is_none() {
        return Err(Refusal::invalid("PAYPAL_REQUEST_ID_REQUIRED"));
    }
    let intent = match ask.text("intent", 32)?.as_deref() {
        Some("CAPTURE") => Intent::Capture,
        Some("AUTHORIZE") => Intent::Authorize,
        Some(_) => return Err(Refusal::invalid("INVALID_PARAMETER_VALUE")),
        None => return Err(Refusal::invalid("MISSING_REQUIRED_PARAMETER")),
    };
    let units = ask.body.get("purchase_units").and_then(Value::as_array);
    let unit = match units.map(Vec::as_slice) {
        Some([one]) => one,
        // PayPal takes ten; here one is enough.
        Some([_, _, ..]) => return Err(Refusal::invalid("INVALID_ARRAY_MAX_ITEMS")),
        Some([]) | None => return Err(Refusal::invalid("MISSING_REQUIRED_PARAMETER")),
    };
    let amount = unit.get("amount").ok_or_else(|| Refusal::invalid("MISSING_REQUIRED_PARAMETER"))?;
    let sum = ask::sum(amount)?;
    adds_up(amount, &sum)?;
    let context = source.and_then(|s| s.pointer("/paypal/experience_context"));
    let context =
        context.or_else(|| ask.body.get("application_context")).cloned().unwrap_or_else(|| json!({}));
    let order = Order {
        id: sim.id(),
        account: ask.account,
        intent,
        sum,
        amount: amount.clone(),
        reference_id: ask::text(unit, "reference_id", 256)?.unwrap_or_else(|| "default".to_owned()),
        invoice_id: ask::text(unit, "invoice_id", 127)?,
        custom_id: ask::text(unit, "custom_id", 127)?,
        description: ask::text(unit, "description", 127)?,
        brand_name: ask::text(&context, "brand_name", 127)?,
        return_url: ask::text(&context, "return_url", 4000)?,
        cancel_url: ask::text(&context, "cancel_url", 4000)?,
        status: if source.is_some() { OrderStatus::PayerActionRequired } else { OrderStatus::Created },
        bend: Bend::None,
        paid_with: "paypal",
        created: sim.now,
        updated: sim.now,
        approved: None,
        authorizations: Vec::new(),
        captures: Vec::new(),
    };
    let id = order.id.clone();
    sim.orders.put(&id, order);
    bank::write_order(sim, &id);
    keys::made(sim, ask, Made::Order(id))
}

/// A breakdown must come to the whole.
fn adds_up(amount: &Value, whole: &Sum) -> Result<(), Refusal> {
    let Some(parts) = amount.get("breakdown").and_then(Value::as_object) else { return Ok(()) };
    let mut total = 0;
    for (name, part) in parts {
        let part = Sum::parse(part).map_err(Refusal::issue)?;
        if part.currency != whole.currency {
            return Err(Refusal::issue("MULTI_CURRENCY_ORDER"));
        }
        match name.as_str() {
            "item_total" | "shipping" | "handling" | "tax_total" | "insurance" => total += part.minor,
            "discount" | "shipping_discount" => total -= part.minor,
            _ => return Err(Refusal::invalid("INVALID_PARAMETER_VALUE")),
        }
    }
    if total == whole.minor { Ok(()) } else { Err(Refusal::issue("AMOUNT_MISMATCH")) }
}

/// An order of this account that has not ended by itself.
fn found<'s>(sim: &'s PayPalSim, ask: &Ask) -> Result<&'s Order, Refusal> {
    let order = sim.orders.get(ask.id()).filter(|o| o.account == ask.account);
    let order = order.ok_or_else(Refusal::no_such_id)?;
    if is_over(sim, order) { Err(Refusal::no_such_id()) } else { Ok(order) }
}

pub(super) fn is_over(sim: &PayPalSim, order: &Order) -> bool {
    match (order.status, order.approved) {
        (OrderStatus::Completed, _) => false,
        (_, Some(approved)) => sim.now.since(approved) > APPROVED_MS,
        (_, None) => sim.now.since(order.created) > UNAPPROVED_MS,
    }
}

pub(super) fn fetch(sim: &mut PayPalSim, ask: &Ask) -> Said {
    Ok((200, show::order(sim, found(sim, ask)?)))
}

/// JSON patch, of the parts that merchants change.
pub(super) fn patch(sim: &mut PayPalSim, ask: &Ask) -> Said {
    let id = found(sim, ask)?.id.clone();
    let patches: Value =
        serde_json::from_slice(&ask.raw).map_err(|_| Refusal::invalid("MALFORMED_REQUEST_JSON"))?;
    let order = sim.orders.get_mut(&id).expect("found above");
    if order.status == OrderStatus::Completed {
        return Err(Refusal::issue("ORDER_ALREADY_CAPTURED"));
    }
    for change in patches.as_array().into_iter().flatten() {
        let path = change.get("path").and_then(Value::as_str).unwrap_or_default();
        let text = change.get("value").and_then(Value::as_str).map(str::to_owned);
        match path.rsplit('/').next() {
            Some("amount") => {
                let amount = change.get("value").cloned().unwrap_or_default();
                let sum = ask::sum(&amount)?;
                adds_up(&amount, &sum)?;
                (order.sum, order.amount) = (sum, amount);
            }
            Some("invoice_id") => order.invoice_id = text,
            Some("custom_id") => order.custom_id = text,
            Some("description") => order.description = text,
            _ => return Err(Refusal::issue("NOT_PATCHABLE")),
        }
    }
    Ok((204, Value::Null))
}

pub(super) fn confirm(sim: &mut PayPalSim, ask: &Ask) -> Said {
    let id = found(sim, ask)?.id.clone();
    let order = sim.orders.get_mut(&id).expect("found above");
    if order.status == OrderStatus::Created {
        order.status = OrderStatus::PayerActionRequired;
    }
    Ok((200, show::order(sim, sim.orders.get(&id).expect("found above"))))
}

pub(super) fn capture(sim: &mut PayPalSim, ask: &Ask) -> Said {
    finish(sim, ask, Intent::Capture)
}

pub(super) fn authorize(sim: &mut PayPalSim, ask: &Ask) -> Said {
    finish(sim, ask, Intent::Authorize)
}

fn finish(sim: &mut PayPalSim, ask: &Ask, intent: Intent) -> Said {
    if let Some(value) = keys::seen(sim, ask)? {
        return Ok((200, value));
    }
    let order = sim.orders.get(ask.id()).filter(|o| o.account == ask.account);
    let order = order.ok_or_else(Refusal::no_such_id)?;
    if is_over(sim, order) {
        let expired = if order.approved.is_some() { "ORDER_EXPIRED" } else { "INVALID_RESOURCE_ID" };
        return Err(Refusal::issue(expired));
    }
    match (order.status, intent) {
        (OrderStatus::Completed, Intent::Capture) => return Err(Refusal::issue("ORDER_ALREADY_CAPTURED")),
        (OrderStatus::Completed, Intent::Authorize) => {
            return Err(Refusal::issue("ORDER_ALREADY_AUTHORIZED"));
        }
        (OrderStatus::Created | OrderStatus::PayerActionRequired, _) => {
            return Err(Refusal::issue("ORDER_NOT_APPROVED"));
        }
        (OrderStatus::Approved, _) => {}
    }
    if order.intent != intent {
        return Err(Refusal::issue("ACTION_DOES_NOT_MATCH_INTENT"));
    }
    if let Bend::Refused(issue) = &order.bend {
        return Err(Refusal::issue(issue));
    }
    let (id, now) = (order.id.clone(), sim.now);
    let order = sim.orders.get_mut(&id).expect("found above");
    order.status = OrderStatus::Completed;
    order.updated = now;
    match intent {
        Intent::Capture => bank::take_order(sim, &id),
        Intent::Authorize => bank::hold(sim, &id),
    };
    keys::made(sim, ask, Made::Order(id))
}
