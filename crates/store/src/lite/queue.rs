//! The queue before the writer and the readers, which sleep on it as threads do.

use super::job::Job;
use crate::DbError;
use crate::lanes::{Lane, Lanes};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

type Jobs = Lanes<Box<dyn Job>>;

pub(super) struct Queue {
    state: Mutex<State>,
    wake: Condvar,
}

struct State {
    jobs: Jobs,
    sleepers: usize,
}

impl Queue {
    pub(super) const fn new(waiting_max: usize) -> Self {
        let state = State { jobs: Lanes::new(waiting_max), sleepers: 0 };
        Self { state: Mutex::new(state), wake: Condvar::new() }
    }

    /// Queues a job, or refuses at once.
    pub(super) fn push(&self, job: Box<dyn Job>, lane: Lane) -> Result<(), DbError> {
        let mut state = self.lock();
        state.jobs.push(job, lane)?;
        let sleeping = state.sleepers > 0;
        drop(state);
        if sleeping {
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Waits for work and moves up to so many jobs of each lane into `batch`.
    ///
    /// It takes whatever has queued up, and waits for nobody else: a lone caller pays nothing for the grouping.
    /// False: the queue is closed and empty.
    pub(super) fn take(&self, batch: &mut Vec<Box<dyn Job>>, interactive: usize, background: usize) -> bool {
        let Some(mut state) = self.wait() else { return false };
        state.jobs.take(batch, interactive, background);
        true
    }

    /// The same for one of several threads: its share of what waits, and no more than so many.
    pub(super) fn take_share(
        &self,
        batch: &mut VecDeque<Box<dyn Job>>,
        threads: usize,
        at_once_max: usize,
    ) -> bool {
        let Some(mut state) = self.wait() else { return false };
        let share = state.jobs.len().div_ceil(threads).min(at_once_max);
        state.jobs.take(batch, share, 0);
        true
    }

    /// What was taken and not begun goes first again.
    pub(super) fn give_back(&self, batch: &mut VecDeque<Box<dyn Job>>) {
        if batch.is_empty() {
            return;
        }
        let mut state = self.lock();
        while let Some(job) = batch.pop_back() {
            state.jobs.put_back(job);
        }
        drop(state);
        self.wake.notify_all();
    }

    /// Sleeps until there is work. `None`: the queue is closed and empty.
    fn wait(&self) -> Option<MutexGuard<'_, State>> {
        let mut state = self.lock();
        while state.jobs.len() == 0 {
            if state.jobs.is_closed() {
                return None;
            }
            state.sleepers += 1;
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.sleepers -= 1;
        }
        Some(state)
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.lock().jobs.len()
    }

    /// Refuses new jobs. Those that wait are still done.
    pub(super) fn close(&self) {
        self.lock().jobs.close();
        self.wake.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Held by each thread: should the thread end, by a panic of ours too, nobody waits for it in vain.
pub(super) struct ClosedAtTheEnd(pub(super) Arc<Queue>);

impl Drop for ClosedAtTheEnd {
    fn drop(&mut self) {
        self.0.close();
        if std::thread::panicking() {
            self.0.lock().jobs.clear();
        }
    }
}
