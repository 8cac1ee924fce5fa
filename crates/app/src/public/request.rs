//! A request to the API, as whoever made it sees it afterwards.

use super::time;
use crate::requests::Request;
use hundi_core::Scope;
use serde_json::{Value, json};

pub fn request(r: &Request, scope: Scope) -> Value {
    json!({
        "id": r.id.to_string(),
        "object": "request",
        "livemode": scope.mode().is_live(),
        "key_id": r.key_id,
        "method": r.method,
        "path": r.path,
        "status": r.status,
        "error_code": r.error_code,
        "took_ms": r.took_ms,
        "created_at": time(r.at),
    })
}
