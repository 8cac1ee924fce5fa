//! The simulator held against its own promises, and against what the official SDKs send and read.

mod doors;
mod stories;

use super::{PayPalSim, SimAccount};
use crate::sim::{Manner, SimRequest, SimResponse, Simulator};
use hundi_core::Millis;
use serde_json::{Value, json};

const START: Millis = Millis(1_789_000_000_000);
const WEBHOOK_ID: &str = "8AB12345CD678901E";

/// A simulator with one merchant, a token, and a clock that only the test moves.
struct World {
    sim: PayPalSim,
    now: Millis,
    token: String,
    keys: u32,
}

impl World {
    fn new() -> Self {
        let mut sim = PayPalSim::new(7);
        sim.add_account(SimAccount::new("cid", "sec", "ABCDEFGHJKLMN"));
        sim.set_webhook("cid", WEBHOOK_ID, "http://127.0.0.1:1/hook");
        let mut world = Self { sim, now: START, token: String::new(), keys: 0 };
        world.renew();
        world
    }

    fn renew(&mut self) {
        let headers =
            [("authorization", "Basic Y2lkOnNlYw=="), ("content-type", "application/x-www-form-urlencoded")];
        let answer = self.send("POST", "/v1/oauth2/token", &headers, b"grant_type=client_credentials");
        self.token = text(&body(&answer), "access_token");
    }

    fn passes(&mut self, ms: i64) {
        self.now = self.now.plus(ms);
    }

    fn send(&mut self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> SimResponse {
        let mut all = vec![
            ("authorization".to_owned(), format!("Bearer {}", self.token)),
            ("content-type".to_owned(), "application/json".to_owned()),
            ("prefer".to_owned(), "return=representation".to_owned()),
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

    /// With a key of its own, as every POST should have.
    fn call(&mut self, method: &str, target: &str, sent: &Value) -> (u16, Value) {
        self.keys += 1;
        let key = format!("key-{}", self.keys);
        self.call_with(method, target, &[("paypal-request-id", &key)], sent)
    }

    fn call_with(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        sent: &Value,
    ) -> (u16, Value) {
        let bytes = if sent.is_null() { Vec::new() } else { sent.to_string().into_bytes() };
        let answer = self.send(method, target, headers, &bytes);
        assert_eq!(answer.manner, Manner::Whole, "{method} {target}");
        (answer.status, if answer.body.is_empty() { Value::Null } else { body(&answer) })
    }

    #[track_caller]
    fn ok(&mut self, method: &str, target: &str, sent: &Value) -> Value {
        let (status, value) = self.call(method, target, sent);
        assert!((200..300).contains(&status), "{method} {target}: {status} {value}");
        value
    }

    #[track_caller]
    fn refused(&mut self, method: &str, target: &str, sent: &Value, status: u16, issue: &str) {
        let (said, value) = self.call(method, target, sent);
        assert_eq!(
            (said, value["details"][0]["issue"].as_str()),
            (status, Some(issue)),
            "{method} {target}: {value}"
        );
    }

    fn order(&mut self, intent: &str) -> String {
        text(&self.ok("POST", "/v2/checkout/orders", &new_order(intent)), "id")
    }

    fn pays(&mut self, order: &str, fields: &Value) -> Value {
        let mut wish = json!({ "order": order, "outcome": "pay" });
        for (name, value) in fields.as_object().into_iter().flatten() {
            wish[name] = value.clone();
        }
        self.ok("POST", "/sim/api/pay", &wish)
    }

    fn captured(&mut self) -> (String, String) {
        let order = self.order("CAPTURE");
        self.pays(&order, &json!({}));
        let done = self.ok("POST", &format!("/v2/checkout/orders/{order}/capture"), &Value::Null);
        let capture = text(&done["purchase_units"][0]["payments"]["captures"][0], "id");
        (order, capture)
    }

    fn happened(&self) -> Vec<&'static str> {
        self.sim.journal().iter().map(|line| line.what).collect()
    }
}

fn new_order(intent: &str) -> Value {
    json!({
        "intent": intent,
        "purchase_units": [{ "custom_id": "r-42", "amount": { "currency_code": "USD", "value": "24.50" } }],
        "payment_source": { "paypal": { "experience_context": {
            "return_url": "https://shop.example/back", "cancel_url": "https://shop.example/away",
        } } },
    })
}

fn body(answer: &SimResponse) -> Value {
    serde_json::from_slice(&answer.body).expect("JSON")
}

#[track_caller]
fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}")).to_owned()
}
