//! Stories of secrets: nowhere in the clear, bound to their place, and useless without the master key.

use crate::house::{TestApp, draft, operator};
use data_encoding::BASE64;
use hundi_app::{StartError, connections};
use hundi_core::Secret;
use hundi_core::time::minutes;
use hundi_providers::sim::{Fault, Op};
use hundi_store::connections as rows;
use serde_json::json;

/// SAFETY T71, for this room's secrets: the bytes of the database, its log included.
#[tokio::test]
async fn no_secret_stands_in_the_database_in_the_clear() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(80_000).await.is_paid().await;
    t.dial(Op::Refund, Fault::HtmlErrorPage);
    payment.refunds(30_000).await;
    let forged = shop.captured_letter("pay_Forged00000001", "order_Forged0000001", 1_000).signed(Some("00"));
    assert_eq!(shop.posts_letter(&forged).await, 401);
    let rotate = format!("/api/v1/endpoints/{}/rotate_secret", shop.endpoint);
    let rotated = shop.posts_once(&rotate, &json!({}), "rotate").await.is(200).field("secret");
    let webhook = "another-webhook-secret-of-this-shop";
    let new = Secret::new(webhook);
    connections::rotate_webhook_secret(t.app(), shop.scope, &operator(), shop.connection, &new)
        .await
        .unwrap();
    let tested = connections::test_saved(t.app(), shop.scope, shop.connection).await.unwrap();
    assert!(tested.works());
    t.passes(minutes(30)).await;

    let basic = BASE64.encode(format!("{}:{}", shop.provider_key, shop.provider_secret).as_bytes());
    let secrets = [
        &shop.provider_secret,
        &basic,
        &shop.webhook_secret,
        webhook,
        &shop.endpoint_secret,
        &rotated,
        &shop.endpoint_secret["whsec_".len()..],
        &shop.key_secret,
    ];
    let Some(bytes) = t.database_bytes() else { return t.ends().await };
    let text = |needle: &str| bytes.windows(needle.len()).any(|w| w == needle.as_bytes());
    assert!(text(&payment.id) && text(&shop.key_id), "this is the database");
    for (n, secret) in secrets.iter().enumerate() {
        assert!(!text(secret), "secret {n} stands in the clear");
    }
    t.ends().await;
}

#[tokio::test]
async fn exchanges_and_messages_are_kept_with_their_secrets_hidden() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(80_000).await.is_paid().await;
    let id = payment.id.parse().unwrap();
    let story = hundi_app::payments::story(t.app(), shop.scope, id).await.unwrap();
    assert!(!story.exchanges.is_empty() && !story.notices.is_empty());
    for x in &story.exchanges {
        assert!(x.request_headers.contains("authorization: "), "{}", x.request_headers);
        assert!(!x.request_headers.contains("Basic "), "{}", x.request_headers);
    }
    let letter = shop.captured_letter("pay_Hidden00000001", "order_Hidden0000001", 1_000);
    let mut with_password = letter.clone();
    with_password.headers.push(("authorization".into(), "Basic c2VjcmV0".into()));
    with_password.headers.push(("cookie".into(), "session=secret-session".into()));
    assert_eq!(shop.posts_letter(&with_password).await, 200);
    // The proof stays, for reading it again.
    let kept = shop
        .notices()
        .await
        .into_iter()
        .find(|n| n.headers.contains(letter.signature()))
        .expect("it is kept");
    assert!(
        !kept.headers.contains("c2VjcmV0") && !kept.headers.contains("secret-session"),
        "{}",
        kept.headers
    );
    t.ends().await;
}

#[tokio::test]
async fn with_another_master_key_nothing_starts_and_nothing_is_written() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    shop.creates_order(10_000).await.is_paid().await;
    let started = t.starts_with_master(6).await;
    assert!(matches!(started, Err(StartError::Master(_))), "{:?}", started.err());
    assert!(t.starts_with_master(5).await.is_ok());
    t.ends().await;
}

/// A ciphertext that was moved to another row opens nowhere, and no call goes out: neither between merchants, nor
/// between two accounts of one merchant, where the same data key sealed both.
#[tokio::test]
async fn a_ciphertext_that_was_moved_opens_nothing() {
    let t = TestApp::new().await;
    let (shop, thief) = (t.shop().await, t.shop().await);
    let own = draft(&t.another_account());
    let second = connections::save(t.app(), thief.scope, &operator(), own).await.unwrap().id;
    for from in [shop.connection, second] {
        let order = thief.creates_order(10_000).await;
        let to = thief.connection;
        let moved = t.store().write(async move |tx| {
            let theirs = rows::load_by_id(tx, from).await?.expect("it is there");
            let mut mine = rows::load_by_id(tx, to).await?.expect("it is there");
            mine.credentials = theirs.credentials;
            rows::save(tx, &mine).await
        });
        moved.await.unwrap();
        let calls = t.network.calls().len();
        let named = json!({ "order_id": order.id, "flow": "script", "connection_id": to.to_string() });
        thief.posts("/api/v1/payments", &named).await.refuses(500, "internal_error");
        let letter = thief.captured_letter("pay_Moved000000001", "order_Moved00000001", 1_000);
        assert_eq!(thief.posts_letter(&letter).await, 500);
        assert_eq!(t.network.calls().len(), calls, "nobody was called");
        order.is("created").await;
    }
    shop.creates_order(10_000).await.is_paid().await;
    t.ends().await;
}
