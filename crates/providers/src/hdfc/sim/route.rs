//! The table of contents: which call goes where, who may make it, and what the dials do to its answer.

use super::ask::{self, Ask, Refusal, Said};
use super::clock::Timer;
use super::{HdfcSim, bank, control, orders, pages, refunds, seal, show};
use crate::sim::kit::{self, Place, Target, Turn, header, silent, turn, typed};
use crate::sim::{Acts, Fault, Op, SimRequest, SimResponse};
use data_encoding::BASE64;
use serde_json::{Value, json};

type Handler = fn(&mut HdfcSim, &Ask<'_>) -> Said;

struct Hit<'a> {
    op: Op,
    handler: Handler,
    id: &'a str,
    /// Whether the body is sealed, and the answer will be.
    sealed: bool,
}

fn find<'a>(method: &str, path: &[&'a str]) -> Option<Hit<'a>> {
    let plain = |op, handler: Handler, id| Some(Hit { op, handler, id, sealed: false });
    let sealed = |op, handler: Handler, id| Some(Hit { op, handler, id, sealed: true });
    match (method, path) {
        ("POST", ["session"]) => plain(Op::CreateOrder, orders::session, ""),
        ("POST", ["orders"]) => plain(Op::CreateOrder, orders::create, ""),
        // Some integrations ask for the status with a POST.
        ("GET" | "POST", ["orders", id]) => plain(Op::Fetch, orders::fetch, id),
        ("POST", ["orders", id, "refunds"]) => plain(Op::Refund, refunds::of_order, id),
        ("POST", ["refunds"]) => plain(Op::Refund, refunds::alone, ""),
        ("POST", ["v2", "txns", id, "capture"]) => plain(Op::Capture, bank::capture, id),
        ("POST", ["v2", "txns", id, "void"]) => plain(Op::Void, bank::void, id),

        ("POST", ["v4", "session"]) => sealed(Op::CreateOrder, orders::session, ""),
        ("POST", ["v4", "order-status"]) => sealed(Op::Fetch, orders::fetch, ""),
        ("POST", ["v4", "orders", id, "refunds"]) => sealed(Op::Refund, refunds::of_order, id),
        _ => None,
    }
}

/// Anything that arrives: the payer's pages, the control API, or the provider's own API.
pub(super) fn handle(sim: &mut HdfcSim, request: &SimRequest) -> SimResponse {
    let (segments, _) = kit::target(&request.target);
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (request.method.as_str(), path.as_slice()) {
        (_, ["sim", "control", rest @ ..]) => control::handle(sim, request, rest),
        ("POST", ["sim", "api", "pay"]) => pages::by_machine(sim, request),
        (_, ["payment-page", "order", id] | ["merchant", "ipay", id]) => pages::handle(sim, request, id),
        _ => api(sim, request),
    }
}

fn api(sim: &mut HdfcSim, request: &SimRequest) -> SimResponse {
    let fault = aim(sim, request).and_then(|target| sim.panel.take(Place::Answer, &target));
    match fault {
        None => act(sim, request),
        Some(fault) => misbehave(sim, request, fault),
    }
}

/// The call without any fault.
pub(super) fn act(sim: &mut HdfcSim, request: &SimRequest) -> SimResponse {
    let said = said(sim, request);
    answer(sim, request, said)
}

/// A call that was let in.
struct Entered {
    account: usize,
    body: Value,
}

fn said(sim: &mut HdfcSim, request: &SimRequest) -> Said {
    let (segments, _) = kit::target(&request.target);
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let hit = find(&request.method, &path).ok_or_else(Refusal::no_such_url)?;
    let entered = enter(sim, request, hit.sealed)?;
    if header(request, "version").is_some_and(|version| !is_day(version)) {
        return Err(Refusal::invalid("version must be a date like 2024-06-24"));
    }
    let Entered { account, body } = entered;
    let ask = Ask { account, id: hit.id.to_owned(), body, base_url: &request.base_url };
    (hit.handler)(sim, &ask)
}

/// `2024-06-24`. What older ones change in the answers is not documented well enough to be played.
fn is_day(version: &str) -> bool {
    let digits = |c: (usize, u8)| if matches!(c.0, 4 | 7) { c.1 == b'-' } else { c.1.is_ascii_digit() };
    version.len() == 10 && version.bytes().enumerate().all(digits)
}

/// The merchant is named by a header; its proof is the API key, or that it sealed the body.
fn enter(sim: &HdfcSim, request: &SimRequest, sealed: bool) -> Result<Entered, Refusal> {
    let merchant = header(request, "x-merchantid").unwrap_or_default();
    let account = sim.account_of(merchant).ok_or_else(Refusal::unauthenticated)?;
    let holder = &sim.accounts[account];
    let body = ask::body(request)?;
    if sealed {
        let payload = seal::open(holder, &body).ok_or_else(Refusal::unauthenticated)?;
        let body =
            serde_json::from_slice(&payload).map_err(|_| Refusal::invalid("The payload is not JSON"))?;
        return Ok(Entered { account, body });
    }
    let encoded = header(request, "authorization").and_then(|h| h.strip_prefix("Basic "));
    let given = encoded.and_then(|e| BASE64.decode(e.trim().as_bytes()).ok()).unwrap_or_default();
    let key = holder.api_key.expose();
    // Documented with a colon; the official SDK and the bank's kit leave it out.
    let known = !key.is_empty() && (given == key.as_bytes() || given == format!("{key}:").as_bytes());
    if known { Ok(Entered { account, body }) } else { Err(Refusal::unauthenticated()) }
}

/// Errors are plain; successes are sealed where the request was.
fn answer(sim: &mut HdfcSim, request: &SimRequest, said: Said) -> SimResponse {
    let json = |status, text| typed(status, "application/json; charset=UTF-8", text);
    let value = match said {
        Ok(value) => value,
        Err(refusal) => return json(refusal.status, refusal.body.to_string()),
    };
    let text = show::written(&value);
    if !request.target.starts_with("/v4/") {
        return json(200, text);
    }
    let seed = sim.mint.fourteen();
    let account = sim.account_of(header(request, "x-merchantid").unwrap_or_default());
    match account.and_then(|at| seal::seal(&sim.accounts[at], text.as_bytes(), &seed)) {
        Some(sealed) => json(200, sealed.to_string()),
        None => json(500, Refusal::server(500).body.to_string()),
    }
}

/// What a fault may be aimed at in this call; `None` when no dial could matter.
fn aim(sim: &HdfcSim, request: &SimRequest) -> Option<Target> {
    let (segments, _) = kit::target(&request.target);
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let hit = find(&request.method, &path).filter(|_| !sim.panel.is_empty())?;
    let entered = enter(sim, request, hit.sealed).ok()?;
    let ask = Ask { account: entered.account, id: hit.id.to_owned(), body: entered.body, base_url: "" };
    let order_id = orders::asked_for(&ask);
    let by_txn = |id: &str| sim.txns.iter().find(|t| t.uuid == id || t.id == id).map(|t| &t.order);
    let order = orders::find(sim, ask.account, &order_id)
        .or_else(|| by_txn(&order_id).and_then(|id| sim.orders.get(id)))
        .or_else(|| ask.text("txn_id").and_then(|id| by_txn(&id).and_then(|id| sim.orders.get(id))));
    let mut refs: Vec<String> = ask.text("unique_request_id").into_iter().collect();
    refs.push(order.map_or(order_id, |o| o.order_id.clone()));
    let amount = ask.text("amount").and_then(|a| super::craft::paise(&a));
    Some(Target {
        op: Some(hit.op),
        amount: amount.or_else(|| order.map(|o| o.amount)),
        refs,
        order: order.map(|o| o.id.clone()),
        key_id: sim.accounts[ask.account].merchant_id.clone(),
        event: None,
    })
}

fn misbehave(sim: &mut HdfcSim, request: &SimRequest, fault: Fault) -> SimResponse {
    match turn(fault) {
        Turn::Act(after) => after.of(act(sim, request)),
        Turn::ActLater { ms } => {
            let timer = Timer::Act { request: Box::new(request.clone()) };
            sim.timers.set(sim.now.plus(ms), timer);
            silent()
        }
        Turn::Drop => silent(),
        Turn::Refuse { status, acts } => {
            if acts == Acts::Before {
                drop(act(sim, request));
            }
            answer(sim, request, Err(Refusal::server(status)))
        }
        Turn::Obscure => {
            let mut said = said(sim, request);
            if let Ok(value) = &mut said {
                obscure(value);
            }
            answer(sim, request, said)
        }
        Turn::NotFound => {
            let (segments, _) = kit::target(&request.target);
            let named = segments.get(1).cloned().unwrap_or_default();
            answer(sim, request, Err(Refusal::no_such_order(&named)))
        }
    }
}

/// Every status becomes a word that nobody has mapped.
fn obscure(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                if name == "status" && inner.is_string() {
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
