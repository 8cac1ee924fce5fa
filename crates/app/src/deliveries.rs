//! Deliveries of events to merchants' endpoints: signed, tried by a schedule, never lost.

use crate::answer::{Reply, Taken, seen};
use crate::endpoints::signing_secrets;
use crate::error::Error;
use crate::jobs::{self, Ending, Kind};
use crate::net::{NetError, Outgoing, To};
use crate::{Actor, App, fail_point, planted, public, random, signing};
use hundi_core::time::days;
use hundi_core::{AuditId, DeliveryId, EndpointId, Millis, Mode, Scope};
use hundi_store::Page;
use hundi_store::audit::{self, Record};
use hundi_store::endpoints::{self, Endpoint};
use hundi_store::events::{self, Event};
use hundi_store::idempotency::{self, Key};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use hundi_store::endpoints::{Delivery, State, Try};

/// A merchant's endpoint answers within this, or it failed (SAFETY T45).
const DEADLINE_MS: u64 = 15_000;
const ANSWER_BYTES_MAX: usize = 64 << 10;
/// How much of an answer is kept.
const KEPT_BYTES: usize = 1 << 10;
/// An endpoint that failed for so long is disabled; its events stay and can be sent again.
const DISABLE_AFTER_MS: i64 = days(5);

/// Tries at one endpoint at one time: a slow one must not stand in the way of others (SAFETY T45).
const TURNS_MAX: usize = 4;
/// Deliveries that wait here for a turn at one endpoint. Those beyond look again later.
const WAITING_MAX: usize = 128;
/// A quick endpoint's turn comes within milliseconds. Whoever waited so long makes room for others, and nobody waits
/// for an endpoint whose last answer took so long.
const WAIT_MS: u64 = 250;
/// How much later a delivery looks again that got no turn.
const BUSY_MS: i64 = 500;

/// Turns in use and waited for, by endpoint.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<EndpointId, Line>>);

/// Who is at one endpoint, and who stands in line.
#[derive(Debug)]
struct Line {
    people: usize,
    turns: Arc<Semaphore>,
    is_slow: bool,
}

/// One place in an endpoint's line, given back when it is dropped.
struct Turn<'a> {
    turns: &'a Turns,
    endpoint: EndpointId,
    held: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// First come, first served. `None`: the line is too long or too slow.
    async fn take(&self, endpoint: EndpointId) -> Option<Turn<'_>> {
        let line = self.stand_in_line(endpoint)?;
        let mut turn = Turn { turns: self, endpoint, held: None };
        let came = tokio::time::timeout(Duration::from_millis(WAIT_MS), line.acquire_owned()).await;
        turn.held = came.ok().and_then(Result::ok);
        turn.held.is_some().then_some(turn)
    }

    fn stand_in_line(&self, endpoint: EndpointId) -> Option<Arc<Semaphore>> {
        let mut lines = self.lines();
        let new = || Line { people: 0, turns: Arc::new(Semaphore::new(TURNS_MAX)), is_slow: false };
        let line = lines.entry(endpoint).or_insert_with(new);
        let waiting_max = if line.is_slow { 0 } else { WAITING_MAX };
        if line.people >= TURNS_MAX + waiting_max {
            return None;
        }
        line.people += 1;
        Some(line.turns.clone())
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<EndpointId, Line>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// How long the endpoint took: the line behind a slow one is short.
    fn took(&self, ms: i64) {
        if let Some(line) = self.turns.lines().get_mut(&self.endpoint) {
            line.is_slow = u64::try_from(ms).is_ok_and(|ms| ms >= WAIT_MS);
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut lines = self.turns.lines();
        drop(self.held.take());
        if let Some(line) = lines.get_mut(&self.endpoint) {
            line.people -= 1;
            if line.people == 0 {
                lines.remove(&self.endpoint);
            }
        }
    }
}

/// The job: one try, and when the next one is.
pub(crate) async fn deliver(app: &Arc<App>, id: DeliveryId) -> Result<Ending, Error> {
    let loaded = app
        .store
        .read(async move |tx| {
            let Some(delivery) = endpoints::delivery_by_id(tx, id).await? else { return Ok(None) };
            let endpoint = endpoints::load_by_id(tx, delivery.endpoint_id).await?;
            let event = events::load(tx, delivery.scope, delivery.event_id).await?;
            Ok::<_, Error>(endpoint.zip(event).map(|(endpoint, event)| (delivery, endpoint, event.event)))
        })
        .await?;
    let Some((delivery, endpoint, event)) = loaded.filter(|(d, _, _)| d.state == State::Scheduled) else {
        return Ok(Ending::Done);
    };
    if !endpoint.enabled {
        return note(
            app,
            &delivery,
            &endpoint,
            Tried::not_sent("the endpoint is disabled"),
            State::Disabled,
            None,
        )
        .await;
    }
    let due = delivery.next_at.unwrap_or(delivery.created_at);
    if app.now() < due {
        return Ok(Ending::Later(due));
    }
    let Some(turn) = app.turns.take(endpoint.id).await else {
        return Ok(Ending::Later(app.now().plus(BUSY_MS)));
    };
    fail_point!("delivery.before_send");
    let tried = send(app, &endpoint, &event, &delivery.id.to_string()).await?;
    fail_point!("delivery.after_send");
    turn.took(tried.took_ms);
    app.figures.delivered(tried.good());
    let (state, next) = after(app, &delivery, &tried);
    note(app, &delivery, &endpoint, tried, state, next).await
}

/// One try, as it went.
pub(crate) struct Tried {
    at: Millis,
    took_ms: i64,
    status: Option<u16>,
    retry_after_ms: Option<i64>,
    error: Option<String>,
    response: String,
}

impl Tried {
    /// 2xx and nothing else: a redirect is not an answer.
    fn good(&self) -> bool {
        let end = if planted!("redirect_is_success") { 400 } else { 300 };
        self.status.is_some_and(|s| (200..end).contains(&s))
    }

    fn not_sent(why: &str) -> Self {
        Self {
            at: Millis(0),
            took_ms: 0,
            status: None,
            retry_after_ms: None,
            error: Some(why.to_owned()),
            response: String::new(),
        }
    }
}

async fn send(app: &App, endpoint: &Endpoint, event: &Event, delivery: &str) -> Result<Tried, Error> {
    let secrets = signing_secrets(app, endpoint).await?;
    let at = app.now();
    let body = public::event(event).to_string().into_bytes();
    let mut headers = signing::headers(&secrets, &event.id.to_string(), at, &body);
    if planted!("unsigned_deliveries") {
        headers.clear();
    }
    headers.push(("content-type".into(), "application/json".into()));
    headers.push(("user-agent".into(), concat!("hundi/", env!("CARGO_PKG_VERSION")).into()));
    headers.push(("x-delivery-id".into(), delivery.to_owned()));
    let out = Outgoing {
        method: "POST".into(),
        url: endpoint.url.clone(),
        headers,
        body,
        deadline_ms: DEADLINE_MS,
        body_bytes_max: ANSWER_BYTES_MAX,
        to: To::Merchant(endpoint.scope.mode()),
    };
    let ended = app.transport.send(out).await;
    let took_ms = app.now().since(at);
    Ok(match ended {
        Ok(answer) => {
            let retry_after = answer.headers.iter().find(|(n, _)| n == "retry-after");
            let secs = retry_after.and_then(|(_, v)| v.trim().parse::<i64>().ok());
            Tried {
                at,
                took_ms,
                status: Some(answer.status),
                retry_after_ms: secs.map(|s| s.clamp(0, 86_400) * 1000),
                error: None,
                response: excerpt(&answer.body),
            }
        }
        Err(error) => {
            let error = match error {
                // One text for every blocked address: the log must not tell open ports from closed ones.
                NetError::Forbidden(text) => text.to_owned(),
                other => other.to_string(),
            };
            Tried {
                at,
                took_ms,
                status: None,
                retry_after_ms: None,
                error: Some(error),
                response: String::new(),
            }
        }
    })
}

fn excerpt(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(KEPT_BYTES)]).replace('\0', "\u{fffd}")
}

/// What a try leads to.
fn after(app: &App, delivery: &Delivery, tried: &Tried) -> (State, Option<Millis>) {
    if tried.good() || planted!("any_answer_is_delivered") && tried.status.is_some() {
        return (State::Delivered, None);
    }
    let schedule = match delivery.scope.mode() {
        Mode::Live => &app.config.deliveries_live,
        Mode::Test => &app.config.deliveries_test,
    };
    let n = usize::try_from(delivery.attempts).unwrap_or(usize::MAX);
    let gap = schedule.gaps_ms.get(n).or(schedule.gaps_ms.last()).copied().unwrap_or(60_000);
    // Up to a tenth later, so that an endpoint that comes back is not run over.
    let jitter = random::number(&*app.random, u64::try_from(gap / 10).unwrap_or(0));
    let wait = gap.max(tried.retry_after_ms.unwrap_or(0)) + i64::try_from(jitter).unwrap_or(0);
    let next = app.now().plus(wait);
    if next.since(delivery.created_at) > schedule.give_up_after_ms || planted!("one_failure_gives_up") {
        return (State::Exhausted, None);
    }
    (State::Scheduled, Some(next))
}

async fn note(
    app: &Arc<App>,
    delivery: &Delivery,
    endpoint: &Endpoint,
    tried: Tried,
    state: State,
    next: Option<Millis>,
) -> Result<Ending, Error> {
    let now = app.now();
    let gone = tried.status == Some(410) && !planted!("gone_is_tried_again");
    let long_failing = endpoint.failing_since.is_some_and(|since| now.since(since) >= DISABLE_AFTER_MS);
    let (state, next) =
        if gone && state == State::Scheduled { (State::Disabled, None) } else { (state, next) };
    let row = Try {
        n: delivery.attempts + 1,
        at: if tried.at.0 == 0 { now } else { tried.at },
        took_ms: tried.took_ms,
        status: tried.status.map(i64::from),
        error: tried.error.clone(),
        response: tried.response.clone(),
    };
    let (d, failing_since) = (delivery.clone(), endpoint.failing_since);
    app.store
        .write(async move |tx| {
            if !endpoints::tried(tx, &d, &row, state, next, now).await? {
                return Ok(());
            }
            match state {
                State::Delivered if failing_since.is_some() => endpoints::working(tx, d.endpoint_id).await?,
                State::Delivered => {}
                State::Scheduled | State::Exhausted | State::Disabled => {
                    if failing_since.is_none() {
                        endpoints::failing(tx, d.endpoint_id, now).await?;
                    }
                    if gone {
                        endpoints::disable(tx, d.endpoint_id, "it answered 410 Gone").await?;
                    } else if long_failing {
                        endpoints::disable(tx, d.endpoint_id, "it failed for five days").await?;
                    }
                }
            }
            Ok::<_, Error>(())
        })
        .await?;
    fail_point!("delivery.after_record");
    Ok(next.map_or(Ending::Done, Ending::Later))
}

/// A delivery with its tries.
pub async fn get(app: &App, scope: Scope, id: DeliveryId) -> Result<(Delivery, Vec<Try>, Event), Error> {
    app.store
        .read(async move |tx| {
            let found = endpoints::delivery(tx, scope, id).await?;
            let delivery = found.ok_or(Error::NotFound { what: "delivery" })?;
            let event =
                events::load(tx, scope, delivery.event_id).await?.ok_or(Error::NotFound { what: "event" })?;
            Ok((delivery, endpoints::tries(tx, id).await?, event.event))
        })
        .await
}

/// The state of this name, for filters.
pub fn state_named(text: &str) -> Option<State> {
    let all = [State::Scheduled, State::Delivered, State::Exhausted, State::Disabled];
    all.into_iter().find(|state| state.as_str() == text)
}

/// A page of an endpoint's deliveries, newest first.
pub async fn list(
    app: &App,
    scope: Scope,
    endpoint: EndpointId,
    narrowed: Option<State>,
    page: Page,
) -> Result<Vec<Delivery>, Error> {
    app.store
        .read(async move |tx| {
            endpoints::load(tx, scope, endpoint).await?.ok_or(Error::NotFound { what: "endpoint" })?;
            Ok(endpoints::deliveries(tx, scope, endpoint, narrowed, &page).await?)
        })
        .await
}

/// A page of several endpoints' deliveries as one list, newest first.
pub async fn across(
    app: &App,
    scope: Scope,
    among: Vec<EndpointId>,
    narrowed: Option<State>,
    page: Page,
) -> Result<Vec<Delivery>, Error> {
    app.store
        .read(async move |tx| {
            let mut all = Vec::new();
            for endpoint in among.iter().copied() {
                all.extend(endpoints::deliveries(tx, scope, endpoint, narrowed, &page).await?);
            }
            Ok(page.merged(all, |d| (d.created_at, d.id.to_string())))
        })
        .await
}

/// Sends a delivery once more, now, whatever became of it.
pub async fn send_again(app: &App, scope: Scope, actor: &Actor, id: DeliveryId) -> Result<(), Error> {
    send_again_by_api(app, scope, actor, id, None).await.map(drop)
}

/// The same for the API: once for each idempotency key. Answers with the delivery.
pub async fn send_again_by_api(
    app: &App,
    scope: Scope,
    actor: &Actor,
    id: DeliveryId,
    key: Option<Key>,
) -> Result<Reply, Error> {
    if let Taken::Replay(reply) = seen(app, key.as_ref()).await? {
        return Ok(reply);
    }
    let (job, now) = (jobs::id(app), app.now());
    let record = Record {
        id: app.id(AuditId::new),
        chain: scope.merchant().to_string(),
        mode: scope.mode(),
        actor: actor.name.clone(),
        action: "delivery.send_again".into(),
        target_type: "delivery".into(),
        target_id: id.to_string(),
        detail: "{}".into(),
        ip: actor.ip.clone(),
        at: now,
    };
    let reply = app
        .store
        .write(async move |tx| {
            if !endpoints::send_again(tx, scope, id, now).await? {
                return Err(Error::NotFound { what: "delivery" });
            }
            audit::insert(tx, &record).await?;
            jobs::enqueue(tx, job, Kind::Deliver, &id.to_string(), Some(scope), now, now).await?;
            let delivery =
                endpoints::delivery(tx, scope, id).await?.ok_or(Error::NotFound { what: "delivery" })?;
            let reply = Reply::new(202, &public::delivery(&delivery, &endpoints::tries(tx, id).await?));
            if let Some(key) = &key
                && !idempotency::begin_done(tx, key, &id.to_string(), &reply.kept(), now).await?
            {
                return Err(Error::KeyInFlight);
            }
            Ok(reply)
        })
        .await?;
    app.ring();
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_stands_in_line_for_a_quick_endpoint_and_never_for_a_slow_one() {
        let (turns, endpoint) = (Turns::default(), EndpointId::new(Millis(1), [0; 10]));
        let mut taken = Vec::new();
        for _ in 0..TURNS_MAX {
            taken.push(turns.take(endpoint).await.expect("nobody is before us"));
        }
        let other = turns.take(EndpointId::new(Millis(1), [1; 10])).await;
        assert!(other.is_some(), "another endpoint has turns of its own");
        let (next, ()) = tokio::join!(turns.take(endpoint), async { drop(taken.pop()) });
        let next = next.expect("a turn was given back while we waited");
        next.took(i64::try_from(WAIT_MS).unwrap());
        assert!(turns.take(endpoint).await.is_none(), "all turns are taken, and it is slow");
        drop((taken, next, other));
        assert!(turns.lines().is_empty(), "nobody is left in any line");
    }
}
