//! Every message is signed, with both secrets while they change.

use crate::house::{Shop, TestApp};
use hundi::sandbox::Arrived;
use hundi_app::signing::{PublicKey, SigningSecret, verify};
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

fn signed_for(public: &str, message: &Arrived) -> bool {
    PublicKey::parse(public).expect("a public key").verify(&message.headers, &message.body, message.at)
}

fn signatures(message: &Arrived) -> Vec<String> {
    let list = message.headers.iter().find(|(n, _)| n == "webhook-signature").map(|(_, v)| v.as_str());
    list.unwrap_or_default()
        .split(' ')
        .filter_map(|one| one.split_once(','))
        .map(|(v, _)| v.to_owned())
        .collect()
}

/// Its owner keeps nothing secret: the private key is told to nobody and stands nowhere in the clear.
#[tokio::test]
async fn an_endpoint_can_have_its_messages_signed_with_a_private_key_of_ours() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let url = format!("{}/asymmetric", shop.endpoint_url);
    let made = shop.posts("/api/v1/endpoints", &json!({ "url": url, "signature": "ed25519" })).await.is(201);
    let public = made.field("public_key");
    assert!(public.starts_with("whpk_") && !made.text().contains("whsk_"), "{}", made.text());
    assert_eq!(made.json().get("secret"), None);
    shop.creates_order(10_000).await;
    t.settles().await;
    let message = t.receiver.arrived().into_iter().find(|a| a.url == url).expect("it arrived");
    assert!(signed_for(&public, &message));
    assert_eq!(signatures(&message), ["v1a"]);
    assert!(!message.headers.iter().any(|(name, _)| name == "x-webhook-signature"), "there is no HMAC");
    if let Some(bytes) = t.database_bytes() {
        assert!(!bytes.windows(5).any(|w| w == b"whsk_"));
    }
    t.ends().await;
}

#[tokio::test]
async fn a_rotation_to_another_kind_overlaps_as_well() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let rotate = format!("/api/v1/endpoints/{}/rotate_secret", shop.endpoint);
    let to_pair = shop.posts(&rotate, &json!({ "signature": "ed25519" })).await.is(200);
    let first = to_pair.field("public_key");
    let during = next(&shop).await;
    assert_eq!(signatures(&during), ["v1a", "v1"]);
    assert!(signed_for(&first, &during) && signed_by(&shop.endpoint_secret, &during));

    // The next one is of the same kind, unless another is named.
    t.passes(hours(25)).await;
    let second = shop.posts(&rotate, &json!({})).await.is(200).field("public_key");
    assert_ne!(first, second);
    let during = next(&shop).await;
    assert_eq!(signatures(&during), ["v1a", "v1a"]);
    assert!(signed_for(&first, &during) && signed_for(&second, &during));
    assert!(!signed_by(&shop.endpoint_secret, &during));

    t.passes(hours(25)).await;
    let back = shop.posts(&rotate, &json!({ "signature": "hmac" })).await.is(200);
    assert_eq!((back.json()["public_key"].is_null(), back.field("secret").is_empty()), (true, false));
    let during = next(&shop).await;
    assert!(signed_for(&second, &during) && signed_by(&back.field("secret"), &during));
    t.passes(hours(25)).await;
    let after = next(&shop).await;
    assert_eq!(signatures(&after), ["v1"]);
    t.ends().await;
}
