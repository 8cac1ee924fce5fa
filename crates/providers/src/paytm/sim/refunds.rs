//! Refunds: registered with 601, gone back or failed later, and asked about by the merchant's reference.

use super::clock::Timer;
use super::craft;
use super::hooks;
use super::route::{Ask, Said, Words, result};
use super::state::{Refund, RefundStatus, TxnStatus};
use super::{PaytmSim, bank};
use crate::sim::kit::Place;
use crate::sim::{Fault, JournalLine, Op};
use hundi_core::time::days;
use serde_json::{Value, json};

/// A refund is not possible later than this after the payment.
const LATEST_MS: i64 = days(180);
const REFERENCE_CHARS_MAX: usize = 50;
/// Anything less is no partial refund.
const PARTIAL_MIN: i64 = 100;

pub(super) fn apply(sim: &mut PaytmSim, ask: &Ask) -> Said {
    let (reference, txn) = (ask.text("refId").to_owned(), ask.text("txnId").to_owned());
    let fit = reference.bytes().all(|c| c.is_ascii_alphanumeric() || b"@-_".contains(&c));
    if reference.is_empty()
        || reference.len() > REFERENCE_CHARS_MAX
        || !fit
        || ask.text("txnType") != "REFUND"
    {
        return Err(("TXN_FAILURE", "600"));
    }
    let matches =
        sim.txns.get(&txn).is_some_and(|t| t.account == ask.account && t.order == ask.text("orderId"));
    if !matches {
        return Err(("TXN_FAILURE", "627"));
    }
    let amount = craft::paise(ask.text("refundAmount")).ok_or(("TXN_FAILURE", "619"))?;
    // "refId must be unique": the documentation says that a second one is rejected.
    if find(sim, ask.account, &reference).is_some() {
        return Err(("TXN_FAILURE", "617"));
    }
    let id = accept(sim, ask.account, &txn, reference, amount)?;
    let refund = sim.refunds.get(&id).expect("just put");
    let payment = sim.txns.get(&refund.txn).expect("refunds name transactions that exist");
    Ok(json!({
        "txnTimestamp": craft::stamp(payment.created),
        "orderId": payment.order,
        "mid": sim.accounts[refund.account].mid,
        "refId": refund.reference,
        "resultInfo": registered(),
        "refundId": refund.id,
        "txnId": refund.txn,
        "refundAmount": craft::rupees(refund.amount),
    }))
}

fn registered() -> Value {
    result("PENDING", "601", "Refund request was raised for this transaction. But it is pending state")
}

fn find<'a>(sim: &'a PaytmSim, account: usize, reference: &str) -> Option<&'a Refund> {
    sim.refunds.iter().find(|r| r.account == account && r.reference == reference)
}

/// What was given back of a transaction, or is on its way.
pub(super) fn taken(sim: &PaytmSim, txn: &str) -> i64 {
    let counts = |r: &&Refund| r.txn == txn && r.status != RefundStatus::Failed;
    sim.refunds.iter().filter(counts).map(|r| r.amount).sum()
}

/// Checks a refund against its payment and takes it on.
fn accept(
    sim: &mut PaytmSim,
    account: usize,
    txn: &str,
    reference: String,
    amount: i64,
) -> Result<String, Words> {
    let payment = sim.txns.get(txn).ok_or(("TXN_FAILURE", "627"))?;
    let TxnStatus::Success { at } = payment.status else { return Err(("TXN_FAILURE", "600")) };
    if sim.now.since(at) > LATEST_MS {
        return Err(("TXN_FAILURE", "600"));
    }
    if amount > payment.amount - taken(sim, txn) {
        return Err(("TXN_FAILURE", "619"));
    }
    if amount < PARTIAL_MIN && amount != payment.amount {
        return Err(("TXN_FAILURE", "635"));
    }
    let id = format!("{}020368450988{}", craft::compact_day(sim.now), sim.mint.digits(15));
    let rrn = sim.mint.digits(12);
    let refund = Refund {
        id: id.clone(),
        reference,
        account,
        txn: txn.to_owned(),
        amount,
        status: RefundStatus::Pending,
        rrn,
        created: sim.now,
    };
    let mut target = bank::pay_target(sim, txn);
    target.op = Some(Op::Refund);
    target.amount = Some(amount);
    target.refs.push(refund.reference.clone());
    sim.refunds.put(&id, refund);
    write(sim, "refund_accepted", &id);
    hooks::refund(sim, "REFUND_ACCEPTED", &id);
    let refund = id.clone();
    match sim.panel.take(Place::Refund, &target) {
        Some(Fault::RefundFails { ms }) => sim.after(ms, Timer::RefundFailed { refund }),
        Some(Fault::RefundDelay { ms }) => sim.after(ms, Timer::RefundDone { refund }),
        _ => sim.after(sim.accounts[account].refund_after_ms, Timer::RefundDone { refund }),
    }
    Ok(id)
}

pub(super) fn status(sim: &mut PaytmSim, ask: &Ask) -> Said {
    let refund = find(sim, ask.account, ask.text("refId")).ok_or(("TXN_FAILURE", "631"))?;
    let payment = sim.txns.get(&refund.txn).expect("refunds name transactions that exist");
    if payment.order != ask.text("orderId") {
        return Err(("TXN_FAILURE", "631"));
    }
    let mut shown = shown(sim, refund);
    shown["acceptRefundStatus"] = json!("SUCCESS");
    let (user, info) = match refund.status {
        RefundStatus::Pending => ("PENDING", registered()),
        RefundStatus::Done { .. } => ("SUCCESS", result("TXN_SUCCESS", "10", "Refund Successfull")),
        RefundStatus::Failed => {
            ("FAILURE", result("TXN_FAILURE", "600", "Invalid refund request or restricted by bank."))
        }
    };
    shown["userCreditInitiateStatus"] = json!(user);
    shown["resultInfo"] = info;
    Ok(shown)
}

/// A refund as the status call and webhooks tell it.
pub(super) fn shown(sim: &PaytmSim, refund: &Refund) -> Value {
    let payment = sim.txns.get(&refund.txn).expect("refunds name transactions that exist");
    let mut shown = json!({
        "mid": sim.accounts[refund.account].mid,
        "orderId": payment.order,
        "txnId": refund.txn,
        "txnAmount": craft::rupees(payment.amount),
        "txnTimestamp": craft::stamp(payment.created),
        "refId": refund.reference,
        "refundId": refund.id,
        "refundAmount": craft::rupees(refund.amount),
        // The sum of all, which is not this one's amount.
        "totalRefundAmount": craft::rupees(taken(sim, &refund.txn)),
        "merchantRefundRequestTimestamp": craft::stamp(refund.created),
        "acceptRefundTimestamp": craft::stamp(refund.created),
        "source": "MERCHANT",
    });
    if let RefundStatus::Done { at } = refund.status {
        shown["userCreditInitiateTimestamp"] = json!(craft::stamp(at));
        shown["refundDetailInfoList"] = json!([{
            "refundType": "TO_SOURCE", "payMethod": payment.mode, "rrn": refund.rrn,
            "refundAmount": craft::rupees(refund.amount),
        }]);
    }
    shown
}

/// The bank has it.
pub(super) fn done(sim: &mut PaytmSim, id: &str) {
    let at = sim.now;
    sim.refunds.get_mut(id).expect("timers name refunds that exist").status = RefundStatus::Done { at };
    write(sim, "refund_processed", id);
    hooks::refund(sim, "REFUND_SUCCESS", id);
}

/// The money stays with the merchant, and the payment counts as less refunded.
pub(super) fn failed(sim: &mut PaytmSim, id: &str) {
    sim.refunds.get_mut(id).expect("timers name refunds that exist").status = RefundStatus::Failed;
    write(sim, "refund_failed", id);
    hooks::refund(sim, "REFUND_FAILURE", id);
}

/// A refund made by hand in the dashboard, under a reference of Paytm's own making.
pub(super) fn in_dashboard(sim: &mut PaytmSim, txn: &str, amount: Option<i64>) -> Result<Value, String> {
    let payment = sim.txns.get(txn).ok_or("no such payment")?;
    let (account, left) = (payment.account, payment.amount - taken(sim, txn));
    let reference = format!("DASHBOARD{}", sim.mint.digits(12));
    let id = accept(sim, account, txn, reference, amount.unwrap_or(left))
        .map_err(|(status, code)| format!("{status} {code}"))?;
    Ok(shown(sim, sim.refunds.get(&id).expect("just put")))
}

fn write(sim: &mut PaytmSim, what: &'static str, id: &str) {
    let refund = sim.refunds.get(id).expect("only refunds that exist are written about");
    let line = JournalLine {
        at: sim.now,
        what,
        account: sim.accounts[refund.account].mid.clone(),
        id: refund.id.clone(),
        of: refund.txn.clone(),
        our_ref: refund.reference.clone(),
        amount_minor: refund.amount,
        currency: "INR".to_owned(),
    };
    sim.journal.push(line);
}
