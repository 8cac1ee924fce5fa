//! A discrepancy, as merchants see it.

use super::time;
use hundi_store::discrepancies::Discrepancy;
use serde_json::{Value, json};

pub fn discrepancy(d: &Discrepancy) -> Value {
    json!({
        "id": d.id.to_string(),
        "object": "discrepancy",
        "livemode": d.scope.mode().is_live(),
        "kind": d.kind,
        "subject": d.subject,
        "order_id": d.order_id.map(|id| id.to_string()),
        "payment_id": d.payment_id.map(|id| id.to_string()),
        "connection_id": d.connection_id.to_string(),
        "amount": d.amount.map(hundi_core::Money::minor),
        "currency": d.amount.map(|m| m.currency().to_string()),
        "detail": d.detail,
        "status": if d.open { "open" } else { "resolved" },
        "opened_at": time(d.opened_at),
    })
}
