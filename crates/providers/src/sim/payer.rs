//! Being the payer of something that has no page of its own: a code that nobody can scan, because it is simulated.
//!
//! The same page at every simulator, on top of its `POST /sim/api/pay`.

use super::http::{form_object, html, target};
use super::page::{escape, hidden_input, page};
use super::{SimRequest, SimResponse, Simulator};
use hundi_core::Millis;
use serde_json::{Value, json};
use url::form_urlencoded;

/// Below a simulator's address.
pub const PATH: &str = "/sim/payer";

/// Where a person pays what was opened as `order` at the simulator at `base_url`, by `method`. `amount` is shown.
pub fn address(base_url: &str, order: &str, method: &str, amount: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("order", order).append_pair("method", method).append_pair("amount", amount);
    format!("{}{PATH}?{}", base_url.trim_end_matches('/'), query.finish())
}

/// Answers for the page; `None`: it was not meant.
pub fn answer(
    simulator: &mut dyn Simulator,
    provider: &str,
    request: &SimRequest,
    now: Millis,
) -> Option<SimResponse> {
    let (path, query) = target(&request.target);
    if path != ["sim", "payer"] {
        return None;
    }
    let shown = |title, body: &str| page(provider, title, body);
    Some(match request.method.as_str() {
        "GET" => html(200, shown("Pay", &form(&query))),
        "POST" => {
            let posted = super::http::pairs(&String::from_utf8_lossy(&request.body));
            let wish = form_object(&posted);
            match play(simulator, request, &wish, now) {
                Ok(()) => html(200, shown(title(&wish), "<p>You can close this window.</p>")),
                Err(why) => {
                    let said = format!("<p>{}.</p>", escape(&why));
                    html(400, shown("Payment not possible", &said))
                }
            }
        }
        _ => html(405, shown("Not possible", "<p>This page is looked at or sent.</p>")),
    })
}

fn form(query: &[(String, String)]) -> String {
    let field = |name: &str| query.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
    format!(
        "<p class=\"amount\">{}</p><p class=\"to\">{}</p><form method=\"post\" action=\"{PATH}\">{}{}\
         <button class=\"main\" name=\"outcome\" value=\"pay\">Pay</button>\
         <button name=\"outcome\" value=\"fail\">Fail</button>\
         <button name=\"outcome\" value=\"silent\">Go silent</button></form>",
        escape(field("amount")),
        escape(field("order")),
        hidden_input("order", field("order")),
        hidden_input("method", field("method")),
    )
}

fn title(wish: &Value) -> &'static str {
    match wish["outcome"].as_str() {
        Some("pay") => "Paid",
        Some("fail") => "Not paid",
        _ => "Nothing is said",
    }
}

fn play(
    simulator: &mut dyn Simulator,
    request: &SimRequest,
    wish: &Value,
    now: Millis,
) -> Result<(), String> {
    let body = json!({ "order": wish["order"], "method": wish["method"], "outcome": wish["outcome"] });
    let by_machine = SimRequest {
        method: "POST".to_owned(),
        target: "/sim/api/pay".to_owned(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_string().into_bytes(),
        base_url: request.base_url.clone(),
    };
    let answer = simulator.handle(&by_machine, now);
    if answer.status < 300 {
        return Ok(());
    }
    let told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    Err(told["error"].as_str().unwrap_or("The simulator refused").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry;

    fn asked(method: &str, target: String, body: &str) -> SimRequest {
        SimRequest {
            method: method.to_owned(),
            target,
            headers: vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())],
            body: body.as_bytes().to_vec(),
            base_url: "http://127.0.0.1:4010".to_owned(),
        }
    }

    #[test]
    fn every_simulator_has_the_page() {
        for provider in registry::all() {
            let card = provider.card();
            let mut simulator = registry::simulator(card.id, 1).unwrap();
            let mut says = |request: &SimRequest| {
                let answer = answer(&mut *simulator, card.name, request, Millis(1)).unwrap();
                (answer.status, String::from_utf8(answer.body).unwrap())
            };
            let link = address("http://127.0.0.1:4010", "\"><script>", "upi", "₹1,499.00");
            let target = link.strip_prefix("http://127.0.0.1:4010").unwrap().to_owned();
            let (status, shown) = says(&asked("GET", target, ""));
            assert_eq!(status, 200, "{}", card.id);
            assert!(shown.contains("₹1,499.00") && !shown.contains("<script>"), "{shown}");
            let unknown = asked("POST", PATH.to_owned(), "order=nobodys&method=upi&outcome=pay");
            let (status, shown) = says(&unknown);
            assert!(status == 400 && shown.contains("Payment not possible"), "{}: {shown}", card.id);
        }
    }
}
