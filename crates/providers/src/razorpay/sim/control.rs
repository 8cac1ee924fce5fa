//! The control API at `/sim/control`: what a test or a person at the sandbox can see and bring about from outside.
//!
//! It has no password: a simulator listens on the machine that runs it and holds nothing of worth. Secrets go in and
//! never come out.

use super::bank::{self, AfterHold, Start};
use super::payer;
use super::state::SimAccount;
use super::{RazorpaySim, clock::Timer, hooks, refunds, settlements};
use crate::sim::control::{self, Told, needed, text};
use crate::sim::{AMOUNT_MAX, SimRequest, SimResponse, statement};
use hundi_core::Secret;
use serde_json::{Value, json};

/// `path` is what follows `/sim/control`.
pub(super) fn handle(sim: &mut RazorpaySim, request: &SimRequest, path: &[&str]) -> SimResponse {
    if let Some(told) = control::common(request, path, &sim.journal, &mut sim.panel) {
        return control::respond(told);
    }
    if (request.method.as_str(), path) == ("GET", &["bank_statement"]) {
        return statement::answered(settlements::bank_statement(sim, request));
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
        ("POST", ["downtime"]) => downtime(sim, &body),
        ("GET", ["webhooks"]) => Ok(hooks::shown(sim)),
        ("POST", ["webhooks"]) => webhooks(sim, &body),
        _ => return control::no_such_control(),
    })
}

fn accounts(sim: &RazorpaySim) -> Value {
    let one = |a: &super::Account| {
        json!({
            "key_id": a.given.key_id, "account_id": a.given.account_id, "name": a.given.name,
            "webhook_url": a.given.webhook_url, "webhook_signed": a.given.webhook_secret.is_some(),
            "webhook_disabled_at_ms": a.webhook_disabled_at.map(|at| at.0),
            "auto_capture": a.given.auto_capture, "refund_after_ms": a.given.refund_after_ms,
            "settle_after_ms": a.given.settle_after_ms, "balance_minor": a.given.balance_minor,
            "fee_bps": a.given.fee_bps, "international_fee_bps": a.given.international_fee_bps,
        })
    };
    json!({ "accounts": sim.accounts.iter().map(one).collect::<Vec<_>>() })
}

/// Makes an account, or changes what is named of one that exists.
fn put_account(sim: &mut RazorpaySim, body: &Value) -> Told {
    let key_id = needed(body, "key_id")?;
    let mut account = match sim.accounts.iter().find(|a| a.given.key_id == key_id) {
        Some(known) => known.given.clone(),
        None => SimAccount::new(key_id, needed(body, "key_secret")?, needed(body, "account_id")?),
    };
    if let Some(secret) = text(body, "key_secret") {
        account.key_secret = Secret::new(secret);
    }
    if let Some(name) = text(body, "name") {
        name.clone_into(&mut account.name);
    }
    if let Some(url) = text(body, "webhook_url") {
        account.webhook_url = Some(url.to_owned());
    }
    if let Some(secret) = text(body, "webhook_secret") {
        account.webhook_secret = Some(Secret::new(secret));
    }
    if let Some(yes) = body.get("auto_capture").and_then(Value::as_bool) {
        account.auto_capture = yes;
    }
    let number = |name: &str, was: i64| match body.get(name) {
        None => Ok(was),
        Some(value) => value
            .as_i64()
            .filter(|n| (0..=AMOUNT_MAX).contains(n))
            .ok_or_else(|| format!("{name} must be a whole number")),
    };
    account.refund_after_ms = number("refund_after_ms", account.refund_after_ms)?;
    account.settle_after_ms = number("settle_after_ms", account.settle_after_ms)?;
    account.fee_bps = number("fee_bps", account.fee_bps)?.min(10_000);
    account.international_fee_bps =
        number("international_fee_bps", account.international_fee_bps)?.min(10_000);
    match body.get("balance_minor") {
        None => {}
        Some(Value::Null) => account.balance_minor = None,
        Some(_) => account.balance_minor = Some(number("balance_minor", 0)?),
    }
    sim.add_account(account);
    Ok(accounts(sim))
}

/// A refund that somebody makes in the provider's dashboard, without us.
fn refund(sim: &mut RazorpaySim, body: &Value) -> Told {
    let amount = body.get("amount").and_then(Value::as_i64);
    refunds::in_dashboard(sim, needed(body, "payment_id")?, amount)
        .map_err(|refusal| refusal.to_json().to_string())
}

/// The bank says yes after all, now or `after_ms` from now.
fn late_authorize(sim: &mut RazorpaySim, body: &Value) -> Told {
    let payment = needed(body, "payment_id")?.to_owned();
    if sim.payments.get(&payment).is_none() {
        return Err("no such payment".to_owned());
    }
    let after = body.get("after_ms").and_then(Value::as_i64).unwrap_or(0).max(0);
    if after == 0 {
        bank::authorize(sim, &payment, AfterHold::AsTheOrderSays);
    } else {
        sim.at(sim.now.plus(after), Timer::Authorize { payment: payment.clone() });
    }
    let shown = sim.payments.get(&payment).map(super::show::payment);
    Ok(shown.unwrap_or(Value::Null))
}

/// A captured payment on the merchant's account that is not ours: another shop of the same merchant, say.
fn foreign_payment(sim: &mut RazorpaySim, body: &Value) -> Told {
    let key_id = needed(body, "key_id")?;
    let account = sim.accounts.iter().position(|a| a.given.key_id == key_id).ok_or("no such account")?;
    let amount = body
        .get("amount")
        .and_then(Value::as_i64)
        .filter(|a| (1..=AMOUNT_MAX).contains(a))
        .ok_or("amount is missing")?;
    let choice = payer::choice(body)?;
    let start = Start {
        account,
        order: None,
        amount,
        currency: text(body, "currency").unwrap_or("INR").to_owned(),
        instrument: choice.instrument,
        email: choice.email,
        contact: choice.contact,
        customer: None,
        description: Some("Elsewhere".to_owned()),
        notes: body.get("notes").cloned().unwrap_or_else(|| json!([])),
    };
    let id = bank::start(sim, start);
    bank::authorize(sim, &id, AfterHold::Wait);
    bank::capture(sim, &id);
    Ok(sim.payments.get(&id).map(super::show::payment).unwrap_or(Value::Null))
}

/// A method is down, or up again: `{method, status, severity?, instrument?}`.
fn downtime(sim: &mut RazorpaySim, body: &Value) -> Told {
    let method = needed(body, "method")?;
    let status = text(body, "status").unwrap_or("started");
    let now = sim.now.secs();
    if status == "resolved" {
        for known in sim.downtimes.iter_mut().filter(|d| d["method"] == method) {
            known["status"] = json!("resolved");
            known["end"] = json!(now);
            known["updated_at"] = json!(now);
        }
    } else {
        let down = json!({
            "id": sim.mint.id("down"), "entity": "payment.downtime", "method": method, "begin": now, "end": null,
            "status": status, "scheduled": false, "severity": text(body, "severity").unwrap_or("high"),
            "instrument": body.get("instrument").cloned().unwrap_or_else(|| json!({})),
            "created_at": now, "updated_at": now,
        });
        sim.downtimes.push(down);
    }
    Ok(json!({ "downtimes": sim.downtimes }))
}

/// `{key_id, enable: true}` brings a disabled webhook back; `{replay: event_id}` sends an event once more.
fn webhooks(sim: &mut RazorpaySim, body: &Value) -> Told {
    if let Some(event) = text(body, "replay") {
        if !sim.outbox.replay(event, sim.now) {
            return Err("no such event is remembered".to_owned());
        }
    } else {
        sim.enable_webhook(needed(body, "key_id")?).map_err(str::to_owned)?;
    }
    Ok(hooks::shown(sim))
}
