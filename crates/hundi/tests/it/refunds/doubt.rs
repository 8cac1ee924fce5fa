//! The provider falls silent at a refund: one refund in the end, whatever we hear.

use crate::house::TestApp;
use hundi_core::time::{days, hours, minutes};
use hundi_providers::sim::{Acts, Fault, Op};
use serde_json::json;

async fn is_one_refund(fault: Fault) {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(80_000).await.is_paid().await;
    t.dial(Op::Refund, fault);
    t.dial_always(Op::Webhook, Fault::WebhookDrop);
    let asked = payment.refunds(80_000).await;
    assert_eq!((&asked["status"], &asked["outcome"]), (&json!("requested"), &json!("unknown")), "{fault:?}");
    assert!(asked["in_doubt_since"].is_string() && asked["next_check_at"].is_string(), "{asked}");
    payment.asks_refund(&json!({})).await.refuses(422, "refund_exceeds_captured");

    t.passes(minutes(10)).await;
    let there = t.happened("refund_accepted");
    assert_eq!(there.len(), 1, "{fault:?}");
    assert_eq!(there[0].our_ref, asked["our_ref"].as_str().unwrap(), "{fault:?}");
    let all = payment.all_refunds().await;
    assert_eq!((all.len(), &all[0]["status"], &all[0]["outcome"]), (1, &json!("processed"), &json!("known")));
    assert_eq!(payment.is("refunded").await["amount_refunded"], 80_000);
    assert_eq!(shop.balance("provider").await, 0);
    t.ends().await;
}

#[tokio::test]
async fn silence_after_giving_back_gives_back_once() {
    is_one_refund(Fault::SilentAfterActing).await;
}

#[tokio::test]
async fn silence_before_giving_back_gives_back_once() {
    is_one_refund(Fault::DropBeforeActing).await;
    is_one_refund(Fault::ActAfterSilence { ms: minutes(1) + 20_000 }).await;
}

#[tokio::test]
async fn errors_and_unreadable_answers_give_back_once() {
    for fault in [
        Fault::Status { status: 500, acts: Acts::Before },
        Fault::Status { status: 502, acts: Acts::Never },
        Fault::HtmlErrorPage,
        Fault::EmptyOk,
        Fault::TruncatedJson,
        Fault::Slow { ms: 40_000 },
        Fault::UnknownStatus,
    ] {
        is_one_refund(fault).await;
    }
}

/// Too many calls: surely not done, so it is asked again by itself.
#[tokio::test]
async fn what_was_turned_away_is_asked_again() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(80_000).await.is_paid().await;
    t.dial(Op::Refund, Fault::Status { status: 429, acts: Acts::Never });
    let asked = payment.refunds(80_000).await;
    assert_eq!((&asked["status"], &asked["outcome"]), (&json!("requested"), &json!("known")));
    t.passes(minutes(5)).await;
    payment.is("refunded").await;
    assert_eq!(t.happened("refund_accepted").len(), 1);
    t.ends().await;
}

/// SAFETY T22: nobody answers for a month. The reservation stands, and nobody believes that it failed.
#[tokio::test]
async fn an_unknown_refund_keeps_its_reservation_for_a_month() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(80_000).await.is_paid().await;
    t.dial(Op::Refund, Fault::SilentAfterActing);
    t.dial_always(Op::FetchRefund, Fault::SilentAfterActing);
    t.dial_always(Op::Fetch, Fault::SilentAfterActing);
    t.dial_always(Op::List, Fault::SilentAfterActing);
    t.dial_always(Op::Webhook, Fault::WebhookDrop);
    let asked = payment.refunds(50_000).await;
    for _ in 0..6 {
        t.passes(days(5)).await;
        payment.asks_refund(&json!({ "amount": 50_000 })).await.refuses(422, "refund_exceeds_captured");
        assert_eq!(payment.all_refunds().await[0]["outcome"], "unknown");
    }
    t.clear_dials();
    let check = format!("/api/v1/refunds/{}/check", asked["id"].as_str().unwrap());
    shop.posts(&check, &json!({})).await.is(200);
    payment.is("partially_refunded").await;
    assert_eq!(t.happened("refund_accepted").len(), 1);
    t.passes(hours(1)).await;
    t.ends().await;
}
