//! What happens to an order: tried, paid, failed, over. The one place that moves it.
//!
//! Every real movement is written into the journal here, before any fault can hide it from the merchant.

use super::state::{Attempt, Failure, Instrument, Order, Place as PaidAt, State};
use super::{PhonePeSim, clock::Timer, hooks};
use crate::sim::kit::{Place, Target};
use crate::sim::{Fault, JournalLine, Op};

/// A try that nobody has decided yet.
pub(super) fn start(sim: &mut PhonePeSim, order: &str, instrument: Instrument) -> String {
    let found = sim.orders.get(order).expect("the caller has found it");
    let (amount, api) = (found.amount, found.api);
    let id = sim.new_id(match api {
        super::state::Api::V1 => "T",
        super::state::Api::V2 => "OM",
    });
    let bank_ref = sim.mint.digits(12);
    let attempt = Attempt {
        id: id.clone(),
        order: order.to_owned(),
        amount,
        instrument,
        state: State::Pending,
        failure: None,
        bank_ref,
        created: sim.now,
        completed: None,
    };
    sim.attempts.put(&id, attempt);
    sim.orders.get_mut(order).expect("found above").attempts.push(id.clone());
    id
}

/// The bank said yes. Also long after a failure, and after the order is over: late authorisation exists.
pub(super) fn complete(sim: &mut PhonePeSim, id: &str) {
    let Some(attempt) = sim.attempts.get(id).filter(|a| a.state != State::Completed) else { return };
    let order = attempt.order.clone();
    // One order takes money once: what comes after is given back by PhonePe without a word.
    if sim.orders.get(&order).is_none_or(|o| o.state == State::Completed) {
        return;
    }
    let wrong = sim.panel.take(Place::Amount, &target(sim, &order));
    let now = sim.now;
    let attempt = sim.attempts.get_mut(id).expect("looked up above");
    if let Some(Fault::WrongAmount { minor }) = wrong {
        attempt.amount = minor;
    }
    attempt.state = State::Completed;
    attempt.failure = None;
    attempt.completed = Some(now);
    sim.orders.get_mut(&order).expect("looked up above").state = State::Completed;
    write(sim, "captured", id);
    hooks::order(sim, "completed", &order);
}

/// The bank said no. v1 has one try; at the page of v2 the payer may try again.
pub(super) fn fail(sim: &mut PhonePeSim, id: &str, failure: Failure) {
    let Some(attempt) = sim.attempts.get_mut(id).filter(|a| a.state == State::Pending) else { return };
    attempt.state = State::Failed;
    attempt.failure = Some(failure);
    let order = attempt.order.clone();
    write(sim, "failed", id);
    let found = sim.orders.get_mut(&order).expect("attempts name orders that exist");
    let last_chance = found.api == super::state::Api::V1 || found.place == PaidAt::Link;
    if last_chance && found.state == State::Pending {
        found.state = State::Failed;
        hooks::order(sim, "failed", &order);
    } else {
        hooks::attempt_failed(sim, &order);
    }
}

/// The order's time is over.
pub(super) fn expire(sim: &mut PhonePeSim, order: &str) {
    let Some(found) = sim.orders.get(order).filter(|o| o.state == State::Pending) else { return };
    let open: Vec<String> = found.attempts.clone();
    for id in open {
        if let Some(attempt) = sim.attempts.get_mut(&id).filter(|a| a.state == State::Pending) {
            attempt.state = State::Failed;
            attempt.failure = Some(Failure {
                code: "TXN_NOT_COMPLETED".to_owned(),
                detailed: "TXN_AUTO_FAILED".to_owned(),
            });
            write(sim, "failed", &id);
        }
    }
    sim.orders.get_mut(order).expect("looked up above").state = State::Failed;
    hooks::order(sim, "failed", order);
}

pub(super) fn put(sim: &mut PhonePeSim, order: Order) {
    let line = JournalLine {
        at: sim.now,
        what: "order",
        account: sim.accounts[order.account].key_id().to_owned(),
        id: order.named.clone(),
        of: String::new(),
        our_ref: order.named.clone(),
        amount_minor: order.amount,
        currency: "INR".to_owned(),
    };
    let id = order.id.clone();
    sim.names.insert((order.account, order.named.clone()), id.clone());
    sim.pages.insert(order.token.clone(), id.clone());
    sim.at(order.expires, Timer::Expire { order: id.clone() });
    sim.orders.put(&id, order);
    sim.journal.push(line);
}

/// What a fault may be aimed at when this order moves. The adapter knows an order by the merchant's name of it.
pub(super) fn target(sim: &PhonePeSim, order: &str) -> Target {
    let Some(order) = sim.orders.get(order) else { return Target::default() };
    Target {
        op: Some(Op::Pay),
        amount: Some(order.amount),
        refs: vec![order.named.clone(), order.id.clone()],
        order: Some(order.named.clone()),
        key_id: sim.accounts[order.account].key_id().to_owned(),
        event: None,
    }
}

/// The journal's line for an attempt as it is now.
fn write(sim: &mut PhonePeSim, what: &'static str, id: &str) {
    let attempt = sim.attempts.get(id).expect("only attempts that exist are written about");
    let order = sim.orders.get(&attempt.order).expect("attempts name orders that exist");
    let line = JournalLine {
        at: sim.now,
        what,
        account: sim.accounts[order.account].key_id().to_owned(),
        id: attempt.id.clone(),
        of: order.named.clone(),
        our_ref: if sim.foreign.contains(&order.id) { String::new() } else { order.named.clone() },
        amount_minor: attempt.amount,
        currency: "INR".to_owned(),
    };
    sim.journal.push(line);
}
