//! Many at once: on one node, and on PostgreSQL on three over the same database.

mod arrivals;
mod keys;
mod payers;
mod refunds;
mod workers;

use crate::house::{Answer, TestApp};
use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use tokio::task::JoinSet;
use tower::ServiceExt;

/// Sends all at once, each from a task of its own, to one node after the other. Answers in the order of requests.
pub async fn all_at_once(t: &TestApp, requests: Vec<Request<Body>>) -> Vec<Answer> {
    let mut tasks = JoinSet::new();
    for (n, request) in requests.into_iter().enumerate() {
        let router = t.nodes[n % t.nodes.len()].router.clone();
        tasks.spawn(async move {
            let (parts, body) = router.oneshot(request).await.expect("handlers never fail").into_parts();
            let body = body.collect().await.expect("a whole body").to_bytes().to_vec();
            (n, Answer { status: parts.status.as_u16(), headers: parts.headers, body })
        });
    }
    let mut all = tasks.join_all().await;
    all.sort_by_key(|(n, _)| *n);
    all.into_iter().map(|(_, answer)| answer).collect()
}

/// Every node works off what is due, all at once.
pub async fn all_nodes_work(t: &TestApp) {
    let mut tasks = JoinSet::new();
    for node in &t.nodes {
        let app = node.app.clone();
        tasks.spawn(async move { hundi_app::jobs::run_due(&app).await.map(drop) });
    }
    for ended in tasks.join_all().await {
        ended.expect("jobs run");
    }
}

/// How many answers had each status.
#[track_caller]
pub fn only(answers: &[Answer], allowed: &[u16]) {
    let strange = answers.iter().find(|a| !allowed.contains(&a.status));
    assert!(
        strange.is_none(),
        "{:?}: {}",
        strange.map(|a| a.status),
        strange.map_or(String::new(), Answer::text)
    );
}
