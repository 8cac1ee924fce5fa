//! Idempotency keys on every POST (PRODUCT PY7).

use super::house::House;
use axum::body::Body;
use hundi_core::time::{hours, minutes};

const ORDER: &str = r#"{"amount":129900,"currency":"INR","receipt":"R-1"}"#;

#[tokio::test]
async fn a_repeat_gets_the_first_answer_byte_for_byte() {
    let house = House::new().await;
    let first = house.post_with_key("/orders", ORDER, "k1").await;
    assert_eq!((first.status.as_u16(), first.header("idempotent-replayed")), (201, ""));
    house.clock.advance(hours(1));
    let again = house.post_with_key("/orders", ORDER, "k1").await;
    assert_eq!((again.status.as_u16(), again.header("idempotent-replayed")), (201, "true"));
    assert_eq!(again.text, first.text);
    assert_eq!(again.header("content-type"), "application/json");
    assert_eq!(house.orders_count().await, 1);

    let other_body = ORDER.replace("129900", "129901");
    House::is_problem(
        &house.post_with_key("/orders", &other_body, "k1").await,
        422,
        "idempotency_key_reused",
        None,
    );
    // A space is another body: what is compared is what came.
    let spaced = format!("{ORDER} ");
    House::is_problem(
        &house.post_with_key("/orders", &spaced, "k1").await,
        422,
        "idempotency_key_reused",
        None,
    );
    let path = format!("/orders/{}/cancel", first.id());
    House::is_problem(&house.post_with_key(&path, "{}", "k1").await, 422, "idempotency_key_reused", None);
    assert_eq!(house.post_with_key("/orders", ORDER, "K1").await.header("idempotent-replayed"), "");
    assert_eq!(house.orders_count().await, 2);
}

#[tokio::test]
async fn keys_of_merchants_are_their_own() {
    let house = House::new().await;
    house.post_with_key("/orders", ORDER, "k1").await;
    let (id, secret) = house.other_merchant().await;
    let request = http::Request::post("/api/v1/orders")
        .header("x-api-key", id)
        .header("x-api-secret", secret)
        .header("content-type", "application/json")
        .header("idempotency-key", "k1");
    let theirs = house.send(request.body(Body::from(ORDER)).unwrap()).await;
    assert_eq!((theirs.status.as_u16(), theirs.header("idempotent-replayed")), (201, ""));
}

#[tokio::test]
async fn thirty_two_at_once_make_one() {
    let house = House::new().await;
    let (mut made, mut in_flight) = (Vec::new(), 0);
    let asks = (0..32).map(|_| house.post_with_key("/orders", ORDER, "race"));
    for answer in together(asks).await {
        match answer.status.as_u16() {
            201 => made.push(answer.text),
            409 => in_flight += 1,
            other => panic!("{other}: {}", answer.text),
        }
    }
    assert!(made.iter().all(|text| *text == made[0]) && made.len() + in_flight == 32);
    assert_eq!(house.orders_count().await, 1);

    // A verb whose second run is refused: the twin's answer, or that it still runs, and never the refusal.
    let order = house.get("/orders").await.json["data"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/orders/{order}/cancel");
    let asks = (0..32).map(|_| house.post_with_key(&path, "", "cancel"));
    for answer in together(asks).await {
        let flying = answer.code() == "idempotency_key_in_flight" && answer.header("retry-after") == "1";
        assert!(answer.status.as_u16() == 200 || flying, "{}", answer.text);
    }
    House::is_problem(&house.post(&path, "").await, 409, "order_cannot_be_cancelled", None);
}

/// Every future at once.
async fn together<F: Future>(asks: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut asks: Vec<_> = asks.map(|ask| (Box::pin(ask), None)).collect();
    std::future::poll_fn(move |cx| {
        for (ask, answer) in asks.iter_mut().filter(|(_, answer)| answer.is_none()) {
            if let std::task::Poll::Ready(found) = ask.as_mut().poll(cx) {
                *answer = Some(found);
            }
        }
        if asks.iter().any(|(_, answer)| answer.is_none()) {
            return std::task::Poll::Pending;
        }
        std::task::Poll::Ready(asks.iter_mut().filter_map(|(_, answer)| answer.take()).collect())
    })
    .await
}

#[tokio::test]
async fn a_time_that_has_passed_meanwhile_does_not_change_the_answer() {
    let house = House::new().await;
    // NOW is 2026-09-10T00:26:40Z.
    let body = |at: &str| format!("{{\"amount\":100,\"currency\":\"INR\",\"expires_at\":\"{at}\"}}");
    for (at, taken) in [
        ("2026-09-10T00:26:40Z", false),
        ("2026-09-10T00:27:39Z", false),
        ("2026-09-10T00:27:40Z", true),
        ("2027-09-10T00:26:40Z", true),
        ("2027-09-12T00:26:40Z", false),
        ("2020-01-01T00:00:00Z", false),
        ("9999-12-31T23:59:59Z", false),
    ] {
        let answer = house.post_with_key("/orders", &body(at), at).await;
        if taken {
            assert_eq!(answer.status.as_u16(), 201, "{at}");
        } else {
            House::is_problem(&answer, 400, "invalid_field", Some("expires_at"));
        }
    }
    let first = house.post_with_key("/orders", &body("2026-09-10T00:30:00Z"), "soon").await;
    house.clock.advance(minutes(10));
    let again = house.post_with_key("/orders", &body("2026-09-10T00:30:00Z"), "soon").await;
    assert_eq!((again.status.as_u16(), again.header("idempotent-replayed")), (201, "true"));
    assert_eq!(again.text, first.text);
}

#[tokio::test]
async fn keys_have_a_shape_and_come_once() {
    let house = House::new().await;
    let long = "k".repeat(255);
    for key in ["a", "Order 7/é".split('é').next().unwrap(), "~!@#$%^&*()", long.as_str()] {
        assert_eq!(house.post_with_key("/orders", ORDER, key).await.status.as_u16(), 201, "{key}");
    }
    let ask = async |keys: &[&[u8]]| {
        let mut request = house.asks("POST", "/orders").header("content-type", "application/json");
        for key in keys {
            request = request.header("idempotency-key", *key);
        }
        house.send(request.body(Body::from(ORDER)).unwrap()).await
    };
    let too_long = "k".repeat(256);
    for keys in [
        vec![b"".as_slice()],
        vec![too_long.as_bytes()],
        vec!["clé".as_bytes()],
        vec![b"a\tb"],
        vec![b"\xff"],
        vec![b"a", b"a"],
        vec![b"a", b"b"],
        vec![b"4111 1111 1111 1111"],
    ] {
        House::is_problem(&ask(&keys).await, 400, "invalid_field", Some("Idempotency-Key"));
    }
    assert_eq!(house.orders_count().await, 4);
}

#[tokio::test]
async fn endpoints_and_their_verbs() {
    let house = House::new().await;
    let body = r#"{"url":"https://shop.example/hook","events":["order.paid"]}"#;
    let made = house.post_with_key("/endpoints", body, "new").await;
    assert!(made.json["secret"].as_str().is_some_and(|s| s.starts_with("whsec_")), "{}", made.text);
    let again = house.post_with_key("/endpoints", body, "new").await;
    // The secret is shown once: it is not kept for a repeat.
    assert_eq!(
        (again.header("idempotent-replayed"), &again.json["secret"]),
        ("true", &serde_json::Value::Null)
    );
    let path = format!("/endpoints/{}", made.id());

    let rotated = house.post_with_key(&format!("{path}/rotate_secret"), "", "turn").await;
    assert!(rotated.json["secret"].is_string() && rotated.json["secret"] != made.json["secret"]);
    let again = house.post_with_key(&format!("{path}/rotate_secret"), "", "turn").await;
    assert_eq!(
        (again.header("idempotent-replayed"), &again.json["secret"]),
        ("true", &serde_json::Value::Null)
    );

    let sent = house.post_with_key(&format!("{path}/test"), "{}", "try").await;
    assert_eq!((sent.status.as_u16(), sent.json["type"].as_str()), (202, Some("endpoint.test")));
    let again = house.post_with_key(&format!("{path}/test"), "{}", "try").await;
    assert_eq!((again.header("idempotent-replayed"), &again.text), ("true", &sent.text));
    let deliveries = house.get(&format!("{path}/deliveries")).await.json;
    assert_eq!(deliveries["data"].as_array().unwrap().len(), 1);
    let delivery = deliveries["data"][0]["id"].as_str().unwrap();

    let retried = house.post_with_key(&format!("/deliveries/{delivery}/retry"), "", "once more").await;
    assert_eq!((retried.status.as_u16(), retried.json["status"].as_str()), (202, Some("scheduled")));
    let again = house.post_with_key(&format!("/deliveries/{delivery}/retry"), "", "once more").await;
    assert_eq!((again.header("idempotent-replayed"), &again.text), ("true", &retried.text));

    for (body, param) in [
        (r#"{"url":""}"#, "url"),
        (r#"{"url":1}"#, "url"),
        (r#"{"url":"https://x.example","events":[]}"#, "events"),
        (r#"{"url":"https://x.example","events":["*","order.paid"]}"#, "events[0]"),
        (r#"{"url":"https://x.example","events":["order.paid","order.payed"]}"#, "events[1]"),
        (r#"{"url":"https://x.example","events":["order.paid",1]}"#, "events[1]"),
        (r#"{"url":"https://x.example","events":"order.paid"}"#, "events"),
        (r#"{"url":"https://x.example","secret":"mine"}"#, "secret"),
    ] {
        House::is_problem(&house.post("/endpoints", body).await, 400, "invalid_field", Some(param));
    }
    let patch = |body: &'static str| {
        house.asks("PATCH", &path).header("content-type", "application/json").body(Body::from(body)).unwrap()
    };
    let changed = house.send(patch(r#"{"status":"disabled","events":["*"]}"#)).await.json;
    assert_eq!((changed["status"].as_str(), changed["events"][0].as_str()), (Some("disabled"), Some("*")));
    House::is_problem(&house.send(patch(r#"{"status":"off"}"#)).await, 400, "invalid_field", Some("status"));
    let gone = house.send(house.asks("DELETE", &path).body(Body::empty()).unwrap()).await;
    assert_eq!(gone.json["deleted"], true);
    House::is_problem(&house.get(&path).await, 404, "not_found", None);
}

/// Refusals of the use cases themselves, and of ids in bodies.
#[tokio::test]
async fn payments_and_refunds_refused() {
    let house = House::new().await;
    let order = house.post("/orders", ORDER).await.id();
    let of = |more: &str| format!("{{\"order_id\":\"{order}\"{more}}}");
    let nobodys = "pay_01k00000000000000000000000";
    for (path, body, status, code, param) in [
        ("/payments", of(""), 422, "no_connection", None),
        ("/payments", of(",\"flow\":\"upi\""), 400, "invalid_field", Some("flow")),
        ("/payments", of(",\"connection_id\":\"x\""), 400, "invalid_field", Some("connection_id")),
        ("/payments", of(",\"connection_id\":\"conn_01k00000000000000000000000\""), 404, "not_found", None),
        ("/payments", of(",\"payer\":{\"ip\":\"localhost\"}"), 400, "invalid_field", Some("payer.ip")),
        (
            "/payments",
            of(",\"payer\":{\"user_agent\":\"a\\u0000\"}"),
            400,
            "invalid_field",
            Some("payer.user_agent"),
        ),
        ("/payments", of(",\"amount\":1"), 400, "invalid_field", Some("amount")),
        ("/payments", "{}".into(), 400, "invalid_field", Some("order_id")),
        ("/payments", "{\"order_id\":\"x\"}".into(), 400, "invalid_field", Some("order_id")),
        ("/payments", "{\"order_id\":\"ord_01k00000000000000000000000\"}".into(), 404, "not_found", None),
        ("/refunds", "{}".into(), 400, "invalid_field", Some("payment_id")),
        ("/refunds", "{\"payment_id\":\"x\"}".into(), 400, "invalid_field", Some("payment_id")),
        ("/refunds", format!("{{\"payment_id\":\"{nobodys}\"}}"), 404, "not_found", None),
        ("/refunds", format!("{{\"payment_id\":\"{nobodys}\",\"amount\":1}}"), 404, "not_found", None),
        (
            "/refunds",
            format!("{{\"payment_id\":\"{nobodys}\",\"reason\":\"late_success\"}}"),
            400,
            "invalid_field",
            Some("reason"),
        ),
        (
            "/refunds",
            format!("{{\"payment_id\":\"{nobodys}\",\"status\":\"processed\"}}"),
            400,
            "invalid_field",
            Some("status"),
        ),
        ("/orders?expand=1", ORDER.into(), 400, "invalid_field", Some("expand")),
        (
            &format!("/payments/{nobodys}/capture"),
            "{\"amount\":\"1\"}".into(),
            400,
            "invalid_field",
            Some("amount"),
        ),
        (&format!("/payments/{nobodys}/capture"), "{\"amount\":1}".into(), 404, "not_found", None),
        (&format!("/payments/{nobodys}/cancel"), "{\"now\":true}".into(), 400, "invalid_field", Some("now")),
        (&format!("/payments/{nobodys}/check"), "[]".into(), 400, "unreadable_request", None),
    ] {
        let answer = house.post_with_key(path, &body, "refused").await;
        House::is_problem(&answer, status, code, param);
    }
    // None of them has spent the key.
    assert_eq!(house.post_with_key("/orders", ORDER, "refused").await.status.as_u16(), 201);
}
