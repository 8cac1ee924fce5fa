//! The public shape of each object, once: answers, events and stored idempotent answers are the same JSON.

mod api_key;
mod balance;
mod choices;
mod connection;
mod customer;
mod discrepancy;
mod endpoint;
mod event;
mod exchange;
mod fallback;
mod order;
mod payment;
mod refund;
mod rehearsal;
mod request;
mod routing;
mod standing;
mod sweep;
mod versions;

pub use api_key::api_key;
pub use balance::balance;
pub use choices::choices;
pub use connection::connection;
pub use customer::{customer, saved_method};
pub use discrepancy::discrepancy;
pub use endpoint::{delivery, delivery_in_full, endpoint, replay, resend};
pub use event::event;
pub use exchange::exchange;
pub use fallback::{fallback, routing_fallback};
pub use order::order;
pub(crate) use order::paid_minor;
pub use payment::{payment, shown_status};
pub use refund::refund;
pub use rehearsal::{jobs_status, rehearsal};
pub use request::request;
pub use routing::{policy, routing, routing_preview};
pub use standing::standings;
pub use sweep::sweep;
pub use versions::{rendered, shown};

use hundi_core::Millis;
use serde_json::{Value, json};

/// A page of a list.
pub fn page(data: Vec<Value>, has_more: bool, next: Option<String>) -> Value {
    json!({ "object": "list", "data": data, "has_more": has_more, "next": next })
}

pub(crate) fn time(at: Millis) -> String {
    at.to_string()
}

pub(crate) fn time_opt(at: Option<Millis>) -> Option<String> {
    at.map(time)
}

/// Our own JSON, kept as text in a column. What does not parse is shown as an empty object.
pub(crate) fn kept(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| json!({}))
}
