//! `PayPal-Request-Id`: what was asked with a key, and how that now stands.
//!
//! Kept six hours for orders and 45 days for payments, for each path. A replay answers 200 with the latest state.

use super::ask::{Ask, Refusal, Said};
use super::{PayPalSim, show};
use crate::sim::SimRequest;
use hundi_core::Millis;
use hundi_core::time::{days, hours};
use serde_json::Value;

/// Account, path and key.
pub(super) type Place = (usize, String, String);

pub(super) struct Remembered {
    body: Vec<u8>,
    made: Made,
    until: Millis,
}

/// What a first call made or changed.
#[derive(Clone)]
pub(super) enum Made {
    Order(String),
    Authorization(String),
    Capture(String),
    Refund(String),
}

pub(super) fn place(account: usize, request: &SimRequest) -> Option<Place> {
    let key = crate::sim::kit::header(request, "paypal-request-id").filter(|key| !key.is_empty())?;
    let path = request.target.split('?').next().unwrap_or_default();
    (request.method == "POST").then(|| (account, path.to_owned(), key.to_owned()))
}

/// The answer to a key that was seen before; `None` for a new one.
pub(super) fn seen(sim: &PayPalSim, ask: &Ask) -> Result<Option<Value>, Refusal> {
    let Some(place) = &ask.key else { return Ok(None) };
    if place.2.len() > 108 {
        return Err(Refusal::invalid("INVALID_STRING_LENGTH"));
    }
    if sim.keys_in_progress.contains(place) {
        return Err(Refusal::conflict("PREVIOUS_REQUEST_IN_PROGRESS"));
    }
    match sim.keys.get(place).filter(|known| sim.now < known.until) {
        None => Ok(None),
        // Not documented what PayPal does here: an error is what callers must be able to stand.
        Some(known) if known.body != ask.raw => Err(Refusal::issue("DUPLICATE_REQUEST_ID")),
        Some(known) => Ok(Some(shown(sim, &known.made, ask))),
    }
}

/// Remembers what a call made and shows it. Refusals are not remembered.
pub(super) fn made(sim: &mut PayPalSim, ask: &Ask, made: Made) -> Said {
    let value = shown(sim, &made, ask);
    if let Some(place) = ask.key.clone() {
        let life = if place.1.starts_with("/v2/checkout/") { hours(6) } else { days(45) };
        let until = sim.now.plus(life);
        sim.keys.insert(place, Remembered { body: ask.raw.clone(), made, until });
    }
    Ok((201, value))
}

fn shown(sim: &PayPalSim, made: &Made, ask: &Ask) -> Value {
    let whole = match made {
        Made::Order(id) => show::order(sim, sim.orders.get(id).expect("made before")),
        Made::Authorization(id) => show::authorization(sim, sim.authorizations.get(id).expect("made before")),
        Made::Capture(id) => show::capture(sim, sim.captures.get(id).expect("made before")),
        Made::Refund(id) => show::refund(sim, sim.refunds.get(id).expect("made before")),
    };
    ask.preferred(whole)
}
