//! The control API at `/sim/control`: what a test or a person at the sandbox can see and bring about from outside.
//!
//! It has no password: a simulator listens on the machine that runs it and holds nothing of worth. Secrets go in and
//! never come out.

use super::bank::{self, Start};
use super::clock::Timer;
use super::state::{Instrument, Order, order_key};
use super::{CashfreeSim, SimAccount, craft, hooks, lists, orders, refunds};
use crate::sim::control::{self, Told, needed, text};
use crate::sim::kit::typed;
use crate::sim::{AMOUNT_MAX, SimRequest, SimResponse, statement};
use hundi_core::Secret;
use hundi_core::time::days;
use serde_json::{Value, json};

/// `path` is what follows `/sim/control`.
pub(super) fn handle(sim: &mut CashfreeSim, request: &SimRequest, path: &[&str]) -> SimResponse {
    if let Some(told) = control::common(request, path, &sim.journal, &mut sim.panel) {
        return control::respond(told);
    }
    if (request.method.as_str(), path) == ("GET", &["bank_statement"]) {
        return statement::answered(lists::bank_statement(sim, request));
    }
    let body = match control::body(request) {
        Ok(body) => body,
        Err(why) => return control::respond(Err(why)),
    };
    let told = match (request.method.as_str(), path) {
        ("GET", ["settlement_file"]) => settlement_file(sim, request),
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
    };
    match told {
        // Amounts among it are numbers.
        Ok(value) => typed(200, "application/json; charset=UTF-8", craft::written(&value)),
        refused => control::respond(refused),
    }
}

fn accounts(sim: &CashfreeSim) -> Value {
    let one = |a: &SimAccount| {
        json!({
            "client_id": a.client_id, "name": a.name, "webhook_url": a.webhook_url,
            "refund_after_ms": a.refund_after_ms, "settle_after_ms": a.settle_after_ms, "fee_bps": a.fee_bps,
            "fees_billed_apart": a.fees_billed_apart,
        })
    };
    json!({ "accounts": sim.accounts.iter().map(one).collect::<Vec<_>>() })
}

/// Makes an account, or changes what is named of one that exists.
fn put_account(sim: &mut CashfreeSim, body: &Value) -> Told {
    let client_id = needed(body, "client_id")?;
    let mut account = match sim.accounts.iter().find(|a| a.client_id == client_id) {
        Some(known) => known.clone(),
        None => SimAccount::new(client_id, needed(body, "client_secret")?),
    };
    if let Some(secret) = text(body, "client_secret") {
        account.secret = Secret::new(secret);
    }
    if let Some(name) = text(body, "name") {
        name.clone_into(&mut account.name);
    }
    if let Some(url) = text(body, "webhook_url") {
        account.webhook_url = Some(url.to_owned());
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
    let apart = body.get("fees_billed_apart").and_then(Value::as_bool);
    account.fees_billed_apart = apart.unwrap_or(account.fees_billed_apart);
    sim.add_account(account);
    Ok(accounts(sim))
}

/// The bank says yes after all, now or `after_ms` from now.
fn late_authorize(sim: &mut CashfreeSim, body: &Value) -> Told {
    let payment = needed(body, "payment_id")?.to_owned();
    if sim.payments.get(&payment).is_none() {
        return Err("no such payment".to_owned());
    }
    match body.get("after_ms").and_then(Value::as_i64).filter(|ms| *ms > 0) {
        Some(ms) => sim.after(ms, Timer::Succeed { payment: payment.clone() }),
        None => bank::succeed(sim, &payment),
    }
    Ok(orders::shown(sim, &payment))
}

/// A payment on the merchant's account that is not ours: another shop of the same merchant, say.
fn foreign_payment(sim: &mut CashfreeSim, body: &Value) -> Told {
    let account = sim.account(needed(body, "client_id")?).ok_or("no such account")?;
    let amount = body.get("amount").and_then(Value::as_i64).filter(|a| (1..=AMOUNT_MAX).contains(a));
    let amount = amount.ok_or("amount is missing")?;
    let id = format!("ELSEWHERE-{}", sim.mint.digits(10));
    let order = Order {
        id: id.clone(),
        cf_id: sim.mint.digits(10),
        account,
        amount,
        currency: "INR".to_owned(),
        customer_id: "ELSEWHERE".to_owned(),
        customer_phone: "9999999999".to_owned(),
        customer_email: None,
        return_url: String::new(),
        note: None,
        session: format!("session_{}", sim.mint.fourteen()),
        expires: sim.now.plus(days(30)),
        terminated: false,
        holds: false,
        foreign: true,
        created: sim.now,
        payments: Vec::new(),
    };
    let key = order_key(account, &id);
    orders::put(sim, &key, order);
    let payment = bank::start(sim, Start { account, order: key, amount, instrument: Instrument::Upi });
    bank::succeed(sim, &payment);
    Ok(orders::shown(sim, &payment))
}

/// Everything that was paid out to the merchant that the address names.
fn settlement_file(sim: &CashfreeSim, request: &SimRequest) -> Told {
    let account = lists::whose(sim, request)?;
    Ok(json!({ "data": lists::settled_rows(sim, account, |_| true) }))
}
