//! The form of the reference page, as a browser without script sends it.

use super::super::schema::id_like;
use crate::testing::{Answer, House};
use hundi_app::{Actor, api_keys};
use url::form_urlencoded::Serializer;

async fn tries(house: &House, operation: &str, typed: &[(&str, &str)]) -> Answer {
    let form = Serializer::new(String::new()).extend_pairs(typed).finish();
    house.post("", &format!("/docs/api/try/{operation}"), &form).await
}

#[tokio::test]
async fn a_try_shows_the_answer_and_keeps_no_key() {
    let house = House::new().await;
    let by = Actor::new("command", "");
    let (key, secret) = api_keys::create(&house.app, house.scope, &by, "test").await.expect("a key");
    let mine = [("key", key.id.as_str()), ("secret", secret.expose())];
    let with = |more: &[(&'static str, &'static str)]| [&mine[..], more].concat();

    let body = r#"{"amount": 4200, "currency": "INR", "description": "<b>Tea</b>"}"#;
    let made = tries(&house, "create_order", &with(&[("body", body), ("idempotency_key", "one")])).await;
    made.shows(200, "Answer: 201");
    made.shows(200, "&#60;b&#62;Tea");
    let again = tries(&house, "create_order", &with(&[("body", body), ("idempotency_key", "one")])).await;
    again.shows(200, "Answer: 201");
    let listed = tries(&house, "list_orders", &with(&[("q.limit", "5"), ("q.status", "created")])).await;
    listed.shows(200, "Answer: 200");
    assert_eq!(listed.text.matches("&#34;order&#34;").count(), 1, "{}", listed.text);
    tries(&house, "list_orders", &with(&[("q.limit", "many")])).await.shows(200, "Answer: 400");
    tries(&house, "get_order", &with(&[("id", "ord_0")])).await.shows(200, "Answer: 404");
    for answer in [made, again, listed] {
        assert!(!answer.text.contains(secret.expose()) && !answer.text.contains(&key.id));
        assert!(answer.headers.get("set-cookie").is_none());
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn nothing_is_sent_with_a_live_key_or_to_another_address() {
    let house = House::new().await;
    let refused = "Nothing was sent.";
    for (key, secret) in
        [("hk_live_a", "hs_live_b"), ("hk_test_a", "hs_live_b"), ("", ""), ("asha", "secret")]
    {
        let answer = tries(&house, "list_orders", &[("key", key), ("secret", secret)]).await;
        answer.shows(200, refused);
        assert!(!answer.text.contains("Answer:"));
    }
    let test = [("key", "hk_test_a"), ("secret", "hs_test_b")];
    for id in ["", "../orders", "a/b", "a?b=c", "a b", "%2e%2e"] {
        tries(&house, "get_order", &[&test[..], &[("id", id)]].concat()).await.shows(200, refused);
    }
    tries(&house, "get_order", &[&test[..], &[("id", &id_like("ord"))]].concat())
        .await
        .shows(200, "Answer: 401");
    let strange = tries(&house, "create_order", &[&test[..], &[("idempotency_key", "a\nb")]].concat()).await;
    strange.shows(200, refused);
    assert_eq!(tries(&house, "drop_tables", &test).await.status, 404);
    // A form of somebody else's page.
    let form = "key=hk_test_a&secret=hs_test_b";
    assert_eq!(house.post_from("cross-site", "", "/docs/api/try/list_orders", form).await.status, 403);
}

#[tokio::test]
async fn the_reference_shows_every_operation() {
    let house = House::new().await;
    let page = house.get("", "/docs/api").await;
    for operation in super::resources().iter().flat_map(|resource| &resource.operations) {
        page.shows(200, &format!("id=\"{}\"", operation.name));
        page.shows(200, &format!("action=\"/docs/api/try/{}\"", operation.name));
        for (_, codes) in operation.refusals() {
            codes.iter().for_each(|code| page.shows(200, &format!("/docs/errors#{code}\"")));
        }
    }
    let description = house.get("", "/openapi.json").await;
    assert_eq!((description.status.as_u16(), description.header("content-type")), (200, "application/json"));
    assert_eq!(description.text, super::super::text());
}
