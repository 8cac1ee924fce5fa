//! Parallel refunds (SAFETY T20): Hyperswitch and Medusa let both through.

use super::{all_at_once, only};
use crate::house::TestApp;
use hundi_core::time::minutes;
use serde_json::json;

async fn at_once(how_many: usize, minor: i64, fit: usize) {
    let t = TestApp::with_nodes(3).await;
    let shop = t.shop().await;
    let payment = shop.creates_order(100_000).await.is_paid().await;
    let path = format!("{}/refunds", payment.path());
    let requests = (0..how_many).map(|_| shop.post(&path, &json!({ "amount": minor }), None)).collect();
    let answers = all_at_once(&t, requests).await;
    only(&answers, &[201, 422]);
    let accepted = answers.iter().filter(|a| a.status == 201).count();
    assert_eq!(accepted, fit, "of {how_many} refunds of {minor}");
    t.passes(minutes(5)).await;

    let there = t.happened("refund_processed");
    assert_eq!(there.len(), fit);
    let sum: i64 = there.iter().map(|l| l.amount_minor).sum();
    assert!(sum <= 100_000);
    assert_eq!(payment.reads().await["amount_refunded"], sum);
    assert_eq!(t.calls("POST", "/refund"), fit, "the provider hears of no more than fits");
    t.ends().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_at_once_of_sixty_percent() {
    at_once(2, 60_000, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_at_once_of_sixty_percent() {
    at_once(8, 60_000, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thirty_two_at_once_of_sixty_percent() {
    at_once(32, 60_000, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thirty_two_at_once_of_thirty_percent() {
    at_once(32, 30_000, 3).await;
}
