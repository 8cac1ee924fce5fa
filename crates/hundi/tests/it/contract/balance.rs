//! What stands on the account, told by the provider itself.

use super::{Case, Held, NotOffered, Stand, Verdict, case};
use hundi_providers::sim::{Acts, Fault, Op};
use serde_json::Value;

pub(super) const CASES: &[Case] = &[
    case!("tells what stands on the account", tells),
    case!("a balance that is not told is no number", says_nothing_else),
];

const NOT_TOLD: Verdict =
    NotOffered("no document of the provider's confirms a balance of what was collected: see its notes");

fn path(s: &Stand<'_>) -> String {
    format!("/api/v1/connections/{}/balance", s.shop.connection)
}

/// What stands there in the currency of the payments.
fn total(s: &Stand<'_>, told: &Value) -> i64 {
    let currency = s.amount().currency();
    let of = told["balances"].as_array().expect("a list").iter().find(|b| b["currency"] == currency.code());
    of.map_or(0, |b| b["total"].as_i64().expect("a number"))
}

async fn tells(s: &Stand<'_>) -> Verdict {
    if s.provider.balances().is_none() {
        s.shop.gets(&path(s)).await.refuses(422, "balance_not_offered");
        return NOT_TOLD;
    }
    let empty = s.shop.gets(&path(s)).await.is(200).json();
    assert_eq!((total(s, &empty), &empty["provider"]), (0, &Value::from(s.card().id)));
    s.paid().await;
    let once = total(s, &s.shop.gets(&path(s)).await.is(200).json());
    // Less what it costs.
    assert!((1..=s.amount().minor()).contains(&once), "{once}");
    s.paid().await;
    let twice = s.shop.gets(&path(s)).await.is(200).json();
    assert_eq!(total(s, &twice), once * 2, "{twice}");
    // It is theirs alone.
    let other = s.t.shop_at(s.card().id).await;
    other.gets(&path(s)).await.refuses(404, "not_found");
    Held
}

async fn says_nothing_else(s: &Stand<'_>) -> Verdict {
    if s.provider.balances().is_none() {
        return NOT_TOLD;
    }
    s.paid().await;
    for fault in [
        Fault::Status { status: 500, acts: Acts::Before },
        Fault::Status { status: 429, acts: Acts::Never },
        Fault::HtmlErrorPage,
        Fault::SilentAfterActing,
    ] {
        s.dial(Op::Other, fault);
        s.shop.gets(&path(s)).await.refuses(502, "provider_refused");
        s.clear_dials();
    }
    assert!(total(s, &s.shop.gets(&path(s)).await.is(200).json()) > 0);
    Held
}
