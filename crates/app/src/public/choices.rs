//! What a connection can be paid with, as merchants see it.

use crate::choices::{Choices, Emi};
use hundi_core::Method;
use hundi_providers::{Bank, Offer};
use serde_json::{Value, json};

/// `amounts` in minor units of the amount's own currency.
pub fn choices(connection: &str, livemode: bool, c: &Choices) -> Value {
    json!({
        "object": "connection_methods",
        "livemode": livemode,
        "connection_id": connection,
        "listed_by_provider": c.listed,
        "methods": c.methods.iter().map(offer).collect::<Vec<_>>(),
        "emi": c.emi.iter().map(emi).collect::<Vec<_>>(),
    })
}

fn offer(o: &Offer) -> Value {
    json!({ "method": Method::as_str(o.method), "banks": o.banks.iter().map(bank).collect::<Vec<_>>() })
}

fn bank(b: &Bank) -> Value {
    json!({ "code": b.code, "name": b.name, "corporate": b.corporate })
}

fn emi(e: &Emi) -> Value {
    json!({
        "bank": e.bank,
        "amount_min": e.min_minor,
        "months": e.plan.months,
        "rate_bps": e.plan.rate.0,
        "monthly_amount": e.instalments.map(|i| i.monthly.minor()),
        "total_amount": e.instalments.map(|i| i.total.minor()),
        "interest_amount": e.instalments.map(|i| i.interest.minor()),
    })
}
