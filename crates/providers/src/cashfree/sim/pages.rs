//! What the payer sees at the simulated Cashfree: one plain page to pay on, one to be sent back from; and the same by
//! machine at `/sim/api/pay`. Readable and usable without script.

use super::payer::{self, Ended, Outcome};
use super::{CashfreeSim, orders, show};
use crate::sim::kit::{escape, form_object, hidden_input, html, json_response, pairs};
use crate::sim::page as look;
use crate::sim::{SimRequest, SimResponse};
use hundi_core::Money;
use serde_json::{Value, json};

const NAME: &str = "Cashfree";

pub(super) fn handle(sim: &mut CashfreeSim, request: &SimRequest, path: &[&str]) -> SimResponse {
    let posted = || pairs(&String::from_utf8_lossy(&request.body));
    match (request.method.as_str(), path) {
        ("POST", ["pg", "view", "sessions", "checkout"]) => show(sim, &posted()),
        ("POST", ["sim", "pay"]) => pay(sim, &posted()),
        ("POST", ["sim", "api", "pay"]) => by_machine(sim, request),
        _ => html(404, page("Not found", "<p>There is no such page at this simulated provider.</p>")),
    }
}

/// `{order, outcome, reason?, method?, late_ms?}` in, the browser's return out.
fn by_machine(sim: &mut CashfreeSim, request: &SimRequest) -> SimResponse {
    let wrong = |why: &str| json_response(400, &json!({ "error": why }));
    let Ok(fields) = serde_json::from_slice::<Value>(&request.body) else {
        return wrong("the body must be a JSON object");
    };
    let Some(order) = fields["order"].as_str() else { return wrong("order is missing") };
    // Order ids are the merchants' own: two may use the same.
    let named = sim.orders.iter().find(|o| {
        let client_id = &sim.accounts[o.account].client_id;
        o.id == order && fields["client_id"].as_str().is_none_or(|wanted| wanted == client_id)
    });
    let Some(key) = named.and_then(|o| orders::by_session(sim, &o.session)) else {
        return wrong("no such order");
    };
    match payer::choice(&fields).and_then(|choice| payer::play(sim, &key, &choice)) {
        Err(why) => wrong(&why),
        Ok(ended) => {
            let said = json!({
                "payment_id": ended.payment,
                "callback": ended.callback,
                "callback_url": ended.callback_url,
                "callback_method": "GET",
                "paid": ended.paid,
            });
            json_response(200, &said)
        }
    }
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
}

fn show(sim: &CashfreeSim, posted: &[(String, String)]) -> SimResponse {
    let session = field(posted, "payment_session_id");
    let key = orders::by_session(sim, session);
    let order = key.as_deref().and_then(|key| sim.orders.get(key));
    let Some(order) = order.filter(|order| show::order_status(sim, order) == "ACTIVE") else {
        let body = "<p>Your session has expired, or this order does not exist.</p>";
        return html(200, page("Session expired", body));
    };
    let choice = |value, label| look::Choice { value, label, more: String::new() };
    let mut choices = vec![choice("upi", "UPI"), choice("card", "Card")];
    if !order.holds {
        choices.extend([choice("netbanking", "Netbanking"), choice("wallet", "Wallet")]);
    }
    let amount = format!("INR {}", Money::inr(order.amount).decimal());
    let due = look::Due { merchant: &sim.accounts[order.account].name, amount: &amount, what: &order.id };
    let endings = look::Endings { authorize: order.holds, reasons: payer::REASONS };
    let hidden = hidden_input("payment_session_id", session);
    html(200, look::pay_page(NAME, &due, "/sim/pay", &hidden, &choices, &endings))
}

fn pay(sim: &mut CashfreeSim, posted: &[(String, String)]) -> SimResponse {
    let Some(key) = orders::by_session(sim, field(posted, "payment_session_id")) else {
        return show(sim, posted);
    };
    let played = payer::choice(&form_object(posted)).and_then(|choice| {
        let silent = matches!(choice.outcome, Outcome::Silent { .. });
        payer::play(sim, &key, &choice).map(|ended| (silent, ended))
    });
    match played {
        Err(why) => html(400, page("Payment not possible", &format!("<p>{}.</p>", escape(&why)))),
        Ok((true, _)) => {
            html(200, page("Nothing is said", "<p>The bank stays silent. You can close this window.</p>"))
        }
        Ok((false, ended)) => back(&ended),
    }
}

fn back(ended: &Ended) -> SimResponse {
    let said = if ended.paid { "Payment successful" } else { "Payment not completed" };
    let url = &ended.callback_url;
    // Only these may a page of ours send anybody to.
    if url.starts_with("https://") || url.starts_with("http://") {
        html(200, look::send_back(NAME, said, "get", url, &ended.callback))
    } else {
        html(200, page(said, "<p>You can close this window.</p>"))
    }
}

fn page(title: &str, body: &str) -> String {
    look::page(NAME, title, body)
}
