//! Reads done where they are asked for: to hand a short one to another thread costs more than the read.

use super::job::outcome;
use super::reader::{Deadline, READ_SECS_MAX};
use crate::answer::{Inside, check_not_inside};
use crate::{Tx, TxError};
use std::sync::{Mutex, PoisonError, TryLockError};
use std::time::Duration;

/// A connection that nobody reads on, and what cuts its reads off.
pub(super) struct Free {
    pub(super) tx: Tx,
    pub(super) deadline: Deadline,
}

/// Connections for reads on the callers' own threads.
pub(super) struct Near(Mutex<Vec<Free>>);

impl Near {
    pub(super) const fn new(free: Vec<Free>) -> Self {
        Self(Mutex::new(free))
    }

    /// Reads at once. `None`: nothing is free here, and it has to wait in line like others.
    pub(super) fn read<T, E, F>(&self, f: &F) -> Option<Result<T, E>>
    where
        F: AsyncFn(&mut Tx) -> Result<T, E>,
        E: TxError,
    {
        check_not_inside().ok()?;
        let mut free = self.take()?;
        let _inside = Inside::here();
        free.deadline.begin(Duration::from_secs(READ_SECS_MAX));
        let read = free.tx.as_lite().step("BEGIN").map(|()| outcome(f, &mut free.tx));
        free.deadline.lift();
        let closed = free.tx.as_lite().check_open();
        let ended = free.tx.as_lite().step("ROLLBACK");
        if ended.is_ok() {
            self.give_back(free);
        }
        Some(match (read, closed) {
            (Err(error), _) | (_, Err(error)) => Err(error.into()),
            (Ok(outcome), Ok(())) => outcome,
        })
    }

    /// Closes what is free.
    pub(super) fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn take(&self) -> Option<Free> {
        match self.0.try_lock() {
            Ok(mut free) => free.pop(),
            Err(TryLockError::Poisoned(free)) => free.into_inner().pop(),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    fn give_back(&self, free: Free) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(free);
    }
}
