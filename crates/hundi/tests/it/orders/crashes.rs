//! A process that stopped between two beats: what it had begun is finished, and never done again.

use crate::house::TestApp;
use hundi_app::Page;
use hundi_core::time::{minutes, seconds};
use hundi_providers::sim::{Fault, Op};
use hundi_store::refunds;
use serde_json::json;

/// Stopped before the provider heard of it, or after it acted: the repeat finishes the same refund.
#[tokio::test]
async fn a_refund_that_was_stopped_in_the_middle_is_finished_by_its_repeat() {
    for acted in [false, true] {
        let t = TestApp::new().await;
        let shop = t.shop().await;
        let payment = shop.creates_order(10_000).await.is_paid().await;
        let (path, body) = (format!("{}/refunds", payment.path()), json!({ "amount": 3_000 }));
        let call = if acted { t.gate.holds_answer("/refund") } else { t.gate.holds("/refund") };
        t.dial_always(Op::Webhook, Fault::WebhookDrop);
        call.stops(shop.posts_once(&path, &body, "stopped")).await;
        let begun = payment.all_refunds().await;
        assert_eq!((begun.len(), &begun[0]["status"]), (1, &json!("requested")));

        shop.posts_once(&path, &body, "stopped").await.refuses(409, "idempotency_key_in_flight");
        t.clock.advance(seconds(50));
        let finished = shop.posts_once(&path, &body, "stopped").await.is(201);
        assert_eq!(finished.field("id"), begun[0]["id"].as_str().unwrap());
        let again = shop.posts_once(&path, &body, "stopped").await.is(201);
        assert_eq!((again.text(), again.header("idempotent-replayed")), (finished.text(), "true".to_owned()));
        t.passes(minutes(5)).await;
        assert_eq!(t.happened("refund_accepted").len(), 1, "acted: {acted}");
        assert_eq!(payment.is("partially_refunded").await["amount_refunded"], 3_000);
        t.ends().await;
    }
}

/// Nobody repeats it: the job that was written with it does.
#[tokio::test]
async fn a_refund_that_was_stopped_and_never_repeated_is_finished_by_its_job() {
    for acted in [false, true] {
        let t = TestApp::new().await;
        let shop = t.shop().await;
        let payment = shop.creates_order(10_000).await.is_paid().await;
        let call = if acted { t.gate.holds_answer("/refund") } else { t.gate.holds("/refund") };
        t.dial_always(Op::Webhook, Fault::WebhookDrop);
        call.stops(payment.asks_refund(&json!({ "amount": 3_000 }))).await;
        t.passes(minutes(5)).await;
        assert_eq!(t.happened("refund_accepted").len(), 1, "acted: {acted}");
        assert_eq!(payment.is("partially_refunded").await["amount_refunded"], 3_000);
        t.ends().await;
    }
}

#[tokio::test]
async fn a_payment_that_was_stopped_in_the_middle_is_finished_by_its_repeat() {
    for acted in [false, true] {
        let t = TestApp::new().await;
        let shop = t.shop().await;
        let order = shop.creates_order(10_000).await;
        let body = json!({ "order_id": order.id, "flow": "script" });
        let call = if acted { t.gate.holds_answer("/v1/orders") } else { t.gate.holds("/v1/orders") };
        call.stops(shop.posts_once("/api/v1/payments", &body, "stopped")).await;
        let begun = order.payments().await.remove(0);
        begun.is("created").await;
        t.clock.advance(seconds(50));
        let finished = shop.posts_once("/api/v1/payments", &body, "stopped").await.is(201);
        assert_eq!(finished.field("id"), begun.id);
        t.passes(minutes(10)).await;
        let read = begun.is_known().await;
        assert_eq!(read["status"], if acted { "pending" } else { "failed" }, "acted: {acted}");
        assert_eq!(t.happened("order").len(), usize::from(acted));
        order.is_paid().await;
        t.ends().await;
    }
}

#[tokio::test]
async fn a_capture_that_was_stopped_is_finished_by_its_job() {
    for acted in [false, true] {
        let t = TestApp::new().await;
        let shop = t.shop().await;
        let payment = shop.creates_manual_order(10_000).await.begins("script").await;
        payment.payer("authorize");
        t.settles().await;
        t.passes(seconds(1)).await;
        let call = if acted { t.gate.holds_answer("/capture") } else { t.gate.holds("/capture") };
        t.dial_always(Op::Webhook, Fault::WebhookDrop);
        call.stops(payment.captures()).await;
        payment.is("authorized").await;
        t.passes(minutes(5)).await;
        payment.is("captured").await;
        assert_eq!(t.happened("captured").len(), 1, "acted: {acted}");
        t.ends().await;
    }
}

/// Each job is run twice: what was done is done.
#[tokio::test]
async fn asking_again_about_what_has_ended_changes_nothing() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(10_000).await.is_paid().await;
    let refund = payment.refunds(10_000).await;
    t.passes(minutes(1)).await;
    let before = payment.reads().await;
    for _ in 0..2 {
        shop.posts(&format!("{}/check", payment.path()), &json!({})).await.is(200);
        let path = format!("/api/v1/refunds/{}/check", refund["id"].as_str().unwrap());
        shop.posts(&path, &json!({})).await.is(200);
        t.settles().await;
    }
    assert_eq!(payment.reads().await["status"], before["status"]);
    let scope = shop.scope;
    let all = t.store().read(async move |tx| {
        refunds::list(tx, scope, &refunds::Filter::default(), &Page::newest(100)).await
    });
    assert_eq!(all.await.unwrap().len(), 1);
    assert_eq!(shop.balance("provider").await, 0);
    t.ends().await;
}

/// While the first request is still out at the provider, its twin is told to wait.
#[tokio::test]
async fn a_twin_of_a_request_in_flight_is_told_so() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(10_000).await.is_paid().await;
    let (path, body) = (format!("{}/refunds", payment.path()), json!({ "amount": 3_000 }));
    let mut call = t.gate.holds("/refund");
    let (first, second) = tokio::join!(shop.posts_once(&path, &body, "twin"), async {
        call.arrives().await;
        let second = shop.posts_once(&path, &body, "twin").await;
        call.opens();
        second
    });
    second.refuses(409, "idempotency_key_in_flight");
    let first = first.is(201);
    assert_eq!(shop.posts_once(&path, &body, "twin").await.is(201).text(), first.text());
    t.passes(minutes(1)).await;
    assert_eq!(t.happened("refund_accepted").len(), 1);
    t.ends().await;
}
