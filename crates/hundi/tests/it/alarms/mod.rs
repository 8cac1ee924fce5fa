//! Alarms about a connection's webhooks, and about doubt that lasts: each told once, and told when it is over.

use crate::house::{Shop, TestApp};
use hundi_core::time::{hours, minutes};
use hundi_providers::sim::{Acts, Fault, Op};
use serde_json::{Value, json};

async fn webhooks(shop: &Shop<'_>) -> Value {
    shop.gets(&format!("/api/v1/connections/{}", shop.connection)).await.is(200).json()["webhooks"].clone()
}

/// Paid, and found by asking.
async fn pays_and_is_found(t: &TestApp, shop: &Shop<'_>) {
    let order = shop.creates_order(70_000).await;
    let payment = order.begins("script").await;
    payment.payer("pay");
    t.passes(minutes(2)).await;
    payment.is("captured").await;
}

#[tokio::test]
async fn webhooks_that_went_silent_are_told_of_once_and_so_is_their_return() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    shop.creates_order(10_000).await.is_paid().await;
    assert_eq!(webhooks(&shop).await["status"], "well");
    t.dial_always(Op::Webhook, Fault::WebhookDrop);
    for missed in 1..=3 {
        pays_and_is_found(&t, &shop).await;
        t.passes(minutes(30)).await;
        let now = webhooks(&shop).await;
        assert_eq!(now["missed_in_a_row"], missed, "{now}");
        assert_eq!(now["status"], if missed < 3 { "unsteady" } else { "silent" }, "{now}");
        assert_eq!(shop.heard_of("connection.webhooks_silent"), usize::from(missed == 3));
    }
    pays_and_is_found(&t, &shop).await;
    t.passes(hours(3)).await;
    assert_eq!(shop.heard_of("connection.webhooks_silent"), 1, "once, not each time");
    t.clear_dials();
    shop.creates_order(10_000).await.is_paid().await;
    t.settles().await;
    assert_eq!(webhooks(&shop).await["status"], "well");
    assert_eq!(shop.heard_of("connection.webhooks_recovered"), 1);
    t.ends().await;
}

#[tokio::test]
async fn five_refusals_in_a_row_are_told_of_once() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    for n in 1..=6 {
        let mut letter = shop.captured_letter(&format!("pay_Forged{n:08}"), "order_Nobody0000001", 100);
        letter.body.push(b' ');
        assert_eq!(shop.posts_letter(&letter).await, 401);
        t.passes(minutes(20)).await;
        assert_eq!(webhooks(&shop).await["refused_in_a_row"], n);
        assert_eq!(shop.heard_of("connection.webhooks_refused"), usize::from(n >= 5), "after {n}");
    }
    shop.creates_order(10_000).await.is_paid().await;
    t.settles().await;
    assert_eq!(shop.heard_of("connection.webhooks_recovered"), 1);
    t.ends().await;
}

/// Whoever switched a connection off waits for no message of it.
#[tokio::test]
async fn a_connection_that_is_off_raises_no_alarm() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.dial_always(Op::Webhook, Fault::WebhookDrop);
    for _ in 0..3 {
        pays_and_is_found(&t, &shop).await;
    }
    let actor = crate::house::operator();
    hundi_app::connections::set_enabled(t.app(), shop.scope, &actor, shop.connection, false).await.unwrap();
    t.passes(hours(2)).await;
    assert_eq!(shop.heard_of("connection.webhooks_silent"), 0);
    t.ends().await;
}

#[tokio::test]
async fn doubt_that_lasts_a_day_is_put_before_a_person_once() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.dial(Op::CreateOrder, Fault::SilentAfterActing);
    t.dial_always(Op::Fetch, Fault::Status { status: 500, acts: Acts::Never });
    let order = shop.creates_order(70_000).await;
    order.tries("script").await;
    t.passes(hours(23)).await;
    assert_eq!(shop.heard_of("payment.doubt_escalated"), 0);
    t.passes(hours(26)).await;
    assert_eq!(shop.heard_of("payment.doubt_escalated"), 1);
    let told = shop.heard().into_iter().find(|e| e["type"] == "payment.doubt_escalated").unwrap();
    assert_eq!(told["data"]["object"]["outcome"], json!("unknown"));
    t.clear_dials();
    t.passes(hours(2)).await;
    t.ends().await;
}
