//! The table of contents: which call goes where, who may make it, and what the dials do to its answer.

use super::ask::{Ask, Refusal, Said, answer};
use super::clock::Timer;
use super::state::order_key;
use super::{CashfreeSim, control, craft, lists, orders, pages, refunds, show};
use crate::sim::kit::{self, Place, Target, Turn, header, silent, turn};
use crate::sim::{Acts, Op, SimRequest, SimResponse};
use serde_json::{Value, json};

type Handler = fn(&mut CashfreeSim, &Ask) -> Said;

struct Hit<'a> {
    op: Op,
    handler: Handler,
    ids: Vec<&'a str>,
}

fn find<'a>(method: &str, path: &[&'a str]) -> Option<Hit<'a>> {
    let hit = |op, handler: Handler, ids: &[&'a str]| Some(Hit { op, handler, ids: ids.to_vec() });
    match (method, path) {
        ("POST", ["pg", "orders"]) => hit(Op::CreateOrder, orders::create, &[]),
        ("POST", ["pg", "orders", "sessions"]) => hit(Op::CreateUpi, orders::begin, &[]),
        ("GET", ["pg", "orders", id]) => hit(Op::Fetch, orders::fetch, &[id]),
        ("PATCH", ["pg", "orders", id]) => hit(Op::Other, orders::terminate, &[id]),
        ("GET", ["pg", "orders", id, "payments"]) => hit(Op::Fetch, orders::payments, &[id]),
        ("GET", ["pg", "orders", id, "payments", payment]) => hit(Op::Fetch, orders::payment, &[id, payment]),
        ("POST", ["pg", "orders", id, "authorization"]) => hit(Op::Capture, orders::decide, &[id]),
        ("POST", ["pg", "orders", id, "refunds"]) => hit(Op::Refund, refunds::create, &[id]),
        ("GET", ["pg", "orders", id, "refunds"]) => hit(Op::FetchRefund, refunds::list, &[id]),
        ("GET", ["pg", "orders", id, "refunds", refund]) => {
            hit(Op::FetchRefund, refunds::fetch, &[id, refund])
        }
        ("POST", ["pg", "recon"]) => hit(Op::List, lists::moved, &[]),
        ("POST", ["pg", "settlement", "recon"]) => hit(Op::List, lists::settled, &[]),
        _ => None,
    }
}

/// Anything that arrives: the payer's pages, the control API, or the provider's own API.
pub(super) fn handle(sim: &mut CashfreeSim, request: &SimRequest) -> SimResponse {
    let (segments, _) = kit::target(&request.target);
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["sim", "control", rest @ ..] => control::handle(sim, request, rest),
        ["sim", ..] | ["pg", "view", ..] => pages::handle(sim, request, &path),
        _ => api(sim, request),
    }
}

fn api(sim: &mut CashfreeSim, request: &SimRequest) -> SimResponse {
    let fault = aim(sim, request).and_then(|target| sim.panel.take(Place::Answer, &target));
    let Some(fault) = fault else { return act(sim, request) };
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
            answer(Err(Refusal::server(status)))
        }
        Turn::Obscure => answer(said(sim, request).map(|mut value| {
            show::obscure(&mut value);
            value
        })),
        Turn::NotFound => not_found(request),
    }
}

/// The call without any fault.
pub(super) fn act(sim: &mut CashfreeSim, request: &SimRequest) -> SimResponse {
    answer(said(sim, request))
}

fn said(sim: &mut CashfreeSim, request: &SimRequest) -> Said {
    let (segments, _) = kit::target(&request.target);
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let hit = find(&request.method, &path).ok_or_else(Refusal::no_such_url)?;
    if header(request, "x-api-version").is_none_or(|version| version.len() != 10) {
        return Err(Refusal::bad("version_missing", "version is missing in the request"));
    }
    // A session is enough to begin a try with: its order says whose it is.
    let account = match sender(sim, request) {
        Some(account) => account,
        None if hit.op == Op::CreateUpi => 0,
        None => return Err(Refusal::stranger()),
    };
    let raw = String::from_utf8_lossy(&request.body).into_owned();
    let body = if raw.is_empty() { Ok(json!({})) } else { serde_json::from_str(&raw) };
    let body: Value = body.map_err(|_| Refusal::bad("request_invalid", "the body is not JSON"))?;
    let ids = hit.ids.iter().map(|id| (*id).to_owned()).collect();
    let base_url = request.base_url.clone();
    (hit.handler)(sim, &Ask { account, ids, body, raw, base_url })
}

/// Whose app id and secret key came with the call.
fn sender(sim: &CashfreeSim, request: &SimRequest) -> Option<usize> {
    let at = sim.account(header(request, "x-client-id")?)?;
    (sim.accounts[at].secret.expose() == header(request, "x-client-secret")?).then_some(at)
}

/// What a fault may be aimed at in this call; `None` when no dial could matter.
fn aim(sim: &CashfreeSim, request: &SimRequest) -> Option<Target> {
    if sim.panel.is_empty() {
        return None;
    }
    let (segments, _) = kit::target(&request.target);
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let hit = find(&request.method, &path)?;
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    // The digits of a number, which a text of the same digits has too.
    let asked = ["order_amount", "refund_amount", "amount"].iter().find_map(|name| match &body[*name] {
        Value::Number(number) => craft::paise(&number.to_string()),
        Value::String(text) => craft::paise(text),
        _ => None,
    });
    let session = text("payment_session_id");
    let of_session =
        session.and_then(|s| sim.orders.iter().find(|order| order.session == s)).map(|o| o.id.clone());
    let order = hit.ids.first().map(|id| (*id).to_owned()).or(of_session).or_else(|| text("order_id"));
    let account = sender(sim, request);
    let known = order.as_ref().zip(account).and_then(|(id, account)| sim.orders.get(&order_key(account, id)));
    let op =
        if hit.op == Op::Capture && text("action").as_deref() == Some("VOID") { Op::Void } else { hit.op };
    Some(Target {
        op: Some(op),
        amount: asked.or_else(|| known.map(|order| order.amount)),
        refs: [text("refund_id"), hit.ids.get(1).map(|id| (*id).to_owned()), order.clone()]
            .into_iter()
            .flatten()
            .collect(),
        order,
        key_id: header(request, "x-client-id").unwrap_or_default().to_owned(),
        event: None,
    })
}

/// As if the thing did not exist: a list of refunds is empty, and all else is unknown.
fn not_found(request: &SimRequest) -> SimResponse {
    let (segments, _) = kit::target(&request.target);
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["pg", "orders", _, "refunds"] if request.method == "GET" => answer(Ok(json!([]))),
        ["pg", "recon"] | ["pg", "settlement", "recon"] => {
            answer(Ok(json!({ "cursor": null, "limit": 0, "data": [] })))
        }
        ["pg", "orders", _, "payments", _] => {
            answer(Err(Refusal::not_found("payment_not_found", "transaction not found")))
        }
        ["pg", "orders", _, "refunds", _] => {
            answer(Err(Refusal::not_found("refund_not_found", "refund not found")))
        }
        _ => answer(Err(Refusal::no_such_order())),
    }
}
