//! The table of contents: which call goes where, who may make it, and what the dials do to its answer.

use super::ask::{Ask, Refusal, Said, answer};
use super::clock::Timer;
use super::{PhonePeSim, bank, control, pages, v1, v2};
use crate::sim::kit::{self, Place, Target, Turn, header, json_response, silent, turn};
use crate::sim::{Acts, Fault, Op, SimRequest, SimResponse};
use serde_json::{Value, json};

type Handler = fn(&mut PhonePeSim, &Ask<'_>) -> Said;

/// How a call proves who makes it.
#[derive(Clone, Copy)]
enum Door {
    Token,
    Bearer(Handler),
    /// A checksum over a payload and this path.
    Signed(&'static str, Handler),
    /// A checksum over the path that was asked for.
    SignedStatus,
}

struct Hit {
    op: Op,
    door: Door,
    /// In v1 the merchant's id comes first.
    ids: Vec<String>,
}

/// The prefixes of the sandbox and of life, and the older one of the sandbox.
const PREFIXES: &[&str] = &["pg-sandbox", "hermes", "pg", "identity-manager", "merchant-simulator"];

fn find(method: &str, path: &[&str]) -> Option<Hit> {
    let ["apis", prefix, rest @ ..] = path else { return None };
    if !PREFIXES.contains(prefix) {
        return None;
    }
    let hit =
        |op, door, ids: &[&str]| Some(Hit { op, door, ids: ids.iter().map(|id| (*id).to_owned()).collect() });
    let bearer = |op, handler: Handler, ids: &[&str]| hit(op, Door::Bearer(handler), ids);
    match (method, rest) {
        ("POST", ["v1", "oauth", "token"]) => hit(Op::Token, Door::Token, &[]),
        ("POST", ["checkout", "v2", "pay"]) => bearer(Op::CreateOrder, v2::pay_at_page, &[]),
        ("POST", ["payments", "v2", "pay"]) => bearer(Op::CreateUpi, v2::pay_by_link, &[]),
        ("GET", ["checkout" | "payments", "v2", "order", id, "status"]) => {
            bearer(Op::Fetch, v2::status, &[id])
        }
        ("GET", ["checkout" | "payments", "v2", "transaction", id, "status"]) => {
            bearer(Op::Fetch, v2::attempt_status, &[id])
        }
        ("POST", ["payments", "v2", "refund"]) => bearer(Op::Refund, v2::refund, &[]),
        ("GET", ["payments", "v2", "refund", id, "status"]) => {
            bearer(Op::FetchRefund, v2::refund_status, &[id])
        }
        ("POST", ["pg", "v1", "pay"]) => hit(Op::CreateOrder, Door::Signed("/pg/v1/pay", v1::pay), &[]),
        ("POST", ["pg", "v1", "refund"]) => hit(Op::Refund, Door::Signed("/pg/v1/refund", v1::refund), &[]),
        ("GET", ["pg", "v1", "status", merchant, id]) => hit(Op::Fetch, Door::SignedStatus, &[merchant, id]),
        _ => None,
    }
}

fn hit_of(request: &SimRequest) -> Option<(Hit, Vec<(String, String)>)> {
    let (segments, query) = kit::target(&request.target);
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    Some((find(&request.method, &path)?, query))
}

/// Anything that arrives: the payer's pages, the control API, or the provider's own APIs.
pub(super) fn handle(sim: &mut PhonePeSim, request: &SimRequest) -> SimResponse {
    let (segments, query) = kit::target(&request.target);
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["sim", "control", rest @ ..] => control::handle(sim, request, rest),
        ["sim", "api", "pay"] if request.method == "POST" => pages::by_machine(sim, request),
        ["transact", "uat_v2" | "simulator"] => pages::handle(sim, request, &query),
        _ => api(sim, request),
    }
}

fn api(sim: &mut PhonePeSim, request: &SimRequest) -> SimResponse {
    let fault = aim(sim, request).and_then(|target| sim.panel.take(Place::Answer, &target));
    match fault {
        None => act(sim, request),
        Some(fault) => misbehave(sim, request, fault),
    }
}

/// The call without any fault.
pub(super) fn act(sim: &mut PhonePeSim, request: &SimRequest) -> SimResponse {
    answer(said(sim, request))
}

fn said(sim: &mut PhonePeSim, request: &SimRequest) -> Said {
    let (hit, query) = hit_of(request).ok_or_else(|| Refusal::bare(404, "404", "no such path"))?;
    let base_url = request.base_url.as_str();
    let id = hit.ids.last().cloned().unwrap_or_default();
    match hit.door {
        Door::Token => v2::token(sim, request),
        Door::Bearer(handler) => {
            let account = v2::account(sim, request)?;
            handler(sim, &Ask { account, id, query, body: json_body(request)?, base_url })
        }
        Door::Signed(path, handler) => {
            let (payload, body) = v1::unwrapped(request)?;
            let merchant = body["merchantId"].as_str().unwrap_or_default();
            let account = v1::account(sim, request, (merchant, &payload, path))?;
            handler(sim, &Ask { account, id, query, body, base_url })
        }
        Door::SignedStatus => {
            let merchant = hit.ids[0].as_str();
            let account =
                v1::account(sim, request, (merchant, "", &format!("/pg/v1/status/{merchant}/{id}")))?;
            if header(request, "x-merchant-id") != Some(merchant) {
                return Err(Refusal::bad("X-MERCHANT-ID is missing"));
            }
            v1::status(sim, &Ask { account, id, query, body: Value::Null, base_url })
        }
    }
}

fn json_body(request: &SimRequest) -> Result<Value, Refusal> {
    if request.body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&request.body).map_err(|_| Refusal::bad("the body is not JSON"))
}

// ---- faults

/// What a fault may be aimed at in this call; `None` when no dial could matter.
fn aim(sim: &PhonePeSim, request: &SimRequest) -> Option<Target> {
    if sim.panel.is_empty() {
        return None;
    }
    let (hit, _) = hit_of(request)?;
    let body = match hit.door {
        Door::Signed(..) => v1::unwrapped(request).map(|(_, body)| body),
        Door::Token | Door::Bearer(_) | Door::SignedStatus => json_body(request),
    };
    let body = body.unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let id = hit.ids.last().cloned();
    let names =
        [text("merchantOrderId"), text("merchantTransactionId"), text("merchantRefundId"), id.clone()];
    let refund = names.iter().flatten().find_map(|name| {
        sim.refund_names.iter().find(|((_, known), _)| known == name).and_then(|(_, id)| sim.refunds.get(id))
    });
    let original = text("originalMerchantOrderId").or_else(|| text("originalTransactionId"));
    let named = original.or_else(|| names.iter().flatten().next().cloned());
    let order = sim.orders.iter().find(|o| named.as_ref() == Some(&o.named)).map(|o| o.id.clone());
    let order = order.or_else(|| refund.map(|r| r.order.clone()));
    let mut target = order.map(|id| bank::target(sim, &id)).unwrap_or_default();
    target.op = Some(match hit.op {
        Op::CreateOrder if body.pointer("/paymentInstrument/type") == Some(&json!("UPI_INTENT")) => {
            Op::CreateUpi
        }
        // v1 has one question for payments and refunds.
        Op::Fetch if refund.is_some() => Op::FetchRefund,
        op => op,
    });
    target.refs.extend(names.into_iter().flatten());
    target.amount = body.get("amount").and_then(Value::as_i64).or(refund.map(|r| r.amount)).or(target.amount);
    if target.key_id.is_empty() {
        let account = v2::account(sim, request).ok();
        target.key_id = account.map_or(String::new(), |at| sim.accounts[at].key_id().to_owned());
    }
    Some(target)
}

fn misbehave(sim: &mut PhonePeSim, request: &SimRequest, fault: Fault) -> SimResponse {
    match turn(fault) {
        Turn::Act(after) => after.of(act(sim, request)),
        Turn::ActLater { ms } => {
            sim.at(sim.now.plus(ms), Timer::Act { request: Box::new(request.clone()) });
            silent()
        }
        Turn::Drop => silent(),
        Turn::Refuse { status, acts } => {
            if acts == Acts::Before {
                drop(act(sim, request));
            }
            answer(Err(Refusal::server(status)))
        }
        Turn::Obscure => match said(sim, request) {
            Ok(mut value) => {
                obscure(&mut value);
                json_response(200, &value)
            }
            refused => answer(refused),
        },
        Turn::NotFound => {
            let hit = hit_of(request).map(|(hit, _)| (hit.op, hit.door));
            answer(Err(match hit {
                Some((_, Door::Signed(..) | Door::SignedStatus)) => v1::no_such(),
                Some((Op::FetchRefund, _)) => v2::no_such_refund(),
                _ => v2::no_such_order(),
            }))
        }
    }
}

/// Every state and code becomes a word that nobody has mapped.
fn obscure(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                if (name == "state" || name == "code") && inner.is_string() {
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
