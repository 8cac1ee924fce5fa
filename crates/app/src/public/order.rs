//! An order, as merchants see it.

use super::{kept, time, time_opt};
use hundi_core::order::Status;
use hundi_store::orders::Order;
use serde_json::{Value, json};

/// `checkout_url` is where the payer pays.
pub fn order(o: &Order, checkout_url: &str) -> Value {
    let paid = if o.status == Status::Paid { o.amount.minor() } else { 0 };
    json!({
        "id": o.id.to_string(),
        "object": "order",
        "livemode": o.scope.mode().is_live(),
        "amount": o.amount.minor(),
        "amount_paid": paid,
        "amount_due": o.amount.minor() - paid,
        "currency": o.amount.currency().code(),
        "status": o.status.as_str(),
        "capture": if o.capture_manual { "manual" } else { "automatic" },
        "receipt": o.receipt,
        "description": o.description,
        "customer": { "name": o.payer_name, "email": o.payer_email, "phone": o.payer_phone },
        "customer_id": o.customer.map(|id| id.to_string()),
        "offer_saved_methods": o.offer_saved,
        "metadata": kept(&o.metadata),
        "return_url": o.return_url,
        "checkout_url": checkout_url,
        "expires_at": time_opt(o.expires_at),
        "created_at": time(o.created_at),
        "updated_at": time(o.updated_at),
    })
}
