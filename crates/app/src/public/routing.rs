//! Routing rules, and what they would lead to.

use super::{time, time_opt};
use crate::routing::{Named, Policy, Preview, Routing};
use hundi_core::Scope;
use hundi_core::routing::PassedOver;
use serde_json::{Value, json};

pub fn routing(r: &Routing, scope: Scope) -> Value {
    json!({
        "object": "routing",
        "livemode": scope.mode().is_live(),
        "rules": r.rules,
        "version": r.version,
        "updated_at": time_opt(r.updated_at),
    })
}

/// What a merchant decided about payments beside others.
pub fn policy(p: &Policy, scope: Scope) -> Value {
    json!({
        "object": "routing_policy",
        "livemode": scope.mode().is_live(),
        "late_success": p.late_success.in_full(),
        "version": p.version,
        "updated_at": time_opt(p.updated_at),
    })
}

/// What would be tried, in order, and why the others would not.
pub fn routing_preview(p: &Preview) -> Value {
    let named = |c: &Named| {
        let via = if c.lent { "platform" } else { "own" };
        json!({ "connection": c.id.to_string(), "provider": c.provider, "label": c.label, "via": via })
    };
    let over = |(c, why): &(Named, PassedOver)| {
        let mut shown = named(c);
        let (reason, until) = match why {
            PassedOver::Unfit(unfit) => (unfit.as_str(), None),
            PassedOver::Down { until } => ("down", Some(time(*until))),
            PassedOver::Recovering => ("recovering", None),
        };
        shown["reason"] = json!(reason);
        shown["until"] = json!(until);
        shown
    };
    json!({
        "object": "routing_preview",
        "rule": p.rule.as_ref().map(|(at, name)| json!({ "position": at, "name": name })),
        "tries": p.tries.iter().map(named).collect::<Vec<_>>(),
        "passed_over": p.passed_over.iter().map(over).collect::<Vec<_>>(),
    })
}
