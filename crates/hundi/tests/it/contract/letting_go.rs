//! Holds that are called off, where the provider can be asked to let them go.

use super::{Case, Held, NotOffered, Stand, Verdict, case};
use crate::house::Payment;
use hundi_core::time::{hours, minutes};
use hundi_providers::sim::{Acts, Fault, Op};
use serde_json::{Value, json};

pub(super) const CASES: &[Case] = &[
    case!("a hold that is called off is let go at once", at_once),
    case!("letting go that nobody answered is asked again, and done once", unanswered),
];

fn offered(s: &Stand<'_>) -> Result<(), Verdict> {
    match (s.provider.capture(), s.provider.void()) {
        (None, _) => Err(NotOffered("it holds nothing")),
        (Some(_), None) => Err(NotOffered("its holds end by themselves alone")),
        (Some(_), Some(_)) => Ok(()),
    }
}

async fn held<'s>(s: &'s Stand<'_>) -> Payment<'s> {
    let order = s.manual_order().await;
    let payment = order.begins(s.flow()).await;
    let back = payment.payer("authorize");
    payment.comes_back(&back.fields).await;
    s.t.settles().await;
    payment.is("authorized").await;
    s.t.passes(1_000).await;
    payment
}

async fn cancels(s: &Stand<'_>, payment: &Payment<'_>) -> Value {
    let off = s.shop.posts(&format!("{}/cancel", payment.path()), &json!({})).await.is(200).json();
    assert_eq!(off["status"], "cancelled", "{off}");
    off
}

async fn is_let_go(payment: &Payment<'_>) {
    let tries = payment.provider_tries().await;
    assert!(tries.iter().all(|(_, status)| status == "released"), "{tries:?}");
}

async fn at_once(s: &Stand<'_>) -> Verdict {
    if let Err(verdict) = offered(s) {
        return verdict;
    }
    let payment = held(s).await;
    let off = cancels(s, &payment).await;
    assert_eq!((&off["outcome"], &off["tries"][0]["status"]), (&json!("known"), &json!("released")));
    payment.captures().await.refuses(409, "payment_cannot_be_captured");
    assert_eq!((s.happened("released"), s.happened("captured")), (1, 0));
    Held
}

async fn unanswered(s: &Stand<'_>) -> Verdict {
    if let Err(verdict) = offered(s) {
        return verdict;
    }
    for fault in [
        Fault::SilentAfterActing,
        Fault::DropBeforeActing,
        Fault::HtmlErrorPage,
        Fault::Status { status: 500, acts: Acts::Before },
        Fault::Status { status: 503, acts: Acts::Never },
        Fault::Status { status: 429, acts: Acts::Never },
    ] {
        let before = s.happened("released");
        let payment = held(s).await;
        s.dial(Op::Void, fault);
        cancels(s, &payment).await;
        s.t.passes(minutes(10)).await;
        s.t.passes(hours(2)).await;
        payment.is_known().await;
        payment.is("cancelled").await;
        is_let_go(&payment).await;
        assert_eq!((s.happened("released") - before, s.happened("captured")), (1, 0), "{fault:?}");
        s.clear_dials();
    }
    Held
}
