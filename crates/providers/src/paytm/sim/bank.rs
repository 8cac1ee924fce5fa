//! What happens to a transaction: begun, paid, failed. The one place that moves it.
//!
//! Every real movement is written into the journal here, before any fault can hide it from the merchant.

use super::PaytmSim;
use super::clock::Timer;
use super::craft;
use super::hooks;
use super::state::{Txn, TxnStatus, order_key};
use crate::sim::kit::{Place, Target};
use crate::sim::{Fault, JournalLine, Op};
use hundi_core::time::minutes;

/// A payment that the bank says nothing about is given up after so long, and may still succeed afterwards.
pub(super) const SILENCE_MS: i64 = minutes(20);

/// What a transaction starts from.
pub(super) struct Start {
    pub(super) account: usize,
    pub(super) order: String,
    pub(super) customer: String,
    pub(super) amount: i64,
    pub(super) mode: &'static str,
}

/// A transaction whose payer is at the bank or in the UPI app.
pub(super) fn start(sim: &mut PaytmSim, start: Start) -> String {
    let id = format!("{}111212800110168{}", craft::compact_day(sim.now), sim.mint.digits(12));
    let bank_txn = sim.mint.digits(12);
    let key = order_key(&sim.accounts[start.account].mid, &start.order);
    if let Some(order) = sim.orders.get_mut(&key) {
        order.txn = Some(id.clone());
    }
    let txn = Txn {
        id: id.clone(),
        account: start.account,
        order: start.order,
        customer: start.customer,
        amount: start.amount,
        mode: start.mode,
        status: TxnStatus::Pending,
        bank_txn,
        created: sim.now,
    };
    sim.txns.put(&id, txn);
    sim.after(SILENCE_MS, Timer::GiveUp { txn: id.clone() });
    id
}

/// The bank said yes. Also after a failure: banks answer late.
pub(super) fn succeed(sim: &mut PaytmSim, id: &str) {
    let unpaid = sim.txns.get(id).is_some_and(|txn| !matches!(txn.status, TxnStatus::Success { .. }));
    if !unpaid {
        return;
    }
    let target = pay_target(sim, id);
    let wrong = sim.panel.take(Place::Amount, &target);
    let at = sim.now;
    let txn = sim.txns.get_mut(id).expect("looked up above");
    if let Some(Fault::WrongAmount { minor }) = wrong {
        txn.amount = minor;
    }
    txn.status = TxnStatus::Success { at };
    write(sim, "captured", id);
    hooks::payment(sim, id);
}

/// The bank said no, or nobody said anything. Only a transaction that is still open can fail.
pub(super) fn fail(sim: &mut PaytmSim, id: &str, code: &'static str) {
    let Some(txn) = sim.txns.get_mut(id).filter(|txn| txn.status == TxnStatus::Pending) else { return };
    txn.status = TxnStatus::Failure { code };
    write(sim, "failed", id);
    hooks::payment(sim, id);
}

/// What a fault may be aimed at when this transaction moves.
pub(super) fn pay_target(sim: &PaytmSim, id: &str) -> Target {
    let Some(txn) = sim.txns.get(id) else { return Target::default() };
    Target {
        op: Some(Op::Pay),
        amount: Some(txn.amount),
        // At Paytm the merchant's reference is the order's id.
        refs: vec![txn.order.clone()],
        order: Some(txn.order.clone()),
        key_id: sim.accounts[txn.account].mid.clone(),
        event: None,
    }
}

fn write(sim: &mut PaytmSim, what: &'static str, id: &str) {
    let txn = sim.txns.get(id).expect("only transactions that exist are written about");
    let mid = &sim.accounts[txn.account].mid;
    // Here the merchant's reference is the order's id; what was paid elsewhere has none.
    let order = sim.orders.get(&order_key(mid, &txn.order));
    let line = JournalLine {
        at: sim.now,
        what,
        account: mid.clone(),
        id: txn.id.clone(),
        of: txn.order.clone(),
        our_ref: order.map(|order| order.id.clone()).unwrap_or_default(),
        amount_minor: txn.amount,
        currency: "INR".to_owned(),
    };
    sim.journal.push(line);
}

/// What Paytm says of a code, in its own words.
pub(super) fn message(code: &str) -> &'static str {
    match code {
        "141" => "User has not completed transaction.",
        "235" => "Wallet balance Insufficient, bankName=WALLET",
        "295" => "Your payment failed as the UPI ID entered is incorrect.",
        "402" => {
            "Looks like the payment is not complete. Please wait while we confirm the status with your bank."
        }
        "01" => "Txn Success",
        "810" => "Txn Failed",
        _ => "Your payment has been declined by your bank. Please contact your bank for any queries.",
    }
}

/// Status, code and bank of a transaction as every road tells them.
pub(super) fn told(txn: &Txn) -> (&'static str, &'static str) {
    match txn.status {
        TxnStatus::Pending => ("PENDING", "402"),
        TxnStatus::Success { .. } => ("TXN_SUCCESS", "01"),
        TxnStatus::Failure { code } => ("TXN_FAILURE", code),
    }
}
