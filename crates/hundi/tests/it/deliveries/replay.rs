//! Everything of a stretch of time, sent again: in chunks, once for each key, whatever became of it before.

use crate::house::{Answer, MERCHANT, Shop, TestApp, text};
use hundi::sandbox::Reply;
use hundi_core::Millis;
use hundi_core::time::{days, hours, minutes, seconds};
use serde_json::{Value, json};
use std::collections::BTreeMap;

async fn asks(shop: &Shop<'_>, body: &Value, key: &str) -> Answer {
    shop.posts_once(&format!("/api/v1/endpoints/{}/replay", shop.endpoint), body, key).await
}

async fn replay(shop: &Shop<'_>, asked: &Value) -> Value {
    shop.gets(&format!("/api/v1/replays/{}", text(asked, "id"))).await.is(200).json()
}

/// How often each event arrived, since then.
fn arrived_since(shop: &Shop<'_>, since: Millis) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for message in shop.arrived().into_iter().filter(|a| a.at >= since) {
        let event: Value = serde_json::from_slice(&message.body).expect("an event");
        *counts.entry(text(&event, "id")).or_default() += 1;
    }
    counts
}

/// SAFETY F21: dead for eight days; none is lost, and a replay delivers all, once.
#[tokio::test]
async fn an_endpoint_that_was_dead_for_eight_days_gets_all_of_it_at_once() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let since = t.now();
    t.receiver.replies(|_| Reply::Silent);
    for n in 1..=8 {
        shop.creates_order(10_000 * n).await.is_paid().await;
        t.passes(days(1)).await;
    }
    let path = format!("/api/v1/endpoints/{}", shop.endpoint);
    assert_eq!(shop.gets(&path).await.field("status"), "disabled");
    asks(&shop, &json!({ "since": since.to_string() }), "early").await.refuses(422, "endpoint_disabled");

    t.receiver.replies(|_| Reply::Status(200));
    shop.patches(&path, &json!({ "status": "enabled" })).await.is(200);
    let from = t.now();
    let asked = asks(&shop, &json!({ "since": since.to_string() }), "all").await.is(202).json();
    t.passes(minutes(1)).await;
    let all = shop.gets("/api/v1/events?limit=100").await.is(200).json();
    let expected: BTreeMap<String, usize> =
        all["data"].as_array().expect("a list").iter().map(|e| (text(e, "id"), 1)).collect();
    assert!(expected.len() >= 40 && all["has_more"] == false, "{}", expected.len());
    assert_eq!(arrived_since(&shop, from), expected);
    let done = replay(&shop, &asked).await;
    assert_eq!((text(&done, "status"), &done["enqueued"]), ("done".to_owned(), &json!(expected.len())));
    assert_eq!(shop.audited("endpoint.replay").await, 1);
    t.ends().await;
}

#[tokio::test]
async fn it_is_narrowed_by_time_and_type_and_done_once_for_each_key() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    shop.creates_order(10_000).await.is_paid().await;
    t.passes(hours(1)).await;
    let since = t.now();
    let paid = shop.creates_order(20_000).await.is_paid().await;
    t.passes(hours(1)).await;
    let until = t.now();
    shop.creates_order(30_000).await.is_paid().await;
    t.passes(hours(1)).await;

    let from = t.now();
    let body = json!({
        "since": since.to_string(), "until": until.to_string(), "types": ["payment.captured", "refund.processed"],
    });
    let first = asks(&shop, &body, "once").await.is(202);
    t.settles().await;
    assert_eq!(asks(&shop, &body, "once").await.is(202).body, first.body, "the kept answer");
    t.passes(minutes(1)).await;
    let again: Vec<Value> = shop
        .arrived()
        .into_iter()
        .filter(|a| a.at >= from)
        .map(|a| serde_json::from_slice(&a.body).expect("an event"))
        .collect();
    let told: Vec<_> = again.iter().map(|e| (text(e, "type"), text(e, "object_id"))).collect();
    assert_eq!(told, [("payment.captured".to_owned(), paid.id)]);
    t.ends().await;
}

#[tokio::test]
async fn a_new_endpoint_can_hear_of_what_was_before_it_and_of_what_it_wants_alone() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let since = t.now();
    shop.creates_order(10_000).await.is_paid().await;
    t.passes(minutes(1)).await;
    let url = format!("{MERCHANT}/late/{}", shop.key_id);
    let made =
        shop.posts("/api/v1/endpoints", &json!({ "url": url, "events": ["order.paid"] })).await.is(201);
    let path = format!("/api/v1/endpoints/{}/replay", made.field("id"));
    shop.posts(&path, &json!({ "since": since.to_string() })).await.is(202);
    t.passes(minutes(1)).await;
    let came = t.receiver.arrived().into_iter().filter(|a| a.url == url);
    let kinds: Vec<String> =
        came.map(|a| text(&serde_json::from_slice(&a.body).expect("an event"), "type")).collect();
    assert_eq!(kinds, ["order.paid"]);
    other.posts(&path, &json!({ "since": since.to_string() })).await.refuses(404, "not_found");
    t.ends().await;
}

/// Two hundred at a time, and the next when those were tried.
#[tokio::test]
async fn many_go_in_chunks_at_the_endpoints_own_pace() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let since = t.now();
    const ORDERS: usize = 430;
    for _ in 0..ORDERS {
        shop.creates_order(10_000).await;
    }
    t.settles().await;
    t.passes(minutes(1)).await;
    let from = t.now();
    let asked = asks(&shop, &json!({ "since": since.to_string() }), "many").await.is(202).json();
    t.settles().await;
    let first = replay(&shop, &asked).await;
    assert_eq!((text(&first, "status"), &first["enqueued"]), ("running".to_owned(), &json!(200)));
    t.passes(seconds(30)).await;
    let done = replay(&shop, &asked).await;
    assert_eq!((text(&done, "status"), &done["enqueued"]), ("done".to_owned(), &json!(ORDERS)));
    let counts = arrived_since(&shop, from);
    assert!(counts.len() == ORDERS && counts.values().all(|n| *n == 1));
    t.ends().await;
}

#[tokio::test]
async fn times_that_make_no_stretch_are_refused_and_few_run_at_once() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    shop.creates_order(10_000).await;
    t.passes(hours(1)).await;
    let now = t.now();
    for (since, until) in [(now, None), (now.plus(1), None), (now.minus(5), Some(now.minus(5)))] {
        let body = json!({ "since": since.to_string(), "until": until.map(|at: Millis| at.to_string()) });
        let refused = asks(&shop, &body, "bad").await;
        assert_eq!((refused.status, refused.field("param").as_str()), (400, "since"), "{body}");
    }
    let body = json!({ "since": now.minus(hours(2)).to_string() });
    for n in 0..3 {
        asks(&shop, &body, &format!("running {n}")).await.is(202);
    }
    asks(&shop, &body, "one too many").await.refuses(429, "too_many");
    t.passes(minutes(1)).await;
    asks(&shop, &body, "one too many").await.is(202);
    t.ends().await;
}
