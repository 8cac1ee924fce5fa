//! Every message is signed, with both secrets while they change.

use crate::house::{Shop, TestApp};
use hundi::sandbox::Arrived;
use hundi_app::signing::{SigningSecret, verify};
use hundi_core::time::{hours, minutes};
use serde_json::json;

fn signed_by(secret: &str, message: &Arrived) -> bool {
    verify(&SigningSecret::parse(secret).unwrap(), &message.headers, &message.body, message.at)
}

#[tokio::test]
async fn each_message_verifies_with_the_endpoints_own_secret_and_no_other() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    shop.creates_order(10_000).await.is_paid().await;
    let arrived = shop.arrived();
    assert!(arrived.len() >= 5);
    for message in &arrived {
        assert!(signed_by(&shop.endpoint_secret, message));
        assert!(!signed_by(&other.endpoint_secret, message));
        let event: serde_json::Value = serde_json::from_slice(&message.body).unwrap();
        let id = message.headers.iter().find(|(n, _)| n == "webhook-id").map(|(_, v)| v.as_str());
        assert_eq!(id, event["id"].as_str());
    }
    t.ends().await;
}

async fn next(shop: &Shop<'_>) -> Arrived {
    shop.creates_order(10_000).await;
    shop.t.settles().await;
    shop.arrived().pop().expect("something arrived")
}

#[tokio::test]
async fn while_a_secret_is_changed_both_sign_for_a_day() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let rotate = format!("/api/v1/endpoints/{}/rotate_secret", shop.endpoint);
    let (old, new) =
        (shop.endpoint_secret.clone(), shop.posts(&rotate, &json!({})).await.is(200).field("secret"));
    let during = next(&shop).await;
    assert!(signed_by(&old, &during) && signed_by(&new, &during));
    t.passes(hours(23)).await;
    let during = next(&shop).await;
    assert!(signed_by(&old, &during) && signed_by(&new, &during));
    t.passes(hours(1) + minutes(1)).await;
    let after = next(&shop).await;
    assert!(!signed_by(&old, &after) && signed_by(&new, &after));
    t.ends().await;
}
