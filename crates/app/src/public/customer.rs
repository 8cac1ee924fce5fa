//! A customer and a saved method, as merchants see them: no token, and nothing that could pay elsewhere.

use super::{kept, time};
use hundi_store::customers::Customer;
use hundi_store::saved_methods::SavedMethod;
use serde_json::{Value, json};

pub fn customer(c: &Customer) -> Value {
    json!({
        "id": c.id.to_string(),
        "object": "customer",
        "livemode": c.scope.mode().is_live(),
        "name": c.name,
        "email": c.email,
        "phone": c.phone,
        "metadata": kept(&c.metadata),
        "deleted": c.erased_at.is_some(),
        "created_at": time(c.created_at),
        "updated_at": time(c.updated_at),
    })
}

pub fn saved_method(m: &SavedMethod) -> Value {
    json!({
        "id": m.id.to_string(),
        "object": "saved_method",
        "livemode": m.scope.mode().is_live(),
        "customer_id": m.customer.to_string(),
        "connection_id": m.connection.to_string(),
        "status": m.state.as_str(),
        "method": m.method.as_str(),
        "network": m.network,
        "last4": m.last4,
        "expiry_month": m.expiry_month,
        "expiry_year": m.expiry_year,
        "label": m.label,
        "default": m.is_default,
        "consent": { "version": m.consent_version, "given_at": time(m.consent_at) },
        "created_at": time(m.created_at),
    })
}
