//! An account's standing, as merchants see it.

use hundi_store::ledger::Balance;
use serde_json::{Value, json};

/// `balance` is what the account holds: its debits less its credits, in minor units.
pub fn balance(b: &Balance, livemode: bool) -> Value {
    json!({
        "object": "balance",
        "livemode": livemode,
        "account": b.account,
        "currency": b.currency,
        "debits": b.debits,
        "credits": b.credits,
        "balance": b.debits.saturating_sub(b.credits),
    })
}
