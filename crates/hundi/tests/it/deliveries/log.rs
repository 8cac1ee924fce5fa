//! The log of deliveries: what was sent and what came back, try by try, and nothing that proves who we are.

use crate::house::{MERCHANT, TestApp, text};
use hundi::sandbox::{Arrived, Reply};
use hundi_core::time::seconds;
use serde_json::{Value, json};

fn header(message: &Arrived, name: &str) -> String {
    message.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default()
}

#[tokio::test]
async fn each_try_is_there_with_its_request_and_its_answer() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let mut answers = vec![
        Reply::With { status: 500, headers: Vec::new(), body: b"out of order".to_vec() },
        Reply::Silent,
        Reply::With { status: 200, headers: Vec::new(), body: vec![b'a'; 5_000] },
    ]
    .into_iter();
    t.receiver.replies(move |_| answers.next().expect("three tries"));
    shop.creates_order(10_000).await;
    t.passes(seconds(30)).await;
    let arrived = shop.arrived();
    let list = shop.gets(&format!("/api/v1/endpoints/{}/deliveries", shop.endpoint)).await.is(200).json();
    let delivery =
        shop.gets(&format!("/api/v1/deliveries/{}", text(&list["data"][0], "id"))).await.is(200).json();
    assert_eq!(delivery["status"], "delivered");
    assert_eq!(delivery["request_body"].as_str().map(str::as_bytes), Some(arrived[0].body.as_slice()));
    let tries = delivery["tries"].as_array().expect("a list");
    let told: Vec<_> = tries
        .iter()
        .map(|t| (t["attempt"].as_i64(), t["response_status"].as_i64(), text(t, "error")))
        .collect();
    let broken = "the connection broke: closed before an answer".to_owned();
    let nothing = String::new();
    assert_eq!(
        told,
        [(Some(1), Some(500), nothing.clone()), (Some(2), None, broken), (Some(3), Some(200), nothing)]
    );
    assert_eq!(text(&tries[0], "response_body"), "out of order");
    assert_eq!(text(&tries[2], "response_body"), format!("{} [cut]", "a".repeat(1_024)), "SAFETY T43");
    for (one, message) in tries.iter().zip(&arrived) {
        let request = &one["request"];
        assert_eq!(text(request, "url"), shop.endpoint_url);
        for name in ["webhook-id", "webhook-timestamp", "content-type", "x-delivery-id"] {
            assert_eq!(text(&request["headers"], name), header(message, name), "{name}");
        }
        assert_eq!(text(&request["headers"], "webhook-signature"), "[hidden]");
    }
    t.ends().await;
}

/// A receiver that echoes everything, and its own configuration on top.
#[tokio::test]
async fn what_an_answer_echoes_of_our_secrets_is_hidden() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let secret = shop.endpoint_secret.clone();
    t.receiver.replies(move |a| {
        let body = format!("{secret}\n{:?}", a.headers);
        Reply::With { status: 400, headers: Vec::new(), body: body.into_bytes() }
    });
    shop.creates_order(10_000).await;
    t.settles().await;
    let arrived = shop.arrived().pop().expect("one came");
    let list = shop.gets(&format!("/api/v1/endpoints/{}/deliveries", shop.endpoint)).await.is(200).json();
    let shown =
        shop.gets(&format!("/api/v1/deliveries/{}", text(&list["data"][0], "id"))).await.is(200).text();
    assert!(shown.contains("whsec_[hidden]") && shown.contains("v1,[hidden]"), "{shown}");
    let bare = shop.endpoint_secret.strip_prefix("whsec_").expect("its prefix");
    let signature = header(&arrived, "webhook-signature");
    for hidden in [bare, signature.trim_start_matches("v1,"), &header(&arrived, "x-webhook-signature")] {
        assert!(!hidden.is_empty() && !shown.contains(hidden), "{shown}");
    }
    t.ends().await;
}

#[tokio::test]
async fn an_events_deliveries_are_listed_one_for_each_endpoint() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let url = format!("{MERCHANT}/second/{}", shop.key_id);
    let second = shop.posts("/api/v1/endpoints", &json!({ "url": url })).await.is(201).field("id");
    shop.creates_order(10_000).await;
    t.settles().await;
    let event = text(&shop.gets("/api/v1/events").await.is(200).json()["data"][0], "id");
    let path = format!("/api/v1/events/{event}/deliveries");
    let list = shop.gets(&path).await.is(200).json();
    let of = |d: &Value| (text(d, "endpoint_id"), text(d, "status"));
    let mut there: Vec<_> = list["data"].as_array().expect("a list").iter().map(of).collect();
    let mut expected = [shop.endpoint.clone(), second].map(|id| (id, "delivered".to_owned()));
    there.sort();
    expected.sort();
    assert_eq!(there, expected);
    other.gets(&path).await.refuses(404, "not_found");
    t.ends().await;
}

/// Sent again, a delivery has its whole schedule before it, whatever it went through.
#[tokio::test]
async fn what_is_sent_again_is_tried_by_the_schedule_again() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let path = format!("/api/v1/endpoints/{}", shop.endpoint);
    shop.patches(&path, &json!({ "retries": [10, 20] })).await.is(200);
    t.receiver.replies(|_| Reply::Status(500));
    shop.creates_order(10_000).await;
    t.passes(seconds(60)).await;
    assert_eq!(shop.arrived().len(), 3);
    let list = shop.gets(&format!("{path}/deliveries?status=exhausted")).await.is(200).json();
    let retry = format!("/api/v1/deliveries/{}/retry", text(&list["data"][0], "id"));
    let answer = shop.posts(&retry, &json!({})).await.is(202).json();
    assert_eq!(
        (text(&answer, "status"), answer["tries"].as_array().map(Vec::len)),
        ("scheduled".into(), Some(3))
    );
    t.passes(seconds(60)).await;
    assert_eq!(shop.arrived().len(), 6, "three more");
    t.ends().await;
}

/// A real event, really signed, that is listed like all others and tells of the endpoint.
#[tokio::test]
async fn a_test_is_a_real_event() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let told =
        shop.posts(&format!("/api/v1/endpoints/{}/test", shop.endpoint), &json!({})).await.is(202).json();
    t.settles().await;
    let message = shop.arrived().pop().expect("it came");
    assert_eq!(serde_json::from_slice::<Value>(&message.body).expect("JSON"), told);
    assert_eq!(
        (text(&told, "type"), text(&told["data"]["object"], "id")),
        ("endpoint.test".into(), shop.endpoint.clone())
    );
    assert!(!told.to_string().contains("whsec_"), "no secret in it: {told}");
    assert_eq!(shop.gets(&format!("/api/v1/events/{}", text(&told, "id"))).await.is(200).json(), told);
    t.ends().await;
}
