//! What the payer sees and does: agrees, turns back, or falls silent; and what the browser then brings back.
//!
//! The page and the machine path for tests both end here, so that a test plays exactly what a person can do.

use super::clock::Timer;
use super::state::{Bend, OrderStatus};
use super::{PayPalSim, hooks, orders, show};
use crate::sim::kit::{escape, form_object, hidden_input, html, json_response, pairs};
use crate::sim::page as look;
use crate::sim::{SimRequest, SimResponse};
use serde_json::{Value, json};

const NAME: &str = "PayPal";
const PAYER_ID: &str = "QYR5Z8XDVJNXQ";

const REASONS: &[&str] = &[
    "INSTRUMENT_DECLINED",
    "DECLINED",
    "FAILED",
    "PENDING_REVIEW",
    "PENDING_DECLINED",
    "ECHECK",
    "TRANSACTION_REFUSED",
];
/// Why a capture may be held back, in PayPal's words.
const HELD_BACK: &[&str] = &[
    "BUYER_COMPLAINT",
    "ECHECK",
    "INTERNATIONAL_WITHDRAWAL",
    "OTHER",
    "PENDING_REVIEW",
    "RECEIVING_PREFERENCE_MANDATES_MANUAL_ACTION",
    "TRANSACTION_APPROVED_AWAITING_FUNDING",
    "UNILATERAL",
    "VERIFICATION_REQUIRED",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Agree,
    Leave,
    Silent { late_ms: Option<i64> },
}

struct Choice {
    outcome: Outcome,
    bend: Bend,
    paid_with: &'static str,
}

/// Outcome and reason from a form's or a test's fields.
fn choice(fields: &Value) -> Result<Choice, String> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
    let late_ms = match fields.get("late_ms") {
        Some(Value::Number(n)) => n.as_i64(),
        Some(Value::String(t)) => t.parse().ok(),
        _ => None,
    };
    let (outcome, usual) = match text("outcome").unwrap_or("pay") {
        "pay" | "authorize" => (Outcome::Agree, None),
        "fail" => (Outcome::Agree, Some("INSTRUMENT_DECLINED")),
        "leave" => (Outcome::Leave, None),
        "silent" => (Outcome::Silent { late_ms: late_ms.filter(|ms| *ms > 0) }, None),
        other => return Err(format!("no outcome is called {other}")),
    };
    let paid_with = match text("method") {
        None | Some("paypal" | "wallet") => "paypal",
        Some("card") => "card",
        Some(other) => return Err(format!("no method is called {other}")),
    };
    let bend = match text("reason").or(usual) {
        None => Bend::None,
        Some("DECLINED") => Bend::Declined,
        Some("FAILED") => Bend::Failed,
        Some("PENDING_DECLINED") => Bend::PendingDeclined,
        Some(reason) if HELD_BACK.contains(&reason) => Bend::Pending(reason.to_owned()),
        Some(issue) if super::ask::KNOWN_ISSUES.contains(&issue) => Bend::Refused(issue.to_owned()),
        // What other providers call their failures is a declined instrument here.
        Some(_) => Bend::Refused("INSTRUMENT_DECLINED".to_owned()),
    };
    Ok(Choice { outcome, bend, paid_with })
}

/// What came of it: where the browser goes, and the fields that it brings there.
struct Ended {
    url: Option<String>,
    callback: Vec<(String, String)>,
}

/// Whether there is something left to agree to.
pub(super) fn can_agree(sim: &PayPalSim, id: &str) -> Result<(), String> {
    let order = sim.orders.get(id).ok_or("no such order")?;
    if orders::is_over(sim, order) {
        return Err("the order has expired".to_owned());
    }
    match order.status {
        OrderStatus::Created | OrderStatus::PayerActionRequired | OrderStatus::Approved => Ok(()),
        OrderStatus::Completed => Err(format!("the order is {}", show::order_status(order.status))),
    }
}

/// The payer agrees. Once more after a refusal is another agreement, with whatever funds the payer chose now.
pub(super) fn approve(sim: &mut PayPalSim, id: &str, bend: Bend, paid_with: &'static str) {
    let now = sim.now;
    let order = sim.orders.get_mut(id).expect("the caller has found it");
    order.status = OrderStatus::Approved;
    order.approved = Some(now);
    order.updated = now;
    order.bend = bend;
    order.paid_with = paid_with;
    hooks::of_order(sim, "CHECKOUT.ORDER.APPROVED", id);
}

fn play(sim: &mut PayPalSim, id: &str, choice: Choice) -> Result<Ended, String> {
    can_agree(sim, id)?;
    let order = sim.orders.get(id).expect("it can be agreed to");
    let (back, away) = (order.return_url.clone(), order.cancel_url.clone());
    let token = ("token".to_owned(), id.to_owned());
    Ok(match choice.outcome {
        Outcome::Agree => {
            approve(sim, id, choice.bend, choice.paid_with);
            Ended { url: back, callback: vec![token, ("PayerID".to_owned(), PAYER_ID.to_owned())] }
        }
        Outcome::Leave => Ended { url: away.or(back), callback: vec![token] },
        Outcome::Silent { late_ms } => {
            if let Some(ms) = late_ms {
                sim.at(sim.now.plus(ms), Timer::Approve { order: id.to_owned() });
            }
            Ended { url: None, callback: vec![] }
        }
    })
}

/// `{order, outcome, reason?, method?, late_ms?}` in, the browser's callback out. No money has moved yet.
pub(super) fn by_machine(sim: &mut PayPalSim, request: &SimRequest) -> SimResponse {
    let wrong = |why: &str| json_response(400, &json!({ "error": why }));
    let Ok(fields @ Value::Object(_)) = serde_json::from_slice::<Value>(&request.body) else {
        return wrong("the body must be a JSON object");
    };
    let Some(id) = fields.get("order").or(fields.get("order_id")).and_then(Value::as_str) else {
        return wrong("order is missing");
    };
    match choice(&fields).and_then(|choice| play(sim, id, choice)) {
        Err(why) => wrong(&why),
        Ok(ended) => {
            let order = sim.orders.get(id).expect("just played");
            let tried = order.authorizations.last().or(order.captures.last());
            let said = json!({
                "payment_id": tried, "callback": ended.callback, "callback_url": ended.url,
                "callback_method": "GET", "paid": false, "status": show::order_status(order.status),
            });
            json_response(200, &said)
        }
    }
}

/// PayPal has no such door: for scripts that know only the token of the page.
pub(super) fn simulate_approve(sim: &mut PayPalSim, query: &[(String, String)]) -> SimResponse {
    let id = token(query);
    match can_agree(sim, id) {
        Err(why) => json_response(400, &json!({ "error": why })),
        Ok(()) => {
            approve(sim, id, Bend::None, "paypal");
            json_response(200, &json!({ "id": id, "status": "APPROVED", "payer_id": PAYER_ID }))
        }
    }
}

fn token(fields: &[(String, String)]) -> &str {
    fields.iter().find(|(n, _)| n == "token").map_or("", |(_, v)| v.as_str())
}

// ---- the page

pub(super) fn show_page(sim: &PayPalSim, query: &[(String, String)]) -> SimResponse {
    let id = token(query);
    if let Err(why) = can_agree(sim, id) {
        return html(400, page("Payment not possible", &format!("<p>{}.</p>", escape(&why))));
    }
    let order = sim.orders.get(id).expect("it can be agreed to");
    let merchant = order.brand_name.as_deref().unwrap_or(&sim.accounts[order.account].name);
    let amount = format!("{} {}", order.sum.currency, order.sum.value());
    let what = order.description.as_deref().unwrap_or(&order.id);
    let choice = |value, label| look::Choice { value, label, more: String::new() };
    let choices = [choice("paypal", "PayPal balance"), choice("card", "Card")];
    let endings = look::Endings { authorize: false, reasons: REASONS };
    let due = look::Due { merchant, amount: &amount, what };
    html(200, look::pay_page(NAME, &due, "/checkoutnow", &hidden_input("token", id), &choices, &endings))
}

pub(super) fn post_page(sim: &mut PayPalSim, request: &SimRequest) -> SimResponse {
    let posted = pairs(&String::from_utf8_lossy(&request.body));
    let mut fields = form_object(&posted);
    // The page's list of reasons always has one chosen: it is meant for the button that fails alone.
    if fields["outcome"] != "fail" {
        fields["reason"] = Value::Null;
    }
    match choice(&fields).and_then(|choice| play(sim, token(&posted), choice)) {
        Err(why) => html(400, page("Payment not possible", &format!("<p>{}.</p>", escape(&why)))),
        Ok(ended) => {
            match ended.url.filter(|url| url.starts_with("https://") || url.starts_with("http://")) {
                Some(url) => {
                    html(200, look::send_back(NAME, "Back to the merchant", "get", &url, &ended.callback))
                }
                None => html(200, page("Nothing is said", "<p>You can close this window.</p>")),
            }
        }
    }
}

fn page(title: &str, body: &str) -> String {
    look::page(NAME, title, body)
}
