//! Money that arrives when nobody waits for it any more: accepted from every state, then the merchant's policy.

use crate::house::{Order, Payment, Shop, TestApp};
use hundi_core::order::LateSuccess;
use hundi_core::time::{hours, minutes};
use hundi_providers::sim::{Fault, Op};
use serde_json::json;

async fn expiring<'s>(t: &TestApp, shop: &'s Shop<'_>) -> Order<'s> {
    let ends = t.now().plus(minutes(10)).to_string();
    shop.creates_order_with(json!({ "amount": 33_300, "currency": "INR", "expires_at": ends })).await
}

#[tokio::test]
async fn paid_after_the_order_expired_goes_back_by_itself() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = expiring(&t, &shop).await;
    let payment = order.begins("script").await;
    t.passes(minutes(30)).await;
    order.is("expired").await;
    payment.payer("pay");
    t.passes(minutes(1)).await;

    payment.is("refunded").await;
    order.is("expired").await;
    assert_eq!(payment.all_refunds().await[0]["reason"], "late_success");
    assert_eq!((shop.balance("provider").await, shop.heard_of("payment.captured")), (0, 1));
    t.ends().await;
}

#[tokio::test]
async fn or_pays_the_order_after_all_where_the_merchant_wants_it() {
    let t = TestApp::new().await;
    let shop = t.shop_with(LateSuccess::Accept).await;
    let order = expiring(&t, &shop).await;
    let payment = order.begins("script").await;
    t.passes(minutes(30)).await;
    order.is("expired").await;
    payment.payer("pay");
    t.passes(minutes(1)).await;
    payment.is("captured").await;
    order.is("paid").await;
    assert!(payment.all_refunds().await.is_empty());
    t.ends().await;
}

/// Paid in time, while nobody could be asked: the order is not over before its payer was asked about.
#[tokio::test]
async fn paid_in_time_and_heard_of_late_is_paid() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = expiring(&t, &shop).await;
    let payment = order.begins("script").await;
    t.passes(minutes(9)).await;
    t.dial_always(Op::Fetch, Fault::SilentAfterActing);
    t.dial_always(Op::Webhook, Fault::WebhookDelay { ms: hours(3) });
    payment.payer("pay");
    t.passes(hours(1)).await;
    order.is("attempted").await;
    order.tries("script").await.refuses(409, "order_cannot_be_paid");
    t.clear_dials();
    t.passes(hours(3)).await;
    order.is("paid").await;
    assert!(payment.all_refunds().await.is_empty());
    t.ends().await;
}

#[tokio::test]
async fn paid_after_the_session_ended_pays_an_order_that_is_still_open() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(33_300).await;
    let payment = order.begins("script").await;
    t.passes(minutes(20)).await;
    payment.is("expired").await;
    payment.payer("pay");
    t.settles().await;
    payment.is("captured").await;
    order.is("paid").await;
    t.ends().await;
}

#[tokio::test]
async fn paid_after_the_merchant_called_it_off_goes_back() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(33_300).await;
    let payment = order.begins("script").await;
    shop.posts(&format!("{}/cancel", order.path()), &json!({})).await.is(200);
    payment.is("cancelled").await;
    t.passes(minutes(2)).await;
    payment.payer("pay");
    t.passes(minutes(1)).await;
    payment.is("refunded").await;
    order.is("cancelled").await;
    assert_eq!(t.happened("refund_processed").len(), 1);
    t.ends().await;
}

/// What a merchant was told to be over stays over, whatever the provider dates the money.
async fn goes_back(t: &TestApp, shop: &Shop<'_>, order: &Order<'_>, payment: &Payment<'_>, status: &str) {
    t.passes(hours(1)).await;
    payment.is("refunded").await;
    order.is(status).await;
    assert_eq!((shop.heard_of("order.paid"), shop.balance("provider").await), (0, 0));
    assert_eq!(payment.all_refunds().await[0]["reason"], "late_success");
}

#[tokio::test]
async fn a_try_begun_before_the_cancel_and_approved_after_it_goes_back() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(33_300).await;
    let payment = order.begins("script").await;
    payment.payer_with(&json!({ "outcome": "silent", "late_ms": minutes(5) }));
    shop.posts(&format!("{}/cancel", order.path()), &json!({})).await.is(200);
    goes_back(&t, &shop, &order, &payment, "cancelled").await;
    t.ends().await;
}

#[tokio::test]
async fn money_in_the_moment_of_the_cancel_goes_back() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(33_300).await;
    let payment = order.begins("script").await;
    shop.posts(&format!("{}/cancel", order.path()), &json!({})).await.is(200);
    payment.payer("pay");
    goes_back(&t, &shop, &order, &payment, "cancelled").await;
    t.ends().await;
}

#[tokio::test]
async fn a_try_begun_before_the_end_and_approved_after_it_goes_back() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = expiring(&t, &shop).await;
    let payment = order.begins("script").await;
    t.passes(minutes(9)).await;
    payment.payer_with(&json!({ "outcome": "silent", "late_ms": minutes(5) }));
    goes_back(&t, &shop, &order, &payment, "expired").await;
    t.ends().await;
}
