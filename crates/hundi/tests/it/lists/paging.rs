//! Pages are whole while rows come: none that was there is skipped, none is shown twice.

use super::ids;
use crate::house::{Shop, TestApp, text};
use serde_json::json;
use std::collections::BTreeSet;

/// Walks a list to its end while orders are made, some of them at the same instant as those that are read.
async fn walks(shop: &Shop<'_>, list: &str, there: &[String]) {
    let (mut seen, mut next) = (Vec::new(), String::new());
    for step in 0..there.len() + 20 {
        let page = shop.gets(&format!("/api/v1/{list}{next}")).await.is(200).json();
        seen.extend(ids(&page));
        if page["next"].is_null() {
            break;
        }
        next = format!("&starting_after={}", text(&page, "next"));
        if step % 2 == 0 {
            let body = json!({ "amount": 5_000, "currency": "INR", "metadata": { "table": "4" } });
            shop.creates_order_with(body).await.begins("script").await;
        }
    }
    let unique: BTreeSet<&String> = seen.iter().collect();
    assert_eq!(unique.len(), seen.len(), "{list}: one was shown twice");
    let missed: Vec<_> = there.iter().filter(|id| !unique.contains(id)).collect();
    assert!(missed.is_empty(), "{list}: {missed:?}");
}

#[tokio::test]
async fn rows_that_come_while_a_list_is_read_neither_hide_nor_repeat_one() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    for n in 0..9 {
        let body = json!({ "amount": 10_000, "currency": "INR", "metadata": { "table": "4" } });
        shop.creates_order_with(body).await.begins("script").await;
        // Three at each instant, so that the id has to decide as well.
        if n % 3 == 2 {
            t.passes(1_000).await;
        }
    }
    for list in [
        "orders?limit=2",
        "payments?limit=2",
        "orders?limit=2&metadata[table]=4",
        "payments?limit=3&metadata[table]=4",
    ] {
        let path = list.split('?').next().unwrap_or_default();
        let there = ids(&shop.gets(&format!("/api/v1/{path}?limit=100")).await.is(200).json());
        assert!(there.len() >= 9);
        walks(&shop, list, &there).await;
    }
    t.ends().await;
}
