//! Events of one object, one after the other, for endpoints that want it so.

use crate::house::{Shop, TestApp, text};
use hundi::sandbox::Reply;
use hundi_core::time::{days, hours, minutes};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

async fn wants(shop: &Shop<'_>, how: Value) {
    shop.patches(&format!("/api/v1/endpoints/{}", shop.endpoint), &how).await.is(200);
}

fn about(event: &Value) -> (String, i64) {
    (text(event, "object_id"), event["seq"].as_i64().expect("a number"))
}

#[tokio::test]
async fn an_event_waits_for_earlier_ones_of_its_object_and_for_no_others() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    wants(&shop, json!({ "ordered": true })).await;
    t.receiver.replies(|a| {
        let event: Value = serde_json::from_slice(&a.body).expect("an event");
        Reply::Status(if event["type"] == "order.created" { 500 } else { 200 })
    });
    let order = shop.creates_order(10_000).await;
    let order_id = order.id.clone();
    let payment = order.is_paid().await;
    let heard: Vec<_> = shop.heard().iter().map(about).collect();
    assert!(heard.iter().all(|(id, seq)| *id != order_id || *seq == 1), "{heard:?}");
    assert!(heard.iter().filter(|(id, _)| *id == payment.id).count() >= 2, "the payment's own events came");

    t.receiver.replies(|_| Reply::Status(200));
    t.passes(minutes(1)).await;
    let of_order: Vec<i64> =
        shop.heard().iter().map(about).filter(|(id, _)| *id == order_id).map(|(_, seq)| seq).collect();
    assert!(of_order.len() >= 4 && of_order.is_sorted(), "{of_order:?}");
    assert_eq!(of_order.iter().filter(|seq| **seq > 1).collect::<Vec<_>>(), [&2, &3], "{of_order:?}");
    t.ends().await;
}

#[tokio::test]
async fn when_one_is_given_up_the_next_passes() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    wants(&shop, json!({ "ordered": true, "retries": [30, 60] })).await;
    t.receiver.replies(|a| {
        let event: Value = serde_json::from_slice(&a.body).expect("an event");
        Reply::Status(if event["type"] == "order.created" { 500 } else { 200 })
    });
    let order = shop.creates_order(10_000).await;
    let id = order.id.clone();
    order.is_paid().await;
    t.passes(minutes(3)).await;
    let of_order: Vec<_> = shop.heard().into_iter().filter(|e| text(e, "object_id") == id).collect();
    let kinds: Vec<String> = of_order.iter().map(|e| text(e, "type")).collect();
    assert_eq!(kinds, ["order.created", "order.created", "order.created", "order.attempted", "order.paid"]);
    t.ends().await;
}

/// A receiver that fails every third time: what it takes of each object, it takes in order, each once.
#[tokio::test]
async fn a_flapping_receiver_takes_each_object_in_order() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    wants(&shop, json!({ "ordered": true })).await;
    let taken: Arc<Mutex<Vec<(String, i64)>>> = Arc::default();
    let (book, mut n) = (taken.clone(), 0_u32);
    t.receiver.replies(move |a| {
        n += 1;
        if n.wrapping_mul(2_654_435_761) >> 30 == 0 || n % 3 == 0 {
            return Reply::Status(503);
        }
        let event: Value = serde_json::from_slice(&a.body).expect("an event");
        book.lock().expect("nobody panicked").push(about(&event));
        Reply::Status(200)
    });
    for minor in 1..=6 {
        shop.creates_order(minor * 10_000).await.is_paid().await.refunds(5_000).await;
        t.passes(minutes(minor)).await;
    }
    t.passes(days(2) + hours(1)).await;
    let mut of: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (object, seq) in taken.lock().expect("nobody panicked").iter() {
        of.entry(object.clone()).or_default().push(*seq);
    }
    assert!(of.len() >= 18, "orders, payments and refunds: {}", of.len());
    for (object, seqs) in of {
        let whole: Vec<i64> = (1..).take(seqs.len()).collect();
        assert_eq!(seqs, whole, "{object}");
    }
    t.ends().await;
}

/// Who does not ask for it waits for nobody.
#[tokio::test]
async fn without_it_nothing_waits() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.receiver.replies(|a| {
        let event: Value = serde_json::from_slice(&a.body).expect("an event");
        Reply::Status(if event["type"] == "order.created" { 500 } else { 200 })
    });
    shop.creates_order(10_000).await.is_paid().await;
    assert_eq!(shop.heard_of("order.paid"), 1);
    t.ends().await;
}
