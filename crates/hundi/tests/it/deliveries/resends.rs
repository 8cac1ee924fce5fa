//! An event sent again: to every endpoint that it was promised to, and written down for those who read events.

use crate::house::{TestApp, text};
use serde_json::{Value, json};

#[tokio::test]
async fn an_event_is_sent_again_under_its_own_id_and_written_down() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let second = json!({ "url": format!("{}/second", shop.endpoint_url), "events": ["order.paid"] });
    shop.posts("/api/v1/endpoints", &second).await.is(201);
    shop.creates_order(10_000).await.is_paid().await;
    let paid = shop.heard().into_iter().find(|e| text(e, "type") == "order.paid").expect("it was told");
    let event = text(&paid, "id");
    let path = format!("/api/v1/events/{event}/resend");
    let before = shop.arrived().len();

    let asked = shop.posts_once(&path, &json!({}), "again-1").await.is(202);
    let again = shop.posts_once(&path, &json!({}), "again-1").await.is(202);
    assert_eq!((asked.body.as_slice(), again.header("idempotent-replayed").as_str()), (&*again.body, "true"));
    assert_eq!(asked.json()["deliveries"], 2);
    t.settles().await;
    let arrived = shop.arrived();
    let again: Vec<&(String, String)> =
        arrived[before..].iter().flat_map(|a| &a.headers).filter(|(name, _)| name == "webhook-id").collect();
    assert_eq!(again, [&("webhook-id".to_owned(), event.clone())], "once, under its own id");

    // A delivery that is sent again is one as well.
    let deliveries = shop.gets(&format!("/api/v1/events/{event}/deliveries")).await.is(200).json();
    let delivery = text(&deliveries["data"][0], "id");
    t.clock.advance(1);
    shop.posts(&format!("/api/v1/deliveries/{delivery}/retry"), &json!({})).await.is(202);
    let listed = shop.gets("/api/v1/resends").await.is(200).json();
    let counts: Vec<&Value> =
        listed["data"].as_array().expect("a list").iter().map(|r| &r["deliveries"]).collect();
    assert_eq!(counts, [&json!(1), &json!(2)]);
    assert_eq!(text(&listed["data"][0], "event_id"), event);

    // Another merchant neither sends it nor sees that it was sent.
    other.posts(&path, &json!({})).await.refuses(404, "not_found");
    assert_eq!(other.gets("/api/v1/resends").await.is(200).json()["data"], json!([]));
    t.ends().await;
}
