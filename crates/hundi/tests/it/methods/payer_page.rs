//! What the payer's page says of instalments, and how a payer takes back what is kept.

use crate::house::{Answer, Order, TestApp, text};
use axum::body::Body;
use http::Request;
use hundi_core::emi::instalments;
use hundi_core::time::minutes;
use hundi_core::{Bps, Money};
use hundi_providers::sim::{Fault, Op};
use serde_json::{Value, json};

async fn looks(t: &TestApp, order: &Order<'_>, query: &str) -> String {
    let path = format!("/pay/{}{query}", order.token().await);
    t.send(0, Request::get(path).body(Body::empty()).expect("a request")).await.is(200).text()
}

async fn sends(t: &TestApp, order: &Order<'_>, to: &str, form: String) -> Answer {
    let request = Request::post(format!("/pay/{}/{to}", order.token().await))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    t.send(0, request.body(Body::from(form)).expect("a request")).await.is(303)
}

#[tokio::test]
async fn instalments_are_the_providers_plans_and_nobody_elses() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let body = json!({
        "amount": 500_000, "currency": "INR", "customer": { "email": "asha@example.com", "phone": "+919800000001" },
    });
    let order = shop.creates_order_with(body).await;
    let page = looks(&t, &order, "").await;
    let of = |bps, months| instalments(Money::inr(500_000), Bps(bps), months).expect("a plan");
    for (bps, months) in [(1600, 3), (1600, 24), (1599, 12)] {
        for money in [of(bps, months).monthly, of(bps, months).total, of(bps, months).interest] {
            assert!(page.contains(&money.shown()), "{} for {months} months: {page}", money.shown());
        }
    }
    assert!(page.contains("HDFC Bank") && page.contains("ICICI Bank") && page.contains("15.99% a year"));
    assert!(page.contains(&format!("From {} a month", of(1600, 24).monthly.shown())));

    // Only the bank that lends so little; then none. The list is asked for once.
    let less = shop.creates_order(200_000).await;
    let page = looks(&t, &less, "").await;
    assert!(page.contains("ICICI Bank") && !page.contains("HDFC Bank"));
    let little = shop.creates_order(100_000).await;
    assert!(!looks(&t, &little, "").await.contains("Instalments"));
    assert_eq!(t.calls("GET", "/v1/methods"), 1);

    // What was chosen goes along, as far as the provider's window takes it.
    let form = format!("flow=script&method=emi&connection={}&key=k1", shop.connection);
    sends(&t, &order, "start", form).await;
    let begun = order.payments().await.remove(0);
    let options = begun.reads().await["next_step"]["options"].clone();
    assert_eq!(options["prefill"]["method"], "emi", "{options}");
    t.passes(minutes(20)).await;
    t.ends().await;
}

/// A page that can't show plans is shown without, and asks a silent provider seldom.
#[tokio::test]
async fn a_provider_that_lists_nothing_keeps_no_payer_waiting() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    t.dial_always(Op::Other, Fault::DropBeforeActing);
    let order = shop.creates_order(500_000).await;
    for _ in 0..3 {
        let page = looks(&t, &order, "").await;
        assert!(page.contains("Ways to pay") && !page.contains("Instalments"), "{page}");
    }
    let asked = async || {
        let all = shop.gets(&format!("/api/v1/exchanges?object_id={}", shop.connection)).await.is(200).json();
        let all = all["data"].as_array().expect("a list").clone();
        all.iter().filter(|x: &&Value| text(x, "purpose") == "choices").count()
    };
    assert_eq!(asked().await, 1);
    t.clear_dials();
    assert!(!looks(&t, &order, "").await.contains("Instalments"));
    t.passes(minutes(2)).await;
    assert!(looks(&t, &order, "").await.contains("Instalments"));
    t.ends().await;
}

#[tokio::test]
async fn a_payer_takes_back_what_is_kept() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let customer = shop.customer().await;
    let method = shop.keeps_a_card(&customer).await;
    let of_another = shop.customer().await;
    let theirs = shop.keeps_a_card(&of_another).await;
    let offering = async |customer: &str| {
        let body = json!({
            "amount": 70_000, "currency": "INR", "customer_id": customer, "offer_saved_methods": true,
        });
        shop.creates_order_with(body).await
    };
    let order = offering(&customer).await;
    let page = looks(&t, &order, "").await;
    assert!(page.contains("Remove Visa ••1007") && page.contains("You agreed on "), "{page}");

    // Another's is nobody's here.
    for nothing in [theirs.as_str(), "x", ""] {
        let answer = sends(&t, &order, "forget", format!("saved={nothing}")).await;
        assert_eq!(answer.header("location"), format!("/pay/{}", order.token().await));
    }
    assert_eq!((shop.methods_of(&customer).await.len(), shop.methods_of(&of_another).await.len()), (1, 1));

    let answer = sends(&t, &order, "forget", format!("saved={method}")).await;
    assert!(answer.header("location").ends_with("?other=1&said=removed"));
    let page = looks(&t, &order, "?other=1&said=removed").await;
    assert!(page.contains("Removed. It is charged no more") && !page.contains("••1007"), "{page}");
    assert_eq!(shop.methods_of(&customer).await.len(), 0);
    shop.charges(&order, &method).await.refuses(404, "not_found");
    t.settles().await;
    t.passes(minutes(1)).await;
    assert!(looks(&t, &offering(&of_another).await, "").await.contains("Remove Visa"));
    t.ends().await;
}
