//! An endpoint that fails for days is disabled, which is written down with its reason; nothing is lost by it (F21).

use crate::house::{Shop, TestApp, text};
use hundi::sandbox::Reply;
use hundi_core::time::{days, hours};
use serde_json::{Value, json};

async fn endpoint(shop: &Shop<'_>) -> Value {
    shop.gets(&format!("/api/v1/endpoints/{}", shop.endpoint)).await.is(200).json()
}

async fn an_order_every_six_hours(shop: &Shop<'_>, times: i64) {
    for _ in 0..times {
        shop.creates_order(10_000).await;
        shop.t.passes(hours(6)).await;
    }
}

#[tokio::test]
async fn five_days_without_a_success_end_it() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.receiver.replies(|_| Reply::Status(500));
    an_order_every_six_hours(&shop, 19).await;
    let read = endpoint(&shop).await;
    assert_eq!(read["status"], "enabled", "not before its time: {read}");
    assert!(read["failures"].as_i64() > Some(20), "{read}");
    an_order_every_six_hours(&shop, 3).await;
    let read = endpoint(&shop).await;
    assert_eq!(read["status"], "disabled");
    let reason = text(&read, "disabled_reason");
    assert!(reason.starts_with("no try succeeded for five days, and "), "{reason}");
    assert_eq!(shop.audited("endpoint.disable").await, 1, "by whom and why stands in the audit log");

    // Nothing goes there any more, and all of it waits.
    let before = shop.arrived().len();
    t.receiver.replies(|_| Reply::Status(200));
    t.passes(days(1)).await;
    assert_eq!(shop.arrived().len(), before);
    let path = format!("/api/v1/endpoints/{}", shop.endpoint);
    let enabled = shop.patches(&path, &json!({ "status": "enabled" })).await.is(200).json();
    assert_eq!((&enabled["failures"], &enabled["failing_since"]), (&json!(0), &Value::Null));
    shop.creates_order(10_000).await;
    t.settles().await;
    assert_eq!(shop.arrived().len(), before + 1);
    t.ends().await;
}

#[tokio::test]
async fn one_success_between_begins_the_count_anew() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.receiver.replies(|_| Reply::Status(500));
    an_order_every_six_hours(&shop, 18).await;
    t.receiver.replies(|_| Reply::Status(200));
    shop.creates_order(10_000).await;
    t.settles().await;
    t.receiver.replies(|_| Reply::Status(500));
    an_order_every_six_hours(&shop, 18).await;
    assert_eq!(endpoint(&shop).await["status"], "enabled");
    t.ends().await;
}

/// One lost event is not a dead endpoint.
#[tokio::test]
async fn few_failures_don_t_end_it_however_long_they_last() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.receiver.replies(|_| Reply::Status(500));
    shop.creates_order(10_000).await;
    t.passes(days(8)).await;
    let read = endpoint(&shop).await;
    assert_eq!(read["status"], "enabled");
    assert!((10..20).contains(&read["failures"].as_i64().expect("a number")), "{read}");
    assert_eq!(shop.audited("endpoint.disable").await, 0);
    t.ends().await;
}

#[tokio::test]
async fn gone_is_written_down_as_well() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.receiver.replies(|_| Reply::Status(410));
    shop.creates_order(10_000).await.is_paid().await;
    assert_eq!(endpoint(&shop).await["disabled_reason"], "it answered 410 Gone");
    assert_eq!(shop.audited("endpoint.disable").await, 1, "once, however many were on their way");
    t.ends().await;
}

/// Whoever loses one way of hearing is told by the others, each time; and so is whoever reads the list.
#[tokio::test]
async fn the_merchants_other_endpoints_hear_of_it_and_nobody_elses() {
    let t = TestApp::new().await;
    let (shop, stranger) = (t.shop().await, t.shop().await);
    let second = format!("{}/second", shop.endpoint_url);
    shop.posts("/api/v1/endpoints", &json!({ "url": second, "events": ["endpoint.disabled"] })).await.is(201);
    let gone = shop.endpoint_url.clone();
    t.receiver.replies(move |arrived| Reply::Status(if arrived.url == gone { 410 } else { 200 }));
    for time in 1..=2 {
        shop.creates_order(10_000).await;
        t.settles().await;
        let listed = shop.gets("/api/v1/events?type=endpoint.disabled").await.is(200).json();
        assert_eq!(listed["data"].as_array().map(Vec::len), Some(time), "{listed}");
        let told = &listed["data"][0];
        assert_eq!((&told["object_id"], &told["seq"]), (&json!(shop.endpoint.to_string()), &json!(time)));
        let object = &told["data"]["object"];
        assert_eq!(object["disabled_reason"], "it answered 410 Gone");
        assert_eq!((&object["status"], &object["url"]), (&json!("disabled"), &json!(shop.endpoint_url)));
        let arrived = t.receiver.arrived();
        let heard = arrived.iter().filter(|a| a.url == second);
        assert_eq!(heard.count(), time, "told once each time");
        // Its own address is not told: it takes nothing.
        assert_eq!(shop.heard_of("endpoint.disabled"), 0);
        let path = format!("/api/v1/endpoints/{}", shop.endpoint);
        shop.patches(&path, &json!({ "status": "enabled" })).await.is(200);
    }
    assert_eq!(stranger.heard_of("endpoint.disabled"), 0);
    let none = stranger.gets("/api/v1/events?type=endpoint.disabled").await.is(200).json();
    assert_eq!(none["data"], json!([]));
    // A person's own deed is no news.
    let path = format!("/api/v1/endpoints/{}", shop.endpoint);
    shop.patches(&path, &json!({ "status": "disabled" })).await.is(200);
    let listed = shop.gets("/api/v1/events?type=endpoint.disabled").await.is(200).json();
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(2), "{listed}");
    t.ends().await;
}
