//! What stands on a connection's account, as merchants see it.

use super::time_opt;
use crate::standings::{Standing, Told};
use serde_json::{Value, json};

/// Amounts in minor units of each currency.
pub fn standings(t: &Told) -> Value {
    json!({
        "object": "connection_balance",
        "livemode": t.connection.scope.mode().is_live(),
        "connection_id": t.connection.id.to_string(),
        "provider": t.connection.provider,
        "balances": t.standings.of.iter().map(standing).collect::<Vec<_>>(),
        "as_of": time_opt(t.standings.as_of),
    })
}

fn standing(s: &Standing) -> Value {
    json!({
        "currency": s.currency.code(),
        "total": s.total_minor,
        "available": s.available_minor,
        "withheld": s.withheld_minor,
    })
}
