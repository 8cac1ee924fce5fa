//! What came of tries, written: each with what follows from it for its delivery and for the endpoint.

use super::State;
use super::schedule::next_try;
use super::send::Tried;
use crate::endpoints::tell_disabled;
use crate::error::Error;
use crate::{App, mail, planted};
use hundi_core::time::days;
use hundi_core::{AuditId, DeliveryId, Millis};
use hundi_store::audit::{self, Record};
use hundi_store::deliveries::{self as rows, Delivery};
use hundi_store::endpoints::{self, Endpoint};
use hundi_store::{DbError, Tx};
use std::sync::Arc;

/// An endpoint is disabled that failed for so long and so often, without one success between. Its events stay and can
/// be sent again.
const DISABLE_AFTER_MS: i64 = days(5);
const DISABLE_FAILURES_MIN: i64 = 20;

/// A try that ended, and what becomes of its delivery.
pub(super) struct Heard {
    delivery: Delivery,
    tried: Tried,
    state: State,
    /// When it is tried again.
    pub(super) next: Option<Millis>,
}

impl Heard {
    pub(super) fn new(app: &App, endpoint: &Endpoint, delivery: Delivery, tried: Tried) -> Self {
        let (state, next) = after(app, endpoint, &delivery, &tried);
        Self { delivery, tried, state, next }
    }

    /// Not tried at all: nothing is sent to a disabled endpoint.
    pub(super) fn disabled(delivery: Delivery, at: Millis) -> Self {
        let tried = Tried::not_sent("the endpoint is disabled", at);
        Self { delivery, tried, state: State::Disabled, next: None }
    }
}

/// What a try leads to.
fn after(app: &App, endpoint: &Endpoint, delivery: &Delivery, tried: &Tried) -> (State, Option<Millis>) {
    if tried.good() || planted!("any_answer_is_delivered") && tried.status.is_some() {
        return (State::Delivered, None);
    }
    match next_try(app, endpoint, delivery, tried) {
        _ if tried.is_gone() => (State::Disabled, None),
        Some(next) => (State::Scheduled, Some(next)),
        None => (State::Exhausted, None),
    }
}

/// What was written.
pub(super) struct Noted {
    pub(super) deliveries: Vec<DeliveryId>,
    /// The last try that counts failed.
    pub(super) failing: bool,
    pub(super) disabled: bool,
}

/// Writes tries in the order in which they ended. Not those that another worker noted first.
pub(super) async fn note(app: Arc<App>, failing: bool, heard: Vec<Heard>) -> Result<Noted, Error> {
    let (now, audit_id, house) = (app.now(), app.id(AuditId::new), app.clone());
    let written = app.store.write(async move |tx| {
        let mut noted = Noted { deliveries: Vec::with_capacity(heard.len()), failing, disabled: false };
        let mut arrived = Vec::with_capacity(heard.len());
        for Heard { delivery, tried, state, next } in &heard {
            noted.deliveries.push(delivery.id);
            let row = tried.row(delivery.attempts + 1);
            if *state == State::Delivered {
                arrived.push((delivery, row));
                if std::mem::take(&mut noted.failing) {
                    endpoints::working(tx, delivery.endpoint_id).await?;
                }
                continue;
            }
            if !rows::tried(tx, delivery, &row, *state, *next, now).await? || !tried.was_sent() {
                continue;
            }
            noted.failing = true;
            if let Some(reason) = given_up(tx, delivery, tried.is_gone(), now).await? {
                noted.disabled |= disable(&house, tx, audit_id, delivery, &reason, now).await?;
            }
        }
        rows::arrived(tx, &arrived, now).await?;
        Ok::<_, Error>(noted)
    });
    written.await
}

/// Counts a failure. The reason to disable the endpoint, if it is one failure too many.
async fn given_up(tx: &mut Tx, d: &Delivery, gone: bool, now: Millis) -> Result<Option<String>, DbError> {
    let Some((since, failures)) = endpoints::failed(tx, d.endpoint_id, now).await? else { return Ok(None) };
    if gone {
        return Ok(Some("it answered 410 Gone".to_owned()));
    }
    let long = now.since(since) >= DISABLE_AFTER_MS && failures >= DISABLE_FAILURES_MIN;
    let ends = long && !planted!("failing_for_ever");
    Ok(ends.then(|| format!("no try succeeded for five days, and {failures} failed")))
}

/// Disables an endpoint, by no person's hand, and has its people written to. `false`: it was disabled before.
async fn disable(
    app: &App,
    tx: &mut Tx,
    id: AuditId,
    d: &Delivery,
    reason: &str,
    now: Millis,
) -> Result<bool, DbError> {
    let Some(seq) = endpoints::disable(tx, d.endpoint_id, reason).await? else { return Ok(false) };
    let detail = serde_json::json!({ "reason": reason, "delivery_id": d.id.to_string() });
    let record = Record {
        id,
        chain: d.scope.merchant().to_string(),
        mode: d.scope.mode(),
        actor: "policy".into(),
        action: "endpoint.disable".into(),
        target_type: "endpoint".into(),
        target_id: d.endpoint_id.to_string(),
        detail: detail.to_string(),
        ip: String::new(),
        at: now,
    };
    audit::insert(tx, &record).await?;
    tell_disabled(app, tx, (d.scope, d.endpoint_id, seq), now).await?;
    mail::endpoint_disabled(app, tx, d.scope, (d.endpoint_id, id), now).await?;
    Ok(true)
}
