//! Webhooks: made when something happens, signed then, delivered at least once, given up after three days.
//!
//! An event goes to each subscription that wants it, with a signature over that subscription's own id.

use super::PayPalSim;
use super::craft::{sign, time};
use super::show;
use crate::sim::Op;
use crate::sim::kit::{Event, Place, Schedule, Target};
use hundi_core::time::{days, hours, minutes, seconds};
use serde_json::{Value, json};

/// "Up to 25 times over the course of 3 days." How the tries are spaced is not documented.
pub(super) const SCHEDULE: Schedule = Schedule {
    answer_within_ms: seconds(30),
    gaps_ms: &[
        minutes(1),
        minutes(2),
        minutes(5),
        minutes(10),
        minutes(20),
        minutes(40),
        hours(1),
        hours(2),
        hours(3),
        hours(4),
    ],
    give_up_ms: days(3),
    tries_max: 25,
};

pub(super) const CERTIFICATE_NAME: &str = "CERT-simulated-0001";

/// Every kind of event that is sent here.
pub(super) const KINDS: &[&str] = &[
    "CHECKOUT.ORDER.APPROVED",
    "CHECKOUT.ORDER.COMPLETED",
    "PAYMENT.AUTHORIZATION.CREATED",
    "PAYMENT.AUTHORIZATION.VOIDED",
    "PAYMENT.CAPTURE.COMPLETED",
    "PAYMENT.CAPTURE.DECLINED",
    "PAYMENT.CAPTURE.PENDING",
    "PAYMENT.CAPTURE.REFUNDED",
    "PAYMENT.REFUND.FAILED",
    "PAYMENT.REFUND.PENDING",
];

pub(super) fn of_order(sim: &mut PayPalSim, name: &'static str, id: &str) {
    let order = sim.orders.get(id).expect("events are of orders that exist");
    let (account, shown) = (order.account, show::order(sim, order));
    let target = super::bank::of_order(sim, id);
    emit(sim, account, name, "checkout-order", &shown, target);
}

pub(super) fn of_authorization(sim: &mut PayPalSim, name: &'static str, id: &str) {
    let held = sim.authorizations.get(id).expect("events are of holds that exist");
    let (account, shown) = (held.account, show::authorization(sim, held));
    let target = super::bank::of_order(sim, &held.order);
    emit(sim, account, name, "authorization", &shown, target);
}

pub(super) fn of_capture(sim: &mut PayPalSim, name: &'static str, id: &str) {
    let taken = sim.captures.get(id).expect("events are of captures that exist");
    let (account, shown) = (taken.account, show::capture(sim, taken));
    let target = target_of(sim, taken.order.as_deref());
    emit(sim, account, name, "capture", &shown, target);
}

pub(super) fn of_refund(sim: &mut PayPalSim, name: &'static str, id: &str) {
    let given = sim.refunds.get(id).expect("events are of refunds that exist");
    let (account, shown) = (given.account, show::refund(sim, given));
    let taken = sim.captures.get(&given.capture).expect("refunds name captures that exist");
    let mut target = target_of(sim, taken.order.as_deref());
    target.refs.extend(given.custom_id.clone());
    emit(sim, account, name, "refund", &shown, target);
}

fn target_of(sim: &PayPalSim, order: Option<&str>) -> Target {
    order.map_or_else(Target::default, |id| super::bank::of_order(sim, id))
}

/// Queues an event for whoever subscribed to it, with whatever the dials do to it.
fn emit(
    sim: &mut PayPalSim,
    account: usize,
    name: &'static str,
    resource_type: &str,
    resource: &Value,
    mut target: Target,
) {
    let wants = |s: &&super::state::Subscription| {
        s.account == account && s.events.iter().any(|wanted| wanted == "*" || wanted == name)
    };
    let to: Vec<(String, String)> =
        sim.subscriptions.iter().filter(wants).map(|s| (s.id.clone(), s.url.clone())).collect();
    if to.is_empty() {
        return;
    }
    let id = format!("WH-{}-{}", sim.id(), sim.id());
    let own = format!("{}/v1/notifications/webhooks-events/{id}", sim.base_url);
    let body = json!({
        "id": id,
        "event_version": "1.0",
        "create_time": sim.now.to_string(),
        "resource_type": resource_type,
        "resource_version": "2.0",
        "event_type": name,
        "summary": format!("A simulated {}", name.to_lowercase()),
        "resource": resource,
        "links": [
            { "href": own, "rel": "self", "method": "GET" },
            { "href": format!("{own}/resend"), "rel": "resend", "method": "POST" },
        ],
    })
    .to_string()
    .into_bytes();
    target.op = Some(Op::Webhook);
    target.event = Some(name.to_owned());
    target.key_id.clone_from(&sim.accounts[account].client_id);
    for (webhook_id, url) in to {
        let headers = signed(sim, &webhook_id, &body);
        let fault = sim.panel.take(Place::Webhook, &target);
        let (id, name, body) = (id.clone(), name.to_owned(), body.clone());
        sim.outbox.send(Event { id, name, account, created: sim.now, url, headers, body }, fault, sim.now);
    }
}

fn signed(sim: &mut PayPalSim, webhook_id: &str, body: &[u8]) -> Vec<(String, String)> {
    let part = sim.mint.fourteen().to_lowercase();
    let transmission_id = format!("{part}-9b1e-11f1-8a6d");
    let at = time(sim.now);
    let signature = sign(&transmission_id, &at, webhook_id, body);
    let cert_url = format!("{}/v1/notifications/certs/{CERTIFICATE_NAME}", sim.base_url);
    let pair = |name: &str, value: String| (name.to_owned(), value);
    vec![
        pair("Content-Type", "application/json".to_owned()),
        pair("PAYPAL-TRANSMISSION-ID", transmission_id),
        pair("PAYPAL-TRANSMISSION-TIME", at),
        pair("PAYPAL-TRANSMISSION-SIG", signature),
        pair("PAYPAL-CERT-URL", cert_url),
        pair("PAYPAL-AUTH-ALGO", "SHA256withRSA".to_owned()),
        pair("PAYPAL-AUTH-VERSION", "v2".to_owned()),
    ]
}

/// For the control API.
pub(super) fn shown(sim: &PayPalSim) -> Value {
    sim.outbox.shown(|account| sim.accounts[account].client_id.clone())
}
