//! The writer thread: takes whatever has queued up, runs each operation in a savepoint, commits once, then answers.
//!
//! The disk's sync bounds transactions, not operations, so operations share one. See `docs/` for the measurements.

use super::count_commit;
use super::job::Job;
use super::queue::Queue;
use crate::shared::Counters;
use crate::{DbError, Tx};

/// Operations in one COMMIT: interactive ones, and a few of the background beside them.
const INTERACTIVE_MAX: usize = 240;
const BACKGROUND_MAX: usize = 16;

/// Works until the queue is closed and empty.
pub(super) fn run(mut tx: Tx, queue: &Queue, counters: &Counters) {
    let mut batch = Vec::with_capacity(INTERACTIVE_MAX + BACKGROUND_MAX);
    // Set once the database is broken. The process is stopped then; should a test's hook not do so, nothing is
    // written any more.
    let mut broken = None;
    while queue.take(&mut batch, INTERACTIVE_MAX, BACKGROUND_MAX) {
        batch.retain(|job| !job.is_abandoned());
        if batch.is_empty() {
            continue;
        }
        let done = broken.clone().map_or_else(|| commit_together(&mut tx, &mut batch), Err);
        match &done {
            Ok(kept) if *kept > 0 => count_commit(counters, *kept),
            Err(error @ DbError::Broken(_)) => broken = Some(error.clone()),
            Ok(_) | Err(_) => {}
        }
        let done = done.map(drop);
        for job in batch.drain(..) {
            job.answer(done.clone());
        }
    }
}

/// One transaction for the whole batch; how many operations it keeps. On an error nothing of it is kept.
fn commit_together(tx: &mut Tx, batch: &mut [Box<dyn Job>]) -> Result<u64, DbError> {
    let done = attempt(tx, batch);
    let tx = tx.as_lite();
    if done.is_err() && !tx.is_closed() {
        // SQLite promises that this works; if it does not, nobody knows what the next COMMIT would write.
        tx.step("ROLLBACK").map_err(|e| tx.spoil(DbError::Broken(e.to_string())))?;
    }
    // Whatever failed was the batch's step or a neighbour's mistake: each operation may be tried again by itself.
    done.map_err(|error| match error {
        DbError::Bug(told) => DbError::Unavailable(told),
        other => other,
    })
}

fn attempt(tx: &mut Tx, batch: &mut [Box<dyn Job>]) -> Result<u64, DbError> {
    tx.as_lite().step("BEGIN IMMEDIATE")?;
    let mut kept = 0;
    for job in batch {
        tx.as_lite().step("SAVEPOINT operation")?;
        let keep = job.run(tx);
        let tx = tx.as_lite();
        tx.check_open()?;
        if keep {
            kept += 1;
        } else {
            tx.step("ROLLBACK TO operation")?;
        }
        tx.step("RELEASE operation")?;
    }
    tx.as_lite().step("COMMIT")?;
    Ok(kept)
}
