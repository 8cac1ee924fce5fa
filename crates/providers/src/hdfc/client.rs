//! One call to Juspay under the bank's host: where it goes, how it is proved or sealed, and what an answer is.

use super::sealed::{Keys, Once};
use super::{card, sign, wire};
use crate::contract::{Account, Call};
use crate::reading::answers::{self, id, json, parse};
use crate::wire::{Answer, CallError, Header, ReasonKind, Request};
use hundi_core::Mode;
use serde::de::DeserializeOwned;
use url::form_urlencoded;

/// The day of the API whose shapes we know: that of the bank's sample kit.
const VERSION: &str = "2024-06-24";
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// A new session for an order of ours.
pub(super) async fn session(call: Call<'_>, body: &wire::NewSession<'_>) -> Result<wire::Session, CallError> {
    let bytes = json(body);
    let plain = Plain { method: "POST", path: "/session".to_owned(), kind: JSON, body: bytes.clone() };
    let sealed = Sealed { path: "/v4/session".to_owned(), payload: bytes };
    // The answer holds a token that opens the payment page.
    send(call, Errand { purpose: "open", routing: body.order_id, plain, sealed, private: true }).await
}

/// The order as it is now. `routing` is the same text in all calls about one order of ours.
pub(super) async fn order(
    call: Call<'_>,
    purpose: &'static str,
    order: &str,
    routing: &str,
) -> Result<wire::Order, CallError> {
    let order = id(order)?;
    let plain = Plain { method: "GET", path: format!("/orders/{order}"), kind: FORM, body: vec![] };
    let payload = json(&wire::OrderAsk { order_id: order });
    let sealed = Sealed { path: "/v4/order-status".to_owned(), payload };
    of_order(order, send(call, Errand { purpose, routing, plain, sealed, private: false }).await?)
}

/// Asks for a refund; the answer is the order with its refunds.
pub(super) async fn refund(
    call: Call<'_>,
    order: &str,
    routing: &str,
    body: &wire::NewRefund<'_>,
) -> Result<wire::Order, CallError> {
    let order = id(order)?;
    let fields = [("unique_request_id", body.unique_request_id), ("amount", &body.amount)];
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let plain = Plain {
        method: "POST",
        path: format!("/orders/{order}/refunds"),
        kind: FORM,
        body: form.into_bytes(),
    };
    let sealed = Sealed { path: format!("/v4/orders/{order}/refunds"), payload: json(body) };
    of_order(order, send(call, Errand { purpose: "refund", routing, plain, sealed, private: false }).await?)
}

/// What was answered must be about what was asked.
fn of_order(asked: &str, order: wire::Order) -> Result<wire::Order, CallError> {
    match (order.order_id.text(), order.status.text()) {
        // Said with a 404 as a rule.
        (_, Some("NOT_FOUND")) => Err(CallError::not_done(ReasonKind::NotFound, "no such order")),
        (Some(id), _) if id == asked => Ok(order),
        _ => Err(CallError::unknown(ReasonKind::Unrecognised, "another order than was asked for")),
    }
}

// ---- where to

/// Where the API is, without a slash at its end. The old hosts are still in many configurations.
pub(super) fn base(account: &Account) -> Result<&str, CallError> {
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
        _ => Err(CallError::not_done(ReasonKind::Refused, "not a host of this provider's")),
    }
}

// ---- sending

/// One call, in both of its forms.
struct Errand<'a> {
    purpose: &'static str,
    /// Keeps all calls about one payer in one of Juspay's cells.
    routing: &'a str,
    plain: Plain,
    sealed: Sealed,
    private: bool,
}

struct Plain {
    method: &'static str,
    path: String,
    kind: &'static str,
    body: Vec<u8>,
}

struct Sealed {
    path: String,
    payload: Vec<u8>,
}

async fn send<T: DeserializeOwned>(call: Call<'_>, errand: Errand<'_>) -> Result<T, CallError> {
    let base = base(call.account)?;
    let mut headers = vec![Header::plain("accept", JSON), Header::plain("version", VERSION)];
    let merchant = call.account.credential("merchant_id");
    if merchant.is_empty() {
        return Err(missing("the merchant id is missing"));
    }
    headers.push(Header::plain("x-merchantid", merchant.expose()));
    headers.push(Header::plain("x-routing-id", errand.routing));
    let (purpose, private) = (errand.purpose, errand.private);
    match call.account.credential("auth").expose() {
        "" | card::AUTH_BASIC => {
            let key = call.account.credential("api_key");
            if key.is_empty() {
                return Err(missing("the API key is missing"));
            }
            headers.push(Header::secret("authorization", sign::basic_of_key(&key)));
            let Plain { method, path, kind, body } = errand.plain;
            headers.push(Header::plain("content-type", kind));
            let request = Request { purpose, method, url: format!("{base}{path}"), headers, body, private };
            let answer = call.wire.send(request).await?;
            parse(success(&answer)?)
        }
        card::AUTH_JWT => {
            let keys =
                Keys::of(call.account).ok_or_else(|| missing("a key is missing, or is no RSA key in PEM"))?;
            let once = Once { key: call.wire.random(), nonce: call.wire.random() };
            let body = keys.seal(&errand.sealed.payload, &once).map_err(|e| missing(e.0))?.into_bytes();
            headers.push(Header::plain("content-type", JSON));
            let url = format!("{base}{}", errand.sealed.path);
            let request = Request { purpose, method: "POST", url, headers, body, private };
            let answer = call.wire.send(request).await?;
            let unreadable = |e: super::sealed::NotSealed| CallError::unknown(ReasonKind::Unreadable, e.0);
            let text = str::from_utf8(success(&answer)?).unwrap_or_default();
            parse(&keys.open(text).map_err(unreadable)?)
        }
        _ => Err(missing("an unknown way of signing in")),
    }
}

fn missing(what: &str) -> CallError {
    CallError::not_done(ReasonKind::Unauthorized, what)
}

// ---- what came back

fn success(answer: &Answer) -> Result<&[u8], CallError> {
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
    let named = problem.error_code.text().or_else(|| problem.error_info.get().and_then(|i| i.code.text()));
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
    let info = problem.error_info.get();
    answers::shown([
        problem.status.text(),
        problem.error_code.text(),
        info.and_then(|i| i.code.text()),
        problem.error_message.text().or_else(|| info.and_then(|i| i.developer_message.text())),
    ])
}
