//! What the payer does: pays, fails, leaves, or falls silent; and what the browser then brings back to the merchant.
//!
//! The page and the machine path for tests both end here, so that a test plays exactly what a person can do.

use super::craft::checksum;
use super::state::{Api, Failure, Instrument, Order, Place as PaidAt, State};
use super::{PhonePeSim, bank, clock::Timer};
use crate::sim::Fault;
use crate::sim::kit::Place;
use serde_json::Value;

/// Ways to fail, as the page offers them: the bank's words.
pub(super) const REASONS: &[&str] = &["ZM", "Z9", "ZA", "XC", "U69"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Pay,
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

/// What came of it: the fields that the browser brings back.
pub(super) struct Ended {
    pub(super) attempt: Option<String>,
    pub(super) callback: Vec<(String, String)>,
    pub(super) paid: bool,
}

/// Who pays when nobody chose.
pub(super) fn usual_instrument() -> Instrument {
    Instrument::Upi { vpa: "buyer@ybl".to_owned() }
}

/// Outcome and instrument from a form's or a test's fields.
pub(super) fn choice(fields: &Value) -> Result<Choice, String> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
    let late_ms = match fields.get("late_ms") {
        Some(Value::Number(n)) => n.as_i64(),
        Some(Value::String(t)) => t.parse().ok(),
        _ => None,
    };
    let short = |name: &str, usual: &str| text(name).unwrap_or(usual).chars().take(64).collect::<String>();
    let outcome = match text("outcome").unwrap_or("pay") {
        "pay" => Outcome::Pay,
        "fail" => Outcome::Fail { reason: short("reason", REASONS[0]) },
        "leave" => Outcome::Leave,
        "silent" => Outcome::Silent { late_ms: late_ms.filter(|ms| *ms > 0) },
        "authorize" => return Err("PhonePe holds no money".to_owned()),
        other => return Err(format!("no outcome is called {other}")),
    };
    let instrument = match text("method").unwrap_or("upi") {
        "upi" => Instrument::Upi { vpa: short("vpa", "buyer@ybl") },
        "card" => Instrument::Card,
        "netbanking" => Instrument::Netbanking { bank: short("bank", "SBIN") },
        "wallet" => Instrument::Wallet,
        other => return Err(format!("no method is called {other}")),
    };
    Ok(Choice { outcome, instrument })
}

/// Plays a payer's choice to its end.
pub(super) fn play(sim: &mut PhonePeSim, order: &str, choice: Choice) -> Result<Ended, String> {
    let found = sim.orders.get(order).ok_or("no such order")?;
    if found.state != State::Pending {
        return Err(format!("the order is {}", found.state.word()));
    }
    let silent = matches!(choice.outcome, Outcome::Silent { .. });
    // A link is tried from the moment it was made, in v2; whoever leaves a page has not tried.
    let begun = found.attempts.last().filter(|_| found.place == PaidAt::Link).cloned();
    if choice.outcome == Outcome::Leave {
        return Ok(Ended { attempt: begun, callback: callback(sim, order), paid: false });
    }
    let attempt = begun.unwrap_or_else(|| bank::start(sim, order, choice.instrument.clone()));
    sim.attempts.get_mut(&attempt).expect("just begun").instrument = choice.instrument;
    let paid = bring_about(sim, order, &attempt, choice.outcome);
    let callback = if silent { Vec::new() } else { callback(sim, order) };
    Ok(Ended { attempt: Some(attempt), callback, paid })
}

/// True when the bank said yes now.
fn bring_about(sim: &mut PhonePeSim, order: &str, attempt: &str, outcome: Outcome) -> bool {
    let later = |sim: &mut PhonePeSim, ms: i64| {
        sim.at(sim.now.plus(ms), Timer::Complete { attempt: attempt.to_owned() });
    };
    match outcome {
        Outcome::Pay => {
            let target = bank::target(sim, order);
            if let Some(Fault::LateAuthorization { ms }) = sim.panel.take(Place::Bank, &target) {
                bank::fail(sim, attempt, failure("U69"));
                later(sim, ms);
                return false;
            }
            bank::complete(sim, attempt);
            true
        }
        Outcome::Fail { reason } => {
            bank::fail(sim, attempt, failure(&reason));
            false
        }
        Outcome::Leave => false,
        Outcome::Silent { late_ms } => {
            if let Some(ms) = late_ms {
                later(sim, ms);
            }
            false
        }
    }
}

pub(super) fn failure(reason: &str) -> Failure {
    let code = match reason {
        "ZM" => "AUTHORIZATION_ERROR",
        "U69" => "TXN_NOT_COMPLETED",
        _ => "PAYMENT_ERROR",
    };
    Failure { code: code.to_owned(), detailed: reason.to_owned() }
}

/// v2 sends the payer back with nothing at all; v1 with fields and their checksum, where it was told to post them.
fn callback(sim: &PhonePeSim, order: &str) -> Vec<(String, String)> {
    let order = sim.orders.get(order).expect("the caller has found it");
    if order.api == Api::V2 || !order.return_by_post || order.place == PaidAt::Link {
        return Vec::new();
    }
    v1_fields(sim, order)
}

fn v1_fields(sim: &PhonePeSim, order: &Order) -> Vec<(String, String)> {
    let account = &sim.accounts[order.account];
    let attempt = order.attempts.last().and_then(|id| sim.attempts.get(id));
    let code = match order.state {
        State::Completed => "PAYMENT_SUCCESS",
        State::Failed => "PAYMENT_ERROR",
        State::Pending => "PAYMENT_PENDING",
    };
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut fields = vec![
        field("code", code),
        field("merchantId", &account.merchant_id),
        field("transactionId", &order.named),
        field("amount", &attempt.map_or(order.amount, |a| a.amount).to_string()),
    ];
    if let Some(attempt) = attempt {
        fields.push(field("providerReferenceId", &attempt.id));
    }
    fields.push(field("merchantOrderId", &order.named));
    fields.extend((1..=20).map(|n| (format!("param{n}"), "na".to_owned())));
    let values: String = fields.iter().map(|(_, value)| value.as_str()).collect();
    fields.push(field("checksum", &checksum(account, &values)));
    fields
}
