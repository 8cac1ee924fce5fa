//! Webhooks: made when something happens, signed then, delivered at least once, given up after a day.
//!
//! An event's bytes, address and signature are fixed when it is made: retries after a change of the secret are still
//! signed with the old one, as Razorpay's are.

use super::RazorpaySim;
use super::craft::sign;
use super::show;
use crate::sim::Op;
use crate::sim::kit::{Event, Place, Reported, Schedule, Target};
use hundi_core::Millis;
use hundi_core::time::{hours, minutes, seconds};
use serde_json::{Value, json};

/// After a day without a 2xx for an event, Razorpay disables the webhook. The steps of the back-off are not documented;
/// these double from half a minute.
pub(super) const SCHEDULE: Schedule = Schedule {
    answer_within_ms: seconds(5),
    gaps_ms: &[
        seconds(30),
        minutes(1),
        minutes(2),
        minutes(4),
        minutes(8),
        minutes(16),
        minutes(32),
        minutes(64),
        minutes(128),
        hours(4),
    ],
    give_up_ms: hours(24),
    tries_max: u32::MAX,
};

// ---- making events

pub(super) fn payment_event(sim: &mut RazorpaySim, name: &'static str, payment: &str) {
    let shown = show::payment(sim.payments.get(payment).expect("events are of payments that exist"));
    let target = super::bank::pay_target(sim, payment);
    emit(sim, name, target, vec![("payment", shown)]);
}

pub(super) fn order_paid(sim: &mut RazorpaySim, order: &str, payment: &str) {
    let shown = show::payment(sim.payments.get(payment).expect("events are of payments that exist"));
    let order = show::order(sim.orders.get(order).expect("events are of orders that exist"));
    let target = super::bank::pay_target(sim, payment);
    emit(sim, "order.paid", target, vec![("payment", shown), ("order", order)]);
}

pub(super) fn refund_event(sim: &mut RazorpaySim, name: &'static str, refund: &str) {
    let refund = sim.refunds.get(refund).expect("events are of refunds that exist");
    let payment = sim.payments.get(&refund.payment).expect("refunds name payments that exist");
    let shown = show::refund(refund, show::method(&payment.instrument));
    let mut target = super::bank::pay_target(sim, &refund.payment);
    target.refs.extend(refund.receipt.clone());
    emit(sim, name, target, vec![("refund", shown), ("payment", show::payment(payment))]);
}

pub(super) fn link_event(sim: &mut RazorpaySim, name: &'static str, link: &str, payment: Option<&str>) {
    let link = sim.links.get(link).expect("events are of links that exist");
    let order = sim.orders.get(&link.order).expect("links name orders that exist");
    let mut parts = Vec::new();
    if let Some(payment) = payment.and_then(|id| sim.payments.get(id)) {
        parts.push(("payment", show::payment(payment)));
        parts.push(("order", show::order(order)));
    }
    parts.push(("payment_link", json!(show::link(sim, link))));
    let target = Target {
        amount: Some(link.amount),
        refs: vec![link.reference.clone()],
        order: Some(link.order.clone()),
        key_id: sim.accounts[link.account].given.key_id.clone(),
        ..Target::default()
    };
    emit(sim, name, target, parts);
}

pub(super) fn settlement_event(sim: &mut RazorpaySim, settlement: &str) {
    let settlement = sim.settlements.get(settlement).expect("events are of settlements that exist");
    let target = Target {
        amount: Some(settlement.amount),
        key_id: sim.accounts[settlement.account].given.key_id.clone(),
        ..Target::default()
    };
    let shown = show::settlement(settlement);
    emit(sim, "settlement.processed", target, vec![("settlement", shown)]);
}

/// Queues an event, with whatever the dials do to it. An account without a webhook, or with a disabled one, has none.
fn emit(sim: &mut RazorpaySim, name: &'static str, mut target: Target, parts: Vec<(&'static str, Value)>) {
    let Some(account) = sim.accounts.iter().position(|a| a.given.key_id == target.key_id) else { return };
    let holder = &sim.accounts[account];
    let Some(url) = holder.given.webhook_url.clone().filter(|_| holder.webhook_disabled_at.is_none()) else {
        return;
    };
    let contains: Vec<&str> = parts.iter().map(|(part, _)| *part).collect();
    let payload: serde_json::Map<String, Value> =
        parts.iter().map(|(part, entity)| ((*part).to_owned(), json!({ "entity": entity }))).collect();
    let body = json!({
        "entity": "event",
        "account_id": holder.given.account_id,
        "event": name,
        "contains": contains,
        "payload": payload,
        "created_at": sim.now.secs(),
    })
    .to_string()
    .into_bytes();
    let mut headers = vec![
        ("content-type".to_owned(), "application/json".to_owned()),
        ("user-agent".to_owned(), "Razorpay-Webhook/v1".to_owned()),
    ];
    let id = sim.mint.fourteen();
    headers.push(("x-razorpay-event-id".to_owned(), id.clone()));
    if let Some(secret) = &holder.given.webhook_secret {
        headers.push(("x-razorpay-signature".to_owned(), sign(secret.expose(), &body)));
    }
    target.op = Some(Op::Webhook);
    target.event = Some(name.to_owned());
    let fault = sim.panel.take(Place::Webhook, &target);
    let event = Event { id, name: name.to_owned(), account, created: sim.now, url, headers, body };
    sim.outbox.send(event, fault, sim.now);
}

// ---- delivering them

/// Tries that nobody reported on within the time count as unanswered.
pub(super) fn lapse(sim: &mut RazorpaySim, now: Millis) {
    for id in sim.outbox.lapsed(now) {
        report(sim, id, None, now);
    }
}

/// What became of a try. An event given up disables its account's webhook.
pub(super) fn report(sim: &mut RazorpaySim, id: u64, status: Option<u16>, now: Millis) {
    match sim.outbox.report(id, status, now) {
        Reported::Fine => {}
        Reported::GaveUp { account } => {
            sim.accounts[account].webhook_disabled_at = Some(now);
            sim.outbox.drop_account(account, "webhook disabled");
        }
    }
}

/// For the control API.
pub(super) fn shown(sim: &RazorpaySim) -> Value {
    sim.outbox.shown(|account| sim.accounts[account].given.key_id.clone())
}
