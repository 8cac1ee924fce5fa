//! The same idempotency key 32 times at once: one effect, and one answer for whoever gets one (SAFETY T28).

use super::{all_at_once, only};
use crate::house::{Shop, TestApp};
use hundi_core::time::minutes;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const MANY: usize = 32;

/// Sends it many times at once, then once more. Returns the one answer.
async fn many(shop: &Shop<'_>, path: &str, body: &Value) -> String {
    let requests = (0..MANY).map(|_| shop.post(path, body, Some("same"))).collect();
    let answers = all_at_once(shop.t, requests).await;
    only(&answers, &[200, 201, 409]);
    let given: BTreeSet<String> = answers.iter().filter(|a| a.status < 300).map(|a| a.text()).collect();
    assert_eq!(given.len(), 1, "{given:?}");
    let last = shop.posts_once(path, body, "same").await;
    assert_eq!((last.header("idempotent-replayed").as_str(), given.contains(&last.text())), ("true", true));
    assert!(
        answers.iter().filter(|a| a.status == 409).all(|a| a.field("code") == "idempotency_key_in_flight")
    );
    last.text()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_order() {
    let t = TestApp::with_nodes(3).await;
    let shop = t.shop().await;
    many(&shop, "/api/v1/orders", &json!({ "amount": 10_000, "currency": "INR" })).await;
    let all = shop.gets("/api/v1/orders").await.json();
    assert_eq!(all["data"].as_array().map(Vec::len), Some(1));
    t.settles().await;
    assert_eq!(shop.heard_of("order.created"), 1);
    t.ends().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_payment() {
    let t = TestApp::with_nodes(3).await;
    let shop = t.shop().await;
    let order = shop.creates_order(10_000).await;
    many(&shop, "/api/v1/payments", &json!({ "order_id": order.id, "flow": "script" })).await;
    assert_eq!(order.payments().await.len(), 1);
    assert_eq!(t.happened("order").len(), 1);
    t.ends().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_refund() {
    let t = TestApp::with_nodes(3).await;
    let shop = t.shop().await;
    let payment = shop.creates_order(10_000).await.is_paid().await;
    many(&shop, &format!("{}/refunds", payment.path()), &json!({ "amount": 100 })).await;
    t.passes(minutes(2)).await;
    assert_eq!((t.happened("refund_accepted").len(), payment.all_refunds().await.len()), (1, 1));
    t.ends().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_capture_with_a_key_and_one_without() {
    for key in [Some("same"), None] {
        let t = TestApp::with_nodes(3).await;
        let shop = t.shop().await;
        let payment = shop.creates_manual_order(10_000).await.begins("script").await;
        payment.payer("authorize");
        t.settles().await;
        t.passes(minutes(1)).await;
        let path = format!("{}/capture", payment.path());
        let answers = all_at_once(&t, (0..8).map(|_| shop.post(&path, &json!({}), key)).collect()).await;
        only(&answers, &[200, 409]);
        assert!(answers.iter().any(|a| a.status == 200));
        t.passes(minutes(5)).await;
        payment.is("captured").await;
        assert_eq!((t.happened("captured").len(), shop.heard_of("payment.captured")), (1, 1));
        t.ends().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_cancellation() {
    let t = TestApp::with_nodes(3).await;
    let shop = t.shop().await;
    let order = shop.creates_order(10_000).await;
    many(&shop, &format!("{}/cancel", order.path()), &json!({})).await;
    t.settles().await;
    assert_eq!(shop.heard_of("order.cancelled"), 1);
    t.ends().await;
}
