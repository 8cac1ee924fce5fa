//! Webhooks: what they hold, how they are signed, when they come again, and when they end.

use super::{HOOK_SECRET, KEY, World, id};
use crate::sim::{Dial, Fault, Match, Op};
use crate::sim::{Outgoing, Simulator};
use aws_lc_rs::hmac;
use data_encoding::HEXLOWER;
use hundi_core::time::{hours, minutes, seconds};
use serde_json::{Value, json};

fn header<'a>(hook: &'a Outgoing, name: &str) -> &'a str {
    hook.headers.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
}

fn event(hook: &Outgoing) -> Value {
    serde_json::from_slice(&hook.body).expect("JSON")
}

/// By the plain primitive, not by the simulator's own function.
fn is_signed_with(hook: &Outgoing, secret: &str) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    HEXLOWER
        .decode(header(hook, "x-razorpay-signature").as_bytes())
        .is_ok_and(|signature| hmac::verify(&key, &hook.body, &signature).is_ok())
}

impl World {
    fn due(&mut self) -> Vec<Outgoing> {
        self.sim.due(self.now)
    }

    /// Everything that is due, taken with a 200; the names of the events.
    fn received(&mut self) -> Vec<String> {
        let due = self.due();
        for hook in &due {
            self.sim.delivered(hook.id, Some(200), self.now);
        }
        due.iter().map(|hook| id(&event(hook), "event")).collect()
    }
}

#[test]
fn a_payment_tells_its_story_signed() {
    let mut w = World::new();
    let payment = w.captured();
    let due = w.due();
    let names: Vec<String> = due.iter().map(|hook| id(&event(hook), "event")).collect();
    assert_eq!(names, ["payment.authorized", "payment.captured", "order.paid"]);
    assert!(due.iter().all(|hook| is_signed_with(hook, HOOK_SECRET) && !is_signed_with(hook, "other")));
    let first = event(&due[0]);
    assert_eq!((&first["entity"], &first["account_id"]), (&json!("event"), &json!("acc_HdTest00000001")));
    assert_eq!((&first["contains"], &first["created_at"]), (&json!(["payment"]), &json!(w.now.secs())));
    let entity = &first["payload"]["payment"]["entity"];
    assert_eq!(
        (&entity["id"], &entity["status"], &entity["fee"]),
        (&json!(payment), &json!("authorized"), &Value::Null)
    );
    assert_eq!(event(&due[2])["contains"], json!(["payment", "order"]));
    assert_eq!(event(&due[2])["payload"]["order"]["entity"]["status"], "paid");
    let mut ids: Vec<&str> = due.iter().map(|hook| header(hook, "x-razorpay-event-id")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[test]
fn every_kind_of_event_comes() {
    let mut w = World::new();
    let order = w.usual_order();
    w.pays(&json!({ "order_id": order, "outcome": "fail" }));
    assert_eq!(w.received(), ["payment.failed"]);
    let payment = w.paid(&order);
    w.received();
    w.ok("POST", &format!("/v1/payments/{payment}/refund"), &json!({ "amount": 1000 }));
    assert_eq!(w.received(), ["refund.created"]);
    w.passes(seconds(5));
    assert_eq!(w.received(), ["refund.processed"]);
    w.ok("POST", &format!("/v1/payments/{payment}/refund"), &json!({ "amount": 1000, "speed": "optimum" }));
    let due = w.due();
    assert_eq!(
        event(&due[0])["payload"]["refund"]["entity"]["status"],
        "processed",
        "refund.created may already say so"
    );
    w.sim.dial(Dial::once(Op::Refund, Fault::RefundFails { ms: 10 }));
    w.ok("POST", &format!("/v1/payments/{payment}/refund"), &json!({ "amount": 1000 }));
    w.passes(10);
    assert_eq!(w.received(), ["refund.created", "refund.failed"]);
    w.passes(minutes(3));
    assert!(w.received().contains(&"settlement.processed".to_owned()));
    let mut link =
        || id(&w.ok("POST", "/v1/payment_links", &json!({ "amount": 500, "currency": "INR" })), "id");
    let (paid, cancelled, _) = (link(), link(), link());
    w.pays(&json!({ "payment_link_id": paid }));
    assert_eq!(w.received(), ["payment.authorized", "payment.captured", "order.paid", "payment_link.paid"]);
    w.ok("POST", &format!("/v1/payment_links/{cancelled}/cancel"), &json!({}));
    assert_eq!(w.received(), ["payment_link.cancelled"]);
    w.passes(hours(24 * 180));
    assert!(w.received().contains(&"payment_link.expired".to_owned()));
}

#[test]
fn an_event_comes_again_with_the_same_id_and_bytes() {
    let mut w = World::new();
    w.captured();
    let first = w.due();
    assert!(w.due().is_empty(), "what is under way is not due");
    w.sim.delivered(first[0].id, Some(500), w.now);
    w.sim.delivered(first[1].id, None, w.now);
    w.sim.delivered(first[2].id, Some(204), w.now);
    w.passes(seconds(29));
    assert!(w.due().is_empty());
    w.passes(seconds(1));
    let again = w.due();
    assert_eq!(again.len(), 2);
    for (first, again) in first.iter().zip(&again) {
        assert_eq!(header(first, "x-razorpay-event-id"), header(again, "x-razorpay-event-id"));
        assert_eq!((&first.body, &first.headers), (&again.body, &again.headers));
        assert_ne!(first.id, again.id);
    }
}

#[test]
fn an_answer_after_five_seconds_is_none() {
    let mut w = World::new();
    w.captured();
    let due = w.due();
    w.passes(seconds(5));
    w.sim.delivered(due[0].id, Some(200), w.now);
    w.passes(1);
    w.sim.delivered(due[1].id, Some(200), w.now);
    assert_eq!(w.sim.next_due().map(|at| at <= w.now.plus(seconds(30))), Some(true));
    w.passes(seconds(31));
    let again: Vec<String> = w.due().iter().map(|hook| id(&event(hook), "event")).collect();
    assert_eq!(again, ["payment.captured"], "late for one; the third lapses only now and is not due yet");
    w.passes(seconds(60));
    assert_eq!(w.due().len(), 1);
}

#[test]
fn after_a_day_without_an_answer_the_webhook_is_disabled() {
    let mut w = World::new();
    let order = w.usual_order();
    w.pays(&json!({ "order_id": order, "outcome": "fail" }));
    let mut attempts = 0;
    let born = w.now;
    while !w.sim.webhook_is_disabled(KEY) {
        for hook in w.due() {
            attempts += 1;
            w.sim.delivered(hook.id, Some(503), w.now);
        }
        assert!(attempts < 50);
        w.now = w.sim.next_due().unwrap_or(w.now).max(w.now);
    }
    assert!(attempts > 5, "{attempts}");
    assert!(w.now.since(born) >= hours(24));
    w.captured();
    assert!(w.due().is_empty(), "nothing is sent while it is disabled");
    let shown = w.ok("GET", "/sim/control/webhooks", &Value::Null);
    let lost = shown["failed"][0]["event_id"].clone();
    assert_eq!(shown["failed"][0]["event"], "payment.failed");
    w.ok("POST", "/sim/control/webhooks", &json!({ "key_id": KEY, "enable": true }));
    w.ok("POST", "/sim/control/webhooks", &json!({ "replay": lost }));
    assert_eq!(w.received(), ["payment.failed"]);
    w.captured();
    assert_eq!(w.received().len(), 3);
}

#[test]
fn old_events_stay_signed_with_the_old_secret() {
    let mut w = World::new();
    w.captured();
    assert!(w.sim.set_webhook(KEY, "http://127.0.0.1:1/hook", "whsec_two"));
    w.captured();
    let due = w.due();
    assert!(due[..3].iter().all(|hook| is_signed_with(hook, HOOK_SECRET)));
    assert!(due[3..].iter().all(|hook| is_signed_with(hook, "whsec_two")));
    assert!(!w.sim.set_webhook("rzp_test_nobody", "x", "y"));
}

#[test]
fn without_a_secret_there_is_no_signature_and_without_an_address_no_event() {
    let mut w = World::with(super::SimAccount { webhook_secret: None, ..super::account() });
    w.captured();
    assert!(w.due().iter().all(|hook| header(hook, "x-razorpay-signature").is_empty()));
    let mut w = World::with(super::SimAccount { webhook_url: None, ..super::account() });
    w.captured();
    assert!(w.due().is_empty());
}

/// The names of the events of one captured payment, with the fault on one of them.
fn with_fault(on: &str, fault: Fault) -> (World, Vec<String>) {
    let mut w = World::new();
    w.sim.dial(Dial::new(Match { event: Some(on.to_owned()), ..Match::default() }, fault));
    w.captured();
    let names = w.received();
    (w, names)
}

#[test]
fn events_are_duplicated_reordered_delayed_and_dropped() {
    let (_, names) = with_fault("payment.captured", Fault::WebhookDuplicate { n: 2 });
    assert_eq!(names.iter().filter(|n| *n == "payment.captured").count(), 3);
    let (mut w, names) = with_fault("payment.authorized", Fault::WebhookReorder);
    assert_eq!(names, ["payment.captured", "order.paid"]);
    w.passes(1);
    assert_eq!(w.received(), ["payment.authorized"]);
    let (mut w, names) = with_fault("order.paid", Fault::WebhookReorder);
    assert_eq!(names.len(), 2);
    w.passes(minutes(1));
    assert_eq!(w.received(), ["order.paid"], "nothing came to let pass");
    let (mut w, names) = with_fault("payment.captured", Fault::WebhookDelay { ms: 5000 });
    assert_eq!(names, ["payment.authorized", "order.paid"]);
    w.passes(5000);
    assert_eq!(w.received(), ["payment.captured"]);
    let (mut w, names) = with_fault("payment.captured", Fault::WebhookDrop);
    assert_eq!(names, ["payment.authorized", "order.paid"]);
    w.passes(minutes(1));
    assert!(w.received().is_empty());
}
