//! What happens to a try: started, charged, held, failed, given back. The one place that moves it.
//!
//! Every real movement is written into the journal here, before any fault can hide it from the merchant.

use super::HdfcSim;
use super::ask::{Ask, Refusal, Said};
use super::state::{Instrument, Moved, Order, Status, Txn};
use super::{clock::Timer, hooks, show};
use crate::sim::kit::{Place, Target};
use crate::sim::{Fault, JournalLine, Op};
use hundi_core::time::{days, minutes};

/// A try that the bank says nothing about is given up after so long, and may still succeed afterwards.
const SILENCE_MS: i64 = minutes(15);
/// How long a hold lasts that nobody takes.
const HOLD_MS: i64 = days(5);

/// A try in `PENDING_VBV`: its payer is at the bank or in the UPI app.
pub(super) fn start(sim: &mut HdfcSim, order_id: &str, instrument: Instrument) -> String {
    let uuid = sim.mint.fourteen();
    let order = sim.orders.get_mut(order_id).expect("the caller has found it");
    let merchant = &sim.accounts[order.account].merchant_id;
    let id = format!("{merchant}-{}-{}", order.order_id, order.txns.len() + 1);
    order.txns.push(id.clone());
    let txn = Txn {
        id: id.clone(),
        uuid,
        account: order.account,
        order: order.id.clone(),
        amount: order.amount,
        instrument,
        status: Status::PendingVbv,
        created: sim.now,
        error: String::new(),
        rrn: String::new(),
        refunded: 0,
    };
    sim.txns.put(&id, txn);
    sim.timers.set(sim.now.plus(SILENCE_MS), Timer::GiveUp { txn: id.clone() });
    hooks::order_event(sim, "TXN_CREATED", &id);
    id
}

/// The bank said yes. Also after a failure: a failed try is not final at Juspay. A second success on an order that is
/// paid already is given back at once.
pub(super) fn succeed(sim: &mut HdfcSim, id: &str, hold: bool) {
    let Some(txn) = sim.txns.get(id).filter(|t| t.status.can_succeed()) else { return };
    let order = sim.orders.get(&txn.order).expect("tries name orders that exist");
    let paid_by_another = show::standing(sim, order)
        .is_some_and(|t| t.id != id && matches!(t.status, Status::Charged | Status::Authorized));
    let hold = hold || !order.auto_capture;
    if paid_by_another {
        return give_back(sim, id);
    }
    let wrong = sim.panel.take(Place::Amount, &target(sim, id, Op::Pay));
    let rrn = sim.mint.digits(12);
    let txn = sim.txns.get_mut(id).expect("looked up above");
    if let Some(Fault::WrongAmount { minor }) = wrong {
        txn.amount = minor;
    }
    txn.rrn = rrn;
    txn.error = String::new();
    txn.status = Status::Authorized;
    write(sim, "authorized", id);
    if hold {
        sim.timers.set(sim.now.plus(HOLD_MS), Timer::Release { txn: id.to_owned() });
        hooks::order_event(sim, "ORDER_AUTHORIZED", id);
    } else {
        take(sim, id);
    }
}

/// Takes what is held.
fn take(sim: &mut HdfcSim, id: &str) {
    let txn = sim.txns.get_mut(id).expect("the caller has found it");
    txn.status = Status::Charged;
    let moved = Moved {
        account: txn.account,
        track: txn.id.clone(),
        reference: txn.rrn.clone(),
        amount: txn.amount,
        is_refund: false,
        at: sim.now,
    };
    sim.moved.push(moved);
    write(sim, "captured", id);
    hooks::order_event(sim, "TXN_CHARGED", id);
    hooks::order_event(sim, "ORDER_SUCCEEDED", id);
}

/// The bank said no, or nobody said anything. Only a try that is still open can fail.
pub(super) fn fail(sim: &mut HdfcSim, id: &str, status: Status, error: &str) {
    let Some(txn) = sim.txns.get_mut(id).filter(|t| t.status == Status::PendingVbv) else { return };
    txn.status = status;
    error.clone_into(&mut txn.error);
    write(sim, "failed", id);
    hooks::order_event(sim, "ORDER_FAILED", id);
}

/// Lets a hold go.
pub(super) fn release(sim: &mut HdfcSim, id: &str) {
    let Some(txn) = sim.txns.get_mut(id).filter(|t| t.status == Status::Authorized) else { return };
    txn.status = Status::Voided;
    write(sim, "released", id);
}

/// A success that came too late and is given back by the gateway itself: the merchant never gets it.
pub(super) fn give_back(sim: &mut HdfcSim, id: &str) {
    let Some(txn) = sim.txns.get_mut(id).filter(|t| t.status.can_succeed()) else { return };
    txn.status = Status::AutoRefunded;
    txn.error = String::new();
    write(sim, "released", id);
    hooks::order_event(sim, "AUTO_REFUND_SUCCEEDED", id);
}

// ---- by API, for orders that were made to be held

pub(super) fn capture(sim: &mut HdfcSim, ask: &Ask<'_>) -> Said {
    let id = held(sim, ask, "Capture")?;
    let wrong = sim.panel.take(Place::Amount, &target(sim, &id, Op::Capture));
    if let Some(Fault::WrongAmount { minor }) = wrong {
        sim.txns.get_mut(&id).expect("found above").amount = minor;
    }
    take(sim, &id);
    shown(sim, ask, &id)
}

pub(super) fn void(sim: &mut HdfcSim, ask: &Ask<'_>) -> Said {
    let id = held(sim, ask, "Void")?;
    release(sim, &id);
    shown(sim, ask, &id)
}

fn held(sim: &HdfcSim, ask: &Ask<'_>, what: &str) -> Result<String, Refusal> {
    let found = sim.txns.iter().find(|t| t.account == ask.account && t.uuid == ask.id);
    let txn = found.ok_or_else(|| Refusal::new(400, "RESOURCE_NOT_FOUND", "Invalid txn_uuid"))?;
    if txn.status == Status::Authorized {
        return Ok(txn.id.clone());
    }
    Err(Refusal::invalid(&format!("Cannot {what} {} Transaction", txn.status.word())))
}

fn shown(sim: &HdfcSim, ask: &Ask<'_>, txn: &str) -> Said {
    let order = order_of(sim, txn).ok_or_else(Refusal::no_such_url)?;
    Ok(show::order(sim, order, ask.base_url))
}

// ---- for all

pub(super) fn order_of<'a>(sim: &'a HdfcSim, txn: &str) -> Option<&'a Order> {
    sim.txns.get(txn).and_then(|t| sim.orders.get(&t.order))
}

/// What a fault may be aimed at when this try moves.
pub(super) fn target(sim: &HdfcSim, txn: &str, op: Op) -> Target {
    let Some(order) = order_of(sim, txn) else { return Target::default() };
    Target {
        op: Some(op),
        amount: sim.txns.get(txn).map(|t| t.amount),
        refs: vec![order.order_id.clone()],
        order: Some(order.id.clone()),
        key_id: sim.accounts[order.account].merchant_id.clone(),
        event: None,
    }
}

fn write(sim: &mut HdfcSim, what: &'static str, id: &str) {
    let txn = sim.txns.get(id).expect("only tries that exist are written about");
    let order = sim.orders.get(&txn.order).expect("tries name orders that exist");
    let line = JournalLine {
        at: sim.now,
        what,
        account: sim.accounts[txn.account].merchant_id.clone(),
        id: txn.id.clone(),
        of: order.id.clone(),
        our_ref: if order.foreign { String::new() } else { order.order_id.clone() },
        amount_minor: txn.amount,
        currency: order.currency.clone(),
    };
    sim.journal.push(line);
}
