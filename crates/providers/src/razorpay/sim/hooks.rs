//! Webhooks: made when something happens, signed then, delivered at least once, given up after a day.
//!
//! An event's bytes, address and signature are fixed when it is made: retries after a change of the secret are still
//! signed with the old one, as Razorpay's are.

use super::RazorpaySim;
use super::craft::sign;
use super::dials::{Fault, Op, Place, Target, held_until};
use super::show;
use crate::sim::Outgoing;
use hundi_core::Millis;
use hundi_core::time::{hours, seconds};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// An answer later than this counts as none.
const ANSWER_WITHIN_MS: i64 = seconds(5);
/// After a day without a 2xx for an event, Razorpay disables the webhook.
const GIVE_UP_MS: i64 = hours(24);
/// The steps of the back-off are not documented; these double from half a minute.
const FIRST_GAP_MS: i64 = seconds(30);
const LONGEST_GAP_MS: i64 = hours(4);
/// Events that can be replayed on request, and failures that are shown. Bounded: load runs make millions.
const REMEMBERED: usize = 10_000;

/// One event, as it will look however often it is sent.
pub(super) struct Event {
    pub(super) id: String,
    pub(super) name: &'static str,
    account: usize,
    created: Millis,
    url: String,
    signature: Option<String>,
    body: Vec<u8>,
}

struct Delivery {
    event: Arc<Event>,
    attempt: u32,
    /// Lets the account's next event pass.
    held: bool,
}

/// Everything that waits, is under way, or came to nothing.
pub(super) struct Outbox {
    waiting: BTreeMap<(Millis, u64), Delivery>,
    /// By the id of the attempt, with the time it was handed out.
    under_way: BTreeMap<u64, (Millis, Delivery)>,
    recent: VecDeque<Arc<Event>>,
    failed: VecDeque<(Arc<Event>, &'static str)>,
    next: u64,
    held: usize,
}

impl Outbox {
    pub(super) const fn new() -> Self {
        Self {
            waiting: BTreeMap::new(),
            under_way: BTreeMap::new(),
            recent: VecDeque::new(),
            failed: VecDeque::new(),
            next: 0,
            held: 0,
        }
    }

    fn wait(&mut self, at: Millis, delivery: Delivery) {
        self.next += 1;
        self.held += usize::from(delivery.held);
        self.waiting.insert((at, self.next), delivery);
    }

    fn fail(&mut self, event: Arc<Event>, why: &'static str) {
        if self.failed.len() == REMEMBERED {
            self.failed.pop_front();
        }
        self.failed.push_back((event, why));
    }

    pub(super) fn next_due(&self) -> Option<Millis> {
        let waiting = self.waiting.keys().next().map(|(at, _)| *at);
        let lapsing = self.under_way.values().map(|(at, _)| at.plus(ANSWER_WITHIN_MS + 1)).min();
        waiting.into_iter().chain(lapsing).min()
    }
}

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
    let signature = holder.given.webhook_secret.as_ref().map(|secret| sign(secret.expose(), &body));
    let event =
        Arc::new(Event { id: sim.mint.fourteen(), name, account, created: sim.now, url, signature, body });
    remember(&mut sim.outbox, &event);
    target.op = Some(Op::Webhook);
    target.event = Some(name);
    let fault = sim.panel.take(Place::Webhook, &target);
    enqueue(&mut sim.outbox, &event, fault, sim.now);
}

fn remember(outbox: &mut Outbox, event: &Arc<Event>) {
    if outbox.recent.len() == REMEMBERED {
        outbox.recent.pop_front();
    }
    outbox.recent.push_back(Arc::clone(event));
}

fn enqueue(outbox: &mut Outbox, event: &Arc<Event>, fault: Option<Fault>, now: Millis) {
    let fresh = |held| Delivery { event: Arc::clone(event), attempt: 0, held };
    let at = match fault {
        Some(Fault::WebhookDrop) => return outbox.fail(Arc::clone(event), "dropped by a dial"),
        Some(Fault::WebhookReorder) => return outbox.wait(held_until(now), fresh(true)),
        Some(Fault::WebhookDelay { ms }) => now.plus(ms),
        _ => now,
    };
    outbox.wait(at, fresh(false));
    if let Some(Fault::WebhookDuplicate { n }) = fault {
        for _ in 0..n {
            outbox.wait(at, fresh(false));
        }
    }
    if outbox.held > 0 {
        let passed: Vec<_> = outbox
            .waiting
            .iter()
            .filter(|(_, d)| d.held && d.event.account == event.account)
            .map(|(k, _)| *k)
            .collect();
        for key in passed {
            let delivery = outbox.waiting.remove(&key).expect("the key was just read");
            outbox.held -= 1;
            outbox.wait(at.plus(1), Delivery { held: false, ..delivery });
        }
    }
}

// ---- delivering them

/// Attempts that nobody reported on within the time count as unanswered.
pub(super) fn lapse(sim: &mut RazorpaySim, now: Millis) {
    let late: Vec<u64> = sim
        .outbox
        .under_way
        .iter()
        .filter(|(_, (at, _))| now.since(*at) > ANSWER_WITHIN_MS)
        .map(|(id, _)| *id)
        .collect();
    for id in late {
        report(sim, id, None, now);
    }
}

pub(super) fn take_due(sim: &mut RazorpaySim, now: Millis) -> Vec<Outgoing> {
    let later = sim.outbox.waiting.split_off(&(now.plus(1), 0));
    let due = std::mem::replace(&mut sim.outbox.waiting, later);
    let mut out = Vec::with_capacity(due.len());
    for ((at, _), mut delivery) in due {
        sim.outbox.held -= usize::from(delivery.held);
        delivery.held = false;
        sim.outbox.next += 1;
        let id = sim.outbox.next;
        out.push(outgoing(id, at, &delivery.event));
        sim.outbox.under_way.insert(id, (now, delivery));
    }
    out
}

fn outgoing(id: u64, at: Millis, event: &Event) -> Outgoing {
    let mut headers = vec![
        ("content-type".to_owned(), "application/json".to_owned()),
        ("user-agent".to_owned(), "Razorpay-Webhook/v1".to_owned()),
        ("x-razorpay-event-id".to_owned(), event.id.clone()),
    ];
    if let Some(signature) = &event.signature {
        headers.push(("x-razorpay-signature".to_owned(), signature.clone()));
    }
    Outgoing { id, at, url: event.url.clone(), headers, body: event.body.clone() }
}

/// What became of an attempt. A report on an attempt that has lapsed already changes nothing.
pub(super) fn report(sim: &mut RazorpaySim, id: u64, status: Option<u16>, now: Millis) {
    let Some((handed, delivery)) = sim.outbox.under_way.remove(&id) else { return };
    let in_time = now.since(handed) <= ANSWER_WITHIN_MS;
    if in_time && status.is_some_and(|s| (200..300).contains(&s)) {
        return;
    }
    let last = delivery.event.created.plus(GIVE_UP_MS);
    let account = delivery.event.account;
    if sim.accounts[account].webhook_disabled_at.is_some() {
        sim.outbox.fail(delivery.event, "webhook disabled");
    } else if now >= last {
        sim.outbox.fail(delivery.event, "no 2xx for a day");
        disable(sim, account, now);
    } else {
        let gap = (FIRST_GAP_MS << delivery.attempt.min(16)).min(LONGEST_GAP_MS);
        let next = Delivery { attempt: delivery.attempt + 1, ..delivery };
        sim.outbox.wait(now.plus(gap).min(last), next);
    }
}

fn disable(sim: &mut RazorpaySim, account: usize, now: Millis) {
    sim.accounts[account].webhook_disabled_at = Some(now);
    let keys: Vec<_> =
        sim.outbox.waiting.iter().filter(|(_, d)| d.event.account == account).map(|(k, _)| *k).collect();
    for key in keys {
        let delivery = sim.outbox.waiting.remove(&key).expect("the key was just read");
        sim.outbox.held -= usize::from(delivery.held);
        sim.outbox.fail(delivery.event, "webhook disabled");
    }
}

/// Sends a remembered event once more, with the same id and the same bytes. False when it isn't remembered.
pub(super) fn replay(sim: &mut RazorpaySim, event_id: &str) -> bool {
    let Some(event) = sim.outbox.recent.iter().find(|e| e.id == event_id).cloned() else { return false };
    let now = sim.now;
    sim.outbox.wait(now, Delivery { event, attempt: 0, held: false });
    true
}

/// For the control API: what waits, what is under way, what came to nothing.
pub(super) fn shown(sim: &RazorpaySim) -> Value {
    let one = |event: &Event| {
        json!({
            "event_id": event.id, "event": event.name, "created_at_ms": event.created.0,
            "key_id": sim.accounts[event.account].given.key_id,
        })
    };
    let with = |event: &Event, name: &str, value: Value| {
        let mut shown = one(event);
        shown[name] = value;
        shown
    };
    let waiting: Vec<Value> =
        sim.outbox.waiting.iter().map(|((at, _), d)| with(&d.event, "at_ms", json!(at.0))).collect();
    let under_way: Vec<Value> = sim
        .outbox
        .under_way
        .values()
        .map(|(at, d)| with(&d.event, "handed_out_at_ms", json!(at.0)))
        .collect();
    let failed: Vec<Value> = sim.outbox.failed.iter().map(|(e, why)| with(e, "why", json!(why))).collect();
    json!({ "waiting": waiting, "under_way": under_way, "failed": failed })
}
