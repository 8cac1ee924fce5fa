//! Webhooks that wait, are under way, or came to nothing.
//!
//! An event's bytes, address and proof are fixed when it is made: retries after a change of the secret still carry the
//! old one. When to try again and when to give up is each provider's [`Schedule`].

use super::Outgoing;
use super::dials::{Fault, held_until};
use hundi_core::Millis;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Events that can be replayed on request, and failures that are shown. Bounded: load runs make millions.
const REMEMBERED: usize = 10_000;

/// How a provider repeats a webhook that was not answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    /// An answer later than this counts as none.
    pub(crate) answer_within_ms: i64,
    /// Between one try and the next; the last repeats.
    pub(crate) gaps_ms: &'static [i64],
    /// Counted from the event.
    pub(crate) give_up_ms: i64,
    /// How often at most, the first included.
    pub(crate) tries_max: u32,
}

/// One event, as it will look however often it is sent.
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Index into the simulator's accounts.
    pub(crate) account: usize,
    pub(crate) created: Millis,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

struct Delivery {
    event: Arc<Event>,
    attempt: u32,
    /// Lets the account's next event pass.
    held: bool,
}

/// What became of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reported {
    /// Answered, to be tried again, or not under way any more.
    Fine,
    /// The event of this account was given up.
    GaveUp { account: usize },
}

pub(crate) struct Outbox {
    schedule: Schedule,
    waiting: BTreeMap<(Millis, u64), Delivery>,
    /// By the id of the attempt, with the time it was handed out.
    under_way: BTreeMap<u64, (Millis, Delivery)>,
    recent: VecDeque<Arc<Event>>,
    failed: VecDeque<(Arc<Event>, &'static str)>,
    next: u64,
    held: usize,
}

impl Outbox {
    pub(crate) const fn new(schedule: Schedule) -> Self {
        Self {
            schedule,
            waiting: BTreeMap::new(),
            under_way: BTreeMap::new(),
            recent: VecDeque::new(),
            failed: VecDeque::new(),
            next: 0,
            held: 0,
        }
    }

    /// Queues an event, with whatever a dial does to it.
    pub(crate) fn send(&mut self, event: Event, fault: Option<Fault>, now: Millis) {
        let event = Arc::new(event);
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back(Arc::clone(&event));
        let fresh = |held| Delivery { event: Arc::clone(&event), attempt: 0, held };
        let at = match fault {
            Some(Fault::WebhookDrop) => return self.fail(event, "dropped by a dial"),
            Some(Fault::WebhookReorder) => return self.wait(held_until(now), fresh(true)),
            Some(Fault::WebhookDelay { ms }) => now.plus(ms),
            _ => now,
        };
        self.wait(at, fresh(false));
        if let Some(Fault::WebhookDuplicate { n }) = fault {
            for _ in 0..n {
                self.wait(at, fresh(false));
            }
        }
        self.let_pass(event.account, at);
    }

    /// What was held goes out after the event that passed it.
    fn let_pass(&mut self, account: usize, at: Millis) {
        if self.held == 0 {
            return;
        }
        let held = |d: &Delivery| d.held && d.event.account == account;
        let passed: Vec<_> = self.waiting.iter().filter(|(_, d)| held(d)).map(|(k, _)| *k).collect();
        for key in passed {
            let delivery = self.waiting.remove(&key).expect("the key was just read");
            self.held -= 1;
            self.wait(at.plus(1), Delivery { held: false, ..delivery });
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

    pub(crate) fn take_due(&mut self, now: Millis) -> Vec<Outgoing> {
        let later = self.waiting.split_off(&(now.plus(1), 0));
        let due = std::mem::replace(&mut self.waiting, later);
        let mut out = Vec::with_capacity(due.len());
        for ((at, _), mut delivery) in due {
            self.held -= usize::from(delivery.held);
            delivery.held = false;
            self.next += 1;
            let (id, event) = (self.next, &delivery.event);
            let (url, headers, body) = (event.url.clone(), event.headers.clone(), event.body.clone());
            out.push(Outgoing { id, at, url, headers, body });
            self.under_way.insert(id, (now, delivery));
        }
        out
    }

    /// Tries that nobody reported on within the time: report them as unanswered.
    pub(crate) fn lapsed(&self, now: Millis) -> Vec<u64> {
        let late = |at: &Millis| now.since(*at) > self.schedule.answer_within_ms;
        self.under_way.iter().filter(|(_, (at, _))| late(at)).map(|(id, _)| *id).collect()
    }

    /// What became of a try. A report on one that has lapsed already changes nothing.
    pub(crate) fn report(&mut self, id: u64, status: Option<u16>, now: Millis) -> Reported {
        let Some((handed, delivery)) = self.under_way.remove(&id) else { return Reported::Fine };
        let in_time = now.since(handed) <= self.schedule.answer_within_ms;
        if in_time && status.is_some_and(|s| (200..300).contains(&s)) {
            return Reported::Fine;
        }
        let last = delivery.event.created.plus(self.schedule.give_up_ms);
        let attempt = delivery.attempt + 1;
        if now >= last || attempt >= self.schedule.tries_max {
            let account = delivery.event.account;
            self.fail(delivery.event, "given up");
            return Reported::GaveUp { account };
        }
        let gaps = self.schedule.gaps_ms;
        let at = usize::try_from(delivery.attempt).unwrap_or(usize::MAX);
        let gap = gaps.get(at).or(gaps.last()).copied().unwrap_or(self.schedule.answer_within_ms);
        self.wait(now.plus(gap).min(last), Delivery { attempt, ..delivery });
        Reported::Fine
    }

    /// Ends everything that waits for an account.
    pub(crate) fn drop_account(&mut self, account: usize, why: &'static str) {
        let of = |d: &Delivery| d.event.account == account;
        let keys: Vec<_> = self.waiting.iter().filter(|(_, d)| of(d)).map(|(k, _)| *k).collect();
        for key in keys {
            let delivery = self.waiting.remove(&key).expect("the key was just read");
            self.held -= usize::from(delivery.held);
            self.fail(delivery.event, why);
        }
    }

    /// Sends a remembered event once more, the same bytes. False when it isn't remembered.
    pub(crate) fn replay(&mut self, event_id: &str, now: Millis) -> bool {
        let Some(event) = self.recent.iter().find(|e| e.id == event_id).cloned() else { return false };
        self.wait(now, Delivery { event, attempt: 0, held: false });
        true
    }

    pub(crate) fn next_due(&self) -> Option<Millis> {
        let waiting = self.waiting.keys().next().map(|(at, _)| *at);
        let lapses = |at: &Millis| at.plus(self.schedule.answer_within_ms + 1);
        let lapsing = self.under_way.values().map(|(at, _)| lapses(at)).min();
        waiting.into_iter().chain(lapsing).min()
    }

    /// For the control API: what waits, what is under way, what came to nothing. `account` names one by its index.
    pub(crate) fn shown(&self, account: impl Fn(usize) -> String) -> Value {
        let with = |event: &Event, name: &str, value: Value| {
            let mut shown = json!({
                "event_id": event.id, "event": event.name, "created_at_ms": event.created.0,
                "key_id": account(event.account),
            });
            shown[name] = value;
            shown
        };
        let waiting: Vec<Value> =
            self.waiting.iter().map(|((at, _), d)| with(&d.event, "at_ms", json!(at.0))).collect();
        let under_way: Vec<Value> =
            self.under_way.values().map(|(at, d)| with(&d.event, "handed_out_at_ms", json!(at.0))).collect();
        let failed: Vec<Value> = self.failed.iter().map(|(e, why)| with(e, "why", json!(why))).collect();
        json!({ "waiting": waiting, "under_way": under_way, "failed": failed })
    }
}
