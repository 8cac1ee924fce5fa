//! Replays: everything of a stretch of time, sent to an endpoint again.
//!
//! A job walks over the events by position, a chunk in each transaction, and begins the next chunk when all of the last
//! one was tried: a million events neither fill memory nor stand in the way of what happens now.

use super::{Kind, jobs, promise};
use crate::answer::{Reply, Taken, seen};
use crate::error::Error;
use crate::jobs::Ending;
use crate::{Actor, App, fail_point, public};
use hundi_core::event::EventType;
use hundi_core::time::minutes;
use hundi_core::{AuditId, DeliveryId, EndpointId, Millis, ReplayId, Scope};
use hundi_store::audit::{self, Record};
use hundi_store::deliveries::{self, Promise};
use hundi_store::endpoints::{self, Endpoint, wanted};
use hundi_store::events::{self, Filter, Placed, Positions};
use hundi_store::idempotency::{self, Key};
use hundi_store::replays::{self, Chunk, State};
use hundi_store::{DbError, Tx};
use std::sync::Arc;

pub use hundi_store::replays::Replay;

/// Events looked at in one transaction.
const CHUNK: i64 = 200;
/// How much later a replay looks again whose last chunk is not tried yet.
const LOOK_MS: i64 = 500;
/// Replays that run for one endpoint at one time.
const RUNNING_MAX: usize = 3;
/// Positions follow time to within this: nodes' clocks differ, and events get their position after their commit.
const SLACK_MS: i64 = minutes(5);

/// What is to be sent again.
#[derive(Clone, Debug)]
pub struct NewReplay {
    /// Inclusive.
    pub since: Millis,
    /// Exclusive. `None`: until now.
    pub until: Option<Millis>,
    /// Empty: all that the endpoint wants.
    pub types: Vec<EventType>,
}

/// Begins a replay, once for each idempotency key. Answers with it.
pub async fn replay(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    id: EndpointId,
    new: NewReplay,
    key: Option<Key>,
) -> Result<Reply, Error> {
    if let Taken::Replay(reply) = seen(app, key.as_ref()).await? {
        return Ok(reply);
    }
    let now = app.now();
    let until = new.until.unwrap_or(now).min(now);
    if new.since >= until {
        return Err(Error::invalid("since", "Send a time that lies in the past, and before until."));
    }
    let replay = Replay {
        id: app.id(ReplayId::new),
        endpoint_id: id,
        scope,
        since: new.since,
        until,
        events: crate::endpoints::filter(&new.types),
        state: State::Running,
        pos: None,
        chunk_at: None,
        enqueued: 0,
        created_at: now,
        done_at: None,
    };
    let record = record(app, actor, &replay);
    let job = jobs::id(app);
    let reply = app
        .store
        .write(async move |tx| {
            let endpoint =
                endpoints::load(tx, scope, id).await?.ok_or(Error::NotFound { what: "endpoint" })?;
            if !endpoint.enabled {
                return Err(Error::EndpointDisabled);
            }
            if replays::running(tx, id).await? >= i64::try_from(RUNNING_MAX).unwrap_or(i64::MAX) {
                return Err(Error::TooMany { what: "replays of one endpoint" });
            }
            let reply = Reply::new(202, &public::replay(&replay));
            let name = replay.id.to_string();
            if let Some(key) = &key
                && !idempotency::begin_done(tx, key, &name, &reply.kept(), now).await?
            {
                return Err(Error::KeyInFlight);
            }
            replays::insert(tx, &replay).await?;
            audit::insert(tx, &record).await?;
            jobs::enqueue(tx, job, Kind::Replay, &name, Some(scope), now, now).await?;
            Ok::<_, Error>(reply)
        })
        .await?;
    app.ring();
    Ok(reply)
}

/// A replay, and how far it has come.
pub async fn find_replay(app: &App, scope: Scope, id: ReplayId) -> Result<Replay, Error> {
    let found = app.store.read(async move |tx| replays::load(tx, scope, id).await).await?;
    found.ok_or(Error::NotFound { what: "replay" })
}

/// The job: one chunk, and when to look after the next.
pub(crate) async fn carry_on(app: &Arc<App>, id: ReplayId) -> Result<Ending, Error> {
    let loaded = app
        .store
        .read(async move |tx| {
            let Some(replay) = replays::load_by_id(tx, id).await? else { return Ok(None) };
            let endpoint = endpoints::load_by_id(tx, replay.endpoint_id).await?;
            let waits = match replay.chunk_at {
                Some(at) => deliveries::any_untried(tx, replay.endpoint_id, at).await?,
                None => false,
            };
            let from = match replay.pos {
                Some(pos) => pos,
                None => first_pos(tx, replay.scope, replay.since.minus(SLACK_MS)).await?,
            };
            Ok::<_, Error>(endpoint.map(|endpoint| (replay, endpoint, waits, from)))
        })
        .await?;
    let Some((replay, endpoint, waits, from)) = loaded.filter(|(r, ..)| r.state == State::Running) else {
        return Ok(Ending::Done);
    };
    let look = Ending::Later(app.now().plus(LOOK_MS));
    if waits && endpoint.enabled {
        return Ok(look);
    }
    let (house, at) = (app.clone(), app.now());
    let chunk = app
        .store
        .write_background(async move |tx| {
            let chunk = next_chunk(&house, tx, &replay, &endpoint, (from, at)).await?;
            replays::advance(tx, &replay, chunk).await?;
            Ok::<_, Error>(chunk)
        })
        .await?;
    fail_point!("replay.after_chunk");
    app.ring();
    Ok(match (chunk.state, chunk.enqueued) {
        (State::Done | State::Stopped, _) => Ending::Done,
        // Nothing to wait for.
        (State::Running, 0) => Ending::Later(at),
        (State::Running, _) => look,
    })
}

/// Promises the next events anew.
async fn next_chunk(
    app: &Arc<App>,
    tx: &mut Tx,
    replay: &Replay,
    endpoint: &Endpoint,
    (from, at): (i64, Millis),
) -> Result<Chunk, DbError> {
    if !endpoint.enabled {
        return Ok(Chunk { to: from, at, enqueued: 0, state: State::Stopped });
    }
    let all = after(tx, replay.scope, from, CHUNK).await?;
    let over = |p: &Placed| p.event.created_at >= replay.until.plus(SLACK_MS);
    let meant = all.iter().filter(|placed| is_meant(replay, endpoint, placed));
    let promises: Vec<_> = meant
        .map(|p| Promise { id: app.id(DeliveryId::new), event: &p.event, endpoint: endpoint.id })
        .collect();
    deliveries::repeat(tx, &promises, at).await?;
    let enqueued = i64::try_from(promises.len()).unwrap_or(CHUNK);
    if enqueued > 0 {
        promise(tx, jobs::id(app), (replay.scope, endpoint.id), at).await?;
    }
    let ends = i64::try_from(all.len()).unwrap_or(0) < CHUNK || all.last().is_some_and(over);
    let to = all.last().map_or(from, |p| p.pos);
    Ok(Chunk { to, at, enqueued, state: if ends { State::Done } else { State::Running } })
}

/// Tests are for the one who pressed the button.
fn is_meant(replay: &Replay, endpoint: &Endpoint, placed: &Placed) -> bool {
    let (event, kind) = (&placed.event, placed.event.kind.as_str());
    (replay.since..replay.until).contains(&event.created_at)
        && event.kind != EventType::EndpointTest
        && endpoint.wants(kind)
        && wanted(&replay.events, kind)
}

/// A position before which nothing happened since then, by halving: events are in the order of time, nearly.
async fn first_pos(tx: &mut Tx, scope: Scope, since: Millis) -> Result<i64, DbError> {
    let (mut low, mut high) = (0, events::last_pos(tx).await?);
    while low < high {
        let middle = low + (high - low) / 2;
        let next = after(tx, scope, middle, 1).await?;
        if next.first().is_none_or(|p| p.event.created_at >= since) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(low)
}

/// The events above a position, in order.
async fn after(tx: &mut Tx, scope: Scope, pos: i64, limit: i64) -> Result<Vec<Placed>, DbError> {
    let ever = (Millis(i64::MIN), Millis(i64::MAX));
    let mut found = events::list(tx, scope, &Filter::default(), &Positions::Above(pos), ever, limit).await?;
    found.reverse();
    Ok(found)
}

fn record(app: &App, actor: &Actor, replay: &Replay) -> Record {
    let detail = serde_json::json!({
        "replay_id": replay.id.to_string(), "since": replay.since.to_string(), "until": replay.until.to_string(),
        "types": replay.events,
    });
    Record {
        id: app.id(AuditId::new),
        chain: replay.scope.merchant().to_string(),
        mode: replay.scope.mode(),
        actor: actor.name.clone(),
        action: "endpoint.replay".into(),
        target_type: "endpoint".into(),
        target_id: replay.endpoint_id.to_string(),
        detail: detail.to_string(),
        ip: actor.ip.clone(),
        at: app.now(),
    }
}
