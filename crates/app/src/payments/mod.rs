//! Payments: one engagement of one connection to collect an order.

mod cancel;
mod capture;
mod charge;
mod guard;
mod last_resort;
mod pay;
mod retry;
mod show;
mod void;
mod watch;

pub use cancel::cancel;
pub use capture::capture;
pub use charge::charge_by_api;
pub use hundi_store::discrepancies::Discrepancy;
pub use hundi_store::history::Exchange;
pub use hundi_store::ledger::Line;
pub use hundi_store::payments::{Filter, Payment};
pub use pay::{Choice, pay, pay_by_api, pay_rehearsed};
pub use retry::retry;
pub use show::{Happening, Listed, Story, Told, first_captured, get, list, listed, of_order, story};
pub use watch::{check_by_api, check_for_payer, check_now};

pub(crate) use cancel::{being_captured, call_off};
pub(crate) use capture::finish as finish_capture;
pub(crate) use charge::is_charging;
pub(crate) use guard::may_retry;
pub(crate) use void::finish as finish_void;
pub(crate) use watch::{look, look_once, refund_report, resume, watch};

use crate::error::Error;
use hundi_providers::{Flow, Handle, Opened, Subject};
use serde_json::{Value, json};

/// What adapters are told of a payment that was opened there.
pub(crate) fn subject_of(payment: &Payment) -> Result<Subject, Error> {
    let provider_order = payment.provider_order.clone();
    Ok(Subject {
        our_ref: payment.our_ref,
        provider_order: provider_order.ok_or_else(|| Error::Bug("a payment that was never opened".into()))?,
        flow: flow_of(payment)?,
        amount: payment.state.asked,
    })
}

/// The flow of a payment whose saved method we charge: nobody is sent anywhere.
pub(crate) const SAVED: &str = "saved";

fn flow_of(payment: &Payment) -> Result<Option<Flow>, Error> {
    if payment.flow == SAVED {
        return Ok(None);
    }
    let flow = payment.flow.parse().map_err(|()| Error::Bug("a payment has no flow".into()))?;
    Ok(Some(flow))
}

/// What the payer has to be shown next, in its public shape.
pub(crate) fn handle_json(opened: &Opened) -> Value {
    match &opened.handle {
        Handle::Script { src, global, options } => json!({
            "type": "script", "src": src, "global": global,
            "options": serde_json::from_str::<Value>(options).unwrap_or_else(|_| json!({})),
        }),
        Handle::Redirect { url } => json!({ "type": "redirect", "url": url }),
        Handle::Form { action, fields } => json!({ "type": "form", "action": action, "fields": fields }),
        Handle::Upi { link } => json!({ "type": "upi_intent", "link": link }),
    }
}
