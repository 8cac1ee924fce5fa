//! The same end whatever the order and the number of arrivals (DESIGN, rule 3; SAFETY F14).

use crate::house::{Payment, Shop, TestApp};
use hundi::sandbox::Notice;
use hundi_core::time::{minutes, seconds};
use hundi_providers::sim::{Fault, Op};
use serde_json::{Value, json};

/// Five messages of one payment: a failed try, the hold, the capture, the order paid, and a refund of a part.
async fn five_messages(t: &TestApp, payment: &Payment<'_>) -> Vec<Notice> {
    payment.payer("fail");
    payment.payer("pay");
    let captured = t.happened("captured").pop().expect("it was paid").id;
    let failed_and_paid = t.network.due();
    t.refunds_in_dashboard(&captured, 30_000);
    t.clock.advance(seconds(10));
    let refunded = t.network.due();
    let all: Vec<Notice> = failed_and_paid.into_iter().chain(refunded).collect();
    let named = |name: &str| {
        let is = |n: &&Notice| serde_json::from_slice::<Value>(&n.body).unwrap()["event"] == name;
        all.iter().find(is).cloned().unwrap_or_else(|| panic!("no {name}"))
    };
    for notice in &all {
        t.network.delivered(notice, Some(200));
    }
    ["payment.failed", "payment.authorized", "payment.captured", "order.paid", "refund.processed"]
        .map(named)
        .into()
}

/// What must be the same: everything that was decided, nothing that only tells when.
async fn end(shop: &Shop<'_>, payment: &Payment<'_>) -> Value {
    let read = payment.reads().await;
    let order = shop.gets(&format!("/api/v1/orders/{}", payment.order)).await.json();
    json!({
        "status": read["status"], "captured": read["amount_captured"], "refunded": read["amount_refunded"],
        "outcome": read["outcome"], "tries": read["tries"].as_array().map(Vec::len), "order": order["status"],
        "refunds": payment.all_refunds().await.len(), "provider": shop.balance("provider").await,
        "sales": shop.balance("sales").await, "captures heard": shop.heard_of("payment.captured"),
        "refunds heard": shop.heard_of("refund.processed"), "paid heard": shop.heard_of("order.paid"),
        "discrepancies": shop.discrepancies().await.len(),
    })
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

#[tokio::test]
async fn any_order_of_five_messages_each_doubled_ends_the_same() {
    let orders = permutations(5);
    assert_eq!(orders.len(), 120);
    let expected = json!({
        "status": "partially_refunded", "captured": 90_000, "refunded": 30_000, "outcome": "known", "tries": 2,
        "order": "paid", "refunds": 1, "provider": 60_000, "sales": -90_000, "captures heard": 1,
        "refunds heard": 1, "paid heard": 1, "discrepancies": 0,
    });
    let t = TestApp::new().await;
    // Every third of the 120; the core's own property tests take them all.
    for (n, arrivals) in orders.iter().step_by(3).enumerate() {
        let shop = t.shop().await;
        let payment = shop.creates_order(90_000).await.begins("script").await;
        let messages = five_messages(&t, &payment).await;
        // Every other time each message comes twice in a row, else the whole row comes twice.
        let twice: Vec<usize> = match n % 2 {
            0 => arrivals.iter().flat_map(|at| [*at, *at]).collect(),
            _ => arrivals.iter().chain(arrivals).copied().collect(),
        };
        for at in twice {
            assert_eq!(t.posts_webhook(&messages[at]).await, 200);
            hundi_app::jobs::run_due(t.app()).await.unwrap();
        }
        t.settles().await;
        assert_eq!(end(&shop, &payment).await, expected, "{arrivals:?}");
    }
    t.ends().await;
}

#[tokio::test]
async fn the_same_message_three_times_moves_once() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.dial_always(Op::Webhook, Fault::WebhookDuplicate { n: 2 });
    let payment = shop.creates_order(90_000).await.is_paid().await;
    let notices = shop.notices().await;
    assert_eq!(notices.len(), 9);
    assert_eq!(shop.balance("provider").await, 90_000);
    assert_eq!((shop.heard_of("payment.captured"), shop.heard_of("order.paid")), (1, 1));
    assert_eq!(payment.provider_tries().await.len(), 1);
    t.ends().await;
}

#[tokio::test]
async fn reordered_on_the_way_they_end_the_same() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.dial_always(Op::Webhook, Fault::WebhookReorder);
    let payment = shop.creates_order(90_000).await.is_paid_by_its_payer().await;
    t.passes(minutes(1)).await;
    payment.is("captured").await;
    t.ends().await;
}

/// SAFETY T07: refunded, then the old capture is told again, with another event id too.
#[tokio::test]
async fn an_old_capture_told_after_the_refund_changes_nothing() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(90_000).await;
    let payment = order.begins("script").await;
    payment.payer("pay");
    let old = t.network.due();
    for notice in &old {
        t.posts_webhook(notice).await;
        t.network.delivered(notice, Some(200));
    }
    t.settles().await;
    payment.refunds(90_000).await;
    t.passes(minutes(1)).await;
    payment.is("refunded").await;
    for mut notice in old {
        for (name, value) in &mut notice.headers {
            if name == "x-razorpay-event-id" {
                value.push('x');
            }
        }
        assert_eq!(t.posts_webhook(&notice).await, 200);
    }
    t.settles().await;
    payment.is("refunded").await;
    assert_eq!((shop.balance("provider").await, shop.heard_of("payment.captured")), (0, 1));
    t.ends().await;
}
