//! A worker that hangs and wakes up late must not end another's job (SAFETY F19).

use crate::house::{TestApp, text};
use hundi::sandbox::Reply;
use hundi_core::time::{hours, minutes};

#[tokio::test]
async fn a_late_worker_cannot_end_anothers_job() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.settles().await;
    shop.creates_order(10_000).await;

    // The first worker hangs in its call for longer than its lease.
    let mut call = t.gate.holds(&shop.endpoint_url);
    let app = t.app().clone();
    let slow = tokio::spawn(async move { hundi_app::jobs::run_due(&app).await });
    call.arrives().await;
    t.clock.advance(minutes(4));
    // Another takes the job over and fails: it will be tried again.
    t.receiver.replies(|_| Reply::Status(500));
    t.settles().await;
    // Now the first one wakes up, succeeds, and wants to call it done.
    t.receiver.replies(|_| Reply::Status(200));
    call.opens();
    slow.await.expect("it does not panic").expect("it ends");

    t.passes(hours(1)).await;
    let path = format!("/api/v1/endpoints/{}/deliveries", shop.endpoint);
    let all = shop.gets(&path).await.is(200).json();
    assert_eq!(text(&all["data"][0], "status"), "delivered");
    t.ends().await;
}

/// A file has one server: whatever is held when it starts was held by one that died. Among nodes it may be another's.
#[tokio::test]
async fn a_server_that_comes_back_waits_for_no_lease_of_the_one_that_died() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.settles().await;
    shop.creates_order(10_000).await;
    let mut call = t.gate.holds(&shop.endpoint_url);
    let app = t.app().clone();
    let hung = tokio::spawn(async move { hundi_app::jobs::run_due(&app).await });
    call.arrives().await;
    let before = shop.arrived().len();
    hundi_app::jobs::take_back(t.app()).await.expect("the database answers");
    t.settles().await;
    let sent = shop.arrived().len() - before;
    assert_eq!(sent, usize::from(t.app().store.is_ours_alone()));
    call.opens();
    hung.await.expect("it does not panic").expect("it ends");
    t.ends().await;
}
