//! Sweeps: a provider's own lists of what moved on an account, read daily over each connection or when somebody asks.
//!
//! They find what no notice told and no poll asked. Absence from a list proves nothing: what a list lacks stays as it is.

mod due;
mod work;

pub use hundi_store::sweeps::{Cause, Found, State, Sweep};

pub(crate) use due::begin_due;
pub(crate) use work::work;

use crate::answer::{Reply, Taken, seen};
use crate::connections::provider_of;
use crate::error::Error;
use crate::jobs::{self, Kind};
use crate::{Actor, App, fail_point, public};
use hundi_core::time::days;
use hundi_core::{AuditId, ConnectionId, Millis, Scope, SweepId};
use hundi_store::audit::{self, Record};
use hundi_store::connections::{self as rows, Connection};
use hundi_store::idempotency::{self, Key};
use hundi_store::{Tx, sweeps};
use std::sync::Arc;

/// Lists go by when a payment was made, and money can move for days after that. So much of what was read is read again.
const OVERLAP_MS: i64 = days(2);
/// The furthest back that anybody asks for.
pub const DAYS_MAX: i64 = 31;

/// Whether the provider of a connection has lists to read.
pub fn offered(row: &Connection) -> bool {
    provider_of(&row.provider).is_ok_and(|p| p.sweep().is_some())
}

/// Begins a sweep for the API, once for each idempotency key: as far back as was never read, and at least `days`.
pub async fn sweep_by_api(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    id: ConnectionId,
    days: Option<i64>,
    key: Option<Key>,
) -> Result<Reply, Error> {
    if let Taken::Replay(reply) = seen(app, key.as_ref()).await? {
        return Ok(reply);
    }
    let sweep = begin(app, scope, actor, id, days, key).await?;
    Ok(Reply::new(202, &public::sweep(&sweep)))
}

/// Begins a sweep that somebody asked for. One that is under way is theirs too.
pub async fn sweep(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    id: ConnectionId,
    days: Option<i64>,
) -> Result<Sweep, Error> {
    begin(app, scope, actor, id, days, None).await
}

async fn begin(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    id: ConnectionId,
    days: Option<i64>,
    key: Option<Key>,
) -> Result<Sweep, Error> {
    if days.is_some_and(|n| !(1..=DAYS_MAX).contains(&n)) {
        return Err(Error::invalid("days", format!("Send a whole number from 1 to {DAYS_MAX}.")));
    }
    let record = Record {
        id: app.id(AuditId::new),
        chain: scope.merchant().to_string(),
        mode: scope.mode(),
        actor: actor.name.clone(),
        action: "connection.sweep".into(),
        target_type: "connection".into(),
        target_id: id.to_string(),
        detail: "{}".into(),
        ip: actor.ip.clone(),
        at: app.now(),
    };
    let (house, back) = (app.clone(), days.map(hundi_core::time::days));
    let (by, new) = (actor.name.clone(), app.id(SweepId::new));
    let sweep = app
        .store
        .write(async move |tx| {
            let row = rows::load(tx, scope, id).await?.ok_or(Error::NotFound { what: "connection" })?;
            if !offered(&row) {
                return Err(Error::SweepNotOffered);
            }
            let now = house.now();
            let from = back.map(|ms| now.minus(ms));
            let sweep = insert(&house, tx, new, &row, (Cause::Asked, by.clone()), from, (now, now)).await?;
            audit::insert(tx, &record).await?;
            if let Some(key) = &key {
                let reply = Reply::new(202, &public::sweep(&sweep));
                if !idempotency::begin_done(tx, key, &sweep.id.to_string(), &reply.kept(), now).await? {
                    return Err(Error::KeyInFlight);
                }
            }
            Ok::<_, Error>(sweep)
        })
        .await?;
    fail_point!("sweep.after_begin");
    app.ring();
    Ok(sweep)
}

/// The row and the job that carries it out; or the one that is under way.
async fn insert(
    app: &App,
    tx: &mut Tx,
    id: SweepId,
    row: &Connection,
    (cause, asked_by): (Cause, String),
    from: Option<Millis>,
    (run_at, now): (Millis, Millis),
) -> Result<Sweep, Error> {
    if let Some(running) = sweeps::running(tx, row.id).await? {
        // The night's may be waiting for its minute: whoever asks wants it now.
        let name = running.id.to_string();
        jobs::enqueue(tx, jobs::id(app), Kind::Sweep, &name, Some(row.scope), run_at, now).await?;
        return Ok(running);
    }
    let unread =
        sweeps::read_until(tx, row.id).await?.map_or(row.created_at, |until| until.minus(OVERLAP_MS));
    // Never less than what was not read: a later sweep goes on where this one ended.
    let from = from.map_or(unread, |from| from.min(unread));
    let oldest = now.minus(days(DAYS_MAX));
    let sweep = Sweep {
        id,
        scope: row.scope,
        connection_id: row.id,
        from: from.max(oldest).min(now.minus(1)),
        // A second more than now: clocks differ, and lists go by whole seconds.
        to: now.plus(1000),
        cause,
        asked_by,
        state: State::Running,
        place: None,
        pages: 0,
        found: Found::default(),
        failures: 0,
        error: None,
        created_at: now,
        ended_at: None,
    };
    if !sweeps::insert(tx, &sweep).await? {
        return Err(hundi_store::DbError::Conflict("a sweep began meanwhile").into());
    }
    let name = sweep.id.to_string();
    jobs::enqueue(tx, jobs::id(app), Kind::Sweep, &name, Some(row.scope), run_at, now).await?;
    Ok(sweep)
}

/// A sweep, and how far it has come.
pub async fn get(app: &App, scope: Scope, id: SweepId) -> Result<Sweep, Error> {
    let found = app.store.read(async move |tx| sweeps::load(tx, scope, id).await).await?;
    found.ok_or(Error::NotFound { what: "sweep" })
}

/// The newest over a connection of this scope.
pub async fn last(app: &App, scope: Scope, connection: ConnectionId) -> Result<Option<Sweep>, Error> {
    let last = app.store.read(async move |tx| sweeps::last(tx, connection).await).await?;
    Ok(last.filter(|sweep| sweep.scope == scope))
}
