//! What arrives is what `docs/events.md` shows: the same fields, and the status that the event is named for.

use crate::house::{TestApp, text};
use hundi_core::event::EventType;
use hundi_core::time::{days, hours, seconds};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The examples, by type.
fn examples() -> BTreeMap<String, Value> {
    let page = include_str!("../../../../../docs/events.md");
    let blocks = page.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    let events = blocks.map(|text| serde_json::from_str::<Value>(text).expect("it is JSON"));
    events.map(|event| (text(&event, "type"), event)).collect()
}

fn fields(object: &Value) -> BTreeSet<&String> {
    object.as_object().expect("an object").keys().collect()
}

#[test]
fn every_event_is_in_it() {
    let expected: BTreeSet<String> = EventType::ALL.iter().map(|kind| kind.as_str().to_owned()).collect();
    assert_eq!(examples().into_keys().collect::<BTreeSet<_>>(), expected);
}

#[tokio::test]
async fn what_arrives_looks_like_its_example() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    shop.creates_order(50_000).await.is_paid().await.refunds(20_000).await;
    shop.posts(&format!("/api/v1/endpoints/{}/test", shop.endpoint), &json!({})).await.is(202);
    let cancelled = shop.creates_order(10_000).await.id;
    shop.posts(&format!("/api/v1/orders/{cancelled}/cancel"), &json!({})).await.is(200);
    for deed in ["authorize", "fail"] {
        let order = shop.creates_manual_order(30_000).await;
        order.begins("script").await.payer(deed);
        t.settles().await;
    }
    shop.creates_order(10_000).await.begins("script").await;
    let expires_at = t.now().plus(hours(1)).to_string();
    shop.creates_order_with(json!({ "amount": 10_000, "currency": "INR", "expires_at": expires_at })).await;
    t.passes(seconds(60)).await;
    t.passes(days(2)).await;

    let (examples, mut seen) = (examples(), BTreeSet::new());
    for event in shop.heard() {
        let kind = text(&event, "type");
        let (told, shown) = (&event["data"]["object"], &examples[&kind]["data"]["object"]);
        assert_eq!(fields(&event), fields(&examples[&kind]), "{kind}");
        assert_eq!(fields(told), fields(shown), "{kind}");
        for name in ["object", "status", "outcome"] {
            assert_eq!(told[name], shown[name], "{kind}: {name} of {event:#}");
        }
        seen.insert(kind);
    }
    assert!(seen.len() >= 14, "only {seen:?}");
    t.ends().await;
}
