//! Changing the webhook secret: for two days the old one still verifies, as providers sign retries with it.

use crate::house::{TestApp, operator, signature};
use hundi_app::connections;
use hundi_core::Secret;
use hundi_core::time::{hours, minutes};
use hundi_providers::sim::{Fault, Op};

#[tokio::test]
async fn the_old_secret_verifies_for_two_days_and_no_longer() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let first = shop.creates_order(10_000).await.begins("script").await;
    let new = Secret::new("the-new-webhook-secret");
    connections::rotate_webhook_secret(t.app(), shop.scope, &operator(), shop.connection, &new)
        .await
        .unwrap();
    t.passes(hours(47)).await;
    let early = shop.captured_letter("pay_Rotated0000001", &first.provider_order, 10_000);
    assert_eq!(shop.posts_letter(&early).await, 200);
    let by_new = signature("the-new-webhook-secret", &early.body);
    assert_eq!(shop.posts_letter(&early.clone().signed(Some(&by_new))).await, 200);
    t.settles().await;
    first.is("captured").await;

    t.passes(hours(2)).await;
    let late = shop.captured_letter("pay_Rotated0000002", &first.provider_order, 10_000);
    assert_eq!(shop.posts_letter(&late).await, 401);
    assert_eq!(shop.balance("provider").await, 10_000);
    t.ends_unwitnessed().await;
}

#[tokio::test]
async fn a_message_that_waited_while_its_secret_was_retired_is_still_worked_on() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.dial_always(Op::Webhook, Fault::WebhookDelay { ms: minutes(1) });
    let payment = shop.creates_order(10_000).await.is_paid_by_its_payer().await;
    let new = Secret::new("the-new-webhook-secret");
    connections::rotate_webhook_secret(t.app(), shop.scope, &operator(), shop.connection, &new)
        .await
        .unwrap();
    t.passes(minutes(2)).await;
    payment.is("captured").await;
    assert!(shop.notices().await.iter().all(|n| n.verified));
    t.ends().await;
}
