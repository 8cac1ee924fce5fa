//! Connections by API: the provider is asked first, secrets never come back, and everything else goes on as it was.

use crate::house::{TestApp, draft, text};
use serde_json::json;

#[tokio::test]
async fn an_account_is_connected_once_the_provider_has_accepted_it() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let account = t.another_account();
    let body = |secret: &str| {
        json!({
            "provider": "razorpay", "label": "Counter", "webhook_secret": account.webhook_secret,
            "credentials": { "key_id": account.key, "key_secret": secret }, "flows": ["script"],
            "amount_min": 100, "amount_max": 500_000, "session_secs": 600,
        })
    };
    let wrong = shop.posts_once("/api/v1/connections", &body("wrong"), "connect").await;
    wrong.refuses(422, "connection_test_failed");
    assert_eq!(shop.gets("/api/v1/connections").await.json()["data"].as_array().unwrap().len(), 1);
    // What was refused has not used its key up.
    let made = shop.posts_once("/api/v1/connections", &body(&account.secret), "connect").await.is(201);
    for hidden in [&account.secret, &account.webhook_secret, &account.key] {
        assert!(!made.text().contains(hidden.as_str()), "{}", made.text());
    }
    let connection = made.json();
    assert_eq!((&connection["test_result"], &connection["status"]), (&json!("works"), &json!("enabled")));
    assert_eq!((&connection["amount_max"], &connection["session_secs"]), (&json!(500_000), &json!(600)));
    let again = shop.posts_once("/api/v1/connections", &body(&account.secret), "connect").await.is(201);
    assert_eq!((again.body.clone(), again.header("idempotent-replayed")), (made.body, "true".to_owned()));
    shop.posts("/api/v1/connections", &body(&account.secret)).await.refuses(409, "account_connected_twice");

    // Payments go through it.
    let order = shop.creates_order(90_000).await;
    let asked = json!({ "order_id": order.id, "flow": "script", "connection_id": connection["id"] });
    shop.posts("/api/v1/payments", &asked).await.is(201);
    assert_eq!(shop.audited("connection.create").await, 2);
    t.ends().await;
}

#[tokio::test]
async fn what_is_named_is_changed_and_the_rest_stays() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let path = format!("/api/v1/connections/{}", shop.connection);
    let before = shop.gets(&path).await.is(200).json();
    let changed =
        shop.patches(&path, &json!({ "label": "Counter", "amount_max": 70_000 })).await.is(200).json();
    assert_eq!((&changed["label"], &changed["amount_max"]), (&json!("Counter"), &json!(70_000)));
    for same in ["flows", "features", "amount_min", "session_secs", "webhook_url", "status", "key_hint"] {
        assert_eq!(changed[same], before[same], "{same}");
    }
    let large = shop.creates_order(80_000).await;
    let asked =
        json!({ "order_id": large.id, "flow": "script", "connection_id": shop.connection.to_string() });
    shop.posts("/api/v1/payments", &asked).await.refuses(422, "amount_outside_limits");

    shop.patches(&path, &json!({ "status": "disabled" })).await.is(200);
    shop.creates_order(10_000).await.tries("script").await.refuses(422, "no_connection");
    let enabled = shop.patches(&path, &json!({ "status": "enabled" })).await.is(200);
    assert_eq!(enabled.field("status"), "enabled");
    shop.creates_order(10_000).await.is_paid().await;

    // Credentials that the provider does not accept, and another account's, change nothing.
    let wrong = json!({ "credentials": { "key_id": shop.provider_key, "key_secret": "wrong" } });
    shop.patches(&path, &wrong).await.refuses(422, "connection_test_failed");
    let other = draft(&t.another_account()).credentials;
    let other: serde_json::Map<_, _> = other.iter().map(|(n, s)| (n.clone(), json!(s.expose()))).collect();
    let refused = shop.patches(&path, &json!({ "credentials": other })).await.refuses(400, "invalid_field");
    assert_eq!(refused.field("param"), "credentials.key_id");
    let same = json!({
        "credentials": { "key_id": shop.provider_key, "key_secret": shop.provider_secret },
        "webhook_secret": "another-secret-of-this-shop",
    });
    let kept = shop.patches(&path, &same).await.is(200);
    assert!(!kept.text().contains(&shop.provider_secret) && !kept.text().contains("another-secret"));
    assert_eq!(shop.audited("connection.webhook_secret").await, 1);
    shop.creates_order(10_000).await.is_paid_by_its_payer().await;
    t.ends_unwitnessed().await;
}

#[tokio::test]
async fn a_test_tells_what_the_provider_says_now() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let path = format!("/api/v1/connections/{}/test", shop.connection);
    let before = shop.gets(&format!("/api/v1/connections/{}", shop.connection)).await.json();
    t.passes(60_000).await;
    let tested = shop.posts(&path, &json!({})).await.is(200).json();
    assert_eq!(tested["test_result"], json!("works"));
    assert!(text(&tested, "tested_at") > text(&before, "tested_at"));
    let other = t.shop().await;
    other.posts(&path, &json!({})).await.refuses(404, "not_found");
    other.patches(&path.replace("/test", ""), &json!({ "label": "Mine" })).await.refuses(404, "not_found");
    t.ends().await;
}

#[tokio::test]
async fn what_is_no_connection_is_refused_by_the_name_of_its_field() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let good =
        || json!({ "provider": "razorpay", "credentials": { "key_id": "rzp_test_A", "key_secret": "s" } });
    for (field, value, param) in [
        ("provider", json!("stripes"), "provider"),
        ("credentials", json!({}), "credentials"),
        ("credentials", json!({ "key_id": "rzp_test_A" }), "credentials.key_secret"),
        ("credentials", json!({ "key_id": "a", "key_secret": "b", "pin": "1" }), "credentials.pin"),
        ("credentials", json!({ "Key Id": "a" }), "credentials"),
        ("webhook_secret", json!("short"), "webhook_secret"),
        ("flows", json!(["pigeon"]), "flows[0]"),
        ("flows", json!([]), "flows"),
        ("features", json!(["everything"]), "features"),
        ("amount_min", json!(0), "amount_min"),
        ("session_secs", json!(5), "session_secs"),
        ("label", json!(""), "label"),
    ] {
        let mut body = good();
        body[field] = value.clone();
        let refused = shop.posts("/api/v1/connections", &body).await.refuses(400, "invalid_field");
        assert_eq!(refused.field("param"), param, "{field} {value}");
    }
    assert_eq!(shop.audited("connection.create").await, 1, "the shop's own");
    t.ends().await;
}

/// What PayPal does not let an app see is told as that, and who asks for something else is told so before PayPal is.
#[tokio::test]
async fn a_balance_is_asked_for_by_whoever_may_and_as_it_is_described() {
    let t = TestApp::new().await;
    let shop = t.shop_at("paypal").await;
    let path = format!("/api/v1/connections/{}/balance", shop.connection);
    for bad in ["currency=USD", "as_of=2026-11-21", "expand[]=connection", "limit=1"] {
        shop.gets(&format!("{path}?{bad}")).await.refuses(400, "invalid_field");
    }
    for unknown in ["x", "conn_x", "%00", "pay_01jz6v3n8000000000000000000"] {
        shop.gets(&format!("/api/v1/connections/{unknown}/balance")).await.refuses(404, "not_found");
    }
    assert_eq!(t.calls("GET", "/v1/reporting/balances"), 0);
    let told = shop.gets(&path).await.is(200).json();
    assert_eq!((&told["balances"], &told["object"]), (&json!([]), &json!("connection_balance")));

    let account = json!({ "client_id": shop.public_credentials["client_id"], "may_search": false });
    t.asks("paypal", "/sim/control/accounts", &account).unwrap();
    let refused = shop.gets(&path).await.refuses(502, "provider_refused");
    assert!(refused.text().contains("may not do this"), "{}", refused.text());
    // What was said is kept as evidence, without the token.
    let exchanges = shop.gets("/api/v1/exchanges?limit=100").await.json();
    let asked = exchanges["data"].as_array().unwrap().iter().filter(|x| x["purpose"] == "balances");
    assert_eq!(asked.count(), 2);
    t.ends().await;
}
