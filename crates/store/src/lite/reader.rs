//! A reader thread: one read transaction per operation, cut off when it takes too long.
//!
//! A long read keeps the log from being reset, so every read has an end.

use super::queue::Queue;
use crate::error::of_sqlite;
use crate::{DbError, Tx};
use rusqlite::Connection;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The longest that one read may take.
pub(super) const READ_SECS_MAX: u64 = 10;
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
    let mut next = Vec::with_capacity(1);
    while queue.take(&mut next, 1, 0) {
        for mut job in next.drain(..).filter(|job| !job.is_abandoned()) {
            deadline.set(Instant::now().checked_add(longest));
            let done = tx.as_lite().step("BEGIN").and_then(|()| {
                job.run(&mut tx);
                tx.as_lite().check_open()
            });
            deadline.set(None);
            job.answer(done.and_then(|()| tx.as_lite().step("ROLLBACK")));
            // Also after an error that left the transaction open.
            let tx = tx.as_lite();
            if !tx.is_closed() && tx.step("ROLLBACK").is_err() {
                tracing::error!("a read transaction could not be closed; this reader stops");
                return;
            }
        }
    }
}
