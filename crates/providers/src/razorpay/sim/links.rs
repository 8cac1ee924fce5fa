//! Payment links: a page of Razorpay's own that can be sent around, with an order behind it.

use super::ask::{Ask, Refusal, Said};
use super::clock::Timer;
use super::state::{Link, LinkStatus, Order, OrderStatus};
use super::{RazorpaySim, hooks, orders, show};
use hundi_core::Millis;
use serde_json::{Value, json};

const SOONEST_SECS: i64 = 15 * 60;
/// Six months, which is also how long a link lives that names no end.
const LATEST_SECS: i64 = 180 * 86_400;

pub(super) fn create(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let amount = ask.amount()?;
    let currency = ask.text("currency").unwrap_or("INR").to_owned();
    let reference = ask.text("reference_id").unwrap_or("").to_owned();
    if reference.chars().count() > 40 {
        return Err(Refusal::bare("reference id may not be greater than 40 characters"));
    }
    let taken = |l: &Link| l.account == ask.account && l.reference == reference;
    if !reference.is_empty() && sim.links.iter().any(taken) {
        return Err(Refusal::bare("payment link creation with reference ID already attempted"));
    }
    let yes = |name: &str| ask.body.get(name).and_then(Value::as_bool).unwrap_or(false);
    if yes("upi_link") {
        if yes("accept_partial") {
            return Err(Refusal::bare("partial payment not supported in upi link"));
        }
        return Err(Refusal::bare("UPI Payment Links is not supported in Test Mode"));
    }
    let expire_by = expire_by(sim.now, ask)?;
    let notes = link_notes(ask)?;
    let account = ask.account;
    let id = sim.mint.id("plink");
    let order = Order {
        id: sim.mint.id("order"),
        account,
        amount,
        amount_paid: 0,
        currency: currency.clone(),
        receipt: None,
        notes: ask.notes()?,
        status: OrderStatus::Created,
        attempts: 0,
        created: sim.now,
        // Links are always captured by Razorpay itself.
        capture: super::state::CaptureRule { automatic: true, ..sim.capture_rule(account) },
        payments: Vec::new(),
        registers_for: None,
        link: Some(id.clone()),
    };
    let link = Link {
        id: id.clone(),
        account,
        order: order.id.clone(),
        amount,
        amount_paid: 0,
        currency,
        reference,
        description: ask.text("description").unwrap_or("").to_owned(),
        customer: customer(ask),
        notify: notify(ask),
        notes,
        callback_url: ask.text("callback_url").unwrap_or("").to_owned(),
        accept_partial: yes("accept_partial"),
        first_min_partial: ask.whole("first_min_partial_amount")?.unwrap_or(0),
        reminder_enable: yes("reminder_enable"),
        status: LinkStatus::Created,
        payments: Vec::new(),
        short_url: format!("{}/sim/l/{id}", ask.base_url),
        expire_by: expire_by.unwrap_or(0),
        cancelled_at: 0,
        expired_at: 0,
        created: sim.now,
        updated: sim.now,
    };
    sim.links.put(&id, link);
    orders::put(sim, order);
    let ends = expire_by.unwrap_or(sim.now.secs() + LATEST_SECS);
    sim.at(Millis::from_secs(ends), Timer::LinkExpires { link: id.clone() });
    Ok(shown(sim, &id))
}

fn expire_by(now: Millis, ask: &Ask<'_>) -> Result<Option<i64>, Refusal> {
    let Some(at) = ask.whole("expire_by")?.filter(|at| *at != 0) else { return Ok(None) };
    if at < now.secs().saturating_add(SOONEST_SECS) {
        return Err(Refusal::bare("timestamp must be atleast 15 minutes in future"));
    }
    if at > now.secs().saturating_add(LATEST_SECS + 5 * 86_400) {
        return Err(Refusal::bare("expire_by cannot be more than 6 months in future"));
    }
    Ok(Some(at))
}

/// Links say null where everything else says `[]`.
fn link_notes(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let notes = ask.notes()?;
    Ok(if notes.is_array() { Value::Null } else { notes })
}

fn customer(ask: &Ask<'_>) -> Value {
    let given = ask.body.get("customer").and_then(Value::as_object);
    Value::Object(given.cloned().unwrap_or_default())
}

fn notify(ask: &Ask<'_>) -> Value {
    let given = |name: &str| {
        ask.body
            .get("notify")
            .and_then(|n| n.get(name))
            .is_some_and(|v| v == &json!(true) || v == &json!("1"))
    };
    json!({ "email": given("email"), "sms": given("sms"), "whatsapp": given("whatsapp") })
}

/// `payment_links` and nothing else around them: this list has no `items`, `entity` or `count`.
pub(super) fn list(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let page = ask.page(100)?;
    let (reference, payment) = (ask.query("reference_id"), ask.query("payment_id"));
    let links: Vec<Value> = sim
        .links
        .iter()
        .rev()
        .filter(|l| l.account == ask.account && page.holds(l.created))
        .filter(|l| reference.is_none_or(|r| l.reference == r))
        .filter(|l| payment.is_none_or(|p| l.payments.iter().any(|own| own == p)))
        .skip(page.skip)
        .take(page.count)
        .map(|l| show::link(sim, l))
        .collect();
    Ok(json!({ "payment_links": links }))
}

pub(super) fn fetch(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let id = find(sim, ask)?;
    Ok(shown(sim, &id))
}

pub(super) fn edit(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let id = find(sim, ask)?;
    let status = sim.links.get(&id).expect("found above").status;
    if !matches!(status, LinkStatus::Created | LinkStatus::PartiallyPaid) {
        return Err(Refusal::bare("update can only be made in created or partially paid state"));
    }
    let expire_by = expire_by(sim.now, ask)?;
    let notes = if ask.body.get("notes").is_some() { Some(link_notes(ask)?) } else { None };
    let now = sim.now;
    let link = sim.links.get_mut(&id).expect("found above");
    if let Some(reference) = ask.text("reference_id") {
        reference.clone_into(&mut link.reference);
    }
    if let Some(notes) = notes {
        link.notes = notes;
    }
    if let Some(yes) = ask.body.get("accept_partial").and_then(Value::as_bool) {
        link.accept_partial = yes;
    }
    if let Some(yes) = ask.body.get("reminder_enable").and_then(Value::as_bool) {
        link.reminder_enable = yes;
    }
    link.updated = now;
    if let Some(at) = expire_by {
        link.expire_by = at;
        sim.at(Millis::from_secs(at), Timer::LinkExpires { link: id.clone() });
    }
    Ok(shown(sim, &id))
}

pub(super) fn cancel(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let id = find(sim, ask)?;
    let now = sim.now;
    let link = sim.links.get_mut(&id).expect("found above");
    match link.status {
        LinkStatus::Created => {}
        LinkStatus::Paid | LinkStatus::PartiallyPaid => {
            return Err(Refusal::bare("cannot cancel or expire an already paid/partially paid link"));
        }
        LinkStatus::Expired => return Err(Refusal::bare("cannot cancel or expire an expired link")),
        LinkStatus::Cancelled => return Err(Refusal::bare("cannot cancel or expire a cancelled link")),
    }
    link.status = LinkStatus::Cancelled;
    link.cancelled_at = now.secs();
    link.updated = now;
    hooks::link_event(sim, "payment_link.cancelled", &id, None);
    Ok(shown(sim, &id))
}

/// Its time is over. An end that was put off meanwhile is not yet over.
pub(super) fn expire(sim: &mut RazorpaySim, id: &str) {
    let now = sim.now;
    let link = sim.links.get_mut(id).expect("timers name links that exist");
    if link.expire_by > now.secs() {
        return;
    }
    link.status = LinkStatus::Expired;
    link.expired_at = now.secs();
    link.updated = now;
    hooks::link_event(sim, "payment_link.expired", id, None);
}

pub(super) fn notify_by(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    find(sim, ask)?;
    match ask.id(1) {
        "sms" | "email" => Ok(json!({ "success": true })),
        _ => Err(Refusal::bare("not a valid notification medium")),
    }
}

fn find(sim: &RazorpaySim, ask: &Ask<'_>) -> Result<String, Refusal> {
    let found = sim.links.get(ask.id(0)).filter(|l| l.account == ask.account);
    found.map(|l| l.id.clone()).ok_or_else(|| Refusal::bare("The id provided does not exist"))
}

fn shown(sim: &RazorpaySim, id: &str) -> Value {
    show::link(sim, sim.links.get(id).expect("found or just made"))
}
