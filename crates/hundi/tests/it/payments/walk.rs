//! One payment through the whole house.

use crate::house::TestApp;
use hundi_core::time::{minutes, seconds};
use serde_json::json;

#[tokio::test]
async fn an_order_is_paid_by_webhook_and_refunded_in_part_and_whole() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(149_900).await;
    let payment = order.is_paid().await;
    t.settles().await;

    let read = shop.gets(&format!("/api/v1/payments/{payment}")).await.is(200).json();
    assert_eq!(read["status"], "captured");
    assert_eq!(read["outcome"], "known");
    assert_eq!(order.now_reads().await["status"], "paid");

    let refunds = format!("/api/v1/payments/{payment}/refunds");
    let first = shop.posts(&refunds, &json!({ "amount": 50_000, "reason": "damaged" })).await.is(201).json();
    assert_eq!(first["status"], "processing");
    t.passes(seconds(10)).await;
    let read = shop.gets(&format!("/api/v1/payments/{payment}")).await.json();
    assert_eq!((&read["status"], &read["amount_refunded"]), (&json!("partially_refunded"), &json!(50_000)));

    shop.posts(&refunds, &json!({})).await.is(201);
    t.passes(seconds(10)).await;
    let read = shop.gets(&format!("/api/v1/payments/{payment}")).await.json();
    assert_eq!((&read["status"], &read["amount_refunded"]), (&json!("refunded"), &json!(149_900)));
    shop.posts(&refunds, &json!({ "amount": 1 })).await.is(422);

    let heard: Vec<String> = shop.heard().into_iter().map(|(kind, _)| kind).collect();
    for kind in ["order.created", "payment.captured", "order.paid", "refund.processed"] {
        assert!(heard.contains(&kind.to_owned()), "{kind} in {heard:?}");
    }
    t.ends().await;
}

#[tokio::test]
async fn without_any_webhook_the_poll_finds_the_money() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(64_000).await;
    let payment = order.is_paid().await;
    // Webhooks are lost on the way.
    drop(t.network.due());
    t.passes(minutes(1)).await;
    let read = shop.gets(&format!("/api/v1/payments/{payment}")).await.json();
    assert_eq!(read["status"], "captured");
    t.ends().await;
}
