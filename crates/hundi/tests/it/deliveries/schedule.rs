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

/// Tries of one event, in whole seconds after the one before.
async fn gaps_with(how: Value, passes: i64, reply: Reply) -> (Vec<i64>, String) {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    shop.patches(&format!("/api/v1/endpoints/{}", shop.endpoint), &how).await.is(200);
    t.receiver.replies(move |_| reply.clone());
    shop.creates_order(10_000).await;
    t.passes(passes).await;
    let at: Vec<i64> = shop.arrived().iter().map(|a| a.at.0).collect();
    let path = format!("/api/v1/endpoints/{}/deliveries", shop.endpoint);
    let status = text(&shop.gets(&path).await.is(200).json()["data"][0], "status");
    t.ends().await;
    (at.windows(2).map(|w| (w[1] - w[0]) / 1000).collect(), status)
}

/// Each gap is as asked or up to a tenth longer.
#[track_caller]
fn are(gaps: &[i64], expected: &[i64]) {
    assert_eq!(gaps.len(), expected.len(), "{gaps:?}");
    for (gap, expected) in gaps.iter().zip(expected) {
        assert!((*expected..=expected + expected / 10).contains(gap), "{gaps:?}");
    }
}

#[tokio::test]
async fn an_endpoint_may_have_the_first_five_tries_or_a_schedule_of_its_own() {
    let (gaps, status) = gaps_with(json!({ "retries": "first_five" }), days(6), Reply::Status(500)).await;
    are(&gaps, &[5, 10, 15, 20]);
    assert_eq!(status, "exhausted");
    let own = json!({ "retries": [60, 3_600, 7_200] });
    let (gaps, status) = gaps_with(own, days(6), Reply::Status(500)).await;
    are(&gaps, &[60, 3_600, 7_200]);
    assert_eq!(status, "exhausted");
    // However long it is, it ends with the house's own.
    let long = json!({ "retries": vec![86_400; 20] });
    let (gaps, status) = gaps_with(long, days(8), Reply::Status(500)).await;
    assert!((4..=5).contains(&gaps.len()), "{gaps:?}");
    assert_eq!(status, "exhausted");
}

#[tokio::test]
async fn a_pause_that_was_asked_for_is_kept_within_bounds() {
    let busy = |after: &str| Reply::With {
        status: 503,
        headers: vec![("Retry-After".into(), after.into())],
        body: Vec::new(),
    };
    let own = json!({ "retries": [10, 10] });
    for (after, expected) in [
        ("300", 300),
        // Shorter than the schedule is no reason to come earlier, and a week is too long.
        ("1", 10),
        ("604800", 86_400),
        ("Sat, 21 Nov 2026 10:00:00 GMT", 7_200),
        ("in a while", 10),
    ] {
        let (gaps, _) = gaps_with(own.clone(), days(3), busy(after)).await;
        assert!((expected..=expected + 1).contains(&gaps[0]), "{after}: {gaps:?}");
    }
}

#[tokio::test]
async fn what_is_no_schedule_rate_or_signature_is_refused() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let path = format!("/api/v1/endpoints/{}", shop.endpoint);
    for (name, bad) in [
        ("retries", json!([])),
        ("retries", json!([0])),
        ("retries", json!([86_401])),
        ("retries", json!([-5])),
        ("retries", json!(vec![1; 21])),
        ("retries", json!("never")),
        ("retries", json!(5)),
        ("retries", json!({ "gaps": [5] })),
        ("retries[0]", json!([1.5])),
        ("retries[1]", json!([5, "5"])),
        ("rate_per_sec", json!(0)),
        ("rate_per_sec", json!(-1)),
        ("rate_per_sec", json!(101)),
        ("rate_per_sec", json!("10")),
        ("ordered", json!(1)),
        ("ordered", json!("yes")),
        ("signature", json!("rsa")),
        ("signature", json!("ED25519")),
    ] {
        let field = name.split('[').next().expect("a name");
        let new = json!({ "url": shop.endpoint_url, field: bad });
        let refused = shop.posts("/api/v1/endpoints", &new).await;
        assert_eq!(
            (refused.status, refused.field("param").as_str()),
            (400, name),
            "{bad}: {}",
            refused.text()
        );
        if field != "signature" {
            let refused = shop.patches(&path, &json!({ field: bad })).await;
            assert_eq!((refused.status, refused.field("param").as_str()), (400, name), "{bad}");
        }
    }
    let rotate = format!("{path}/rotate_secret");
    shop.posts(&rotate, &json!({ "signature": "rsa" })).await.refuses(400, "invalid_field");
    t.ends().await;
}
