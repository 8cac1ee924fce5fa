//! One run of an endpoint's job: what it reads, and what it may not send twice.

use crate::house::{TestApp, text};
use hundi::sandbox::Reply;
use hundi_app::{follow, jobs};
use hundi_core::time::hours;
use std::collections::BTreeSet;
use std::time::Duration;

/// What is on its way stays due until it is noted: reading anew must not bring it a second time.
#[tokio::test]
async fn what_is_on_its_way_is_not_sent_again_when_more_comes() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.settles().await;
    let before = shop.arrived().len();
    shop.creates_order(10_000).await;
    let mut call = t.gate.holds(&shop.endpoint_url);
    let app = t.app().clone();
    let run = tokio::spawn(async move { jobs::run_due(&app).await });
    call.arrives().await;

    shop.creates_order(20_000).await;
    // Promises it, and rings at the run that is at work.
    follow::settle(t.app()).await.expect("the database answers");
    for _ in 0..500 {
        if shop.arrived().len() > before {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(shop.arrived().len(), before + 1, "the second went past the first");
    call.opens();
    run.await.expect("it does not panic").expect("it ends");
    t.settles().await;
    assert_eq!(shop.arrived().len(), before + 2, "each came once");
    t.ends().await;
}

/// More is due at once than one look at the database holds.
#[tokio::test]
async fn however_much_is_due_all_of_it_goes() {
    const ORDERS: usize = 300;
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.settles().await;
    t.receiver.replies(|_| Reply::Status(500));
    for _ in 0..ORDERS {
        shop.creates_order(10_000).await;
    }
    t.settles().await;
    t.receiver.replies(|_| Reply::Status(200));
    let before = shop.arrived().len();
    t.clock.advance(hours(1));
    t.settles().await;
    let ids: BTreeSet<String> = shop.heard().iter().skip(before).map(|event| text(event, "id")).collect();
    assert_eq!((shop.arrived().len() - before, ids.len()), (ORDERS, ORDERS), "each of them, and each once");
    t.ends().await;
}
