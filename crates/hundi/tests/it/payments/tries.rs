//! Several tries beneath one payment: the payer's second card, a second window, a bank that changes its mind.

use crate::house::TestApp;
use hundi_core::time::{days, hours, minutes, seconds};
use hundi_providers::sim::{Fault, Op};
use serde_json::json;

#[tokio::test]
async fn a_failed_try_does_not_fail_the_payment_and_the_next_one_pays() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(30_000).await;
    let payment = order.begins("script").await;
    payment.payer_with(&json!({ "outcome": "fail", "reason": "insufficient_funds" }));
    t.settles().await;
    let read = payment.is("pending").await;
    assert_eq!(read["tries"][0]["failure"]["reason"], "insufficient_funds");
    order.is("attempted").await;

    payment.payer("pay");
    t.settles().await;
    let read = payment.is("captured").await;
    assert_eq!(read["failure"], json!(null));
    order.is("paid").await;
    assert_eq!((shop.heard_of("payment.try_failed"), shop.heard_of("payment.captured")), (1, 1));
    t.ends().await;
}

/// SAFETY T08: the failure of an earlier try arrives after the success.
#[tokio::test]
async fn a_late_word_of_failure_takes_nothing_away() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(30_000).await;
    let payment = order.begins("script").await;
    t.dial(Op::Webhook, Fault::WebhookDelay { ms: hours(2) });
    payment.payer("fail");
    payment.payer("pay");
    t.settles().await;
    order.is("paid").await;
    t.passes(hours(3)).await;
    payment.is("captured").await;
    order.is("paid").await;
    assert_eq!(shop.heard_of("payment.captured"), 1);
    t.ends().await;
}

/// SAFETY T09, F16: the bank said no, and yes two hours later.
#[tokio::test]
async fn a_success_after_the_failure_of_the_same_try_pays() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(30_000).await;
    let payment = order.begins("script").await;
    t.dial(Op::Pay, Fault::LateAuthorization { ms: minutes(5) });
    payment.payer("pay");
    t.settles().await;
    assert_eq!(payment.provider_tries().await[0].1, "failed");
    t.passes(minutes(6)).await;
    payment.is("captured").await;
    order.is("paid").await;
    t.ends().await;
}

/// Two windows on one provider order: Razorpay holds the second success for a minute and gives it back itself.
#[tokio::test]
async fn a_second_success_on_the_same_provider_order_is_released_there() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(30_000).await;
    let payment = order.is_paid().await;
    payment.payer("pay");
    t.settles().await;
    order.is("paid").await;
    t.passes(minutes(2)).await;
    assert_eq!((t.happened("captured").len(), t.happened("released").len()), (1, 1));
    let read = payment.is("captured").await;
    assert_eq!(read["amount_captured"], 30_000);
    assert_eq!(shop.balance("provider").await, 30_000);
    t.ends().await;
}

#[tokio::test]
async fn a_payer_who_falls_silent_leaves_an_expired_payment_and_a_payable_order() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(30_000).await;
    let payment = order.begins("script").await;
    t.passes(minutes(20)).await;
    payment.is("expired").await;
    order.is("attempted").await;
    assert_eq!(shop.heard_of("payment.expired"), 1);

    let again = order.is_paid().await;
    assert_ne!(again.id, payment.id);
    order.is("paid").await;
    t.passes(days(6)).await;
    assert_eq!(t.happened("captured").len(), 1);
    t.ends().await;
}

#[tokio::test]
async fn one_who_failed_and_left_has_a_failed_payment_in_the_end() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(30_000).await.begins("script").await;
    payment.payer_with(&json!({ "outcome": "fail", "reason": "incorrect_cvv" }));
    t.passes(minutes(16)).await;
    let read = payment.is("failed").await;
    assert_eq!(read["failure"]["reason"], "instrument_invalid");
    t.passes(seconds(1)).await;
    t.ends().await;
}
