//! Orders that are captured by hand: the bank holds the money until the merchant takes it, or lets it go.

use crate::house::{Payment, Shop, TestApp};
use hundi_core::time::{days, hours, minutes, seconds};
use hundi_providers::sim::{Acts, Fault, Op};
use serde_json::json;

async fn held<'s>(t: &TestApp, shop: &'s Shop<'_>) -> Payment<'s> {
    let order = shop.creates_manual_order(120_000).await;
    let payment = order.begins("script").await;
    payment.payer("authorize");
    t.settles().await;
    order.is("attempted").await;
    assert_eq!(payment.is("authorized").await["amount_captured"], 0);
    assert_eq!(shop.balance("provider").await, 0);
    t.passes(seconds(1)).await;
    payment
}

#[tokio::test]
async fn the_whole_is_captured_once_and_never_a_part() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = held(&t, &shop).await;
    let capture = format!("{}/capture", payment.path());
    shop.posts(&capture, &json!({ "amount": 119_999 })).await.refuses(422, "capture_not_whole");
    let taken = shop.posts(&capture, &json!({ "amount": 120_000 })).await.is(200).json();
    assert_eq!((&taken["status"], &taken["amount_captured"]), (&json!("captured"), &json!(120_000)));
    shop.posts(&capture, &json!({})).await.refuses(409, "payment_cannot_be_captured");
    t.passes(minutes(5)).await;
    assert_eq!((t.happened("captured").len(), shop.heard_of("payment.captured")), (1, 1));
    assert_eq!(shop.heard_of("order.paid"), 1);
    t.ends().await;
}

#[tokio::test]
async fn a_capture_that_nobody_answered_is_in_doubt_and_happens_once() {
    for fault in [
        Fault::SilentAfterActing,
        Fault::DropBeforeActing,
        Fault::HtmlErrorPage,
        Fault::Slow { ms: 30_000 },
        Fault::Status { status: 500, acts: Acts::Before },
        Fault::Status { status: 502, acts: Acts::Never },
    ] {
        let t = TestApp::new().await;
        let shop = t.shop().await;
        let payment = held(&t, &shop).await;
        t.dial(Op::Capture, fault);
        t.dial_always(Op::Webhook, Fault::WebhookDrop);
        payment.captures().await.is(200);
        assert_eq!(payment.is_in_doubt().await["status"], "authorized", "{fault:?}");
        t.passes(minutes(5)).await;
        payment.is_known().await;
        payment.is("captured").await;
        assert_eq!(t.happened("captured").len(), 1, "{fault:?}");
        t.ends().await;
    }
}

/// Voided here, and never captured: the provider lets go of the hold when its window ends.
#[tokio::test]
async fn a_voided_hold_is_released_and_nothing_is_taken() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = held(&t, &shop).await;
    shop.posts(&format!("{}/cancel", payment.path()), &json!({})).await.is(200);
    payment.is("cancelled").await;
    payment.captures().await.refuses(409, "payment_cannot_be_captured");
    t.passes(days(6)).await;
    payment.is("cancelled").await;
    assert_eq!((t.happened("captured").len(), t.happened("released").len()), (0, 1));
    assert!(payment.all_refunds().await.is_empty(), "what was never taken is not refunded");
    t.ends().await;
}

#[tokio::test]
async fn a_hold_that_nobody_takes_expires() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = held(&t, &shop).await;
    t.passes(days(6)).await;
    assert_eq!(t.happened("released").len(), 1);
    payment.is("expired").await;
    assert_eq!(shop.heard_of("payment.expired"), 1);
    payment.captures().await.refuses(409, "payment_cannot_be_captured");
    t.ends().await;
}

#[tokio::test]
async fn what_the_provider_surely_refused_can_be_asked_again_with_the_same_key() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = held(&t, &shop).await;
    let capture = format!("{}/capture", payment.path());
    t.dial(Op::Capture, Fault::Status { status: 429, acts: Acts::Never });
    shop.posts_once(&capture, &json!({}), "take-it").await.refuses(502, "provider_refused");
    payment.is("authorized").await;
    let taken = shop.posts_once(&capture, &json!({}), "take-it").await.is(200);
    assert_eq!(taken.field("status"), "captured");
    t.passes(minutes(5)).await;
    assert_eq!(t.happened("captured").len(), 1);
    t.ends().await;
}

/// The merchant can't be told that it is off while its money may be on its way.
#[tokio::test]
async fn nothing_is_called_off_while_it_is_being_captured() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = held(&t, &shop).await;
    let mut waits = t.gate.holds("/capture");
    let cancels = async {
        waits.arrives().await;
        let off = format!("{}/cancel", payment.path());
        shop.posts(&off, &json!({})).await.refuses(409, "payment_in_doubt");
        let off = format!("/api/v1/orders/{}/cancel", payment.order);
        shop.posts(&off, &json!({})).await.refuses(409, "payment_in_doubt");
        waits.opens();
    };
    let (captured, ()) = tokio::join!(payment.captures(), cancels);
    captured.is(200);
    t.settles().await;
    payment.is("captured").await;
    assert_eq!(shop.heard_of("payment.cancelled"), 0);
    t.ends().await;
}

/// The merchant was told that nothing was done: so nothing is.
#[tokio::test]
async fn a_capture_that_was_refused_does_not_go_on() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = held(&t, &shop).await;
    t.dial(Op::Capture, Fault::Status { status: 429, acts: Acts::Never });
    payment.captures().await.is(502);
    t.passes(hours(3)).await;
    payment.is("authorized").await;
    assert_eq!(t.calls("POST", "/capture"), 1);
    shop.posts(&format!("{}/cancel", payment.path()), &json!({})).await.is(200);
    t.ends().await;
}
