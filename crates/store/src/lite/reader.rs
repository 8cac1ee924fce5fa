//! A reader thread: one read transaction for the few operations that wait, each cut off when it takes too long.
//!
//! A long read keeps the log from being reset, so every read has an end.

use super::READERS;
use super::queue::Queue;
use crate::error::of_sqlite;
use crate::{DbError, Tx};
use rusqlite::Connection;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The longest that one read may take.
pub(super) const READ_SECS_MAX: u64 = 10;
/// Reads that share a transaction: its beginning and its end cost as much as a short read.
const AT_ONCE_MAX: usize = 8;
/// After a read of this length, what shares its transaction goes back into the queue.
const SLOW: Duration = Duration::from_millis(2);
/// How many of SQLite's instructions pass between two looks at the clock: about a millisecond's worth.
const INSTRUCTIONS: i32 = 20_000;

/// When the current read is cut off.
#[derive(Clone, Default)]
pub(super) struct Deadline(Arc<Mutex<Option<Instant>>>);

impl Deadline {
    /// Installs itself on the connection.
    pub(super) fn watching(conn: &mut Connection) -> Result<Self, DbError> {
        let deadline = Self::default();
        let watched = deadline.clone();
        let too_late = move || watched.get().is_some_and(|end| Instant::now() > end);
        conn.progress_handler(INSTRUCTIONS, Some(too_late)).map_err(|e| of_sqlite("progress handler", &e))?;
        Ok(deadline)
    }

    /// The current read is not cut off; the next one has an end again.
    pub(super) fn lift(&self) {
        self.set(None);
    }

    /// The current read is cut off after this long.
    pub(super) fn begin(&self, longest: Duration) {
        self.set(Instant::now().checked_add(longest));
    }

    fn set(&self, end: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = end;
    }

    fn get(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Works until the queue is closed and empty.
pub(super) fn run(tx: Tx, queue: &Queue, deadline: &Deadline) {
    run_with(tx, queue, deadline, Duration::from_secs(READ_SECS_MAX));
}

pub(super) fn run_with(mut tx: Tx, queue: &Queue, deadline: &Deadline, longest: Duration) {
    let mut next = VecDeque::with_capacity(AT_ONCE_MAX);
    // What waits is shared between the readers: one alone is not read by one after the other while two are idle.
    while queue.take_share(&mut next, READERS, AT_ONCE_MAX) {
        next.retain(|job| !job.is_abandoned());
        if next.is_empty() {
            continue;
        }
        // All of them were asked before the snapshot is taken: each sees what was committed before it was asked.
        let begun = tx.as_lite().step("BEGIN");
        while let Some(mut job) = next.pop_front() {
            let start = Instant::now();
            deadline.set(start.checked_add(longest));
            let done = begun.clone().and_then(|()| {
                job.run(&mut tx);
                tx.as_lite().check_open()
            });
            deadline.set(None);
            let goes_on = done.is_ok() && start.elapsed() < SLOW;
            job.answer(done);
            if !goes_on {
                // Nobody waits behind a long read, nor fails because of somebody else's.
                queue.give_back(&mut next);
            }
        }
        let tx = tx.as_lite();
        if !tx.is_closed() && tx.step("ROLLBACK").is_err() {
            tracing::error!("a read transaction could not be closed; this reader stops");
            return;
        }
    }
}
