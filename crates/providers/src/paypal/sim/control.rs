//! The control API at `/sim/control`: what a test or a person at the sandbox can see and bring about from outside.
//!
//! It has no password: a simulator listens on the machine that runs it and holds nothing of worth. Secrets go in and
//! never come out. There is no settlement file: PayPal's lines come from its transaction search.

use super::bank::{self, Wanted};
use super::craft::Sum;
use super::state::{Capture, CaptureStatus, SimAccount};
use super::{PayPalSim, hooks, search, show};
use crate::sim::control::{self, Told, needed, text};
use crate::sim::{AMOUNT_MAX, SimRequest, SimResponse, statement};
use hundi_core::Secret;
use serde_json::{Value, json};

/// `path` is what follows `/sim/control`.
pub(super) fn handle(sim: &mut PayPalSim, request: &SimRequest, path: &[&str]) -> SimResponse {
    if let Some(told) = control::common(request, path, &sim.journal, &mut sim.panel) {
        return control::respond(told);
    }
    if (request.method.as_str(), path) == ("GET", &["bank_statement"]) {
        return statement::answered(search::bank_statement(sim, request));
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
        ("GET", ["webhooks"]) => Ok(hooks::shown(sim)),
        ("POST", ["webhooks"]) => replay(sim, &body),
        _ => return control::no_such_control(),
    })
}

fn accounts(sim: &PayPalSim) -> Value {
    let one = |(at, a): (usize, &SimAccount)| {
        let mine = sim.subscriptions.iter().filter(|s| s.account == at);
        let webhooks: Vec<Value> = mine.map(|s| json!({ "webhook_id": s.id, "url": s.url })).collect();
        json!({
            "client_id": a.client_id, "merchant_id": a.merchant_id, "name": a.name, "webhooks": webhooks,
            "refund_after_ms": a.refund_after_ms, "pending_ms": a.pending_ms, "search_after_ms": a.search_after_ms,
            "fee_bps": a.fee_bps, "fee_fixed_minor": a.fee_fixed_minor, "may_search": a.may_search,
        })
    };
    json!({ "accounts": sim.accounts.iter().enumerate().map(one).collect::<Vec<_>>() })
}

/// Makes an account, or changes what is named of one that exists.
fn put_account(sim: &mut PayPalSim, body: &Value) -> Told {
    let client_id = needed(body, "client_id")?;
    let mut account = match sim.accounts.iter().find(|a| a.client_id == client_id) {
        Some(known) => known.clone(),
        None => SimAccount::new(client_id, needed(body, "client_secret")?, needed(body, "merchant_id")?),
    };
    if let Some(secret) = text(body, "client_secret") {
        account.client_secret = Secret::new(secret);
    }
    if let Some(name) = text(body, "name") {
        name.clone_into(&mut account.name);
    }
    if let Some(yes) = body.get("may_search").and_then(Value::as_bool) {
        account.may_search = yes;
    }
    let number = |name: &str, was: i64| match body.get(name) {
        None => Ok(was),
        Some(value) => value
            .as_i64()
            .filter(|n| (0..=AMOUNT_MAX).contains(n))
            .ok_or_else(|| format!("{name} must be a whole number")),
    };
    account.refund_after_ms = number("refund_after_ms", account.refund_after_ms)?;
    account.pending_ms = number("pending_ms", account.pending_ms)?;
    account.search_after_ms = number("search_after_ms", account.search_after_ms)?;
    account.fee_bps = number("fee_bps", account.fee_bps)?.min(10_000);
    account.fee_fixed_minor = number("fee_fixed_minor", account.fee_fixed_minor)?;
    sim.add_account(account);
    if let (Some(id), Some(url)) = (text(body, "webhook_id"), text(body, "webhook_url")) {
        sim.set_webhook(client_id, id, url);
    }
    Ok(accounts(sim))
}

/// The capture that somebody names: by its own id, or by that of its hold.
fn capture_named(sim: &PayPalSim, id: &str) -> Result<String, String> {
    let of_hold = || sim.authorizations.get(id).and_then(|a| a.captures.last().cloned());
    sim.captures.get(id).map(|c| c.id.clone()).or_else(of_hold).ok_or_else(|| "no such payment".to_owned())
}

/// A refund that somebody makes in the provider's dashboard, without us.
fn refund(sim: &mut PayPalSim, body: &Value) -> Told {
    let capture = capture_named(sim, needed(body, "payment_id")?)?;
    let amount = body.get("amount").and_then(Value::as_i64);
    let sum = amount.map(|minor| sim.captures.get(&capture).expect("just named").sum.of(minor));
    if sum.as_ref().is_some_and(|s| !(1..=AMOUNT_MAX).contains(&s.minor)) {
        return Err("amount must be above zero".to_owned());
    }
    let wanted = Wanted { capture, sum, invoice_id: None, custom_id: None, note: None };
    let id = bank::refund(sim, wanted)?;
    Ok(sim.refunds.get(&id).map_or(Value::Null, |r| show::refund(sim, r)))
}

/// A capture that is held back goes through, now or `after_ms` from now. PayPal's failures are final.
fn late_authorize(sim: &mut PayPalSim, body: &Value) -> Told {
    let id = capture_named(sim, needed(body, "payment_id")?)?;
    if sim.captures.get(&id).is_none_or(|c| c.status != CaptureStatus::Pending) {
        return Err("the capture is not held back".to_owned());
    }
    match body.get("after_ms").and_then(Value::as_i64).filter(|ms| *ms > 0) {
        None => bank::decide(sim, &id, true),
        Some(ms) => sim.at(sim.now.plus(ms), super::clock::Timer::Decide { capture: id.clone(), good: true }),
    }
    Ok(sim.captures.get(&id).map_or(Value::Null, |c| show::capture(sim, c)))
}

/// A payment on the merchant's account that is not ours: another shop of the same merchant, say.
fn foreign_payment(sim: &mut PayPalSim, body: &Value) -> Told {
    let client_id = needed(body, "client_id")?;
    let account = sim.accounts.iter().position(|a| a.client_id == client_id).ok_or("no such account")?;
    let amount = body.get("amount").and_then(Value::as_i64).filter(|a| (1..=AMOUNT_MAX).contains(a));
    let currency = text(body, "currency").unwrap_or("USD").to_owned();
    let id = sim.id();
    let capture = Capture {
        id: id.clone(),
        account,
        order: None,
        authorization: None,
        sum: Sum { minor: amount.ok_or("amount is missing")?, currency },
        fee: 0,
        invoice_id: Some("ELSEWHERE-1".to_owned()),
        custom_id: None,
        status: CaptureStatus::Pending,
        reason: None,
        refunded: 0,
        refunds: Vec::new(),
        created: sim.now,
        updated: sim.now,
    };
    sim.captures.put(&id, capture);
    bank::decide(sim, &id, true);
    Ok(sim.captures.get(&id).map_or(Value::Null, |c| show::capture(sim, c)))
}

/// `{replay: event_id}` sends an event once more.
fn replay(sim: &mut PayPalSim, body: &Value) -> Told {
    if sim.outbox.replay(needed(body, "replay")?, sim.now) {
        Ok(hooks::shown(sim))
    } else {
        Err("no such event is remembered".to_owned())
    }
}
