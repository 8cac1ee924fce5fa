//! The table of contents: which call goes where, who may make it, and what the dials do to its answer.

use super::ask::{self, Ask, KNOWN_ISSUES, Refusal, Said, answer};
use super::clock::Timer;
use super::craft::CERTIFICATE;
use super::hooks::CERTIFICATE_NAME;
use super::{PayPalSim, bank, control, keys, orders, payer, payments, search, subscriptions};
use crate::sim::kit::{self, Place, Target, Turn, header, json_response, silent, turn, typed};
use crate::sim::{Acts, Fault, Op, SimRequest, SimResponse};
use data_encoding::BASE64;
use hundi_core::time::hours;
use serde_json::{Value, json};

/// "About nine hours."
const TOKEN_MS: i64 = hours(9);

type Handler = fn(&mut PayPalSim, &Ask) -> Said;

struct Hit<'a> {
    op: Op,
    handler: Handler,
    ids: Vec<&'a str>,
}

fn find<'a>(method: &str, path: &[&'a str]) -> Option<Hit<'a>> {
    let hit = |op, handler: Handler, ids: &[&'a str]| Some(Hit { op, handler, ids: ids.to_vec() });
    match (method, path) {
        ("POST", ["v2", "checkout", "orders"]) => hit(Op::CreateOrder, orders::create, &[]),
        ("GET", ["v2", "checkout", "orders", id]) => hit(Op::Fetch, orders::fetch, &[id]),
        ("PATCH", ["v2", "checkout", "orders", id]) => hit(Op::Other, orders::patch, &[id]),
        ("POST", ["v2", "checkout", "orders", id, "confirm-payment-source"]) => {
            hit(Op::Other, orders::confirm, &[id])
        }
        ("POST", ["v2", "checkout", "orders", id, "capture"]) => hit(Op::Capture, orders::capture, &[id]),
        ("POST", ["v2", "checkout", "orders", id, "authorize"]) => hit(Op::Capture, orders::authorize, &[id]),

        ("GET", ["v2", "payments", "authorizations", id]) => hit(Op::Fetch, payments::authorization, &[id]),
        ("POST", ["v2", "payments", "authorizations", id, "capture"]) => {
            hit(Op::Capture, payments::capture_authorization, &[id])
        }
        ("POST", ["v2", "payments", "authorizations", id, "void"]) => hit(Op::Void, payments::void, &[id]),
        ("GET", ["v2", "payments", "captures", id]) => hit(Op::Fetch, payments::capture, &[id]),
        ("POST", ["v2", "payments", "captures", id, "refund"]) => {
            hit(Op::Refund, payments::refund_capture, &[id])
        }
        ("GET", ["v2", "payments", "refunds", id]) => hit(Op::FetchRefund, payments::refund, &[id]),

        ("GET", ["v1", "reporting", "transactions"]) => hit(Op::List, search::list, &[]),
        ("GET", ["v1", "reporting", "balances"]) => hit(Op::Other, search::balances, &[]),

        ("POST", ["v1", "notifications", "verify-webhook-signature"]) => {
            hit(Op::Other, subscriptions::verify, &[])
        }
        ("POST", ["v1", "notifications", "webhooks"]) => hit(Op::Other, subscriptions::create, &[]),
        ("GET", ["v1", "notifications", "webhooks"]) => hit(Op::Other, subscriptions::list, &[]),
        ("GET", ["v1", "notifications", "webhooks", id]) => hit(Op::Other, subscriptions::fetch, &[id]),
        ("PATCH", ["v1", "notifications", "webhooks", id]) => hit(Op::Other, subscriptions::patch, &[id]),
        ("DELETE", ["v1", "notifications", "webhooks", id]) => hit(Op::Other, subscriptions::delete, &[id]),
        ("GET", ["v1", "notifications", "webhooks-event-types"]) => hit(Op::Other, subscriptions::kinds, &[]),
        ("POST", ["v1", "notifications", "webhooks-events", id, "resend"]) => {
            hit(Op::Other, subscriptions::resend, &[id])
        }
        _ => None,
    }
}

/// Anything that arrives: the payer's page, the control API, tokens, or the provider's own API.
pub(super) fn handle(sim: &mut PayPalSim, request: &SimRequest) -> SimResponse {
    let (segments, query) = kit::target(&request.target);
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (request.method.as_str(), path.as_slice()) {
        ("GET", ["v1", "notifications", "certs", CERTIFICATE_NAME]) => {
            typed(200, "text/plain", CERTIFICATE.to_owned())
        }
        ("GET", ["checkoutnow"]) => payer::show_page(sim, &query),
        ("POST", ["checkoutnow"]) => payer::post_page(sim, request),
        ("POST", ["checkoutnow", "simulate-approve"]) => payer::simulate_approve(sim, &query),
        ("POST", ["sim", "api", "pay"]) => payer::by_machine(sim, request),
        (_, ["sim", "control", rest @ ..]) => control::handle(sim, request, rest),
        _ => api(sim, request),
    }
}

fn api(sim: &mut PayPalSim, request: &SimRequest) -> SimResponse {
    let target = if sim.panel.is_empty() { None } else { aim(sim, request) };
    match target.and_then(|target| sim.panel.take(Place::Answer, &target)) {
        None => act(sim, request),
        Some(fault) => misbehave(sim, request, fault),
    }
}

/// The call without any fault.
pub(super) fn act(sim: &mut PayPalSim, request: &SimRequest) -> SimResponse {
    if is_token(request) {
        return token(sim, request);
    }
    answer(said(sim, request))
}

fn said(sim: &mut PayPalSim, request: &SimRequest) -> Said {
    let (segments, query) = kit::target(&request.target);
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let hit = find(&request.method, &path).ok_or_else(Refusal::no_such_id)?;
    let account = account(sim, request)?;
    let typed_json = header(request, "content-type").is_some_and(|kind| kind.starts_with("application/json"));
    if !request.body.is_empty() && !typed_json {
        return Err(Refusal::bare(415, "UNSUPPORTED_MEDIA_TYPE"));
    }
    if let Some(issue) = mocked(request, hit.op) {
        return Err(Refusal::issue(&issue));
    }
    let ask = Ask {
        account,
        ids: hit.ids.iter().map(|id| (*id).to_owned()).collect(),
        query,
        body: body(request)?,
        raw: request.body.clone(),
        key: keys::place(account, request),
        whole: header(request, "prefer").is_some_and(|p| p.contains("return=representation")),
    };
    (hit.handler)(sim, &ask)
}

fn body(request: &SimRequest) -> Result<Value, Refusal> {
    if request.body.is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_slice(&request.body).map_err(|_| Refusal::invalid("MALFORMED_REQUEST_JSON"))
}

/// `PayPal-Mock-Response: {"mock_application_codes":"INSTRUMENT_DECLINED"}`. A code that is not known changes nothing.
fn mocked(request: &SimRequest, op: Op) -> Option<String> {
    let asked: Value = serde_json::from_str(header(request, "paypal-mock-response")?).ok()?;
    let code = asked.get("mock_application_codes")?.as_str()?.to_owned();
    (op != Op::Other && KNOWN_ISSUES.contains(&code.as_str())).then_some(code)
}

// ---- who asks

fn account(sim: &PayPalSim, request: &SimRequest) -> Result<usize, Refusal> {
    let wrong = || Refusal::bare(401, "AUTHENTICATION_FAILURE");
    let token = header(request, "authorization").and_then(|v| v.strip_prefix("Bearer ")).ok_or_else(wrong)?;
    let known = sim.tokens.get(token).filter(|(_, until)| sim.now < *until);
    known.map(|(account, _)| *account).ok_or_else(wrong)
}

fn is_token(request: &SimRequest) -> bool {
    request.method == "POST" && request.target == "/v1/oauth2/token"
}

fn credentials(request: &SimRequest) -> Option<(String, String)> {
    let encoded = header(request, "authorization")?.strip_prefix("Basic ")?;
    let text = String::from_utf8(BASE64.decode(encoded.trim().as_bytes()).ok()?).ok()?;
    text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

fn token(sim: &mut PayPalSim, request: &SimRequest) -> SimResponse {
    let (id, secret) = credentials(request).unwrap_or_default();
    let known = sim.accounts.iter().position(|a| a.client_id == id && a.client_secret.expose() == secret);
    let Some(account) = known else {
        let body = json!({ "error": "invalid_client", "error_description": "Client Authentication failed" });
        return json_response(401, &body);
    };
    let fields = kit::pairs(&String::from_utf8_lossy(&request.body));
    if !fields.iter().any(|(name, value)| name == "grant_type" && value == "client_credentials") {
        let body =
            json!({ "error": "unsupported_grant_type", "error_description": "unsupported grant_type" });
        return json_response(400, &body);
    }
    let token = format!("A21AA{}{}", sim.mint.fourteen(), sim.mint.fourteen());
    sim.tokens.insert(token.clone(), (account, sim.now.plus(TOKEN_MS)));
    let body = json!({
        "scope": "https://uri.paypal.com/services/payments/realtimepayment https://uri.paypal.com/services/reporting/search/read",
        "access_token": token, "token_type": "Bearer", "app_id": "APP-80W284485P519543T",
        "expires_in": TOKEN_MS / 1000, "nonce": format!("{}{}", sim.now, sim.mint.fourteen()),
    });
    json_response(200, &body)
}

// ---- what dials do

/// What a fault may be aimed at in this call.
fn aim(sim: &PayPalSim, request: &SimRequest) -> Option<Target> {
    if is_token(request) {
        let key_id = credentials(request).unwrap_or_default().0;
        return Some(Target { op: Some(Op::Token), key_id, ..Target::default() });
    }
    let (segments, _) = kit::target(&request.target);
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let hit = find(&request.method, &path)?;
    let body = body(request).unwrap_or_default();
    let named = hit.ids.first().copied().unwrap_or_default();
    let capture = sim.refunds.get(named).map_or(named, |r| &r.capture);
    let of_capture = sim.captures.get(capture).and_then(|c| c.order.clone());
    let of_hold = || sim.authorizations.get(named).map(|a| a.order.clone());
    let order = of_capture.or_else(of_hold).unwrap_or_else(|| named.to_owned());
    let mut target = bank::of_order(sim, &order);
    target.op = Some(hit.op);
    if let Ok(account) = account(sim, request) {
        target.key_id.clone_from(&sim.accounts[account].client_id);
    }
    let unit = body.pointer("/purchase_units/0").unwrap_or(&body);
    let texts = ["custom_id", "invoice_id"].iter().filter_map(|name| unit.get(name)?.as_str());
    target.refs.extend(texts.map(str::to_owned));
    target.refs.extend(sim.refunds.get(named).and_then(|r| r.custom_id.clone()));
    let said = unit.get("amount").and_then(|amount| ask::sum(amount).ok());
    target.amount = said.map(|sum| sum.minor).or(target.amount);
    Some(target)
}

fn misbehave(sim: &mut PayPalSim, request: &SimRequest, fault: Fault) -> SimResponse {
    match turn(fault) {
        Turn::Act(after) => after.of(act(sim, request)),
        Turn::ActLater { ms } => {
            let key = account(sim, request).ok().and_then(|account| keys::place(account, request));
            let key = key.filter(|place| !sim.keys.contains_key(place));
            sim.keys_in_progress.extend(key.clone());
            sim.at(sim.now.plus(ms), Timer::Act { request: Box::new(request.clone()), key });
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
            Ok((status, mut value)) => {
                obscure(&mut value);
                answer(Ok((status, value)))
            }
            refused => answer(refused),
        },
        Turn::NotFound => answer(Err(Refusal::no_such_id())),
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
