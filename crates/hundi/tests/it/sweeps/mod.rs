//! Sweeps beyond the contract: the schedule, links, interruptions, and what a list may not conclude.

use crate::house::{Order, Payment, Shop, TestApp};
use hundi_core::time::{days, hours, minutes};
use hundi_providers::sim::{Acts, Fault, Op};
use serde_json::{Value, json};

impl Shop<'_> {
    fn sweep_path(&self) -> String {
        format!("/api/v1/connections/{}/sweep", self.connection)
    }

    /// Begun, and carried out as far as it goes without time passing.
    async fn sweeps(&self) -> Value {
        let begun = self.posts(&self.sweep_path(), &json!({})).await.is(202).field("id");
        self.t.settles().await;
        self.gets(&format!("/api/v1/sweeps/{begun}")).await.is(200).json()
    }
}

/// The payer paid and nobody was told: the webhook is lost and no poll is due yet.
async fn unheard<'s>(t: &TestApp, order: &Order<'s>, flow: &str) -> Payment<'s> {
    let payment = order.begins(flow).await;
    t.dial_always(Op::Webhook, Fault::WebhookDrop);
    match flow {
        "upi_intent" => payment.payer_by_upi("pay"),
        _ => payment.payer("pay"),
    };
    payment.is("pending").await;
    payment
}

#[tokio::test]
async fn every_way_to_pay_is_found_under_the_name_it_has_there() {
    for flow in ["script", "redirect", "upi_intent"] {
        let t = TestApp::new().await;
        let shop = t.shop().await;
        let order = shop.creates_order(70_000).await;
        let payment = unheard(&t, &order, flow).await;
        let swept = shop.sweeps().await;
        assert_eq!((&swept["applied"], &swept["parked"]), (&json!(1), &json!(0)), "{flow}: {swept}");
        payment.is("captured").await;
        order.is("paid").await;
        t.ends().await;
    }
}

#[tokio::test]
async fn every_night_each_connection_is_swept_once() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let order = shop.creates_order(70_000).await;
    t.dial_always(Op::Fetch, Fault::Status { status: 500, acts: Acts::Never });
    let payment = unheard(&t, &order, "script").await;
    for _ in 0..3 * 24 {
        t.passes(hours(1)).await;
    }
    payment.is("captured").await;
    for shop in [&shop, &other] {
        let first = t.calls("GET", "/v1/payments?from=");
        assert!(first >= 4, "two nights, two connections: {first}");
        let path = format!("/connections/{}", shop.connection);
        let last = hundi_app::sweeps::last(t.app(), shop.scope, shop.connection).await.unwrap();
        let last = last.unwrap_or_else(|| panic!("{path} was never swept"));
        assert_eq!((last.cause.as_str(), last.state.as_str()), ("schedule", "done"));
    }
    assert_eq!(t.calls("GET", "/v1/payments?from="), 2 * 3, "three nights, once each");
    t.clear_dials();
    t.ends().await;
}

#[tokio::test]
async fn two_who_ask_share_one_sweep() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.dial(Op::List, Fault::Status { status: 503, acts: Acts::Never });
    let first = shop.posts(&shop.sweep_path(), &json!({})).await.is(202).field("id");
    t.settles().await;
    let second = shop.posts(&shop.sweep_path(), &json!({ "days": 3 })).await.is(202).field("id");
    assert_eq!(first, second);
    t.passes(minutes(5)).await;
    let third = shop.posts(&shop.sweep_path(), &json!({})).await.is(202).field("id");
    assert_ne!(first, third);
    assert_eq!(shop.audited("connection.sweep").await, 3);
    t.ends().await;
}

/// Stopped after its first page, it goes on with the second; what was read again changes nothing twice.
#[tokio::test]
async fn a_sweep_goes_on_where_it_stopped() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(70_000).await;
    let payment = unheard(&t, &order, "script").await;
    for _ in 0..150 {
        let body = json!({ "key_id": shop.provider_key, "amount": 70_000 });
        t.at_simulator("/sim/control/foreign_payment", &body);
    }
    let begun = shop.posts(&shop.sweep_path(), &json!({})).await.is(202).field("id");
    t.dial_times(Op::List, Fault::Status { status: 503, acts: Acts::Never }, 1);
    t.settles().await;
    let read = async || shop.gets(&format!("/api/v1/sweeps/{begun}")).await.json();
    assert_eq!(read().await["pages"], 0);
    t.passes(minutes(2)).await;
    let done = read().await;
    assert_eq!((&done["status"], &done["pages"], &done["parked"]), (&json!("done"), &json!(3), &json!(150)));
    assert_eq!(t.calls("GET", "skip=100"), 1);
    payment.is("captured").await;
    t.ends().await;
}

/// A key that may not list ends it at once, with the reason; the next one begins where the last good one ended.
#[tokio::test]
async fn a_list_that_is_refused_ends_the_sweep_and_loses_no_time() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.passes(days(3)).await;
    shop.sweeps().await;
    let good = hundi_app::sweeps::last(t.app(), shop.scope, shop.connection).await.unwrap().unwrap();
    t.account(&shop.provider_key, &json!({ "key_secret": "changed-there-and-not-here" }));
    t.passes(days(6)).await;
    let refused = shop.sweeps().await;
    assert_eq!((&refused["status"], &refused["error"]), (&json!("failed"), &json!("unauthorized")));
    t.account(&shop.provider_key, &json!({ "key_secret": shop.provider_secret }));
    shop.sweeps().await;
    let next = hundi_app::sweeps::last(t.app(), shop.scope, shop.connection).await.unwrap().unwrap();
    assert_eq!(next.from, good.to.minus(days(2)), "what was not read, and two days that were");
    t.ends().await;
}

/// That a list lacks something proves nothing: the payment stays as doubtful as it was.
#[tokio::test]
async fn what_a_list_lacks_is_not_failed() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(70_000).await;
    t.dial(Op::CreateOrder, Fault::SilentAfterActing);
    t.dial_always(Op::Fetch, Fault::Status { status: 500, acts: Acts::Never });
    order.tries("script").await.is(201);
    let payment = order.payments().await.remove(0);
    payment.is_in_doubt().await;
    let swept = shop.sweeps().await;
    assert_eq!(swept["status"], "done");
    payment.is_in_doubt().await;
    payment.is("created").await;
    t.clear_dials();
    t.passes(minutes(10)).await;
    payment.is_known().await;
    t.ends().await;
}

#[tokio::test]
async fn bad_spans_are_refused() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    for days in [json!(0), json!(-1), json!(32), json!(1.5), json!("3"), json!(9_007_199_254_740_993_i64)] {
        let answer = shop.posts(&shop.sweep_path(), &json!({ "days": days })).await;
        assert_eq!(answer.status, 400, "{days}: {}", answer.text());
    }
    let paytm = t.shop_at("paytm").await;
    paytm.posts(&paytm.sweep_path(), &json!({})).await.refuses(422, "sweep_not_offered");
    // Another merchant's connection is nobody's here.
    shop.posts(&paytm.sweep_path(), &json!({})).await.refuses(404, "not_found");
    t.ends().await;
}
