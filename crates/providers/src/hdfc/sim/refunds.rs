//! Refunds: queued, then processed, failed, or before a person; by the bank's path and by Juspay's older one.

use super::HdfcSim;
use super::ask::{Ask, Refusal, Said};
use super::craft::paise;
use super::state::{Moved, Order, Refund, RefundStatus, Status};
use super::{bank, clock::Timer, hooks, orders, show};
use crate::sim::kit::Place;
use crate::sim::{Fault, JournalLine, Op};
use hundi_core::time::{days, seconds};

const NAME_MAX: usize = 20;
/// Another refund of the same amount this soon after is taken for a repeat.
const REPEAT_MS: i64 = seconds(5);
/// What is pending longer goes before a person.
const REVIEW_AFTER_MS: i64 = days(10);

/// `POST /orders/{order_id}/refunds`: answers the order.
pub(super) fn of_order(sim: &mut HdfcSim, ask: &Ask<'_>) -> Said {
    let order_id = ask.id.clone();
    let (order, _) = accepted(sim, ask, &order_id)?;
    let order = sim.orders.get(&order).expect("found above");
    Ok(show::order(sim, order, ask.base_url))
}

/// `POST /refunds`: with an order it answers the order, as the bank's kit expects; with a try the refund alone.
pub(super) fn alone(sim: &mut HdfcSim, ask: &Ask<'_>) -> Said {
    if let Some(order_id) = ask.text("order_id") {
        let (order, _) = accepted(sim, ask, &order_id)?;
        let order = sim.orders.get(&order).expect("found above");
        return Ok(show::order(sim, order, ask.base_url));
    }
    let txn = ask.needed("txn_id")?;
    let order = bank::order_of(sim, &txn).filter(|o| o.account == ask.account);
    let order_id = order.map(|o| o.order_id.clone()).ok_or_else(|| Refusal::no_such_order(&txn))?;
    let (order, name) = accepted(sim, ask, &order_id)?;
    let key = show::key(sim.orders.get(&order).expect("found above"), &name);
    Ok(show::refund_alone(sim, sim.refunds.get(&key).expect("just made")))
}

/// The order's own id and the refund's name.
fn accepted(sim: &mut HdfcSim, ask: &Ask<'_>, order_id: &str) -> Result<(String, String), Refusal> {
    let order = orders::find(sim, ask.account, order_id).ok_or_else(|| Refusal::no_such_order(order_id))?;
    let id = order.id.clone();
    let missing = || Refusal::of_refund("Mandatory fields are missing", "Mandatory fields are missing");
    let name = ask.text("unique_request_id").ok_or_else(missing)?;
    if name.len() > NAME_MAX || !name.bytes().all(|c| c.is_ascii_alphanumeric()) {
        return Err(Refusal::of_refund("invalid.unique_request_id", "unique_request_id is invalid."));
    }
    let invalid = || Refusal::of_refund("invalid amount", "Amount is invalid.");
    let amount = match ask.text("amount") {
        Some(text) => Some(paise(&text).filter(|a| *a > 0).ok_or_else(invalid)?),
        None => None,
    };
    let name = accept(sim, &id, Some(name), amount, "API")?;
    Ok((id, name))
}

/// A refund that somebody wants, by API or in the dashboard.
pub(super) fn accept(
    sim: &mut HdfcSim,
    order_id: &str,
    name: Option<String>,
    amount: Option<i64>,
    initiated_by: &'static str,
) -> Result<String, Refusal> {
    let order = sim.orders.get(order_id).expect("the caller has found it");
    let repeat = |what: &str| {
        Refusal::of_refund("duplicate.call", &format!("A refund call was already {what} for the order."))
    };
    if name.as_ref().is_some_and(|n| order.refunds.contains(n)) {
        return Err(repeat("completed with this unique_request_id"));
    }
    let paid = show::standing(sim, order).filter(|t| t.status == Status::Charged);
    let txn =
        paid.ok_or_else(|| Refusal::of_refund("invalid.order.not_successful", "Order is not successful."))?;
    let left = txn.amount - txn.refunded;
    let amount = amount.unwrap_or(left);
    if amount > left || amount <= 0 {
        return Err(Refusal::of_refund(
            "invalid.amount.exceeded",
            "Refund amount exceeds the refundable amount.",
        ));
    }
    let same =
        |r: &&Refund| r.order == order.id && r.amount == amount && sim.now.since(r.created) < REPEAT_MS;
    if sim.refunds.iter().any(|r| same(&r)) {
        return Err(repeat("processing with this amount"));
    }
    let (txn, account) = (txn.id.clone(), order.account);
    let name = name.unwrap_or_else(|| format!("dash{}", sim.mint.digits(14)));
    take_on(
        sim,
        Refund {
            unique_request_id: name.clone(),
            account,
            order: order_id.to_owned(),
            txn,
            amount,
            status: RefundStatus::Pending,
            initiated_by,
            created: sim.now,
            reference: None,
        },
    );
    Ok(name)
}

fn take_on(sim: &mut HdfcSim, refund: Refund) {
    let (name, order) = (refund.unique_request_id.clone(), refund.order.clone());
    let mut target = bank::target(sim, &refund.txn, Op::Refund);
    target.amount = Some(refund.amount);
    target.refs.push(name.clone());
    sim.txns.get_mut(&refund.txn).expect("refunds are of tries that exist").refunded += refund.amount;
    let order = sim.orders.get_mut(&order).expect("refunds are of orders that exist");
    order.refunds.push(name.clone());
    let key = show::key(order, &name);
    let usual = sim.accounts[refund.account].refund_after_ms;
    sim.refunds.put(&key, refund);
    write(sim, "refund_accepted", &key);
    let now = sim.now;
    let (after, end): (i64, fn(String) -> Timer) = match sim.panel.take(Place::Refund, &target) {
        Some(Fault::RefundFails { ms }) => (ms, |refund| Timer::RefundFailed { refund }),
        Some(Fault::RefundDelay { ms }) => (ms, |refund| Timer::RefundProcessed { refund }),
        _ => (usual, |refund| Timer::RefundProcessed { refund }),
    };
    sim.timers.set(now.plus(after), end(key.clone()));
    if after > REVIEW_AFTER_MS {
        sim.timers.set(now.plus(REVIEW_AFTER_MS), Timer::RefundReviewed { refund: key });
    }
}

/// The bank has it.
pub(super) fn processed(sim: &mut HdfcSim, key: &str) {
    let reference = sim.mint.digits(12);
    let refund = sim.refunds.get_mut(key).expect("timers name refunds that exist");
    refund.status = RefundStatus::Success;
    refund.reference = Some(reference.clone());
    let moved = Moved {
        account: refund.account,
        track: refund.unique_request_id.clone(),
        reference,
        amount: refund.amount,
        is_refund: true,
        at: sim.now,
    };
    sim.moved.push(moved);
    write(sim, "refund_processed", key);
    told(sim, "ORDER_REFUNDED", key);
}

/// Nothing went back; another one with another name may be asked for.
pub(super) fn failed(sim: &mut HdfcSim, key: &str) {
    let refund = sim.refunds.get_mut(key).expect("timers name refunds that exist");
    refund.status = RefundStatus::Failure;
    let (txn, amount) = (refund.txn.clone(), refund.amount);
    sim.txns.get_mut(&txn).expect("refunds are of tries that exist").refunded -= amount;
    write(sim, "refund_failed", key);
    told(sim, "ORDER_REFUND_FAILED", key);
}

/// Nobody knows, and somebody has to look.
pub(super) fn reviewed(sim: &mut HdfcSim, key: &str) {
    let refund = sim.refunds.get_mut(key).expect("timers name refunds that exist");
    if refund.status == RefundStatus::Pending {
        refund.status = RefundStatus::ManualReview;
        told(sim, "REFUND_MANUAL_REVIEW_NEEDED", key);
    }
}

fn told(sim: &mut HdfcSim, event: &'static str, key: &str) {
    let txn = sim.refunds.get(key).expect("events are of refunds that exist").txn.clone();
    hooks::order_event(sim, event, &txn);
}

fn write(sim: &mut HdfcSim, what: &'static str, key: &str) {
    let refund = sim.refunds.get(key).expect("only refunds that exist are written about");
    let currency = sim.orders.get(&refund.order).map(|o: &Order| o.currency.clone()).unwrap_or_default();
    let line = JournalLine {
        at: sim.now,
        what,
        account: sim.accounts[refund.account].merchant_id.clone(),
        id: refund.unique_request_id.clone(),
        of: refund.txn.clone(),
        our_ref: if refund.initiated_by == "API" { refund.unique_request_id.clone() } else { String::new() },
        amount_minor: refund.amount,
        currency,
    };
    sim.journal.push(line);
}
