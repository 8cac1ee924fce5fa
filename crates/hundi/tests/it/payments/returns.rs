//! What the payer's browser brings: checked, and never more than a cause to ask the provider.

use crate::house::TestApp;
use hundi_core::FailureReason;

#[tokio::test]
async fn a_wrong_signature_moves_nothing_and_is_recorded() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(20_000).await;
    let payment = order.begins("script").await;
    let good = "a".repeat(64);
    for signature in ["", "00", good.as_str(), &good.to_uppercase()] {
        let fields = [
            ("razorpay_payment_id", "pay_Forged00000001"),
            ("razorpay_order_id", payment.provider_order.as_str()),
            ("razorpay_signature", signature),
        ];
        let fields: Vec<_> = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let back = payment.comes_back(&fields).await;
        assert_eq!(back.payment.captured_minor, 0);
    }
    payment.is("pending").await;
    order.is("attempted").await;
    assert_eq!(shop.audited("return.forged").await, 4);
    t.ends().await;
}

/// SAFETY T06: a true proof of order X, brought to order Y.
#[tokio::test]
async fn another_orders_success_pays_nothing_here() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let (x, y) = (shop.creates_order(20_000).await, shop.creates_order(20_000).await);
    let (paid, open) = (x.begins("script").await, y.begins("script").await);
    let brought = paid.payer("pay");
    t.settles().await;
    x.is("paid").await;

    open.comes_back(&brought.fields).await;
    let mut relabelled = brought.fields.clone();
    relabelled
        .iter_mut()
        .filter(|(n, _)| n == "razorpay_order_id")
        .for_each(|(_, v)| v.clone_from(&open.provider_order));
    open.comes_back(&relabelled).await;
    t.settles().await;

    open.is("pending").await;
    y.is("attempted").await;
    assert_eq!(shop.audited("return.forged").await, 2);
    t.ends().await;
}

/// Also a genuine signature only says that the payer was there: the money is held, and nobody has taken it.
#[tokio::test]
async fn a_true_signature_is_only_a_cause_to_ask() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_manual_order(20_000).await;
    let payment = order.begins("script").await;
    let brought = payment.payer("authorize");
    t.loses_webhooks();
    payment.comes_back(&brought.fields).await;
    payment.is("authorized").await;
    order.is("attempted").await;
    assert_eq!(shop.audited("return.forged").await, 0);
    t.ends().await;
}

#[tokio::test]
async fn a_failure_that_the_browser_tells_fails_nothing() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(20_000).await.begins("script").await;
    let left = payment.payer("leave");
    let back = payment.comes_back(&left.fields).await;
    assert_eq!(back.said_failure, Some(FailureReason::UserCancelled));
    payment.is("pending").await;
    t.ends().await;
}

#[tokio::test]
async fn one_field_twice_is_nobodys_form() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(20_000).await.begins("script").await;
    let mut fields = payment.payer("authorize").fields;
    fields.push(fields[0].clone());
    t.loses_webhooks();
    payment.comes_back(&fields).await;
    assert_eq!(shop.audited("return.forged").await, 1);
    t.ends().await;
}
