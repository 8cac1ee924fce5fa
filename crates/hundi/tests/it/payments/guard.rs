//! A second payment of one order: when it may begin, and what becomes of what is charged twice (DESIGN, rule 7).

use crate::house::TestApp;
use hundi_core::order::LateSuccess;
use hundi_core::time::{minutes, seconds};
use hundi_providers::sim::{Acts, Fault, Op};
use serde_json::json;

#[tokio::test]
async fn coming_back_to_an_open_payment_opens_no_other() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(90_000).await;
    let (first, again) = (order.begins("script").await, order.begins("script").await);
    assert_eq!(first.id, again.id);
    assert_eq!(t.happened("order").len(), 1);
    t.passes(minutes(20)).await;
    t.ends().await;
}

#[tokio::test]
async fn another_way_to_pay_supersedes_an_open_payment_and_a_second_charge_goes_back() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(90_000).await;
    let first = order.begins("script").await;
    let second = order.begins("redirect").await;
    assert_eq!(second.json["after"], json!(first.id));
    second.payer("pay");
    t.settles().await;
    order.is("paid").await;
    t.passes(seconds(5)).await;
    first.payer("pay");
    t.passes(minutes(1)).await;

    order.is("paid").await;
    first.is("refunded").await;
    second.is("captured").await;
    let back = first.all_refunds().await;
    assert_eq!(
        (back.len(), &back[0]["reason"], &back[0]["amount"]),
        (1, &json!("late_success"), &json!(90_000))
    );
    assert_eq!(shop.discrepancies().await.iter().filter(|d| d.kind == "overpaid").count(), 1);
    assert_eq!(shop.balance("provider").await, 90_000);
    t.ends().await;
}

/// A capture that may have happened: nobody may charge this payer again until we know.
#[tokio::test]
async fn no_second_payment_while_the_first_may_be_charged() {
    for policy in [LateSuccess::Refund, LateSuccess::Accept] {
        let t = TestApp::new().await;
        let shop = t.shop_with(policy).await;
        let order = shop.creates_manual_order(90_000).await;
        let payment = order.begins("script").await;
        payment.payer("authorize");
        t.settles().await;
        payment.is("authorized").await;
        t.passes(seconds(1)).await;
        t.dial(Op::Capture, Fault::SilentAfterActing);
        t.dial_always(Op::Fetch, Fault::Status { status: 500, acts: Acts::Never });
        t.dial_always(Op::Webhook, Fault::WebhookDelay { ms: minutes(10) });
        payment.captures().await.is(200);
        payment.is_in_doubt().await;
        order.tries("redirect").await.refuses(409, "payment_in_doubt");
        assert_eq!(t.calls("POST", "/v1/payment_links"), 0);

        t.clear_dials();
        t.passes(minutes(15)).await;
        payment.is("captured").await;
        order.tries("redirect").await.refuses(409, "order_cannot_be_paid");
        assert_eq!(t.happened("captured").len(), 1);
        t.ends().await;
    }
}

/// A message from before the call that went unknown is no answer to it.
#[tokio::test]
async fn an_older_message_does_not_settle_a_doubt() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_manual_order(90_000).await;
    let payment = order.begins("script").await;
    t.dial(Op::Webhook, Fault::WebhookDelay { ms: seconds(30) });
    payment.payer("authorize");
    shop.posts(&format!("{}/check", payment.path()), &json!({})).await.is(200);
    payment.is("authorized").await;
    t.passes(seconds(1)).await;
    t.dial(Op::Capture, Fault::SilentAfterActing);
    t.dial_always(Op::Fetch, Fault::Status { status: 500, acts: Acts::Never });
    t.dial_always(Op::Webhook, Fault::WebhookDrop);
    payment.captures().await.is(200);

    t.passes(seconds(40)).await;
    let arrived = shop.notices().await;
    assert_eq!(arrived[0].kind.as_deref(), Some("payment.authorized"));
    payment.is_in_doubt().await;
    order.tries("redirect").await.refuses(409, "payment_in_doubt");
    t.clear_dials();
    t.passes(minutes(2)).await;
    payment.is("captured").await;
    t.ends().await;
}

/// The one relief: the payer never got the handle of what may have been opened. It is watched all the same.
#[tokio::test]
async fn an_opening_that_no_payer_saw_does_not_block_another_and_is_watched() {
    for policy in [LateSuccess::Refund, LateSuccess::Accept] {
        let t = TestApp::new().await;
        let shop = t.shop_with(policy).await;
        let order = shop.creates_order(90_000).await;
        t.dial(Op::CreateOrder, Fault::SilentAfterActing);
        let orphan = order.begins("script").await;
        orphan.is_in_doubt().await;
        let second = order.begins("script").await;
        assert_eq!(second.json["after"], json!(orphan.id));
        second.payer("pay");
        t.passes(minutes(20)).await;
        order.is("paid").await;
        orphan.is_known().await;
        // Found after the order was paid: it ends by itself, or is voided.
        let over = if policy == LateSuccess::Refund { "expired" } else { "cancelled" };
        assert_eq!(orphan.is(over).await["amount_captured"], 0);
        t.ends().await;
    }
}

#[tokio::test]
async fn a_paid_order_is_neither_paid_nor_cancelled_again() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(90_000).await;
    let payment = order.is_paid().await;
    order.tries("script").await.refuses(409, "order_cannot_be_paid");
    shop.posts(&format!("{}/cancel", order.path()), &json!({}))
        .await
        .refuses(409, "order_cannot_be_cancelled");
    shop.posts(&format!("{}/cancel", payment.path()), &json!({}))
        .await
        .refuses(409, "payment_cannot_be_cancelled");
    order.is("paid").await;
    t.ends().await;
}
