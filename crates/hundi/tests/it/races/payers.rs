//! One order and many windows: what two clicks open, and what an order's end does to a payment that begins.

use super::{all_at_once, only};
use crate::house::{Payment, TestApp};
use hundi_core::order::LateSuccess;
use hundi_core::time::minutes;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_clicks_at_once_open_one_payment() {
    for policy in [LateSuccess::Refund, LateSuccess::Accept] {
        let t = TestApp::with_nodes(3).await;
        let shop = t.shop_with(policy).await;
        let order = shop.creates_order(10_000).await;
        let body = json!({ "order_id": order.id, "flow": "script" });
        let answers =
            all_at_once(&t, (0..8).map(|_| shop.post("/api/v1/payments", &body, None)).collect()).await;
        only(&answers, &[201]);
        assert_eq!(order.payments().await.len(), 1, "{policy:?}");
        assert_eq!(t.happened("order").len(), 1);
        let payment = order.payments().await.remove(0);
        payment.payer("pay");
        t.settles().await;
        order.is("paid").await;
        t.ends().await;
    }
}

/// Called off in the instant in which somebody begins to pay: either way nothing is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cancellation_against_a_payment_that_begins() {
    let t = TestApp::with_nodes(3).await;
    let shop = t.shop().await;
    for round in 0..20 {
        let order = shop.creates_order(10_000).await;
        let begin = shop.post("/api/v1/payments", &json!({ "order_id": order.id, "flow": "script" }), None);
        let cancel = shop.post(&format!("{}/cancel", order.path()), &json!({}), None);
        let both = if round % 2 == 0 { vec![begin, cancel] } else { vec![cancel, begin] };
        let answers = all_at_once(&t, both).await;
        only(&answers, &[200, 201, 409]);
        for payment in order.payments().await {
            if !payment.provider_order.is_empty() {
                payment.payer("pay");
            }
        }
        t.passes(minutes(1)).await;
        let status = order.reads().await["status"].clone();
        for payment in order.payments().await {
            let read: Payment<'_> = payment;
            let expected = if status == "paid" { "captured" } else { "refunded" };
            if !read.provider_order.is_empty() {
                read.is(expected).await;
            }
        }
    }
    t.ends().await;
}
