//! Money that does not fit: recorded, questioned, and never taken for the order's.

use crate::house::{TestApp, payment_entity};
use hundi_core::time::minutes;
use hundi_providers::sim::{Fault, Op};
use serde_json::json;

/// SAFETY T05: the simulator really captures one rupee of two thousand.
#[tokio::test]
async fn another_amount_stands_in_suspense_and_the_order_is_unpaid() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(200_000).await;
    let payment = order.begins("script").await;
    t.dial(Op::Pay, Fault::WrongAmount { minor: 100 });
    payment.payer("pay");
    t.settles().await;

    let read = payment.is("pending").await;
    assert_eq!((&read["amount"], &read["amount_captured"]), (&json!(200_000), &json!(100)));
    assert_eq!(order.is("attempted").await["amount_paid"], 0);
    assert_eq!((shop.balance("suspense").await, shop.balance("sales").await), (-100, 0));
    let open = shop.discrepancies().await;
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!((open[0].kind.as_str(), open[0].amount.map(|m| m.minor())), ("amount_mismatch", Some(100)));
    assert_eq!((shop.heard_of("payment.captured"), shop.heard_of("payment.suspended")), (0, 1));
    assert_eq!(shop.heard_of("discrepancy.opened"), 1);

    // A person gives it back.
    payment.refunds(100).await;
    t.passes(minutes(1)).await;
    assert_eq!(shop.balance("suspense").await, 0);
    t.ends().await;
}

#[tokio::test]
async fn more_than_was_asked_is_no_payment_either() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(50_000).await;
    let payment = order.begins("script").await;
    t.dial(Op::Pay, Fault::WrongAmount { minor: 50_001 });
    payment.payer("pay");
    t.settles().await;
    order.is("attempted").await;
    assert_eq!(shop.balance("suspense").await, -50_001);
    assert_eq!(shop.discrepancies().await.len(), 1);
    t.ends().await;
}

#[tokio::test]
async fn somebody_elses_payment_on_the_account_is_put_aside() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(70_000).await;
    let payment = order.begins("script").await;
    t.at_simulator("/sim/control/foreign_payment", &json!({ "key_id": shop.provider_key, "amount": 70_000 }));
    t.passes(minutes(5)).await;
    payment.is("pending").await;
    order.is("attempted").await;
    assert_eq!((shop.balance("provider").await, shop.balance("suspense").await), (0, 0));
    let connection = shop.connection;
    let parked =
        t.store().read(async move |tx| hundi_store::notices::count_parked(tx, connection).await).await;
    assert_eq!(parked.unwrap(), 1);
    t.ends().await;
}

/// A signed message that names two of our payments at once moves neither.
#[tokio::test]
async fn a_message_that_contradicts_itself_moves_nothing() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let (a, b) = (shop.creates_order(40_000).await, shop.creates_order(40_000).await);
    let (of_a, of_b) = (a.begins("script").await, b.begins("script").await);
    let entity =
        payment_entity("pay_Contradicting1", &of_a.provider_order, 40_000, "captured", t.now().secs());
    let order = json!({
        "id": of_a.provider_order, "entity": "order", "amount": 40_000, "amount_paid": 40_000, "amount_due": 0,
        "currency": "INR", "receipt": of_b.our_ref, "status": "paid", "attempts": 1, "notes": [],
        "created_at": t.now().secs(),
    });
    let letter =
        shop.letter("order.paid", &json!({ "payment": { "entity": entity }, "order": { "entity": order } }));
    assert_eq!(shop.posts_letter(&letter).await, 200);
    t.settles().await;
    of_a.is("pending").await;
    of_b.is("pending").await;
    let notices = shop.notices().await;
    assert_eq!(notices.last().map(|n| n.effect), Some(hundi_store::notices::Effect::None));
    assert!(notices.last().is_some_and(|n| n.detail.is_some()));
    t.ends().await;
}

/// A provider's payment pays one thing, once: named for a second order, it is questioned.
#[tokio::test]
async fn a_payment_that_was_used_is_not_used_again() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let (a, b) = (shop.creates_order(40_000).await, shop.creates_order(40_000).await);
    let used = a.is_paid().await.provider_tries().await[0].0.clone();
    let of_b = b.begins("script").await;
    assert_eq!(shop.posts_letter(&shop.captured_letter(&used, &of_b.provider_order, 40_000)).await, 200);
    t.settles().await;
    of_b.is("pending").await;
    b.is("attempted").await;
    let open = shop.discrepancies().await;
    assert_eq!(open.iter().map(|d| d.kind.as_str()).collect::<Vec<_>>(), ["used_twice"]);
    assert_eq!(shop.balance("provider").await, 40_000);
    t.ends().await;
}
