//! Both have to want it: offered, accepted, and ended by either.

use super::*;

/// Refused as it always was, and the platform's account never heard of it.
async fn is_refused(t: &TestApp, shop: &Shop<'_>) {
    let opened = t.happened("order").len();
    let order = shop.creates_order(20_000).await;
    order.tries("script").await.refuses(422, "no_connection");
    assert_eq!((order.payments().await.len(), t.happened("order").len()), (0, opened));
}

#[tokio::test]
async fn nothing_falls_back_until_both_agreed_and_after_either_ended_it() {
    let t = TestApp::new().await;
    let (platform, shop) = (t.shop().await, t.shop().await);
    shop.closes_its_own().await;
    is_refused(&t, &shop).await;
    shop.agrees(true).await.refuses(404, "not_found");
    platform.lends_to(&shop).await.refuses(403, "not_the_platform");
    platform.gets("/api/v1/fallbacks").await.refuses(403, "not_the_platform");

    let name = async |merchant| fallbacks::name_platform(t.app(), &operator(), merchant).await;
    name(platform.scope.merchant()).await.unwrap();
    name(platform.scope.merchant()).await.expect("twice is once");
    name(shop.scope.merchant()).await.expect_err("it is named once and for all");
    shop.lends_to(&platform).await.refuses(403, "not_the_platform");

    let offer = platform.lends_to(&shop).await.is(201).field("id");
    platform.lends_to(&shop).await.refuses(409, "fallback_stands");
    assert_eq!(shop.gets("/api/v1/routing/fallback").await.json()["status"], "offered");
    is_refused(&t, &shop).await;
    assert_eq!(shop.agrees(true).await.is(200).field("status"), "accepted");
    assert_eq!(shop.agrees(true).await.is(200).field("status"), "accepted", "twice is once");
    let order = shop.creates_order(20_000).await;
    assert_eq!(order.begins("script").await.json["via"], "platform");
    assert_eq!(platform.offer().await["status"], "accepted");

    // The platform takes it back.
    assert_eq!(platform.withdraws(&offer).await.is(200).field("ended_by"), "platform");
    assert_eq!(platform.withdraws(&offer).await.is(200).field("status"), "ended", "twice is once");
    assert_eq!(shop.gets("/api/v1/routing/fallback").await.json()["status"], "none");
    is_refused(&t, &shop).await;
    shop.agrees(true).await.refuses(404, "not_found");

    t.clock.advance(seconds(1));
    // Offered anew, it has to be accepted anew; and the merchant ends it.
    platform.lends_to(&shop).await.is(201);
    is_refused(&t, &shop).await;
    shop.agrees(true).await.is(200);
    assert_eq!(shop.agrees(false).await.is(200).field("status"), "none");
    assert_eq!(platform.offer().await["ended_by"], "merchant");
    is_refused(&t, &shop).await;

    for (who, action, times) in [
        (&platform, "fallback.platform", 1),
        (&platform, "fallback.offer", 2),
        (&shop, "fallback.offer", 2),
        (&platform, "fallback.accept", 2),
        (&shop, "fallback.accept", 2),
        (&platform, "fallback.end", 2),
        (&shop, "fallback.end", 2),
    ] {
        assert_eq!(who.audited(action).await, times, "{action}");
    }
    t.ends().await;
}

#[tokio::test]
async fn what_is_under_way_goes_on_after_it_ended() {
    let t = TestApp::new().await;
    let (platform, shop) = platform_and_shop(&t).await;
    shop.closes_its_own().await;
    let order = shop.creates_order(60_000).await;
    let payment = order.begins("script").await;
    platform.withdraws(&text(&platform.offer().await, "id")).await.is(200);
    payment.payer("pay");
    t.settles().await;
    payment.is("captured").await;
    order.is("paid").await;
    assert_eq!(books(&platform, &shop).await, [60_000; 4]);
    payment.refunds(60_000).await;
    t.settles().await;
    t.passes(seconds(90)).await;
    assert_eq!(books(&platform, &shop).await, [0; 4]);
    t.ends().await;
}

/// The shop's own connection is being asked, and does nothing; meanwhile the platform takes its offer back.
#[tokio::test]
async fn taken_back_while_its_own_is_asked_it_is_not_used() {
    let t = TestApp::new().await;
    let (platform, shop) = platform_and_shop(&t).await;
    let offer = text(&platform.offer().await, "id");
    turns_away(&t, &shop, Some(1));
    let order = shop.creates_order(20_000).await;
    let mut call = t.gate.holds("/v1/orders");
    let body = json!({ "order_id": order.id, "flow": "script" });
    let (answer, ()) = tokio::join!(shop.posts_once("/api/v1/payments", &body, "meanwhile"), async {
        call.arrives().await;
        platform.withdraws(&offer).await.is(200);
        call.opens();
    });
    let payment = answer.is(201).json();
    assert_eq!((&payment["via"], &payment["status"]), (&json!("own"), &json!("failed")), "{payment}");
    assert_eq!((order.payments().await.len(), t.happened("order").len()), (1, 0));
    let again = shop.posts_once("/api/v1/payments", &body, "meanwhile").await.is(201).json();
    assert_eq!(again["id"], payment["id"]);
    t.ends().await;
}

#[tokio::test]
async fn nothing_falls_back_while_the_order_is_in_doubt() {
    let t = TestApp::new().await;
    let (platform, shop) = platform_and_shop(&t).await;
    t.dial(Op::CreateOrder, Fault::SilentAfterActing);
    let order = shop.creates_order(20_000).await;
    let payment = order.begins("script").await;
    assert_eq!(payment.is_in_doubt().await["via"], "own");
    assert_eq!((order.payments().await.len(), t.happened("order").len()), (1, 1));

    // The payer never saw it, so that another of the shop's own might begin; the platform's may not.
    shop.closes_its_own().await;
    order.tries("script").await.refuses(409, "payment_in_doubt");
    assert_eq!((order.payments().await.len(), t.happened("order").len()), (1, 1));

    // Asked about, it is known and unpaid: now it may.
    t.passes(seconds(20)).await;
    payment.is_known().await;
    let through = order.begins("script").await;
    assert_eq!(through.json["via"], "platform");
    through.payer("pay");
    t.settles().await;
    order.is("paid").await;
    assert_eq!(platform.owes(&shop).await, 20_000);
    t.ends().await;
}
