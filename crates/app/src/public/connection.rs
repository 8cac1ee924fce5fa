//! A connection, as merchants see it: no secret in it.

use super::{time, time_opt};
use crate::connections::{Shown, listed};
use hundi_core::Method;
use serde_json::{Value, json};

pub fn connection(c: &Shown) -> Value {
    json!({
        "id": c.row.id.to_string(),
        "object": "connection",
        "livemode": c.row.scope.mode().is_live(),
        "provider": c.row.provider,
        "label": c.row.label,
        "status": if c.row.enabled { "enabled" } else { "disabled" },
        "key_hint": c.row.key_hint,
        "flows": listed(&c.row.flows),
        "features": listed(&c.row.features),
        "methods": c.card.methods.iter().map(|m: &Method| m.as_str()).collect::<Vec<_>>(),
        "amount_min": c.row.min_minor,
        "amount_max": c.row.max_minor,
        "session_secs": c.row.session_ms / 1_000,
        "webhook_url": c.webhook_url,
        "webhook_secret_set": c.webhook_secret_set,
        "webhooks": {
            "status": c.webhooks.light.as_str(),
            "last_at": time_opt(c.webhooks.last_good_at),
            "refused_in_a_row": c.webhooks.refused_in_a_row,
            "missed_in_a_row": c.webhooks.missed_in_a_row,
        },
        "tested_at": time_opt(c.row.tested_at),
        "test_result": c.row.test_result,
        "created_at": time(c.row.created_at),
        "updated_at": time(c.row.updated_at),
    })
}
