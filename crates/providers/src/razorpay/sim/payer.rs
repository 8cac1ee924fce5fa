//! What the payer does: pays, fails, leaves, or falls silent; and what the browser then brings back to the merchant.
//!
//! The pages and the machine path for tests both end here, so that a test plays exactly what a person can do.

use super::bank::{self, AfterHold, Start};
use super::cards::{CARDS, card, failure};
use super::clock::Timer;
use super::craft::sign;
use super::state::{Failure, Instrument, LinkStatus, PaymentStatus, UpiFlow};
use super::{RazorpaySim, show};
use crate::sim::Fault;
use crate::sim::kit::Place;
use serde_json::{Value, json};

/// What is being paid.
#[derive(Clone, Debug)]
pub(super) enum Subject {
    Order(String),
    Link(String),
    /// A payment that was opened server to server: a UPI link or a collect request.
    Payment(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Pay,
    /// The bank says yes and nobody captures by itself.
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
    pub(super) email: Option<String>,
    pub(super) contact: Option<String>,
}

/// What came of it: the fields that the browser brings back, and how.
pub(super) struct Ended {
    pub(super) payment: Option<String>,
    pub(super) callback: Vec<(String, String)>,
    /// Where a link sends its payer; orders have theirs in the page's own address.
    pub(super) link_callback_url: Option<String>,
    pub(super) paid: bool,
}

/// Outcome and instrument from a form's or a test's fields.
pub(super) fn choice(fields: &Value) -> Result<Choice, String> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
    let reason = text("reason").unwrap_or("payment_failed").chars().take(64).collect();
    let late_ms = match fields.get("late_ms") {
        Some(Value::Number(n)) => n.as_i64(),
        Some(Value::String(t)) => t.parse().ok(),
        _ => None,
    };
    let outcome = match text("outcome").unwrap_or("pay") {
        "pay" => Outcome::Pay,
        "authorize" => Outcome::Authorize,
        "fail" => Outcome::Fail { reason },
        "leave" => Outcome::Leave,
        "silent" => Outcome::Silent { late_ms: late_ms.filter(|ms| *ms > 0) },
        other => return Err(format!("no outcome is called {other}")),
    };
    let named = |name: &str, usual: &str| text(name).unwrap_or(usual).chars().take(64).collect::<String>();
    let instrument = match text("method").unwrap_or("upi") {
        "upi" => Instrument::Upi { vpa: named("vpa", "success@razorpay"), flow: UpiFlow::Intent },
        "card" => {
            let name = text("card").unwrap_or(CARDS[0].name);
            Instrument::Card(card(name).ok_or_else(|| format!("no test card is called {name}"))?)
        }
        "netbanking" => Instrument::Netbanking { bank: named("bank", "HDFC") },
        "wallet" => Instrument::Wallet { wallet: named("wallet", "mobikwik") },
        other => return Err(format!("no method is called {other}")),
    };
    let own = |name: &str| text(name).map(str::to_owned);
    Ok(Choice { outcome, instrument, email: own("email"), contact: own("contact") })
}

/// Plays a payer's choice to its end.
pub(super) fn play(sim: &mut RazorpaySim, subject: &Subject, choice: Choice) -> Result<Ended, String> {
    let order = order_of(sim, subject)?;
    let link = match subject {
        Subject::Link(id) => Some(id.clone()),
        Subject::Order(_) | Subject::Payment(_) => None,
    };
    if choice.outcome == Outcome::Leave && !matches!(subject, Subject::Payment(_)) {
        // Who leaves before trying leaves no payment behind.
        let told = failure_fields(&failure("payment_cancelled"), None, order.as_deref());
        let callback = if link.is_some() { Vec::new() } else { told };
        return Ok(Ended { payment: None, callback, link_callback_url: None, paid: false });
    }
    let outcome = decided(choice.outcome.clone(), &choice.instrument);
    let payment = match subject {
        Subject::Payment(id) => id.clone(),
        Subject::Order(_) | Subject::Link(_) => begin(sim, order.as_deref(), choice)?,
    };
    let silent = matches!(outcome, Outcome::Silent { .. });
    let paid = bring_about(sim, &payment, outcome);
    let callback = if silent || matches!(subject, Subject::Payment(_)) {
        Vec::new()
    } else if let Some(link) = &link {
        if paid { link_fields(sim, link, &payment) } else { Vec::new() }
    } else {
        order_fields(sim, &payment, order.as_deref())
    };
    let link_callback_url = link.and_then(|l| sim.links.get(&l)).map(|l| l.callback_url.clone());
    Ok(Ended { payment: Some(payment), callback, link_callback_url, paid })
}

/// The order behind what is paid, after checking that it can be.
fn order_of(sim: &RazorpaySim, subject: &Subject) -> Result<Option<String>, String> {
    match subject {
        Subject::Order(id) => {
            sim.orders.get(id).map(|o| Some(o.id.clone())).ok_or_else(|| "no such order".to_owned())
        }
        Subject::Link(id) => {
            let link = sim.links.get(id).ok_or("no such link")?;
            match link.status {
                LinkStatus::Created | LinkStatus::PartiallyPaid => Ok(Some(link.order.clone())),
                LinkStatus::Paid | LinkStatus::Cancelled | LinkStatus::Expired => {
                    Err(format!("the link is {}", show::link_status(link.status)))
                }
            }
        }
        Subject::Payment(id) => {
            let payment = sim.payments.get(id).ok_or("no such payment")?;
            if payment.status == PaymentStatus::Created {
                Ok(payment.order.clone())
            } else {
                Err(format!("the payment is {}", show::payment_status(payment.status)))
            }
        }
    }
}

/// A test address or card decides against the payer's wish to pay, never against any other.
fn decided(outcome: Outcome, instrument: &Instrument) -> Outcome {
    let reason = match instrument {
        Instrument::Upi { vpa, .. } if vpa == "failure@razorpay" => Some("payment_declined"),
        Instrument::Card(card) => card.fails_with,
        Instrument::Upi { .. } | Instrument::Netbanking { .. } | Instrument::Wallet { .. } => None,
    };
    match (outcome, reason) {
        (Outcome::Pay | Outcome::Authorize, Some(reason)) => Outcome::Fail { reason: reason.to_owned() },
        (as_wished, _) => as_wished,
    }
}

/// A payment of what is still due. On an order that is paid already the whole amount once more: two open windows do
/// that, and Razorpay gives the second success back.
fn begin(sim: &mut RazorpaySim, order: Option<&str>, choice: Choice) -> Result<String, String> {
    let order = order.and_then(|id| sim.orders.get(id)).ok_or("no such order")?;
    let due = order.amount - order.amount_paid;
    let start = Start {
        account: order.account,
        order: Some(order.id.clone()),
        amount: if due > 0 { due } else { order.amount },
        currency: order.currency.clone(),
        instrument: choice.instrument,
        email: Some(choice.email.unwrap_or_else(|| "payer@example.com".to_owned())),
        contact: Some(choice.contact.unwrap_or_else(|| "+919999999999".to_owned())),
        customer: None,
        description: None,
        notes: json!([]),
    };
    Ok(bank::start(sim, start))
}

/// True when the bank said yes now.
fn bring_about(sim: &mut RazorpaySim, payment: &str, outcome: Outcome) -> bool {
    let after = if outcome == Outcome::Authorize { AfterHold::Wait } else { AfterHold::AsTheOrderSays };
    match outcome {
        Outcome::Pay | Outcome::Authorize => {
            let target = bank::pay_target(sim, payment);
            if let Some(Fault::LateAuthorization { ms }) = sim.panel.take(Place::Bank, &target) {
                bank::fail(sim, payment, failure("payment_timed_out"));
                sim.at(sim.now.plus(ms), Timer::Authorize { payment: payment.to_owned() });
                return false;
            }
            bank::authorize(sim, payment, after);
            true
        }
        Outcome::Fail { reason } => {
            bank::fail(sim, payment, failure(&reason));
            false
        }
        Outcome::Leave => {
            bank::fail(sim, payment, failure("payment_cancelled"));
            false
        }
        Outcome::Silent { late_ms } => {
            if let Some(ms) = late_ms {
                sim.at(sim.now.plus(ms), Timer::Authorize { payment: payment.to_owned() });
            }
            false
        }
    }
}

fn order_fields(sim: &RazorpaySim, payment: &str, order: Option<&str>) -> Vec<(String, String)> {
    let found = sim.payments.get(payment).expect("just played");
    if let Some(failure) = &found.failure {
        return failure_fields(failure, Some(payment), order);
    }
    let order = order.unwrap_or_default();
    let secret = sim.accounts[found.account].given.key_secret.expose();
    vec![
        ("razorpay_payment_id".to_owned(), payment.to_owned()),
        ("razorpay_order_id".to_owned(), order.to_owned()),
        ("razorpay_signature".to_owned(), sign(secret, format!("{order}|{payment}").as_bytes())),
    ]
}

fn failure_fields(failure: &Failure, payment: Option<&str>, order: Option<&str>) -> Vec<(String, String)> {
    let mut metadata = serde_json::Map::new();
    if let Some(payment) = payment {
        metadata.insert("payment_id".to_owned(), json!(payment));
    }
    if let Some(order) = order {
        metadata.insert("order_id".to_owned(), json!(order));
    }
    let field = |name: &str, value: &str| (format!("error[{name}]"), value.to_owned());
    vec![
        field("code", failure.code),
        field("description", &failure.description),
        field("source", failure.source),
        field("step", failure.step),
        field("reason", &failure.reason),
        field("metadata", &Value::Object(metadata).to_string()),
    ]
}

fn link_fields(sim: &RazorpaySim, link: &str, payment: &str) -> Vec<(String, String)> {
    let link = sim.links.get(link).expect("checked before playing");
    let status = show::link_status(link.status);
    let secret = sim.accounts[link.account].given.key_secret.expose();
    let message = format!("{}|{}|{status}|{payment}", link.id, link.reference);
    let field = |name: &str, value: &str| (format!("razorpay_{name}"), value.to_owned());
    vec![
        field("payment_id", payment),
        field("payment_link_id", &link.id),
        field("payment_link_reference_id", &link.reference),
        field("payment_link_status", status),
        field("signature", &sign(secret, message.as_bytes())),
    ]
}
