//! Reads done where they are asked for: to hand a short one to another thread costs more than the read.

use super::LiteTx;
use super::reader::{Deadline, READ_SECS_MAX};
use crate::{DbError, Row, Stmt, Value};
use std::sync::{Mutex, PoisonError, TryLockError};
use std::time::Duration;

/// A connection that nobody reads on, and what cuts its reads off.
pub(super) struct Free {
    pub(super) tx: LiteTx,
    pub(super) deadline: Deadline,
}

/// Connections for reads on the callers' own threads.
pub(super) struct Near(Mutex<Vec<Free>>);

impl Near {
    pub(super) const fn new(free: Vec<Free>) -> Self {
        Self(Mutex::new(free))
    }

    /// Reads at once. `None`: nothing is free here, and it has to wait in line like others.
    pub(super) fn rows(&self, stmt: &'static Stmt, args: &[Value]) -> Option<Result<Vec<Row>, DbError>> {
        let mut free = self.take()?;
        free.deadline.begin(Duration::from_secs(READ_SECS_MAX));
        let rows = free.tx.alone(stmt, args);
        free.deadline.lift();
        self.give_back(free);
        Some(rows)
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
