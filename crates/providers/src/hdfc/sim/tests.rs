//! The simulator as a merchant without our adapter meets it: what the official SDK and the bank's kit send, every kind
//! of answer, dials, and its own promises.

#![expect(clippy::inconsistent_digit_grouping, reason = "amounts read as rupees_paise")]

mod calls;
mod outside;
mod stories;

use super::{BANK_PUBLIC_KEY, HdfcSim, MERCHANT_PRIVATE_KEY, SimAccount};
use crate::sim::{Acts, Dial, Fault, Manner, Match, Op, Outgoing, SimRequest, SimResponse, Simulator};
use data_encoding::BASE64;
use hundi_core::time::{days, minutes, seconds};
use hundi_core::{Millis, Secret};
use serde_json::{Value, json};

const START: Millis = Millis(1_789_000_000_000);
const KEY: &str = "HUNDIAPIKEY0001";
const FORM: &str = "application/x-www-form-urlencoded";

/// A simulator with one merchant, and a clock that only the test moves.
struct World {
    sim: HdfcSim,
    now: Millis,
}

impl World {
    fn new() -> Self {
        let mut account = SimAccount::new("SGTEST", KEY);
        account.key_id = "key_test01".to_owned();
        account.merchant_private_key = Some(Secret::new(MERCHANT_PRIVATE_KEY));
        account.webhook_url = Some("http://127.0.0.1:1/hook".to_owned());
        account.webhook_password = Some(Secret::new("s3cret"));
        let mut sim = HdfcSim::new(7);
        sim.add_account(account);
        Self { sim, now: START }
    }

    fn send(&mut self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> SimResponse {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let request = SimRequest {
            method: method.to_owned(),
            target: target.to_owned(),
            headers,
            body: body.as_bytes().to_vec(),
            base_url: "https://smartgateway.hdfcuat.bank.in".to_owned(),
        };
        self.sim.handle(&request, self.now)
    }

    /// A call with the documented proof.
    fn call(&mut self, method: &str, target: &str, kind: &str, body: &str) -> (u16, Value) {
        let basic = basic(&format!("{KEY}:"));
        let headers = [("authorization", basic.as_str()), ("x-merchantid", "SGTEST"), ("content-type", kind)];
        let answer = self.send(method, target, &headers, body);
        assert_eq!(answer.manner, Manner::Whole, "{method} {target}");
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }

    fn session(&mut self, order_id: &str, amount: &str) -> (u16, Value) {
        let body = json!({
            "order_id": order_id, "amount": amount, "currency": "INR", "customer_id": "",
            "payment_page_client_id": "hdfcmaster", "action": "paymentPage", "return_url": "https://pay.example/r",
        });
        self.call("POST", "/session", "application/json", &body.to_string())
    }

    fn get(&mut self, order_id: &str) -> Value {
        let (status, order) = self.call("GET", &format!("/orders/{order_id}"), FORM, "");
        assert_eq!(status, 200, "{order}");
        order
    }

    fn pays(&mut self, body: &Value) -> Value {
        let answer = self.send("POST", "/sim/api/pay", &[], &body.to_string());
        serde_json::from_slice(&answer.body).unwrap()
    }

    fn paid(&mut self, order_id: &str) {
        assert_eq!(self.session(order_id, "499.00").0, 200);
        assert_eq!(self.pays(&json!({"order": order_id, "outcome": "pay"}))["paid"], true);
    }

    fn control(&mut self, method: &str, what: &str, body: &Value) -> (u16, Value) {
        let answer = self.send(method, &format!("/sim/control/{what}"), &[], &body.to_string());
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }

    fn due(&mut self) -> Vec<Outgoing> {
        self.sim.due(self.now)
    }

    fn happened(&self) -> Vec<&'static str> {
        self.sim.journal().iter().map(|line| line.what).collect()
    }
}

fn basic(pair: &str) -> String {
    format!("Basic {}", BASE64.encode(pair.as_bytes()))
}
