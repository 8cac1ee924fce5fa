//! Refunds that somebody makes in the provider's own dashboard: recorded, never refused, counted once.

use crate::house::TestApp;
use hundi_core::time::{days, minutes};
use hundi_providers::sim::{Dial, Fault, Match, Op};
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

/// At a provider whose messages are only a cause to ask, about a payment that nobody watches any more: heard of once,
/// it is asked about, and looked after until it is processed.
#[tokio::test]
async fn one_that_takes_days_is_looked_after_though_its_messages_are_lost() {
    for provider in ["phonepe", "hdfc", "paypal"] {
        let t = TestApp::new().await;
        let shop = t.shop_at(provider).await;
        let currency = if provider == "paypal" { "USD" } else { "INR" };
        let order = shop.creates_order_with(json!({ "amount": 100_000, "currency": currency })).await;
        let payment = order.begins("redirect").await;
        payment.payer("pay");
        t.passes(minutes(5)).await;
        payment.is("captured").await;
        let provider_payment = payment.provider_tries().await[0].0.clone();
        t.simulator(provider).dial(Dial::once(Op::Refund, Fault::RefundDelay { ms: days(3) }));
        t.at(provider, "/sim/control/refund", &json!({ "payment_id": provider_payment, "amount": 70_000 }));
        t.passes(days(1)).await;
        let lost = Match { op: Some(Op::Webhook), ..Match::default() };
        t.simulator(provider).dial(Dial::new(lost, Fault::WebhookDrop));
        // Whoever is not told of a refund that only begins learns of it by asking.
        shop.posts(&format!("{}/check", payment.path()), &json!({})).await.is(200);
        let heard = payment.all_refunds().await;
        assert_eq!(heard.len(), 1, "{provider}: {heard:?}");
        assert_eq!(heard[0]["status"], "processing", "{provider}: {heard:?}");
        t.passes(days(3)).await;
        let all = payment.all_refunds().await;
        assert_eq!((all.len(), &all[0]["status"]), (1, &json!("processed")), "{provider}: {all:?}");
        assert_eq!(payment.is("partially_refunded").await["amount_refunded"], 70_000);
        t.ends().await;
    }
}

/// The message about it is heard, the answer to the question is not: it is asked again.
#[tokio::test]
async fn what_was_heard_of_is_asked_about_by_itself() {
    let t = TestApp::new().await;
    let shop = t.shop_at("phonepe").await;
    let payment = shop.creates_order(100_000).await.begins("redirect").await;
    payment.payer("pay");
    t.passes(minutes(5)).await;
    let provider_payment = payment.provider_tries().await[0].0.clone();
    t.simulator("phonepe").dial(Dial::once(Op::Fetch, Fault::SilentAfterActing));
    t.at("phonepe", "/sim/control/refund", &json!({ "payment_id": provider_payment, "amount": 70_000 }));
    t.passes(minutes(30)).await;
    assert_eq!(payment.is("partially_refunded").await["amount_refunded"], 70_000);
    t.ends().await;
}
