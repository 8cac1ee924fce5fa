//! A sweep, as merchants see it.

use super::{time, time_opt};
use hundi_store::sweeps::Sweep;
use serde_json::{Value, json};

pub fn sweep(s: &Sweep) -> Value {
    json!({
        "id": s.id.to_string(),
        "object": "sweep",
        "livemode": s.scope.mode().is_live(),
        "connection_id": s.connection_id.to_string(),
        "status": s.state.as_str(),
        "cause": s.cause.as_str(),
        "from": time(s.from),
        "to": time(s.to),
        "pages": s.pages,
        "items": s.found.items,
        "applied": s.found.applied,
        "parked": s.found.parked,
        "questioned": s.found.questioned,
        "error": s.error,
        "created_at": time(s.created_at),
        "ended_at": time_opt(s.ended_at),
    })
}
