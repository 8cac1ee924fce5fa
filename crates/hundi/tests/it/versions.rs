//! Shapes of the API by their dates: a program that was written for one goes on reading it, in answers, in events and
//! in repeated answers alike.

use crate::house::{Answer, Shop, TestApp, operator, text};
use axum::body::Body;
use http::Request;
use hundi_core::Version;
use hundi_core::time::minutes;
use serde_json::{Value, json};

const OLD: &str = "2026-08-01";
const NEW: &str = "2026-11-01";

impl Shop<'_> {
    /// With `Hundi-Version`; a body makes it a POST.
    async fn asks_as_of(&self, version: &str, path: &str, body: Option<(&Value, &str)>) -> Answer {
        let mut request = Request::builder()
            .method(if body.is_some() { "POST" } else { "GET" })
            .uri(path)
            .header("x-api-key", &self.key_id)
            .header("x-api-secret", &self.key_secret)
            .header("hundi-version", version);
        let sent = match body {
            None => Body::empty(),
            Some((body, key)) => {
                request = request.header("content-type", "application/json").header("idempotency-key", key);
                Body::from(body.to_string())
            }
        };
        self.t.send(0, request.body(sent).expect("a request")).await
    }

    /// As if its key had been made before there were versions.
    async fn has_a_key_of(&self, version: Version) {
        let (app, by) = (self.t.app(), operator());
        let pinned = hundi_app::api_keys::pin(app, self.scope, &by, &self.key_id, version).await;
        pinned.expect("it is pinned");
    }
}

fn is_old(refund: &Value) -> bool {
    refund["failure_reason"] == "provider_refused" && refund.get("failure").is_none()
}

fn is_new(refund: &Value) -> bool {
    refund["failure"]["reason"] == "provider_refused" && refund.get("failure_reason").is_none()
}

#[tokio::test]
async fn a_key_reads_the_shape_that_it_is_pinned_to_and_may_try_another() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(100_000).await.is_paid().await;
    t.account(&shop.provider_key, &json!({ "balance_minor": 5_000 }));

    // A new key has the newest shape, and the answer says which it is.
    let (path, body) = (format!("{}/refunds", payment.path()), json!({ "amount": 50_000 }));
    let first = shop.posts_once(&path, &body, "newest").await.is(201);
    assert!(is_new(&first.json()) && first.header("hundi-version") == NEW, "{}", first.text());

    // Another of the same merchant, from before: the same things, as it knows them.
    shop.has_a_key_of(Version::V20260801).await;
    let refund = format!("/api/v1/refunds/{}", first.field("id"));
    let read = shop.gets(&refund).await.is(200);
    assert!(is_old(&read.json()) && read.header("hundi-version") == OLD, "{}", read.text());
    assert!(is_new(&shop.asks_as_of(NEW, &refund, None).await.is(200).json()));
    let listed = shop.gets("/api/v1/refunds").await.is(200).json();
    assert!(listed["data"].as_array().expect("a list").iter().all(is_old), "{listed}");

    // Repeated answers are in the shape of whoever repeats, and then the same bytes each time.
    let made = shop.posts_once(&path, &body, "old").await.is(201);
    assert!(is_old(&made.json()), "{}", made.text());
    for _ in 0..2 {
        let again = shop.posts_once(&path, &body, "old").await.is(201);
        assert_eq!((again.header("idempotent-replayed"), &again.body), ("true".to_owned(), &made.body));
    }
    let tried = shop.asks_as_of(NEW, &path, Some((&body, "old"))).await.is(201);
    assert!(is_new(&tried.json()) && tried.header("idempotent-replayed") == "true", "{}", tried.text());
    // Refusals have one shape, and say as well which they are of.
    assert_eq!(
        shop.gets("/api/v1/refunds/none").await.refuses(404, "not_found").header("hundi-version"),
        OLD
    );
    t.ends().await;
}

#[tokio::test]
async fn an_endpoint_is_told_in_its_own_shape_until_it_is_moved() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    // Made with an old key: it is told as its maker reads. One beside it names another.
    shop.has_a_key_of(Version::V20260801).await;
    let endpoint = async |more: Value| {
        let mut asked = json!({ "url": format!("{}/x", shop.endpoint_url), "events": ["refund.failed"] });
        asked.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        shop.posts("/api/v1/endpoints", &asked).await
    };
    let made = endpoint(json!({})).await.is(201).json();
    assert_eq!(made["version"], OLD);
    assert_eq!(endpoint(json!({ "version": NEW })).await.is(201).json()["version"], NEW);
    let refused = endpoint(json!({ "version": "2026-10-01" })).await.refuses(400, "unknown_version");
    assert_eq!(refused.field("param"), "version");
    let path = format!("/api/v1/endpoints/{}", shop.endpoint);
    shop.patches(&path, &json!({ "version": OLD })).await.is(200);

    let payment = shop.creates_order(100_000).await.is_paid().await;
    t.account(&shop.provider_key, &json!({ "balance_minor": 5_000 }));
    payment.refunds(100_000).await;
    t.passes(minutes(1)).await;
    let told = |shop: &Shop<'_>| {
        let heard = shop.heard();
        heard.iter().rfind(|e| text(e, "type") == "refund.failed").expect("it was told")["data"]["object"]
            .clone()
    };
    assert!(is_old(&told(&shop)), "{}", told(&shop));
    // The log shows what was sent, whoever reads it.
    let listed = shop.asks_as_of(NEW, &format!("{path}/deliveries"), None).await.is(200).json();
    let failed =
        listed["data"].as_array().expect("a list").iter().find(|d| d["event_type"] == "refund.failed");
    let delivery = format!("/api/v1/deliveries/{}", text(failed.expect("it is there"), "id"));
    let sent = shop.asks_as_of(NEW, &delivery, None).await.is(200).field("request_body");
    let sent: Value = serde_json::from_str(&sent).expect("it is JSON");
    assert!(is_old(&sent["data"]["object"]), "{sent}");
    // The event itself is read as its reader has it.
    let event = format!("/api/v1/events/{}", text(&sent, "id"));
    assert!(is_new(&shop.asks_as_of(NEW, &event, None).await.is(200).json()["data"]["object"]));
    assert!(is_old(&shop.gets(&event).await.is(200).json()["data"]["object"]));

    // Moved, it is told the same in the new shape.
    shop.patches(&path, &json!({ "version": NEW })).await.is(200);
    shop.posts(&format!("{}/retry", delivery), &json!({})).await.is(202);
    t.settles().await;
    assert!(is_new(&told(&shop)), "{}", told(&shop));
    t.ends().await;
}

#[tokio::test]
async fn a_date_that_is_none_is_refused_before_anything_is_done() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let body = json!({ "amount": 100, "currency": "INR" });
    for date in ["2026-11-02", "2027-01-01", "latest", "1", "2026-11-01, 2026-08-01"] {
        let refused = shop.asks_as_of(date, "/api/v1/orders", Some((&body, "k"))).await;
        let refused = refused.refuses(400, "unknown_version");
        assert_eq!(refused.field("param"), "Hundi-Version");
        assert!(refused.field("message").contains("2026-08-01, 2026-11-01"), "{}", refused.text());
    }
    // Nothing was made, and the key is free.
    let listed = shop.gets("/api/v1/orders").await.is(200).json();
    assert_eq!(listed["data"], json!([]));
    assert_eq!(
        shop.asks_as_of(NEW, "/api/v1/orders", Some((&body, "k")))
            .await
            .is(201)
            .header("idempotent-replayed"),
        ""
    );
    // Twice is none.
    let mut twice = shop.post("/api/v1/orders", &body, None);
    for _ in 0..2 {
        twice.headers_mut().append("hundi-version", NEW.parse().expect("a header"));
    }
    t.send(0, twice).await.refuses(400, "unknown_version");
    t.ends().await;
}
