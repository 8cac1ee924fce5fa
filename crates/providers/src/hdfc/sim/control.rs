//! The control API at `/sim/control`: what a test or a person at the sandbox can see and bring about from outside.

use super::clock::Timer;
use super::payer;
use super::state::{Order, SimAccount};
use super::{HdfcSim, bank, hooks, orders, refunds, settlements, show};
use crate::sim::control::{self, Told, needed, text};
use crate::sim::{AMOUNT_MAX, SimRequest, SimResponse, statement};
use hundi_core::Secret;
use serde_json::{Value, json};

/// `path` is what follows `/sim/control`.
pub(super) fn handle(sim: &mut HdfcSim, request: &SimRequest, path: &[&str]) -> SimResponse {
    if let Some(told) = control::common(request, path, &sim.journal, &mut sim.panel) {
        return control::respond(told);
    }
    let body = match control::body(request) {
        Ok(body) => body,
        Err(why) => return control::respond(Err(why)),
    };
    control::respond(match (request.method.as_str(), path) {
        ("GET", ["settlement_file"]) => return statement::answered(settlements::file(sim, request)),
        ("GET", ["bank_statement"]) => return statement::answered(settlements::bank_statement(sim, request)),
        ("GET", ["accounts"]) => Ok(accounts(sim)),
        ("POST", ["accounts"]) => put_account(sim, &body),
        ("POST", ["refund"]) => refund(sim, &body),
        ("POST", ["late_authorize"]) => late_authorize(sim, &body),
        ("POST", ["foreign_payment"]) => foreign_payment(sim, &body),
        ("GET", ["webhooks"]) => Ok(hooks::shown(sim)),
        ("POST", ["webhooks"]) => match sim.outbox.replay(text(&body, "replay").unwrap_or_default(), sim.now)
        {
            true => Ok(hooks::shown(sim)),
            false => Err("no such event is remembered".to_owned()),
        },
        _ => return control::no_such_control(),
    })
}

fn accounts(sim: &HdfcSim) -> Value {
    let one = |a: &SimAccount| {
        json!({
            "merchant_id": a.merchant_id, "name": a.name, "webhook_url": a.webhook_url,
            "webhook_has_password": a.webhook_password.is_some(), "sealed_webhooks": a.sealed_webhooks,
            "webhook_texts": a.webhook_texts, "webhook_version": a.webhook_version, "key_id": a.key_id,
            "seals_with_old_key_id": a.seals_with_old_key_id, "signed_return": a.signed_return,
            "return_by_post": a.return_by_post, "refund_after_ms": a.refund_after_ms,
            "settle_after_ms": a.settle_after_ms, "fee_bps": a.fee_bps,
        })
    };
    json!({ "accounts": sim.accounts.iter().map(one).collect::<Vec<_>>() })
}

/// Makes an account, or changes what is named of one that exists.
fn put_account(sim: &mut HdfcSim, body: &Value) -> Told {
    let merchant_id = needed(body, "merchant_id")?;
    let known = sim.account_of(merchant_id).map(|at| sim.accounts[at].clone());
    let mut account = match known {
        Some(known) => known,
        None => SimAccount::new(merchant_id, needed(body, "api_key")?),
    };
    let secret = |name: &str| text(body, name).map(Secret::new);
    if let Some(key) = secret("api_key") {
        account.api_key = key;
    }
    account.response_key = secret("response_key").or(account.response_key);
    account.webhook_password = secret("webhook_password").or(account.webhook_password);
    account.merchant_private_key = secret("merchant_private_key").or(account.merchant_private_key);
    account.webhook_url = text(body, "webhook_url").map(str::to_owned).or(account.webhook_url);
    let named = [
        ("name", &mut account.name),
        ("key_id", &mut account.key_id),
        ("webhook_version", &mut account.webhook_version),
    ];
    for (name, place) in named {
        if let Some(given) = text(body, name) {
            given.clone_into(place);
        }
    }
    let flags = [
        ("sealed_webhooks", &mut account.sealed_webhooks),
        ("webhook_texts", &mut account.webhook_texts),
        ("seals_with_old_key_id", &mut account.seals_with_old_key_id),
        ("signed_return", &mut account.signed_return),
        ("return_by_post", &mut account.return_by_post),
    ];
    for (name, place) in flags {
        if let Some(given) = body.get(name).and_then(Value::as_bool) {
            *place = given;
        }
    }
    let numbers = [
        ("refund_after_ms", &mut account.refund_after_ms),
        ("settle_after_ms", &mut account.settle_after_ms),
        ("fee_bps", &mut account.fee_bps),
    ];
    for (name, place) in numbers {
        if let Some(given) = body.get(name) {
            let fit = given.as_i64().filter(|n| (0..=AMOUNT_MAX).contains(n));
            *place = fit.ok_or_else(|| format!("{name} must be a whole number"))?;
        }
    }
    account.fee_bps = account.fee_bps.min(10_000);
    sim.add_account(account);
    Ok(accounts(sim))
}

/// A refund that somebody makes in the dashboard, without us.
fn refund(sim: &mut HdfcSim, body: &Value) -> Told {
    let txn = needed(body, "payment_id")?;
    let order = bank::order_of(sim, txn).ok_or("no such payment")?.id.clone();
    let amount = body.get("amount").and_then(Value::as_i64);
    let name = refunds::accept(sim, &order, None, amount, "DASHBOARD").map_err(|r| r.body.to_string())?;
    Ok(json!({ "id": name, "payment_id": txn }))
}

/// The bank says yes after all, now or `after_ms` from now; with `auto_refund` too late to be kept.
fn late_authorize(sim: &mut HdfcSim, body: &Value) -> Told {
    let txn = needed(body, "payment_id")?.to_owned();
    if sim.txns.get(&txn).is_none() {
        return Err("no such payment".to_owned());
    }
    let after = body.get("after_ms").and_then(Value::as_i64).unwrap_or(0).max(0);
    let given_back = body.get("auto_refund").and_then(Value::as_bool).unwrap_or(false);
    match (after, given_back) {
        (0, false) => bank::succeed(sim, &txn, false),
        (0, true) => bank::give_back(sim, &txn),
        (ms, false) => sim.timers.set(sim.now.plus(ms), Timer::Succeed { txn: txn.clone() }),
        (ms, true) => sim.timers.set(sim.now.plus(ms), Timer::GiveBack { txn: txn.clone() }),
    }
    Ok(json!({ "payment_id": txn, "status": sim.txns.get(&txn).map(|t| t.status.word()) }))
}

/// A paid order on the merchant's account that is not ours: another shop of the same merchant, say.
fn foreign_payment(sim: &mut HdfcSim, body: &Value) -> Told {
    let account = sim.account_of(needed(body, "merchant_id")?).ok_or("no such account")?;
    let amount = body.get("amount").and_then(Value::as_i64).filter(|a| (1..=AMOUNT_MAX).contains(a));
    let amount = amount.ok_or("amount is missing")?;
    let choice = payer::choice(&json!({}))?;
    let id = format!("ordeh_{}{}", sim.mint.digits(18), sim.mint.digits(14));
    let order = Order {
        id: id.clone(),
        account,
        order_id: format!("ELSEWHERE{}", sim.mint.digits(8)),
        amount,
        currency: "INR".to_owned(),
        customer_id: String::new(),
        customer_email: String::new(),
        customer_phone: String::new(),
        description: "Elsewhere".to_owned(),
        return_url: String::new(),
        created: sim.now,
        expires: sim.now,
        auto_capture: true,
        txns: Vec::new(),
        refunds: Vec::new(),
        foreign: true,
    };
    orders::put(sim, order);
    let txn = bank::start(sim, &id, choice.instrument);
    bank::succeed(sim, &txn, false);
    let order = sim.orders.get(&id).expect("just made");
    Ok(json!({ "payment_id": txn, "order_id": order.order_id, "status": show::status(sim, order).0 }))
}
