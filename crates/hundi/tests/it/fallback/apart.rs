//! Two merchants and one account: what each may see, and what neither may do with the other's.

use super::*;
use hundi_core::PaymentId;

#[tokio::test]
async fn a_shop_sees_nothing_of_the_account_and_the_platform_nothing_of_the_shop() {
    let t = TestApp::new().await;
    let (platform, shop) = platform_and_shop(&t).await;
    shop.closes_its_own().await;
    let order = shop.creates_order(20_000).await;
    let payment = order.begins("script").await;
    payment.payer("pay");
    t.settles().await;
    payment.is("captured").await;
    let refund = text(&payment.refunds(5_000).await, "id");
    t.settles().await;
    t.passes(seconds(90)).await;

    // The connection is nobody's here.
    let lent = format!("/api/v1/connections/{}", platform.connection);
    shop.gets(&lent).await.refuses(404, "not_found");
    shop.patches(&lent, &json!({ "status": "disabled" })).await.refuses(404, "not_found");
    for verb in ["test", "sweep"] {
        shop.posts(&format!("{lent}/{verb}"), &json!({})).await.refuses(404, "not_found");
    }
    shop.gets(&format!("{lent}/methods")).await.refuses(404, "not_found");
    let other = shop.creates_order(20_000).await;
    let id = platform.connection.to_string();
    let named = json!({ "order_id": other.id, "flow": "script", "connection_id": id });
    shop.posts("/api/v1/payments", &named).await.refuses(404, "not_found");
    let rule = json!({ "rules": [{ "name": "r", "to": [{ "connection": id }] }] });
    shop.puts("/api/v1/routing", &rule).await.refuses(400, "invalid_field");
    let listed = shop.gets("/api/v1/connections").await.is(200).json();
    assert!(!listed.to_string().contains(&id));

    // What was said to the provider is its own to read.
    for object in [&payment.id, &refund] {
        let said = |who: &'static str, json: Value| (who, json["data"].as_array().unwrap().len());
        let path = format!("/api/v1/exchanges?object_id={object}");
        assert_eq!(said("shop", shop.gets(&path).await.is(200).json()).1, 0, "{object}");
        assert!(said("platform", platform.gets(&path).await.is(200).json()).1 > 0, "{object}");
    }
    let id: PaymentId = payment.id.parse().unwrap();
    let story = hundi_app::payments::story(t.app(), shop.scope, id).await.unwrap();
    assert!(story.exchanges.is_empty() && story.notices.is_empty());
    assert_eq!(story.postings.len(), 2, "its own book's alone");
    assert!(story.postings.iter().all(|l| l.debit == "due_from_platform" || l.credit == "due_from_platform"));
    let shown = hundi_app::connections::of_payment(t.app(), &story.payment).await.unwrap();
    assert_eq!((shown.row.label.as_str(), shown.webhook_url.as_str()), (fallbacks::LABEL, ""));
    assert!(shown.row.credentials.is_empty() && shown.row.key_hint.is_empty());
    let expanded = shop.gets(&format!("{}?expand[]=connection", payment.path())).await.is(200).json();
    assert_eq!(expanded.get("connection"), None);
    let preview = shop.previews().await;
    assert_eq!(
        (&preview["tries"][0]["via"], &preview["tries"][0]["label"]),
        (&json!("platform"), &json!(fallbacks::LABEL))
    );

    // And the shop's order, payer and payment are not the platform's.
    platform.gets(&payment.path()).await.refuses(404, "not_found");
    platform.gets(&order.path()).await.refuses(404, "not_found");
    platform.gets(&format!("/api/v1/refunds/{refund}")).await.refuses(404, "not_found");
    let refund_path = format!("{}/refunds", payment.path());
    platform.posts(&refund_path, &json!({ "amount": 1 })).await.refuses(404, "not_found");
    platform.posts(&format!("{}/check", payment.path()), &json!({})).await.refuses(404, "not_found");
    for path in ["/api/v1/payments", "/api/v1/orders", "/api/v1/refunds"] {
        assert_eq!(platform.gets(path).await.is(200).json()["data"], json!([]), "{path}");
    }
    t.ends().await;
}

#[tokio::test]
async fn an_offer_is_between_the_two() {
    let t = TestApp::new().await;
    let (platform, shop) = platform_and_shop(&t).await;
    let stranger = t.shop().await;
    let offer = text(&platform.offer().await, "id");
    stranger.withdraws(&offer).await.refuses(403, "not_the_platform");
    shop.withdraws(&offer).await.refuses(403, "not_the_platform");
    assert_eq!(stranger.gets("/api/v1/routing/fallback").await.json()["status"], "none");
    assert_eq!(stranger.agrees(false).await.is(200).field("status"), "none");
    assert_eq!(shop.gets("/api/v1/routing/fallback").await.json()["status"], "accepted");
    stranger.closes_its_own().await;
    stranger.creates_order(20_000).await.tries("script").await.refuses(422, "no_connection");

    // Nobody lends what is not theirs, nor to themselves, nor to nobody.
    let mine = platform.connection.to_string();
    let theirs = stranger.connection.to_string();
    let (to, own) = (stranger.scope.merchant().to_string(), platform.scope.merchant().to_string());
    for (merchant, connection, param) in [
        (&to, &theirs, "connection_id"),
        (&own, &mine, "merchant_id"),
        (&"mer_00000000000000000000000000".to_owned(), &mine, "merchant_id"),
        (&"mer".to_owned(), &mine, "merchant_id"),
        (&to, &"conn_".to_owned(), "connection_id"),
    ] {
        let body = json!({ "merchant_id": merchant, "connection_id": connection });
        let refused = platform.posts("/api/v1/fallbacks", &body).await.is(400);
        assert_eq!(refused.field("param"), param, "{body}");
    }

    // Whoever stole a usual key can have no money go elsewhere.
    let key = json!({ "name": "Usual", "scopes": ["routing:write", "connections:read"] });
    let made = shop.posts("/api/v1/keys", &key).await.is(201);
    let (id, secret) = (made.field("id"), made.field("secret"));
    let pair = (id.as_str(), secret.as_str());
    shop.gets_with(pair, "/api/v1/routing/fallback").await.is(200);
    let body = json!({ "merchant_id": to, "connection_id": mine });
    shop.posts_with(pair, "/api/v1/fallbacks", &body).await.refuses(403, "scope_missing");
    t.ends().await;
}
