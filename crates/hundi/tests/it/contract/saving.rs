//! What a provider keeps for a payer, and charging it.

use super::{Case, Held, NotOffered, Stand, Verdict, case};
use crate::house::Payment;
use hundi_core::time::{hours, minutes};
use hundi_providers::sim::{Fault, Op};
use serde_json::json;

pub(super) const CASES: &[Case] = &[
    case!("a saved method, kept by consent, is charged", charged),
    case!("a declined charge is over, and the order is paid otherwise", declined),
    case!("silent after charging: found, and charged once", silent),
    case!("a charge made late is the only one", late),
    case!("a token that is gone charges nothing", gone),
    case!("the same charge twice is one", twice),
    case!("another merchant's token charges nothing", anothers),
    case!("lists what an account can be paid with", choices),
];

const NOTHING_KEPT: Verdict =
    NotOffered("no document of the provider's confirms a charge without its payer: see its notes");

/// A customer with a saved method there; none where the provider keeps nothing.
async fn kept(s: &Stand<'_>) -> Option<(String, String)> {
    s.provider.saved()?;
    let customer = s.shop.customer().await;
    let method = s.shop.keeps_a_card(&customer).await;
    Some((customer, method))
}

fn taken(s: &Stand<'_>, minor: i64) -> usize {
    let journal = s.t.simulator(s.card().id);
    journal.journal().iter().filter(|l| l.what == "captured" && l.amount_minor == minor).count()
}

async fn charged(s: &Stand<'_>) -> Verdict {
    let Some((customer, method)) = kept(s).await else { return NOTHING_KEPT };
    let order = s.shop.order_of(&customer, 70_000).await;
    assert_eq!(s.shop.charges(&order, &method).await.is(201).field("status"), "captured");
    order.is("paid").await;
    Held
}

async fn declined(s: &Stand<'_>) -> Verdict {
    let Some((customer, method)) = kept(s).await else { return NOTHING_KEPT };
    let order = s.shop.order_of(&customer, 70_013).await;
    assert_eq!(s.shop.charges(&order, &method).await.is(201).field("status"), "failed");
    order.is_paid().await;
    assert_eq!(taken(s, 70_013), 1);
    Held
}

async fn silent(s: &Stand<'_>) -> Verdict {
    let Some((customer, method)) = kept(s).await else { return NOTHING_KEPT };
    let order = s.shop.order_of(&customer, 70_000).await;
    s.dial_always(Op::Webhook, Fault::WebhookDrop);
    s.dial(Op::Charge, Fault::SilentAfterActing);
    let payment = Payment::of(&s.shop, s.shop.charges(&order, &method).await.is(201).json());
    payment.is_in_doubt().await;
    order.tries(s.flow()).await.refuses(409, "payment_in_doubt");
    s.t.passes(minutes(2)).await;
    payment.is("captured").await;
    assert_eq!(taken(s, 70_000), 1);
    Held
}

async fn late(s: &Stand<'_>) -> Verdict {
    let Some((customer, method)) = kept(s).await else { return NOTHING_KEPT };
    let order = s.shop.order_of(&customer, 70_000).await;
    s.dial(Op::Charge, Fault::ActAfterSilence { ms: hours(1) });
    let payment = Payment::of(&s.shop, s.shop.charges(&order, &method).await.is(201).json());
    s.t.passes(minutes(30)).await;
    order.tries(s.flow()).await.refuses(409, "payment_in_progress");
    s.t.passes(hours(3)).await;
    payment.is("captured").await;
    assert_eq!(taken(s, 70_000), 1);
    Held
}

async fn gone(s: &Stand<'_>) -> Verdict {
    let Some((customer, method)) = kept(s).await else { return NOTHING_KEPT };
    let order = s.shop.order_of(&customer, 70_000).await;
    s.dial(Op::Charge, Fault::NotFoundThenFound);
    assert_eq!(s.shop.charges(&order, &method).await.is(201).field("status"), "failed");
    s.shop.charges(&order, &method).await.refuses(404, "not_found");
    assert_eq!(taken(s, 70_000), 0);
    Held
}

async fn twice(s: &Stand<'_>) -> Verdict {
    let Some((customer, method)) = kept(s).await else { return NOTHING_KEPT };
    let order = s.shop.order_of(&customer, 70_000).await;
    let body = json!({ "order_id": order.id, "method": method });
    let first = s.shop.posts_once("/api/v1/payments", &body, "once").await.is(201);
    let second = s.shop.posts_once("/api/v1/payments", &body, "once").await.is(201);
    assert_eq!(first.body, second.body);
    assert_eq!(taken(s, 70_000), 1);
    Held
}

async fn anothers(s: &Stand<'_>) -> Verdict {
    let Some((_, method)) = kept(s).await else { return NOTHING_KEPT };
    let thief = s.t.shop_at(s.card().id).await;
    let order = thief.creates_order(70_000).await;
    thief.charges(&order, &method).await.refuses(404, "not_found");
    assert_eq!(taken(s, 70_000), 0);
    Held
}

async fn choices(s: &Stand<'_>) -> Verdict {
    let path = format!("/api/v1/connections/{}/methods", s.shop.connection);
    let all = s.shop.gets(&path).await.is(200).json();
    assert_eq!(all["listed_by_provider"], s.provider.choices().is_some());
    match s.provider.choices() {
        Some(_) => Held,
        None => NotOffered("no document of the provider's confirms its lists: see its notes"),
    }
}
