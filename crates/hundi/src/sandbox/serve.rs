//! One simulated provider behind a port: its world under one lock, its history on disk, its clock.

use super::clock::SandboxClock;
use super::http::{Answers, Heard, json};
use super::journal::{self, Journal};
use hundi_app::clock::Clock;
use hundi_core::Millis;
use hundi_providers::registry;
use hundi_providers::sim::{SimRequest, SimResponse, Simulator, payer};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::Notify;

const CLOCK: &str = "/sim/control/clock";

/// A provider that is being served.
pub(super) struct Provider {
    pub(super) id: &'static str,
    pub(super) clock: Arc<SandboxClock>,
    /// Something happened that may have made webhooks due.
    pub(super) stirred: Notify,
    world: Mutex<World>,
    /// Where it is reached, if whoever asks doesn't know better.
    base_url: Option<String>,
    own_address: OnceLock<String>,
}

struct World {
    simulator: Box<dyn Simulator>,
    journal: Option<Journal>,
    /// How many lines of the simulator's history are on disk.
    written: usize,
}

impl Provider {
    pub(super) fn new(
        id: &'static str,
        simulator: Box<dyn Simulator>,
        clock: Arc<SandboxClock>,
        journal: Option<Journal>,
        base_url: Option<String>,
    ) -> Self {
        let world = Mutex::new(World { simulator, journal, written: 0 });
        Self { id, clock, stirred: Notify::new(), world, base_url, own_address: OnceLock::new() }
    }

    /// Where it turned out to listen.
    pub(super) fn listens_at(&self, url: String) {
        self.own_address.get_or_init(|| url);
    }

    /// Does something in the simulated world at its present time, and writes down what came of it before anybody
    /// hears of it: a journal must never know less than a caller.
    pub(super) fn act<T>(&self, deed: impl FnOnce(&mut dyn Simulator, Millis) -> T) -> T {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        // Read within the lock, so that the world's times never run backwards.
        let now = self.clock.now();
        let outcome = deed(&mut *world.simulator, now);
        world.write_down(self.id);
        outcome
    }

    fn base_url(&self, heard: &Heard) -> String {
        let scheme = if heard.secure { "https" } else { "http" };
        let of_host =
            || heard.header("host").filter(|host| is_host(host)).map(|host| format!("{scheme}://{host}"));
        let own = || self.own_address.get().cloned().unwrap_or_default();
        self.base_url.clone().or_else(of_host).unwrap_or_else(own)
    }

    fn clock(&self, heard: &Heard) -> SimResponse {
        match heard.method.as_str() {
            "GET" => self.time(),
            "POST" => {
                let body: Option<Value> = serde_json::from_slice(&heard.body).ok();
                let Some(ms) = body.as_ref().and_then(|body| body.get("advance_ms")?.as_i64()) else {
                    return json(400, &json!({ "error": "advance_ms must be a whole number" }));
                };
                match self.clock.advance(ms) {
                    Ok(()) => self.time(),
                    Err(error) => json(400, &json!({ "error": error.to_string() })),
                }
            }
            _ => json(405, &json!({ "error": "the clock knows GET and POST" })),
        }
    }

    fn time(&self) -> SimResponse {
        let now = self.clock.now();
        json(200, &json!({ "now_ms": now.0, "now": now.to_string(), "offset_ms": self.clock.offset_ms() }))
    }
}

impl Answers for Provider {
    fn answer(&self, heard: Heard) -> SimResponse {
        if heard.path() == CLOCK {
            return self.clock(&heard);
        }
        let base_url = self.base_url(&heard);
        let Heard { method, target, headers, body, secure: _ } = heard;
        let request = SimRequest { method, target, headers, body, base_url };
        let name = registry::find(self.id).map_or(self.id, |provider| provider.card().name);
        let response = self.act(|simulator, now| {
            let page = payer::answer(simulator, name, &request, now);
            page.unwrap_or_else(|| simulator.handle(&request, now))
        });
        self.stirred.notify_one();
        response
    }
}

impl World {
    fn write_down(&mut self, provider: &str) {
        let Some(journal) = &mut self.journal else { return };
        let fresh = &self.simulator.journal()[self.written..];
        if fresh.is_empty() {
            return;
        }
        match journal.append(fresh.iter().map(journal::line)) {
            Ok(()) => self.written += fresh.len(),
            // They stay due, and are tried again with the next.
            Err(error) => tracing::error!(provider, %error, "the journal could not be written"),
        }
    }
}

/// What may stand in the links of an answer: a name or address with a port, and nothing that a page could choke on.
fn is_host(text: &str) -> bool {
    (1..=255).contains(&text.len())
        && text
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_' | b':' | b'[' | b']'))
}
