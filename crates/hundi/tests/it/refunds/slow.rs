//! Refunds that take their time, and refunds that come back.

use crate::house::TestApp;
use hundi_core::ledger::Book;
use hundi_core::time::{days, hours, minutes};
use hundi_providers::sim::{Fault, Op};
use hundi_store::ledger;
use serde_json::json;

#[tokio::test]
async fn accepted_is_not_processed_for_days() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(60_000).await.is_paid().await;
    t.dial(Op::Refund, Fault::RefundDelay { ms: days(5) });
    let asked = payment.refunds(60_000).await;
    assert_eq!(asked["status"], "processing");
    t.passes(days(4)).await;
    assert_eq!(payment.is("captured").await["amount_refunded"], 0);
    assert_eq!((shop.balance("refunds").await, shop.heard_of("refund.processed")), (0, 0));
    t.loses_webhooks();
    t.passes(days(2)).await;
    payment.is("refunded").await;
    assert_eq!((shop.balance("refunds").await, shop.heard_of("refund.processed")), (60_000, 1));
    t.ends().await;
}

#[tokio::test]
async fn one_that_fails_after_it_was_accepted_frees_what_it_held() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(60_000).await.is_paid().await;
    t.dial(Op::Refund, Fault::RefundFails { ms: hours(30) });
    payment.refunds(60_000).await;
    payment.asks_refund(&json!({})).await.refuses(422, "refund_exceeds_captured");
    t.passes(hours(40)).await;
    let all = payment.all_refunds().await;
    assert_eq!(all[0]["status"], "failed");
    assert_eq!(payment.is("captured").await["amount_refunded"], 0);

    payment.refunds(60_000).await;
    t.passes(minutes(1)).await;
    payment.is("refunded").await;
    t.ends().await;
}

/// The provider says processed, then failed: the entry stays, and its mirror stands beside it.
#[tokio::test]
async fn a_failure_after_success_is_reversed_and_never_erased() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(60_000).await.is_paid().await;
    payment.refunds(60_000).await;
    t.passes(minutes(1)).await;
    payment.is("refunded").await;
    let done = payment.all_refunds().await.remove(0);

    let made = t.happened("refund_accepted").remove(0);
    let entity = json!({
        "id": done["provider_refund"], "entity": "refund", "amount": 60_000, "currency": "INR",
        "payment_id": made.of, "notes": { "our_ref": done["our_ref"] }, "receipt": done["our_ref"],
        "acquirer_data": {}, "created_at": made.at.secs(), "batch_id": null, "status": "failed",
        "speed_processed": "normal", "speed_requested": "normal",
    });
    let letter = shop.letter("refund.failed", &json!({ "refund": { "entity": entity } }));
    for _ in 0..2 {
        assert_eq!(shop.posts_letter(&letter).await, 200);
        t.settles().await;
    }
    assert_eq!(payment.all_refunds().await[0]["status"], "failed");
    assert_eq!(payment.is("captured").await["amount_refunded"], 0);
    assert_eq!((shop.balance("provider").await, shop.balance("refunds").await), (60_000, 0));
    let (id, book) = (done["id"].as_str().unwrap().to_owned(), Book::Merchant(shop.scope.merchant()));
    let lines = t.store().read(async move |tx| ledger::of_source(tx, book, &id).await).await.unwrap();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_eq!((&lines[0].debit, &lines[0].credit), (&lines[1].credit, &lines[1].debit));
    t.ends_unwitnessed().await;
}
