//! How often something may be done, as those meet it who do it too often.

mod people;

use crate::house::{Answer, Payment, Shop, TestApp};
use axum::body::Body;
use http::Request;
use hundi_app::limits::{Limits, Rule};
use hundi_core::time::{minutes, seconds};
use serde_json::json;

/// The standard for these, and no limit on anything else.
fn only(rules: &[Rule]) -> Limits {
    let standard = Limits::standard();
    rules.iter().fold(Limits::off(), |limits, rule| limits.with(*rule, standard.of(*rule)))
}

impl Shop<'_> {
    /// A form of a page, sent by a browser.
    async fn clicks(&self, path: &str, form: &str) -> Answer {
        let request = Request::post(path)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        self.t.send(0, request.body(Body::from(form.to_owned())).expect("a request")).await
    }

    /// How often its provider was asked about a payment.
    async fn asked_of(&self, payment: &Payment<'_>) -> usize {
        let id = payment.id.parse().expect("a payment's id");
        let story = hundi_app::payments::story(self.t.app(), self.scope, id).await;
        story.expect("it can be read").exchanges.len()
    }
}

#[track_caller]
fn stands(answer: &Answer, limit: u32, remaining: u32) {
    let header = |name: &str| answer.header(name);
    assert_eq!(header("ratelimit-limit"), limit.to_string(), "{:?}", answer.headers);
    assert_eq!(header("ratelimit-remaining"), remaining.to_string(), "{:?}", answer.headers);
    assert!(header("ratelimit-policy").starts_with(&format!("{limit};w=")), "{:?}", answer.headers);
    assert!((1..=3_660).contains(&header("ratelimit-reset").parse().unwrap_or(0)), "{:?}", answer.headers);
}

/// Refused for a while, which the answer names.
#[track_caller]
fn waits(answer: Answer) -> i64 {
    let answer = answer.refuses(429, "rate_limited");
    assert_eq!(
        (answer.json()["retryable"].as_bool(), answer.header("ratelimit-remaining")),
        (Some(true), "0".into())
    );
    answer.header("retry-after").parse().expect("it says how long")
}

#[tokio::test]
async fn a_key_makes_a_hundred_requests_a_minute_and_every_answer_says_how_it_stands() {
    let t = TestApp::limited(only(&[Rule::Requests])).await;
    let (shop, other) = (t.shop().await, t.shop().await);
    // The shop has made its endpoint with one already.
    for n in 0..98 {
        stands(&shop.gets("/api/v1/orders").await.is(200), 100, 98 - n);
    }
    // A refusal of something else says it too, and counts.
    stands(&shop.gets("/api/v1/orders/none").await.refuses(404, "not_found"), 100, 0);
    let wait = waits(shop.gets("/api/v1/orders").await);
    assert!((60..=61).contains(&wait), "{wait}");
    other.gets("/api/v1/orders").await.is(200);
    // Whoever has no key has no limit that would say so.
    let nobody = Request::get("/api/v1/orders").body(Body::empty()).expect("a request");
    let nobody = t.send(0, nobody).await.refuses(401, "wrong_credentials");
    assert_eq!(nobody.header("ratelimit-limit"), "");

    t.clock.advance(seconds(wait) - 1_001);
    waits(shop.gets("/api/v1/orders").await);
    t.clock.advance(1_001);
    shop.gets("/api/v1/orders").await.is(200);
    t.ends().await;
}

/// A listener and a tail that run all day leave a developer's key its requests.
#[tokio::test]
async fn who_looks_on_is_counted_apart_and_only_where_there_is_something_to_see() {
    let t = TestApp::limited(only(&[Rule::Requests, Rule::Looks])).await;
    let shop = t.shop().await;
    let looks = async |path: &str| {
        let credential = format!("Bearer {}:{}", shop.key_id, shop.key_secret);
        let request = Request::get(format!("/api/v1{path}")).header("authorization", credential);
        let request = request.header("user-agent", hundi_app::requests::WATCHER);
        t.send(0, request.body(Body::empty()).expect("a request")).await
    };
    for n in 0..300 {
        let path = ["/events?limit=1", "/resends?limit=1", "/requests", "/exchanges"][n % 4];
        stands(&looks(path).await.is(200), 1_000, 999 - u32::try_from(n).expect("few"));
    }
    // The name opens nothing else: orders count as they always do. The shop has made its endpoint with one request.
    stands(&looks("/orders").await.is(200), 100, 98);
    stands(&shop.gets("/api/v1/events").await.is(200), 100, 97);
    t.ends().await;
}

#[tokio::test]
async fn a_payer_begins_five_payments_a_minute_whatever_the_order() {
    let t = TestApp::limited(only(&[Rule::PaymentStarts])).await;
    let shop = t.shop().await;
    let order = |phone: &str| json!({ "amount": 20_000, "currency": "INR", "customer": { "phone": phone } });
    let mut orders = Vec::new();
    for _ in 0..6 {
        orders.push(shop.posts("/api/v1/orders", &order("+919876543210")).await.is(201).field("id"));
    }
    let begin = |id: &str| json!({ "order_id": id, "flow": "script" });
    let (last, first) = orders.split_last().expect("six");
    for id in first {
        shop.posts("/api/v1/payments", &begin(id)).await.is(201);
    }
    let wait = waits(shop.posts("/api/v1/payments", &begin(last)).await);
    // Somebody else may, and so may whoever pays an order that names nobody.
    let other = shop.posts("/api/v1/orders", &order("+919876543211")).await.is(201).field("id");
    shop.posts("/api/v1/payments", &begin(&other)).await.is(201);
    shop.creates_order(20_000).await.begins("script").await;
    // A repeat of what was done is no new try.
    let again = begin(last);
    let repeat = || shop.posts_once("/api/v1/payments", &again, "once-more");
    t.clock.advance(seconds(wait));
    repeat().await.is(201);
    for _ in 0..8 {
        assert_eq!(repeat().await.is(201).header("idempotent-replayed"), "true");
    }
    t.ends().await;
}

/// A refused start leaves nothing: not the payment, not its key.
#[tokio::test]
async fn what_was_refused_for_haste_is_done_later_under_the_same_key() {
    let t = TestApp::limited(only(&[Rule::PaymentStarts]).with(Rule::PaymentStarts, "1/minute".parse().ok()))
        .await;
    let shop = t.shop().await;
    let order = shop.creates_order(20_000).await;
    order.begins("script").await;
    let again = json!({ "order_id": order.id, "flow": "redirect" });
    let wait = waits(shop.posts_once("/api/v1/payments", &again, "k").await);
    assert_eq!(order.payments().await.len(), 1);
    t.clock.advance(seconds(wait));
    let answer = shop.posts_once("/api/v1/payments", &again, "k").await;
    assert!(answer.status != 429 && answer.header("idempotent-replayed").is_empty(), "{}", answer.text());
    t.ends().await;
}

#[tokio::test]
async fn a_payer_who_hurries_is_told_to_wait_and_one_network_has_an_end() {
    let rules = only(&[Rule::PaymentStarts, Rule::PaymentStartsFromAddress]);
    let t = TestApp::limited(rules.with(Rule::PaymentStartsFromAddress, "7/minute".parse().ok())).await;
    let shop = t.shop().await;
    let order = shop.creates_order(20_000).await;
    let path = format!("/pay/{}/start", order.token().await);
    for _ in 0..5 {
        assert_eq!(shop.clicks(&path, "flow=script").await.status, 303);
    }
    let told = shop.clicks(&path, "flow=script").await;
    assert_eq!((told.status, told.header("retry-after")), (429, "61".into()), "{}", told.text());
    assert!(told.text().contains("Too many tries"), "{}", told.text());
    // Other orders' payers at the same address: two more.
    let next = async || {
        let order = shop.creates_order(20_000).await;
        let path = format!("/pay/{}/start", order.token().await);
        shop.clicks(&path, "flow=script").await.status
    };
    assert_eq!([next().await, next().await, next().await], [303, 303, 429]);
    t.ends().await;
}

/// Whoever knows a payment's return address makes us ask its provider, but not all day.
#[tokio::test]
async fn returns_are_paced_and_false_ones_fill_no_log() {
    let t = TestApp::limited(only(&[Rule::Returns, Rule::ForgedReturns])).await;
    let shop = t.shop().await;
    let order = shop.creates_order(20_000).await;
    let payment = order.begins("script").await;
    let path = format!("/pay/{}/return/{}", order.token().await, payment.id);
    let forged = format!(
        "razorpay_payment_id=pay_Forged00000001&razorpay_order_id={}&razorpay_signature={}",
        payment.provider_order,
        "a".repeat(64)
    );
    let before = shop.asked_of(&payment).await;
    for _ in 0..40 {
        assert_eq!(shop.clicks(&path, &forged).await.status, 303);
    }
    let asked = shop.asked_of(&payment).await - before;
    assert!((1..=6).contains(&asked), "{asked}");
    assert_eq!(shop.audited("return.forged").await, 3);
    // It goes on a minute later, the log an hour later; and the money is found whatever the browser did.
    t.passes(minutes(2)).await;
    let before = shop.asked_of(&payment).await;
    shop.clicks(&path, &forged).await;
    assert!(shop.asked_of(&payment).await > before);
    assert_eq!(shop.audited("return.forged").await, 3);
    payment.payer("pay");
    t.settles().await;
    order.is("paid").await;
    t.ends().await;
}

/// The provider's own messages get through while a stranger shouts at the same address.
#[tokio::test]
async fn a_strangers_noise_is_not_the_providers() {
    let rules = Limits::off().with(Rule::Webhooks, "20/minute".parse().ok());
    let t = TestApp::limited(rules).await;
    let shop = t.shop().await;
    let mut statuses = Vec::new();
    for _ in 0..30 {
        let mut noise = Request::post(&shop.webhook_path).body(Body::from("{}")).expect("a request");
        noise
            .extensions_mut()
            .insert(hundi_web::edge::ClientAddr("198.51.100.7".parse().expect("an address")));
        statuses.push(t.send(0, noise).await.status);
    }
    assert_eq!((statuses[19], statuses[20], statuses[29]), (401, 429, 429));
    let order = shop.creates_order(20_000).await;
    order.is_paid().await;
    t.ends().await;
}
