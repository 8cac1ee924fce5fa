//! Letting a world come to rest: time passes in steps, each long enough for something to fall due, until nothing is
//! left to do.

use crate::world::World;
use anyhow::{Result, bail};
use std::time::{Duration, Instant};

/// Together 32 minutes: keys in flight, leases, polls, sessions of a quarter of an hour and their last look all pass.
/// No step is longer than a signature is fresh, or a delivery that falls due in it would come stale to its receiver.
const STEPS_MS: &[i64] =
    &[55_000, 70_000, 180_000, 200_000, 200_000, 200_000, 200_000, 200_000, 200_000, 200_000, 215_000];
const STEP_WITHIN: Duration = Duration::from_secs(40);
const LOOK_GAP: Duration = Duration::from_millis(30);
/// What is due within this is waited for: a delivery looks again after half a second when its endpoint is busy.
const SOON_MS: i64 = 1_500;
/// A job that is really being worked on takes less.
const MOMENT: Duration = Duration::from_millis(700);

/// Half an hour of rest, with everything that falls due done.
pub(crate) fn rest(world: &World) -> Result<()> {
    for step in STEPS_MS {
        world.clock.advance(*step)?;
        until_idle(world)?;
    }
    let held = world.database.number("SELECT COUNT(*) FROM iv_job WHERE state = 'leased'")?;
    if held > 0 {
        bail!("{held} jobs are still held long after every lease has ended\n{}", world.log());
    }
    Ok(())
}

/// Waits until no job is due and every event was promised to the receiver. A job that a dead process held is given a
/// moment, and then left to the end of its lease.
fn until_idle(world: &World) -> Result<()> {
    let began = Instant::now();
    // Twice in a row: between two looks one job may have made another.
    let mut still = 0;
    while still < 2 {
        std::thread::sleep(LOOK_GAP);
        let (due, held) = busy(world)?;
        let idle = due == 0 && (held == 0 || began.elapsed() > MOMENT);
        still = if idle { still + 1 } else { 0 };
        if began.elapsed() > STEP_WITHIN {
            let jobs = world.database.rows(
                "SELECT kind, state, COUNT(*), MIN(run_at) FROM iv_job GROUP BY kind, state ORDER BY kind, state",
            )?;
            bail!("it does not come to rest by {}: {jobs:?}\n{}", world.clock.now_ms(), world.log());
        }
    }
    Ok(())
}

/// What is due, and what is held.
fn busy(world: &World) -> Result<(i64, i64)> {
    let now = world.clock.now_ms();
    let soon = now + SOON_MS;
    let rows = world.database.rows(&format!(
        "SELECT (SELECT COUNT(*) FROM iv_job WHERE (state = 'ready' AND run_at <= {soon}) \
           OR (state = 'leased' AND lease_until < {now})) \
         + (SELECT COUNT(*) FROM iv_event e WHERE NOT EXISTS (SELECT 1 FROM iv_delivery d WHERE d.event_id = e.id) \
            AND EXISTS (SELECT 1 FROM iv_endpoint n WHERE n.merchant_id = e.merchant_id AND n.mode = e.mode)), \
         (SELECT COUNT(*) FROM iv_job WHERE state = 'leased')"
    ))?;
    let number = |at: usize| rows.first().and_then(|row| row.get(at)).map_or(Ok(0), |text| text.parse());
    Ok((number(0)?, number(1)?))
}
