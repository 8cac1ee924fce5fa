//! What the payer does: pays, fails, leaves, or falls silent; and what the browser then brings back to the merchant.
//!
//! The pages and the machine path for tests both end here, so that a test plays exactly what a person can do.

use super::bank::{self, Start};
use super::clock::Timer;
use super::state::{Instrument, Status};
use super::{CashfreeSim, show};
use crate::sim::Fault;
use crate::sim::Op;
use crate::sim::kit::Place;
use serde_json::Value;

/// Reasons that a try can fail with.
pub(super) const REASONS: &[&str] =
    &["auth_declined", "bank_declined", "bank_rejected", "insufficient_funds", bank::NO_ANSWER];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Pay,
    /// The bank holds the money: only where the order asks for that.
    Authorize,
    Fail {
        reason: &'static str,
    },
    /// Back to the merchant without having paid.
    Leave,
    /// Nothing comes back. The bank may still say yes later.
    Silent {
        late_ms: Option<i64>,
    },
}

pub(super) struct Choice {
    pub(super) outcome: Outcome,
    instrument: Instrument,
}

/// What came of it: the fields that the browser brings to the merchant, and where.
pub(super) struct Ended {
    pub(super) payment: Option<String>,
    pub(super) callback: Vec<(String, String)>,
    pub(super) callback_url: String,
    pub(super) paid: bool,
}

/// Outcome and method from a form's or a test's fields.
pub(super) fn choice(fields: &Value) -> Result<Choice, String> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
    let late_ms = match fields.get("late_ms") {
        Some(Value::Number(n)) => n.as_i64(),
        Some(Value::String(t)) => t.parse().ok(),
        _ => None,
    };
    let reason = text("reason").unwrap_or("bank_declined");
    let reason = REASONS.iter().copied().find(|known| *known == reason).unwrap_or("bank_declined");
    let outcome = match text("outcome").unwrap_or("pay") {
        "pay" => Outcome::Pay,
        "authorize" => Outcome::Authorize,
        "fail" => Outcome::Fail { reason },
        "leave" => Outcome::Leave,
        "silent" => Outcome::Silent { late_ms: late_ms.filter(|ms| *ms > 0) },
        other => return Err(format!("no outcome is called {other}")),
    };
    let instrument = match text("method").unwrap_or("upi") {
        "upi" => Instrument::Upi,
        "card" => Instrument::Card,
        "netbanking" => Instrument::Netbanking,
        "wallet" => Instrument::Wallet,
        other => return Err(format!("no method is called {other}")),
    };
    Ok(Choice { outcome, instrument })
}

/// Plays a payer's choice to its end. `key` names the order with its merchant.
pub(super) fn play(sim: &mut CashfreeSim, key: &str, choice: &Choice) -> Result<Ended, String> {
    let order = sim.orders.get(key).ok_or("no such order")?.clone();
    let state = show::order_status(sim, &order);
    if state != "ACTIVE" {
        return Err(format!("this order is {state}"));
    }
    if choice.outcome == Outcome::Authorize && !order.holds {
        return Err("this order holds nothing: its money is taken at once".to_owned());
    }
    let callback_url = order.return_url.clone();
    let callback = vec![("order_id".to_owned(), order.id.clone())];
    // A UPI link begins its try before the payer looks at it.
    let waiting =
        order.payments.iter().find(|id| sim.payments.get(id).is_some_and(|p| p.status == Status::Pending));
    let waiting = waiting.cloned();
    if choice.outcome == Outcome::Leave && waiting.is_none() {
        return Ok(Ended { payment: None, callback, callback_url, paid: false });
    }
    let id = waiting.unwrap_or_else(|| {
        let (account, amount, instrument) = (order.account, order.amount, choice.instrument);
        bank::start(sim, Start { account, order: key.to_owned(), amount, instrument })
    });
    let paid = bring_about(sim, &id, &choice.outcome);
    let callback = match choice.outcome {
        Outcome::Silent { .. } => Vec::new(),
        Outcome::Pay | Outcome::Authorize | Outcome::Fail { .. } | Outcome::Leave => callback,
    };
    Ok(Ended { payment: Some(id), callback, callback_url, paid })
}

/// True when the bank said yes now.
fn bring_about(sim: &mut CashfreeSim, id: &str, outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Pay | Outcome::Authorize => {
            let target = bank::target(sim, id, Op::Pay);
            if let Some(Fault::LateAuthorization { ms }) = sim.panel.take(Place::Bank, &target) {
                bank::fail(sim, id, bank::NO_ANSWER);
                sim.after(ms, Timer::Succeed { payment: id.to_owned() });
                return false;
            }
            bank::succeed(sim, id);
            true
        }
        Outcome::Fail { reason } => {
            bank::fail(sim, id, reason);
            false
        }
        Outcome::Leave => {
            bank::drop_out(sim, id);
            false
        }
        Outcome::Silent { late_ms } => {
            if let Some(ms) = late_ms {
                sim.after(*ms, Timer::Succeed { payment: id.to_owned() });
            }
            false
        }
    }
}
