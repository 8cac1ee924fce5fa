//! A saved method is charged: once, whatever goes wrong, and nothing else of the order beside it.

use crate::house::{Payment, TestApp, text};
use hundi_core::time::{days, hours, minutes, seconds};
use hundi_providers::sim::{Fault, Op};
use serde_json::json;

const RECURRING: &str = "/payments/create/recurring";

#[tokio::test]
async fn a_saved_card_is_charged_at_once() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let customer = shop.customer().await;
    let method = shop.keeps_a_card(&customer).await;
    let order = shop.order_of(&customer, 70_000).await;
    let body = json!({ "order_id": order.id, "method": method });
    let answer = shop.posts_once("/api/v1/payments", &body, "charge").await.is(201);
    let paid = answer.json();
    assert_eq!((text(&paid, "status"), text(&paid, "flow")), ("captured".into(), "saved".into()));
    order.is("paid").await;
    let again = shop.posts_once("/api/v1/payments", &body, "charge").await.is(201);
    assert_eq!(again.text(), answer.text());
    shop.charges(&order, &method).await.refuses(409, "order_cannot_be_paid");
    t.settles().await;
    assert_eq!(t.calls("POST", RECURRING), 1);
    // No exchange keeps the token.
    let id = text(&paid, "id").parse().unwrap();
    let story = hundi_app::payments::story(t.app(), shop.scope, id).await.unwrap();
    let charge = story.exchanges.iter().find(|x| x.purpose == "charge").expect("it is kept as evidence");
    assert!(charge.request_body.contains("[hidden]") && !charge.request_body.contains("token_"));
    Payment::of(&shop, paid).refunds(20_000).await;
    t.passes(minutes(5)).await;
    t.ends().await;
}

/// Held for a merchant who takes the money by hand.
#[tokio::test]
async fn a_charge_can_be_held_and_taken() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let customer = shop.customer().await;
    let method = shop.keeps_a_card(&customer).await;
    let body = json!({ "amount": 70_000, "currency": "INR", "customer_id": customer, "capture": "manual" });
    let order = shop.creates_order_with(body).await;
    let held = Payment::of(&shop, shop.charges(&order, &method).await.is(201).json());
    held.is("authorized").await;
    held.captures().await.is(200);
    order.is("paid").await;
    t.ends().await;
}

#[tokio::test]
async fn a_declined_charge_is_over_and_the_payer_pays_otherwise() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let customer = shop.customer().await;
    let method = shop.keeps_a_card(&customer).await;
    let order = shop.order_of(&customer, 70_013).await;
    let declined = shop.charges(&order, &method).await.is(201).json();
    assert_eq!(
        (text(&declined, "status"), text(&declined["failure"], "reason")),
        ("failed".into(), "declined_by_bank".into())
    );
    order.is_paid().await;
    assert_eq!(t.calls("POST", RECURRING), 1);
    t.ends().await;
}

#[tokio::test]
async fn silence_after_charging_charges_once_and_nothing_begins_beside_it() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let customer = shop.customer().await;
    let (method, other) = (shop.keeps_a_card(&customer).await, shop.keeps_a_card(&customer).await);
    let order = shop.order_of(&customer, 70_000).await;
    t.dial_always(Op::Webhook, Fault::WebhookDrop);
    t.dial(Op::Charge, Fault::SilentAfterActing);
    let payment = Payment::of(&shop, shop.charges(&order, &method).await.is(201).json());
    payment.is_in_doubt().await;
    // The same again is the same payment; another method, or the payer, would be a second charge.
    assert_eq!(shop.charges(&order, &method).await.is(201).field("id"), payment.id);
    shop.charges(&order, &other).await.refuses(409, "payment_in_doubt");
    order.tries("script").await.refuses(409, "payment_in_doubt");
    shop.posts(&format!("{}/cancel", payment.path()), &json!({})).await.refuses(409, "payment_in_doubt");
    shop.posts(&format!("{}/cancel", order.path()), &json!({})).await.refuses(409, "payment_in_doubt");
    t.passes(minutes(1)).await;
    payment.is("captured").await;
    order.is("paid").await;
    assert_eq!((t.calls("POST", RECURRING), shop.heard_of("payment.in_doubt")), (1, 1));
    t.ends().await;
}

/// The cruel one: the provider was asked and knew of nothing, and acts afterwards. Asking resolves no more than that it
/// has not acted yet, so that the payment stays open, and the order with it, until it can't act any more.
#[tokio::test]
async fn a_charge_that_is_made_late_is_still_the_only_one() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let customer = shop.customer().await;
    let (method, other) = (shop.keeps_a_card(&customer).await, shop.keeps_a_card(&customer).await);
    let order = shop.order_of(&customer, 70_000).await;
    t.dial(Op::Charge, Fault::ActAfterSilence { ms: hours(2) });
    let payment = Payment::of(&shop, shop.charges(&order, &method).await.is(201).json());
    t.passes(hours(1)).await;
    assert_eq!(payment.is_known().await["status"], "pending");
    shop.charges(&order, &other).await.refuses(409, "payment_in_progress");
    order.tries("script").await.refuses(409, "payment_in_progress");
    shop.posts(&format!("{}/cancel", payment.path()), &json!({})).await.refuses(409, "payment_in_doubt");
    t.passes(hours(3)).await;
    payment.is("captured").await;
    assert_eq!(t.calls("POST", RECURRING), 1);
    t.ends().await;
}

#[tokio::test]
async fn a_charge_that_was_never_made_frees_its_order_when_it_no_longer_can_be() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let customer = shop.customer().await;
    let method = shop.keeps_a_card(&customer).await;
    let order = shop.order_of(&customer, 70_000).await;
    t.dial(Op::Charge, Fault::DropBeforeActing);
    let payment = Payment::of(&shop, shop.charges(&order, &method).await.is(201).json());
    t.passes(days(2)).await;
    payment.is("pending").await;
    t.passes(days(2)).await;
    payment.is("expired").await;
    assert_eq!(shop.charges(&order, &method).await.is(201).field("status"), "captured");
    assert_eq!(t.happened("captured").iter().filter(|l| l.amount_minor == 70_000).count(), 1);
    t.ends().await;
}

#[tokio::test]
async fn a_token_that_the_provider_forgot_is_gone() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let customer = shop.customer().await;
    let method = shop.keeps_a_card(&customer).await;
    let order = shop.order_of(&customer, 70_000).await;
    t.dial(Op::Charge, Fault::NotFoundThenFound);
    assert_eq!(shop.charges(&order, &method).await.is(201).field("status"), "failed");
    assert_eq!(shop.gets(&format!("/api/v1/saved_methods/{method}")).await.field("status"), "gone");
    shop.charges(&order, &method).await.refuses(404, "not_found");
    order.is_paid().await;
    t.ends().await;
}

#[tokio::test]
async fn only_its_own_customers_orders_at_its_own_merchant() {
    let t = TestApp::new().await;
    let (shop, thief) = (t.shop().await, t.shop().await);
    let (customer, neighbour) = (shop.customer().await, shop.customer().await);
    let method = shop.keeps_a_card(&customer).await;
    let theirs = thief.creates_order(20_000).await;
    thief.charges(&theirs, &method).await.refuses(404, "not_found");
    for path in [format!("/api/v1/saved_methods/{method}"), format!("/api/v1/customers/{customer}/methods")] {
        thief.gets(&path).await.refuses(404, "not_found");
    }
    thief.deletes(&format!("/api/v1/saved_methods/{method}")).await.refuses(404, "not_found");
    let of_nobody = shop.creates_order(20_000).await;
    shop.charges(&of_nobody, &method).await.refuses(422, "saved_method_of_another");
    let of_another = shop.order_of(&neighbour, 20_000).await;
    shop.charges(&of_another, &method).await.refuses(422, "saved_method_of_another");
    let with_flow = json!({ "order_id": of_another.id, "method": method, "flow": "script" });
    shop.posts("/api/v1/payments", &with_flow).await.refuses(400, "invalid_field");
    assert_eq!(t.calls("POST", RECURRING), 0);
    t.ends().await;
}

/// Stopped before the provider heard of anything: the repeat, or the job, makes the charge, once.
#[tokio::test]
async fn a_charge_that_was_stopped_before_it_was_opened_is_finished_once() {
    for acted in [false, true] {
        let t = TestApp::new().await;
        let shop = t.shop().await;
        let customer = shop.customer().await;
        let method = shop.keeps_a_card(&customer).await;
        let order = shop.order_of(&customer, 70_000).await;
        let body = json!({ "order_id": order.id, "method": method });
        let call = if acted { t.gate.holds_answer("/v1/orders") } else { t.gate.holds("/v1/orders") };
        call.stops(shop.posts_once("/api/v1/payments", &body, "stopped")).await;
        t.clock.advance(seconds(50));
        let finished = shop.posts_once("/api/v1/payments", &body, "stopped").await.is(201);
        assert_eq!(finished.field("status"), "captured", "acted: {acted}");
        t.passes(minutes(10)).await;
        order.is("paid").await;
        assert_eq!(t.calls("POST", RECURRING), 1, "acted: {acted}");
        t.ends().await;
    }
}

/// Stopped while the provider was being told to charge: whoever comes next asks, and charges nothing.
#[tokio::test]
async fn a_charge_that_was_stopped_while_it_was_made_is_not_made_again() {
    for acted in [false, true] {
        let t = TestApp::new().await;
        let shop = t.shop().await;
        let customer = shop.customer().await;
        let method = shop.keeps_a_card(&customer).await;
        let order = shop.order_of(&customer, 70_000).await;
        let body = json!({ "order_id": order.id, "method": method });
        t.dial_always(Op::Webhook, Fault::WebhookDrop);
        let call = if acted { t.gate.holds_answer(RECURRING) } else { t.gate.holds(RECURRING) };
        call.stops(shop.posts_once("/api/v1/payments", &body, "stopped")).await;
        t.clock.advance(seconds(50));
        let finished = shop.posts_once("/api/v1/payments", &body, "stopped").await.is(201);
        assert_eq!(finished.field("status"), if acted { "captured" } else { "pending" });
        t.passes(minutes(10)).await;
        let made = t.happened("captured").iter().filter(|l| l.amount_minor == 70_000).count();
        assert_eq!(made, usize::from(acted));
        t.ends().await;
    }
}
