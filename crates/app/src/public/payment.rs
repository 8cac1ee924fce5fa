//! A payment, as merchants see it.

use super::{kept, time, time_opt, versions};
use hundi_core::payment::Status;
use hundi_core::{FailureReason, Method};
use hundi_store::payments::Payment;
use serde_json::{Value, json};

/// The status that merchants see: what was captured, less what went back (PRODUCT PY2).
pub fn shown_status(p: &Payment) -> &'static str {
    match p.status() {
        Status::Captured if p.refunded_minor >= p.captured_minor => "refunded",
        Status::Captured if p.refunded_minor > 0 => "partially_refunded",
        status => status.as_str(),
    }
}

/// `outcome` says `unknown` while a call's result is not known, with since when and when we ask next.
pub fn payment(p: &Payment) -> Value {
    let doubt = p.state.in_doubt_since();
    let failure = p.state.failure().filter(|_| p.captured_minor == 0);
    json!({
        "id": p.id.to_string(),
        "object": "payment",
        "livemode": p.scope.mode().is_live(),
        "order_id": p.order_id.to_string(),
        "connection_id": p.connection_id.to_string(),
        "via": if p.fallback.is_some() { "platform" } else { "own" },
        "amount": p.state.asked.minor(),
        "amount_captured": p.captured_minor,
        "amount_capturable": capturable(p),
        "amount_to_capture": p.state.capture_asked.map(|c| c.amount.minor()),
        "amount_refunded": p.refunded_minor,
        "currency": p.currency().code(),
        "status": shown_status(p),
        "outcome": if doubt.is_some() { "unknown" } else { "known" },
        "in_doubt_since": time_opt(doubt),
        "next_check_at": time_opt(p.next_poll_at.filter(|_| p.status().is_open() || doubt.is_some())),
        "method": p.method().map(Method::as_str),
        "flow": p.flow,
        "failure": failure.map(failure_json),
        "tries": p.state.tries().map(|(id, t)| try_json(id, t)).collect::<Vec<_>>(),
        "next_step": p.handle.as_deref().filter(|_| p.status() == Status::Pending).map(kept),
        "our_ref": p.our_ref.as_str(),
        "provider_order": p.provider_order,
        "after": p.after.map(|id| id.to_string()),
        "expires_at": time(p.expires_at),
        "created_at": time(p.created_at),
        "updated_at": time(p.updated_at),
    })
}

/// What the bank holds and nobody has taken or let go.
fn capturable(p: &Payment) -> i64 {
    let held = p.state.held().filter(|_| p.status() == Status::Authorized);
    held.map_or(0, |(_, amount)| amount.minor())
}

fn failure_json(reason: FailureReason) -> Value {
    json!({ "reason": reason.as_str(), "message": reason.title(), "advice": reason.advice() })
}

fn try_json(id: &str, t: &hundi_core::payment::TryState) -> Value {
    let status = match t {
        t if t.captured.is_some() => "captured",
        t if t.released => "released",
        t if t.authorized.is_some() => "authorized",
        t if t.failed() => "failed",
        _ => "started",
    };
    json!({
        "provider_payment": id,
        "status": status,
        "method": t.detail.method.map(Method::as_str),
        "instrument": t.detail.instrument,
        "bank_ref": t.detail.bank_ref,
        "failure": t.failure.map(|f| versions::failure(f.1)),
        "quoted_fee": t.detail.quoted_fee,
        "quoted_tax": t.detail.quoted_tax,
        "created_at": time(t.first_at),
    })
}
