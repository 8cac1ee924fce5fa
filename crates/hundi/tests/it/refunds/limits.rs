//! Never more than was captured, and never what the provider would refuse.

use crate::house::TestApp;
use hundi_core::time::{days, minutes};
use serde_json::json;

#[tokio::test]
async fn parts_add_up_to_the_whole_and_no_further() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(100_000).await.is_paid().await;
    payment.asks_refund(&json!({ "amount": 100_001 })).await.refuses(422, "refund_exceeds_captured");
    payment.refunds(60_000).await;
    payment.asks_refund(&json!({ "amount": 60_000 })).await.refuses(422, "refund_exceeds_captured");
    payment.refunds(40_000).await;
    payment.asks_refund(&json!({})).await.refuses(422, "refund_exceeds_captured");
    t.passes(minutes(1)).await;
    payment.is("refunded").await;
    assert_eq!(t.happened("refund_processed").iter().map(|l| l.amount_minor).sum::<i64>(), 100_000);
    assert_eq!(t.calls("POST", "/refund"), 2, "the provider is not asked for what we refuse");
    t.ends().await;
}

#[tokio::test]
async fn what_was_not_captured_is_not_refunded() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let open = shop.creates_order(50_000).await.begins("script").await;
    open.asks_refund(&json!({})).await.refuses(422, "payment_not_refundable");
    let held = shop.creates_manual_order(50_000).await.begins("script").await;
    held.payer("authorize");
    t.settles().await;
    held.asks_refund(&json!({})).await.refuses(422, "payment_not_refundable");
    assert_eq!(t.calls("POST", "/refund"), 0);
    t.ends().await;
}

#[tokio::test]
async fn after_half_a_year_nothing_is_refunded() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(50_000).await.is_paid().await;
    t.passes(days(179)).await;
    payment.refunds(1_000).await;
    t.passes(days(2)).await;
    payment.asks_refund(&json!({ "amount": 1_000 })).await.refuses(422, "refund_window_passed");
    t.ends().await;
}

/// The provider's refusal ends it, and what it held is free again.
#[tokio::test]
async fn without_balance_at_the_provider_it_fails_and_its_reservation_is_free() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(100_000).await.is_paid().await;
    t.account(&shop.provider_key, &json!({ "balance_minor": 5_000 }));
    let refused = payment.refunds(100_000).await;
    assert_eq!(
        (&refused["status"], &refused["failure"]["reason"]),
        (&json!("failed"), &json!("provider_refused"))
    );
    payment.is("captured").await;
    assert_eq!(shop.heard_of("refund.failed"), 0, "nobody was told yet");

    t.account(&shop.provider_key, &json!({ "balance_minor": 500_000 }));
    payment.refunds(100_000).await;
    t.passes(minutes(1)).await;
    payment.is("refunded").await;
    assert_eq!((shop.heard_of("refund.failed"), shop.heard_of("refund.processed")), (1, 1));
    assert_eq!(shop.balance("provider").await, 0);
    t.ends().await;
}

#[tokio::test]
async fn another_merchants_payment_is_nobodys_here() {
    let t = TestApp::new().await;
    let (shop, stranger) = (t.shop().await, t.shop().await);
    let order = shop.creates_order(50_000).await;
    let payment = order.is_paid().await;
    let refund = payment.refunds(10_000).await;
    t.passes(minutes(1)).await;
    let refund = format!("/api/v1/refunds/{}", refund["id"].as_str().unwrap());
    let nothing = "/api/v1/payments/pay_01m7yhx3000000000000000000";
    for path in [&order.path(), &payment.path(), &refund, &format!("{}/refunds", payment.path())] {
        shop.gets(path).await.is(200);
        stranger.gets(path).await.refuses(404, "not_found");
    }
    stranger.gets(nothing).await.refuses(404, "not_found");
    stranger.posts(&format!("{}/refunds", payment.path()), &json!({})).await.refuses(404, "not_found");
    stranger.posts(&format!("{}/capture", payment.path()), &json!({})).await.refuses(404, "not_found");
    stranger.posts(&format!("{}/cancel", order.path()), &json!({})).await.refuses(404, "not_found");
    stranger.posts("/api/v1/payments", &json!({ "order_id": order.id })).await.refuses(404, "not_found");
    t.ends().await;
}
