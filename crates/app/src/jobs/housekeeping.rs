//! Chores by the clock: schedules are rows, advanced by compare-and-set, so that one node does each.

use crate::App;
use crate::error::Error;
use hundi_core::Millis;
use hundi_core::time::{days, hours, minutes};
use hundi_store::{idempotency, people, routing, settings};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Idempotency keys are kept this long (PRODUCT PY7).
const KEYS_KEPT_MS: i64 = days(7);
const PURGE_BATCH: u64 = 500;
const PURGE_TURNS_MAX: usize = 20;
const EVERY_MS: i64 = hours(1);
/// How soon it is noticed that a connection's webhooks have gone silent.
const WEBHOOKS_EVERY_MS: i64 = minutes(10);

const LOOK_EVERY_MS: i64 = 30_000;

/// When this process last looked, so that the row is not read at every turn.
#[derive(Debug)]
pub(crate) struct Chores(AtomicI64);

impl Default for Chores {
    fn default() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }
}

/// Runs the hourly chores if they are due and no other node has them.
pub(super) async fn if_due(app: &Arc<App>) -> Result<(), Error> {
    let now = app.now();
    let looked = app.chores.0.load(Ordering::Relaxed);
    if looked != i64::MIN && (0..LOOK_EVERY_MS).contains(&now.0.saturating_sub(looked)) {
        return Ok(());
    }
    app.chores.0.store(now.0, Ordering::Relaxed);
    if is_ours(app, "webhooks", WEBHOOKS_EVERY_MS, now).await? {
        crate::connections::look_at_all(app).await?;
    }
    if is_ours(app, "hourly", EVERY_MS, now).await? { hourly(app).await } else { Ok(()) }
}

/// Whether a schedule is due, and no other node has it.
async fn is_ours(app: &App, name: &'static str, every_ms: i64, now: Millis) -> Result<bool, Error> {
    let next = now.plus(every_ms);
    let ours = app.store.write(async move |tx| {
        let due = settings::due(tx, name, next).await?;
        if now < due { Ok(false) } else { settings::advance(tx, name, due, next).await }
    });
    Ok(ours.await?)
}

async fn hourly(app: &Arc<App>) -> Result<(), Error> {
    let now = app.now();
    for _ in 0..PURGE_TURNS_MAX {
        let purged = app.store.write_background(async move |tx| {
            idempotency::purge(tx, now.minus(KEYS_KEPT_MS), i64::try_from(PURGE_BATCH).unwrap_or(500)).await
        });
        if purged.await? < PURGE_BATCH {
            break;
        }
    }
    for _ in 0..PURGE_TURNS_MAX {
        let purged = app.store.write_background(async move |tx| {
            let before = now.minus(crate::routing::OUTCOMES_KEPT_MS);
            routing::purge(tx, before, i64::try_from(PURGE_BATCH).unwrap_or(500)).await
        });
        if purged.await? < PURGE_BATCH {
            break;
        }
    }
    app.store.write_background(async move |tx| people::purge_sessions(tx, now).await.map(drop)).await?;
    crate::sweeps::begin_due(app).await
}
