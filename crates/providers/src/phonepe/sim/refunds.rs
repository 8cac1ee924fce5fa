//! Refunds: taken on, completed or failed. One for each id of the merchant's.

use super::state::{Api, Order, Refund, RefundState, State};
use super::{PhonePeSim, bank, clock::Timer, hooks};
use crate::sim::kit::Place;
use crate::sim::{Fault, JournalLine, Op};

/// A refund that somebody wants, by API or in the dashboard.
pub(super) struct Wanted {
    pub(super) named: String,
    pub(super) order: String,
    /// All that is left when absent.
    pub(super) amount: Option<i64>,
    pub(super) callback_url: Option<String>,
}

/// Why it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum No {
    NameUsed,
    NotPaid,
    TooMuch,
}

impl No {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::NameUsed => "Refund ID has already been used",
            Self::NotPaid => "The order is not completed",
            Self::TooMuch => "The refund amount exceeds what is left of the order",
        }
    }
}

/// Checks a refund against its order and takes it on. Says its id.
pub(super) fn accept(sim: &mut PhonePeSim, wanted: Wanted) -> Result<String, No> {
    let order = sim.orders.get(&wanted.order).expect("the caller has found it");
    let (account, api) = (order.account, order.api);
    let name = (account, wanted.named.clone());
    if sim.names.contains_key(&name) || sim.refund_names.contains_key(&name) {
        return Err(No::NameUsed);
    }
    let paid = paid(sim, order).ok_or(No::NotPaid)?;
    let left = paid.1 - given(sim, &wanted.order);
    let amount = wanted.amount.unwrap_or(left);
    if amount <= 0 || amount > left {
        return Err(No::TooMuch);
    }
    let id = sim.new_id(if api == Api::V1 { "TR" } else { "OMR" });
    let refund = Refund {
        id: id.clone(),
        account,
        named: wanted.named,
        order: wanted.order,
        attempt: paid.0,
        amount,
        state: RefundState::Accepted,
        utr: None,
        callback_url: wanted.callback_url,
        completed: None,
    };
    let mut target = bank::target(sim, &refund.order);
    target.op = Some(Op::Refund);
    target.amount = Some(amount);
    target.refs.push(refund.named.clone());
    sim.refund_names.insert(name, id.clone());
    sim.refunds.put(&id, refund);
    write(sim, "refund_accepted", &id);
    let usual = sim.accounts[account].refund_after_ms;
    let timer = match sim.panel.take(Place::Refund, &target) {
        Some(Fault::RefundFails { ms }) => (ms, Timer::RefundFailed { refund: id.clone() }),
        Some(Fault::RefundDelay { ms }) => (ms, Timer::RefundCompleted { refund: id.clone() }),
        _ => (usual, Timer::RefundCompleted { refund: id.clone() }),
    };
    sim.at(sim.now.plus(timer.0), timer.1);
    hooks::refund(sim, "accepted", &id);
    Ok(id)
}

/// The attempt that was paid, and what it came to.
fn paid(sim: &PhonePeSim, order: &Order) -> Option<(String, i64)> {
    let attempts = order.attempts.iter().filter_map(|id| sim.attempts.get(id));
    attempts.into_iter().find(|a| a.state == State::Completed).map(|a| (a.id.clone(), a.amount))
}

fn given(sim: &PhonePeSim, order: &str) -> i64 {
    let of_order = |r: &&Refund| r.order == order && r.state != RefundState::Failed;
    sim.refunds.iter().filter(of_order).map(|r| r.amount).sum()
}

pub(super) fn complete(sim: &mut PhonePeSim, id: &str) {
    let utr = sim.mint.digits(12);
    let now = sim.now;
    let refund = sim.refunds.get_mut(id).expect("timers name refunds that exist");
    refund.state = RefundState::Completed;
    refund.utr = Some(utr);
    refund.completed = Some(now);
    write(sim, "refund_processed", id);
    hooks::refund(sim, "completed", id);
}

pub(super) fn fail(sim: &mut PhonePeSim, id: &str) {
    sim.refunds.get_mut(id).expect("timers name refunds that exist").state = RefundState::Failed;
    write(sim, "refund_failed", id);
    hooks::refund(sim, "failed", id);
}

fn write(sim: &mut PhonePeSim, what: &'static str, id: &str) {
    let refund = sim.refunds.get(id).expect("only refunds that exist are written about");
    let line = JournalLine {
        at: sim.now,
        what,
        account: sim.accounts[refund.account].key_id().to_owned(),
        id: refund.named.clone(),
        of: refund.attempt.clone(),
        our_ref: refund.named.clone(),
        amount_minor: refund.amount,
        currency: "INR".to_owned(),
    };
    sim.journal.push(line);
}
