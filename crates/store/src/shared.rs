//! What every part of an open store carries along: the counters, and what to do when the database is broken.

use crate::DbError;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Called once the database is known to be lost or corrupt, before anybody is answered.
pub type Fatal = Arc<dyn Fn(&DbError) + Send + Sync>;

/// The default: say why on stderr and stop at once. Open work is undone by recovery at the next start.
pub fn stop_the_process() -> Fatal {
    Arc::new(|error| {
        eprintln!("hundi stops: {error}");
        // EX_SOFTWARE of sysexits.h: a supervisor restarts us, and recovery takes over.
        std::process::exit(70);
    })
}

/// What the store has done and how busy it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreMetrics {
    /// Callers that wait: for the writer (SQLite) or for a connection (PostgreSQL).
    pub queue_depth: u64,
    /// Size of SQLite's write-ahead log; none on PostgreSQL.
    pub log_bytes: u64,
    /// COMMITs that wrote.
    pub batches: u64,
    /// Operations that those COMMITs carried.
    pub ops: u64,
    /// Statements executed, reads included; BEGIN, COMMIT and savepoints are not counted.
    pub statements: u64,
    /// Transactions run again after a conflict.
    pub reruns: u64,
}

#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) batches: AtomicU64,
    pub(crate) ops: AtomicU64,
    pub(crate) statements: AtomicU64,
    pub(crate) reruns: AtomicU64,
}

impl Counters {
    pub(crate) fn add(counter: &AtomicU64, n: u64) {
        counter.fetch_add(n, Ordering::Relaxed);
    }

    pub(crate) fn shown(&self, queue_depth: u64, log_bytes: u64) -> StoreMetrics {
        StoreMetrics {
            queue_depth,
            log_bytes,
            batches: self.batches.load(Ordering::Relaxed),
            ops: self.ops.load(Ordering::Relaxed),
            statements: self.statements.load(Ordering::Relaxed),
            reruns: self.reruns.load(Ordering::Relaxed),
        }
    }
}

/// Handed to every transaction.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) counters: Arc<Counters>,
    pub(crate) fatal: Fatal,
}

impl Shared {
    pub(crate) fn new(fatal: Fatal) -> Self {
        Self { counters: Arc::default(), fatal }
    }

    /// Passes an error on, and stops the process first where the database is broken.
    pub(crate) fn heard(&self, error: DbError) -> DbError {
        if matches!(error, DbError::Broken(_)) {
            (self.fatal)(&error);
        }
        error
    }
}
