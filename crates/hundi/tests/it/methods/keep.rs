//! From consent to a saved method.

use crate::house::{Payment, TestApp, text};
use hundi_core::time::{days, minutes};
use hundi_providers::sim::{Fault, Op};
use hundi_store::saved_methods as rows;
use serde_json::json;

#[tokio::test]
async fn what_a_payer_agreed_to_is_kept_and_shown_masked() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let customer = shop.customer().await;
    let id = shop.keeps_a_card(&customer).await;
    let kept = shop.methods_of(&customer).await.remove(0);
    assert_eq!((text(&kept, "method"), text(&kept, "last4")), ("card".into(), "1007".into()));
    assert_eq!((&kept["default"], &kept["expiry_year"]), (&json!(true), &json!(2035)));
    assert_eq!(kept["consent"]["version"], "2026-11");

    // The token is sealed, and in none of the exchanges in which it was spoken of.
    let (key, scope) = (id.parse().unwrap(), shop.scope);
    let row = t.store().read(async move |tx| rows::load(tx, scope, key).await).await.unwrap().unwrap();
    let token = row.token.expect("it is kept");
    assert!(!token.windows(6).any(|w| w == b"token_"), "a token stands in the clear");

    // A second one stands behind the first until it is chosen.
    let second = shop.keeps_a_card(&customer).await;
    let ids = |all: Vec<serde_json::Value>| all.iter().map(|m| text(m, "id")).collect::<Vec<_>>();
    assert_eq!(ids(shop.methods_of(&customer).await), [id.clone(), second.clone()]);
    shop.posts(&format!("/api/v1/saved_methods/{second}/default"), &json!({})).await.is(200);
    assert_eq!(ids(shop.methods_of(&customer).await), [second, id]);
    t.ends().await;
}

#[tokio::test]
async fn without_consent_or_without_money_nothing_is_kept() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let customer = shop.customer().await;
    let order = shop.order_of(&customer, 50_000).await;
    order.begins("script").await.payer_with(&json!({ "outcome": "pay", "method": "card" }));
    t.settles().await;
    t.passes(minutes(5)).await;

    let order = shop.order_of(&customer, 50_000).await;
    let body = json!({ "order_id": order.id, "flow": "script", "save_consent": "2026-11" });
    let begun = Payment::of(&shop, shop.posts("/api/v1/payments", &body).await.is(201).json());
    begun.payer_with(&json!({ "outcome": "fail", "method": "card" }));
    t.passes(days(1)).await;
    assert_eq!(shop.methods_of(&customer).await.len(), 0);
    t.ends().await;
}

/// The provider can't make a record of the payer: they pay all the same, and nothing is kept.
#[tokio::test]
async fn what_cannot_be_kept_keeps_nobody_from_paying() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let customer = shop.customer().await;
    let order = shop.order_of(&customer, 50_000).await;
    t.dial(Op::Other, Fault::SilentAfterActing);
    shop.pays_and_consents(&order).await;
    assert_eq!(shop.methods_of(&customer).await.len(), 0);
    t.ends().await;
}

/// The provider does not answer for a while: what it keeps is learned when it does.
#[tokio::test]
async fn silence_when_asking_what_is_kept_only_delays_it() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let customer = shop.customer().await;
    let order = shop.order_of(&customer, 50_000).await;
    let body = json!({ "order_id": order.id, "flow": "script", "save_consent": "2026-11" });
    let begun = Payment::of(&shop, shop.posts("/api/v1/payments", &body).await.is(201).json());
    begun.payer_with(&json!({ "outcome": "pay", "method": "card" }));
    t.settles().await;
    t.dial_always(Op::Other, Fault::DropBeforeActing);
    t.passes(minutes(5)).await;
    assert_eq!(shop.methods_of(&customer).await.len(), 0);
    t.clear_dials();
    t.passes(minutes(20)).await;
    assert_eq!(shop.methods_of(&customer).await.len(), 1);
    t.ends().await;
}

#[tokio::test]
async fn a_deleted_method_is_forgotten_here_and_there() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let customer = shop.customer().await;
    let id = shop.keeps_a_card(&customer).await;
    t.dial(Op::Other, Fault::DropBeforeActing);
    let path = format!("/api/v1/saved_methods/{id}");
    shop.deletes(&path).await.is(200);
    // From this moment on, although the provider has not heard of it yet.
    let order = shop.order_of(&customer, 20_000).await;
    shop.charges(&order, &id).await.refuses(404, "not_found");
    shop.posts(&format!("{path}/default"), &json!({})).await.refuses(404, "not_found");
    t.passes(minutes(10)).await;
    assert_eq!(shop.gets(&path).await.is(200).field("status"), "deleted");
    shop.deletes(&path).await.is(200);
    assert!(t.calls("DELETE", "/tokens/") >= 1);
    t.ends().await;
}
