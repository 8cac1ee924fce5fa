//! Five messages of one payment in all 120 orders, each of them twice: the same end, at every provider.

use super::Stand;
use crate::house::TestApp;
use hundi::sandbox::Notice;
use hundi_core::time::minutes;
use hundi_providers::Provider;
use serde_json::{Value, json};

/// Everything that was decided, nothing that only tells when.
async fn end(s: &Stand<'_>, payment: &crate::house::Payment<'_>) -> Value {
    let read = payment.reads().await;
    json!({
        "status": read["status"], "captured": read["amount_captured"], "refunded": read["amount_refunded"],
        "outcome": read["outcome"], "order": s.order_of(payment).await,
        "refunds": payment.all_refunds().await.len(), "provider": s.shop.balance("provider").await,
        "sales": s.shop.balance("sales").await, "captures heard": s.shop.heard_of("payment.captured"),
        "refunds heard": s.shop.heard_of("refund.processed"), "paid heard": s.shop.heard_of("order.paid"),
        "discrepancies": s.shop.discrepancies().await.len(),
    })
}

/// What can happen to one payment, as five deeds: three messages, a poll, and the payer's return.
async fn arrivals(s: &Stand<'_>, order: &[usize]) -> Value {
    let payment = s.begun().await;
    payment.payer("fail");
    let deed = json!({ "order": payment.provider_order, "outcome": "pay" });
    let back: Vec<(String, String)> = match s.t.asks(s.card().id, "/sim/api/pay", &deed) {
        Ok(said) => serde_json::from_value(said["callback"].clone()).unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    s.t.clock.advance(minutes(1));
    let notices: Vec<Notice> = s.t.network.due();
    for notice in &notices {
        s.t.network.delivered(notice, Some(200));
    }
    let nth = |n: usize| notices.get(n).or(notices.last()).cloned();
    for deed in order {
        for _ in 0..2 {
            match deed {
                0..=2 => {
                    if let Some(notice) = nth(*deed) {
                        assert_eq!(s.t.posts_webhook(&notice).await, 200);
                    }
                    hundi_app::jobs::run_due(s.t.app()).await.expect("jobs run");
                }
                3 => {
                    s.shop.posts(&format!("{}/check", payment.path()), &json!({})).await.is(200);
                }
                _ => {
                    payment.comes_back(&back).await;
                }
            }
        }
    }
    s.t.settles().await;
    end(s, &payment).await
}

fn permutations(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![vec![]];
    }
    let shorter = permutations(n - 1);
    let inserted = |p: &Vec<usize>| {
        (0..=p.len())
            .map(|at| {
                let mut longer = p.clone();
                longer.insert(at, n - 1);
                longer
            })
            .collect::<Vec<_>>()
    };
    shorter.iter().flat_map(inserted).collect()
}

/// All of them on SQLite; one in so many on the other engines, where making a database takes longer than the story.
fn every() -> usize {
    match std::env::var("HUNDI_TEST_ENGINE").as_deref() {
        Ok("sqlite") | Err(_) => 1,
        Ok(_) => 12,
    }
}

#[test]
fn all_orders_of_five_arrivals_end_alike_at_every_provider() {
    super::beside_each_other(all_orders_end_alike);
}

async fn all_orders_end_alike(provider: &'static dyn Provider) {
    let mut first = None;
    for order in permutations(5).iter().step_by(every()) {
        // A house of its own for each would take minutes; a shop of its own keeps them apart as well.
        let t = TestApp::new().await;
        let stand = Stand::at(&t, provider).await;
        let ended = arrivals(&stand, order).await;
        let expected = first.get_or_insert_with(|| ended.clone());
        assert_eq!(*expected, ended, "{} in the order {order:?}", provider.card().id);
        drop(stand);
        t.ends().await;
    }
    let end = first.expect("there are orders");
    assert!(["captured", "pending", "failed"].contains(&end["status"].as_str().unwrap_or_default()), "{end}");
}
