//! What was asked lately: whose it is, and what of it is kept.

use super::house::House;
use axum::body::Body;
use hundi_app::requests::WATCHER;
use serde_json::Value;

/// Method, path, status and error code of each, the newest first.
fn lines(list: &Value) -> Vec<String> {
    let of = |r: &Value| {
        let text = |name: &str| r[name].as_str().unwrap_or("-").to_owned();
        format!("{} {} {} {}", text("method"), text("path"), r["status"], text("error_code"))
    };
    list["data"].as_array().unwrap().iter().map(of).collect()
}

#[tokio::test]
async fn requests_are_listed_with_how_they_ended_and_nothing_that_was_sent() {
    let house = House::new().await;
    let made = house.post("/orders", r#"{"amount": 100, "currency": "INR", "receipt": "R-hidden"}"#).await;
    house.get("/orders?reference=R-hidden").await;
    let refused = house.post("/orders", "{}").await;
    house.get("/payments/4111111111111111").await;
    house.get("/nowhere").await;
    // A wrong secret says nothing about who asks.
    let wrong = house.asks("GET", "/orders").header("authorization", "Bearer x:y");
    house.send(wrong.body(Body::empty()).unwrap()).await;
    let watched = house.asks("GET", "/events").header("user-agent", WATCHER);
    house.send(watched.body(Body::empty()).unwrap()).await;

    let list = house.get("/requests").await;
    let told = [
        "GET /api/v1/payments/{id} 404 not_found",
        "POST /api/v1/orders 400 invalid_field",
        "GET /api/v1/orders 200 -",
        "POST /api/v1/orders 201 -",
    ];
    assert_eq!(lines(&list.json), told, "{}", list.text);
    assert!(!list.text.contains("hidden") && !list.text.contains("4111"), "{}", list.text);
    let newest = &list.json["data"][1];
    assert_eq!(newest["id"], refused.header("x-request-id"));
    assert_eq!(newest["key_id"], house.key.0.as_str());
    assert_eq!(made.status, 201);

    // Pages start at a request, as those of all lists do. Looking has left no trace.
    let first = house.get("/requests?limit=2").await.json;
    assert_eq!(first["has_more"], true);
    assert_eq!(lines(&first), told[..2].to_vec());
    let next = house.get(&format!("/requests?starting_after={}", first["next"].as_str().unwrap())).await.json;
    assert_eq!(lines(&next), told[2..].to_vec());
}

#[tokio::test]
async fn nobody_sees_what_another_asks() {
    let mut house = House::new().await;
    house.get("/orders").await;
    house.key = house.other_merchant().await;
    assert!(lines(&house.get("/requests").await.json).is_empty());
}

/// A body of which nothing comes.
struct Silent;

impl hyper::body::Body for Silent {
    type Data = axum::body::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
        std::task::Poll::Pending
    }
}

/// The edge drops what takes too long, and answers in its place: whoever looks for a request that got no good answer
/// finds it here.
#[tokio::test]
async fn a_request_that_the_edge_ended_is_listed_as_its_caller_was_answered() {
    let house = House::new().await;
    // Its body never comes, and its caller is known by then.
    let slow = house.asks("POST", "/orders").header("content-type", "application/json");
    let sent = house.send(slow.body(Body::new(Silent)).unwrap());
    let ended = tokio::time::timeout(std::time::Duration::from_millis(500), sent).await;
    assert!(ended.is_err(), "nobody answered it");
    let list = house.get("/requests").await;
    assert_eq!(lines(&list.json), ["POST /api/v1/orders 504 timed_out"], "{}", list.text);
    assert_eq!(list.json["data"][0]["key_id"], house.key.0.as_str());
}
