//! Several workers over one table of jobs.

use super::all_nodes_work;
use crate::house::{TestApp, text};
use hundi_core::time::minutes;
use std::collections::BTreeSet;
use tokio::task::JoinSet;

/// Every node, twice over, works at once: each event goes out once, each capture is posted once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_event_goes_out_once_however_many_work() {
    let t = TestApp::with_nodes(3).await;
    let shop = t.shop().await;
    let mut ids = Vec::new();
    for n in 1..=12 {
        ids.push(shop.creates_order(1_000 * n).await.is_paid_by_its_payer().await.id);
    }
    let notices = t.network.due();
    for notice in &notices {
        assert_eq!(t.posts_webhook(notice).await, 200);
        t.network.delivered(notice, Some(200));
    }
    let mut tasks = JoinSet::new();
    for n in 0..6 {
        let app = t.nodes[n % t.nodes.len()].app.clone();
        tasks.spawn(async move { hundi_app::jobs::run_due(&app).await.map(drop) });
    }
    for ended in tasks.join_all().await {
        ended.expect("jobs run");
    }
    all_nodes_work(&t).await;
    t.passes(minutes(1)).await;
    let heard = shop.heard();
    let distinct: BTreeSet<String> = heard.iter().map(|e| text(e, "id")).collect();
    assert_eq!((heard.len(), shop.heard_of("payment.captured")), (distinct.len(), 12));
    t.ends().await;
}
