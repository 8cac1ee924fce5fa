//! What happens to a try: begun, held, taken, failed, let go. The one place that moves it.
//!
//! Every real movement is written into the journal here, before any fault can hide it from the merchant.

use super::CashfreeSim;
use super::clock::Timer;
use super::hooks;
use super::state::{Instrument, Payment, Status};
use crate::sim::kit::{Place, Target};
use crate::sim::{Fault, JournalLine, Op};
use hundi_core::time::{days, minutes};

/// A try that the bank says nothing about is given up after so long, and may still succeed afterwards.
pub(super) const SILENCE_MS: i64 = minutes(20);
/// A hold that nobody takes is let go.
const HOLD_MS: i64 = days(7);
pub(super) const NO_ANSWER: &str = "bank_not_responding";

/// What a try starts from.
pub(super) struct Start {
    pub(super) account: usize,
    /// The order's id with its merchant.
    pub(super) order: String,
    pub(super) amount: i64,
    pub(super) instrument: Instrument,
}

/// A try whose payer is at the bank or in the UPI app.
pub(super) fn start(sim: &mut CashfreeSim, start: Start) -> String {
    let id = sim.mint.digits(10);
    let bank_reference = sim.mint.digits(12);
    if let Some(order) = sim.orders.get_mut(&start.order) {
        order.payments.push(id.clone());
    }
    let payment = Payment {
        id: id.clone(),
        account: start.account,
        order: start.order,
        amount: start.amount,
        taken: None,
        was_held: false,
        instrument: start.instrument,
        status: Status::Pending,
        bank_reference,
        created: sim.now,
    };
    sim.payments.put(&id, payment);
    sim.after(SILENCE_MS, Timer::GiveUp { payment: id.clone() });
    id
}

/// The bank said yes. Also after a failure: banks answer late. After the order's end the money goes back by itself.
pub(super) fn succeed(sim: &mut CashfreeSim, id: &str) {
    let over = match sim.payments.get(id) {
        Some(Payment {
            status: Status::Pending | Status::Failed { .. } | Status::Dropped { .. },
            order,
            ..
        }) => sim.orders.get(order).is_some_and(|order| sim.now >= order.expires),
        _ => return,
    };
    let wrong = sim.panel.take(Place::Amount, &target(sim, id, Op::Pay));
    let at = sim.now;
    let holds = holds(sim, id);
    let payment = sim.payments.get_mut(id).expect("looked up above");
    if let Some(Fault::WrongAmount { minor }) = wrong {
        payment.amount = minor;
    }
    payment.was_held = holds && !over;
    payment.status = match () {
        () if over => Status::Reversed { at },
        () if holds => Status::Held { at },
        () => Status::Captured { at },
    };
    let held = payment.was_held;
    write(
        sim,
        if over {
            "released"
        } else if held {
            "authorized"
        } else {
            "captured"
        },
        id,
    );
    if held {
        sim.after(HOLD_MS, Timer::Release { payment: id.to_owned() });
    }
    if !over {
        hooks::payment(sim, id);
    }
}

fn holds(sim: &CashfreeSim, id: &str) -> bool {
    let payment = sim.payments.get(id).expect("looked up by the caller");
    let able = matches!(payment.instrument, Instrument::Upi | Instrument::Card);
    able && sim.orders.get(&payment.order).is_some_and(|order| order.holds)
}

/// The bank said no, or nobody said anything. Only a try that is still open can fail.
pub(super) fn fail(sim: &mut CashfreeSim, id: &str, reason: &'static str) {
    let at = sim.now;
    let Some(payment) = sim.payments.get_mut(id).filter(|p| p.status == Status::Pending) else { return };
    payment.status = Status::Failed { reason, at };
    write(sim, "failed", id);
    hooks::payment(sim, id);
}

/// The payer left the page in the middle of it.
pub(super) fn drop_out(sim: &mut CashfreeSim, id: &str) {
    let at = sim.now;
    let Some(payment) = sim.payments.get_mut(id).filter(|p| p.status == Status::Pending) else { return };
    payment.status = Status::Dropped { at };
    write(sim, "failed", id);
    hooks::payment(sim, id);
}

/// The merchant takes what is held, all of it or less.
pub(super) fn capture(sim: &mut CashfreeSim, id: &str, amount: i64) {
    let at = sim.now;
    let payment = sim.payments.get_mut(id).expect("checked by the caller");
    payment.status = Status::Captured { at };
    payment.taken = Some(amount);
    write(sim, "captured", id);
}

/// What is held goes back to the payer.
pub(super) fn release(sim: &mut CashfreeSim, id: &str) {
    let at = sim.now;
    let held = |p: &&mut Payment| matches!(p.status, Status::Held { .. });
    let Some(payment) = sim.payments.get_mut(id).filter(held) else { return };
    payment.status = Status::Voided { at };
    write(sim, "released", id);
}

/// What a fault may be aimed at when this try moves.
pub(super) fn target(sim: &CashfreeSim, id: &str, op: Op) -> Target {
    let Some(payment) = sim.payments.get(id) else { return Target::default() };
    let order = sim.orders.get(&payment.order).map(|order| order.id.clone());
    Target {
        op: Some(op),
        amount: Some(payment.amount),
        // At Cashfree the merchant's reference is the order's id.
        refs: order.iter().cloned().collect(),
        order,
        key_id: sim.accounts[payment.account].client_id.clone(),
        event: None,
    }
}

fn write(sim: &mut CashfreeSim, what: &'static str, id: &str) {
    let payment = sim.payments.get(id).expect("only tries that exist are written about");
    let order = sim.orders.get(&payment.order);
    let line = JournalLine {
        at: sim.now,
        what,
        account: sim.accounts[payment.account].client_id.clone(),
        id: payment.id.clone(),
        of: order.map_or_else(|| payment.order.clone(), |order| order.id.clone()),
        our_ref: order.filter(|order| !order.foreign).map(|order| order.id.clone()).unwrap_or_default(),
        amount_minor: payment.taken.unwrap_or(payment.amount),
        currency: order.map_or("INR", |order| &order.currency).to_owned(),
    };
    sim.journal.push(line);
}
