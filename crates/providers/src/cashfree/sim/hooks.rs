//! Webhooks: made and signed when something happens, delivered at least once, repeated three times.

use super::state::{Order, Status};
use super::{CashfreeSim, bank, craft, show};
use crate::sim::Op;
use crate::sim::kit::{Event, Place, Schedule, Target};
use hundi_core::Millis;
use hundi_core::time::{hours, minutes, seconds};
use serde_json::{Value, json};

/// Cashfree's usual policy: at 2, 10 and 30 minutes. How long an answer may take is not documented.
pub(super) const SCHEDULE: Schedule = Schedule {
    answer_within_ms: seconds(30),
    gaps_ms: &[minutes(2), minutes(10), minutes(30)],
    give_up_ms: hours(2),
    tries_max: 4,
};

/// A try came to an end. Holds and captures have one word.
pub(super) fn payment(sim: &mut CashfreeSim, id: &str) {
    let payment = sim.payments.get(id).expect("events are of tries that exist").clone();
    let name = match payment.status {
        Status::Held { .. } | Status::Captured { .. } => "PAYMENT_SUCCESS_WEBHOOK",
        Status::Failed { .. } => "PAYMENT_FAILED_WEBHOOK",
        Status::Dropped { .. } => "PAYMENT_USER_DROPPED_WEBHOOK",
        Status::Pending | Status::Voided { .. } | Status::Reversed { .. } => return,
    };
    let Some(order) = sim.orders.get(&payment.order).cloned() else { return };
    let body = show::payment_event(&order, &payment, name, sim.now);
    let target = bank::target(sim, id, Op::Webhook);
    send(sim, payment.account, name, &body, target);
}

/// A refund came to an end. Its acceptance is told to nobody.
pub(super) fn refund(sim: &mut CashfreeSim, id: &str) {
    let refund = sim.refunds.get(id).expect("events are of refunds that exist").clone();
    let mut target = bank::target(sim, &refund.payment, Op::Webhook);
    let order: Option<&Order> =
        sim.payments.get(&refund.payment).and_then(|payment| sim.orders.get(&payment.order));
    let Some(order) = order else { return };
    let body = json!({
        "data": { "refund": show::refund(order, &refund) },
        "event_time": craft::stamp(sim.now),
        "type": "REFUND_STATUS_WEBHOOK",
    });
    target.amount = Some(refund.amount);
    target.refs.push(refund.reference);
    send(sim, refund.account, "REFUND_STATUS_WEBHOOK", &body, target);
}

/// Queues an event, with whatever the dials do to it. An account without a webhook has none.
fn send(sim: &mut CashfreeSim, account: usize, name: &str, body: &Value, mut target: Target) {
    let Some(url) = sim.accounts[account].webhook_url.clone() else { return };
    target.event = Some(name.to_owned());
    let fault = sim.panel.take(Place::Webhook, &target);
    let body = craft::written(body);
    let timestamp = sim.now.0.to_string();
    let header = |name: &str, value: String| (name.to_owned(), value);
    let headers = vec![
        header("content-type", "application/json".to_owned()),
        header("x-webhook-version", "2025-01-01".to_owned()),
        header("x-webhook-attempt", "1".to_owned()),
        header("x-idempotency-key", craft::hash(&body)),
        header("x-webhook-signature", craft::sign(&timestamp, &body, sim.accounts[account].secret.expose())),
        header("x-webhook-timestamp", timestamp),
    ];
    // Cashfree numbers no events; the id is the simulator's, for replaying one.
    let id = format!("evt_{}", sim.mint.fourteen());
    let name = name.to_owned();
    let event = Event { id, name, account, created: sim.now, url, headers, body: body.into_bytes() };
    sim.outbox.send(event, fault, sim.now);
}

/// Tries that nobody reported on within the time count as unanswered.
pub(super) fn lapse(sim: &mut CashfreeSim, now: Millis) {
    for id in sim.outbox.lapsed(now) {
        report(sim, id, None, now);
    }
}

pub(super) fn report(sim: &mut CashfreeSim, id: u64, status: Option<u16>, now: Millis) {
    sim.outbox.report(id, status, now);
}

/// For the control API.
pub(super) fn shown(sim: &CashfreeSim) -> Value {
    sim.outbox.shown(|account| sim.accounts[account].client_id.clone())
}
