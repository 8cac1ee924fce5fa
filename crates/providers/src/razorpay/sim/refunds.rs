//! Refunds: accepted, pending, processed or failed; and the idempotency header, the only one that Razorpay has.

use super::ask::{Ask, Refusal, Said, collection};
use super::clock::Timer;
use super::state::{PaymentStatus, Refund, RefundStatus, Unsettled};
use super::{RazorpaySim, bank, hooks, payments, show};
use crate::sim::JournalLine;
use crate::sim::kit::Place;
use crate::sim::{Fault, Op};
use hundi_core::time::days;
use serde_json::{Value, json};

/// A normal refund is not possible later than this after the payment ("six months").
const LATEST_MS: i64 = days(180);

/// What was asked with an idempotency key, and the refund that came of it.
pub(super) struct Remembered {
    payment: String,
    body: Value,
    refund: String,
}

pub(super) fn create_of_payment(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let payment = ask.id(0).to_owned();
    create(sim, ask, &payment)
}

pub(super) fn create_top_level(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let payment = ask.text("payment_id").ok_or_else(|| Refusal::missing("payment_id"))?.to_owned();
    create(sim, ask, &payment)
}

fn create(sim: &mut RazorpaySim, ask: &Ask<'_>, payment: &str) -> Said {
    let key = ask.idempotency.as_ref().map(|key| (ask.account, key.clone()));
    if let Some(key) = &key {
        well_formed(&key.1)?;
        if sim.refunds_in_progress.contains(key) {
            let text = "Another request with the same idempotency key is still in progress.";
            return Err(Refusal::new(409, text));
        }
        if let Some(earlier) = sim.refunds_by_key.get(key) {
            if earlier.payment != payment || earlier.body != ask.body {
                let text = "Different request with the same idempotency key has already been processed.";
                return Err(Refusal::new(409, text));
            }
            let id = earlier.refund.clone();
            return Ok(shown(sim, &id));
        }
    }
    let id = accept(sim, wanted(sim, ask, payment)?)?;
    if let Some(key) = key {
        let remembered =
            Remembered { payment: payment.to_owned(), body: ask.body.clone(), refund: id.clone() };
        sim.refunds_by_key.insert(key, remembered);
    }
    Ok(shown(sim, &id))
}

/// At least ten characters of `[A-Za-z0-9_-]`.
fn well_formed(key: &str) -> Result<(), Refusal> {
    if !key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
        let text = "The idempotency key must only contain alphanumeric characters, underscores, and hyphens";
        return Err(Refusal::bad(text));
    }
    if key.len() < 10 {
        return Err(Refusal::bad("The idempotency key must be at least 10 characters long."));
    }
    Ok(())
}

/// A refund that somebody wants, in the API or in the dashboard.
pub(super) struct Wanted {
    pub(super) account: usize,
    pub(super) payment: String,
    /// All that is left when absent.
    pub(super) amount: Option<i64>,
    pub(super) speed: String,
    pub(super) notes: Value,
    pub(super) receipt: Option<String>,
}

fn wanted(sim: &RazorpaySim, ask: &Ask<'_>, payment: &str) -> Result<Wanted, Refusal> {
    let known = ["amount", "speed", "notes", "receipt", "reverse_all", "payment_id"];
    let strange: Vec<&str> = ask
        .body
        .as_object()
        .into_iter()
        .flatten()
        .map(|(n, _)| n.as_str())
        .filter(|n| !known.contains(n))
        .collect();
    if !strange.is_empty() {
        return Err(Refusal::bad(format!(
            "{} is/are not required and should not be sent.",
            strange.join(", ")
        )));
    }
    if sim.payments.get(payment).is_none_or(|p| p.account != ask.account) {
        return Err(Refusal::no_such_id());
    }
    let speed = ask.text("speed").unwrap_or("normal");
    if !["normal", "optimum"].contains(&speed) {
        return Err(Refusal::field("speed", "The selected speed is invalid."));
    }
    Ok(Wanted {
        account: ask.account,
        payment: payment.to_owned(),
        amount: ask.whole("amount")?,
        speed: speed.to_owned(),
        notes: ask.notes()?,
        receipt: ask.text("receipt").map(str::to_owned),
    })
}

/// Checks a refund against its payment and the balance, and takes it on.
pub(super) fn accept(sim: &mut RazorpaySim, wanted: Wanted) -> Result<String, Refusal> {
    let found = sim.payments.get(&wanted.payment).filter(|p| p.account == wanted.account);
    let payment = found.ok_or_else(Refusal::no_such_id)?;
    if payment.status == PaymentStatus::Refunded {
        return Err(Refusal::bad("The payment has been fully refunded already."));
    }
    if payment.status != PaymentStatus::Captured {
        return Err(Refusal::bad("The payment status should be captured for action to be taken"));
    }
    let left = payment.amount - payment.refunded;
    let amount = wanted.amount.unwrap_or(left);
    if amount < 100 {
        return Err(Refusal::field("amount", "The amount must be at least INR 1.00."));
    }
    if amount > left {
        let text = "The refund amount provided is greater than amount captured.";
        return Err(Refusal::field("amount", text));
    }
    if payment.captured_at.is_some_and(|at| sim.now.since(at) > LATEST_MS) {
        return Err(Refusal::bad("The payment is more than six months old and can no longer be refunded."));
    }
    let balance = &mut sim.accounts[wanted.account].given.balance_minor;
    if let Some(balance) = balance {
        if *balance < amount {
            let text = "Your account does not have enough balance to carry out the refund operation.";
            return Err(Refusal::bad(text));
        }
        *balance -= amount;
    }
    let currency = payment.currency.clone();
    Ok(take_on(sim, wanted, amount, currency))
}

fn take_on(sim: &mut RazorpaySim, wanted: Wanted, amount: i64, currency: String) -> String {
    let id = sim.mint.id("rfnd");
    let payment = sim.payments.get_mut(&wanted.payment).expect("accepted only for payments that exist");
    payment.refunded += amount;
    payment.refunds.push(id.clone());
    if payment.refunded == payment.amount {
        payment.status = PaymentStatus::Refunded;
    }
    let at_once = wanted.speed == "optimum";
    let refund = Refund {
        id: id.clone(),
        account: wanted.account,
        payment: wanted.payment,
        amount,
        currency,
        notes: wanted.notes,
        receipt: wanted.receipt,
        status: RefundStatus::Pending,
        speed_requested: wanted.speed,
        bank_ref: None,
        created: sim.now,
    };
    let mut target = bank::pay_target(sim, &refund.payment);
    target.op = Some(Op::Refund);
    target.amount = Some(amount);
    target.refs.extend(refund.receipt.clone());
    sim.refunds.put(&id, refund);
    write(sim, "refund_accepted", &id);
    let fault = sim.panel.take(Place::Refund, &target);
    let usual = if at_once {
        0
    } else {
        sim.accounts[sim.refunds.get(&id).expect("just put").account].given.refund_after_ms
    };
    match fault {
        Some(Fault::RefundFails { ms }) => {
            sim.at(sim.now.plus(ms), Timer::RefundFailed { refund: id.clone() })
        }
        Some(Fault::RefundDelay { ms }) => {
            sim.at(sim.now.plus(ms), Timer::RefundProcessed { refund: id.clone() })
        }
        _ if usual > 0 => sim.at(sim.now.plus(usual), Timer::RefundProcessed { refund: id.clone() }),
        _ => {
            // Then `refund.created` already says processed.
            settle(sim, &id);
            hooks::refund_event(sim, "refund.created", &id);
            hooks::refund_event(sim, "refund.processed", &id);
            return id;
        }
    }
    hooks::refund_event(sim, "refund.created", &id);
    id
}

/// The bank has it.
pub(super) fn processed(sim: &mut RazorpaySim, id: &str) {
    settle(sim, id);
    hooks::refund_event(sim, "refund.processed", id);
}

fn settle(sim: &mut RazorpaySim, id: &str) {
    let bank_ref = sim.mint.digits(12);
    let refund = sim.refunds.get_mut(id).expect("timers name refunds that exist");
    refund.status = RefundStatus::Processed;
    refund.bank_ref = Some(bank_ref);
    let (account, amount) = (refund.account, refund.amount);
    let ready_at = sim.now.plus(sim.accounts[account].given.settle_after_ms);
    sim.owe(Unsettled { account, of: id.to_owned(), credit: 0, debit: amount, ready_at });
    write(sim, "refund_processed", id);
}

/// The money is back in the merchant's balance, and the payment counts as less refunded.
pub(super) fn failed(sim: &mut RazorpaySim, id: &str) {
    let refund = sim.refunds.get_mut(id).expect("timers name refunds that exist");
    refund.status = RefundStatus::Failed;
    let (account, amount) = (refund.account, refund.amount);
    let payment = sim.payments.get_mut(&refund.payment).expect("refunds name payments that exist");
    payment.refunded -= amount;
    payment.status = PaymentStatus::Captured;
    if let Some(balance) = &mut sim.accounts[account].given.balance_minor {
        *balance += amount;
    }
    write(sim, "refund_failed", id);
    hooks::refund_event(sim, "refund.failed", id);
}

fn write(sim: &mut RazorpaySim, what: &'static str, id: &str) {
    let refund = sim.refunds.get(id).expect("only refunds that exist are written about");
    let line = JournalLine {
        at: sim.now,
        what,
        account: sim.accounts[refund.account].given.key_id.clone(),
        id: refund.id.clone(),
        of: refund.payment.clone(),
        our_ref: refund.receipt.clone().unwrap_or_default(),
        amount_minor: refund.amount,
        currency: refund.currency.clone(),
    };
    sim.journal.push(line);
}

fn shown(sim: &RazorpaySim, id: &str) -> Value {
    let refund = sim.refunds.get(id).expect("looked up or just made");
    let payment = sim.payments.get(&refund.payment).expect("refunds name payments that exist");
    show::refund(refund, show::method(&payment.instrument))
}

pub(super) fn list(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let page = ask.page(100)?;
    let mine = |r: &&Refund| r.account == ask.account && page.holds(r.created);
    let items = sim.refunds.iter().rev().filter(mine).skip(page.skip).take(page.count);
    Ok(collection(items.map(|r| shown(sim, &r.id)).collect()))
}

pub(super) fn list_of_payment(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let page = ask.page(100)?;
    let refunds = payments::find(sim, ask)?.refunds.iter().rev().skip(page.skip).take(page.count);
    Ok(collection(refunds.map(|id| shown(sim, id)).collect()))
}

pub(super) fn fetch_of_payment(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let payment = payments::find(sim, ask)?;
    let id = payment.refunds.iter().find(|id| *id == ask.id(1)).ok_or_else(Refusal::no_such_id)?;
    Ok(shown(sim, id))
}

pub(super) fn fetch(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let id = find(sim, ask)?;
    Ok(shown(sim, &id))
}

pub(super) fn edit(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let id = find(sim, ask)?;
    let notes = ask.notes()?;
    sim.refunds.get_mut(&id).expect("found above").notes = notes;
    Ok(shown(sim, &id))
}

fn find(sim: &RazorpaySim, ask: &Ask<'_>) -> Result<String, Refusal> {
    let found = sim.refunds.get(ask.id(0)).filter(|r| r.account == ask.account);
    found.map(|r| r.id.clone()).ok_or_else(Refusal::no_such_id)
}

/// A refund made by hand in the dashboard: no receipt, no key of ours.
pub(super) fn in_dashboard(sim: &mut RazorpaySim, payment: &str, amount: Option<i64>) -> Said {
    let account = sim.payments.get(payment).ok_or_else(Refusal::no_such_id)?.account;
    let wanted = Wanted {
        account,
        payment: payment.to_owned(),
        amount,
        speed: "normal".to_owned(),
        notes: json!([]),
        receipt: None,
    };
    let id = accept(sim, wanted)?;
    Ok(shown(sim, &id))
}
