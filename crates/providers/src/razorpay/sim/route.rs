//! The table of contents: which call goes where, who may make it, and what the dials do to its answer.

use super::ask::{self, Ask, Refusal, Said, answer};
use super::clock::Timer;
use super::{
    RazorpaySim, control, customers, links, methods, orders, pages, payments, recurring, refunds, script,
    settlements,
};
use crate::sim::kit::{self, Place, Target, Turn, header, json_response, silent, turn, typed};
use crate::sim::{Acts, Fault, Op, SimRequest, SimResponse};
use data_encoding::BASE64;
use serde_json::{Value, json};

type Handler = fn(&mut RazorpaySim, &Ask<'_>) -> Said;

struct Hit<'a> {
    op: Op,
    handler: Handler,
    ids: Vec<&'a str>,
}

fn find<'a>(method: &str, path: &[&'a str]) -> Option<Hit<'a>> {
    let hit = |op, handler: Handler, ids: &[&'a str]| Some(Hit { op, handler, ids: ids.to_vec() });
    // The Python SDK asks for `/methods` without the version.
    match (method, path) {
        ("GET", ["methods"] | ["v1", "methods"]) => hit(Op::Other, methods::list, &[]),

        ("POST", ["v1", "orders"]) => hit(Op::CreateOrder, orders::create, &[]),
        ("GET", ["v1", "orders"]) => hit(Op::Fetch, orders::list, &[]),
        ("GET", ["v1", "orders", id]) => hit(Op::Fetch, orders::fetch, &[id]),
        ("PATCH", ["v1", "orders", id]) => hit(Op::Other, orders::edit, &[id]),
        ("GET", ["v1", "orders", id, "payments"]) => hit(Op::Fetch, orders::payments, &[id]),

        ("GET", ["v1", "payments", "downtimes"]) => hit(Op::Other, methods::downtimes, &[]),
        ("GET", ["v1", "payments", "downtimes", id]) => hit(Op::Other, methods::downtime, &[id]),
        ("POST", ["v1", "payments", "create", "upi"]) => hit(Op::CreateUpi, payments::create_upi, &[]),
        ("POST", ["v1", "payments", "create", "recurring"]) => hit(Op::Charge, recurring::create, &[]),
        ("POST", ["v1", "payments", "create", "json"]) => hit(Op::Other, payments::create_json, &[]),
        ("POST", ["v1", "payments", "validate", "vpa"]) => hit(Op::Other, payments::validate_vpa, &[]),
        ("GET", ["v1", "payments"]) => hit(Op::List, payments::list, &[]),
        ("GET", ["v1", "payments", id]) => hit(Op::Fetch, payments::fetch, &[id]),
        ("PATCH", ["v1", "payments", id]) => hit(Op::Other, payments::edit, &[id]),
        ("GET", ["v1", "payments", id, "card"]) => hit(Op::Fetch, payments::card, &[id]),
        ("POST", ["v1", "payments", id, "capture"]) => hit(Op::Capture, payments::capture, &[id]),
        ("POST", ["v1", "payments", id, "refund"]) => hit(Op::Refund, refunds::create_of_payment, &[id]),
        ("GET", ["v1", "payments", id, "refunds"]) => hit(Op::FetchRefund, refunds::list_of_payment, &[id]),
        ("GET", ["v1", "payments", id, "refunds", refund]) => {
            hit(Op::FetchRefund, refunds::fetch_of_payment, &[id, refund])
        }

        ("POST", ["v1", "refunds"]) => hit(Op::Refund, refunds::create_top_level, &[]),
        ("GET", ["v1", "refunds"]) => hit(Op::List, refunds::list, &[]),
        ("GET", ["v1", "refunds", id]) => hit(Op::FetchRefund, refunds::fetch, &[id]),
        ("PATCH", ["v1", "refunds", id]) => hit(Op::Other, refunds::edit, &[id]),

        ("POST", ["v1", "payment_links"]) => hit(Op::CreateLink, links::create, &[]),
        ("GET", ["v1", "payment_links"]) => hit(Op::Fetch, links::list, &[]),
        ("GET", ["v1", "payment_links", id]) => hit(Op::Fetch, links::fetch, &[id]),
        ("PATCH", ["v1", "payment_links", id]) => hit(Op::Other, links::edit, &[id]),
        ("POST", ["v1", "payment_links", id, "cancel"]) => hit(Op::CancelLink, links::cancel, &[id]),
        ("POST", ["v1", "payment_links", id, "notify_by", by]) => hit(Op::Other, links::notify_by, &[id, by]),

        ("POST", ["v1", "customers"]) => hit(Op::Other, customers::create, &[]),
        ("GET", ["v1", "customers"]) => hit(Op::Other, customers::list, &[]),
        ("GET", ["v1", "customers", id]) => hit(Op::Other, customers::fetch, &[id]),
        ("PUT", ["v1", "customers", id]) => hit(Op::Other, customers::edit, &[id]),
        ("GET", ["v1", "customers", id, "tokens"]) => hit(Op::Other, customers::tokens, &[id]),
        ("GET", ["v1", "customers", id, "tokens", token]) => hit(Op::Other, customers::token, &[id, token]),
        ("DELETE", ["v1", "customers", id, "tokens", token]) => {
            hit(Op::Other, customers::delete_token, &[id, token])
        }
        ("POST", ["v1", "tokens"]) => hit(Op::Other, customers::create_token, &[]),
        ("POST", ["v1", "tokens", "fetch"]) => hit(Op::Other, customers::fetch_token, &[]),

        ("GET", ["v1", "settlements"]) => hit(Op::Other, settlements::list, &[]),
        ("GET", ["v1", "settlements", "recon", "combined"]) => hit(Op::Other, settlements::recon, &[]),
        ("GET", ["v1", "settlements", id]) => hit(Op::Other, settlements::fetch, &[id]),

        ("GET", ["v1", "iins", iin]) => hit(Op::Other, methods::iin, &[iin]),
        ("POST", ["v1", "fund_accounts"]) => hit(Op::Other, methods::fund_account, &[]),
        _ => None,
    }
}

/// Anything that arrives: the script, the payer's pages, the control API, or the provider's own API.
pub(super) fn handle(sim: &mut RazorpaySim, request: &SimRequest) -> SimResponse {
    let (segments, query) = kit::target(&request.target);
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (request.method.as_str(), path.as_slice()) {
        ("GET", ["v1", "checkout.js"]) => {
            typed(200, "text/javascript; charset=UTF-8", script::checkout(&request.base_url))
        }
        (_, ["sim", "control", rest @ ..]) => control::handle(sim, request, rest),
        (_, ["sim", rest @ ..]) => pages::handle(sim, request, rest, &query),
        _ => api(sim, request),
    }
}

fn api(sim: &mut RazorpaySim, request: &SimRequest) -> SimResponse {
    match aim(sim, request) {
        None => act(sim, request),
        Some(target) => {
            match sim.panel.take(Place::Answer, &target).or_else(|| asked_in_notes(sim, request, &target)) {
                None => act(sim, request),
                Some(fault) => misbehave(sim, request, &target, fault),
            }
        }
    }
}

/// The call without any fault.
pub(super) fn act(sim: &mut RazorpaySim, request: &SimRequest) -> SimResponse {
    answer(said(sim, request))
}

fn said(sim: &mut RazorpaySim, request: &SimRequest) -> Said {
    let (segments, query) = kit::target(&request.target);
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let hit = find(&request.method, &path).ok_or_else(Refusal::no_such_url)?;
    let public = path.last() == Some(&"methods");
    let account = account(sim, request, public)?;
    let ask = Ask {
        account,
        ids: hit.ids.iter().map(|id| (*id).to_owned()).collect(),
        query,
        body: ask::body(request)?,
        idempotency: header(request, "x-refund-idempotency").map(str::to_owned),
        base_url: &request.base_url,
    };
    (hit.handler)(sim, &ask)
}

/// Basic auth with the key id and its secret; what a browser may ask needs the key id only.
fn account(sim: &RazorpaySim, request: &SimRequest, public: bool) -> Result<usize, Refusal> {
    let (key_id, secret) = credentials(request).ok_or_else(Refusal::unauthorized)?;
    let at = sim.accounts.iter().position(|a| a.given.key_id == key_id).ok_or_else(Refusal::unauthorized)?;
    let known = sim.accounts[at].given.key_secret.expose() == secret;
    if known || (public && secret.is_empty()) { Ok(at) } else { Err(Refusal::unauthorized()) }
}

fn credentials(request: &SimRequest) -> Option<(String, String)> {
    let encoded = header(request, "authorization")?.strip_prefix("Basic ")?;
    let text = String::from_utf8(BASE64.decode(encoded.trim().as_bytes()).ok()?).ok()?;
    text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

/// What a fault may be aimed at in this call; `None` when no dial could matter.
fn aim(sim: &RazorpaySim, request: &SimRequest) -> Option<Target> {
    let (segments, query) = kit::target(&request.target);
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let hit = find(&request.method, &path)?;
    if sim.panel.is_empty() && hit.op != Op::CreateOrder {
        return None;
    }
    let body = ask::body(request).unwrap_or_else(|_| json!({}));
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let in_query = |name: &str| query.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    let mut target = Target {
        op: Some(hit.op),
        amount: body.get("amount").and_then(Value::as_i64),
        refs: ["receipt", "reference_id"].iter().filter_map(|n| text(n).or_else(|| in_query(n))).collect(),
        order: text("order_id"),
        key_id: credentials(request).map(|(key_id, _)| key_id).unwrap_or_default(),
        event: None,
    };
    let named = hit.ids.first().map(|id| (*id).to_owned()).or_else(|| text("payment_id")).unwrap_or_default();
    let payment_id = sim.refunds.get(&named).map_or(named.clone(), |r| r.payment.clone());
    let payment = sim.payments.get(&payment_id);
    let order =
        payment.and_then(|p| p.order.clone()).or_else(|| sim.links.get(&named).map(|l| l.order.clone()));
    let order =
        order.or_else(|| sim.orders.get(&named).map(|o| o.id.clone())).or_else(|| target.order.clone());
    target.refs.extend(sim.our_ref(order.as_deref()));
    target.refs.extend(sim.refunds.get(&named).and_then(|r| r.receipt.clone()));
    let of_order = || order.as_ref().and_then(|o| sim.orders.get(o)).map(|o| o.amount);
    target.amount = target.amount.or_else(|| payment.map(|p| p.amount)).or_else(of_order);
    target.order = order;
    Some(target)
}

/// The fault that an order's notes ask of its own creation.
fn asked_in_notes(sim: &mut RazorpaySim, request: &SimRequest, target: &Target) -> Option<Fault> {
    if target.op != Some(Op::CreateOrder) {
        return None;
    }
    let body = ask::body(request).ok()?;
    let wanted = kit::from_notes(body.get("notes")?);
    let dial = wanted.into_iter().find(|d| d.matches.op == Some(Op::CreateOrder))?;
    // Once, or a caller that tries the same order again would never get it.
    sim.noted.insert(request.body.clone()).then_some(dial.fault)
}

fn misbehave(sim: &mut RazorpaySim, request: &SimRequest, target: &Target, fault: Fault) -> SimResponse {
    match turn(fault) {
        Turn::Act(after) => after.of(act(sim, request)),
        Turn::ActLater { ms } => {
            let idempotency = in_progress(sim, request, target);
            let timer = Timer::Act { request: Box::new(request.clone()), idempotency };
            sim.at(sim.now.plus(ms), timer);
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
        Turn::NotFound => not_found(request),
    }
}

/// A refund whose answer was dropped and which is yet to be done: the same key meets a 409 until then.
fn in_progress(sim: &mut RazorpaySim, request: &SimRequest, target: &Target) -> Option<(usize, String)> {
    if target.op != Some(Op::Refund) {
        return None;
    }
    let key = (account(sim, request, false).ok()?, header(request, "x-refund-idempotency")?.to_owned());
    sim.refunds_in_progress.insert(key.clone());
    Some(key)
}

/// A list is empty, and anything else is an id that does not exist.
fn not_found(request: &SimRequest) -> SimResponse {
    let (segments, _) = kit::target(&request.target);
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["v1", "payment_links"] => json_response(200, &json!({ "payment_links": [] })),
        ["v1", _] | ["v1", _, _, "payments" | "refunds"] => json_response(200, &ask::collection(Vec::new())),
        _ => answer(Err(Refusal::no_such_id())),
    }
}

/// Every status becomes a word that nobody has mapped.
fn obscure(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                if name == "status" && inner.is_string() {
                    *inner = json!("under_partner_review");
                } else {
                    obscure(inner);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(obscure),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
