//! One call to Juspay under the bank's host: where it goes, how it is proved or sealed, and what an answer is.

use super::sealed::{Keys, Once};
use super::{card, wire};
use crate::asking::{self, Errand, FORM, JSON};
use crate::contract::{Account, RefundAsk};
use crate::reading::answers::{self, id, parse};
use crate::reading::aside::Aside;
use crate::reading::doubt::{Unheard, refused, unauthorized, unreadable};
use crate::wire::{Answer, CallError, Called, Header, ReasonKind};
use crate::writing::{Object, form};
use hundi_core::Mode;
use serde::de::DeserializeOwned;

/// The day of the API whose shapes we know: that of the bank's sample kit.
const VERSION: &str = "2024-06-24";

/// A new session for an order of ours.
pub(super) async fn session(errand: Errand<'_>, routing: &str, body: &Object) -> Called<Aside> {
    let plain = Plain { method: "POST", path: "/session".to_owned(), kind: JSON, body: body.bytes() };
    let sealed = Sealed { path: "/v4/session".to_owned(), payload: body.bytes() };
    // The answer holds a token that opens the payment page.
    send(errand.hidden(), routing, plain, sealed).await
}

/// The order as it is now. `routing` is the same text in all calls about one order of ours.
pub(super) async fn order(errand: Errand<'_>, order: &str, routing: &str) -> Called<wire::Order> {
    let order = id(order)?;
    let plain = Plain { method: "GET", path: format!("/orders/{order}"), kind: FORM, body: vec![] };
    let payload = Object::new().put("order_id", order).bytes();
    let sealed = Sealed { path: "/v4/order-status".to_owned(), payload };
    of_order(order, send(errand, routing, plain, sealed).await?)
}

/// Asks for a refund; the answer is the order with its refunds.
pub(super) async fn refund(errand: Errand<'_>, ask: &RefundAsk) -> Called<wire::Order> {
    let order = id(&ask.subject.provider_order)?;
    let fields = [("unique_request_id", ask.our_ref.to_string()), ("amount", ask.amount.decimal())];
    let path = format!("/orders/{order}/refunds");
    let plain = Plain { method: "POST", path, kind: FORM, body: form(&fields) };
    let payload = fields.into_iter().fold(Object::new(), |body, (name, value)| body.put(name, value)).bytes();
    let sealed = Sealed { path: format!("/v4/orders/{order}/refunds"), payload };
    of_order(order, send(errand, ask.subject.our_ref.as_str(), plain, sealed).await?)
}

/// What was answered must be about what was asked.
fn of_order(asked: &str, order: wire::Order) -> Called<wire::Order> {
    match (order.order_id.text(), order.status.text()) {
        // Said with a 404 as a rule.
        (_, Some("NOT_FOUND")) => Err(CallError::not_done(ReasonKind::NotFound, "no such order")),
        _ if order.order_id.is_missing() || order.status.is_missing() => {
            Err(unreadable("an order without its name or its status"))
        }
        (Some(id), _) if id == asked => Ok(order),
        _ => Err(Unheard("another order than was asked for").into()),
    }
}

// ---- where to

/// Where the API is, without a slash at its end. The old hosts are still in many configurations.
pub(super) fn base(account: &Account) -> Called<&str> {
    let given = account.base_url.trim_end_matches('/');
    if account.simulated {
        return Ok(given);
    }
    match (account.credential("host").expose(), account.mode) {
        ("" | card::HOST_NOW, _) => Ok(given),
        (card::HOST_BEFORE, Mode::Live) => Ok("https://smartgateway.hdfcbank.com"),
        (card::HOST_BEFORE, Mode::Test) => Ok("https://smartgatewayuat.hdfcbank.com"),
        (card::HOST_JUSPAY, Mode::Live) => Ok("https://api.juspay.in"),
        (card::HOST_JUSPAY, Mode::Test) => Ok("https://sandbox.juspay.in"),
        _ => Err(refused("not a host of this provider's")),
    }
}

// ---- sending

/// A call as it is made with a key.
struct Plain {
    method: &'static str,
    path: String,
    kind: &'static str,
    body: Vec<u8>,
}

/// The same as it is made with sealed messages.
struct Sealed {
    path: String,
    payload: Vec<u8>,
}

/// `routing` keeps all calls about one payer in one of Juspay's cells.
async fn send<T: DeserializeOwned>(
    errand: Errand<'_>,
    routing: &str,
    plain: Plain,
    sealed: Sealed,
) -> Called<T> {
    let (account, wire) = (errand.call.account, errand.call.wire);
    let base = base(account)?;
    let merchant = account.given(["merchant_id"]);
    let [merchant] = merchant.ok_or_else(|| unauthorized("the merchant id is missing"))?;
    let mut headers = vec![
        asking::accepts_json(),
        Header::plain("version", VERSION),
        Header::plain("x-merchantid", merchant.expose()),
        Header::plain("x-routing-id", routing),
    ];
    match account.credential("auth").expose() {
        "" | card::AUTH_BASIC => {
            let key = account.given(["api_key"]);
            let [key] = key.ok_or_else(|| unauthorized("the API key is missing"))?;
            let Plain { method, path, kind, body } = plain;
            // The API key is the user, and there is no password.
            headers.push(asking::basic(key.expose(), ""));
            headers.push(Header::plain("content-type", kind));
            parse(success(&errand.send(method, format!("{base}{path}"), headers, body).await?)?)
        }
        card::AUTH_JWT => {
            let keys = Keys::of(account);
            let keys = keys.ok_or_else(|| unauthorized("a key is missing, or is no RSA key in PEM"))?;
            let once = Once { key: wire.random(), nonce: wire.random() };
            let body = keys.seal(&sealed.payload, &once).map_err(|e| unauthorized(e.0))?.into_bytes();
            headers.push(asking::is_json());
            let answer = errand.post(format!("{base}{}", sealed.path), headers, body).await?;
            let text = str::from_utf8(success(&answer)?).unwrap_or_default();
            parse(&keys.open(text).map_err(|e| unreadable(e.0))?)
        }
        _ => Err(unauthorized("an unknown way of signing in")),
    }
}

// ---- what came back

fn success(answer: &Answer) -> Called<&[u8]> {
    if answers::is_success(answer) { Ok(&answer.body) } else { Err(refusal(answer)) }
}

/// What an answer that is no success means. Errors are plain JSON in both forms.
fn refusal(answer: &Answer) -> CallError {
    if let Some(error) = answers::by_status(answer.status) {
        return error;
    }
    let Ok(problem) = serde_json::from_slice::<wire::Problem>(&answer.body) else {
        return answers::unreadable(answer.status);
    };
    let detail = shown(&problem);
    let named = problem.error_code.text().or_else(|| problem.error_info.text("code"));
    match (answer.status, problem.status.text(), named) {
        (400 | 404, Some("NOT_FOUND"), _) => CallError::not_done(ReasonKind::NotFound, detail),
        // Something of this name was or is being done: only asking again tells what.
        (_, _, Some(code)) if is_repeat(code) => CallError::unknown(ReasonKind::Refused, detail),
        (400 | 404 | 422, _, Some(_)) => CallError::not_done(ReasonKind::Refused, detail),
        _ => CallError::unknown(ReasonKind::Unrecognised, detail),
    }
}

/// `duplicate.call`, `DUPLICATE_REQUEST`, `ALREADY_EXISTS`, `order.already_exists`.
fn is_repeat(code: &str) -> bool {
    let code = code.to_lowercase();
    code.contains("duplicate") || code.contains("already")
}

/// Codes and text for people.
fn shown(problem: &wire::Problem) -> String {
    let info = &problem.error_info;
    let message = || info.first(&["developer_message", "developerMessage"]);
    answers::shown([
        problem.status.text(),
        problem.error_code.text(),
        info.text("code"),
        problem.error_message.text().or_else(message),
    ])
}
