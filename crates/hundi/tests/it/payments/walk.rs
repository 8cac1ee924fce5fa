//! One payment through the whole house, by each way to pay.

use crate::house::{TestApp, text};
use hundi_core::time::{minutes, seconds};
use serde_json::{Value, json};

#[tokio::test]
async fn an_order_is_paid_by_webhook_and_refunded_in_part_and_whole() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(149_900).await;
    let payment = order.is_paid_by_its_payer().await;
    t.settles().await;

    let read = payment.is("captured").await;
    assert_eq!((&read["outcome"], &read["amount_captured"]), (&json!("known"), &json!(149_900)));
    order.is("paid").await;
    assert_eq!((shop.balance("provider").await, shop.balance("sales").await), (149_900, -149_900));

    let first = payment.asks_refund(&json!({ "amount": 50_000, "reason": "damaged" })).await.is(201).json();
    assert_eq!(first["status"], "processing");
    t.passes(seconds(10)).await;
    assert_eq!(payment.is("partially_refunded").await["amount_refunded"], 50_000);

    payment.asks_refund(&json!({})).await.is(201);
    t.passes(seconds(10)).await;
    assert_eq!(payment.is("refunded").await["amount_refunded"], 149_900);
    payment.asks_refund(&json!({ "amount": 1 })).await.refuses(422, "refund_exceeds_captured");
    assert_eq!((shop.balance("provider").await, shop.balance("refunds").await), (0, 149_900));

    for kind in ["order.created", "payment.created", "payment.captured", "order.paid"] {
        assert_eq!(shop.heard_of(kind), 1, "{kind}");
    }
    assert_eq!(shop.heard_of("refund.processed"), 2);
    t.ends().await;
}

#[tokio::test]
async fn without_any_webhook_the_poll_finds_the_money() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(64_000).await.is_paid_by_its_payer().await;
    t.loses_webhooks();
    t.passes(minutes(1)).await;
    payment.is("captured").await;
    t.ends().await;
}

#[tokio::test]
async fn without_webhook_or_poll_the_payers_return_finds_it() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(64_000).await;
    let payment = order.begins("script").await;
    let brought = payment.payer("pay");
    t.loses_webhooks();
    let back = payment.comes_back(&brought.fields).await;
    assert_eq!(back.payment.captured_minor, 64_000);
    assert!(back.said_failure.is_none());
    order.is("paid").await;
    t.ends().await;
}

#[tokio::test]
async fn by_a_redirect_link_without_script() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(75_000).await;
    let payment = order.begins("redirect").await;
    assert_eq!(payment.json["next_step"]["type"], "redirect");
    let brought = payment.payer("pay");
    assert!(
        brought.fields.iter().any(|(name, _)| name == "razorpay_payment_link_id"),
        "{:?}",
        brought.fields
    );
    t.loses_webhooks();
    payment.comes_back(&brought.fields).await;
    payment.is("captured").await;
    order.is("paid").await;
    t.ends().await;
}

#[tokio::test]
async fn by_a_redirect_link_and_its_webhooks_alone() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(75_000).await;
    let payment = order.begins("redirect").await;
    payment.payer("pay");
    t.settles().await;
    payment.is("captured").await;
    assert_eq!(t.happened("captured").len(), 1);
    assert_eq!(shop.heard_of("payment.captured"), 1);
    t.ends().await;
}

#[tokio::test]
async fn by_a_upi_link() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop
        .creates_order_with(json!({
            "amount": 24_900, "currency": "INR",
            "customer": { "email": "asha@example.com", "phone": "+919876500000" },
        }))
        .await;
    let payment = order.begins("upi_intent").await;
    assert_eq!(payment.json["next_step"]["type"], "upi_intent", "{}", payment.json);
    payment.payer_by_upi("pay");
    t.settles().await;
    assert_eq!(payment.is("captured").await["method"], "upi");
    order.is("paid").await;
    t.ends().await;
}

/// SAFETY T24: amounts whose decimal form has no exact binary one.
#[tokio::test]
async fn every_paisa_arrives_as_it_was_asked() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let mut sum = 0;
    for minor in [100, 101, 1_999, 59_980, 20_377, 81_915, 1_149_001, 10_100, 435_010, 49_999_999] {
        let order = shop.creates_order(minor).await;
        assert_eq!(order.reads().await["amount"], minor);
        let payment = order.is_paid().await;
        let read = payment.reads().await;
        assert_eq!((&read["amount"], &read["amount_captured"]), (&json!(minor), &json!(minor)));
        let there = t.happened("captured").pop().expect("it was captured").amount_minor;
        assert_eq!(there, minor);
        sum += minor;
        assert_eq!(shop.balance("provider").await, sum);
    }
    t.ends().await;
}

#[tokio::test]
async fn what_the_merchant_hears_is_what_the_api_shows() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(5_000).await;
    let payment = order.is_paid().await;
    let heard = shop.heard();
    let last_of = |id: &str| -> Value {
        let of = heard.iter().filter(|e| text(e, "object_id") == id);
        of.max_by_key(|e| e["seq"].as_i64()).expect("it was heard of")["data"]["object"].clone()
    };
    assert_eq!(last_of(&order.id), order.reads().await);
    let (said, read) = (last_of(&payment.id), payment.reads().await);
    for field in ["id", "status", "amount", "amount_captured", "tries", "our_ref"] {
        assert_eq!(said[field], read[field], "{field}");
    }
    let mut seen: Vec<i64> = heard
        .iter()
        .filter(|e| text(e, "object_id") == payment.id)
        .filter_map(|e| e["seq"].as_i64())
        .collect();
    seen.sort_unstable();
    assert!(seen.iter().copied().eq(1..=i64::try_from(seen.len()).unwrap()), "{seen:?}");
    t.ends().await;
}
