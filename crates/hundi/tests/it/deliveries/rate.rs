//! An endpoint's rate is kept, however much waits for it and whoever delivers (PRODUCT WO2).

use crate::house::{Shop, TestApp};
use hundi_app::jobs;
use hundi_core::time::seconds;
use serde_json::json;

const RATE: usize = 4;
/// What fell due between two looks of a worker goes at once: half a second's worth.
const AT_ONCE: usize = RATE / 2;

async fn limited(shop: &Shop<'_>) {
    let path = format!("/api/v1/endpoints/{}", shop.endpoint);
    let changed = shop.patches(&path, &json!({ "rate_per_sec": RATE })).await.is(200).json();
    assert_eq!(changed["rate_per_sec"], json!(RATE));
}

/// When each delivery arrived, in milliseconds.
fn arrivals(shop: &Shop<'_>) -> Vec<i64> {
    shop.arrived().iter().map(|a| a.at.0).collect()
}

#[track_caller]
fn keeps_the_rate(at: &[i64]) {
    for from in at {
        let within = at.iter().filter(|to| (*from..from + 1_000).contains(*to)).count();
        assert!(within <= RATE + AT_ONCE, "{within} in one second: {at:?}");
        assert!(at.iter().filter(|to| *to == from).count() <= AT_ONCE, "{at:?}");
    }
}

#[tokio::test]
async fn no_second_holds_more_than_the_rate_on_all_nodes_together() {
    let t = TestApp::with_nodes(3).await;
    let shop = t.shop().await;
    limited(&shop).await;
    const ORDERS: usize = 30;
    for _ in 0..ORDERS {
        shop.creates_order(10_000).await;
    }
    let began = t.now();
    for _ in 0..200 {
        for node in &t.nodes {
            jobs::run_due(&node.app).await.expect("jobs run");
        }
        t.clock.advance(50);
    }
    let at = arrivals(&shop);
    assert_eq!(at.len(), ORDERS, "everything arrives in its time");
    keeps_the_rate(&at);
    let took = at.last().expect("just counted") - began.0;
    assert!((6_500..9_000).contains(&took), "{took} ms for {ORDERS} at {RATE} per second");
    t.ends().await;
}

/// A worker that slept does not make up for it at once.
#[tokio::test]
async fn whatever_waited_long_still_comes_at_the_rate() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    limited(&shop).await;
    for _ in 0..20 {
        shop.creates_order(10_000).await;
    }
    t.settles().await;
    t.clock.advance(seconds(60));
    t.passes(seconds(10)).await;
    let at = arrivals(&shop);
    assert_eq!(at.len(), 20);
    keeps_the_rate(&at);

    // Without a rate they come as quickly as they are taken.
    let path = format!("/api/v1/endpoints/{}", shop.endpoint);
    let freed = shop.patches(&path, &json!({ "rate_per_sec": null })).await.is(200).json();
    assert_eq!(freed["rate_per_sec"], json!(null));
    for _ in 0..20 {
        shop.creates_order(10_000).await;
    }
    t.settles().await;
    assert_eq!(arrivals(&shop).len(), 40);
    t.ends().await;
}

#[tokio::test]
async fn one_endpoints_rate_holds_up_no_other() {
    let t = TestApp::new().await;
    let (slow, quick) = (t.shop().await, t.shop().await);
    limited(&slow).await;
    for _ in 0..10 {
        slow.creates_order(10_000).await;
        quick.creates_order(10_000).await;
    }
    t.settles().await;
    assert_eq!((slow.arrived().len(), quick.arrived().len()), (AT_ONCE, 10));
    t.passes(seconds(10)).await;
    assert_eq!(slow.arrived().len(), 10);
    t.ends().await;
}
