//! In test mode a request says what its payer does, and all that follows is as it always is.

use crate::house::{Answer, Order, Payment, Shop, TestApp, operator, text};
use axum::body::Body;
use http::Request;
use hundi_app::api_keys;
use hundi_core::time::{minutes, seconds};
use hundi_core::{Mode, Scope};
use serde_json::{Value, json};

async fn begins(order: &Order<'_>, headers: &[(&str, &str)]) -> Answer {
    let body = json!({ "order_id": order.id });
    let mut request = order.shop.post("/api/v1/payments", &body, None);
    for (name, value) in headers {
        let name: http::HeaderName = name.parse().expect("a name");
        request.headers_mut().insert(name, value.parse().expect("a value"));
    }
    order.shop.t.send(0, request).await
}

async fn begun<'s>(order: &Order<'s>, outcome: &str) -> Payment<'s> {
    let answer = begins(order, &[("Hundi-Test-Outcome", outcome)]).await.is(201);
    Payment::of(order.shop, answer.json())
}

#[tokio::test]
async fn the_payer_does_what_was_said_beforehand() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    for (outcome, status, tries) in [
        ("pay", "captured", vec!["captured"]),
        ("decline", "pending", vec!["failed"]),
        ("insufficient_funds", "pending", vec!["failed"]),
        ("leave", "pending", vec![]),
    ] {
        let order = shop.creates_order(10_000).await;
        let payment = begun(&order, outcome).await;
        t.passes(seconds(20)).await;
        let read = payment.is(status).await;
        let found: Vec<String> =
            read["tries"].as_array().expect("a list").iter().map(|one| text(one, "status")).collect();
        assert_eq!(found, tries, "{outcome}: {read}");
        order.is(if status == "captured" { "paid" } else { "attempted" }).await;
    }
    let held = shop.creates_manual_order(20_000).await;
    let payment = begun(&held, "authorize").await;
    t.passes(seconds(20)).await;
    payment.is("authorized").await;
    assert_eq!(shop.heard_of("order.paid"), 1);
    t.ends().await;
}

#[tokio::test]
async fn a_doubt_is_a_real_one_and_is_resolved_by_asking() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(10_000).await;
    let answer = begins(&order, &[("Hundi-Test-Outcome", "doubt")]).await.is(201);
    let payment = Payment::of(&shop, answer.json());
    payment.is_in_doubt().await;
    // Of this payment alone: the next one's provider answers.
    let other = shop.creates_order(10_000).await;
    begun(&other, "pay").await.is_known().await;
    t.clock.set(t.now().plus(seconds(1)));
    shop.posts(&format!("{}/check", payment.path()), &json!({})).await.is(200);
    payment.is_known().await;
    // However many were asked for, the connection is no worse for them: other payments are not turned away.
    for _ in 0..12 {
        begun(&shop.creates_order(10_000).await, "doubt").await.is_in_doubt().await;
    }
    let plain = shop.creates_order(10_000).await;
    Payment::of(&shop, begins(&plain, &[]).await.is(201).json()).is_known().await;
    t.ends().await;
}

#[tokio::test]
async fn the_payer_takes_the_time_that_was_said() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(10_000).await;
    let headers =
        [("Hundi-Test-Outcome", "pay"), ("Hundi-Test-Delay-Ms", "60000"), ("Hundi-Test-Method", "card")];
    let payment = Payment::of(&shop, begins(&order, &headers).await.is(201).json());
    t.passes(seconds(59)).await;
    payment.is("pending").await;
    t.passes(seconds(20)).await;
    assert_eq!(payment.is("captured").await["method"], "card");
    t.ends().await;
}

#[tokio::test]
async fn at_every_provider_the_payer_pays() {
    for provider in hundi_providers::registry::all().map(|p| p.card().id) {
        let t = TestApp::new().await;
        let shop = if provider == "razorpay" { t.shop().await } else { t.shop_at(provider).await };
        let order = match provider {
            "paypal" => shop.creates_order_with(json!({ "amount": 10_000, "currency": "USD" })).await,
            _ => shop.creates_order(10_000).await,
        };
        let payment = begun(&order, "pay").await;
        t.passes(minutes(2)).await;
        payment.is("captured").await;
        t.ends().await;
    }
}

#[tokio::test]
async fn a_key_says_it_for_all_and_a_request_for_itself() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let path = "/api/v1/test/settings";
    let none = json!({ "outcome": null, "method": null, "delay_ms": null, "seed": null, "clock_ms": null });
    let told = |answer: Answer| {
        let mut settings = answer.is(200).json();
        let fields = settings.as_object_mut().expect("an object");
        fields.remove("object");
        fields.remove("livemode");
        settings
    };
    assert_eq!(told(shop.gets(path).await), none);
    shop.puts(path, &json!({ "outcome": "random", "seed": 7, "delay_ms": 10 })).await.is(200);

    // Drawn, and always the same: by the seed and the receipt.
    let drawn = async |seed: &str| {
        let mut all = Vec::new();
        for n in 0..12 {
            let body = json!({ "amount": 10_000, "currency": "INR", "receipt": format!("R-{n}") });
            let order = shop.creates_order_with(body).await;
            let payment =
                Payment::of(&shop, begins(&order, &[("Hundi-Test-Seed", seed)]).await.is(201).json());
            t.passes(seconds(20)).await;
            let read = payment.reads().await;
            let tried = read["tries"][0]["failure_reason"].clone();
            all.push((text(&read, "status"), text(&read, "outcome"), tried));
        }
        all
    };
    let (first, again, other) = (drawn("7").await, drawn("7").await, drawn("8").await);
    assert_eq!(first, again);
    assert_ne!(first, other);
    assert!(first.iter().any(|(status, ..)| status == "captured"), "{first:?}");
    assert!(first.iter().any(|(status, ..)| status != "captured"), "{first:?}");

    let order = shop.creates_order(10_000).await;
    let payment = begun(&order, "leave").await;
    t.passes(seconds(20)).await;
    payment.is("pending").await;

    // What was read can be put back.
    assert_eq!(told(shop.puts(path, &none).await), none);
    assert_eq!(told(shop.puts(path, &json!({})).await), none);
    let order = shop.creates_order(10_000).await;
    let payment = Payment::of(&shop, begins(&order, &[]).await.is(201).json());
    t.passes(seconds(20)).await;
    payment.is("pending").await;
    t.ends().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_before_anything_is_begun() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(10_000).await;
    for (headers, param) in [
        (vec![("Hundi-Test-Outcome", "win")], "Hundi-Test-Outcome"),
        (vec![("Hundi-Test-Outcome", "")], "Hundi-Test-Outcome"),
        (vec![("Hundi-Test-Outcome", "pay"), ("Hundi-Test-Delay-Ms", "-1")], "Hundi-Test-Delay-Ms"),
        (vec![("Hundi-Test-Outcome", "pay"), ("Hundi-Test-Delay-Ms", "600001")], "Hundi-Test-Delay-Ms"),
        (vec![("Hundi-Test-Outcome", "pay"), ("Hundi-Test-Seed", "1e3")], "Hundi-Test-Seed"),
        (vec![("Hundi-Test-Outcome", "pay"), ("Hundi-Test-Clock-Ms", "9999999999")], "Hundi-Test-Clock-Ms"),
        (vec![("Hundi-Test-Outcome", "pay"), ("Hundi-Test-Method", "cash")], "Hundi-Test-Method"),
        (vec![("Hundi-Test-Outcome", "pay"), ("Hundi-Test-Outcom", "pay")], "Hundi-Test"),
        (vec![("Hundi-Test-Delay-Ms", "5")], "Hundi-Test-Outcome"),
    ] {
        let refused = begins(&order, &headers).await.refuses(400, "invalid_field");
        assert_eq!(refused.field("param"), param, "{headers:?}");
    }
    assert!(order.payments().await.is_empty());
    t.ends().await;
}

#[tokio::test]
async fn live_keys_are_refused_all_of_it() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let live = Scope::authenticated(shop.scope.merchant(), Mode::Live);
    let (key, secret) = api_keys::create(t.app(), live, &operator(), "live").await.expect("a key");
    let asks = async |method: &str, path: &str, body: Value, header: Option<(&str, &str)>| {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("x-api-key", &key.id)
            .header("x-api-secret", secret.expose());
        if method != "GET" {
            request = request.header("content-type", "application/json");
        }
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let body = if method == "GET" { Body::empty() } else { Body::from(body.to_string()) };
        t.send(0, request.body(body).expect("a request")).await
    };
    let order = json!({ "amount": 10_000, "currency": "INR" });
    let order = asks("POST", "/api/v1/orders", order, None).await.is(201).field("id");
    let payment = json!({ "order_id": order });
    for header in [("Hundi-Test-Outcome", "pay"), ("Hundi-Test-Anything", "x")] {
        asks("POST", "/api/v1/payments", payment.clone(), Some(header)).await.refuses(422, "test_mode_only");
    }
    asks("GET", "/api/v1/test/settings", Value::Null, None).await.refuses(422, "test_mode_only");
    asks("PUT", "/api/v1/test/settings", json!({ "outcome": "pay" }), None)
        .await
        .refuses(422, "test_mode_only");
    asks("GET", "/api/v1/test/jobs/status", Value::Null, None).await.refuses(422, "test_mode_only");
    t.ends().await;
}

#[tokio::test]
async fn the_jobs_of_a_merchant_are_counted_and_nobody_elses() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let status = async |shop: &Shop<'_>| shop.gets("/api/v1/test/jobs/status").await.is(200).json();
    let order = shop.creates_order(10_000).await;
    begun(&order, "pay").await;
    let before = status(&shop).await;
    assert!(before["pending"].as_i64().expect("a number") >= 2, "{before}");
    assert_eq!(before["worker_status"], "working", "{before}");
    assert_eq!(status(&other).await["pending"], 0);
    t.passes(seconds(30)).await;
    let after = status(&shop).await;
    assert!(after["completed"].as_i64() > before["completed"].as_i64(), "{after}");
    assert_eq!((&after["failed"], &after["worker_status"]), (&json!(0), &json!("idle")), "{after}");
    // Nobody works: what is due lies there.
    let order = shop.creates_order(10_000).await;
    begun(&order, "pay").await;
    t.clock.set(t.now().plus(seconds(11)));
    assert_eq!(status(&shop).await["worker_status"], "behind");
    t.ends().await;
}

/// Only a demo gives its keys away.
#[tokio::test]
async fn there_is_no_test_merchant_outside_a_demo() {
    let t = TestApp::new().await;
    let asked = Request::get("/api/v1/test/merchant").body(Body::empty()).expect("a request");
    t.send(0, asked).await.refuses(404, "not_found");
    t.ends().await;
}
