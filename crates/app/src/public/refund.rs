//! A refund, as merchants see it.

use super::{kept, time, time_opt, versions};
use hundi_core::refund::Status;
use hundi_store::refunds::Refund;
use serde_json::{Value, json};

pub fn refund(f: &Refund) -> Value {
    let doubt = f.state.in_doubt_since();
    json!({
        "id": f.id.to_string(),
        "object": "refund",
        "livemode": f.scope.mode().is_live(),
        "payment_id": f.payment_id.to_string(),
        "order_id": f.order_id.to_string(),
        "amount": f.state.amount.minor(),
        "currency": f.state.amount.currency().code(),
        "status": f.status().as_str(),
        "outcome": if doubt.is_some() { "unknown" } else { "known" },
        "in_doubt_since": time_opt(doubt),
        "next_check_at": time_opt(f.next_poll_at.filter(|_| !matches!(f.status(), Status::Processed | Status::Failed))),
        "origin": f.origin.as_str(),
        "reason": f.reason,
        "note": f.note,
        "failure": f.failure.map(versions::failure),
        "bank_ref": f.bank_ref,
        "our_ref": f.our_ref.as_str(),
        "provider_refund": f.provider_refund,
        "metadata": kept(&f.metadata),
        "created_at": time(f.created_at),
        "updated_at": time(f.updated_at),
    })
}
