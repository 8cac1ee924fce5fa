//! An order, as merchants see it.

use super::{kept, time, time_opt};
use hundi_core::guard::{Stake, exposure};
use hundi_core::order::Status;
use hundi_store::orders::Order;
use serde_json::{Value, json};

/// What was taken of what is owed.
pub(crate) fn paid_minor(o: &Order, stakes: &[Stake]) -> i64 {
    let captured = stakes.iter().fold(0_i64, |sum, s| sum.saturating_add(s.captured_minor));
    if o.status == Status::Paid { captured.min(o.amount.minor()) } else { 0 }
}

/// `stakes` are its payments'; `checkout_url` is where the payer pays. A paid order owes nothing more, also where its
/// merchant took less than was held.
pub fn order(o: &Order, stakes: &[Stake], checkout_url: &str) -> Value {
    let paid = paid_minor(o, stakes);
    let due = if o.status == Status::Paid { 0 } else { o.amount.minor() };
    json!({
        "id": o.id.to_string(),
        "object": "order",
        "livemode": o.scope.mode().is_live(),
        "amount": o.amount.minor(),
        "amount_paid": paid,
        "amount_due": due,
        "double_charge_exposure": exposure(o.amount, stakes).minor(),
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
