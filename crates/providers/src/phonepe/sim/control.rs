//! The control API at `/sim/control`: what a test or a person at the sandbox can see and bring about from outside.
//!
//! It has no password: a simulator listens on the machine that runs it and holds nothing of worth. Secrets go in and
//! never come out.

use super::refunds::{self, Wanted};
use super::state::{Account, Api, Order, Place, State};
use super::{PhonePeSim, bank, clock::Timer, hooks, pages, payer, settlements, show, v2};
use crate::sim::control::{self, Told, needed, text};
use crate::sim::{AMOUNT_MAX, SimRequest, SimResponse, statement};
use hundi_core::Secret;
use hundi_core::time::{hours, seconds};
use serde_json::{Value, json};

/// `path` is what follows `/sim/control`.
pub(super) fn handle(sim: &mut PhonePeSim, request: &SimRequest, path: &[&str]) -> SimResponse {
    if let Some(told) = control::common(request, path, &sim.journal, &mut sim.panel) {
        return control::respond(told);
    }
    if (request.method.as_str(), path) == ("GET", &["bank_statement"]) {
        return statement::answered(settlements::bank_statement(sim, request));
    }
    if (request.method.as_str(), path) == ("GET", &["settlement_file"]) {
        return statement::answered(settlements::file(sim, request));
    }
    let body = match control::body(request) {
        Ok(body) => body,
        Err(why) => return control::respond(Err(why)),
    };
    control::respond(match (request.method.as_str(), path) {
        ("GET", ["accounts"]) => Ok(accounts(sim)),
        ("POST", ["accounts"]) => put_account(sim, &body),
        ("POST", ["refund"]) => refund(sim, &body),
        ("POST", ["late_authorize"]) => late_authorize(sim, &body),
        ("POST", ["foreign_payment"]) => foreign_payment(sim, &body),
        ("POST", ["end_tokens"]) => {
            v2::end_tokens(sim);
            Ok(json!({}))
        }
        ("GET", ["webhooks"]) => Ok(hooks::shown(sim)),
        ("POST", ["webhooks"]) => replay(sim, &body),
        _ => return control::no_such_control(),
    })
}

/// An account with ordinary terms and no credentials.
pub(super) fn fresh(merchant_id: String) -> Account {
    Account {
        client_id: String::new(),
        client_secret: Secret::new(""),
        client_version: String::new(),
        merchant_id,
        salt_key: Secret::new(""),
        salt_index: String::new(),
        name: "Demo merchant".to_owned(),
        webhook_url: None,
        webhook_password: None,
        refund_after_ms: seconds(5),
        fee_bps: 200,
        needs_referrer: false,
    }
}

fn accounts(sim: &PhonePeSim) -> Value {
    let one = |a: &Account| {
        json!({
            "key_id": a.key_id(), "client_id": a.client_id, "client_version": a.client_version,
            "merchant_id": a.merchant_id, "salt_index": a.salt_index, "has_salt_key": !a.salt_key.is_empty(),
            "name": a.name, "webhook_url": a.webhook_url, "webhook_proven": a.webhook_password.is_some(),
            "refund_after_ms": a.refund_after_ms, "fee_bps": a.fee_bps, "needs_referrer": a.needs_referrer,
        })
    };
    json!({ "accounts": sim.accounts.iter().map(one).collect::<Vec<_>>() })
}

/// Makes an account, or changes what is named of one that exists.
fn put_account(sim: &mut PhonePeSim, body: &Value) -> Told {
    let key = ["client_id", "merchant_id"].iter().find_map(|name| text(body, name));
    let key = key.ok_or("client_id or merchant_id is missing")?;
    let number = |name: &str, was: i64, most: i64| match body.get(name) {
        None => Ok(was),
        Some(value) => {
            let usable = value.as_i64().filter(|n| (0..=most).contains(n));
            usable.ok_or_else(|| format!("{name} must be a whole number"))
        }
    };
    let known = sim.account_of(key).map(|at| sim.accounts[at].clone());
    let mut account = known.unwrap_or_else(|| fresh(format!("SIMMERCHANT{}", sim.mint.digits(8))));
    let set = |slot: &mut String, name: &str| {
        if let Some(given) = text(body, name) {
            given.clone_into(slot);
        }
    };
    set(&mut account.client_id, "client_id");
    set(&mut account.client_version, "client_version");
    set(&mut account.merchant_id, "merchant_id");
    set(&mut account.salt_index, "salt_index");
    set(&mut account.name, "name");
    for (slot, name) in [(&mut account.client_secret, "client_secret"), (&mut account.salt_key, "salt_key")] {
        if let Some(given) = text(body, name) {
            *slot = Secret::new(given);
        }
    }
    if let Some(url) = text(body, "webhook_url") {
        account.webhook_url = Some(url.to_owned());
    }
    if let Some(password) = text(body, "webhook_secret") {
        account.webhook_password = Some(Secret::new(password));
    }
    if let Some(yes) = body.get("needs_referrer").and_then(Value::as_bool) {
        account.needs_referrer = yes;
    }
    account.refund_after_ms = number("refund_after_ms", account.refund_after_ms, AMOUNT_MAX)?;
    account.fee_bps = number("fee_bps", account.fee_bps, 10_000)?;
    match sim.account_of(key) {
        Some(at) => sim.accounts[at] = account,
        None => sim.accounts.push(account),
    }
    Ok(accounts(sim))
}

/// A refund that somebody makes in the provider's dashboard, without us.
fn refund(sim: &mut PhonePeSim, body: &Value) -> Told {
    let payment = needed(body, "payment_id")?;
    let order = sim.attempts.get(payment).map(|a| a.order.clone()).ok_or("no such payment")?;
    let amount = body.get("amount").and_then(Value::as_i64);
    let named = format!("DASHBOARD-{}", sim.mint.fourteen());
    let wanted = Wanted { named, order, amount, callback_url: None };
    let id = refunds::accept(sim, wanted).map_err(|no| no.text().to_owned())?;
    Ok(show::refund(sim, sim.refunds.get(&id).expect("just accepted")))
}

/// The bank says yes after all, now or `after_ms` from now.
fn late_authorize(sim: &mut PhonePeSim, body: &Value) -> Told {
    let payment = needed(body, "payment_id")?.to_owned();
    if sim.attempts.get(&payment).is_none() {
        return Err("no such payment".to_owned());
    }
    let after = body.get("after_ms").and_then(Value::as_i64).unwrap_or(0).max(0);
    if after == 0 {
        bank::complete(sim, &payment);
    } else {
        sim.at(sim.now.plus(after), Timer::Complete { attempt: payment.clone() });
    }
    Ok(sim.attempts.get(&payment).map(show::attempt).unwrap_or(Value::Null))
}

/// A completed order on the merchant's account that is not ours: another shop of the same merchant, say.
fn foreign_payment(sim: &mut PhonePeSim, body: &Value) -> Told {
    let key = ["client_id", "merchant_id", "key_id"].iter().find_map(|name| text(body, name));
    let account = sim.account_of(key.ok_or("client_id is missing")?).ok_or("no such account")?;
    let amount = body.get("amount").and_then(Value::as_i64).filter(|a| (1..=AMOUNT_MAX).contains(a));
    let order = Order {
        id: sim.new_id("OMO"),
        api: if sim.accounts[account].client_id.is_empty() { Api::V1 } else { Api::V2 },
        place: Place::Page,
        account,
        named: format!("ELSEWHERE-{}", sim.mint.fourteen()),
        amount: amount.ok_or("amount is missing")?,
        message: "Elsewhere".to_owned(),
        return_url: String::new(),
        return_by_post: false,
        callback_url: None,
        meta_info: Value::Null,
        expires: sim.now.plus(hours(1)),
        state: State::Pending,
        attempts: Vec::new(),
        token: sim.mint.fourteen(),
    };
    let id = order.id.clone();
    sim.foreign.insert(id.clone());
    sim.names.insert((account, order.named.clone()), id.clone());
    sim.orders.put(&id, order);
    let attempt = bank::start(sim, &id, payer::choice(body)?.instrument);
    bank::complete(sim, &attempt);
    let named = pages::find(sim, &id).and_then(|id| sim.orders.get(&id)).map(|o| o.named.clone());
    Ok(json!({ "payment_id": attempt, "order": named }))
}

/// `{replay: event_id}` sends an event once more.
fn replay(sim: &mut PhonePeSim, body: &Value) -> Told {
    if sim.outbox.replay(needed(body, "replay")?, sim.now) {
        Ok(hooks::shown(sim))
    } else {
        Err("no such event is remembered".to_owned())
    }
}
