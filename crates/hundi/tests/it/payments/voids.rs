//! Calling off what a bank holds, at a provider that can be asked to let go: in three beats, as a capture.

use crate::house::{Payment, Shop, TestApp};
use hundi_core::time::{minutes, seconds};
use hundi_providers::registry;
use hundi_providers::sim::{Acts, Dial, Fault, Match, Op};
use serde_json::json;

const PROVIDER: &str = "paypal";

async fn held<'s>(t: &TestApp, shop: &'s Shop<'_>) -> Payment<'s> {
    let body = json!({ "amount": 55_000, "currency": "USD", "capture": "manual" });
    let flow = registry::find(PROVIDER).expect("it is listed").card().flows[0];
    let payment = shop.creates_order_with(body).await.begins(flow.as_str()).await;
    let back = payment.payer("authorize");
    payment.comes_back(&back.fields).await;
    t.settles().await;
    payment.is("authorized").await;
    t.passes(seconds(1)).await;
    payment
}

fn dial(t: &TestApp, op: Op, fault: Fault) {
    t.simulator(PROVIDER).dial(Dial::new(Match { op: Some(op), ..Match::default() }, fault));
}

fn released(t: &TestApp) -> usize {
    t.simulator(PROVIDER).journal().iter().filter(|line| line.what == "released").count()
}

/// Whether the bank still holds it is unknown: no second payment starts meanwhile, and the provider is asked.
#[tokio::test]
async fn a_void_that_nobody_answered_is_in_doubt_until_the_hold_is_gone() {
    let t = TestApp::new().await;
    let shop = t.shop_at(PROVIDER).await;
    let payment = held(&t, &shop).await;
    dial(&t, Op::Void, Fault::DropBeforeActing);
    dial(&t, Op::Fetch, Fault::Status { status: 500, acts: Acts::Never });
    let off = shop.posts(&format!("{}/cancel", payment.path()), &json!({})).await.is(200).json();
    assert_eq!((&off["status"], &off["outcome"]), (&json!("cancelled"), &json!("unknown")), "{off}");
    t.passes(minutes(20)).await;
    payment.is_in_doubt().await;
    assert_eq!(released(&t), 0);
    t.simulator(PROVIDER).clear_dials();
    t.passes(minutes(20)).await;
    payment.is_known().await;
    assert_eq!((payment.provider_tries().await[0].1.as_str(), released(&t)), ("released", 1));
    payment.is("cancelled").await;
    t.ends().await;
}

#[tokio::test]
async fn twice_under_one_key_is_once_and_answers_alike() {
    let t = TestApp::new().await;
    let shop = t.shop_at(PROVIDER).await;
    let payment = held(&t, &shop).await;
    let path = format!("{}/cancel", payment.path());
    let first = shop.posts_once(&path, &json!({}), "off").await.is(200);
    let second = shop.posts_once(&path, &json!({}), "off").await.is(200);
    assert_eq!(first.body, second.body);
    shop.posts(&path, &json!({})).await.refuses(409, "payment_cannot_be_cancelled");
    assert_eq!((released(&t), shop.audited("payment.cancel").await), (1, 1));
    t.ends().await;
}

#[tokio::test]
async fn a_cancelled_orders_hold_is_let_go_too() {
    let t = TestApp::new().await;
    let shop = t.shop_at(PROVIDER).await;
    let payment = held(&t, &shop).await;
    shop.posts(&format!("/api/v1/orders/{}/cancel", payment.order), &json!({})).await.is(200);
    t.passes(minutes(3)).await;
    payment.is("cancelled").await;
    assert_eq!((payment.provider_tries().await[0].1.as_str(), released(&t)), ("released", 1));
    t.ends().await;
}
