//! The table of contents: which call goes where, who may make it, and what the dials do to its answer.

use super::clock::Timer;
use super::state::order_key;
use super::{PaytmSim, control, craft, orders, pages, refunds, settlements};
use crate::sim::kit::{self, Place, Target, Turn, json_response, silent, turn};
use crate::sim::{Acts, Op, SimRequest, SimResponse};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// Calls of Paytm's that the simulator knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Api {
    Initiate,
    Process,
    Status,
    Apply,
    RefundStatus,
    Settlements,
}

impl Api {
    fn of(method: &str, path: &[&str]) -> Option<Self> {
        match (method, path) {
            ("POST", ["theia", "api", "v1", "initiateTransaction"]) => Some(Self::Initiate),
            ("POST", ["theia", "api", "v1", "processTransaction"]) => Some(Self::Process),
            // The PG SDK still asks at the older addresses.
            ("POST", ["v3", "order", "status"] | ["merchant-status", "api", "v1", "getPaymentStatus"]) => {
                Some(Self::Status)
            }
            ("POST", ["refund", "apply"] | ["refund", "api", "v1", "async", "refund"]) => Some(Self::Apply),
            ("POST", ["v2", "refund", "status"] | ["refund", "api", "v1", "refundStatus"]) => {
                Some(Self::RefundStatus)
            }
            ("POST", ["merchant-settlement-service", "settlement", "list"]) => Some(Self::Settlements),
            _ => None,
        }
    }

    const fn op(self) -> Op {
        match self {
            Self::Initiate => Op::CreateOrder,
            Self::Process => Op::CreateUpi,
            Self::Status => Op::Fetch,
            Self::Apply => Op::Refund,
            Self::RefundStatus => Op::FetchRefund,
            Self::Settlements => Op::Other,
        }
    }

    /// This call's words for a checksum or a merchant that it does not know. One number, two meanings: 227 is a
    /// checksum on one call and a decline on another.
    const fn stranger(self) -> (&'static str, &'static str) {
        match self {
            Self::Initiate | Self::Process => ("F", "2005"),
            Self::Status | Self::Apply | Self::RefundStatus => ("TXN_FAILURE", "330"),
            Self::Settlements => ("FAILURE", "00000022"),
        }
    }

    /// And for a thing that isn't there.
    const fn nothing(self) -> (&'static str, &'static str) {
        match self {
            Self::Initiate | Self::Process => ("U", "501"),
            Self::Status => ("NO_RECORD_FOUND", "331"),
            Self::Apply => ("TXN_FAILURE", "600"),
            Self::RefundStatus => ("TXN_FAILURE", "631"),
            Self::Settlements => ("RECORD_NOT_FOUND", ""),
        }
    }
}

/// A call whose sender is known.
pub(super) struct Ask {
    /// Index into the simulator's accounts.
    pub(super) account: usize,
    pub(super) body: Value,
    pub(super) query: Vec<(String, String)>,
}

impl Ask {
    pub(super) fn text(&self, name: &str) -> &str {
        self.body.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn query(&self, name: &str) -> &str {
        self.query.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
    }
}

/// What a handler says: a body to be signed for this account, or words of refusal, which go out unsigned.
pub(super) type Said = Result<Value, Words>;
pub(super) type Words = (&'static str, &'static str);

/// Anything that arrives: the payer's page, the control API, or Paytm's own.
pub(super) fn handle(sim: &mut PaytmSim, request: &SimRequest) -> SimResponse {
    let (segments, _) = kit::target(&request.target);
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (request.method.as_str(), path.as_slice()) {
        (_, ["sim", "control", rest @ ..]) => control::handle(sim, request, rest),
        (_, ["sim", ..] | ["theia", "api", "v1", "showPaymentPage"]) => pages::handle(sim, request, &path),
        (method, path) => match Api::of(method, path) {
            Some(api) => faulty(sim, request, api),
            None => kit::html(404, "<html><body>HTTP Status 404 - Not Found</body></html>".to_owned()),
        },
    }
}

fn faulty(sim: &mut PaytmSim, request: &SimRequest, api: Api) -> SimResponse {
    let target = aim(sim, request, api);
    let Some(fault) = sim.panel.take(Place::Answer, &target) else { return act(sim, request) };
    match turn(fault) {
        Turn::Act(after) => after.of(act(sim, request)),
        Turn::ActLater { ms } => {
            sim.after(ms, Timer::Act { request: Box::new(request.clone()) });
            silent()
        }
        Turn::Drop => silent(),
        Turn::Refuse { status, acts } => {
            if acts == Acts::Before {
                drop(act(sim, request));
            }
            SimResponse { status, ..unsigned(sim, api, ("U", "501")) }
        }
        Turn::NotFound => unsigned(sim, api, api.nothing()),
        Turn::Obscure => {
            let said = said(sim, request, api);
            obscured(sim, api, said)
        }
    }
}

/// The call without any fault.
pub(super) fn act(sim: &mut PaytmSim, request: &SimRequest) -> SimResponse {
    let (segments, _) = kit::target(&request.target);
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let Some(api) = Api::of(&request.method, &path) else { return silent() };
    let said = said(sim, request, api);
    answer(sim, api, said)
}

fn said(sim: &mut PaytmSim, request: &SimRequest, api: Api) -> (Option<usize>, Said) {
    let ask = match known(sim, request, api) {
        Ok(ask) => ask,
        Err(words) => return (None, Err(words)),
    };
    let said = match api {
        Api::Initiate => orders::initiate(sim, &ask),
        Api::Process => orders::process(sim, &ask),
        Api::Status => orders::status(sim, &ask),
        Api::Apply => refunds::apply(sim, &ask),
        Api::RefundStatus => refunds::status(sim, &ask),
        Api::Settlements => settlements::list(sim, &ask),
    };
    (Some(ask.account), said)
}

#[derive(Deserialize)]
struct Envelope<'a> {
    head: Value,
    #[serde(borrow)]
    body: &'a RawValue,
}

/// Who asks: by a checksum of the body's own letters, by an order's token, or by a form's checksum in JSON.
fn known(sim: &PaytmSim, request: &SimRequest, api: Api) -> Result<Ask, Words> {
    let (_, query) = kit::target(&request.target);
    let stranger = api.stranger();
    if api == Api::Settlements {
        let body: Value = serde_json::from_slice(&request.body).map_err(|_| stranger)?;
        let account = settlements::sender(sim, &body).ok_or(stranger)?;
        return Ok(Ask { account, body, query });
    }
    let envelope: Envelope<'_> = serde_json::from_slice(&request.body).map_err(|_| stranger)?;
    let text = envelope.body.get();
    let body: Value = serde_json::from_str(text).map_err(|_| stranger)?;
    let named = |from: &Value, name: &str| from[name].as_str().unwrap_or_default().to_owned();
    let mid = named(&body, "mid");
    let account =
        sim.account(&mid).ok_or(if api == Api::Initiate { stranger } else { ("TXN_FAILURE", "335") })?;
    if api == Api::Process {
        let order = sim.orders.get(&order_key(&mid, &named(&body, "orderId")));
        let token = named(&envelope.head, "txnToken");
        order.filter(|o| o.token == token && sim.now < o.token_until).ok_or(("F", "1006"))?;
    } else if !craft::is_signed(text, sim.accounts[account].key.expose(), &named(&envelope.head, "signature"))
    {
        return Err(stranger);
    }
    Ok(Ask { account, body, query })
}

/// What a fault may be aimed at in this call.
fn aim(sim: &PaytmSim, request: &SimRequest, api: Api) -> Target {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let body = if api == Api::Settlements { &body } else { &body["body"] };
    let text = |name: &str| body[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let mid = text("mid").or_else(|| text("MID")).unwrap_or_default();
    let order = text("orderId");
    let known = order.as_ref().and_then(|id| sim.orders.get(&order_key(&mid, id))).map(|o| o.amount);
    let asked = body["txnAmount"]["value"].as_str().or(body["refundAmount"].as_str()).and_then(craft::paise);
    Target {
        op: Some(api.op()),
        amount: asked.or(known),
        refs: [text("refId"), order.clone()].into_iter().flatten().collect(),
        order,
        key_id: mid,
        event: None,
    }
}

// ---- answering

/// The same answer with a word in it that nobody has mapped, and properly signed.
fn obscured(sim: &mut PaytmSim, api: Api, said: (Option<usize>, Said)) -> SimResponse {
    match said {
        (account, Ok(mut body)) => {
            obscure(&mut body);
            answer(sim, api, (account, Ok(body)))
        }
        (_, Err((_, code))) => unsigned(sim, api, ("UNDER_PARTNER_REVIEW", code)),
    }
}

fn answer(sim: &mut PaytmSim, api: Api, said: (Option<usize>, Said)) -> SimResponse {
    let (account, body) = match said {
        (Some(account), Ok(body)) => (account, body),
        (_, Err(words)) => return unsigned(sim, api, words),
        (None, Ok(_)) => return unsigned(sim, api, api.stranger()),
    };
    if api == Api::Settlements {
        return json_response(200, &body);
    }
    let mut head = head(sim);
    let account = &sim.accounts[account];
    // Paytm answers a token's call without a signature.
    if !account.unsigned_answers && api != Api::Process {
        let salt: String = sim.mint.fourteen().chars().take(4).collect();
        head["signature"] = json!(craft::sign(&body.to_string(), account.key.expose(), &salt));
    }
    json_response(200, &json!({ "head": head, "body": body }))
}

/// Business errors come with 200 and an unsigned head.
fn unsigned(sim: &PaytmSim, api: Api, words: Words) -> SimResponse {
    let (status, code) = words;
    if api == Api::Settlements {
        return json_response(
            200,
            &json!({ "status": status, "resultCode": code, "errorMessage": "failed" }),
        );
    }
    let body = json!({ "resultInfo": result(status, code, refusal_message(code)) });
    json_response(200, &json!({ "head": head(sim), "body": body }))
}

fn head(sim: &PaytmSim) -> Value {
    json!({ "responseTimestamp": sim.now.0.to_string(), "version": "v1", "clientId": "C11" })
}

pub(super) fn result(status: &str, code: &str, message: &str) -> Value {
    json!({ "resultStatus": status, "resultCode": code, "resultMsg": message })
}

fn refusal_message(code: &str) -> &'static str {
    match code {
        "330" | "2005" => "Checksum provided is invalid",
        "331" => "No Record Found",
        "334" => "Duplicate order id",
        "335" => "Mid is invalid",
        "501" => "System Error",
        "600" => "Invalid refund request or restricted by bank.",
        "617" => "Refund Already Raised",
        "619" => "Invalid refund amount",
        "627" => "Order Details Mismatch",
        "631" => "Record not found",
        "635" => "Partial Refund under Rupee 1 is not allowed",
        "1006" => "Your Session has expired",
        "1008" => "Pipe character is not allowed",
        "2007" => "Txn amount is invalid",
        "2013" => "Mid in the query param doesn't match with the Mid sent in the request",
        "2014" => "OrderId in the query param doesn't match with the OrderId sent in the request",
        "2023" => "Repeat Request Inconsistent",
        _ => "Request parameters are not valid",
    }
}

/// Every status becomes a word that nobody has mapped.
fn obscure(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                if ["resultStatus", "status"].contains(&name.as_str()) && inner.is_string() {
                    *inner = json!("UNDER_PARTNER_REVIEW");
                } else {
                    obscure(inner);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(obscure),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
