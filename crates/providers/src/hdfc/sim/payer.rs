//! What the payer does: pays, fails, leaves, or falls silent; and what the browser then brings back to the merchant.
//!
//! The page and the machine path for tests both end here, so that a test plays exactly what a person can do.

use super::HdfcSim;
use super::clock::Timer;
use super::craft::{encoded, signature};
use super::state::{Instrument, Order, Status};
use super::{bank, orders, show};
use crate::sim::kit::{Place, pairs};
use crate::sim::{Fault, Op};
use serde_json::Value;

/// Ways to fail, as the page offers them.
pub(super) const REASONS: &[&str] =
    &["insufficient_funds", "authentication_failed", "payment_cancelled", "juspay_declined"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Pay,
    /// The bank holds the money and nobody takes it by itself.
    Authorize,
    Fail {
        reason: String,
    },
    /// Back to the merchant without paying.
    Leave,
    /// Nothing comes back. The bank may still say yes later.
    Silent {
        late_ms: Option<i64>,
    },
}

pub(super) struct Choice {
    pub(super) outcome: Outcome,
    pub(super) instrument: Instrument,
}

/// What came of it: the fields that the gateway adds to the merchant's address.
pub(super) struct Ended {
    pub(super) txn: Option<String>,
    pub(super) callback: Vec<(String, String)>,
    pub(super) paid: bool,
}

/// Outcome and instrument from a form's or a test's fields.
pub(super) fn choice(fields: &Value) -> Result<Choice, String> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
    let late_ms = match fields.get("late_ms") {
        Some(Value::Number(n)) => n.as_i64(),
        Some(Value::String(t)) => t.parse().ok(),
        _ => None,
    };
    let reason = || text("reason").unwrap_or(REASONS[0]).chars().take(64).collect();
    let outcome = match text("outcome").unwrap_or("pay") {
        "pay" => Outcome::Pay,
        "authorize" => Outcome::Authorize,
        "fail" => Outcome::Fail { reason: reason() },
        "leave" => Outcome::Leave,
        "silent" => Outcome::Silent { late_ms: late_ms.filter(|ms| *ms > 0) },
        other => return Err(format!("no outcome is called {other}")),
    };
    let instrument = match text("method").unwrap_or("upi") {
        "upi" => Instrument::Upi { vpa: text("vpa").unwrap_or("buyer@hdfc").chars().take(64).collect() },
        "card" => Instrument::Card,
        "netbanking" => Instrument::Netbanking,
        "wallet" => Instrument::Wallet,
        other => return Err(format!("no method is called {other}")),
    };
    Ok(Choice { outcome, instrument })
}

/// Plays a payer's choice to its end.
pub(super) fn play(sim: &mut HdfcSim, order_id: &str, choice: Choice) -> Result<Ended, String> {
    let order = sim.orders.get(order_id).ok_or("no such order")?;
    match show::standing(sim, order).map(|txn| txn.status) {
        Some(status @ (Status::Charged | Status::Authorized)) => {
            return Err(format!("the order is {}", status.word()));
        }
        _ if orders::is_over(order, sim.now) => return Err("the order has expired".to_owned()),
        _ => {}
    }
    // Who leaves before trying leaves no try behind.
    if choice.outcome == Outcome::Leave {
        return Ok(ended(sim, order_id, None, false));
    }
    let txn = bank::start(sim, order_id, choice.instrument);
    let silent = matches!(choice.outcome, Outcome::Silent { .. });
    let paid = bring_about(sim, &txn, choice.outcome);
    let mut ended = ended(sim, order_id, Some(txn), paid);
    if silent {
        ended.callback.clear();
    }
    Ok(ended)
}

/// True when the bank said yes now.
fn bring_about(sim: &mut HdfcSim, txn: &str, outcome: Outcome) -> bool {
    match outcome {
        Outcome::Pay | Outcome::Authorize => {
            let late = sim.panel.take(Place::Bank, &bank::target(sim, txn, Op::Pay));
            if let Some(Fault::LateAuthorization { ms }) = late {
                bank::fail(sim, txn, Status::AuthorizationFailed, "TIMED_OUT");
                sim.timers.set(sim.now.plus(ms), Timer::Succeed { txn: txn.to_owned() });
                return false;
            }
            bank::succeed(sim, txn, outcome == Outcome::Authorize);
            true
        }
        Outcome::Fail { reason } => {
            bank::fail(sim, txn, failure(&reason), &reason);
            false
        }
        Outcome::Leave => false,
        Outcome::Silent { late_ms } => {
            if let Some(ms) = late_ms {
                sim.timers.set(sim.now.plus(ms), Timer::Succeed { txn: txn.to_owned() });
            }
            false
        }
    }
}

fn failure(reason: &str) -> Status {
    match reason {
        "authentication_failed" | "payment_cancelled" => Status::AuthenticationFailed,
        "juspay_declined" => Status::JuspayDeclined,
        _ => Status::AuthorizationFailed,
    }
}

fn ended(sim: &HdfcSim, order_id: &str, txn: Option<String>, paid: bool) -> Ended {
    let order = sim.orders.get(order_id).expect("the caller has found it");
    Ended { txn, callback: callback(sim, order), paid }
}

/// Order, status and, where it is switched on, the signature over everything that the address will have.
fn callback(sim: &HdfcSim, order: &Order) -> Vec<(String, String)> {
    let (status, id) = show::status(sim, order);
    let field = |name: &str, value: String| (name.to_owned(), value);
    let mut fields = vec![
        field("order_id", order.order_id.clone()),
        field("status", status.to_owned()),
        field("status_id", id.to_string()),
    ];
    let account = &sim.accounts[order.account];
    if let Some(key) = account.response_key.as_ref().filter(|_| account.signed_return) {
        let all = [own_fields(order), fields.clone()].concat();
        let proof = signature(key.expose(), &all);
        // In a link it is encoded twice, of which the reader of the query takes one away.
        let proof = if account.return_by_post { proof } else { encoded(&proof) };
        fields.push(field("signature", proof));
        fields.push(field("signature_algorithm", "HMAC-SHA256".to_owned()));
    }
    fields
}

/// What the merchant had in its own address.
pub(super) fn own_fields(order: &Order) -> Vec<(String, String)> {
    order.return_url.split_once('?').map_or_else(Vec::new, |(_, query)| pairs(query))
}
