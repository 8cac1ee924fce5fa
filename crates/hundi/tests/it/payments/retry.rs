//! A failed payment, tried again: three times, within a day of the first, on every road.

use crate::house::{Answer, Order, Payment, Shop, TestApp};
use hundi_core::time::{hours, minutes};
use hundi_providers::sim::{Acts, Fault, Op};
use serde_json::json;

/// Its payer's card was declined, and the session ended.
async fn fails(t: &TestApp, payment: &Payment<'_>) {
    payment.payer_with(&json!({ "outcome": "fail", "reason": "insufficient_funds" }));
    t.passes(minutes(16)).await;
    payment.is("failed").await;
}

async fn again(payment: &Payment<'_>) -> Answer {
    payment.shop.posts(&format!("{}/retry", payment.path()), &json!({})).await
}

async fn retried<'s>(shop: &'s Shop<'_>, payment: &Payment<'_>) -> Payment<'s> {
    let json = again(payment).await.is(201).json();
    assert_eq!(json["after"], json!(payment.id));
    Payment::of(shop, json)
}

/// What the payer's own page does when it is asked to begin.
async fn by_checkout(t: &TestApp, order: &Order<'_>) -> usize {
    let path = format!("/pay/{}/start", order.token().await);
    let request = http::Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from("flow=script"));
    t.send(0, request.expect("a request")).await.is(303);
    order.payments().await.len()
}

#[tokio::test]
async fn three_retries_follow_the_first_and_no_more() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(30_000).await;
    let first = order.begins("script").await;
    fails(&t, &first).await;
    let read = first.reads().await;
    assert_eq!(read["failure"]["reason"], "insufficient_funds");
    assert_eq!(read["failure"]["advice"], "Pay from another account or by another method.");
    let second = retried(&shop, &first).await;
    assert_eq!(second.json["flow"], "script");
    again(&second).await.refuses(409, "payment_cannot_be_retried");
    fails(&t, &second).await;
    // Any of those that failed may be named, and beginning a payment is a retry as well.
    let third = order.begins("script").await;
    assert_eq!(third.json["after"], json!(second.id));
    fails(&t, &third).await;
    assert_eq!(by_checkout(&t, &order).await, 4);
    let fourth = order.payments().await.remove(3);
    fails(&t, &fourth).await;
    again(&fourth).await.refuses(422, "retries_used_up");
    again(&first).await.refuses(422, "retries_used_up");
    order.tries("script").await.refuses(422, "retries_used_up");
    assert_eq!(by_checkout(&t, &order).await, 4);
    let page = t
        .send(
            0,
            http::Request::get(format!("/pay/{}", order.token().await))
                .body(axum::body::Body::empty())
                .expect("a request"),
        )
        .await;
    let page = page.is(200).text();
    assert!(page.contains("Not enough balance") && !page.contains("Try the same way again"), "{page}");
    t.ends().await;
}

#[tokio::test]
async fn a_day_after_the_first_nothing_is_retried() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(30_000).await;
    let first = order.begins("script").await;
    fails(&t, &first).await;
    t.passes(hours(24)).await;
    again(&first).await.refuses(422, "retry_window_passed");
    order.tries("redirect").await.refuses(422, "retry_window_passed");
    t.ends().await;
}

#[tokio::test]
async fn a_retry_pays_and_is_asked_for_once_by_its_key() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(30_000).await;
    let first = order.begins("script").await;
    fails(&t, &first).await;
    let path = format!("{}/retry", first.path());
    let answer = shop.posts_once(&path, &json!({ "flow": "redirect" }), "once-more").await.is(201);
    let repeat = shop.posts_once(&path, &json!({ "flow": "redirect" }), "once-more").await.is(201);
    assert_eq!(answer.body, repeat.body);
    let second = Payment::of(&shop, answer.json());
    assert_eq!((&second.json["flow"], order.payments().await.len()), (&json!("redirect"), 2));
    second.payer("pay");
    t.settles().await;
    order.is("paid").await;
    again(&first).await.refuses(409, "order_cannot_be_paid");
    again(&second).await.refuses(409, "payment_cannot_be_retried");
    t.ends().await;
}

/// Whose session merely ended, or whose provider would not open it, has not failed with the payer.
#[tokio::test]
async fn what_expired_or_was_never_opened_is_not_counted() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(30_000).await;
    for round in 0..3 {
        t.dial(Op::CreateOrder, Fault::Status { status: 429, acts: Acts::Never });
        let refused = order.begins("script").await;
        refused.is("failed").await;
        let opened = retried(&shop, &refused).await;
        t.passes(minutes(20)).await;
        opened.is("expired").await;
        let next = retried(&shop, &opened).await;
        t.passes(minutes(20)).await;
        next.is("expired").await;
        assert_eq!(order.payments().await.len(), 3 * (round + 1));
    }
    t.passes(hours(48)).await;
    order.begins("script").await;
    t.passes(minutes(20)).await;
    t.ends().await;
}

#[tokio::test]
async fn what_may_have_been_charged_is_not_retried() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(30_000).await;
    t.dial(Op::CreateOrder, Fault::SilentAfterActing);
    let payment = order.begins("script").await;
    payment.is_in_doubt().await;
    again(&payment).await.refuses(409, "payment_in_doubt");
    t.passes(minutes(20)).await;
    t.ends().await;
}
