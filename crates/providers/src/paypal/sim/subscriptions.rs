//! Webhooks as their owner manages them, and PayPal's own answer to whether it signed one.

use super::ask::{Ask, Refusal, Said};
use super::craft::sign;
use super::state::Subscription;
use super::{PayPalSim, hooks};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// PayPal allows an app ten addresses.
const SUBSCRIPTIONS_MAX: usize = 10;

fn shown(one: &Subscription) -> Value {
    let events: Vec<Value> = one.events.iter().map(|name| json!({ "name": name })).collect();
    json!({ "id": one.id, "url": one.url, "event_types": events, "links": [] })
}

pub(super) fn create(sim: &mut PayPalSim, ask: &Ask) -> Said {
    let url = ask.text("url", 2048)?.ok_or_else(|| Refusal::invalid("MISSING_REQUIRED_PARAMETER"))?;
    let mine: Vec<&Subscription> = sim.subscriptions.iter().filter(|s| s.account == ask.account).collect();
    if mine.iter().any(|s| s.url == url) {
        return Err(Refusal::bare(400, "WEBHOOK_URL_ALREADY_EXISTS"));
    }
    if mine.len() >= SUBSCRIPTIONS_MAX {
        return Err(Refusal::bare(400, "WEBHOOK_NUMBER_LIMIT_EXCEEDED"));
    }
    let events = events(&ask.body["event_types"])?;
    let made = Subscription { id: sim.id(), account: ask.account, url, events };
    let value = shown(&made);
    sim.subscriptions.push(made);
    Ok((201, value))
}

fn events(given: &Value) -> Result<Vec<String>, Refusal> {
    let names = given.as_array().into_iter().flatten().map(|e| e["name"].as_str().map(str::to_owned));
    let names: Option<Vec<String>> = names.collect();
    names.filter(|n| !n.is_empty()).ok_or_else(|| Refusal::invalid("INVALID_PARAMETER_VALUE"))
}

pub(super) fn list(sim: &mut PayPalSim, ask: &Ask) -> Said {
    let mine = sim.subscriptions.iter().filter(|s| s.account == ask.account).map(shown);
    Ok((200, json!({ "webhooks": mine.collect::<Vec<_>>() })))
}

fn place(sim: &PayPalSim, ask: &Ask) -> Result<usize, Refusal> {
    let of = |s: &Subscription| s.account == ask.account && s.id == ask.id();
    sim.subscriptions.iter().position(of).ok_or_else(Refusal::no_such_id)
}

pub(super) fn fetch(sim: &mut PayPalSim, ask: &Ask) -> Said {
    Ok((200, shown(&sim.subscriptions[place(sim, ask)?])))
}

/// JSON patch of `/url` and `/event_types`.
pub(super) fn patch(sim: &mut PayPalSim, ask: &Ask) -> Said {
    let at = place(sim, ask)?;
    let patches: Value =
        serde_json::from_slice(&ask.raw).map_err(|_| Refusal::invalid("MALFORMED_REQUEST_JSON"))?;
    for change in patches.as_array().into_iter().flatten() {
        match (change["path"].as_str(), change["value"].as_str()) {
            (Some("/url"), Some(url)) => url.clone_into(&mut sim.subscriptions[at].url),
            (Some("/event_types"), _) => sim.subscriptions[at].events = events(&change["value"])?,
            _ => return Err(Refusal::invalid("INVALID_PARAMETER_VALUE")),
        }
    }
    Ok((200, shown(&sim.subscriptions[at])))
}

pub(super) fn delete(sim: &mut PayPalSim, ask: &Ask) -> Said {
    let at = place(sim, ask)?;
    sim.subscriptions.remove(at);
    Ok((204, Value::Null))
}

pub(super) fn kinds(_sim: &mut PayPalSim, _ask: &Ask) -> Said {
    let kinds: Vec<Value> =
        hooks::KINDS.iter().map(|name| json!({ "name": name, "status": "ENABLED" })).collect();
    Ok((200, json!({ "event_types": kinds })))
}

pub(super) fn resend(sim: &mut PayPalSim, ask: &Ask) -> Said {
    if sim.outbox.replay(ask.id(), sim.now) {
        Ok((202, json!({ "id": ask.id() })))
    } else {
        Err(Refusal::no_such_id())
    }
}

#[derive(Deserialize)]
struct Question<'a> {
    auth_algo: String,
    transmission_id: String,
    transmission_sig: String,
    transmission_time: String,
    webhook_id: String,
    #[serde(borrow)]
    webhook_event: &'a RawValue,
}

/// Over the event's own bytes, as they stand in the question.
pub(super) fn verify(sim: &mut PayPalSim, ask: &Ask) -> Said {
    let asked: Question<'_> =
        serde_json::from_slice(&ask.raw).map_err(|_| Refusal::invalid("INVALID_PARAMETER_SYNTAX"))?;
    let known = sim.subscriptions.iter().any(|s| s.account == ask.account && s.id == asked.webhook_id);
    let event = asked.webhook_event.get().as_bytes();
    let signature = sign(&asked.transmission_id, &asked.transmission_time, &asked.webhook_id, event);
    let good = known && asked.auth_algo == "SHA256withRSA" && signature == asked.transmission_sig;
    Ok((200, json!({ "verification_status": if good { "SUCCESS" } else { "FAILURE" } })))
}
