//! Who is let in, and what strangers see: the same for what is not theirs as for what is not there.

use super::house::House;
use axum::body::Body;
use http::Request;

const ROUTES: &[(&str, &str)] = &[
    ("GET", "/orders"),
    ("POST", "/orders"),
    ("GET", "/orders/x"),
    ("POST", "/orders/x/cancel"),
    ("GET", "/orders/x/payments"),
    ("GET", "/payments"),
    ("POST", "/payments"),
    ("GET", "/payments/x"),
    ("POST", "/payments/x/capture"),
    ("POST", "/payments/x/cancel"),
    ("POST", "/payments/x/check"),
    ("GET", "/payments/x/refunds"),
    ("POST", "/payments/x/refunds"),
    ("GET", "/refunds"),
    ("POST", "/refunds"),
    ("GET", "/refunds/x"),
    ("POST", "/refunds/x/check"),
    ("GET", "/events"),
    ("GET", "/events/x"),
    ("POST", "/events/x/resend"),
    ("GET", "/resends"),
    ("GET", "/endpoints"),
    ("POST", "/endpoints"),
    ("GET", "/endpoints/x"),
    ("PATCH", "/endpoints/x"),
    ("DELETE", "/endpoints/x"),
    ("POST", "/endpoints/x/test"),
    ("POST", "/endpoints/x/rotate_secret"),
    ("GET", "/endpoints/x/deliveries"),
    ("GET", "/deliveries/x"),
    ("POST", "/deliveries/x/retry"),
    ("GET", "/connections"),
    ("GET", "/connections/x"),
    ("GET", "/balances"),
    ("GET", "/exchanges"),
    ("GET", "/requests"),
    ("GET", "/test/settings"),
    ("PUT", "/test/settings"),
    ("GET", "/test/jobs/status"),
];

/// Before anything else is said of a request, even of its body.
#[tokio::test]
async fn every_route_asks_for_the_key() {
    let house = House::new().await;
    for (method, path) in ROUTES {
        let request = Request::builder().method(*method).uri(format!("/api/v1{path}?nonsense=1"));
        let answer = house.send(request.body(Body::from("{")).unwrap()).await;
        House::is_problem(&answer, 401, "wrong_credentials", None);
        assert_eq!(answer.header("www-authenticate"), "Basic realm=\"hundi\"", "{method} {path}");
    }
}

#[tokio::test]
async fn one_form_of_the_right_pair() {
    let house = House::new().await;
    let (id, secret) = house.key.clone();
    let ask = async |headers: Vec<(&str, String)>| {
        let mut request = Request::builder().uri("/api/v1/orders");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        house.send(request.body(Body::empty()).unwrap()).await.status.as_u16()
    };
    assert_eq!(ask(vec![("x-api-key", id.clone()), ("x-api-secret", secret.clone())]).await, 200);
    assert_eq!(ask(vec![("authorization", format!("Bearer {id}:{secret}"))]).await, 200);
    let (other_id, other_secret) = house.other_merchant().await;
    for headers in [
        vec![("x-api-key", id.clone()), ("x-api-secret", other_secret.clone())],
        vec![("x-api-key", other_id), ("x-api-secret", secret.clone())],
        vec![("x-api-key", id.clone()), ("x-api-secret", secret.to_lowercase())],
        vec![("x-api-key", id.clone()), ("x-api-secret", String::new())],
        vec![("x-api-key", id.replace("test", "live")), ("x-api-secret", secret.clone())],
        vec![("x-api-key", format!("{}0", &id[..id.len() - 1])), ("x-api-secret", secret.clone())],
        vec![
            ("x-api-key", id.clone()),
            ("x-api-secret", secret.clone()),
            ("authorization", format!("Bearer {id}:{secret}")),
        ],
        vec![("x-api-key", "' OR 1=1 --".into()), ("x-api-secret", secret.clone())],
        vec![
            ("x-merchant-id", "mer_x".into()),
            ("x-user-id", "1".into()),
            ("x-original-user", "root".into()),
        ],
    ] {
        assert_eq!(ask(headers.clone()).await, 401, "{headers:?}");
    }
}

/// A header that names somebody else changes nothing.
#[tokio::test]
async fn only_the_credential_says_who_asks() {
    let house = House::new().await;
    let (other, _) = house.other_merchant().await;
    let mut request = house.asks("POST", "/orders").header("content-type", "application/json");
    for name in [
        "x-user-id",
        "x-merchant-id",
        "x-original-user",
        "x-forwarded-user",
        "x-hundi-merchant",
        "x-livemode",
    ] {
        request = request.header(name, &other);
    }
    let body = r#"{"amount":100,"currency":"INR"}"#;
    assert_eq!(house.send(request.body(Body::from(body)).unwrap()).await.status.as_u16(), 201);
    assert_eq!(house.orders_count().await, 1);
}

#[tokio::test]
async fn what_is_not_theirs_is_not_there() {
    let house = House::new().await;
    let order = house.post("/orders", r#"{"amount":100,"currency":"INR"}"#).await.id();
    let endpoint = house.post("/endpoints", r#"{"url":"https://shop.example/hook"}"#).await.id();
    let event = house.get("/events").await.json["data"][0]["id"].as_str().unwrap().to_owned();
    let mut stranger = House::new().await;
    assert_eq!(stranger.get(&format!("/orders/{order}")).await.status.as_u16(), 404);
    // The same database, another merchant's key.
    stranger.key = house.other_merchant().await;
    let ask = async |method: &str, path: String| {
        let pair = (&stranger.key.0, &stranger.key.1);
        let request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        let request = request.header("x-api-key", pair.0).header("x-api-secret", pair.1);
        house.send(request.body(Body::empty()).unwrap()).await
    };
    let (no_order, no_endpoint, no_event) =
        (order.replace(&order[10..], "0000000000000000000000"), "whe_x", "évènement");
    for (method, mine, nobodys, what) in [
        ("GET", format!("/orders/{order}"), format!("/orders/{no_order}"), "order"),
        ("GET", format!("/orders/{order}"), "/orders/%FF%00".into(), "order"),
        ("GET", format!("/orders/{order}"), format!("/orders/{event}"), "order"),
        ("GET", format!("/orders/{order}/payments"), "/orders/1/payments".into(), "order"),
        ("POST", format!("/orders/{order}/cancel"), format!("/orders/{no_order}/cancel"), "order"),
        ("GET", format!("/endpoints/{endpoint}"), format!("/endpoints/{no_endpoint}"), "endpoint"),
        ("DELETE", format!("/endpoints/{endpoint}"), format!("/endpoints/{no_endpoint}"), "endpoint"),
        ("POST", format!("/endpoints/{endpoint}/test"), format!("/endpoints/{no_endpoint}/test"), "endpoint"),
        (
            "POST",
            format!("/endpoints/{endpoint}/rotate_secret"),
            "/endpoints/0/rotate_secret".into(),
            "endpoint",
        ),
        ("GET", format!("/endpoints/{endpoint}/deliveries"), "/endpoints/-/deliveries".into(), "endpoint"),
        (
            "GET",
            format!("/events/{event}"),
            format!("/events/{}", no_event.replace('é', "%C3%A9").replace('è', "%C3%A8")),
            "event",
        ),
        ("GET", "/payments/pay_01k0000000000000000000000".into(), "/payments/..".into(), "payment"),
        ("POST", "/payments/x/capture".into(), "/payments/y/check".into(), "payment"),
        ("POST", "/payments/x/refunds".into(), "/payments/y/cancel".into(), "payment"),
        ("GET", "/payments/x/refunds".into(), "/payments/y".into(), "payment"),
        ("POST", "/refunds/x/check".into(), "/refunds/y/check".into(), "refund"),
        ("POST", "/deliveries/x/retry".into(), "/deliveries/y/retry".into(), "delivery"),
        ("GET", "/connections/x".into(), "/connections/conn_01k0000000000000000000000".into(), "connection"),
    ] {
        for path in [mine, nobodys] {
            let answer = ask(method, path.clone()).await;
            House::is_problem(&answer, 404, "not_found", None);
            assert_eq!(answer.json["message"], format!("There is no such {what}."), "{method} {path}");
        }
    }
    assert_eq!(house.get(&format!("/orders/{order}")).await.json["status"], "created");
    assert_eq!(house.get(&format!("/endpoints/{endpoint}")).await.status.as_u16(), 200);
}

#[tokio::test]
async fn addresses_and_methods_that_are_not_there() {
    let house = House::new().await;
    for path in ["", "/order", "/orders/x/y", "/orders/", "//orders", "/%6Frders", "/orders/../orders", "/v2"]
    {
        let answer = house.get(path).await;
        House::is_problem(&answer, 404, "not_found", None);
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    for (method, path, allow) in [
        ("DELETE", "/orders", "GET,HEAD,POST"),
        ("PUT", "/orders/x", "GET,HEAD"),
        ("GET", "/orders/x/cancel", "POST"),
        ("POST", "/endpoints/x", "GET,HEAD,PATCH,DELETE"),
        ("TRACE", "/events", "GET,HEAD"),
        ("OPTIONS", "/balances", "GET,HEAD"),
    ] {
        let answer = house.send(house.asks(method, path).body(Body::empty()).unwrap()).await;
        House::is_problem(&answer, 405, "method_not_allowed", None);
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
    }
    let head = house.send(house.asks("HEAD", "/orders").body(Body::empty()).unwrap()).await;
    assert_eq!(
        (head.status.as_u16(), head.text.as_str(), head.header("cache-control")),
        (200, "", "no-store")
    );
}
