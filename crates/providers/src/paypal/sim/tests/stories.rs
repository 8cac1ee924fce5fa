//! What happens there, told by its journal; and what the dials and the control API bring about.

use super::*;
use crate::sim::{Dial, Fault, Match, Op};
use std::collections::BTreeMap;

#[test]
fn money_moves_by_the_merchants_word_alone() {
    let mut w = World::new();
    let order = w.order("CAPTURE");
    let said = w.pays(&order, &json!({}));
    let callback = json!([["token", order], ["PayerID", "QYR5Z8XDVJNXQ"]]);
    assert_eq!(
        (&said["callback"], &said["paid"], &said["payment_id"]),
        (&callback, &json!(false), &Value::Null)
    );
    assert_eq!(
        (&said["callback_method"], &said["callback_url"]),
        (&json!("GET"), &json!("https://shop.example/back"))
    );
    assert_eq!(w.happened(), ["order"]);
    w.ok("POST", &format!("/v2/checkout/orders/{order}/capture"), &Value::Null);
    w.refused(
        "POST",
        &format!("/v2/checkout/orders/{order}/capture"),
        &Value::Null,
        422,
        "ORDER_ALREADY_CAPTURED",
    );
    assert_eq!(w.happened(), ["order", "captured"]);
    let line = w.sim.journal().last().unwrap().clone();
    let told = (line.account.as_str(), line.of.as_str(), line.our_ref.as_str(), line.amount_minor);
    assert_eq!(told, ("cid", order.as_str(), "r-42", 24_50));
}

#[test]
fn a_hold_is_taken_once_or_let_go() {
    let mut w = World::new();
    let held = |w: &mut World| {
        let order = w.order("AUTHORIZE");
        w.pays(&order, &json!({}));
        w.refused(
            "POST",
            &format!("/v2/checkout/orders/{order}/capture"),
            &Value::Null,
            422,
            "ACTION_DOES_NOT_MATCH_INTENT",
        );
        let done = w.ok("POST", &format!("/v2/checkout/orders/{order}/authorize"), &Value::Null);
        text(&done["purchase_units"][0]["payments"]["authorizations"][0], "id")
    };
    let first = format!("/v2/payments/authorizations/{}", held(&mut w));
    let more = json!({ "amount": { "currency_code": "USD", "value": "24.51" } });
    w.refused("POST", &format!("{first}/capture"), &more, 422, "MAX_CAPTURE_AMOUNT_EXCEEDED");
    w.ok("POST", &format!("{first}/capture"), &json!({}));
    w.refused("POST", &format!("{first}/capture"), &json!({}), 422, "AUTHORIZATION_ALREADY_CAPTURED");
    w.refused("POST", &format!("{first}/void"), &Value::Null, 422, "PREVIOUSLY_CAPTURED");
    let second = format!("/v2/payments/authorizations/{}", held(&mut w));
    let (status, _) =
        w.call_with("POST", &format!("{second}/void"), &[("prefer", "return=minimal")], &Value::Null);
    assert_eq!(status, 204);
    w.refused("POST", &format!("{second}/void"), &Value::Null, 422, "PREVIOUSLY_VOIDED");
    w.refused("POST", &format!("{second}/capture"), &json!({}), 422, "AUTHORIZATION_VOIDED");
    assert_eq!(w.happened(), ["order", "authorized", "captured", "order", "authorized", "released"]);
    // In the journal a taken hold keeps its name.
    let ids: Vec<&str> = w.sim.journal()[1..3].iter().map(|line| line.id.as_str()).collect();
    assert_eq!(ids[0], ids[1]);
}

#[test]
fn refunds_never_exceed_their_capture() {
    let mut w = World::new();
    let (_, capture) = w.captured();
    let target = format!("/v2/payments/captures/{capture}/refund");
    let of = |value: &str| json!({ "amount": { "currency_code": "USD", "value": value } });
    w.ok("POST", &target, &of("20.00"));
    w.refused("POST", &target, &of("4.51"), 422, "REFUND_AMOUNT_EXCEEDED");
    let euros = json!({ "amount": { "currency_code": "EUR", "value": "1.00" } });
    w.refused("POST", &target, &euros, 422, "REFUND_CAPTURE_CURRENCY_MISMATCH");
    w.ok("POST", &target, &Value::Null);
    w.refused("POST", &target, &Value::Null, 422, "CAPTURE_FULLY_REFUNDED");
    let (_, late) = w.captured();
    w.passes(181 * 86_400_000);
    w.renew();
    w.refused(
        "POST",
        &format!("/v2/payments/captures/{late}/refund"),
        &Value::Null,
        422,
        "REFUND_TIME_LIMIT_EXCEEDED",
    );
}

#[test]
fn a_pending_capture_is_decided_later_or_by_hand() {
    let mut w = World::new();
    let taken = |w: &mut World, reason: &str| {
        let order = w.order("CAPTURE");
        w.pays(&order, &json!({ "reason": reason }));
        let done = w.ok("POST", &format!("/v2/checkout/orders/{order}/capture"), &Value::Null);
        let capture = &done["purchase_units"][0]["payments"]["captures"][0];
        assert_eq!(
            (&capture["status"], &capture["status_details"]["reason"]),
            (&json!("PENDING"), &json!(reason))
        );
        text(capture, "id")
    };
    let (first, second) = (taken(&mut w, "ECHECK"), taken(&mut w, "PENDING_REVIEW"));
    w.refused("POST", &format!("/v2/payments/captures/{first}/refund"), &Value::Null, 422, "PENDING_CAPTURE");
    w.ok("POST", "/sim/control/late_authorize", &json!({ "payment_id": second }));
    let status = |w: &mut World, id: &str| {
        w.ok("GET", &format!("/v2/payments/captures/{id}"), &Value::Null)["status"].clone()
    };
    assert_eq!((status(&mut w, &first), status(&mut w, &second)), (json!("PENDING"), json!("COMPLETED")));
    w.passes(3_600_000);
    assert_eq!(status(&mut w, &first), "COMPLETED");
    assert_eq!(w.call("POST", "/sim/control/late_authorize", &json!({ "payment_id": first })).0, 400);
}

#[test]
fn the_same_calls_make_the_same_world() {
    let story = || {
        let mut w = World::new();
        let (_, capture) = w.captured();
        w.ok("POST", &format!("/v2/payments/captures/{capture}/refund"), &Value::Null);
        let hooks = w.sim.due(w.now).into_iter().map(|out| (out.headers, out.body)).collect::<Vec<_>>();
        (w.sim.journal().to_vec(), hooks)
    };
    assert_eq!(story(), story());
}

#[test]
fn webhooks_come_again_twenty_five_times_in_three_days() {
    let mut w = World::new();
    let order = w.order("CAPTURE");
    w.pays(&order, &json!({}));
    let mut tries = 0;
    let mut bodies = std::collections::BTreeSet::new();
    while let Some(at) = w.sim.next_due() {
        for out in w.sim.due(at) {
            tries += 1;
            bodies.insert((out.headers.clone(), out.body.clone()));
            w.sim.delivered(out.id, Some(500), at);
        }
        assert!(at.since(START) <= 3 * 86_400_000);
    }
    assert_eq!((tries, bodies.len()), (25, 1));
}

#[test]
fn dials_hit_webhooks_too() {
    let mut w = World::new();
    let event = Some("PAYMENT.CAPTURE.COMPLETED".to_owned());
    let at = |fault| Dial::new(Match { event: event.clone(), ..Match::default() }, fault);
    w.sim.dial(at(Fault::WebhookDuplicate { n: 2 }));
    w.captured();
    let names = |w: &mut World| -> Vec<String> {
        w.sim
            .due(w.now)
            .iter()
            .map(|out| text(&serde_json::from_slice(&out.body).unwrap(), "event_type"))
            .collect()
    };
    assert_eq!(names(&mut w).iter().filter(|n| *n == "PAYMENT.CAPTURE.COMPLETED").count(), 3);
    w.sim.clear_dials();
    w.sim.dial(at(Fault::WebhookDrop));
    w.captured();
    assert!(!names(&mut w).contains(&"PAYMENT.CAPTURE.COMPLETED".to_owned()));
}

#[test]
fn dials_are_aimed_by_reference_and_order() {
    let mut w = World::new();
    let order = w.order("CAPTURE");
    let dial = |matches: Match| Dial { times: Some(1), ..Dial::new(matches, Fault::NotFoundThenFound) };
    let target = format!("/v2/checkout/orders/{order}");
    for matches in [
        Match { our_ref: Some("r-42".to_owned()), op: Some(Op::Fetch), ..Match::default() },
        Match { order: Some(order.clone()), ..Match::default() },
        Match { key_id: Some("cid".to_owned()), ..Match::default() },
        Match { amount_minor: Some(24_50), ..Match::default() },
    ] {
        w.sim.dial(dial(Match { our_ref: Some("r-43".to_owned()), ..Match::default() }));
        assert_eq!(w.call("GET", &target, &Value::Null).0, 200);
        w.sim.clear_dials();
        w.sim.dial(dial(matches));
        w.refused("GET", &target, &Value::Null, 404, "INVALID_RESOURCE_ID");
        assert_eq!(w.call("GET", &target, &Value::Null).0, 200);
    }
}

#[test]
fn the_search_is_late_signed_and_paged() {
    let mut w = World::new();
    let (_, capture) = w.captured();
    w.ok("POST", &format!("/v2/payments/captures/{capture}/refund"), &Value::Null);
    let search = |w: &mut World, more: &str| {
        let range = "start_date=2026-09-10T00%3A00%3A00Z&end_date=2026-10-10T00%3A00%3A00%2B0000";
        w.ok("GET", &format!("/v1/reporting/transactions?{range}&fields=all{more}"), &Value::Null)
    };
    assert_eq!(search(&mut w, "")["total_items"], 0);
    w.passes(3 * 3_600_000);
    let all = search(&mut w, "");
    let info = |at: usize| all["transaction_details"][at]["transaction_info"].clone();
    assert_eq!(
        (&info(0)["transaction_id"], &info(0)["fee_amount"]["value"]),
        (&json!(capture), &json!("-1.38"))
    );
    assert_eq!(info(0)["transaction_initiation_date"], "2026-09-10T00:26:40+0000");
    assert_eq!(
        (&info(1)["transaction_amount"]["value"], &info(1)["ending_balance"]["value"]),
        (&json!("-24.50"), &json!("-1.38"))
    );
    let second = search(&mut w, "&page_size=1&page=2");
    assert_eq!(
        (&second["total_pages"], second["transaction_details"].as_array().unwrap().len()),
        (&json!(2), 1)
    );
    let wide = "start_date=2026-09-10T00:00:00Z&end_date=2026-10-12T00:00:00Z";
    w.refused(
        "GET",
        &format!("/v1/reporting/transactions?{wide}"),
        &Value::Null,
        400,
        "INVALID_PARAMETER_VALUE",
    );
    let balance = w.ok("GET", "/v1/reporting/balances", &Value::Null);
    assert_eq!(balance["balances"][0]["total_balance"]["value"], "-1.38");
}

#[test]
fn merchants_are_put_in_by_their_credentials() {
    let mut w = World::new();
    let credentials = w.sim.demo_credentials(3);
    assert_eq!(credentials, w.sim.demo_credentials(3));
    assert_ne!(credentials, w.sim.demo_credentials(4));
    let merchant = crate::sim::SimMerchant {
        credentials,
        name: "Chai & Co".to_owned(),
        webhook_url: Some("http://127.0.0.1:1/chai".to_owned()),
        webhook_secret: None,
    };
    w.sim.put_merchant(&merchant);
    w.sim.put_merchant(&merchant);
    let told = w.ok("GET", "/sim/control/accounts", &Value::Null);
    let chai = &told["accounts"][1];
    assert_eq!((told["accounts"].as_array().unwrap().len(), &chai["name"]), (2, &json!("Chai & Co")));
    assert_eq!(
        chai["webhooks"],
        json!([{ "webhook_id": "8DEMO000000000003", "url": "http://127.0.0.1:1/chai" }])
    );
    assert!(!told.to_string().contains("EdemoSecret"));
    let named: BTreeMap<_, _> = w.sim.demo_credentials(3);
    assert!(named.values().all(|secret| !secret.is_empty()));
}
