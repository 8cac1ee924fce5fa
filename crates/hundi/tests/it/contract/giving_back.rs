//! Refunds: in part, twice, slowly, and failed after they had succeeded.

use super::{Case, Held, NotOffered, Stand, Verdict, case};
use hundi_core::time::{days, hours, minutes};
use hundi_providers::sim::{Acts, Fault, Op};
use serde_json::json;

pub(super) const CASES: &[Case] = &[
    case!("a refund of a part, then of the rest", in_parts),
    case!("never more than was captured", no_more),
    case!("the same refund twice is one", twice),
    case!("silent after giving back: given back once", silent_after),
    case!("silent before giving back: given back once", silent_before),
    case!("5xx, HTML and half an answer: given back once", unreadable),
    case!("a refund pending for days is not processed", slow),
    case!("a refund that fails frees what it held", fails),
    case!("a refund made in the provider's dashboard is adopted", adopted),
];

/// Until the provider has said its last word.
async fn ends(s: &Stand<'_>) {
    s.t.passes(days(8)).await;
}

async fn in_parts(s: &Stand<'_>) -> Verdict {
    let payment = s.paid().await;
    payment.refunds(20_000).await;
    ends(s).await;
    payment.refunds(s.amount().minor() - 20_000).await;
    ends(s).await;
    let read = payment.reads().await;
    assert_eq!(read["amount_refunded"], s.amount().minor(), "{read}");
    assert_eq!(s.happened("refund_processed"), 2);
    Held
}

async fn no_more(s: &Stand<'_>) -> Verdict {
    let payment = s.paid().await;
    payment.refunds(40_000).await;
    payment.asks_refund(&json!({ "amount": 20_000 })).await.refuses(422, "refund_exceeds_captured");
    ends(s).await;
    assert_eq!(s.happened("refund_accepted"), 1);
    Held
}

async fn twice(s: &Stand<'_>) -> Verdict {
    let payment = s.paid().await;
    let path = format!("{}/refunds", payment.path());
    let first = s.shop.posts_once(&path, &json!({ "amount": 10_000 }), "once").await.is(201);
    let second = s.shop.posts_once(&path, &json!({ "amount": 10_000 }), "once").await.is(201);
    assert_eq!(first.body, second.body);
    ends(s).await;
    assert_eq!(s.happened("refund_accepted"), 1);
    Held
}

async fn is_given_back_once(s: &Stand<'_>, fault: Fault) {
    let payment = s.paid().await;
    let before = s.happened("refund_accepted");
    s.dial(Op::Refund, fault);
    payment.refunds(10_000).await;
    ends(s).await;
    let refunds = payment.all_refunds().await;
    assert_eq!(refunds.len(), 1, "{fault:?}");
    assert_eq!(refunds[0]["status"], "processed", "{fault:?}: {}", refunds[0]);
    assert_eq!(s.happened("refund_accepted") - before, 1, "{fault:?}");
    s.clear_dials();
}

async fn silent_after(s: &Stand<'_>) -> Verdict {
    is_given_back_once(s, Fault::SilentAfterActing).await;
    Held
}

async fn silent_before(s: &Stand<'_>) -> Verdict {
    is_given_back_once(s, Fault::DropBeforeActing).await;
    is_given_back_once(s, Fault::ActAfterSilence { ms: minutes(1) / 2 }).await;
    Held
}

async fn unreadable(s: &Stand<'_>) -> Verdict {
    for fault in [
        Fault::Status { status: 500, acts: Acts::Before },
        Fault::Status { status: 503, acts: Acts::Never },
        Fault::Status { status: 429, acts: Acts::Never },
        Fault::HtmlErrorPage,
        Fault::EmptyOk,
        Fault::TruncatedJson,
        Fault::UnknownStatus,
    ] {
        is_given_back_once(s, fault).await;
    }
    Held
}

async fn slow(s: &Stand<'_>) -> Verdict {
    s.dial(Op::Refund, Fault::RefundDelay { ms: days(3) });
    let payment = s.paid().await;
    payment.refunds(10_000).await;
    s.t.passes(days(2)).await;
    let refunds = payment.all_refunds().await;
    assert_eq!(refunds[0]["status"], "processing", "{}", refunds[0]);
    assert_eq!(s.shop.balance("refunds").await, 0);
    ends(s).await;
    assert_eq!(payment.all_refunds().await[0]["status"], "processed");
    Held
}

async fn fails(s: &Stand<'_>) -> Verdict {
    s.dial(Op::Refund, Fault::RefundFails { ms: hours(2) });
    let payment = s.paid().await;
    payment.refunds(10_000).await;
    ends(s).await;
    assert_eq!(payment.all_refunds().await[0]["status"], "failed");
    assert_eq!(s.shop.balance("refunds").await, 0);
    payment.refunds(s.amount().minor()).await;
    ends(s).await;
    assert_eq!(payment.reads().await["amount_refunded"], s.amount().minor());
    Held
}

async fn adopted(s: &Stand<'_>) -> Verdict {
    let payment = s.paid().await;
    let there = payment.provider_tries().await;
    let (id, _) = there.iter().find(|(_, status)| status == "captured").expect("it was captured");
    let body = json!({ "payment_id": id, "amount": 10_000 });
    if s.t.asks(s.card().id, "/sim/control/refund", &body).is_err() {
        return NotOffered("refunds are made by API alone");
    }
    s.t.passes(hours(2)).await;
    s.shop.posts(&format!("{}/check", payment.path()), &json!({})).await.is(200);
    s.t.settles().await;
    let read = payment.reads().await;
    assert_eq!(read["amount_refunded"], 10_000, "{read}");
    Held
}
