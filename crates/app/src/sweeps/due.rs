//! The daily schedule: a row for each connection, advanced by compare-and-set, so that one node begins each sweep.

use super::{Cause, insert, offered};
use crate::App;
use crate::error::Error;
use hundi_core::time::{days, hours, minutes};
use hundi_core::{ConnectionId, Millis, SweepId};
use hundi_store::{connections as rows, settings, sweeps};
use std::sync::Arc;

/// 02:00 in India, of the UTC day.
const AT_MS: i64 = minutes(20 * 60 + 30);
/// They begin within so long after that, each connection at its own minute: a provider does not get all at once.
const SPREAD_MS: i64 = hours(1);
const BATCH: i64 = 200;
const BATCHES_MAX: usize = 500;

/// Begins every sweep whose turn has come.
pub(crate) async fn begin_due(app: &Arc<App>) -> Result<(), Error> {
    let (now, mut after) = (app.now(), String::new());
    for _ in 0..BATCHES_MAX {
        let from = after.clone();
        let due = app.store.read(async move |tx| sweeps::due(tx, &from, now, BATCH).await).await?;
        for id in &due {
            begin_one(app, *id, now).await?;
        }
        match due.last() {
            Some(last) => after = last.to_string(),
            None => break,
        }
    }
    app.ring();
    Ok(())
}

async fn begin_one(app: &Arc<App>, id: ConnectionId, now: Millis) -> Result<(), Error> {
    let (house, new) = (app.clone(), app.id(SweepId::new));
    app.store
        .write_background(async move |tx| {
            let Some(row) = rows::load_by_id(tx, id).await? else { return Ok(()) };
            let (name, next) = (format!("sweep:{id}"), after(now));
            let due = settings::due(tx, &name, next).await?;
            if now < due || !settings::advance(tx, &name, due, next).await? || !offered(&row) {
                return Ok(());
            }
            let by = (Cause::Schedule, "schedule".to_owned());
            insert(&house, tx, new, &row, by, None, (now.plus(own_wait(id)), now)).await.map(drop)
        })
        .await
}

/// The next time of day after this.
const fn after(now: Millis) -> Millis {
    let today = now.0.div_euclid(days(1)) * days(1) + AT_MS;
    Millis(if today > now.0 { today } else { today + days(1) })
}

/// Of a connection, the same every day.
fn own_wait(id: ConnectionId) -> i64 {
    let sum = id.to_string().bytes().fold(0_i64, |sum, c| (sum * 31 + i64::from(c)) % SPREAD_MS);
    sum.rem_euclid(SPREAD_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_turn_is_two_in_the_morning_in_india() {
        for (now, next) in [
            ("2026-11-21T08:00:00.000Z", "2026-11-21T20:30:00.000Z"),
            ("2026-11-21T20:29:59.000Z", "2026-11-21T20:30:00.000Z"),
            ("2026-11-21T20:30:00.000Z", "2026-11-22T20:30:00.000Z"),
            ("2026-12-31T23:00:00.000Z", "2027-01-01T20:30:00.000Z"),
        ] {
            let at = (0..).map(|n| Millis(1_795_248_000_000 + n * 1000)).find(|at| at.to_string() == now);
            assert_eq!(after(at.expect("within weeks")).to_string(), next);
        }
    }
}
