//! Messages that overtake the provider's own answer, and messages about nobody we know.

use crate::house::{Shop, TestApp};
use hundi_core::time::{minutes, seconds};
use hundi_providers::sim::{Dial, Fault, Match, Op, Simulator};
use hundi_store::notices::Effect;
use serde_json::json;

async fn effects(shop: &Shop<'_>) -> Vec<Effect> {
    shop.notices().await.into_iter().map(|n| n.effect).collect()
}

/// The opening's answer is lost, and somebody who saw the provider order pays it: the message waits until we know.
#[tokio::test]
async fn a_message_that_comes_before_the_openings_answer_waits_for_it() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(45_000).await;
    t.dial(Op::CreateOrder, Fault::SilentAfterActing);
    // This one names our own reference, so that it waits for nobody.
    let paid = Match { event: Some("order.paid".into()), ..Match::default() };
    t.sim().dial(Dial::new(paid, Fault::WebhookDrop));
    let payment = order.begins("script").await;
    payment.is_in_doubt().await;
    let provider_order = t.happened("order")[0].id.clone();
    t.at_simulator("/sim/api/pay", &json!({ "order_id": provider_order }));
    t.settles().await;
    assert!(
        shop.notices().await.iter().any(|n| n.effect == Effect::None && n.worked_at.is_none()),
        "it waits"
    );

    t.passes(seconds(40)).await;
    payment.is("captured").await;
    order.is("paid").await;
    assert!(
        effects(&shop).await.iter().all(|e| matches!(e, Effect::Applied | Effect::Same)),
        "none was lost"
    );
    assert_eq!(shop.heard_of("payment.captured"), 1);
    t.ends().await;
}

#[tokio::test]
async fn what_nobody_claims_is_put_aside_after_a_while() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let stranger = shop.captured_letter("pay_Stranger000001", "order_Stranger00001", 45_000);
    assert_eq!(shop.posts_letter(&stranger).await, 200);
    t.settles().await;
    assert_eq!(effects(&shop).await, [Effect::Parked]);
    assert_eq!(shop.balance("suspense").await, 0);
    t.passes(minutes(2)).await;
    t.ends().await;
}

#[tokio::test]
async fn an_event_that_we_do_not_know_is_kept_and_moves_nothing() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(45_000).await.begins("script").await;
    let letter =
        shop.letter("payment.dispute.created", &json!({ "dispute": { "entity": { "id": "disp_1" } } }));
    assert_eq!(shop.posts_letter(&letter).await, 200);
    t.settles().await;
    assert_eq!(effects(&shop).await, [Effect::None]);
    payment.is("pending").await;
    t.ends().await;
}

/// Worked on again by a person: what it moved once cannot move twice.
#[tokio::test]
async fn replayed_by_a_person_it_moves_nothing_twice() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(45_000).await.is_paid().await;
    for notice in shop.notices().await {
        let again =
            hundi_app::notices::replay(t.app(), shop.scope, &crate::house::operator(), notice.id).await;
        assert_eq!(again.is_ok(), notice.effect != Effect::Applied);
    }
    t.settles().await;
    payment.is("captured").await;
    assert_eq!((shop.balance("provider").await, shop.heard_of("payment.captured")), (45_000, 1));
    t.ends().await;
}
