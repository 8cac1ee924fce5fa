//! Routing: a merchant's rules, failover where surely nothing was done, and breakers that real outcomes feed.

use crate::house::{Shop, TestApp, draft, operator, text};
use hundi_app::connections;
use hundi_core::time::{minutes, seconds};
use hundi_providers::sim::{Acts, Dial, Fault, Match, Op, Simulator};
use serde_json::{Value, json};

/// A second account of the same merchant. Returns its connection and its key at the simulator.
async fn second(t: &TestApp, shop: &Shop<'_>) -> (String, String) {
    let account = t.another_account();
    let mut draft = draft(&account);
    draft.label = "Second".into();
    let saved = connections::save(t.app(), shop.scope, &operator(), draft).await.unwrap();
    let shown = connections::get(t.app(), shop.scope, saved.id).await.unwrap();
    t.sim().set_webhook(&account.key, &shown.webhook_url, &account.webhook_secret);
    (saved.id.to_string(), account.key)
}

/// A fault at one account's openings.
fn breaks(t: &TestApp, key: &str, fault: Fault, times: Option<u32>) {
    let matches = Match { op: Some(Op::CreateOrder), key_id: Some(key.to_owned()), ..Match::default() };
    t.sim().dial(Dial { matches, fault, times });
}

const TURNED_AWAY: Fault = Fault::Status { status: 429, acts: Acts::Never };

async fn puts(shop: &Shop<'_>, rules: Value) -> crate::house::Answer {
    shop.puts("/api/v1/routing", &json!({ "rules": rules })).await
}

/// Where a payment of so much goes.
async fn goes_to(shop: &Shop<'_>, minor: i64) -> String {
    let order = shop.creates_order(minor).await;
    let payment = shop.posts("/api/v1/payments", &json!({ "order_id": order.id, "flow": "script" })).await;
    payment.is(201).field("connection_id")
}

async fn previews(shop: &Shop<'_>, minor: i64) -> Value {
    let path = format!("/api/v1/routing/preview?amount={minor}&currency=INR&flow=script");
    shop.gets(&path).await.is(200).json()
}

#[tokio::test]
async fn rules_send_payments_where_they_say() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let first = shop.connection.to_string();
    let (other, _) = second(&t, &shop).await;
    assert_eq!(goes_to(&shop, 20_000).await, first, "without rules the oldest takes it");
    let rule = json!({
        "name": "Large ones", "when": { "amount_min": 50_000 }, "to": [{ "connection": other }],
    });
    let written = puts(&shop, json!([rule])).await.is(200).json();
    assert_eq!(
        (&written["version"], &written["rules"][0]["when"]),
        (&json!(1), &json!({ "amount_min": 50_000 }))
    );
    assert_eq!(goes_to(&shop, 49_999).await, first);
    assert_eq!(goes_to(&shop, 50_000).await, other);
    let preview = previews(&shop, 50_000).await;
    assert_eq!(preview["rule"], json!({ "position": 0, "name": "Large ones" }));
    let tries: Vec<String> =
        preview["tries"].as_array().unwrap().iter().map(|c| text(c, "connection")).collect();
    assert_eq!(tries, [other.clone(), first]);
    assert_eq!(shop.audited("routing.set").await, 1);

    // The merchant's own word goes before its rules.
    let order = shop.creates_order(60_000).await;
    let body =
        json!({ "order_id": order.id, "flow": "script", "connection_id": shop.connection.to_string() });
    assert_ne!(shop.posts("/api/v1/payments", &body).await.is(201).field("connection_id"), other);
    t.ends().await;
}

#[tokio::test]
async fn rules_that_say_nothing_sensible_are_refused() {
    let t = TestApp::new().await;
    let (shop, stranger) = (t.shop().await, t.shop().await);
    let own = shop.connection.to_string();
    for (rules, param) in [
        (
            json!([{ "name": "r", "to": [{ "connection": stranger.connection.to_string() }] }]),
            "rules[0].to[0].connection",
        ),
        (json!([{ "name": "r", "to": [{ "connection": own, "weight": 5_000 }] }]), "rules[0].to[0].weight"),
        (
            json!([{ "name": "r", "when": { "from": "9" , "to": "10:00" }, "to": [{ "connection": own }] }]),
            "rules[0].when.from",
        ),
        (
            json!([{ "name": "r", "when": { "colour": "red" }, "to": [{ "connection": own }] }]),
            "rules[0].when.colour",
        ),
        (json!({}), "rules"),
    ] {
        let refused = puts(&shop, rules).await.is(400);
        assert_eq!(refused.field("param"), param, "{}", refused.text());
    }
    assert_eq!(shop.gets("/api/v1/routing").await.is(200).json()["rules"], json!([]));
    for (query, param) in [
        ("currency=INR", "amount"),
        ("amount=100", "currency"),
        ("amount=0&currency=INR", "amount"),
        ("amount=-1&currency=INR", "amount"),
        ("amount=1e3&currency=INR", "amount"),
        ("amount=99999999999999999999&currency=INR", "amount"),
        ("amount=100&currency=inr", "currency"),
        ("amount=100&currency=INR&method=cash", "method"),
        ("amount=100&currency=INR&flow=pigeon", "flow"),
        ("amount=100&currency=INR&colour=red", "colour"),
    ] {
        let refused = shop.gets(&format!("/api/v1/routing/preview?{query}")).await.is(400);
        assert_eq!(refused.field("param"), param, "{query}");
    }
    t.ends().await;
}

#[tokio::test]
async fn what_was_surely_not_done_goes_to_the_next() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let (other, _) = second(&t, &shop).await;
    breaks(&t, &shop.provider_key, TURNED_AWAY, Some(1));
    let order = shop.creates_order(20_000).await;
    let body = json!({ "order_id": order.id, "flow": "script" });
    let answer = shop.posts_once("/api/v1/payments", &body, "fails-over").await.is(201);
    let again = shop.posts_once("/api/v1/payments", &body, "fails-over").await.is(201);
    assert_eq!(answer.body, again.body);
    let payments = order.payments().await;
    assert_eq!(payments.len(), 2);
    assert_eq!(payments[0].json["status"], "failed");
    assert_eq!(payments[1].json["connection_id"], json!(other));
    assert_eq!(payments[1].json["after"], json!(payments[0].id));
    assert_eq!(answer.field("id"), payments[1].id);
    payments[1].payer("pay");
    t.settles().await;
    order.is("paid").await;
    t.ends().await;
}

#[tokio::test]
async fn what_may_have_been_done_goes_nowhere_else() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    second(&t, &shop).await;
    breaks(&t, &shop.provider_key, Fault::SilentAfterActing, Some(1));
    let order = shop.creates_order(20_000).await;
    let payment = order.begins("script").await;
    payment.is_in_doubt().await;
    assert_eq!((order.payments().await.len(), t.happened("order").len()), (1, 1));
    t.passes(minutes(2)).await;
    payment.is_known().await;
    t.ends().await;
}

#[tokio::test]
async fn a_breaker_opens_lets_a_trickle_through_and_closes() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let first = shop.connection.to_string();
    let (other, _) = second(&t, &shop).await;
    breaks(&t, &shop.provider_key, TURNED_AWAY, None);
    for _ in 0..5 {
        assert_eq!(goes_to(&shop, 20_000).await, other);
        t.clock.advance(seconds(1));
    }
    let calls = t.calls("POST", "/v1/orders");
    assert_eq!(goes_to(&shop, 20_000).await, other);
    assert_eq!(t.calls("POST", "/v1/orders") - calls, 1, "an open breaker is not even asked");
    let over = previews(&shop, 20_000).await["passed_over"][0].clone();
    assert_eq!((text(&over, "connection"), text(&over, "reason")), (first.clone(), "down".to_owned()));
    assert!(over["until"].is_string());
    // The connection's page says the same.
    let stands =
        hundi_app::routing::standing(t.app(), shop.scope, shop.connection).await.expect("it is there");
    assert!(
        matches!(stands.whole, hundi_core::routing::Health::Down { .. }) && stands.bad >= 5,
        "{stands:?}"
    );

    // One is let through, fails, and it is closed off for longer; then it works again.
    t.passes(seconds(31)).await;
    let calls = t.calls("POST", "/v1/orders");
    assert_eq!(goes_to(&shop, 20_000).await, other);
    assert_eq!(t.calls("POST", "/v1/orders") - calls, 2);
    t.clear_dials();
    t.passes(seconds(31)).await;
    assert_eq!(goes_to(&shop, 20_000).await, other, "it is still closed off");
    t.passes(seconds(31)).await;
    assert_eq!(goes_to(&shop, 20_000).await, first);
    assert_eq!(goes_to(&shop, 20_000).await, first);
    t.ends().await;
}

#[tokio::test]
async fn with_everything_down_nothing_is_started() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    breaks(&t, &shop.provider_key, TURNED_AWAY, None);
    for _ in 0..5 {
        goes_to(&shop, 20_000).await;
    }
    let order = shop.creates_order(20_000).await;
    let refused = order.tries("script").await.refuses(503, "providers_down");
    assert_eq!((refused.json()["retryable"].clone(), order.payments().await.len()), (json!(true), 0));
    t.clear_dials();
    t.passes(seconds(31)).await;
    order.begins("script").await.is("pending").await;
    t.ends().await;
}

#[tokio::test]
async fn what_the_payer_did_opens_no_breaker() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    for _ in 0..8 {
        let order = shop.creates_order(20_000).await;
        order.begins("script").await.payer("fail");
        t.settles().await;
    }
    assert_eq!(previews(&shop, 20_000).await["passed_over"], json!([]));
    t.ends().await;
}
