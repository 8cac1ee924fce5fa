//! Deliveries of events to merchants' endpoints: signed, tried by a schedule, at the endpoint's rate and in its order,
//! never lost.

mod again;
mod look;
mod pace;
mod replay;
mod resend;
mod schedule;
mod send;

pub use again::{send_again, send_again_by_api};
pub use hundi_store::deliveries::{Delivery, State, Try};
pub use look::{across, get, list, of_event, state_named};
pub(crate) use pace::Lines;
pub(crate) use replay::carry_on;
pub use replay::{NewReplay, Replay, find_replay, replay};
pub use resend::{Resend, find_resend, resend, resends};

use crate::error::Error;
use crate::jobs::{self, Ending, Kind};
use crate::{App, fail_point, mail, planted};
use hundi_core::time::{days, seconds};
use hundi_core::{AuditId, DeliveryId, Millis};
use hundi_store::audit::{self, Record};
use hundi_store::deliveries as rows;
use hundi_store::endpoints::{self, Endpoint};
use hundi_store::events::{self, Event};
use hundi_store::{DbError, Tx};
use send::{Tried, send};
use std::sync::Arc;

/// An endpoint is disabled that failed for so long and so often, without one success between. Its events stay and can
/// be sent again.
const DISABLE_AFTER_MS: i64 = days(5);
const DISABLE_FAILURES_MIN: i64 = 20;

/// Tries at one endpoint at one time: a slow one must not stand in the way of others (SAFETY T45).
pub(crate) const AT_ONE_ENDPOINT: usize = 4;
/// How much later a delivery looks again that got no turn.
const BUSY_MS: i64 = 500;
/// The same for one that waits for an earlier event of its object. It is woken by whoever delivers that one; this is
/// for the wake-up that never comes.
const ORDER_LOOK_MS: i64 = seconds(5);

/// What a delivery's job works with.
struct Work {
    delivery: Delivery,
    endpoint: Endpoint,
    event: Event,
    /// An earlier event of the same object that must arrive first.
    before: Option<Delivery>,
}

async fn load(app: &App, id: DeliveryId) -> Result<Option<Work>, Error> {
    app.store
        .read(async move |tx| {
            let Some(delivery) = rows::load_by_id(tx, id).await? else { return Ok(None) };
            let Some(endpoint) = endpoints::load_by_id(tx, delivery.endpoint_id).await? else {
                return Ok(None);
            };
            let Some(placed) = events::load(tx, delivery.scope, delivery.event_id).await? else {
                return Ok(None);
            };
            let before = match endpoint.ordered && !planted!("order_not_kept") {
                true => rows::before(tx, &delivery).await?,
                false => None,
            };
            Ok(Some(Work { delivery, endpoint, event: placed.event, before }))
        })
        .await
}

/// The job: one try, and when the next one is.
pub(crate) async fn deliver(app: &Arc<App>, id: DeliveryId) -> Result<Ending, Error> {
    let Some(work) = load(app, id).await?.filter(|w| w.delivery.state == State::Scheduled) else {
        return Ok(Ending::Done);
    };
    let Work { delivery, endpoint, event, before } = &work;
    if !endpoint.enabled {
        let tried = Tried::not_sent("the endpoint is disabled", app.now());
        return note(app, delivery, endpoint, tried, (State::Disabled, None)).await;
    }
    let due = delivery.next_at.unwrap_or(delivery.created_at);
    if app.now() < due {
        return Ok(Ending::Later(due));
    }
    if let Some(before) = before {
        let look = app.now().plus(ORDER_LOOK_MS);
        return Ok(Ending::Later(before.next_at.map_or(look, |next| next.plus(1).max(look))));
    }
    let Ok(turn) = app.at_endpoints.take(endpoint.id).await else {
        return Ok(Ending::Later(app.now().plus(BUSY_MS)));
    };
    if let Some(later) = pace::full_until(app, endpoint, delivery).await? {
        return Ok(Ending::Later(later));
    }
    fail_point!("delivery.before_send");
    let tried = send(app, endpoint, event, delivery.id).await?;
    fail_point!("delivery.after_send");
    turn.took(tried.took_ms);
    app.figures.delivered(tried.good());
    let next = after(app, endpoint, delivery, &tried);
    note(app, delivery, endpoint, tried, next).await
}

/// What a try leads to.
fn after(app: &App, endpoint: &Endpoint, delivery: &Delivery, tried: &Tried) -> (State, Option<Millis>) {
    if tried.good() || planted!("any_answer_is_delivered") && tried.status.is_some() {
        return (State::Delivered, None);
    }
    match schedule::next_try(app, endpoint, delivery, tried) {
        _ if is_gone(tried) => (State::Disabled, None),
        Some(next) => (State::Scheduled, Some(next)),
        None => (State::Exhausted, None),
    }
}

fn is_gone(tried: &Tried) -> bool {
    tried.status == Some(410) && !planted!("gone_is_tried_again")
}

async fn note(
    app: &Arc<App>,
    delivery: &Delivery,
    endpoint: &Endpoint,
    tried: Tried,
    (state, next): (State, Option<Millis>),
) -> Result<Ending, Error> {
    let now = app.now();
    let row = tried.row(delivery.attempts + 1);
    let (gone, sent) = (is_gone(&tried), tried.was_sent());
    let (d, was_failing, ordered) = (delivery.clone(), endpoint.failing_since.is_some(), endpoint.ordered);
    let (audit_id, job, house) = (app.id(AuditId::new), jobs::id(app), app.clone());
    let woken = app
        .store
        .write(async move |tx| {
            if !rows::tried(tx, &d, &row, state, next, now).await? {
                return Ok(false);
            }
            match state {
                State::Delivered if was_failing => endpoints::working(tx, d.endpoint_id).await?,
                State::Delivered => {}
                State::Scheduled | State::Exhausted | State::Disabled if sent => {
                    if let Some(reason) = given_up(tx, &d, gone, now).await? {
                        disable(&house, tx, audit_id, &d, &reason, now).await?;
                    }
                }
                State::Scheduled | State::Exhausted | State::Disabled => {}
            }
            if !ordered || state == State::Scheduled {
                return Ok(false);
            }
            // It stands in nobody's way any more.
            let Some(behind) = rows::behind(tx, &d).await? else { return Ok(false) };
            let (key, at) = (behind.id.to_string(), behind.next_at.unwrap_or(now).max(now));
            jobs::enqueue(tx, job, Kind::Deliver, &key, Some(d.scope), at, now).await?;
            Ok::<_, Error>(true)
        })
        .await?;
    fail_point!("delivery.after_record");
    if woken {
        app.ring();
    }
    Ok(next.map_or(Ending::Done, Ending::Later))
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

/// Disables an endpoint, by no person's hand, and has its people written to.
async fn disable(
    app: &App,
    tx: &mut Tx,
    id: AuditId,
    d: &Delivery,
    reason: &str,
    now: Millis,
) -> Result<(), DbError> {
    if !endpoints::disable(tx, d.endpoint_id, reason).await? {
        return Ok(());
    }
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
    mail::endpoint_disabled(app, tx, d.scope, (d.endpoint_id, id), now).await
}
