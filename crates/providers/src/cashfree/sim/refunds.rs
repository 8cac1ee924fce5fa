//! Refunds: accepted, gone back or called off later, and known by the merchant's own name of them.

use super::ask::{Ask, Refusal, Said};
use super::clock::Timer;
use super::state::{Order, Payment, Refund, RefundStatus, Status, order_key};
use super::{CashfreeSim, bank, craft, hooks, show};
use crate::sim::kit::Place;
use crate::sim::{Fault, JournalLine, Op};
use hundi_core::time::days;
use serde_json::Value;

/// Six months.
const LATEST_MS: i64 = days(180);
const REFERENCE_CHARS: std::ops::RangeInclusive<usize> = 3..=40;

pub(super) fn create(sim: &mut CashfreeSim, ask: &Ask) -> Said {
    let order = ask.order(sim)?.clone();
    let reference = ask.text("refund_id").unwrap_or_default().to_owned();
    let fit = reference.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
    if !REFERENCE_CHARS.contains(&reference.len()) || !fit {
        return Err(Refusal::field("refund_id", "invalid"));
    }
    let amount = ask.number("refund_amount").and_then(|text| craft::paise(&text));
    let amount = amount.ok_or_else(|| Refusal::field("refund_amount", "invalid"))?;
    if let Some(known) = of_order(sim, &order).find(|refund| refund.reference == reference) {
        // The same once more is the one that there is.
        if known.amount == amount {
            return Ok(show::refund(&order, known));
        }
        return Err(Refusal::bad("refund_id_already_exists", "refund_id is used by another refund"));
    }
    let note = ask.text("refund_note").map(str::to_owned);
    let id = accept(sim, &order, reference, amount, note)?;
    Ok(show::refund(&order, sim.refunds.get(&id).expect("just put")))
}

fn of_order<'s>(sim: &'s CashfreeSim, order: &'s Order) -> impl Iterator<Item = &'s Refund> {
    sim.refunds.iter().filter(|refund| order.payments.contains(&refund.payment))
}

/// What was given back of a try, or is on its way.
fn given(sim: &CashfreeSim, payment: &str) -> i64 {
    let counts = |r: &&Refund| r.payment == payment && !matches!(r.status, RefundStatus::Cancelled { .. });
    sim.refunds.iter().filter(counts).map(|r| r.amount).sum()
}

/// Checks a refund against what was taken and takes it on.
fn accept(
    sim: &mut CashfreeSim,
    order: &Order,
    reference: String,
    amount: i64,
    note: Option<String>,
) -> Result<String, Refusal> {
    let not_allowed = |why: &str| Refusal::conflict("refund_not_allowed", why);
    let taken = |payment: &&Payment| matches!(payment.status, Status::Captured { .. });
    let payment = order.payments.iter().filter_map(|id| sim.payments.get(id)).find(taken);
    let payment = payment.ok_or_else(|| not_allowed("the order is not paid"))?;
    if sim.now.since(payment.created) > LATEST_MS {
        return Err(not_allowed("the order is more than six months old"));
    }
    if amount > payment.taken.unwrap_or(payment.amount) - given(sim, &payment.id) {
        return Err(Refusal::field("refund_amount", "invalid"));
    }
    let (account, payment) = (payment.account, payment.id.clone());
    let id = sim.mint.digits(8);
    let arn = sim.mint.digits(12);
    let mut target = bank::target(sim, &payment, Op::Refund);
    target.amount = Some(amount);
    target.refs.push(reference.clone());
    let (status, created) = (RefundStatus::Pending, sim.now);
    let refund = Refund { id: id.clone(), reference, account, payment, amount, note, status, arn, created };
    sim.refunds.put(&id, refund);
    write(sim, "refund_accepted", &id);
    let refund = id.clone();
    match sim.panel.take(Place::Refund, &target) {
        Some(Fault::RefundFails { ms }) => sim.after(ms, Timer::RefundFailed { refund }),
        Some(Fault::RefundDelay { ms }) => sim.after(ms, Timer::RefundDone { refund }),
        _ => sim.after(sim.accounts[account].refund_after_ms, Timer::RefundDone { refund }),
    }
    Ok(id)
}

pub(super) fn fetch(sim: &mut CashfreeSim, ask: &Ask) -> Said {
    let order = ask.order(sim)?;
    let found = of_order(sim, order).find(|refund| refund.reference == ask.id(1));
    let refund = found.ok_or_else(|| Refusal::not_found("refund_not_found", "refund not found"))?;
    Ok(show::refund(order, refund))
}

pub(super) fn list(sim: &mut CashfreeSim, ask: &Ask) -> Said {
    let order = ask.order(sim)?;
    Ok(of_order(sim, order).map(|refund| show::refund(order, refund)).collect())
}

/// The bank has it.
pub(super) fn done(sim: &mut CashfreeSim, id: &str) {
    let at = sim.now;
    sim.refunds.get_mut(id).expect("timers name refunds that exist").status = RefundStatus::Success { at };
    write(sim, "refund_processed", id);
    hooks::refund(sim, id);
}

/// The money stays with the merchant, and the payment counts as less refunded.
pub(super) fn failed(sim: &mut CashfreeSim, id: &str) {
    let at = sim.now;
    sim.refunds.get_mut(id).expect("timers name refunds that exist").status = RefundStatus::Cancelled { at };
    write(sim, "refund_failed", id);
    hooks::refund(sim, id);
}

/// A refund made by hand in the dashboard, under a name of Cashfree's own making.
pub(super) fn in_dashboard(
    sim: &mut CashfreeSim,
    payment: &str,
    amount: Option<i64>,
) -> Result<Value, String> {
    let found = sim.payments.get(payment).ok_or("no such payment")?;
    let left = found.taken.unwrap_or(found.amount) - given(sim, payment);
    let order = sim.orders.get(&found.order).ok_or("no such order")?.clone();
    let reference = format!("dashboard_{}", sim.mint.digits(12));
    let id = accept(sim, &order, reference, amount.unwrap_or(left), None);
    let id = id.map_err(|refusal| format!("{refusal:?}"))?;
    Ok(show::refund(&order, sim.refunds.get(&id).expect("just put")))
}

fn write(sim: &mut CashfreeSim, what: &'static str, id: &str) {
    let refund = sim.refunds.get(id).expect("only refunds that exist are written about");
    let line = JournalLine {
        at: sim.now,
        what,
        account: sim.accounts[refund.account].client_id.clone(),
        id: refund.id.clone(),
        of: refund.payment.clone(),
        our_ref: refund.reference.clone(),
        amount_minor: refund.amount,
        currency: "INR".to_owned(),
    };
    sim.journal.push(line);
}

/// The order that a refund is of, for lists.
pub(super) fn order_of<'s>(sim: &'s CashfreeSim, refund: &Refund) -> Option<&'s Order> {
    let payment = sim.payments.get(&refund.payment)?;
    let order = sim.orders.get(&payment.order)?;
    debug_assert_eq!(order_key(order.account, &order.id), payment.order);
    Some(order)
}
