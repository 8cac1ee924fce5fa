//! A merchant's endpoint and the deliveries to it.

use super::{time, time_opt};
use hundi_store::endpoints::{Delivery, Endpoint, Try};
use serde_json::{Value, json};

/// The secret is shown once, when it is made; `secret` is `None` ever after.
pub fn endpoint(e: &Endpoint, secret: Option<&str>) -> Value {
    let mut shown = json!({
        "id": e.id.to_string(),
        "object": "endpoint",
        "livemode": e.scope.mode().is_live(),
        "url": e.url,
        "description": e.description,
        "events": e.events.split(',').collect::<Vec<_>>(),
        "status": if e.enabled { "enabled" } else { "disabled" },
        "disabled_reason": e.disabled_reason,
        "failing_since": time_opt(e.failing_since),
        "created_at": time(e.created_at),
    });
    if let (Some(secret), Some(object)) = (secret, shown.as_object_mut()) {
        object.insert("secret".into(), json!(secret));
    }
    shown
}

pub fn delivery(d: &Delivery, tries: &[Try]) -> Value {
    json!({
        "id": d.id.to_string(),
        "object": "delivery",
        "livemode": d.scope.mode().is_live(),
        "event_id": d.event_id.to_string(),
        "event_type": d.event_type,
        "endpoint_id": d.endpoint_id.to_string(),
        "status": d.state.as_str(),
        "attempts": d.attempts,
        "next_attempt_at": time_opt(d.next_at),
        "last_response_status": d.last_status,
        "created_at": time(d.created_at),
        "done_at": time_opt(d.done_at),
        "tries": tries.iter().map(|t| json!({
            "attempt": t.n,
            "at": time(t.at),
            "took_ms": t.took_ms,
            "response_status": t.status,
            "error": t.error,
            "response_body": t.response,
        })).collect::<Vec<_>>(),
    })
}
