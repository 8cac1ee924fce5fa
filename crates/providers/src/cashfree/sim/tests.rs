//! The simulator as a merchant without our adapter meets it: what the official SDK sends, refusals in Cashfree's words,
//! webhooks that the documented proof holds for, and its own promises.

use super::{CashfreeSim, SimAccount};
use crate::sim::{Manner, SimRequest, SimResponse, Simulator};
use data_encoding::BASE64;
use hundi_core::Millis;
use hundi_core::time::{days, hours, minutes};
use serde_json::{Value, json};

const START: Millis = Millis(1_789_000_000_000);
const ID: &str = "TESTSIM0001";
const SECRET: &str = "sim-secret";

/// A simulator with one merchant, and a clock that only the test moves.
struct World {
    sim: CashfreeSim,
    now: Millis,
}

impl World {
    fn new() -> Self {
        let mut sim = CashfreeSim::new(7);
        sim.add_account(SimAccount::new(ID, SECRET).with_webhook("http://127.0.0.1:1/hook"));
        Self { sim, now: START }
    }

    fn send(&mut self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> SimResponse {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let request = SimRequest {
            method: method.to_owned(),
            target: target.to_owned(),
            headers,
            body: body.as_bytes().to_vec(),
            base_url: "http://127.0.0.1:4015".to_owned(),
        };
        self.sim.handle(&request, self.now)
    }

    fn call(&mut self, method: &str, target: &str, body: &Value) -> (u16, Value) {
        let headers = [("x-client-id", ID), ("x-client-secret", SECRET), ("x-api-version", "2025-01-01")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.send(method, target, &headers, &body);
        assert_eq!(answer.manner, Manner::Whole, "{method} {target}");
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }

    #[track_caller]
    fn refuses(&mut self, method: &str, target: &str, body: &Value, status: u16, code: &str) {
        let (got, said) = self.call(method, target, body);
        assert_eq!((got, said["code"].as_str()), (status, Some(code)), "{said}");
        assert!(said["message"].is_string() && said["type"].is_string(), "{said}");
    }

    fn pays(&mut self, order: &str, outcome: &str) -> Value {
        let body = json!({ "order": order, "outcome": outcome }).to_string();
        serde_json::from_slice(&self.send("POST", "/sim/api/pay", &[], &body).body).unwrap()
    }
}

/// As the SDK's own sample has it, the amount as a text included.
fn order(id: &str) -> Value {
    json!({
        "order_id": id, "order_amount": "1", "order_currency": "INR",
        "customer_details": {
            "customer_id": "node_sdk_test", "customer_email": "example@gmail.com", "customer_phone": "9999999999",
        },
        "order_meta": { "return_url": "https://shop.example/return?order_id={order_id}" },
    })
}

#[test]
fn an_order_as_the_sdk_makes_it() {
    let mut w = World::new();
    let (status, made) = w.call("POST", "/pg/orders", &order("order_1"));
    assert_eq!((status, made["order_status"].as_str()), (200, Some("ACTIVE")), "{made}");
    assert_eq!(made["payments"]["url"], "http://127.0.0.1:4015/pg/orders/order_1/payments");
    let (_, found) = w.call("GET", "/pg/orders/order_1", &Value::Null);
    assert_eq!(found, made);
    w.refuses("POST", "/pg/orders", &order("order_1"), 409, "order_already_exists");
    // Amounts are written as they are shown, two decimals and all.
    let headers = [("x-client-id", ID), ("x-client-secret", SECRET), ("x-api-version", "2025-01-01")];
    let raw = w.send("GET", "/pg/orders/order_1", &headers, "");
    assert!(String::from_utf8(raw.body).unwrap().contains(r#""order_amount":1.00,"#));
    let (_, ended) = w.call("PATCH", "/pg/orders/order_1", &json!({ "order_status": "TERMINATED" }));
    assert_eq!(ended["order_status"], "TERMINATED");
}

#[test]
fn what_is_wrong_is_said_in_cashfree_s_words() {
    let mut w = World::new();
    let with = |name: &str, value: Value| {
        let mut body = order("order_2");
        body[name] = value;
        body
    };
    for (body, code) in [
        (with("order_amount", json!(-100)), "order_amount_invalid"),
        (with("order_amount", json!(0.5)), "order_amount_invalid"),
        (with("order_amount", json!(10.005)), "order_amount_invalid"),
        (with("order_amount", json!(1_000_001)), "order_amount_invalid"),
        (with("order_currency", json!("INjR")), "order_currency_invalid"),
        (with("order_id", json!("a b")), "order_id_invalid"),
        (with("order_id", json!("x".repeat(46))), "order_id_invalid"),
        (with("customer_details", json!({ "customer_id": "c" })), "customer_phone_missing"),
        (
            with("customer_details", json!({ "customer_id": "c", "customer_phone": "12" })),
            "customer_phone_invalid",
        ),
        (with("order_expiry_time", json!("soon")), "order_expiry_time_invalid"),
        (with("order_expiry_time", json!("2026-09-10T00:30:00Z")), "order_expiry_time_invalid"),
        (with("order_expiry_time", json!("2026-12-10T00:30:00Z")), "order_expiry_time_invalid"),
    ] {
        w.refuses("POST", "/pg/orders", &body, 400, code);
    }
    for good in ["2026-09-10T01:00:00Z", "2026-09-10T06:30:00+05:30"] {
        let mut body = with("order_expiry_time", json!(good));
        body["order_id"] = json!(format!("order_{}", good.len()));
        let (status, made) = w.call("POST", "/pg/orders", &body);
        assert_eq!(
            (status, made["order_expiry_time"].as_str()),
            (200, Some("2026-09-10T06:30:00+05:30")),
            "{made}"
        );
    }
    w.refuses("GET", "/pg/orders/nobodys", &Value::Null, 404, "order_not_found");
    w.refuses("GET", "/pg/orders/nobodys/payments", &Value::Null, 404, "order_not_found");
    w.refuses("GET", "/pg/nothing", &Value::Null, 404, "request_failed");
    w.call("POST", "/pg/orders", &order("order_3"));
    w.refuses("GET", "/pg/orders/order_3/payments/1", &Value::Null, 404, "payment_not_found");
    w.refuses("GET", "/pg/orders/order_3/refunds/r", &Value::Null, 404, "refund_not_found");
    let refund = json!({ "refund_id": "r-1", "refund_amount": 1 });
    w.refuses("POST", "/pg/orders/order_3/refunds", &refund, 409, "refund_not_allowed");
    let take = json!({ "action": "CAPTURE", "amount": 1 });
    w.refuses("POST", "/pg/orders/order_3/authorization", &take, 400, "request_invalid");
    let limit = json!({ "pagination": { "limit": 5 }, "filters": { "start_date": "2026-09-10T00:00:00Z", "end_date": "2026-09-11T00:00:00Z" } });
    w.refuses("POST", "/pg/recon", &limit, 400, "limit_invalid");
}

#[test]
fn only_the_account_itself_is_let_in() {
    let mut w = World::new();
    w.call("POST", "/pg/orders", &order("order_1"));
    for headers in [
        &[("x-api-version", "2025-01-01")][..],
        &[("x-client-id", ID), ("x-client-secret", "wrong"), ("x-api-version", "2025-01-01")],
        &[("x-client-id", "TESTX"), ("x-client-secret", SECRET), ("x-api-version", "2025-01-01")],
    ] {
        let answer = w.send("GET", "/pg/orders/order_1", headers, "");
        let said: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!((answer.status, said["type"].as_str()), (401, Some("authentication_error")));
    }
    let answer = w.send("GET", "/pg/orders/order_1", &[("x-client-id", ID), ("x-client-secret", SECRET)], "");
    assert_eq!(answer.status, 400);
    // Another merchant has orders of its own, by whatever name.
    w.sim.add_account(SimAccount::new("TESTOTHER", "other"));
    let headers =
        [("x-client-id", "TESTOTHER"), ("x-client-secret", "other"), ("x-api-version", "2025-01-01")];
    assert_eq!(w.send("GET", "/pg/orders/order_1", &headers, "").status, 404);
}

#[test]
fn a_webhook_bears_the_documented_proof_and_is_tried_four_times() {
    let mut w = World::new();
    w.call("POST", "/pg/orders", &order("order_1"));
    w.pays("order_1", "pay");
    let mut tried = 0;
    let mut first = None;
    for _ in 0..10 {
        for out in w.sim.due(w.now) {
            tried += 1;
            let header =
                |name: &str| out.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap();
            let message = [header("x-webhook-timestamp").as_bytes(), &out.body].concat();
            let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
            let tag = BASE64.decode(header("x-webhook-signature").as_bytes()).unwrap();
            assert!(aws_lc_rs::hmac::verify(&key, &message, &tag).is_ok());
            assert_eq!(first.get_or_insert_with(|| out.body.clone()), &out.body);
            w.sim.delivered(out.id, Some(500), w.now);
        }
        w.now = w.now.plus(minutes(30));
    }
    assert_eq!(tried, 4);
}

#[test]
fn an_order_ends_and_a_session_with_it() {
    let mut w = World::new();
    let (_, made) = w.call("POST", "/pg/orders", &order("order_1"));
    w.now = w.now.plus(days(30));
    let (_, found) = w.call("GET", "/pg/orders/order_1", &Value::Null);
    assert_eq!(found["order_status"], "EXPIRED");
    let session = made["payment_session_id"].as_str().unwrap();
    let page = w.send("POST", "/pg/view/sessions/checkout", &[], &format!("payment_session_id={session}"));
    assert!(String::from_utf8(page.body).unwrap().contains("Session expired"));
    assert!(w.pays("order_1", "pay")["error"].as_str().unwrap().contains("EXPIRED"));
    let begin = json!({ "payment_session_id": session, "payment_method": { "upi": { "channel": "link" } } });
    w.refuses("POST", "/pg/orders/sessions", &begin, 404, "orderpay_not_found");
}

#[test]
fn a_person_pays_on_the_page_and_is_sent_back() {
    let mut w = World::new();
    let (_, made) = w.call("POST", "/pg/orders", &order("order_1"));
    let session = made["payment_session_id"].as_str().unwrap().to_owned();
    let posted = format!("payment_session_id={session}");
    let page = String::from_utf8(w.send("POST", "/pg/view/sessions/checkout", &[], &posted).body).unwrap();
    assert!(
        page.contains("INR 1.00") && page.contains("Simulated Cashfree") && page.contains("Wallet"),
        "{page}"
    );
    let paid = w.send("POST", "/sim/pay", &[], &format!("{posted}&method=card&outcome=pay"));
    let page = String::from_utf8(paid.body).unwrap();
    assert!(page.contains("Payment successful") && page.contains("https://shop.example/return"), "{page}");
    let (_, tries) = w.call("GET", "/pg/orders/order_1/payments", &Value::Null);
    assert_eq!(
        (tries[0]["payment_group"].as_str(), tries[0]["is_captured"].as_bool()),
        (Some("credit_card"), Some(true))
    );
}

#[test]
fn lists_are_paged_and_the_same_seed_says_the_same() {
    let day = || {
        let mut w = World::new();
        for n in 0..25 {
            w.call("POST", "/pg/orders", &order(&format!("order_{n}")));
            w.pays(&format!("order_{n}"), "pay");
        }
        w.now = w.now.plus(days(4) + hours(1));
        let mut rows = Vec::new();
        let mut cursor = Value::Null;
        for _ in 0..5 {
            let ask = json!({
                "pagination": { "limit": 10, "cursor": cursor },
                "filters": { "start_date": "2026-09-10T00:00:00Z", "end_date": "2026-09-20T00:00:00Z" },
            });
            let (status, said) = w.call("POST", "/pg/settlement/recon", &ask);
            assert_eq!(status, 200, "{said}");
            rows.extend(said["data"].as_array().unwrap().clone());
            cursor = said["cursor"].clone();
            if cursor.is_null() {
                break;
            }
        }
        rows
    };
    let rows = day();
    assert_eq!(rows.len(), 25);
    assert_eq!(rows, day());
    let ids: std::collections::BTreeSet<_> =
        rows.iter().map(|row| row["event_details"]["event_id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 25);
}
