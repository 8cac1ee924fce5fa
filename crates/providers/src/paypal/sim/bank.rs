//! What happens to money: held, taken, held back, let go, given back. The one place that moves it.
//!
//! Every real movement is written into the journal here, before any fault can hide it from the merchant. A try is
//! named there by its hold where it has one, and by its capture otherwise.

use super::clock::Timer;
use super::craft::{Sum, fee};
use super::state::{Authorization, Bend, Capture, CaptureStatus, HoldStatus, Movement, Refund, RefundStatus};
use super::{PayPalSim, hooks};
use crate::sim::kit::{Place, Target};
use crate::sim::{Fault, JournalLine, Op};
use hundi_core::time::days;

/// A hold can be taken for so long.
const HOLD_MS: i64 = days(29);

// ---- holding

/// The payer's bank holds an approved order's money.
pub(super) fn hold(sim: &mut PayPalSim, order_id: &str) -> String {
    let id = sim.id();
    let order = sim.orders.get(order_id).expect("the caller has found it");
    let denied = matches!(order.bend, Bend::Declined | Bend::Failed);
    let authorization = Authorization {
        id: id.clone(),
        account: order.account,
        order: order_id.to_owned(),
        sum: order.sum.clone(),
        status: if denied { HoldStatus::Denied } else { HoldStatus::Created },
        created: sim.now,
        updated: sim.now,
        captures: Vec::new(),
    };
    let amount = amount_that_comes(sim, order_id);
    sim.authorizations.put(&id, Authorization { sum: amount, ..authorization });
    sim.orders.get_mut(order_id).expect("found above").authorizations.push(id.clone());
    if denied {
        write_hold(sim, "failed", &id);
        return id;
    }
    write_hold(sim, "authorized", &id);
    sim.at(sim.now.plus(HOLD_MS), Timer::Lapse { authorization: id.clone() });
    hooks::of_authorization(sim, "PAYMENT.AUTHORIZATION.CREATED", &id);
    id
}

/// The amount that was asked for, unless a dial says another.
fn amount_that_comes(sim: &mut PayPalSim, order_id: &str) -> Sum {
    let target = of_order(sim, order_id);
    let wrong = sim.panel.take(Place::Amount, &target);
    let sum = &sim.orders.get(order_id).expect("the caller has found it").sum;
    match wrong {
        Some(Fault::WrongAmount { minor }) => sum.of(minor),
        _ => sum.clone(),
    }
}

/// The hold is let go: by its merchant, or by time.
pub(super) fn release(sim: &mut PayPalSim, id: &str) {
    let now = sim.now;
    let authorization = sim.authorizations.get_mut(id).expect("the caller has found it");
    authorization.status = HoldStatus::Voided;
    authorization.updated = now;
    write_hold(sim, "released", id);
    hooks::of_authorization(sim, "PAYMENT.AUTHORIZATION.VOIDED", id);
}

// ---- taking

/// Takes an approved order's money at once.
pub(super) fn take_order(sim: &mut PayPalSim, order_id: &str) -> String {
    let sum = amount_that_comes(sim, order_id);
    take(sim, order_id, None, sum)
}

/// Takes what is held.
pub(super) fn take_hold(sim: &mut PayPalSim, authorization: &str, sum: Sum) -> String {
    let now = sim.now;
    let held = sim.authorizations.get_mut(authorization).expect("the caller has found it");
    held.status = HoldStatus::Captured;
    held.updated = now;
    let order = held.order.clone();
    let id = take(sim, &order, Some(authorization.to_owned()), sum);
    sim.authorizations.get_mut(authorization).expect("found above").captures.push(id.clone());
    id
}

fn take(sim: &mut PayPalSim, order_id: &str, authorization: Option<String>, sum: Sum) -> String {
    let id = sim.id();
    let order = sim.orders.get_mut(order_id).expect("the caller has found it");
    order.captures.push(id.clone());
    // What was said of the payer's money has come true by holding it.
    let bend = if authorization.is_some() { Bend::None } else { order.bend.clone() };
    let capture = Capture {
        id: id.clone(),
        account: order.account,
        order: Some(order_id.to_owned()),
        authorization,
        fee: 0,
        sum,
        invoice_id: order.invoice_id.clone(),
        custom_id: order.custom_id.clone(),
        status: CaptureStatus::Pending,
        reason: None,
        refunded: 0,
        refunds: Vec::new(),
        created: sim.now,
        updated: sim.now,
    };
    sim.captures.put(&id, capture);
    let target = of_order(sim, order_id);
    let late = sim.panel.take(Place::Bank, &target);
    let usual = sim.accounts[sim.captures.get(&id).expect("just put").account].pending_ms;
    match (late, bend) {
        // PayPal's failures are final: what its bank is late with is held back meanwhile.
        (Some(Fault::LateAuthorization { ms }), _) => hold_back(sim, &id, "OTHER", ms, true),
        (_, Bend::Declined) => decide(sim, &id, false),
        (_, Bend::Failed) => {
            sim.captures.get_mut(&id).expect("just put").status = CaptureStatus::Failed;
            write_capture(sim, "failed", &id);
        }
        (_, Bend::Pending(reason)) => hold_back(sim, &id, &reason, usual, true),
        (_, Bend::PendingDeclined) => hold_back(sim, &id, "PENDING_REVIEW", usual, false),
        (_, Bend::None | Bend::Refused(_)) => decide(sim, &id, true),
    }
    id
}

fn hold_back(sim: &mut PayPalSim, id: &str, reason: &str, ms: i64, good: bool) {
    sim.captures.get_mut(id).expect("just put").reason = Some(reason.to_owned());
    sim.at(sim.now.plus(ms), Timer::Decide { capture: id.to_owned(), good });
    hooks::of_capture(sim, "PAYMENT.CAPTURE.PENDING", id);
}

/// A capture is completed or declined. One that is neither pending can't change its mind.
pub(super) fn decide(sim: &mut PayPalSim, id: &str, good: bool) {
    let now = sim.now;
    let Some(capture) = sim.captures.get_mut(id).filter(|c| c.status == CaptureStatus::Pending) else {
        return;
    };
    capture.updated = now;
    capture.reason = None;
    if !good {
        capture.status = CaptureStatus::Declined;
        write_capture(sim, "failed", id);
        return hooks::of_capture(sim, "PAYMENT.CAPTURE.DECLINED", id);
    }
    let terms = &sim.accounts[capture.account];
    capture.status = CaptureStatus::Completed;
    capture.fee = fee(capture.sum.minor, terms.fee_bps, terms.fee_fixed_minor);
    let moved = Movement {
        account: capture.account,
        id: id.to_owned(),
        code: "T0006",
        sum: capture.sum.clone(),
        fee: -capture.fee,
        invoice_id: capture.invoice_id.clone(),
        custom_id: capture.custom_id.clone(),
        reference: capture.authorization.clone(),
        at: now,
    };
    sim.movements.push(moved);
    write_capture(sim, "captured", id);
    hooks::of_capture(sim, "PAYMENT.CAPTURE.COMPLETED", id);
    if let Some(order) = sim.captures.get(id).and_then(|c| c.order.clone()) {
        hooks::of_order(sim, "CHECKOUT.ORDER.COMPLETED", &order);
    }
}

// ---- giving back

/// A refund that somebody wants, in the API or in the dashboard.
pub(super) struct Wanted {
    pub(super) capture: String,
    /// All that is left when absent.
    pub(super) sum: Option<Sum>,
    pub(super) invoice_id: Option<String>,
    pub(super) custom_id: Option<String>,
    pub(super) note: Option<String>,
}

/// Checks a refund against its capture, and takes it on; or the issue that is in its way.
pub(super) fn refund(sim: &mut PayPalSim, wanted: Wanted) -> Result<String, &'static str> {
    let capture = sim.captures.get(&wanted.capture).expect("the caller has found it");
    let left = capture.sum.minor - capture.refunded;
    let sum = wanted.sum.unwrap_or_else(|| capture.sum.of(left));
    match capture.status {
        CaptureStatus::Completed => {}
        CaptureStatus::Pending => return Err("PENDING_CAPTURE"),
        CaptureStatus::Declined | CaptureStatus::Failed => return Err("REFUND_NOT_ALLOWED"),
    }
    if left == 0 {
        return Err("CAPTURE_FULLY_REFUNDED");
    }
    if sum.currency != capture.sum.currency {
        return Err("REFUND_CAPTURE_CURRENCY_MISMATCH");
    }
    if sum.minor > left {
        return Err("REFUND_AMOUNT_EXCEEDED");
    }
    if sim.now.since(capture.created) > days(180) {
        return Err("REFUND_TIME_LIMIT_EXCEEDED");
    }
    let (account, order) = (capture.account, capture.order.clone());
    let id = sim.id();
    let mut target = order.map_or_else(Target::default, |order| of_order(sim, &order));
    target.op = Some(Op::Refund);
    target.amount = Some(sum.minor);
    target.refs.extend(wanted.custom_id.clone());
    let capture = sim.captures.get_mut(&wanted.capture).expect("found above");
    capture.refunded += sum.minor;
    capture.refunds.push(id.clone());
    capture.updated = sim.now;
    let refund = Refund {
        id: id.clone(),
        account,
        capture: wanted.capture,
        sum,
        invoice_id: wanted.invoice_id,
        custom_id: wanted.custom_id,
        note: wanted.note,
        status: RefundStatus::Pending,
        created: sim.now,
        updated: sim.now,
    };
    sim.refunds.put(&id, refund);
    write_refund(sim, "refund_accepted", &id);
    let later = match sim.panel.take(Place::Refund, &target) {
        Some(Fault::RefundFails { ms }) => Some((ms, false)),
        Some(Fault::RefundDelay { ms }) => Some((ms, true)),
        _ => Some((sim.accounts[account].refund_after_ms, true)).filter(|(ms, _)| *ms > 0),
    };
    match later {
        None => end_refund(sim, &id, true),
        Some((ms, good)) => {
            sim.at(sim.now.plus(ms), Timer::Refund { refund: id.clone(), good });
            hooks::of_refund(sim, "PAYMENT.REFUND.PENDING", &id);
        }
    }
    Ok(id)
}

/// The money is with the payer, or back in the merchant's balance.
pub(super) fn end_refund(sim: &mut PayPalSim, id: &str, good: bool) {
    let now = sim.now;
    let refund = sim.refunds.get_mut(id).expect("timers name refunds that exist");
    refund.updated = now;
    refund.status = if good { RefundStatus::Completed } else { RefundStatus::Failed };
    let (capture, sum) = (refund.capture.clone(), refund.sum.clone());
    if !good {
        sim.captures.get_mut(&capture).expect("refunds name captures that exist").refunded -= sum.minor;
        write_refund(sim, "refund_failed", id);
        return hooks::of_refund(sim, "PAYMENT.REFUND.FAILED", id);
    }
    let moved = Movement {
        account: refund.account,
        id: id.to_owned(),
        code: "T1107",
        sum: sum.of(-sum.minor),
        // PayPal keeps its fee of what is given back.
        fee: 0,
        invoice_id: refund.invoice_id.clone(),
        custom_id: refund.custom_id.clone(),
        reference: Some(capture),
        at: now,
    };
    sim.movements.push(moved);
    write_refund(sim, "refund_processed", id);
    hooks::of_refund(sim, "PAYMENT.CAPTURE.REFUNDED", id);
}

// ---- aiming and writing

/// What a fault may be aimed at when this order's money moves.
pub(super) fn of_order(sim: &PayPalSim, id: &str) -> Target {
    let Some(order) = sim.orders.get(id) else { return Target::default() };
    Target {
        op: Some(Op::Pay),
        amount: Some(order.sum.minor),
        refs: order.custom_id.iter().chain(&order.invoice_id).cloned().collect(),
        order: Some(order.id.clone()),
        key_id: sim.accounts[order.account].client_id.clone(),
        event: None,
    }
}

fn line(sim: &PayPalSim, what: &'static str, account: usize, sum: &Sum) -> JournalLine {
    JournalLine {
        at: sim.now,
        what,
        account: sim.accounts[account].client_id.clone(),
        id: String::new(),
        of: String::new(),
        our_ref: String::new(),
        amount_minor: sum.minor,
        currency: sum.currency.clone(),
    }
}

pub(super) fn write_order(sim: &mut PayPalSim, id: &str) {
    let order = sim.orders.get(id).expect("only orders that exist are written about");
    let our_ref = order.custom_id.clone().unwrap_or_default();
    let line = JournalLine { id: id.to_owned(), our_ref, ..line(sim, "order", order.account, &order.sum) };
    sim.journal.push(line);
}

fn write_hold(sim: &mut PayPalSim, what: &'static str, id: &str) {
    let held = sim.authorizations.get(id).expect("only holds that exist are written about");
    let order = sim.orders.get(&held.order).expect("holds name orders that exist");
    let our_ref = order.custom_id.clone().unwrap_or_default();
    let (id, of) = (id.to_owned(), held.order.clone());
    let line = JournalLine { id, of, our_ref, ..line(sim, what, held.account, &held.sum) };
    sim.journal.push(line);
}

fn write_capture(sim: &mut PayPalSim, what: &'static str, id: &str) {
    let taken = sim.captures.get(id).expect("only captures that exist are written about");
    let line = JournalLine {
        id: taken.name().to_owned(),
        of: taken.order.clone().unwrap_or_default(),
        our_ref: taken.custom_id.clone().unwrap_or_default(),
        ..line(sim, what, taken.account, &taken.sum)
    };
    sim.journal.push(line);
}

fn write_refund(sim: &mut PayPalSim, what: &'static str, id: &str) {
    let given = sim.refunds.get(id).expect("only refunds that exist are written about");
    let taken = sim.captures.get(&given.capture).expect("refunds name captures that exist");
    let line = JournalLine {
        id: id.to_owned(),
        of: taken.name().to_owned(),
        our_ref: given.custom_id.clone().unwrap_or_default(),
        ..line(sim, what, given.account, &given.sum)
    };
    sim.journal.push(line);
}
