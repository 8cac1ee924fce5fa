//! Where no simulator stands, nobody plays the payer; and only a demo tells its keys.

use crate::testing::House;
use axum::body::Body;
use data_encoding::BASE64;
use http::Request;
use hundi_app::{Actor, Demo, api_keys};
use hundi_core::Secret;
use serde_json::{Value, json};

#[tokio::test]
async fn without_a_simulator_nobody_plays_the_payer() {
    let house = House::new().await;
    let by = Actor::new("command", "");
    let (key, secret) = api_keys::create(&house.app, house.scope, &by, "test").await.unwrap();
    let basic = format!("Basic {}", BASE64.encode(format!("{}:{}", key.id, secret.expose()).as_bytes()));
    house.connection(house.scope, "main").await;
    let order = house.order(house.scope, |_| ()).await.id.to_string();
    let request = Request::post("/api/v1/payments")
        .header("authorization", &basic)
        .header("content-type", "application/json")
        .header("hundi-test-outcome", "pay");
    let body = json!({ "order_id": order }).to_string();
    let answer = house.send(request.body(Body::from(body)).unwrap()).await;
    answer.shows(422, "not_simulated");
}

#[tokio::test]
async fn only_a_demo_tells_its_keys() {
    let house = House::new().await;
    let ask = async || house.send(Request::get("/api/v1/test/merchant").body(Body::empty()).unwrap()).await;
    ask().await.shows(404, "not_found");
    house.app.is_a_demo(Demo {
        merchant: house.scope.merchant(),
        key_id: "hk_test_demo".into(),
        key_secret: Secret::new("hs_test_demo"),
        endpoint_secret: Secret::new("whsec_demo"),
        receiver: "http://127.0.0.1:4020".into(),
    });
    let answer = ask().await;
    let told: Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!((answer.status.as_u16(), &told["key_secret"]), (200, &json!("hs_test_demo")));
    assert_eq!(answer.header("cache-control"), "no-store");
}
