//! What the payer sees at the simulated provider: one plain page to pay on, one to be sent back from; and the same
//! by machine at `/sim/api/pay`. Readable and usable without script.

use super::cards::{CARDS, REASONS};
use super::methods::{BANKS, WALLETS};
use super::payer::{self, Ended, Outcome, Subject};
use super::state::LinkStatus;
use super::{RazorpaySim, script, show};
use crate::sim::kit::{decimal, escape, form_object, hidden_input, html, json_response, pairs};
use crate::sim::page as look;
use crate::sim::{SimRequest, SimResponse};
use serde_json::{Value, json};
use url::form_urlencoded;

const NAME: &str = "Razorpay";

/// `path` is what follows `/sim`.
pub(super) fn handle(
    sim: &mut RazorpaySim,
    request: &SimRequest,
    path: &[&str],
    query: &[(String, String)],
) -> SimResponse {
    let posted = || pairs(&String::from_utf8_lossy(&request.body));
    match (request.method.as_str(), path) {
        ("POST", ["api", "pay"]) => by_machine(sim, request),
        ("GET", ["pay"]) => show_order(sim, query),
        ("POST", ["pay"]) => pay_order(sim, &posted()),
        ("GET", ["l", id]) => show_link(sim, id),
        ("POST", ["l", id]) => pay(sim, &Subject::Link((*id).to_owned()), &posted(), Way::Alone),
        ("GET", ["upi", id]) => show_payment(sim, id),
        ("POST", ["upi", id]) => pay(sim, &Subject::Payment((*id).to_owned()), &posted(), Way::Alone),
        _ => html(404, page("Not found", "<p>There is no such page at this simulated provider.</p>")),
    }
}

/// `{order | order_id | payment_link_id | payment_id, outcome, reason?, method?, ...}` in, the browser's callback out.
/// `order` is whatever the adapter opened: an order or a link.
fn by_machine(sim: &mut RazorpaySim, request: &SimRequest) -> SimResponse {
    let wrong = |why: &str| json_response(400, &json!({ "error": why }));
    let Ok(Value::Object(fields)) = serde_json::from_slice(&request.body) else {
        return wrong("the body must be a JSON object");
    };
    let fields = Value::Object(fields);
    let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
    let opened = |wanted: fn(&str) -> bool| text("order").filter(|id| wanted(id));
    let order = text("order_id").or_else(|| opened(|id| !id.starts_with("plink_")));
    let link = text("payment_link_id").or_else(|| opened(|id| id.starts_with("plink_")));
    let subject = match (order, link, text("payment_id")) {
        (Some(id), None, None) => Subject::Order(id),
        (None, Some(id), None) => Subject::Link(id),
        (None, None, Some(id)) => Subject::Payment(id),
        _ => return wrong("name one of order, order_id, payment_link_id and payment_id"),
    };
    match payer::choice(&fields).and_then(|choice| payer::play(sim, &subject, choice)) {
        Err(why) => wrong(&why),
        Ok(ended) => {
            let status = ended.payment.as_ref().and_then(|id| sim.payments.get(id)).map(|p| p.status);
            let said = json!({
                "payment_id": ended.payment,
                "callback": ended.callback,
                "callback_url": ended.link_callback_url,
                "status": status.map(show::payment_status),
            });
            json_response(200, &said)
        }
    }
}

// ---- showing

fn show_order(sim: &RazorpaySim, query: &[(String, String)]) -> SimResponse {
    let field = |name: &str| query.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
    let order = sim.orders.get(field("order_id"));
    let Some(order) = order.filter(|o| sim.accounts[o.account].given.key_id == field("key")) else {
        return html(
            400,
            page("Payment not possible", "<p>This order does not exist, or the key is not its own.</p>"),
        );
    };
    if order.amount_paid >= order.amount {
        return html(200, page("Already paid", "<p>This order is paid. Nothing more is due.</p>"));
    }
    let mut hidden = String::new();
    for name in ["order_id", "key", "callback_url", "origin", "email", "contact"] {
        hidden.push_str(&hidden_input(name, field(name)));
    }
    let due = decimal(order.amount - order.amount_paid, &order.currency);
    let merchant = &sim.accounts[order.account].given.name;
    html(200, pay_page(merchant, &format!("{} {due}", order.currency), &order.id, "/sim/pay", &hidden))
}

fn show_link(sim: &RazorpaySim, id: &str) -> SimResponse {
    let Some(link) = sim.links.get(id) else {
        return html(404, page("No such link", "<p>This payment link does not exist.</p>"));
    };
    if !matches!(link.status, LinkStatus::Created | LinkStatus::PartiallyPaid) {
        let said = format!("<p>This payment link is {}.</p>", show::link_status(link.status));
        return html(200, page("Payment link", &said));
    }
    let due = decimal(link.amount - link.amount_paid, &link.currency);
    let merchant = &sim.accounts[link.account].given.name;
    let what = if link.description.is_empty() { &link.id } else { &link.description };
    html(
        200,
        pay_page(merchant, &format!("{} {due}", link.currency), what, &format!("/sim/l/{}", link.id), ""),
    )
}

/// The UPI app, or the bank's page, of a payment that was opened server to server.
fn show_payment(sim: &RazorpaySim, id: &str) -> SimResponse {
    let Some(payment) = sim.payments.get(id) else {
        return html(404, page("No such payment", "<p>This payment does not exist.</p>"));
    };
    if payment.status != super::state::PaymentStatus::Created {
        let said = format!("<p>This payment is {}.</p>", show::payment_status(payment.status));
        return html(200, page("Payment", &said));
    }
    let merchant = escape(&sim.accounts[payment.account].given.name);
    let due = decimal(payment.amount, &payment.currency);
    let body = format!(
        "<p class=\"to\">{merchant} asks for</p><p class=\"amount\">{} {due}</p>\
         <form method=\"post\" action=\"/sim/upi/{}\">\
         <button class=\"main\" name=\"outcome\" value=\"pay\">Approve</button>\
         <button name=\"outcome\" value=\"leave\">Decline</button>\
         {}<button name=\"outcome\" value=\"fail\">Fail</button></form>",
        escape(&payment.currency),
        escape(&payment.id),
        look::select("reason", "Reason", REASONS.iter().map(|r| (*r, *r))),
    );
    let title = if show::method(&payment.instrument) == "upi" { "Your UPI app" } else { "Your bank" };
    html(200, page(title, &body))
}

// ---- paying

fn pay_order(sim: &mut RazorpaySim, posted: &[(String, String)]) -> SimResponse {
    let field =
        |name: &str| posted.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    let order = sim.orders.get(&field("order_id"));
    if order.is_none_or(|o| sim.accounts[o.account].given.key_id != field("key")) {
        return html(
            400,
            page("Payment not possible", "<p>This order does not exist, or the key is not its own.</p>"),
        );
    }
    let way = if is_web_address(&field("callback_url")) {
        Way::Callback { url: field("callback_url") }
    } else if is_web_address(&field("origin")) {
        let kept = ["order_id", "key", "origin", "email", "contact"].map(|name| (name, field(name)));
        let again = form_urlencoded::Serializer::new("/sim/pay?".to_owned()).extend_pairs(kept).finish();
        Way::Overlay { origin: field("origin"), again }
    } else {
        Way::Alone
    };
    pay(sim, &Subject::Order(field("order_id")), posted, way)
}

/// Only these may a page of ours send anybody to.
fn is_web_address(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// How the merchant hears from the browser.
enum Way {
    /// A form posted there, top level.
    Callback { url: String },
    /// A message to the page that the overlay lies on; `again` is the overlay's own page.
    Overlay { origin: String, again: String },
    /// Not at all, or by a link's own callback.
    Alone,
}

fn pay(sim: &mut RazorpaySim, subject: &Subject, posted: &[(String, String)], way: Way) -> SimResponse {
    let played = payer::choice(&form_object(posted)).and_then(|choice| {
        let outcome = choice.outcome.clone();
        payer::play(sim, subject, choice).map(|ended| (outcome, ended))
    });
    let (outcome, ended) = match played {
        Ok(played) => played,
        Err(why) => return html(400, page("Payment not possible", &format!("<p>{}.</p>", escape(&why)))),
    };
    if matches!(outcome, Outcome::Silent { .. }) {
        return html(
            200,
            page("Nothing is said", "<p>The bank stays silent. You can close this window.</p>"),
        );
    }
    let link_callback = ended.link_callback_url.clone().filter(|url| is_web_address(url));
    match (way, link_callback) {
        (Way::Callback { url }, _) => html(200, send_back("post", &url, &ended)),
        (Way::Overlay { origin, again }, _) => html(200, tell_parent(&origin, &again, &outcome, &ended)),
        (Way::Alone, Some(url)) if !ended.callback.is_empty() => html(200, send_back("get", &url, &ended)),
        (Way::Alone, _) => {
            html(200, page(if ended.paid { "Paid" } else { "Not paid" }, "<p>You can close this window.</p>"))
        }
    }
}

fn send_back(method: &str, url: &str, ended: &Ended) -> String {
    let said = if ended.paid { "Payment successful" } else { "Payment not completed" };
    look::send_back(NAME, said, method, url, &ended.callback)
}

/// Inside the overlay: the script on the merchant's page is told, and does the rest.
fn tell_parent(origin: &str, again: &str, outcome: &Outcome, ended: &Ended) -> String {
    let plain: serde_json::Map<String, Value> =
        ended.callback.iter().map(|(n, v)| (n.clone(), json!(v))).collect();
    let (event, data) = match (ended.paid, outcome) {
        (true, _) => ("success", Value::Object(plain)),
        (false, Outcome::Leave) => ("dismissed", Value::Null),
        (false, _) => ("failed", json!({ "error": error_object(&ended.callback) })),
    };
    let message = json!({ "from": "razorpay-simulator", "event": event, "data": data });
    let body = format!(
        "<p>{}</p><script>window.parent.postMessage({}, {})</script>",
        if ended.paid {
            "Payment successful.".to_owned()
        } else {
            format!("Payment failed. <a href=\"{}\">Try again</a>", escape(again))
        },
        script::literal(&message),
        script::literal(&json!(origin)),
    );
    page("Payment", &body)
}

/// `error[code]` and its kin as the object that `payment.failed` listeners get.
fn error_object(fields: &[(String, String)]) -> Value {
    let mut error = form_object(fields)["error"].clone();
    if let Some(metadata) = error["metadata"].as_str().and_then(|t| serde_json::from_str::<Value>(t).ok()) {
        error["metadata"] = metadata;
    }
    error
}

// ---- HTML

fn pay_page(merchant: &str, due: &str, what: &str, action: &str, hidden: &str) -> String {
    let vpa = "<input name=\"vpa\" aria-label=\"UPI address\" value=\"success@razorpay\" maxlength=\"64\">";
    let choice = |value, label, more| look::Choice { value, label, more };
    let choices = [
        choice("upi", "UPI", vpa.to_owned()),
        choice("card", "Card", look::select("card", "Test card", CARDS.iter().map(|c| (c.name, c.shown)))),
        choice("netbanking", "Netbanking", look::select("bank", "Bank", BANKS.iter().copied())),
        choice(
            "wallet",
            "Wallet",
            look::select("wallet", "Wallet", WALLETS.iter().map(|(w, shown)| (*w, *shown))),
        ),
    ];
    let endings = look::Endings { authorize: true, reasons: REASONS };
    look::pay_page(NAME, &look::Due { merchant, amount: due, what }, action, hidden, &choices, &endings)
}

fn page(title: &str, body: &str) -> String {
    look::page(NAME, title, body)
}
