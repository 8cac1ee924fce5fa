//! Two payments of one order at one time, under each of the two policies (DESIGN, rule 7).

use crate::house::{Payment, Shop, TestApp};
use hundi_core::order::LateSuccess;
use hundi_core::time::{days, minutes, seconds};
use hundi_providers::sim::{Acts, Fault, Op};
use serde_json::json;

async fn policy_is(shop: &Shop<'_>, word: &str) {
    let set = shop.puts("/api/v1/routing/policy", &json!({ "late_success": word })).await.is(200);
    assert_eq!(set.field("late_success"), word);
}

#[tokio::test]
async fn the_policy_is_read_and_written_for_each_mode_and_counts_from_the_next_order() {
    let t = TestApp::new().await;
    let shop = t.shop_with(LateSuccess::Accept).await;
    let read = shop.gets("/api/v1/routing/policy").await.is(200).json();
    assert_eq!((&read["late_success"], &read["version"]), (&json!("accept_and_void_other"), &json!(0)));
    let before = shop.creates_order(30_000).await;
    policy_is(&shop, "refund_later").await;
    let read = shop.gets("/api/v1/routing/policy").await.is(200).json();
    assert_eq!((&read["late_success"], &read["version"]), (&json!("refund_later"), &json!(1)));
    assert_eq!(shop.audited("policy.set").await, 1);

    // An order keeps what it was created under.
    let first = before.begins("script").await;
    before.begins("redirect").await;
    first.is("cancelled").await;
    let after = shop.creates_order(30_000).await;
    let first = after.begins("script").await;
    after.begins("redirect").await;
    first.is("pending").await;
    t.passes(minutes(20)).await;
    t.ends().await;
}

#[tokio::test]
async fn what_might_be_charged_twice_is_shown_in_rupees() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(90_000).await;
    let exposed = async |minor: i64| {
        let read = order.reads().await;
        assert_eq!(read["double_charge_exposure"], minor, "{read}");
        let listed = shop.gets("/api/v1/orders").await.is(200).json();
        assert_eq!(listed["data"][0]["double_charge_exposure"], minor);
        // What the console sums up of all orders.
        let all = hundi_app::routing::exposure(t.app(), shop.scope).await.expect("it is counted");
        assert_eq!(all.amounts.iter().map(|m| m.minor()).sum::<i64>(), minor);
        assert_eq!(all.orders, usize::from(minor > 0));
    };
    exposed(0).await;
    let first = order.begins("script").await;
    exposed(0).await;
    let second = order.begins("redirect").await;
    exposed(90_000).await;
    second.payer("pay");
    t.settles().await;
    order.is("paid").await;
    exposed(90_000).await;
    let paid = shop.heard().into_iter().find(|e| e["type"] == "order.paid").expect("it was told");
    assert_eq!(paid["data"]["object"]["double_charge_exposure"], 90_000, "{paid}");
    t.passes(minutes(20)).await;
    first.is("expired").await;
    exposed(0).await;
    first.payer("pay");
    t.settles().await;
    t.passes(minutes(1)).await;
    first.is("refunded").await;
    exposed(0).await;
    t.ends().await;
}

/// Refund the later one, in three beats: stopped between any two, it is given back once.
#[tokio::test]
async fn what_came_second_goes_back_once_though_the_provider_is_silent() {
    for fault in [Fault::SilentAfterActing, Fault::Status { status: 502, acts: Acts::Never }] {
        let t = TestApp::new().await;
        let shop = t.shop().await;
        let order = shop.creates_order(90_000).await;
        let (first, second) = (order.begins("script").await, order.begins("redirect").await);
        first.payer("pay");
        t.settles().await;
        order.is("paid").await;
        t.dial(Op::Refund, fault);
        t.passes(seconds(2)).await;
        second.payer("pay");
        t.passes(minutes(30)).await;
        second.is("refunded").await;
        first.is("captured").await;
        assert_eq!(second.all_refunds().await.len(), 1, "{fault:?}");
        assert_eq!(t.happened("refund_processed").len(), 1, "{fault:?}");
        assert_eq!(shop.balance("provider").await, 90_000);
        t.ends().await;
    }
}

async fn voiding<'s>(t: &TestApp, shop: &'s Shop<'_>) -> (crate::house::Order<'s>, Payment<'s>, Payment<'s>) {
    let order = shop.creates_order(90_000).await;
    let first = order.begins("script").await;
    let second = order.begins("redirect").await;
    assert_eq!(second.json["after"], json!(first.id));
    first.is("cancelled").await;
    assert_eq!(order.reads().await["double_charge_exposure"], 0);
    t.settles().await;
    assert_eq!(shop.heard_of("payment.cancelled"), 1);
    (order, first, second)
}

#[tokio::test]
async fn where_the_other_is_voided_the_new_one_takes_its_place() {
    let t = TestApp::new().await;
    let shop = t.shop_with(LateSuccess::Accept).await;
    let (order, first, second) = voiding(&t, &shop).await;
    second.payer("pay");
    t.settles().await;
    order.is("paid").await;
    // The window of the first was still open somewhere: what was charged twice goes back.
    t.passes(seconds(5)).await;
    first.payer("pay");
    t.passes(minutes(1)).await;
    first.is("refunded").await;
    second.is("captured").await;
    assert_eq!(shop.discrepancies().await.iter().filter(|d| d.kind == "overpaid").count(), 1);
    assert_eq!(shop.balance("provider").await, 90_000);
    t.ends().await;
}

/// The first succeeds after it was called off, while the second is open: it is accepted, and the other voided.
#[tokio::test]
async fn a_late_success_is_accepted_and_the_other_is_voided() {
    let t = TestApp::new().await;
    let shop = t.shop_with(LateSuccess::Accept).await;
    let (order, first, second) = voiding(&t, &shop).await;
    first.payer("pay");
    t.settles().await;
    order.is("paid").await;
    first.is("captured").await;
    second.is("cancelled").await;
    assert!(first.all_refunds().await.is_empty());
    t.passes(days(1)).await;
    assert_eq!(shop.balance("provider").await, 90_000);
    t.ends().await;
}

/// A hold is as good as money: nothing begins beside it until the merchant has taken it or let it go.
#[tokio::test]
async fn beside_a_hold_nothing_begins_where_the_other_is_voided() {
    let t = TestApp::new().await;
    let shop = t.shop_with(LateSuccess::Accept).await;
    let order = shop.creates_manual_order(90_000).await;
    let held = order.begins("script").await;
    held.payer("authorize");
    t.settles().await;
    held.is("authorized").await;
    order.tries("redirect").await.refuses(409, "payment_in_progress");
    t.passes(seconds(1)).await;
    held.captures().await.is(200);
    order.is("paid").await;
    t.ends().await;
}
