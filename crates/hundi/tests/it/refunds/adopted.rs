//! Refunds that somebody makes in the provider's own dashboard: recorded, never refused, counted once.

use crate::house::TestApp;
use hundi_core::time::minutes;
use hundi_providers::sim::{Fault, Op};
use serde_json::json;

#[tokio::test]
async fn it_is_adopted_once_and_lowers_what_is_left() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(100_000).await.is_paid().await;
    let provider_payment = payment.provider_tries().await[0].0.clone();
    t.dial_always(Op::Webhook, Fault::WebhookDuplicate { n: 3 });
    let there = t.refunds_in_dashboard(&provider_payment, 70_000);
    t.passes(minutes(5)).await;

    let all = payment.all_refunds().await;
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!((&all[0]["origin"], &all[0]["provider_refund"]), (&json!("provider"), &json!(there)));
    assert_eq!(payment.is("partially_refunded").await["amount_refunded"], 70_000);
    payment.asks_refund(&json!({ "amount": 30_001 })).await.refuses(422, "refund_exceeds_captured");
    payment.refunds(30_000).await;
    t.passes(minutes(1)).await;
    payment.is("refunded").await;
    assert!(shop.discrepancies().await.is_empty());
    t.ends().await;
}

#[tokio::test]
async fn without_webhooks_the_next_look_finds_it() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(100_000).await.is_paid().await;
    let provider_payment = payment.provider_tries().await[0].0.clone();
    t.dial_always(Op::Webhook, Fault::WebhookDrop);
    t.refunds_in_dashboard(&provider_payment, 25_000);
    t.passes(minutes(1)).await;
    shop.posts(&format!("{}/check", payment.path()), &json!({})).await.is(200);
    assert_eq!(payment.is("partially_refunded").await["amount_refunded"], 25_000);
    shop.posts(&format!("{}/check", payment.path()), &json!({})).await.is(200);
    assert_eq!(payment.all_refunds().await.len(), 1);
    t.ends().await;
}

/// While ours is under way somebody gives the rest back by hand: what moved is recorded, and a person is told.
#[tokio::test]
async fn together_with_ours_it_may_be_all_and_is_never_lost() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(100_000).await.is_paid().await;
    let provider_payment = payment.provider_tries().await[0].0.clone();
    // Ours is reserved here and the provider has not heard of it.
    t.dial(Op::Refund, Fault::DropBeforeActing);
    payment.refunds(60_000).await;
    t.refunds_in_dashboard(&provider_payment, 70_000);
    t.passes(minutes(10)).await;

    let all = payment.all_refunds().await;
    let of = |origin: &str| all.iter().find(|r| r["origin"] == origin).expect("it is there");
    assert_eq!((&of("provider")["status"], &of("ours")["status"]), (&json!("processed"), &json!("failed")));
    assert_eq!(payment.is("partially_refunded").await["amount_refunded"], 70_000);
    let kinds: Vec<String> = shop.discrepancies().await.into_iter().map(|d| d.kind).collect();
    assert_eq!(kinds, ["refund_exceeds_captured"]);
    t.ends().await;
}
