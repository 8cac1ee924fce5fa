//! A hold of which the merchant takes a part: what was taken pays the order, and the rest is let go.

use crate::house::{Payment, Shop, TestApp};
use hundi_core::time::{days, hours, minutes, seconds};
use hundi_providers::sim::{Acts, Dial, Fault, Match, Op};
use serde_json::{Value, json};

const HELD: i64 = 80_00;
const PART: i64 = 55_00;

/// PayPal holds, and takes a part on our word.
async fn held<'s>(t: &TestApp, shop: &'s Shop<'_>) -> Payment<'s> {
    let body = json!({ "amount": HELD, "currency": "USD", "capture": "manual" });
    let payment = shop.creates_order_with(body).await.begins("redirect").await;
    let back = payment.payer("authorize");
    payment.comes_back(&back.fields).await;
    t.settles().await;
    let read = payment.is("authorized").await;
    assert_eq!((&read["amount_capturable"], &read["amount_captured"]), (&json!(HELD), &json!(0)));
    t.passes(seconds(1)).await;
    payment
}

async fn takes(payment: &Payment<'_>, minor: i64) -> crate::house::Answer {
    payment.shop.posts(&format!("{}/capture", payment.path()), &json!({ "amount": minor })).await
}

async fn order_of(payment: &Payment<'_>) -> Value {
    payment.shop.gets(&format!("/api/v1/orders/{}", payment.order)).await.is(200).json()
}

fn dials(t: &TestApp, op: Op, fault: Fault, times: Option<u32>) {
    let matches = Match { op: Some(op), ..Match::default() };
    t.simulator("paypal").dial(Dial { matches, fault, times });
}

fn happened(t: &TestApp, what: &str) -> Vec<i64> {
    let paypal = t.simulator("paypal");
    paypal.journal().iter().filter(|line| line.what == what).map(|line| line.amount_minor).collect()
}

#[tokio::test]
async fn a_part_pays_the_order_and_no_more_than_that_goes_back() {
    let t = TestApp::new().await;
    let shop = t.shop_at("paypal").await;
    let payment = held(&t, &shop).await;
    takes(&payment, HELD + 1).await.refuses(422, "capture_exceeds_held");
    let taken = takes(&payment, PART).await.is(200).json();
    assert_eq!((&taken["status"], &taken["amount"]), (&json!("captured"), &json!(HELD)));
    assert_eq!((&taken["amount_captured"], &taken["amount_capturable"]), (&json!(PART), &json!(0)));
    let order = order_of(&payment).await;
    assert_eq!((&order["status"], &order["amount_paid"]), (&json!("paid"), &json!(PART)));
    assert_eq!((&order["amount_due"], &order["double_charge_exposure"]), (&json!(0), &json!(0)));
    assert_eq!((shop.heard_of("payment.captured"), shop.heard_of("order.paid")), (0, 0), "not delivered yet");
    t.settles().await;
    assert_eq!((shop.heard_of("payment.captured"), shop.heard_of("order.paid")), (1, 1));
    assert_eq!((shop.balance("sales").await, shop.balance("suspense").await), (-PART, 0));
    assert!(shop.discrepancies().await.is_empty());
    takes(&payment, HELD - PART).await.refuses(409, "payment_cannot_be_captured");

    payment.asks_refund(&json!({ "amount": PART + 1 })).await.refuses(422, "refund_exceeds_captured");
    payment.refunds(PART).await;
    t.passes(hours(1)).await;
    payment.is("refunded").await;
    assert_eq!(happened(&t, "captured"), [PART]);
    t.passes(days(5)).await;
    assert_eq!(shop.balance("provider").await, 0);
    t.ends().await;
}

/// The row says how much was asked for, so that whoever asks again asks for just that.
#[tokio::test]
async fn a_part_that_nobody_answered_is_taken_once_and_in_the_same_words() {
    for fault in [
        Fault::SilentAfterActing,
        Fault::DropBeforeActing,
        Fault::Status { status: 500, acts: Acts::Before },
        Fault::Status { status: 502, acts: Acts::Never },
    ] {
        let t = TestApp::new().await;
        let shop = t.shop_at("paypal").await;
        let payment = held(&t, &shop).await;
        dials(&t, Op::Capture, fault, Some(1));
        dials(&t, Op::Webhook, Fault::WebhookDrop, None);
        takes(&payment, PART).await.is(200);
        payment.is_in_doubt().await;
        takes(&payment, HELD).await.refuses(409, "payment_in_doubt");
        t.passes(minutes(10)).await;
        payment.is_known().await;
        assert_eq!(payment.is("captured").await["amount_captured"], PART, "{fault:?}");
        assert_eq!(happened(&t, "captured"), [PART], "{fault:?}");
        assert_eq!(shop.balance("sales").await, -PART);
        t.ends().await;
    }
}

#[tokio::test]
async fn a_part_that_was_surely_refused_leaves_the_whole() {
    let t = TestApp::new().await;
    let shop = t.shop_at("paypal").await;
    let payment = held(&t, &shop).await;
    dials(&t, Op::Capture, Fault::Status { status: 429, acts: Acts::Never }, Some(1));
    takes(&payment, PART).await.refuses(502, "provider_refused");
    payment.is("authorized").await;
    let taken = payment.captures().await.is(200).json();
    assert_eq!(taken["amount_captured"], HELD);
    t.passes(minutes(5)).await;
    assert_eq!(happened(&t, "captured"), [HELD]);
    assert!(shop.discrepancies().await.is_empty());
    t.ends().await;
}
