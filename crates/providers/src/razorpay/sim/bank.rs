//! What happens to a payment: started, authorized, captured, failed, released. The one place that moves it.
//!
//! Every real movement is written into the journal here, before any fault can hide it from the merchant.

use super::RazorpaySim;
use super::craft::fee;
use super::state::{
    CaptureRule, Failure, Instrument, LinkStatus, OrderStatus, Payment, PaymentStatus, Token, Unsettled,
    UpiFlow,
};
use super::{clock::Timer, hooks, show};
use crate::sim::JournalLine;
use crate::sim::kit::{Place, Target};
use crate::sim::{Fault, Op};
use hundi_core::Millis;
use hundi_core::time::{minutes, seconds};
use serde_json::{Value, json};

/// A payment that the bank says nothing about is given up after so long, and may still succeed afterwards.
pub(super) const SILENCE_MS: i64 = minutes(10);
/// How long a success on an order that is paid already is held before it is given back.
pub(super) const SECOND_SUCCESS_MS: i64 = seconds(60);

/// What a payment starts from.
pub(super) struct Start {
    pub(super) account: usize,
    pub(super) order: Option<String>,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) instrument: Instrument,
    pub(super) email: Option<String>,
    pub(super) contact: Option<String>,
    pub(super) customer: Option<String>,
    pub(super) description: Option<String>,
    pub(super) notes: Value,
}

/// A payment in `created`: its payer is at the bank or in the UPI app.
pub(super) fn start(sim: &mut RazorpaySim, start: Start) -> String {
    let id = sim.mint.id("pay");
    let card_id = matches!(start.instrument, Instrument::Card(_)).then(|| sim.mint.id("card"));
    let mut capture = sim.capture_rule(start.account);
    if let Some(order) = start.order.as_ref().and_then(|o| sim.orders.get_mut(o)) {
        order.attempts += 1;
        if order.status == OrderStatus::Created {
            order.status = OrderStatus::Attempted;
        }
        order.payments.push(id.clone());
        capture = order.capture;
    }
    let payment = Payment {
        id: id.clone(),
        account: start.account,
        order: start.order,
        amount: start.amount,
        currency: start.currency,
        instrument: start.instrument,
        card_id,
        token: None,
        email: start.email,
        contact: start.contact,
        customer: start.customer,
        description: start.description,
        notes: start.notes,
        status: PaymentStatus::Created,
        captured: false,
        refunded: 0,
        fee: None,
        failure: None,
        acquirer: json!({}),
        capture,
        created: sim.now,
        captured_at: None,
        refunds: Vec::new(),
    };
    sim.payments.put(&id, payment);
    sim.at(sim.now.plus(SILENCE_MS), Timer::GiveUp { payment: id.clone() });
    id
}

/// Whether the bank's yes may be followed by a capture of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AfterHold {
    AsTheOrderSays,
    /// Stays authorized until somebody captures it.
    Wait,
}

/// The bank said yes. Also long after a failure: `failed` is not final at Razorpay.
pub(super) fn authorize(sim: &mut RazorpaySim, id: &str, after: AfterHold) {
    let Some(payment) = sim.payments.get(id) else { return };
    if !matches!(payment.status, PaymentStatus::Created | PaymentStatus::Failed) {
        return;
    }
    let target = pay_target(sim, id);
    let wrong = sim.panel.take(Place::Amount, &target);
    let method = show::method(&sim.payments.get(id).expect("looked up above").instrument);
    let acquirer = acquirer(sim, method);
    let now = sim.now;
    let payment = sim.payments.get_mut(id).expect("looked up above");
    if let Some(Fault::WrongAmount { minor }) = wrong {
        payment.amount = minor;
    }
    payment.status = PaymentStatus::Authorized;
    payment.failure = None;
    payment.acquirer = acquirer;
    let rule = payment.capture;
    let in_time = now.since(payment.created) <= rule.automatic_for_ms;
    let hold_ends = payment.created.plus(rule.hold_ms).max(now);
    write(sim, "authorized", id);
    register(sim, id);
    hooks::payment_event(sim, "payment.authorized", id);
    if order_is_paid(sim, id) {
        sim.at(now.plus(SECOND_SUCCESS_MS), Timer::Release { payment: id.to_owned() });
    } else if rule.automatic && in_time && after == AfterHold::AsTheOrderSays {
        capture(sim, id);
    } else {
        sim.at(hold_ends, Timer::Release { payment: id.to_owned() });
    }
}

/// What pays an order that registers is kept for its customer.
fn register(sim: &mut RazorpaySim, id: &str) {
    let payment = sim.payments.get(id).expect("looked up by the caller");
    let order = payment.order.as_ref().and_then(|o| sim.orders.get(o));
    let Some(customer) = order.and_then(|o| o.registers_for.clone()) else { return };
    let Instrument::Card(card) = payment.instrument else { return };
    if payment.token.is_some() {
        return;
    }
    let token = Token { id: sim.mint.id("token"), card, status: "active", recurring: true, created: sim.now };
    let token_id = token.id.clone();
    if let Some(kept) = sim.customers.get_mut(&customer) {
        kept.tokens.push(token);
        let payment = sim.payments.get_mut(id).expect("looked up above");
        (payment.token, payment.customer) = (Some(token_id), Some(customer));
    }
}

/// Takes the money that the bank holds. The caller has checked that there is a hold.
pub(super) fn capture(sim: &mut RazorpaySim, id: &str) {
    let now = sim.now;
    let payment = sim.payments.get_mut(id).expect("the caller has found it");
    let (account, amount, order) = (payment.account, payment.amount, payment.order.clone());
    let terms = &sim.accounts[account].given;
    let abroad = show::is_international(&payment.instrument);
    // Card payments up to two thousand rupees carry no GST on the fee.
    let gst = !(matches!(payment.instrument, Instrument::Card(_)) && amount <= 200_000);
    let fee = fee(amount, if abroad { terms.international_fee_bps } else { terms.fee_bps }, gst);
    payment.status = PaymentStatus::Captured;
    payment.captured = true;
    payment.captured_at = Some(now);
    payment.fee = Some(fee);
    let ready_at = now.plus(terms.settle_after_ms);
    if let Some(balance) = &mut sim.accounts[account].given.balance_minor {
        *balance += amount - fee.fee;
    }
    sim.owe(Unsettled { account, of: id.to_owned(), credit: amount - fee.fee, debit: 0, ready_at });
    write(sim, "captured", id);
    hooks::payment_event(sim, "payment.captured", id);
    if let Some(order) = order {
        count_towards(sim, &order, id, amount);
    }
}

/// An order that a capture pays gives back whatever else is held for it.
fn count_towards(sim: &mut RazorpaySim, order_id: &str, payment: &str, amount: i64) {
    let Some(order) = sim.orders.get_mut(order_id) else { return };
    order.amount_paid += amount;
    let link = order.link.clone();
    let paid = order.amount_paid >= order.amount;
    if paid && order.status != OrderStatus::Paid {
        order.status = OrderStatus::Paid;
        let others: Vec<String> = order.payments.iter().filter(|p| *p != payment).cloned().collect();
        for other in others {
            if sim.payments.get(&other).is_some_and(|p| p.status == PaymentStatus::Authorized) {
                sim.at(sim.now.plus(SECOND_SUCCESS_MS), Timer::Release { payment: other });
            }
        }
        hooks::order_paid(sim, order_id, payment);
    }
    if let Some(link_id) = link {
        let now = sim.now;
        let link = sim.links.get_mut(&link_id).expect("orders name links that exist");
        link.amount_paid += amount;
        link.updated = now;
        link.payments.push(payment.to_owned());
        link.status =
            if link.amount_paid >= link.amount { LinkStatus::Paid } else { LinkStatus::PartiallyPaid };
        let event =
            if link.status == LinkStatus::Paid { "payment_link.paid" } else { "payment_link.partially_paid" };
        hooks::link_event(sim, event, &link_id, Some(payment));
    }
}

/// The bank said no, or nobody said anything. Only a payment that is still open can fail.
pub(super) fn fail(sim: &mut RazorpaySim, id: &str, failure: Failure) {
    let Some(payment) = sim.payments.get_mut(id).filter(|p| p.status == PaymentStatus::Created) else {
        return;
    };
    payment.status = PaymentStatus::Failed;
    payment.failure = Some(failure);
    write(sim, "failed", id);
    hooks::payment_event(sim, "payment.failed", id);
}

/// Gives a hold back that was never taken: `refunded` and never captured. There is no refund record, since no money
/// had reached the merchant, and no event of its own: who wants to know has to ask.
pub(super) fn release(sim: &mut RazorpaySim, id: &str) {
    let Some(payment) = sim.payments.get_mut(id).filter(|p| p.status == PaymentStatus::Authorized) else {
        return;
    };
    payment.status = PaymentStatus::Refunded;
    payment.refunded = payment.amount;
    write(sim, "released", id);
}

pub(super) fn order_is_paid(sim: &RazorpaySim, payment: &str) -> bool {
    let order = sim.payments.get(payment).and_then(|p| p.order.as_ref()).and_then(|o| sim.orders.get(o));
    order.is_some_and(|o| o.status == OrderStatus::Paid)
}

/// What a fault may be aimed at when this payment moves.
pub(super) fn pay_target(sim: &RazorpaySim, payment: &str) -> Target {
    let Some(payment) = sim.payments.get(payment) else { return Target::default() };
    Target {
        op: Some(Op::Pay),
        amount: Some(payment.amount),
        refs: sim.our_ref(payment.order.as_deref()).into_iter().collect(),
        order: payment.order.clone(),
        key_id: sim.accounts[payment.account].given.key_id.clone(),
        event: None,
    }
}

fn acquirer(sim: &mut RazorpaySim, method: &str) -> Value {
    match method {
        "upi" => {
            json!({ "rrn": sim.mint.digits(12), "upi_transaction_id": sim.mint.fourteen().to_uppercase() })
        }
        "card" => json!({ "auth_code": sim.mint.digits(6), "rrn": sim.mint.digits(12) }),
        "netbanking" => json!({ "bank_transaction_id": sim.mint.digits(10) }),
        _ => json!({ "transaction_id": sim.mint.fourteen() }),
    }
}

/// The journal's line for a payment as it is now.
pub(super) fn write(sim: &mut RazorpaySim, what: &'static str, id: &str) {
    let payment = sim.payments.get(id).expect("only payments that exist are written about");
    let line = JournalLine {
        at: sim.now,
        what,
        account: sim.accounts[payment.account].given.key_id.clone(),
        id: payment.id.clone(),
        of: payment.order.clone().unwrap_or_default(),
        our_ref: sim.our_ref(payment.order.as_deref()).unwrap_or_default(),
        amount_minor: payment.amount,
        currency: payment.currency.clone(),
    };
    sim.journal.push(line);
}

impl RazorpaySim {
    /// What an order that says nothing about capture does: holds last five days, Razorpay's longest.
    pub(super) fn capture_rule(&self, account: usize) -> CaptureRule {
        let longest = minutes(7200);
        CaptureRule {
            automatic: self.accounts[account].given.auto_capture,
            automatic_for_ms: longest,
            hold_ms: longest,
        }
    }

    /// The merchant's own reference of an order: its receipt, or its link's reference.
    pub(super) fn our_ref(&self, order: Option<&str>) -> Option<String> {
        let order = self.orders.get(order?)?;
        let of_link = || order.link.as_ref().and_then(|l| self.links.get(l)).map(|l| l.reference.clone());
        order.receipt.clone().or_else(of_link)
    }
}

/// The UPI address that a payer has when nobody chose one.
pub(super) fn usual_instrument() -> Instrument {
    Instrument::Upi { vpa: "success@razorpay".to_owned(), flow: UpiFlow::Intent }
}

/// When a collect request lapses that names no time of its own.
pub(super) fn collect_ends(now: Millis, expiry_minutes: Option<i64>) -> Millis {
    now.plus(minutes(expiry_minutes.unwrap_or(5).clamp(1, 7200)))
}
