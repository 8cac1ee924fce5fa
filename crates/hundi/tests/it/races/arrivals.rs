//! The return visit against the webhook, in the same instant (SAFETY T10).

use super::all_nodes_work;
use crate::house::TestApp;
use tokio::task::JoinSet;

const ROUNDS: i64 = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_return_and_a_webhook_at_once_capture_once() {
    let t = TestApp::with_nodes(3).await;
    let shop = t.shop().await;
    for round in 1..=ROUNDS {
        let order = shop.creates_order(1_000 * round).await;
        let payment = order.begins("script").await;
        let brought = payment.payer("pay");
        let notices = t.network.due();
        let (token, id, fields) = (order.token().await, payment.id.clone(), brought.fields.clone());

        let mut tasks = JoinSet::new();
        for n in 0..2 {
            let (app, token, id, fields) =
                (t.nodes[n % t.nodes.len()].app.clone(), token.clone(), id.clone(), fields.clone());
            tasks.spawn(async move {
                let back = hundi_app::returns::come_back(&app, &token, &id, &fields, "203.0.113.9").await;
                assert_eq!(back.expect("a return is answered").payment.captured_minor, 1_000 * round);
            });
        }
        let webhooks = async {
            for notice in &notices {
                assert_eq!(t.posts_webhook(notice).await, 200);
                t.network.delivered(notice, Some(200));
            }
            all_nodes_work(&t).await;
        };
        tokio::join!(webhooks, async {
            tasks.join_all().await;
        });
        t.settles().await;
        assert_eq!(payment.is("captured").await["amount_captured"], 1_000 * round);
        order.is("paid").await;
    }
    assert_eq!(shop.heard_of("payment.captured"), 50);
    assert_eq!(shop.heard_of("order.paid"), 50);
    assert_eq!(shop.balance("provider").await, (1..=ROUNDS).map(|r| 1_000 * r).sum::<i64>());
    t.ends().await;
}
