//! A merchant's endpoint, the deliveries to it, and replays.

use super::versions::shown as shown_in;
use super::{event, time, time_opt};
use hundi_core::{Secret, Version};
use hundi_store::deliveries::{Delivery, Try};
use hundi_store::endpoints::{Endpoint, Retries};
use hundi_store::events::Event;
use hundi_store::replays::Replay;
use serde_json::{Value, json};

/// How much of a request's body the log of deliveries shows.
const REQUEST_CHARS_MAX: usize = 16 << 10;

/// The secret is shown once, when it is made; `secret` is `None` ever after.
pub fn endpoint(e: &Endpoint, secret: Option<&Secret>) -> Value {
    let mut shown = json!({
        "id": e.id.to_string(),
        "object": "endpoint",
        "livemode": e.scope.mode().is_live(),
        "url": e.url,
        "description": e.description,
        "events": e.events.split(',').collect::<Vec<_>>(),
        "signature": e.signature.as_str(),
        "public_key": e.public_key,
        "previous_key_until": time_opt(e.secret_old_until),
        "retries": retries(&e.retries),
        "rate_per_sec": e.rate_per_sec,
        "ordered": e.ordered,
        "version": e.api_version.as_str(),
        "status": if e.enabled { "enabled" } else { "disabled" },
        "disabled_reason": e.disabled_reason,
        "failing_since": time_opt(e.failing_since),
        "failures": e.failures,
        "created_at": time(e.created_at),
    });
    if let (Some(secret), Some(object)) = (secret, shown.as_object_mut()) {
        object.insert("secret".into(), json!(secret.expose()));
    }
    shown
}

fn retries(retries: &Retries) -> Value {
    match retries {
        Retries::Standard | Retries::FirstFive => json!(retries.to_string()),
        Retries::Own(gaps) => json!(gaps),
    }
}

/// A delivery as lists show it.
pub fn delivery(d: &Delivery) -> Value {
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
    })
}

/// A delivery with what was sent and what came back, try by try. The body is as its endpoint has it, whoever reads this.
pub fn delivery_in_full(d: &Delivery, tries: &[Try], told: &Event, version: Version) -> Value {
    let mut shown = delivery(d);
    if let Some(object) = shown.as_object_mut() {
        let body: String = shown_in(version, event(told)).to_string();
        let cut: String = body.chars().take(REQUEST_CHARS_MAX).collect();
        object.insert("request_body".into(), json!(cut));
        object.insert("tries".into(), tries.iter().map(|t| one_try(d, t)).collect());
    }
    shown
}

fn one_try(d: &Delivery, t: &Try) -> Value {
    // Its signature is a proof to whoever gets hold of it within minutes, and nothing that a log needs.
    let request = t.url.as_ref().map(|url| {
        json!({
            "method": "POST",
            "url": url,
            "headers": {
                "content-type": "application/json",
                "webhook-id": d.event_id.to_string(),
                "webhook-timestamp": t.at.secs().to_string(),
                "webhook-signature": "[hidden]",
                "x-delivery-id": d.id.to_string(),
            },
        })
    });
    json!({
        "attempt": t.n,
        "at": time(t.at),
        "took_ms": t.took_ms,
        "request": request,
        "response_status": t.status,
        "error": t.error,
        "response_body": t.response,
    })
}

pub fn replay(r: &Replay) -> Value {
    json!({
        "id": r.id.to_string(),
        "object": "replay",
        "livemode": r.scope.mode().is_live(),
        "endpoint_id": r.endpoint_id.to_string(),
        "since": time(r.since),
        "until": time(r.until),
        "types": r.events.split(',').collect::<Vec<_>>(),
        "status": r.state.as_str(),
        "enqueued": r.enqueued,
        "created_at": time(r.created_at),
        "done_at": time_opt(r.done_at),
    })
}
