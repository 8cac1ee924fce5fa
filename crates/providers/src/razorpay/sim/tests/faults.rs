//! Each dial, from Rust, over the control API and in an order's notes.

use super::{START, World, id};
use crate::sim::{Acts, Dial, Fault, Match, Op};
use crate::sim::{Manner, Simulator};
use hundi_core::time::{minutes, seconds};
use serde_json::{Value, json};

const ORDER: &str = r#"{"amount":149900,"currency":"INR","receipt":"r-42"}"#;

/// Dials one fault into creating an order; what came back, and how many orders there really are.
fn creating(fault: Fault) -> (World, u16, Manner, String, usize) {
    let mut w = World::new();
    w.sim.dial(Dial::once(Op::CreateOrder, fault));
    let answer = w.send("POST", "/v1/orders", &[], ORDER.as_bytes());
    let orders = w.happened().len();
    (w, answer.status, answer.manner, String::from_utf8_lossy(&answer.body).into_owned(), orders)
}

#[test]
fn silent_after_acting() {
    let (mut w, _, manner, _, orders) = creating(Fault::SilentAfterActing);
    assert_eq!((manner, orders), (Manner::Silent, 1));
    assert_eq!(w.get("/v1/orders?receipt=r-42")["count"], 1, "once only, and it is found by its receipt");
}

#[test]
fn act_after_silence() {
    let (mut w, _, manner, _, orders) = creating(Fault::ActAfterSilence { ms: 5000 });
    assert_eq!((manner, orders), (Manner::Silent, 0));
    assert_eq!(w.get("/v1/orders?receipt=r-42")["count"], 0);
    w.passes(5000);
    assert_eq!(w.get("/v1/orders?receipt=r-42")["items"][0]["created_at"], START.plus(5000).secs());
}

#[test]
fn drop_before_acting() {
    let (mut w, _, manner, _, orders) = creating(Fault::DropBeforeActing);
    assert_eq!((manner, orders), (Manner::Silent, 0));
    w.passes(minutes(60));
    assert_eq!(w.get("/v1/orders")["count"], 0);
}

#[test]
fn statuses_before_and_after_acting() {
    for status in [429, 500, 502, 503] {
        let (_, got, manner, body, orders) = creating(Fault::Status { status, acts: Acts::Never });
        assert_eq!((got, manner, orders), (status, Manner::Whole, 0));
        assert!(body.contains("\"error\""));
        let (_, got, _, _, orders) = creating(Fault::Status { status, acts: Acts::Before });
        assert_eq!((got, orders), (status, 1));
    }
}

#[test]
fn unreadable_answers() {
    let (_, status, _, body, orders) = creating(Fault::HtmlErrorPage);
    assert!(status == 502 && body.starts_with("<html>") && orders == 1);
    let (_, status, _, body, orders) = creating(Fault::EmptyOk);
    assert!(status == 200 && body.is_empty() && orders == 1);
    let (_, status, manner, _, orders) = creating(Fault::TruncatedJson);
    assert!(status == 200 && manner == Manner::Truncated && orders == 1);
    let (_, status, _, body, orders) = creating(Fault::UnknownStatus);
    assert!(status == 200 && body.contains("\"status\":\"under_partner_review\"") && orders == 1);
    let (_, status, manner, _, orders) = creating(Fault::Slow { ms: 9000 });
    assert!(status == 200 && manner == Manner::After { ms: 9000 } && orders == 1);
}

#[test]
fn not_found_and_then_found() {
    let mut w = World::new();
    let order = w.usual_order();
    let matches = Match { op: Some(Op::Fetch), our_ref: Some("r-42".to_owned()), ..Match::default() };
    w.sim.dial(Dial { matches, fault: Fault::NotFoundThenFound, times: Some(2) });
    w.refused("GET", &format!("/v1/orders/{order}"), &Value::Null, "does not exist");
    assert_eq!(w.get("/v1/orders?receipt=r-42"), json!({ "entity": "collection", "count": 0, "items": [] }));
    assert_eq!(w.get("/v1/orders?receipt=r-42")["count"], 1);
}

#[test]
fn dials_hit_only_what_they_are_aimed_at() {
    let mut w = World::new();
    let matches = Match { amount_minor: Some(777), every: Some(2), ..Match::default() };
    w.sim.dial(Dial::new(matches, Fault::DropBeforeActing));
    let mut silent = |amount: i64| {
        let body = json!({ "amount": amount, "currency": "INR" }).to_string();
        w.send("POST", "/v1/orders", &[], body.as_bytes()).manner == Manner::Silent
    };
    let hits: Vec<bool> = [777, 500, 777, 777, 500, 777].into_iter().map(&mut silent).collect();
    assert_eq!(hits, [false, false, true, false, false, true]);
    w.sim.clear_dials();
    w.order(&json!({ "amount": 777, "currency": "INR" }));
}

#[test]
fn another_amount_is_taken_than_was_asked() {
    let mut w = World::new();
    let order = w.usual_order();
    w.sim.dial(Dial::once(Op::Pay, Fault::WrongAmount { minor: 100 }));
    let payment = w.paid(&order);
    assert_eq!(w.payment(&payment)["amount"], 100);
    let shown = w.get(&format!("/v1/orders/{order}"));
    assert_eq!((&shown["amount_paid"], &shown["status"]), (&json!(100), &json!("attempted")));
    let order = w.manual_order();
    let payment = w.paid(&order);
    w.sim.dial(Dial::once(Op::Capture, Fault::WrongAmount { minor: 200 }));
    let body = json!({ "amount": 149_900, "currency": "INR" });
    assert_eq!(w.ok("POST", &format!("/v1/payments/{payment}/capture"), &body)["amount"], 200);
    assert_eq!(w.sim.journal().last().map(|l| l.amount_minor), Some(200));
}

#[test]
fn a_capture_may_happen_without_an_answer() {
    let mut w = World::new();
    let order = w.manual_order();
    let payment = w.paid(&order);
    w.sim.dial(Dial::once(Op::Capture, Fault::SilentAfterActing));
    let answer = w.send(
        "POST",
        &format!("/v1/payments/{payment}/capture"),
        &[],
        br#"{"amount":149900,"currency":"INR"}"#,
    );
    assert_eq!(answer.manner, Manner::Silent);
    assert_eq!(w.payment(&payment)["status"], "captured");
}

#[test]
fn a_refund_under_way_meets_a_conflict() {
    let mut w = World::new();
    let payment = w.captured();
    let path = format!("/v1/payments/{payment}/refund");
    let key = [("x-refund-idempotency", "refund-0001")];
    w.sim.dial(Dial::once(Op::Refund, Fault::ActAfterSilence { ms: seconds(30) }));
    assert_eq!(w.send("POST", &path, &key, b"{}").manner, Manner::Silent);
    let (status, said) = w.call_with("POST", &path, &key, &json!({}));
    assert_eq!(status, 409);
    assert!(said["error"]["description"].as_str().expect("text").contains("still in progress"));
    w.passes(seconds(30));
    let (status, refund) = w.call_with("POST", &path, &key, &json!({}));
    assert_eq!((status, &refund["created_at"]), (200, &json!(START.plus(seconds(30)).secs())));
    assert_eq!(w.happened().iter().filter(|what| **what == "refund_accepted").count(), 1);
}

#[test]
fn the_bank_says_yes_after_a_failure() {
    let mut w = World::new();
    let order = w.usual_order();
    w.sim.dial(Dial::once(Op::Pay, Fault::LateAuthorization { ms: minutes(30) }));
    let said = w.pays(&json!({ "order_id": order }));
    assert_eq!(said["status"], "failed");
    w.passes(minutes(30));
    assert_eq!(w.payment(&id(&said, "payment_id"))["status"], "captured");
}

#[test]
fn refunds_may_take_their_time() {
    let mut w = World::new();
    let payment = w.captured();
    w.sim.dial(Dial::once(Op::Refund, Fault::RefundDelay { ms: minutes(90) }));
    let refund = id(&w.ok("POST", &format!("/v1/payments/{payment}/refund"), &json!({})), "id");
    w.passes(minutes(90) - 1);
    assert_eq!(w.get(&format!("/v1/refunds/{refund}"))["status"], "pending");
    w.passes(1);
    assert_eq!(w.get(&format!("/v1/refunds/{refund}"))["status"], "processed");
}

#[test]
fn notes_choose_an_order_s_own_story() {
    let mut w = World::new();
    let body = json!({ "amount": 500, "currency": "INR", "notes": { "sim_fault": "status", "sim_status": "500", "sim_acts": "true" } });
    let (status, _) = w.call("POST", "/v1/orders", &body);
    assert_eq!((status, w.happened().len()), (500, 1));
    let (status, _) = w.call("POST", "/v1/orders", &body);
    assert_eq!(status, 200, "a repeat gets through");
    let late = json!({ "amount": 500, "currency": "INR", "notes": { "sim_fault": "late_authorization", "sim_ms": "60000" } });
    let (order, other) = (w.order(&late), w.usual_order());
    assert_eq!(w.pays(&json!({ "order_id": other }))["status"], "captured", "another order is not touched");
    assert_eq!(w.pays(&json!({ "order_id": order }))["status"], "failed");
    let slow = json!({ "amount": 600, "currency": "INR", "notes": { "sim_fault": "drop_before_acting", "sim_op": "capture" } });
    let order = w.order(&slow);
    let payment = id(&w.pays(&json!({ "order_id": order, "outcome": "authorize" })), "payment_id");
    let taken = w.send(
        "POST",
        &format!("/v1/payments/{payment}/capture"),
        &[],
        br#"{"amount":600,"currency":"INR"}"#,
    );
    assert_eq!(taken.manner, Manner::Silent);
}

#[test]
fn the_control_api_sets_shows_and_ends_dials() {
    let mut w = World::new();
    for dial in [
        json!({ "fault": "silent_after_acting", "op": "refund", "times": 3 }),
        json!({ "fault": "status", "status": 503, "acts": true, "key_id": "rzp_test_x", "every": 2 }),
        json!({ "fault": "webhook_duplicate", "n": 2, "event": "payment.captured", "our_ref": "r-1", "amount": 5 }),
        json!({ "fault": "act_after_silence", "ms": 10 }),
        json!({ "fault": "wrong_amount", "minor": 1 }),
    ] {
        let shown = w.ok("POST", "/sim/control/dials", &dial);
        let last = shown["dials"].as_array().and_then(|d| d.last()).expect("a dial").clone();
        for (name, value) in dial.as_object().expect("an object") {
            assert_eq!(&last[name], value, "{name} of {last}");
        }
    }
    assert_eq!(w.ok("GET", "/sim/control/dials", &Value::Null)["dials"].as_array().map(Vec::len), Some(5));
    for bad in [
        json!({}),
        json!({ "fault": "nonsense" }),
        json!({ "fault": "slow" }),
        json!({ "fault": "slow", "ms": -1 }),
        json!({ "fault": "slow", "ms": 1, "op": "nonsense" }),
        json!({ "fault": "status", "status": 404 }),
    ] {
        assert_eq!(w.call("POST", "/sim/control/dials", &bad).0, 400, "{bad}");
    }
    w.ok("DELETE", "/sim/control/dials", &Value::Null);
    assert_eq!(w.ok("GET", "/sim/control/dials", &Value::Null)["dials"], json!([]));
}
