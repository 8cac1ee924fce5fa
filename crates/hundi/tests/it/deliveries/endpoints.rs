//! Which endpoint hears of what.

use crate::house::{MERCHANT, TestApp, text};
use serde_json::json;

#[tokio::test]
async fn an_endpoint_hears_only_what_it_asked_for() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let url = format!("{MERCHANT}/only-captured/{}", shop.key_id);
    let new = json!({ "url": url, "events": ["payment.captured"] });
    shop.posts("/api/v1/endpoints", &new).await.is(201);
    shop.creates_order(10_000).await.is_paid().await;
    let arrived = t.receiver.arrived();
    let kinds: Vec<String> = arrived
        .iter()
        .filter(|a| a.url == url)
        .map(|a| text(&serde_json::from_slice(&a.body).unwrap(), "type"))
        .collect();
    assert_eq!(kinds, ["payment.captured"]);
    t.ends().await;
}

#[tokio::test]
async fn merchants_hear_of_their_own_alone() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    shop.creates_order(10_000).await.is_paid().await;
    assert!(shop.arrived().len() >= 5);
    assert_eq!(other.arrived().len(), 0);
    t.ends().await;
}

#[tokio::test]
async fn a_test_event_arrives_at_the_endpoint_it_was_asked_for() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    shop.posts(&format!("/api/v1/endpoints/{}/test", shop.endpoint), &json!({})).await.is(202);
    t.settles().await;
    assert_eq!(shop.heard_of("endpoint.test"), 1);
    t.ends().await;
}

#[tokio::test]
async fn a_delivery_is_sent_again_when_it_is_asked_for() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    shop.creates_order(10_000).await;
    t.settles().await;
    let path = format!("/api/v1/endpoints/{}/deliveries", shop.endpoint);
    let first = shop.gets(&path).await.is(200).json()["data"][0].clone();
    let retry = format!("/api/v1/deliveries/{}/retry", text(&first, "id"));
    shop.posts_once(&retry, &json!({}), "again").await.is(202);
    shop.posts_once(&retry, &json!({}), "again").await.is(202);
    t.settles().await;
    let heard = shop.heard();
    assert_eq!(heard.len(), 2);
    assert_eq!(heard[0], heard[1], "the same event, by the same id");
    t.ends().await;
}

/// A node that knows the endpoints of a moment ago must not leave a new one out.
#[tokio::test]
async fn an_endpoint_made_on_one_node_misses_nothing_on_another() {
    let t = TestApp::with_nodes(3).await;
    let shop = t.shop().await;
    let other = t.nodes.last().expect("there is a node").app.clone();
    shop.creates_order(10_000).await;
    hundi_app::jobs::run_due(&other).await.unwrap();
    assert_eq!(shop.heard().len(), 1);
    let url = format!("{MERCHANT}/second/{}", shop.key_id);
    shop.posts("/api/v1/endpoints", &json!({ "url": url })).await.is(201);
    shop.creates_order(20_000).await;
    hundi_app::jobs::run_due(&other).await.unwrap();
    assert_eq!(t.receiver.arrived().iter().filter(|a| a.url == url).count(), 1);
    t.ends().await;
}
