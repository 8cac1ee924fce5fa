//! What the payer does: pays, fails, leaves, or falls silent; and what the browser then brings back to the merchant.
//!
//! The pages and the machine path for tests both end here, so that a test plays exactly what a person can do.

use super::bank::{self, Start};
use super::clock::Timer;
use super::state::TxnStatus;
use super::{PaytmSim, hooks};
use crate::sim::Fault;
use crate::sim::kit::Place;
use serde_json::Value;

/// Codes that a payment can fail with.
pub(super) const REASONS: &[&str] = &["227", "141", "235", "295", "401", "810"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Pay,
    Fail {
        code: &'static str,
    },
    /// Back to the merchant without having tried.
    Leave,
    /// Nothing comes back. The bank may still say yes later.
    Silent {
        late_ms: Option<i64>,
    },
}

pub(super) struct Choice {
    pub(super) outcome: Outcome,
    mode: &'static str,
}

/// What came of it: the fields that the browser posts to the merchant, and where.
pub(super) struct Ended {
    pub(super) txn: Option<String>,
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
    let outcome = match text("outcome").unwrap_or("pay") {
        "pay" => Outcome::Pay,
        "authorize" => return Err("Paytm takes the money at once: there are no holds".to_owned()),
        "fail" => Outcome::Fail { code: code(text("reason").unwrap_or("227")) },
        "leave" => Outcome::Leave,
        "silent" => Outcome::Silent { late_ms: late_ms.filter(|ms| *ms > 0) },
        other => return Err(format!("no outcome is called {other}")),
    };
    let mode = match text("method").unwrap_or("upi") {
        "upi" => "UPI",
        "card" => "CC",
        "netbanking" => "NB",
        "wallet" => "PPI",
        other => return Err(format!("no method is called {other}")),
    };
    Ok(Choice { outcome, mode })
}

/// Paytm's number of a reason, which may also be given in words.
fn code(reason: &str) -> &'static str {
    let worded = match reason {
        "insufficient_funds" => "235",
        "user_cancelled" | "payment_cancelled" => "141",
        "instrument_invalid" | "invalid_vpa" => "295",
        "authentication_failed" => "401",
        "risk_refused" => "810",
        other => other,
    };
    REASONS.iter().copied().find(|code| *code == worded).unwrap_or("227")
}

/// Plays a payer's choice to its end. `key` names the order with its merchant.
pub(super) fn play(sim: &mut PaytmSim, key: &str, choice: &Choice) -> Result<Ended, String> {
    let order = sim.orders.get(key).ok_or("no such order")?;
    let callback_url = order.callback_url.clone();
    let begun = order.txn.clone();
    match begun.as_ref().and_then(|id| sim.txns.get(id)).map(|txn| txn.status) {
        None | Some(TxnStatus::Pending) => {}
        Some(TxnStatus::Success { .. }) => return Err("this order is paid".to_owned()),
        Some(TxnStatus::Failure { .. }) => {
            return Err("this order has failed: another try needs another order id".to_owned());
        }
    }
    if choice.outcome == Outcome::Leave {
        let callback = left(sim, key);
        return Ok(Ended { txn: None, callback, callback_url, paid: false });
    }
    let id = match begun {
        Some(id) => id,
        None => {
            let order = sim.orders.get(key).expect("found above");
            let start = Start {
                account: order.account,
                order: order.id.clone(),
                customer: order.customer.clone(),
                amount: order.amount,
                mode: choice.mode,
            };
            bank::start(sim, start)
        }
    };
    let paid = bring_about(sim, &id, &choice.outcome);
    let callback = match choice.outcome {
        Outcome::Silent { .. } => Vec::new(),
        Outcome::Pay | Outcome::Fail { .. } | Outcome::Leave => callback(sim, &id),
    };
    Ok(Ended { txn: Some(id), callback, callback_url, paid })
}

/// True when the bank said yes now.
fn bring_about(sim: &mut PaytmSim, id: &str, outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Pay => {
            let target = bank::pay_target(sim, id);
            if let Some(Fault::LateAuthorization { ms }) = sim.panel.take(Place::Bank, &target) {
                bank::fail(sim, id, "227");
                sim.after(ms, Timer::Succeed { txn: id.to_owned() });
                return false;
            }
            bank::succeed(sim, id);
            true
        }
        Outcome::Fail { code } => {
            bank::fail(sim, id, code);
            false
        }
        Outcome::Silent { late_ms } => {
            if let Some(ms) = late_ms {
                sim.after(*ms, Timer::Succeed { txn: id.to_owned() });
            }
            false
        }
        Outcome::Leave => false,
    }
}

fn callback(sim: &mut PaytmSim, id: &str) -> Vec<(String, String)> {
    let txn = sim.txns.get(id).expect("just played").clone();
    let fields = hooks::form_fields(sim, &txn);
    hooks::signed(sim, txn.account, fields)
}

/// Who leaves before trying leaves no transaction behind: the fields are few, and one of them is empty.
fn left(sim: &mut PaytmSim, key: &str) -> Vec<(String, String)> {
    let order = sim.orders.get(key).expect("the caller has found it");
    let account = order.account;
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let fields = vec![
        field("MID", &sim.accounts[account].mid),
        field("ORDERID", &order.id),
        field("TXNID", ""),
        field("TXNAMOUNT", &super::craft::rupees(order.amount)),
        field("CURRENCY", "INR"),
        field("STATUS", "TXN_FAILURE"),
        field("RESPCODE", "141"),
        field("RESPMSG", bank::message("141")),
        field("BANKTXNID", ""),
    ];
    hooks::signed(sim, account, fields)
}
