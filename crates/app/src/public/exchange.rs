//! An exchange with a provider: what it was for and how it ended. Headers and bodies stand in the console.

use super::time;
use hundi_core::Scope;
use hundi_store::history::Exchange;
use serde_json::{Value, json};

pub fn exchange(x: &Exchange, scope: Scope) -> Value {
    json!({
        "id": x.id.to_string(),
        "object": "exchange",
        "livemode": scope.mode().is_live(),
        "connection_id": x.connection_id.to_string(),
        "object_id": x.object_id,
        "purpose": x.purpose,
        "request": x.request_line,
        "response_status": x.status,
        "outcome": x.outcome,
        "took_ms": x.took_ms,
        "created_at": time(x.at),
    })
}
