//! What the payer sees: one plain page to pay on, at Juspay's own addresses, one to be sent back from; and the same by
//! machine at `/sim/api/pay`.

use super::payer::{self, Outcome, REASONS};
use super::state::{Order, Status};
use super::{HdfcSim, orders, show};
use crate::sim::kit::{decimal, escape, form_object, html, json_response, pairs};
use crate::sim::page::{self, Choice, Due, Endings};
use crate::sim::{SimRequest, SimResponse};
use serde_json::{Value, json};

const NAME: &str = "HDFC SmartGateway";

/// The hosted page of an order.
pub(super) fn handle(sim: &mut HdfcSim, request: &SimRequest, id: &str) -> SimResponse {
    let Some(order) = sim.orders.get(id) else {
        return html(404, said("No such order", "There is no such order here."));
    };
    match request.method.as_str() {
        "GET" => shown(sim, order),
        "POST" => pay(sim, id, &pairs(&String::from_utf8_lossy(&request.body))),
        _ => html(405, said("Not here", "This page is read and posted to.")),
    }
}

fn said(title: &str, text: &str) -> String {
    page::page(NAME, title, &format!("<p>{}</p>", escape(text)))
}

fn shown(sim: &HdfcSim, order: &Order) -> SimResponse {
    let status = show::standing(sim, order).map(|txn| txn.status);
    if matches!(status, Some(Status::Charged | Status::Authorized)) {
        return html(200, said("Already paid", "This order is paid. Nothing more is due."));
    }
    if orders::is_over(order, sim.now) {
        return html(200, said("Expired", "The time to pay this order is over."));
    }
    let amount = format!("{} {}", order.currency, decimal(order.amount, &order.currency));
    let what = if order.description.is_empty() { &order.order_id } else { &order.description };
    let due = Due { merchant: &sim.accounts[order.account].name, amount: &amount, what };
    let choice = |value, label| Choice { value, label, more: String::new() };
    let choices = [
        choice("upi", "UPI"),
        choice("card", "Card"),
        choice("netbanking", "Netbanking"),
        choice("wallet", "Wallet"),
    ];
    let action = format!("/payment-page/order/{}", order.id);
    let endings = Endings { authorize: true, reasons: REASONS };
    html(200, page::pay_page(NAME, &due, &action, "", &choices, &endings))
}

fn pay(sim: &mut HdfcSim, id: &str, posted: &[(String, String)]) -> SimResponse {
    let played = payer::choice(&form_object(posted)).and_then(|choice| {
        let outcome = choice.outcome.clone();
        payer::play(sim, id, choice).map(|ended| (outcome, ended))
    });
    let (outcome, ended) = match played {
        Ok(played) => played,
        Err(why) => return html(400, said("Payment not possible", &why)),
    };
    let order = sim.orders.get(id).expect("found before");
    let title = match (&outcome, ended.paid) {
        (Outcome::Silent { .. }, _) => {
            return html(200, said("Nothing is said", "The bank stays silent. You can close this window."));
        }
        (_, true) => "Paid",
        (_, false) => "Not paid",
    };
    // Only there may a page of ours send anybody.
    if !order.return_url.starts_with("https://") && !order.return_url.starts_with("http://") {
        return html(200, said(title, "You can close this window."));
    }
    let by_post = sim.accounts[order.account].return_by_post;
    let method = if by_post { "post" } else { "get" };
    html(200, page::send_back(NAME, title, method, &order.return_url, &ended.callback))
}

/// `{order | order_id, outcome, reason?, method?, late_ms?}` in, the browser's callback out. `order` is whatever the
/// adapter opened: the merchant's id of it, or Juspay's own.
pub(super) fn by_machine(sim: &mut HdfcSim, request: &SimRequest) -> SimResponse {
    let wrong = |why: &str| json_response(400, &json!({ "error": why }));
    let Ok(fields @ Value::Object(_)) = serde_json::from_slice::<Value>(&request.body) else {
        return wrong("the body must be a JSON object");
    };
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let Some(named) = text("order").or_else(|| text("order_id")) else {
        return wrong("name the order");
    };
    let Some(id) = sim.orders.iter().find(|o| o.order_id == named || o.id == named).map(|o| o.id.clone())
    else {
        return wrong("no such order");
    };
    match payer::choice(&fields).and_then(|choice| payer::play(sim, &id, choice)) {
        Err(why) => wrong(&why),
        Ok(ended) => {
            let order = sim.orders.get(&id).expect("found above");
            let brought = match ended.callback.is_empty() {
                true => Vec::new(),
                false => [payer::own_fields(order), ended.callback].concat(),
            };
            let by_post = sim.accounts[order.account].return_by_post;
            let said = json!({
                "payment_id": ended.txn, "callback": brought, "callback_url": order.return_url,
                "callback_method": if by_post { "POST" } else { "GET" }, "paid": ended.paid,
                "status": show::status(sim, order).0,
            });
            json_response(200, &said)
        }
    }
}
