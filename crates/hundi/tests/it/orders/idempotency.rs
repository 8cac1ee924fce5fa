//! Idempotency-Key (PRODUCT PY7): the same request gets the same answer, byte for byte, and is done once.

use crate::house::{Answer, TestApp};
use hundi_core::time::{days, hours, minutes};
use serde_json::json;

#[track_caller]
fn is_a_replay(first: &Answer, again: &Answer) {
    assert_eq!((first.status, first.text()), (again.status, again.text()));
    assert_eq!(first.header("idempotent-replayed"), "");
    assert_eq!(again.header("idempotent-replayed"), "true");
}

#[tokio::test]
async fn every_verb_answers_a_repeat_byte_for_byte() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let new = json!({ "amount": 10_000, "currency": "INR", "capture": "manual" });
    let made = shop.posts_once("/api/v1/orders", &new, "order").await.is(201);
    let begin = json!({ "order_id": made.field("id"), "flow": "script" });
    let begun = shop.posts_once("/api/v1/payments", &begin, "payment").await.is(201);
    let id = begun.field("id");
    t.at_simulator(
        "/sim/api/pay",
        &json!({ "order_id": begun.field("provider_order"), "outcome": "authorize" }),
    );
    t.settles().await;
    t.passes(minutes(1)).await;
    let capture = format!("/api/v1/payments/{id}/capture");
    let captured = shop.posts_once(&capture, &json!({}), "capture").await.is(200);
    let refund = format!("/api/v1/payments/{id}/refunds");
    let back = json!({ "amount": 4_000 });
    let refunded = shop.posts_once(&refund, &back, "refund").await.is(201);
    t.passes(minutes(5)).await;

    let calls = t.network.calls().len();
    is_a_replay(&made, &shop.posts_once("/api/v1/orders", &new, "order").await);
    is_a_replay(&begun, &shop.posts_once("/api/v1/payments", &begin, "payment").await);
    is_a_replay(&captured, &shop.posts_once(&capture, &json!({}), "capture").await);
    is_a_replay(&refunded, &shop.posts_once(&refund, &back, "refund").await);
    assert_eq!(t.network.calls().len(), calls, "a repeat calls nobody");
    t.settles().await;
    assert_eq!((t.happened("order").len(), t.happened("refund_accepted").len()), (1, 1));

    let other = shop.creates_order(5_000).await;
    let cancel = format!("{}/cancel", other.path());
    let cancelled = shop.posts_once(&cancel, &json!({}), "cancel").await.is(200);
    is_a_replay(&cancelled, &shop.posts_once(&cancel, &json!({}), "cancel").await);
    t.ends().await;
}

#[tokio::test]
async fn the_same_key_for_another_request_is_refused() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let new = json!({ "amount": 10_000, "currency": "INR" });
    shop.posts_once("/api/v1/orders", &new, "k").await.is(201);
    let changed = json!({ "amount": 10_001, "currency": "INR" });
    shop.posts_once("/api/v1/orders", &changed, "k").await.refuses(422, "idempotency_key_reused");

    let payment = shop.creates_order(10_000).await.is_paid().await;
    let refund = format!("{}/refunds", payment.path());
    shop.posts_once(&refund, &json!({ "amount": 1_000 }), "r").await.is(201);
    shop.posts_once(&refund, &json!({ "amount": 2_000 }), "r").await.refuses(422, "idempotency_key_reused");
    shop.posts_once("/api/v1/orders", &new, "r").await.refuses(422, "idempotency_key_reused");
    t.passes(minutes(1)).await;
    assert_eq!(t.happened("refund_accepted").len(), 1);
    t.ends().await;
}

/// SAFETY T28: a key is a merchant's own, and a mode's own.
#[tokio::test]
async fn a_key_belongs_to_one_merchant() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let new = json!({ "amount": 10_000, "currency": "INR" });
    let mine = shop.posts_once("/api/v1/orders", &new, "same").await.is(201);
    let theirs = other.posts_once("/api/v1/orders", &new, "same").await.is(201);
    assert_ne!(mine.field("id"), theirs.field("id"));
    assert_eq!(theirs.header("idempotent-replayed"), "");
    let different = json!({ "amount": 99_900, "currency": "INR" });
    other.posts_once("/api/v1/orders", &different, "another").await.is(201);
    shop.posts_once("/api/v1/orders", &new, "another").await.is(201);
    t.ends().await;
}

#[tokio::test]
async fn refused_input_spends_no_key() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    shop.posts_once("/api/v1/orders", &json!({ "amount": -1, "currency": "INR" }), "k").await.is(400);
    shop.posts_once("/api/v1/orders", &json!({ "amount": 10_000, "currency": "INR" }), "k").await.is(201);

    let payment = shop.creates_order(10_000).await.begins("script").await;
    let refund = format!("{}/refunds", payment.path());
    shop.posts_once(&refund, &json!({ "amount": 500 }), "r").await.refuses(422, "payment_not_refundable");
    payment.payer("pay");
    t.settles().await;
    shop.posts_once(&refund, &json!({ "amount": 500 }), "r").await.is(201);
    t.passes(minutes(1)).await;
    t.ends().await;
}

/// Kept for a week: what was answered then is answered on the sixth day, and a fresh request on the eighth.
#[tokio::test]
async fn a_key_is_kept_for_a_week() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let new = json!({ "amount": 10_000, "currency": "INR" });
    let first = shop.posts_once("/api/v1/orders", &new, "k").await.is(201);
    t.passes(days(6)).await;
    is_a_replay(&first, &shop.posts_once("/api/v1/orders", &new, "k").await);
    for _ in 0..40 {
        t.passes(hours(1)).await;
    }
    let later = shop.posts_once("/api/v1/orders", &new, "k").await.is(201);
    assert_ne!(first.field("id"), later.field("id"));
    t.ends().await;
}

#[tokio::test]
async fn endpoints_and_their_secrets_are_not_replayed_in_the_clear() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let new = json!({ "url": format!("{}/more", crate::house::MERCHANT) });
    let first = shop.posts_once("/api/v1/endpoints", &new, "k").await.is(201);
    let again = shop.posts_once("/api/v1/endpoints", &new, "k").await.is(201);
    assert_eq!(first.field("id"), again.field("id"));
    assert!(first.field("secret").starts_with("whsec_") && again.field("secret").is_empty());
    t.ends().await;
}
