//! When a message is tried again, and when no more (PRODUCT WO3, SAFETY F21).

use crate::house::{Shop, TestApp, text};
use hundi::sandbox::Reply;
use hundi_core::time::{days, hours, minutes, seconds};
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn deliveries(shop: &Shop<'_>, status: &str) -> Vec<Value> {
    let path = format!("/api/v1/endpoints/{}/deliveries?limit=100&status={status}", shop.endpoint);
    shop.gets(&path).await.is(200).json()["data"].as_array().expect("a list").clone()
}

async fn endpoint(shop: &Shop<'_>) -> Value {
    shop.gets(&format!("/api/v1/endpoints/{}", shop.endpoint)).await.is(200).json()
}

async fn tries_of(shop: &Shop<'_>, delivery: &Value) -> Vec<Value> {
    let read = shop.gets(&format!("/api/v1/deliveries/{}", text(delivery, "id"))).await.is(200).json();
    read["tries"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn what_fails_is_tried_again_by_the_schedule() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.settles().await;
    t.receiver.replies(|_| Reply::Status(500));
    let made = t.now();
    shop.creates_order(10_000).await;
    t.passes(hours(2)).await;
    let at: Vec<i64> = shop.arrived().iter().map(|a| a.at.since(made) / 1000).collect();
    // 5, 10, 15, 20 s and half an hour, each up to a tenth later.
    let gaps: Vec<i64> = at.windows(2).map(|w| w[1] - w[0]).collect();
    for (gap, expected) in gaps.iter().zip([5, 10, 15, 20, 1_800]) {
        assert!((expected..=expected + expected / 10 + 1).contains(gap), "{gaps:?}");
    }
    assert_eq!(gaps.len(), 5, "{gaps:?}");
    let waiting = deliveries(&shop, "scheduled").await;
    assert_eq!((waiting.len(), &waiting[0]["last_response_status"]), (1, &json!(500)));
    assert_eq!(tries_of(&shop, &waiting[0]).await.len(), 6);

    t.receiver.replies(|_| Reply::Status(204));
    t.passes(hours(14)).await;
    assert_eq!(deliveries(&shop, "delivered").await.len(), 1);
    assert_eq!(endpoint(&shop).await["failing_since"], Value::Null);
    t.ends().await;
}

/// Only 2xx is an answer: a redirect is not, nor silence, nor too late.
#[tokio::test]
async fn a_redirect_a_silence_and_a_late_answer_are_failures() {
    for reply in [
        Reply::With {
            status: 302,
            headers: vec![("location".into(), "http://127.0.0.1:4020/elsewhere".into())],
            body: Vec::new(),
        },
        Reply::Status(304),
        Reply::Status(199),
        Reply::Silent,
        Reply::After { ms: 15_000 },
    ] {
        let t = TestApp::new().await;
        let shop = t.shop().await;
        let told = format!("{reply:?}");
        t.receiver.replies(move |_| reply.clone());
        shop.creates_order(10_000).await;
        t.settles().await;
        assert_eq!(deliveries(&shop, "delivered").await.len(), 0, "{told}");
        assert_eq!(deliveries(&shop, "scheduled").await.len(), 1, "{told}");
        assert_eq!(t.calls("POST", "/elsewhere"), 0, "a redirect is not followed");
        t.receiver.replies(|_| Reply::Status(200));
        t.passes(minutes(1)).await;
        assert_eq!(deliveries(&shop, "delivered").await.len(), 1, "{told}");
        t.ends().await;
    }
}

#[tokio::test]
async fn gone_is_gone_and_the_endpoint_is_disabled() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.receiver.replies(|_| Reply::Status(410));
    shop.creates_order(10_000).await;
    t.passes(hours(1)).await;
    assert_eq!(shop.arrived().len(), 1);
    let read = endpoint(&shop).await;
    assert_eq!(
        (&read["status"], &read["disabled_reason"]),
        (&json!("disabled"), &json!("it answered 410 Gone"))
    );
    t.receiver.replies(|_| Reply::Status(200));
    shop.creates_order(20_000).await;
    t.passes(hours(1)).await;
    assert_eq!(shop.arrived().len(), 1, "nothing is sent to a disabled endpoint");

    // Enabled again and asked for, what it missed arrives.
    let lost = deliveries(&shop, "disabled").await.remove(0);
    let enable = json!({ "status": "enabled" });
    shop.patches(&format!("/api/v1/endpoints/{}", shop.endpoint), &enable).await.is(200);
    shop.posts(&format!("/api/v1/deliveries/{}/retry", text(&lost, "id")), &json!({})).await.is(202);
    t.settles().await;
    assert_eq!(deliveries(&shop, "delivered").await.len(), 1);
    t.ends().await;
}

/// SAFETY F21: dead for four days and 23 hours, and everything arrives, once by id.
#[tokio::test]
async fn an_endpoint_that_was_down_for_days_gets_everything() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.receiver.replies(|_| Reply::Silent);
    let mut ids = Vec::new();
    for n in 1..=4 {
        let order = shop.creates_order(10_000 * n).await;
        ids.push(order.is_paid().await.id);
        t.passes(days(1)).await;
    }
    t.receiver.replies(|_| Reply::Status(200));
    let down_until = t.now();
    t.passes(hours(23)).await;
    let good: Vec<_> = shop.arrived().into_iter().filter(|a| a.at >= down_until).collect();
    let events: Vec<Value> = good.iter().map(|a| serde_json::from_slice(&a.body).unwrap()).collect();
    let distinct: BTreeSet<String> = events.iter().map(|e| text(e, "id")).collect();
    assert_eq!(distinct.len(), events.len(), "each once");
    for id in ids {
        assert_eq!(
            events.iter().filter(|e| text(e, "object_id") == id && e["type"] == "payment.captured").count(),
            1
        );
    }
    assert_eq!(deliveries(&shop, "scheduled").await.len(), 0);
    t.ends().await;
}

#[tokio::test]
async fn after_five_days_it_is_exhausted_and_can_be_sent_by_hand() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.receiver.replies(|_| Reply::Status(503));
    shop.creates_order(10_000).await;
    t.passes(days(7)).await;
    let lost = deliveries(&shop, "exhausted").await;
    assert_eq!(lost.len(), 1);
    assert!(tries_of(&shop, &lost[0]).await.len() > 10);
    let before = shop.arrived().len();
    t.passes(days(3)).await;
    assert_eq!(shop.arrived().len(), before);
    t.receiver.replies(|_| Reply::Status(200));
    shop.posts(&format!("/api/v1/deliveries/{}/retry", text(&lost[0], "id")), &json!({})).await.is(202);
    t.passes(seconds(1)).await;
    assert_eq!(shop.arrived().len(), before + 1);
    t.ends().await;
}
