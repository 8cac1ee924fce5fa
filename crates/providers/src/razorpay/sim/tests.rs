//! The simulator held against what the official SDKs send, what the documentation prints, and its own promises.

mod faults;
mod payer;
mod recorded;
mod stories;
mod webhooks;

use super::{RazorpaySim, SimAccount};
use crate::sim::{Manner, SimRequest, SimResponse, Simulator};
use data_encoding::BASE64;
use hundi_core::Millis;
use serde_json::{Value, json};

const KEY: &str = "rzp_test_HdWire00001";
const SECRET: &str = "wire-secret";
const HOOK_SECRET: &str = "whsec_one";
const START: Millis = Millis(1_789_000_000_000);

/// A simulator with one merchant, and a clock that only the test moves.
struct World {
    sim: RazorpaySim,
    now: Millis,
}

fn account() -> SimAccount {
    SimAccount::new(KEY, SECRET, "acc_HdTest00000001").with_webhook("http://127.0.0.1:1/hook", HOOK_SECRET)
}

impl World {
    fn new() -> Self {
        Self::with(account())
    }

    fn with(account: SimAccount) -> Self {
        let mut sim = RazorpaySim::new(7);
        sim.add_account(account);
        Self { sim, now: START }
    }

    fn passes(&mut self, ms: i64) {
        self.now = self.now.plus(ms);
    }

    fn send(&mut self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> SimResponse {
        let basic = format!("Basic {}", BASE64.encode(format!("{KEY}:{SECRET}").as_bytes()));
        let mut all = vec![
            ("authorization".to_owned(), basic),
            ("content-type".to_owned(), "application/json".to_owned()),
        ];
        for (name, value) in headers {
            all.retain(|(known, _)| known != name);
            all.push(((*name).to_owned(), (*value).to_owned()));
        }
        let request = SimRequest {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: all,
            body: body.to_vec(),
            base_url: "http://127.0.0.1:4010".to_owned(),
        };
        self.sim.handle(&request, self.now)
    }

    fn call(&mut self, method: &str, target: &str, body: &Value) -> (u16, Value) {
        self.call_with(method, target, &[], body)
    }

    fn call_with(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> (u16, Value) {
        let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let response = self.send(method, target, headers, &bytes);
        assert_eq!(response.manner, Manner::Whole, "{method} {target}");
        (response.status, serde_json::from_slice(&response.body).expect("JSON"))
    }

    #[track_caller]
    fn ok(&mut self, method: &str, target: &str, body: &Value) -> Value {
        let (status, value) = self.call(method, target, body);
        assert_eq!(status, 200, "{method} {target}: {value}");
        value
    }

    #[track_caller]
    fn refused(&mut self, method: &str, target: &str, body: &Value, text: &str) {
        let (status, value) = self.call(method, target, body);
        assert_eq!(status, 400, "{method} {target}: {value}");
        let said = value["error"]["description"].as_str().expect("a description");
        assert!(said.contains(text), "{said} should contain {text}");
    }

    fn get(&mut self, target: &str) -> Value {
        self.ok("GET", target, &Value::Null)
    }

    fn order(&mut self, body: &Value) -> String {
        id(&self.ok("POST", "/v1/orders", body), "id")
    }

    fn usual_order(&mut self) -> String {
        self.order(&json!({ "amount": 149_900, "currency": "INR", "receipt": "r-42" }))
    }

    fn manual_order(&mut self) -> String {
        let capture = json!({ "capture": "manual", "capture_options": { "manual_expiry_period": 7200 } });
        self.order(&json!({ "amount": 149_900, "currency": "INR", "receipt": "r-42", "payment": capture }))
    }

    fn pays(&mut self, fields: &Value) -> Value {
        self.ok("POST", "/sim/api/pay", fields)
    }

    fn paid(&mut self, order: &str) -> String {
        id(&self.pays(&json!({ "order_id": order, "outcome": "pay" })), "payment_id")
    }

    fn captured(&mut self) -> String {
        let order = self.usual_order();
        self.paid(&order)
    }

    fn payment(&mut self, id: &str) -> Value {
        self.get(&format!("/v1/payments/{id}"))
    }

    /// What really happened, without the amounts.
    fn happened(&self) -> Vec<&'static str> {
        self.sim.journal().iter().map(|line| line.what).collect()
    }
}

#[track_caller]
fn id(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}")).to_owned()
}
