//! The bounded queue before the writer and the readers: two lanes, no timers.

use super::job::Job;
use crate::DbError;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Who waits for the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// A person or a provider.
    Interactive,
    /// Imports, roll-ups, sweeps. A few of these join each batch, so that they neither starve nor hold anybody up.
    Background,
}

pub(super) struct Queue {
    state: Mutex<State>,
    wake: Condvar,
    waiting_max: usize,
}

#[derive(Default)]
struct State {
    interactive: VecDeque<Box<dyn Job>>,
    background: VecDeque<Box<dyn Job>>,
    sleepers: usize,
    closed: bool,
}

impl Queue {
    pub(super) fn new(waiting_max: usize) -> Self {
        Self { state: Mutex::default(), wake: Condvar::new(), waiting_max }
    }

    /// Queues a job, or refuses at once. Each lane has its own bound: a flood of imports must not refuse a payer.
    pub(super) fn push(&self, job: Box<dyn Job>, lane: Lane) -> Result<(), DbError> {
        let mut state = self.lock();
        if state.closed {
            return Err(DbError::Unavailable("the store is closed".to_owned()));
        }
        let jobs = match lane {
            Lane::Interactive => &mut state.interactive,
            Lane::Background => &mut state.background,
        };
        if jobs.len() >= self.waiting_max {
            return Err(DbError::Unavailable("too many operations are waiting".to_owned()));
        }
        jobs.push_back(job);
        let sleeping = state.sleepers > 0;
        drop(state);
        if sleeping {
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Waits for work and moves up to so many jobs of each lane into `batch`, interactive ones first.
    ///
    /// It takes whatever has queued up, and waits for nobody else: a lone caller pays nothing for the grouping.
    /// False: the queue is closed and empty.
    pub(super) fn take(&self, batch: &mut Vec<Box<dyn Job>>, interactive: usize, background: usize) -> bool {
        let mut state = self.lock();
        while state.len() == 0 {
            if state.closed {
                return false;
            }
            state.sleepers += 1;
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.sleepers -= 1;
        }
        let take = state.interactive.len().min(interactive);
        batch.extend(state.interactive.drain(..take));
        let take = state.background.len().min(background);
        batch.extend(state.background.drain(..take));
        true
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    /// Refuses new jobs. Those that wait are still done.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.wake.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn len(&self) -> usize {
        self.interactive.len() + self.background.len()
    }
}

/// Held by each thread: should the thread end, by a panic of ours too, nobody waits for it in vain.
pub(super) struct ClosedAtTheEnd(pub(super) Arc<Queue>);

impl Drop for ClosedAtTheEnd {
    fn drop(&mut self) {
        self.0.close();
        if std::thread::panicking() {
            let mut state = self.0.lock();
            state.interactive.clear();
            state.background.clear();
        }
    }
}
