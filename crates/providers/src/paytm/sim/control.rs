//! The control API at `/sim/control`: what a test or a person at the sandbox can see and bring about from outside.
//!
//! It has no password: a simulator listens on the machine that runs it and holds nothing of worth. Secrets go in and
//! never come out.

use super::bank::{self, Start};
use super::clock::Timer;
use super::state::WebhookStyle;
use super::{PaytmSim, SimAccount, hooks, orders, payer, refunds, settlements};
use crate::sim::control::{self, Told, needed, text};
use crate::sim::{AMOUNT_MAX, SimRequest, SimResponse, statement};
use hundi_core::Secret;
use serde_json::{Value, json};

/// `path` is what follows `/sim/control`.
pub(super) fn handle(sim: &mut PaytmSim, request: &SimRequest, path: &[&str]) -> SimResponse {
    if let Some(told) = control::common(request, path, &sim.journal, &mut sim.panel) {
        return control::respond(told);
    }
    let body = match control::body(request) {
        Ok(body) => body,
        Err(why) => return control::respond(Err(why)),
    };
    control::respond(match (request.method.as_str(), path) {
        ("GET", ["settlement_file"]) => return statement::answered(settlements::file_of(sim, request)),
        ("GET", ["bank_statement"]) => return statement::answered(settlements::bank_statement(sim, request)),
        ("GET", ["accounts"]) => Ok(accounts(sim)),
        ("POST", ["accounts"]) => put_account(sim, &body),
        ("POST", ["refund"]) => {
            let amount = body.get("amount").and_then(Value::as_i64);
            needed(&body, "payment_id").and_then(|id| refunds::in_dashboard(sim, id, amount))
        }
        ("POST", ["late_authorize"]) => late_authorize(sim, &body),
        ("POST", ["foreign_payment"]) => foreign_payment(sim, &body),
        ("GET", ["webhooks"]) => Ok(hooks::shown(sim)),
        ("POST", ["webhooks"]) => needed(&body, "replay").and_then(|event| {
            let known = sim.outbox.replay(event, sim.now);
            if known { Ok(hooks::shown(sim)) } else { Err("no such event is remembered".to_owned()) }
        }),
        _ => return control::no_such_control(),
    })
}

fn accounts(sim: &PaytmSim) -> Value {
    let one = |a: &SimAccount| {
        json!({
            "mid": a.mid, "name": a.name, "webhook_url": a.webhook_url,
            "webhook_style": if a.webhook_style == WebhookStyle::Form { "form" } else { "json" },
            "refund_after_ms": a.refund_after_ms, "settle_after_ms": a.settle_after_ms, "fee_bps": a.fee_bps,
            "short_amounts": a.short_amounts, "unsigned_answers": a.unsigned_answers,
            "status_lag_ms": a.status_lag_ms,
        })
    };
    json!({ "accounts": sim.accounts.iter().map(one).collect::<Vec<_>>() })
}

/// Makes an account, or changes what is named of one that exists.
fn put_account(sim: &mut PaytmSim, body: &Value) -> Told {
    let mid = needed(body, "mid")?;
    let mut account = match sim.accounts.iter().find(|a| a.mid == mid) {
        Some(known) => known.clone(),
        None => SimAccount::new(mid, needed(body, "merchant_key")?),
    };
    if let Some(key) = text(body, "merchant_key") {
        account.key = Secret::new(key);
    }
    if let Some(name) = text(body, "name") {
        name.clone_into(&mut account.name);
    }
    if let Some(url) = text(body, "webhook_url") {
        account.webhook_url = Some(url.to_owned());
    }
    match text(body, "webhook_style") {
        None => {}
        Some("form") => account.webhook_style = WebhookStyle::Form,
        Some("json") => account.webhook_style = WebhookStyle::Json,
        Some(_) => return Err("webhook_style must be form or json".to_owned()),
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
    account.status_lag_ms = number("status_lag_ms", account.status_lag_ms)?;
    account.fee_bps = number("fee_bps", account.fee_bps)?.min(10_000);
    let flag = |name: &str, was: bool| body.get(name).and_then(Value::as_bool).unwrap_or(was);
    account.short_amounts = flag("short_amounts", account.short_amounts);
    account.unsigned_answers = flag("unsigned_answers", account.unsigned_answers);
    sim.add_account(account);
    Ok(accounts(sim))
}

/// The bank says yes after all, now or `after_ms` from now.
fn late_authorize(sim: &mut PaytmSim, body: &Value) -> Told {
    let txn = needed(body, "payment_id")?.to_owned();
    if sim.txns.get(&txn).is_none() {
        return Err("no such payment".to_owned());
    }
    match body.get("after_ms").and_then(Value::as_i64).filter(|ms| *ms > 0) {
        Some(ms) => sim.after(ms, Timer::Succeed { txn: txn.clone() }),
        None => bank::succeed(sim, &txn),
    }
    Ok(shown(sim, &txn))
}

/// A payment on the merchant's account that is not ours: another shop of the same merchant, say.
fn foreign_payment(sim: &mut PaytmSim, body: &Value) -> Told {
    let account = sim.account(needed(body, "mid")?).ok_or("no such account")?;
    let amount = body.get("amount").and_then(Value::as_i64).filter(|a| (1..=AMOUNT_MAX).contains(a));
    let amount = amount.ok_or("amount is missing")?;
    payer::choice(body)?;
    let order = format!("ELSEWHERE{}", sim.mint.digits(10));
    let txn =
        bank::start(sim, Start { account, order, customer: "ELSEWHERE".to_owned(), amount, mode: "UPI" });
    bank::succeed(sim, &txn);
    Ok(shown(sim, &txn))
}

fn shown(sim: &PaytmSim, txn: &str) -> Value {
    let found = sim.txns.get(txn);
    found.map_or(Value::Null, |txn| {
        let mut shown = orders::shown(txn, false);
        shown["status"] = json!(bank::told(txn).0);
        shown
    })
}
