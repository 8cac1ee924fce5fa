//! What payers do, and what banks say, early and late.

use super::{Case, Held, NotOffered, Stand, Verdict, case};
use hundi_core::time::{days, hours, minutes};
use hundi_providers::sim::{Fault, Op};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) const CASES: &[Case] = &[
    case!("captured, known by return, webhook and poll alike", captured),
    case!("captured, known by the webhook alone", by_webhook),
    case!("captured, known by polling alone", by_poll),
    case!("declined by the bank: open for another try, then failed", declined),
    case!("the customer cancels: open for another try, then over", cancelled_by_payer),
    case!("the customer leaves: expired", left),
    case!("silent after the payer agreed: pending, never failed or paid", silent_payer),
    case!("a failed try, then success beneath the same payment", failed_then_paid),
    case!("late success after a failure is recorded", late_success),
    case!("another amount than was asked never pays", wrong_amount),
    case!("another currency than was asked never pays", wrong_currency),
    case!("held, then taken by the merchant", held_and_taken),
    case!("held, then a part is taken and the rest let go", held_and_taken_in_part),
    case!("held, then called off: nothing is taken", held_and_called_off),
];

async fn captured(s: &Stand<'_>) -> Verdict {
    let payment = s.paid().await;
    assert_eq!(s.order_of(&payment).await, "paid");
    s.t.passes(hours(2)).await;
    assert_eq!(s.happened("captured"), 1);
    assert_eq!(s.shop.balance("sales").await, -s.amount().minor());
    assert_eq!(s.shop.heard_of("payment.captured"), 1);
    Held
}

async fn by_webhook(s: &Stand<'_>) -> Verdict {
    if s.provider.notices().is_none() {
        return NotOffered("it sends no webhooks");
    }
    let payment = s.begun().await;
    payment.payer("pay");
    s.t.settles().await;
    payment.is("captured").await;
    Held
}

async fn by_poll(s: &Stand<'_>) -> Verdict {
    let payment = s.begun().await;
    payment.payer("pay");
    // What finishing sends is lost as well.
    for _ in 0..20 {
        s.t.loses_webhooks();
        s.t.passes(minutes(1)).await;
    }
    payment.is("captured").await;
    assert_eq!(s.order_of(&payment).await, "paid");
    Held
}

async fn ends_unpaid(s: &Stand<'_>, outcome: &str) -> Verdict {
    let payment = s.begun().await;
    let back = payment.payer(outcome);
    payment.comes_back(&back.fields).await;
    s.t.settles().await;
    let read = payment.reads().await;
    assert!(["pending", "failed"].contains(&read["status"].as_str().unwrap_or_default()), "{read}");
    s.t.passes(hours(3)).await;
    let read = payment.reads().await;
    assert!(["failed", "expired"].contains(&read["status"].as_str().unwrap_or_default()), "{read}");
    assert_eq!(s.happened("captured"), 0);
    assert_eq!(s.shop.balance("sales").await, 0);
    Held
}

async fn declined(s: &Stand<'_>) -> Verdict {
    ends_unpaid(s, "fail").await
}

async fn cancelled_by_payer(s: &Stand<'_>) -> Verdict {
    let payment = s.begun().await;
    payment.payer("leave");
    s.t.passes(hours(3)).await;
    let read = payment.reads().await;
    assert!(["failed", "expired"].contains(&read["status"].as_str().unwrap_or_default()), "{read}");
    Held
}

async fn left(s: &Stand<'_>) -> Verdict {
    ends_unpaid(s, "leave").await
}

async fn silent_payer(s: &Stand<'_>) -> Verdict {
    let payment = s.begun().await;
    payment.payer("silent");
    s.t.passes(minutes(5)).await;
    payment.is("pending").await;
    assert_eq!(s.shop.balance("sales").await, 0);
    Held
}

async fn failed_then_paid(s: &Stand<'_>) -> Verdict {
    let payment = s.begun().await;
    payment.payer("fail");
    s.t.settles().await;
    let deed = json!({ "order": payment.provider_order, "outcome": "pay" });
    if s.t.asks(s.card().id, "/sim/api/pay", &deed).is_err() {
        return NotOffered("one payment there is one try");
    }
    s.t.passes(minutes(20)).await;
    payment.is("captured").await;
    assert_eq!(s.order_of(&payment).await, "paid");
    Held
}

async fn late_success(s: &Stand<'_>) -> Verdict {
    s.dial(Op::Pay, Fault::LateAuthorization { ms: hours(1) });
    let payment = s.begun().await;
    payment.payer("pay");
    s.t.settles().await;
    if s.happened("failed") == 0 && s.happened("captured") > 0 {
        return NotOffered("its failures are final");
    }
    s.t.passes(days(2)).await;
    s.t.passes(hours(1)).await;
    assert_eq!(s.happened("captured"), 1);
    // The order was over by then: the merchant's policy gives it back.
    let read = payment.is("captured").await;
    assert_eq!(read["amount_captured"], s.amount().minor());
    Held
}

async fn wrong_amount(s: &Stand<'_>) -> Verdict {
    s.dial(Op::Pay, Fault::WrongAmount { minor: 12_300 });
    let payment = s.begun().await;
    payment.payer("pay");
    s.t.passes(minutes(20)).await;
    let read = payment.reads().await;
    assert_ne!(read["status"], "captured", "{read}");
    assert_ne!(s.order_of(&payment).await, "paid");
    assert_eq!(s.shop.balance("sales").await, 0);
    if s.happened("captured") > 0 {
        assert!(!s.shop.discrepancies().await.is_empty(), "nobody was told: {read}");
    }
    Held
}

async fn wrong_currency(s: &Stand<'_>) -> Verdict {
    let payment = s.begun().await;
    let asked = s.amount().currency().code().to_owned();
    let other = if asked == "USD" { "EUR" } else { "USD" };
    let named = Arc::new(AtomicBool::new(false));
    let seen = named.clone();
    s.t.gate.alters(move |_, body| {
        let text = String::from_utf8_lossy(body);
        if text.contains(&asked) {
            seen.store(true, Ordering::Relaxed);
            *body = text.replace(&asked, other).into_bytes();
        }
    });
    payment.payer("pay");
    s.t.loses_webhooks();
    for _ in 0..10 {
        s.t.passes(minutes(1)).await;
        s.t.loses_webhooks();
        assert!(s.order_of(&payment).await != "paid" || !named.load(Ordering::Relaxed));
    }
    s.t.gate.alters_nothing();
    if !named.load(Ordering::Relaxed) {
        return NotOffered("its answers name no currency, and its accounts have one");
    }
    assert_eq!(s.shop.balance("sales").await, 0);
    Held
}

async fn held_and_taken(s: &Stand<'_>) -> Verdict {
    let order = s.manual_order().await;
    let tried = order.tries(s.flow()).await;
    if s.provider.capture().is_none() {
        let read = tried.json();
        assert!(read["status"] == "failed" || read["code"].is_string(), "{read}");
        return NotOffered("it takes the money at once, and an order that waits is refused");
    }
    let payment = crate::house::Payment::of(&s.shop, tried.is(201).json());
    let back = payment.payer("authorize");
    payment.comes_back(&back.fields).await;
    s.t.settles().await;
    payment.is("authorized").await;
    assert_eq!(s.happened("captured"), 0);
    payment.captures().await.is(200);
    s.t.settles().await;
    payment.is("captured").await;
    assert_eq!(s.happened("captured"), 1);
    Held
}

async fn held_and_taken_in_part(s: &Stand<'_>) -> Verdict {
    let Some(capture) = s.provider.capture() else {
        return NotOffered("it holds nothing");
    };
    let payment = s.manual_order().await.begins(s.flow()).await;
    let back = payment.payer("authorize");
    payment.comes_back(&back.fields).await;
    s.t.settles().await;
    payment.is("authorized").await;
    let part = s.amount().minor() / 2;
    let taken = s.shop.posts(&format!("{}/capture", payment.path()), &json!({ "amount": part })).await;
    if capture.part().is_none() {
        taken.refuses(422, "capture_not_whole");
        assert_eq!(s.happened("captured"), 0);
        return NotOffered("it takes the whole of a hold or nothing");
    }
    assert_eq!(taken.is(200).json()["amount_captured"], part);
    s.t.settles().await;
    assert_eq!((s.order_of(&payment).await, s.happened("captured")), ("paid".to_owned(), 1));
    assert_eq!(s.shop.balance("sales").await, -part);
    payment.captures().await.refuses(409, "payment_cannot_be_captured");
    Held
}

async fn held_and_called_off(s: &Stand<'_>) -> Verdict {
    if s.provider.capture().is_none() {
        return NotOffered("it holds nothing");
    }
    let order = s.manual_order().await;
    let payment = order.begins(s.flow()).await;
    let back = payment.payer("authorize");
    payment.comes_back(&back.fields).await;
    s.t.settles().await;
    payment.is("authorized").await;
    s.shop.posts(&format!("{}/cancel", payment.path()), &json!({})).await.is(200);
    s.t.settles().await;
    let at_once = usize::from(s.provider.void().is_some());
    assert_eq!(s.happened("released"), at_once);
    s.t.passes(days(6)).await;
    payment.is("cancelled").await;
    assert_eq!((s.happened("captured"), s.shop.balance("sales").await), (0, 0));
    Held
}
