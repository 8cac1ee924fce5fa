//! The platform's account collects: messages, holds, refunds, lists, and both books.

use super::*;
use crate::house::Payment;
use hundi_store::notices::Effect;

/// Begun at the platform's account, since the shop has no other.
async fn begins<'s>(platform: &Shop<'_>, shop: &'s Shop<'s>, order: &crate::house::Order<'s>) -> Payment<'s> {
    let payment = order.begins("script").await;
    assert_eq!(payment.json["via"], "platform", "{}", payment.json);
    assert_eq!(payment.json["connection_id"], json!(platform.connection.to_string()));
    assert_eq!(payment.shop.scope, shop.scope);
    payment
}

#[tokio::test]
async fn it_takes_what_none_of_its_own_can_and_gives_it_back_in_part_and_whole() {
    let t = TestApp::new().await;
    let (platform, shop) = platform_and_shop(&t).await;
    let own = shop.creates_order(10_000).await.is_paid().await;
    assert_eq!(own.json["via"], "own");
    shop.closes_its_own().await;

    let order = shop.creates_order(149_900).await;
    let payment = begins(&platform, &shop, &order).await;
    payment.payer("pay");
    t.settles().await;
    assert_eq!(payment.is("captured").await["via"], "platform");
    order.is("paid").await;
    assert_eq!(books(&platform, &shop).await, [149_900, 159_900, 149_900, 149_900]);
    assert_eq!(shop.balance("provider").await, 10_000, "its own account holds its own money");
    assert_eq!(platform.balance("sales").await, 0, "it sold nothing");

    // The message came to the platform's address; what it meant is the shop's to hear.
    assert!(platform.notices().await.iter().any(|n| n.effect == Effect::Applied));
    assert_eq!((shop.heard_of("payment.captured"), shop.heard_of("order.paid")), (2, 2));
    assert_eq!((platform.heard_of("payment.captured"), platform.heard_of("order.paid")), (0, 0));

    payment.refunds(50_000).await;
    t.settles().await;
    t.passes(seconds(90)).await;
    payment.is("partially_refunded").await;
    assert_eq!(books(&platform, &shop).await, [99_900, 109_900, 99_900, 99_900]);
    payment.refunds(99_900).await;
    t.settles().await;
    t.passes(seconds(90)).await;
    payment.is("refunded").await;
    assert_eq!(books(&platform, &shop).await, [0, 10_000, 0, 0]);
    payment.asks_refund(&json!({ "amount": 1 })).await.refuses(422, "refund_exceeds_captured");
    t.ends().await;
}

#[tokio::test]
async fn it_comes_after_those_that_surely_did_nothing() {
    let t = TestApp::new().await;
    let (platform, shop) = platform_and_shop(&t).await;
    turns_away(&t, &shop, Some(1));
    let order = shop.creates_order(20_000).await;
    let body = json!({ "order_id": order.id, "flow": "script" });
    let answer = shop.posts_once("/api/v1/payments", &body, "falls-back").await.is(201);
    assert_eq!(answer.body, shop.posts_once("/api/v1/payments", &body, "falls-back").await.is(201).body);
    let payments = order.payments().await;
    let told: Vec<_> = payments.iter().map(|p| (text(&p.json, "via"), text(&p.json, "status"))).collect();
    let pair = |via: &str, status: &str| (via.to_owned(), status.to_owned());
    assert_eq!(told, [pair("own", "failed"), pair("platform", "pending")]);
    assert_eq!(payments[1].json["after"], json!(payments[0].id));
    assert_eq!(answer.field("id"), payments[1].id);
    payments[1].payer("pay");
    t.settles().await;
    order.is("paid").await;
    assert_eq!(platform.owes(&shop).await, 20_000);
    t.ends().await;
}

#[tokio::test]
async fn it_stands_in_while_its_own_are_down_and_steps_back_when_they_work() {
    let t = TestApp::new().await;
    let (_platform, shop) = platform_and_shop(&t).await;
    turns_away(&t, &shop, None);
    for _ in 0..5 {
        let order = shop.creates_order(20_000).await;
        assert_eq!(order.begins("script").await.json["via"], "platform");
        t.clock.advance(seconds(1));
    }
    let preview = shop.previews().await;
    assert_eq!(preview["passed_over"][0]["reason"], "down", "{preview}");
    let tries = preview["tries"].as_array().unwrap();
    assert_eq!((tries.len(), &tries[0]["via"]), (1, &json!("platform")), "{preview}");
    let order = shop.creates_order(20_000).await;
    assert_eq!(order.begins("script").await.json["via"], "platform");
    assert_eq!(order.payments().await.len(), 1, "its own is not even asked");
    t.clear_dials();
    t.passes(seconds(31)).await;
    let order = shop.creates_order(20_000).await;
    assert_eq!(order.begins("script").await.json["via"], "own");
    t.ends().await;
}

#[tokio::test]
async fn without_a_message_its_own_list_finds_the_money_and_takes_it_for_nobody_elses() {
    let t = TestApp::new().await;
    let (platform, shop) = platform_and_shop(&t).await;
    shop.closes_its_own().await;
    let order = shop.creates_order(70_000).await;
    let payment = begins(&platform, &shop, &order).await;
    t.dial_always(Op::Webhook, Fault::WebhookDrop);
    payment.payer("pay");
    payment.is("pending").await;
    let begun =
        platform.posts(&format!("/api/v1/connections/{}/sweep", platform.connection), &json!({})).await;
    t.settles().await;
    let path = format!("/api/v1/sweeps/{}", begun.is(202).field("id"));
    let swept = platform.gets(&path).await.is(200).json();
    assert_eq!((&swept["applied"], &swept["parked"]), (&json!(1), &json!(0)), "{swept}");
    payment.is("captured").await;
    assert_eq!(books(&platform, &shop).await, [70_000; 4]);
    t.ends().await;
}

/// The opening's answer is lost: what the provider says of it meanwhile waits at the platform's address.
#[tokio::test]
async fn a_message_that_comes_before_the_openings_answer_waits_for_it() {
    let t = TestApp::new().await;
    let (platform, shop) = platform_and_shop(&t).await;
    shop.closes_its_own().await;
    t.dial(Op::CreateOrder, Fault::SilentAfterActing);
    // This one names our own reference, so that it waits for nobody.
    let paid = Match { event: Some("order.paid".into()), ..Match::default() };
    t.sim().dial(Dial::new(paid, Fault::WebhookDrop));
    let order = shop.creates_order(45_000).await;
    let payment = order.begins("script").await;
    payment.is_in_doubt().await;
    let provider_order = t.happened("order")[0].id.clone();
    t.at_simulator("/sim/api/pay", &json!({ "order_id": provider_order }));
    t.settles().await;
    t.passes(seconds(40)).await;
    payment.is("captured").await;
    let effects: Vec<_> = platform.notices().await.into_iter().map(|n| n.effect).collect();
    assert!(effects.iter().all(|e| matches!(e, Effect::Applied | Effect::Same)), "{effects:?}");
    assert_eq!(books(&platform, &shop).await, [45_000; 4]);
    t.ends().await;
}

#[tokio::test]
async fn a_hold_there_is_taken_on_the_shops_word_and_a_refund_made_there_is_adopted() {
    let t = TestApp::new().await;
    let (platform, shop) = platform_and_shop(&t).await;
    shop.closes_its_own().await;
    let order = shop.creates_manual_order(120_000).await;
    let payment = begins(&platform, &shop, &order).await;
    payment.payer("authorize");
    t.settles().await;
    payment.is("authorized").await;
    assert_eq!(books(&platform, &shop).await, [0; 4], "a hold is not money");
    payment.captures().await.is(200);
    t.settles().await;
    payment.is("captured").await;
    assert_eq!(books(&platform, &shop).await, [120_000; 4]);

    let provider_payment = payment.provider_tries().await[0].0.clone();
    t.refunds_in_dashboard(&provider_payment, 20_000);
    t.settles().await;
    t.passes(seconds(90)).await;
    payment.is("partially_refunded").await;
    assert_eq!(books(&platform, &shop).await, [100_000; 4]);
    t.ends().await;
}

/// What was not asked for stands in suspense in the shop's book, and is owed to it all the same.
#[tokio::test]
async fn another_amount_is_questioned_and_owed_all_the_same() {
    let t = TestApp::new().await;
    let (platform, shop) = platform_and_shop(&t).await;
    shop.closes_its_own().await;
    let order = shop.creates_order(50_000).await;
    let payment = begins(&platform, &shop, &order).await;
    t.dial(Op::Pay, Fault::WrongAmount { minor: 40_000 });
    payment.payer("pay");
    t.settles().await;
    order.is("attempted").await;
    assert_eq!(shop.balance("suspense").await, -40_000);
    assert_eq!((shop.balance("due_from_platform").await, platform.owes(&shop).await), (40_000, 40_000));
    assert_eq!(shop.discrepancies().await.len(), 1);
    assert!(platform.discrepancies().await.is_empty());
    t.ends().await;
}

#[tokio::test]
async fn the_payers_page_offers_it_where_the_shop_has_no_other_way() {
    let t = TestApp::new().await;
    let (platform, shop) = platform_and_shop(&t).await;
    let order = shop.creates_order(30_000).await;
    let token = order.token().await;
    let till = hundi_app::checkout::till(t.app(), &token).await.unwrap();
    assert!(till.ways.iter().all(|way| way.connection == shop.connection), "its own come first");
    shop.closes_its_own().await;
    let till = hundi_app::checkout::till(t.app(), &token).await.unwrap();
    assert!(!till.ways.is_empty() && till.ways.iter().all(|way| way.connection == platform.connection));
    assert!(till.ways.iter().all(|way| !way.keeps), "nothing is kept in another's account");
    let payment = begins(&platform, &shop, &order).await;
    let till = hundi_app::checkout::till(t.app(), &token).await.unwrap();
    assert!(till.connection_of(&till.payments[0]).is_some(), "the page knows where the payer goes");
    shop.agrees(false).await.is(200);
    let till = hundi_app::checkout::till(t.app(), &token).await.unwrap();
    assert!(till.ways.is_empty() && till.connection_of(&till.payments[0]).is_some());
    payment.payer("pay");
    t.settles().await;
    order.is("paid").await;
    t.ends().await;
}
