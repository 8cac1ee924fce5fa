//! Webhooks: made when something happens, with the password then, or sealed; tried five times.

use super::HdfcSim;
use super::craft::time;
use super::{bank, seal, show};
use crate::sim::Op;
use crate::sim::kit::{Event, Place, Schedule};
use data_encoding::BASE64;
use hundi_core::Secret;
use hundi_core::time::{minutes, seconds};
use serde_json::{Value, json};

/// Not documented for this product: a sister product of Juspay's tries four times more.
pub(super) const SCHEDULE: Schedule = Schedule {
    answer_within_ms: seconds(10),
    gaps_ms: &[seconds(2), seconds(6), seconds(14), seconds(30)],
    give_up_ms: minutes(10),
    tries_max: 5,
};

/// The API version of the dashboard from which on an event is sent.
fn since(event: &str) -> &'static str {
    match event {
        "ORDER_FAILED" => "2016-07-19",
        "TXN_CREATED" => "2016-10-27",
        "AUTO_REFUND_SUCCEEDED" | "AUTO_REFUND_FAILED" => "2019-11-11",
        "TXN_CHARGED" => "2020-10-31",
        _ => "",
    }
}

/// Queues an event about a try's order, with whatever the dials do to it. An account without an address has none.
pub(super) fn order_event(sim: &mut HdfcSim, name: &'static str, txn: &str) {
    let Some(order) = bank::order_of(sim, txn) else { return };
    let account = order.account;
    let holder = &sim.accounts[account];
    if holder.webhook_version.as_str() < since(name) {
        return;
    }
    let Some(url) = holder.webhook_url.clone() else { return };
    let id = format!("evt_V2_{}", sim.mint.fourteen());
    let order = bank::order_of(sim, txn).expect("found above");
    let mut told = json!({
        "id": id, "date_created": time(sim.now), "event_name": name,
        "content": { "order": show::order(sim, order, "https://smartgateway.hdfcuat.bank.in") },
    });
    let holder = &sim.accounts[account];
    if holder.webhook_texts {
        show::as_texts(&mut told);
    }
    let mut body = show::written(&told);
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    match (holder.sealed_webhooks, &holder.webhook_password) {
        (true, _) => {
            let sealed = seal::seal(holder, body.as_bytes(), &id).unwrap_or(Value::Null);
            body = json!({ "JWT": sealed }).to_string();
        }
        (false, Some(password)) => headers.push(("authorization".to_owned(), basic(password))),
        (false, None) => {}
    }
    let mut target = bank::target(sim, txn, Op::Webhook);
    target.event = Some(name.to_owned());
    let fault = sim.panel.take(Place::Webhook, &target);
    let event =
        Event { id, name: name.to_owned(), account, created: sim.now, url, headers, body: body.into_bytes() };
    sim.outbox.send(event, fault, sim.now);
}

fn basic(password: &Secret) -> String {
    format!("Basic {}", BASE64.encode(format!("hundi:{}", password.expose()).as_bytes()))
}

/// For the control API.
pub(super) fn shown(sim: &HdfcSim) -> Value {
    sim.outbox.shown(|account| sim.accounts[account].merchant_id.clone())
}
