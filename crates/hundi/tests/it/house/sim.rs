//! What a story does at the simulator: faults, payers' deeds, what its operator sees.

use super::{TestApp, place_of};
use hundi_providers::sim::{Dial, Fault, Match, Op};
use hundi_providers::sim::{JournalLine, SimRequest, Simulator};
use serde_json::{Value, json};
use std::sync::{MutexGuard, PoisonError};

impl TestApp {
    /// One fault, once.
    pub fn dial(&self, op: Op, fault: Fault) {
        self.sim().dial(Dial::once(op, fault));
    }

    /// A fault until it is cleared.
    pub fn dial_always(&self, op: Op, fault: Fault) {
        self.sim().dial(Dial::new(Match { op: Some(op), ..Match::default() }, fault));
    }

    /// A fault so many times.
    pub fn dial_times(&self, op: Op, fault: Fault, times: u32) {
        self.sim().dial(Dial { times: Some(times), ..Dial::once(op, fault) });
    }

    pub fn clear_dials(&self) {
        self.sim().clear_dials();
    }

    /// A request straight to the simulator, as its payer's page or its operator makes it.
    pub fn at_simulator(&self, target: &str, body: &Value) -> Value {
        self.at("razorpay", target, body)
    }

    /// The same at another provider's.
    pub fn at(&self, provider: &str, target: &str, body: &Value) -> Value {
        self.asks(provider, target, body).unwrap_or_else(|refusal| panic!("{provider}{target}: {refusal}"))
    }

    /// The same, and it may be refused.
    pub fn asks(&self, provider: &str, target: &str, body: &Value) -> Result<Value, String> {
        let request = SimRequest {
            method: "POST".into(),
            target: target.into(),
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.to_string().into_bytes(),
            base_url: place_of(provider),
        };
        let now = self.now();
        let response = self.simulator(provider).handle(&request, now);
        let text = String::from_utf8_lossy(&response.body).into_owned();
        if response.status >= 300 {
            return Err(format!("{} {text}", response.status));
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    pub fn simulator(&self, provider: &str) -> MutexGuard<'_, dyn Simulator + 'static> {
        self.simulators[provider].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What really happened there.
    pub fn happened(&self, what: &str) -> Vec<JournalLine> {
        self.sim().journal().iter().filter(|l| l.what == what).cloned().collect()
    }

    /// How many calls for something went out.
    pub fn calls(&self, method: &str, part: &str) -> usize {
        self.network.calls().iter().filter(|c| c.method == method && c.url.contains(part)).count()
    }

    /// Loses every webhook that is on its way, for good: something between us answers for us.
    pub fn loses_webhooks(&self) {
        for notice in self.network.due() {
            self.network.delivered(&notice, Some(200));
        }
    }

    /// A refund by hand in the provider's dashboard. Returns the provider's id of it.
    pub fn refunds_in_dashboard(&self, provider_payment: &str, minor: i64) -> String {
        let body = json!({ "payment_id": provider_payment, "amount": minor });
        super::text(&self.at_simulator("/sim/control/refund", &body), "id")
    }

    /// A merchant's account at the simulator, changed.
    pub fn account(&self, provider_key: &str, changes: &Value) {
        let mut body = changes.clone();
        body["key_id"] = json!(provider_key);
        self.at_simulator("/sim/control/accounts", &body);
    }
}
