//! The queue before the connections, which wait on it as tasks do.

use super::job::Job;
use crate::DbError;
use crate::lanes::{Lane, Lanes};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// One turn in so many asks the background lane first.
const BACKGROUND_TURN: usize = 16;

pub(super) struct Queue {
    jobs: Mutex<Lanes<Box<dyn Job>>>,
    wake: Notify,
}

impl Queue {
    pub(super) fn new(waiting_max: usize) -> Self {
        Self { jobs: Mutex::new(Lanes::new(waiting_max)), wake: Notify::new() }
    }

    /// Queues a job, or refuses at once.
    pub(super) fn push(&self, job: Box<dyn Job>, lane: Lane) -> Result<(), DbError> {
        self.lock().push(job, lane)?;
        self.wake.notify_one();
        Ok(())
    }

    /// The next job for a connection that has served `turn` of them. None: the queue is closed and empty.
    pub(super) async fn next(&self, turn: usize) -> Option<Box<dyn Job>> {
        let first = if turn.is_multiple_of(BACKGROUND_TURN) { Lane::Background } else { Lane::Interactive };
        loop {
            // Asked for before looking, so that no wake-up falls in between.
            let woken = self.wake.notified();
            {
                let mut jobs = self.lock();
                match jobs.next(first) {
                    Some(job) => {
                        // Two wake-ups can fall together; whoever finds more work passes one on.
                        if jobs.len() > 0 {
                            self.wake.notify_one();
                        }
                        return Some(job);
                    }
                    None if jobs.is_closed() => return None,
                    None => {}
                }
            }
            woken.await;
        }
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    /// Refuses new jobs. Those that wait are still done.
    pub(super) fn close(&self) {
        self.lock().close();
        self.wake.notify_waiters();
    }

    /// Nobody is left to serve: whoever waits learns it now.
    pub(super) fn abandon(&self) {
        let mut jobs = self.lock();
        jobs.close();
        jobs.clear();
        drop(jobs);
        self.wake.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, Lanes<Box<dyn Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
