//! The platform's account as a last resort: as the platform sees each offer, and as a merchant sees its own.

use super::{time, time_opt};
use crate::fallbacks::Fallback;
use hundi_core::Scope;
use serde_json::{Value, json};

/// For the platform: to whom which of its connections is lent.
pub fn fallback(f: &Fallback) -> Value {
    let status = match (&f.accepted, &f.ended) {
        (_, Some(_)) => "ended",
        (Some(_), None) => "accepted",
        (None, None) => "offered",
    };
    json!({
        "id": f.id.to_string(),
        "object": "fallback",
        "livemode": f.scope.mode().is_live(),
        "merchant_id": f.scope.merchant().to_string(),
        "connection_id": f.connection_id.to_string(),
        "status": status,
        "offered_at": time(f.offered_at),
        "accepted_at": time_opt(f.accepted.as_ref().map(|accepted| accepted.at)),
        "ended_by": f.ended.as_ref().map(|ended| ended.side.as_str()),
        "ended_at": time_opt(f.ended.as_ref().map(|ended| ended.at)),
    })
}

/// For the merchant: whether it stands, and nothing of the account behind it.
pub fn routing_fallback(standing: Option<&Fallback>, scope: Scope) -> Value {
    let accepted = standing.and_then(|f| f.accepted.as_ref());
    let status = match standing {
        None => "none",
        Some(_) if accepted.is_some() => "accepted",
        Some(_) => "offered",
    };
    json!({
        "object": "routing_fallback",
        "livemode": scope.mode().is_live(),
        "status": status,
        "offered_at": time_opt(standing.map(|f| f.offered_at)),
        "accepted_at": time_opt(accepted.map(|accepted| accepted.at)),
    })
}
