//! Webhooks of v2, with the same word on each, and callbacks of v1, with a checksum each.
//!
//! An event's bytes, address and proof are fixed when it is made: repeats after a change of the password still carry the
//! old word.

use super::craft::{checksum, webhook_word};
use super::state::{Account, Api, Place as PaidAt};
use super::{PhonePeSim, bank, show};
use crate::sim::Op;
use crate::sim::kit::{Event, Place, Schedule, Target};
use data_encoding::BASE64;
use hundi_core::Millis;
use hundi_core::time::{hours, minutes, seconds};
use serde_json::{Value, json};

/// No schedule is documented for payments; the QR product has five seconds and three tries.
pub(super) const SCHEDULE: Schedule = Schedule {
    answer_within_ms: seconds(5),
    gaps_ms: &[seconds(30), minutes(5)],
    give_up_ms: hours(1),
    tries_max: 3,
};

/// An order is `completed` or `failed`.
pub(super) fn order(sim: &mut PhonePeSim, what: &str, order: &str) {
    of_order(sim, &format!("order.{what}"), order);
}

/// v1 speaks only of what is final.
pub(super) fn attempt_failed(sim: &mut PhonePeSim, order: &str) {
    of_order(sim, "transaction.attempt.failed", order);
}

fn of_order(sim: &mut PhonePeSim, what: &str, order: &str) {
    let found = sim.orders.get(order).expect("events are of orders that exist");
    let target = bank::target(sim, order);
    match found.api {
        Api::V2 => {
            let family = if found.place == PaidAt::Page { "checkout" } else { "pg" };
            let payload = show::order(sim, found, false);
            let name = format!("{family}.{what}");
            emit_v2(sim, found.account, &name, target, &payload);
        }
        Api::V1 => {
            let (said, url) = (show::v1_payment(sim, found), found.callback_url.clone());
            emit_v1(sim, found.account, url, target, &said);
        }
    }
}

/// A refund is `accepted`, `completed` or `failed`; v1 says the last two alone.
pub(super) fn refund(sim: &mut PhonePeSim, what: &str, refund: &str) {
    let found = sim.refunds.get(refund).expect("events are of refunds that exist");
    let mut target = bank::target(sim, &found.order);
    target.refs.push(found.named.clone());
    let api = sim.orders.get(&found.order).map_or(Api::V2, |o| o.api);
    match api {
        Api::V2 => {
            let payload = show::refund(sim, found);
            emit_v2(sim, found.account, &format!("pg.refund.{what}"), target, &payload);
        }
        Api::V1 if what == "accepted" => {}
        Api::V1 => {
            let (said, url) = (show::v1_refund(sim, found), found.callback_url.clone());
            emit_v1(sim, found.account, url, target, &said);
        }
    }
}

fn emit_v2(sim: &mut PhonePeSim, account: usize, name: &str, target: Target, payload: &Value) {
    let holder = &sim.accounts[account];
    let (Some(url), Some(password)) = (holder.webhook_url.clone(), &holder.webhook_password) else { return };
    let word = webhook_word(Account::USERNAME, password.expose());
    let old_name = name.replace('.', "_").to_uppercase();
    let body = json!({ "event": name, "type": old_name, "payload": payload });
    send(sim, account, (name, url, ("authorization", word)), target, &body);
}

fn emit_v1(sim: &mut PhonePeSim, account: usize, own_url: Option<String>, target: Target, said: &Value) {
    let holder = &sim.accounts[account];
    let Some(url) = own_url.or_else(|| holder.webhook_url.clone()) else { return };
    let response = BASE64.encode(said.to_string().as_bytes());
    let proof = ("x-verify", checksum(holder, &response));
    let name = said["code"].as_str().unwrap_or_default().to_owned();
    send(sim, account, (&name, url, proof), target, &json!({ "response": response }));
}

fn send(
    sim: &mut PhonePeSim,
    account: usize,
    (name, url, (header, proof)): (&str, String, (&str, String)),
    mut target: Target,
    body: &Value,
) {
    let headers =
        vec![("content-type".to_owned(), "application/json".to_owned()), (header.to_owned(), proof)];
    target.op = Some(Op::Webhook);
    target.event = Some(name.to_owned());
    let fault = sim.panel.take(Place::Webhook, &target);
    // The id is ours, for replays: PhonePe's events have none.
    let id = sim.mint.fourteen();
    let created = sim.now;
    let body = body.to_string().into_bytes();
    let event = Event { id, name: name.to_owned(), account, created, url, headers, body };
    sim.outbox.send(event, fault, sim.now);
}

/// Tries that nobody reported on within the time count as unanswered. A webhook that was given up is not disabled.
pub(super) fn lapse(sim: &mut PhonePeSim, now: Millis) {
    for id in sim.outbox.lapsed(now) {
        sim.outbox.report(id, None, now);
    }
}

/// For the control API.
pub(super) fn shown(sim: &PhonePeSim) -> Value {
    sim.outbox.shown(|account| sim.accounts[account].key_id().to_owned())
}
