//! What the payer sees at the simulated provider: one plain page to pay on, where PhonePe's own is; and the same by
//! machine at `/sim/api/pay`. Readable and usable without script.

use super::PhonePeSim;
use super::payer::{self, Outcome};
use super::state::{Order, State};
use crate::sim::kit::{decimal, escape, form_object, header, hidden_input, html, json_response, pairs};
use crate::sim::page as look;
use crate::sim::{SimRequest, SimResponse};
use serde_json::{Value, json};

const NAME: &str = "PhonePe";

/// `{order, outcome, reason?, method?, late_ms?}` in, the browser's callback out. `order` is the merchant's name of it,
/// which is what the adapter calls it, or PhonePe's.
pub(super) fn by_machine(sim: &mut PhonePeSim, request: &SimRequest) -> SimResponse {
    let wrong = |why: &str| json_response(400, &json!({ "error": why }));
    let Ok(fields) = serde_json::from_slice::<Value>(&request.body) else {
        return wrong("the body must be a JSON object");
    };
    let named = ["order", "order_id"].iter().find_map(|name| fields.get(*name).and_then(Value::as_str));
    let Some(named) = named else { return wrong("order is missing") };
    let Some(order) = find(sim, named) else { return wrong("no such order") };
    match payer::choice(&fields).and_then(|choice| payer::play(sim, &order, choice)) {
        Err(why) => wrong(&why),
        Ok(ended) => {
            let order = sim.orders.get(&order).expect("just played");
            let said = json!({
                "payment_id": ended.attempt,
                "callback": ended.callback,
                "callback_url": order.return_url,
                "callback_method": if order.return_by_post { "POST" } else { "GET" },
                "paid": ended.paid,
            });
            json_response(200, &said)
        }
    }
}

/// By the merchant's name, the latest of several merchants', or by PhonePe's.
pub(super) fn find(sim: &PhonePeSim, named: &str) -> Option<String> {
    let by_name = sim.orders.iter().rfind(|o| o.named == named || o.id == named);
    by_name.map(|o| o.id.clone())
}

/// `GET` shows the page of a token, `POST` pays on it.
pub(super) fn handle(sim: &mut PhonePeSim, request: &SimRequest, query: &[(String, String)]) -> SimResponse {
    let token = query.iter().find(|(n, _)| n == "token").map_or("", |(_, v)| v.as_str());
    let order = sim.pages.get(token).and_then(|id| sim.orders.get(id));
    let Some(order) = order else {
        return html(404, page("Not found", "<p>There is no such payment page.</p>"));
    };
    match (request.method.as_str(), order.state) {
        (_, State::Completed) => html(200, page("Already paid", "<p>Nothing more is due.</p>")),
        (_, State::Failed) => html(200, page("Over", "<p>This payment page is not open any more.</p>")),
        ("GET", State::Pending) => show(sim, request, order),
        ("POST", State::Pending) => {
            let id = order.id.clone();
            pay(sim, &id, &pairs(&String::from_utf8_lossy(&request.body)))
        }
        _ => html(405, page("Not possible", "<p>A page is shown or paid on.</p>")),
    }
}

fn show(sim: &PhonePeSim, request: &SimRequest, order: &Order) -> SimResponse {
    let account = &sim.accounts[order.account];
    if account.needs_referrer && header(request, "referer").is_none() {
        let text = "<p>PhonePe does not open its page for who comes from nowhere: the page before must say where it \
                    is. Look for a referrer policy of no-referrer.</p>";
        return html(403, page("Blocked", text));
    }
    let amount = format!("₹{}", decimal(order.amount, "INR"));
    let what = if order.message.is_empty() { &order.named } else { &order.message };
    let vpa = "<input name=\"vpa\" aria-label=\"UPI address\" value=\"buyer@ybl\" maxlength=\"64\">";
    let choice = |value, label, more: &str| look::Choice { value, label, more: more.to_owned() };
    let choices = [
        choice("upi", "UPI", vpa),
        choice("card", "Card", ""),
        choice("netbanking", "Netbanking", ""),
        choice("wallet", "Wallet", ""),
    ];
    let due = look::Due { merchant: &account.name, amount: &amount, what };
    let endings = look::Endings { authorize: false, reasons: payer::REASONS };
    let (action, hidden) = (format!("?token={}", order.token), hidden_input("token", &order.token));
    html(200, look::pay_page(NAME, &due, &action, &hidden, &choices, &endings))
}

fn pay(sim: &mut PhonePeSim, order: &str, posted: &[(String, String)]) -> SimResponse {
    let played = payer::choice(&form_object(posted)).and_then(|choice| {
        let silent = matches!(choice.outcome, Outcome::Silent { .. });
        payer::play(sim, order, choice).map(|ended| (silent, ended))
    });
    let (silent, ended) = match played {
        Ok(played) => played,
        Err(why) => return html(400, page("Payment not possible", &format!("<p>{}.</p>", escape(&why)))),
    };
    if silent {
        return html(
            200,
            page("Nothing is said", "<p>The bank stays silent. You can close this window.</p>"),
        );
    }
    let order = sim.orders.get(order).expect("just played");
    let said = if ended.paid { "Payment successful" } else { "Payment not completed" };
    let is_web = order.return_url.starts_with("https://") || order.return_url.starts_with("http://");
    if !is_web {
        return html(200, page(said, "<p>You can close this window.</p>"));
    }
    let method = if order.return_by_post { "post" } else { "get" };
    html(200, look::send_back(NAME, said, method, &order.return_url, &ended.callback))
}

fn page(title: &str, body: &str) -> String {
    look::page(NAME, title, body)
}
