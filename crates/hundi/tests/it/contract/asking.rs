//! Asking: what a poll may not conclude.

use super::{Case, Held, NotOffered, Stand, Verdict, case};
use hundi_core::time::minutes;
use hundi_providers::sim::{Acts, Fault, Op};
use serde_json::json;

pub(super) const CASES: &[Case] = &[
    case!("an unknown status is neither paid nor failed", unknown_status),
    case!("polls that fail in every way change nothing", failing_polls),
    case!("a provider that forgot the order is not believed", forgotten),
    case!("money on the account that is not ours pays nothing", foreign),
];

async fn unknown_status(s: &Stand<'_>) -> Verdict {
    let payment = s.begun().await;
    payment.payer("pay");
    s.dial_always(Op::Fetch, Fault::UnknownStatus);
    for _ in 0..12 {
        s.t.loses_webhooks();
        s.t.passes(minutes(1)).await;
    }
    let read = payment.is("pending").await;
    assert_eq!(s.shop.balance("sales").await, 0, "{read}");
    s.clear_dials();
    s.t.passes(minutes(130)).await;
    payment.is("captured").await;
    Held
}

async fn failing_polls(s: &Stand<'_>) -> Verdict {
    let payment = s.begun().await;
    payment.payer("pay");
    s.t.loses_webhooks();
    for fault in [
        Fault::SilentAfterActing,
        Fault::Status { status: 429, acts: Acts::Never },
        Fault::Status { status: 500, acts: Acts::Never },
        Fault::HtmlErrorPage,
        Fault::EmptyOk,
        Fault::TruncatedJson,
    ] {
        s.dial_always(Op::Fetch, fault);
        s.shop.posts(&format!("{}/check", payment.path()), &json!({})).await.is(200);
        s.t.loses_webhooks();
        let read = payment.is("pending").await;
        assert_eq!(s.shop.balance("sales").await, 0, "{fault:?}: {read}");
        s.clear_dials();
    }
    s.shop.posts(&format!("{}/check", payment.path()), &json!({})).await.is(200);
    payment.is("captured").await;
    Held
}

async fn forgotten(s: &Stand<'_>) -> Verdict {
    let payment = s.begun().await;
    payment.payer("pay");
    s.t.loses_webhooks();
    s.dial_always(Op::Fetch, Fault::NotFoundThenFound);
    for _ in 0..8 {
        s.t.passes(minutes(1)).await;
        s.t.loses_webhooks();
    }
    payment.is("pending").await;
    s.clear_dials();
    s.t.passes(minutes(130)).await;
    payment.is("captured").await;
    Held
}

async fn foreign(s: &Stand<'_>) -> Verdict {
    let mut body = json!({ "amount": s.amount().minor(), "currency": s.amount().currency().code() });
    // Whoever it belongs to is named by the account's public ids.
    for (name, value) in &s.shop.public_credentials {
        body[name.as_str()] = json!(value);
    }
    let order = s.begun().await;
    if s.t.asks(s.card().id, "/sim/control/foreign_payment", &body).is_err() {
        return NotOffered("nobody else can pay into such an account");
    }
    s.t.settles().await;
    assert_ne!(s.order_of(&order).await, "paid");
    assert_eq!(s.shop.balance("sales").await, 0);
    Held
}
