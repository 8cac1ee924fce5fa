//! API keys by API: what they may do, how long, from where, and one in another's place.

use crate::house::{Answer, Shop, TestApp};
use hundi_core::time::{hours, minutes};
use serde_json::{Value, json};

async fn makes(shop: &Shop<'_>, body: Value) -> (String, String) {
    let made = shop.posts("/api/v1/keys", &body).await.is(201);
    (made.field("id"), made.field("secret"))
}

async fn as_key(shop: &Shop<'_>, key: &(String, String), path: &str) -> Answer {
    shop.gets_with((&key.0, &key.1), &format!("/api/v1/{path}")).await
}

#[tokio::test]
async fn a_key_does_what_its_scopes_say_and_nothing_else() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(50_000).await;
    let reader = makes(&shop, json!({ "name": "Warehouse", "scopes": ["payments:read"] })).await;
    for path in ["orders", "payments", "refunds", "events", &format!("orders/{}?expand[]=payments", order.id)]
    {
        as_key(&shop, &reader, path).await.is(200);
    }
    for (path, scope) in [
        ("connections", "connections:read"),
        ("endpoints", "webhooks:read"),
        ("balances", "books:read"),
        ("keys", "keys:write"),
        ("payments/export?format=csv", "exports:read"),
        ("payments?expand[]=connection", "connections:read"),
        ("events?expand[]=deliveries", "webhooks:read"),
    ] {
        let refused = as_key(&shop, &reader, path).await.refuses(403, "scope_missing");
        assert!(refused.field("message").contains(scope), "{path}: {}", refused.text());
    }
    let with = (reader.0.as_str(), reader.1.as_str());
    for (path, body, scope) in [
        ("orders", json!({ "amount": 100, "currency": "INR" }), "payments:write"),
        ("refunds", json!({ "payment_id": "pay_1" }), "refunds:write"),
        ("keys", json!({ "name": "Another" }), "keys:write"),
        ("connections", json!({}), "connections:write"),
    ] {
        let refused =
            shop.posts_with(with, &format!("/api/v1/{path}"), &body).await.refuses(403, "scope_missing");
        assert!(refused.field("message").contains(scope), "{path}: {}", refused.text());
    }
    order.is("created").await;
    t.ends().await;
}

#[tokio::test]
async fn nobody_gives_away_more_than_it_has() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let maker = makes(&shop, json!({ "name": "Maker", "scopes": ["keys:write", "payments:read"] })).await;
    let with = (maker.0.as_str(), maker.1.as_str());
    let less = json!({ "name": "Less", "scopes": ["payments:read"] });
    shop.posts_with(with, "/api/v1/keys", &less).await.is(201);
    for more in
        [json!({ "name": "More", "scopes": ["payments:read", "refunds:write"] }), json!({ "name": "Usual" })]
    {
        shop.posts_with(with, "/api/v1/keys", &more).await.refuses(403, "scope_missing");
    }
    // Nor by putting one in the place of a key that may do more.
    let path = format!("/api/v1/keys/{}/rotate", shop.key_id);
    shop.posts_with(with, &path, &json!({})).await.refuses(403, "scope_missing");
    assert_eq!(shop.audited("key.create").await, 3, "the shop's own, the maker and what it made");
    t.ends().await;
}

#[tokio::test]
async fn a_rotated_key_opens_until_its_overlap_has_passed() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let old = makes(&shop, json!({ "name": "Till", "scopes": ["payments:read"] })).await;
    let path = format!("/api/v1/keys/{}/rotate", old.0);
    let body = json!({ "overlap_secs": 3_600 });
    let made = shop.posts_once(&path, &body, "rotate-1").await.is(201);
    let new = (made.field("id"), made.field("secret"));
    assert_eq!(made.json()["scopes"], json!(["payments:read"]));
    // A repeat tells the same key, without the secret, which is nowhere.
    let again = shop.posts_once(&path, &body, "rotate-1").await.is(201);
    assert_eq!((again.field("id"), again.field("secret")), (new.0.clone(), String::new()));
    shop.posts(&path, &body).await.refuses(409, "key_ended");

    for key in [&old, &new] {
        as_key(&shop, key, "orders").await.is(200);
    }
    let shown = shop.gets(&format!("/api/v1/keys/{}", old.0)).await.is(200).json();
    assert_eq!((&shown["status"], &shown["replaced_by"]), (&json!("replaced"), &json!(new.0)));
    t.passes(minutes(59)).await;
    as_key(&shop, &old, "orders").await.is(200);
    t.passes(minutes(2)).await;
    as_key(&shop, &old, "orders").await.refuses(401, "wrong_credentials");
    as_key(&shop, &new, "orders").await.is(200);

    shop.posts(&format!("/api/v1/keys/{}/revoke", new.0), &json!({})).await.is(200);
    as_key(&shop, &new, "orders").await.refuses(401, "wrong_credentials");
    let revoked = shop.posts(&format!("/api/v1/keys/{}/revoke", new.0), &json!({})).await.is(200);
    assert_eq!(revoked.field("status"), "revoked");
    t.ends().await;
}

#[tokio::test]
async fn a_key_ends_when_it_was_said_and_opens_only_where_it_was_said() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let short = makes(&shop, json!({ "name": "Day", "expires_at": "2026-11-21T10:00:00Z" })).await;
    as_key(&shop, &short, "orders").await.is(200);
    t.passes(hours(3)).await;
    as_key(&shop, &short, "orders").await.refuses(401, "wrong_credentials");
    // Requests of stories come from this machine.
    let here = makes(&shop, json!({ "name": "Here", "networks": ["127.0.0.0/8", "2001:db8::/32"] })).await;
    as_key(&shop, &here, "orders").await.is(200);
    let elsewhere = makes(&shop, json!({ "name": "There", "networks": ["203.0.113.9"] })).await;
    as_key(&shop, &elsewhere, "orders").await.refuses(401, "wrong_credentials");
    for (body, param) in [
        (json!({ "name": "A", "networks": ["10.0.0.1/8"] }), "networks[0]"),
        (json!({ "name": "A", "expires_at": "2026-11-21T09:00:00Z" }), "expires_at"),
        (json!({ "name": "A", "scopes": [] }), "scopes"),
        (json!({ "name": "A", "scopes": ["users:write"] }), "scopes[0]"),
        (json!({ "name": "A", "scopes": ["payments:read", "all"] }), "scopes[1]"),
        (json!({ "name": " " }), "name"),
    ] {
        let refused = shop.posts("/api/v1/keys", &body).await.refuses(400, "invalid_field");
        assert_eq!(refused.field("param"), param, "{body}");
    }
    t.ends().await;
}

#[tokio::test]
async fn a_key_without_a_word_about_it_may_not_move_the_money_elsewhere() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let usual = makes(&shop, json!({ "name": "Server" })).await;
    let shown = shop.gets(&format!("/api/v1/keys/{}", usual.0)).await.is(200).json();
    let scopes = shown["scopes"].to_string();
    assert!(
        scopes.contains("refunds:write")
            && !scopes.contains("connections:write")
            && !scopes.contains("keys:write")
    );
    let listed = shop.gets("/api/v1/keys?limit=100").await.is(200);
    assert!(!listed.text().contains("hs_test_"), "{}", listed.text());
    let other = t.shop().await;
    other.gets(&format!("/api/v1/keys/{}", usual.0)).await.refuses(404, "not_found");
    other.posts(&format!("/api/v1/keys/{}/revoke", usual.0), &json!({})).await.refuses(404, "not_found");
    t.ends().await;
}
