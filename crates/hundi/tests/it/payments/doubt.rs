//! The provider falls silent at the opening: nothing is guessed, and asking again settles it.

use crate::house::{Order, SIMULATOR, Shop, TestApp};
use hundi_core::time::{hours, minutes, seconds};
use hundi_providers::sim::{Acts, Fault, Op};
use serde_json::json;

/// It acted and its answer was lost: we find what it opened by our own reference.
async fn is_found_again(fault: Fault) {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(55_000).await;
    t.dial(Op::CreateOrder, fault);
    let payment = order.begins("script").await;
    assert_eq!(payment.is_in_doubt().await["status"], "created", "{fault:?}");
    assert_eq!(t.happened("order").len(), 1, "{fault:?}");

    t.passes(seconds(20)).await;
    let found = payment.is_known().await;
    assert_eq!(found["status"], "pending", "{fault:?}");
    assert_eq!(found["provider_order"], json!(t.happened("order")[0].id), "{fault:?}");
    assert!(found["next_step"]["options"]["order_id"].is_string(), "the payer can pay: {found}");
    assert_eq!((shop.heard_of("payment.in_doubt"), shop.heard_of("payment.doubt_resolved")), (1, 1));

    let payment = order.payments().await.remove(0);
    payment.payer("pay");
    t.settles().await;
    order.is("paid").await;
    assert_eq!(t.happened("order").len(), 1, "{fault:?}");
    t.ends().await;
}

#[tokio::test]
async fn silence_after_acting_is_found_by_our_reference() {
    is_found_again(Fault::SilentAfterActing).await;
}

#[tokio::test]
async fn a_timeout_is_not_a_failure() {
    is_found_again(Fault::Slow { ms: 30_000 }).await;
}

#[tokio::test]
async fn an_error_page_an_empty_answer_and_half_an_answer_say_nothing() {
    for fault in [Fault::HtmlErrorPage, Fault::EmptyOk, Fault::TruncatedJson] {
        is_found_again(fault).await;
    }
}

#[tokio::test]
async fn a_server_error_may_have_acted() {
    for status in [500, 502, 503] {
        is_found_again(Fault::Status { status, acts: Acts::Before }).await;
    }
}

/// Never there: refused only after two definite noes that lie minutes apart (SAFETY F11).
async fn is_refused_after_two_noes(fault: Fault) {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(55_000).await;
    t.dial(Op::CreateOrder, fault);
    let payment = order.begins("script").await;
    t.passes(minutes(2)).await;
    payment.is("created").await;
    t.passes(minutes(10)).await;
    let read = payment.is("failed").await;
    assert_eq!((&read["outcome"], &read["failure"]["reason"]), (&json!("known"), &json!("provider_error")));
    order.is("attempted").await;

    let again = order.is_paid().await;
    assert_ne!(again.our_ref, payment.our_ref);
    assert_eq!(t.happened("order").len(), 1);
    t.ends().await;
}

#[tokio::test]
async fn what_was_never_there_is_refused_after_two_noes() {
    is_refused_after_two_noes(Fault::DropBeforeActing).await;
    is_refused_after_two_noes(Fault::Status { status: 503, acts: Acts::Never }).await;
}

/// The cruel one: not found at first, found later.
#[tokio::test]
async fn one_no_is_not_believed() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(55_000).await;
    t.dial(Op::CreateOrder, Fault::ActAfterSilence { ms: seconds(45) });
    let payment = order.begins("script").await;
    t.passes(seconds(35)).await;
    payment.is("created").await;
    assert_eq!(t.happened("order").len(), 0);
    t.passes(seconds(60)).await;
    payment.is("pending").await;
    payment.is_known().await;
    t.ends().await;
}

#[tokio::test]
async fn found_although_it_was_said_not_to_exist() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(55_000).await;
    t.dial(Op::CreateOrder, Fault::SilentAfterActing);
    t.dial_times(Op::Fetch, Fault::NotFoundThenFound, 2);
    let payment = order.begins("script").await;
    t.passes(seconds(40)).await;
    payment.is("created").await;
    t.passes(seconds(40)).await;
    payment.is("pending").await;
    t.ends().await;
}

/// Too many calls, and no connection at all: surely nothing was done, and the payer may try at once.
#[tokio::test]
async fn what_surely_was_not_done_frees_the_payer_at_once() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(55_000).await;
    t.dial(Op::CreateOrder, Fault::Status { status: 429, acts: Acts::Never });
    order.begins("script").await.is("failed").await;
    t.network.listens(SIMULATOR, false);
    let refused = order.begins("script").await;
    assert_eq!(refused.is("failed").await["outcome"], "known");
    t.network.listens(SIMULATOR, true);
    order.is_paid().await;
    assert_eq!(t.happened("order").len(), 1);
    t.ends().await;
}

/// A redirect link whose answer was lost is found too, and asked for once.
#[tokio::test]
async fn a_link_whose_answer_was_lost_is_found() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(55_000).await;
    t.dial(Op::CreateLink, Fault::SilentAfterActing);
    let payment = order.begins("redirect").await;
    payment.is_in_doubt().await;
    t.passes(seconds(20)).await;
    assert_eq!(payment.is_known().await["next_step"]["type"], "redirect");
    let payment = order.payments().await.remove(0);
    payment.payer("pay");
    t.settles().await;
    order.is("paid").await;
    t.ends().await;
}

async fn stays_in_doubt<'s>(t: &TestApp, shop: &'s Shop<'_>) -> Order<'s> {
    let ends = t.now().plus(minutes(30)).to_string();
    let body = json!({ "amount": 55_000, "currency": "INR", "expires_at": ends });
    let order = shop.creates_order_with(body).await;
    t.dial(Op::CreateOrder, Fault::SilentAfterActing);
    t.dial_always(Op::Fetch, Fault::Status { status: 500, acts: Acts::Never });
    order
}

/// Rule 2: Unknown blocks expiry. Nobody may believe that an order is over while it may have been charged.
#[tokio::test]
async fn an_order_does_not_expire_while_a_payment_of_it_is_in_doubt() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = stays_in_doubt(&t, &shop).await;
    let payment = order.begins("script").await;
    t.passes(hours(3)).await;
    payment.is_in_doubt().await;
    order.is("attempted").await;
    shop.posts(&format!("{}/cancel", order.path()), &json!({})).await.refuses(409, "payment_in_doubt");
    shop.posts(&format!("{}/cancel", payment.path()), &json!({})).await.refuses(409, "payment_in_doubt");

    t.clear_dials();
    t.passes(hours(2)).await;
    payment.is_known().await;
    order.is("expired").await;
    payment.is("expired").await;
    t.ends().await;
}

#[tokio::test]
async fn a_day_of_doubt_goes_before_a_person() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = stays_in_doubt(&t, &shop).await;
    let payment = order.begins("script").await;
    t.passes(hours(26)).await;
    payment.is_in_doubt().await;
    let id = payment.id.parse().unwrap();
    let kept = hundi_app::payments::get(t.app(), shop.scope, id).await.unwrap();
    assert!(kept.escalated_at.is_some());
    t.is_clean().await;
    t.clear_dials();
    shop.posts(&format!("{}/check", payment.path()), &json!({})).await.is(200);
    payment.is_known().await;
    t.passes(hours(2)).await;
    t.ends().await;
}

/// A status that nobody has heard of is not an answer, and takes nothing away.
#[tokio::test]
async fn an_unheard_of_status_keeps_the_payment_pending() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(55_000).await;
    let payment = order.begins("script").await;
    payment.payer("pay");
    t.loses_webhooks();
    t.dial(Op::Fetch, Fault::UnknownStatus);
    shop.posts(&format!("{}/check", payment.path()), &json!({})).await.is(200);
    payment.is("pending").await;
    t.passes(seconds(20)).await;
    payment.is("captured").await;
    t.ends().await;
}
