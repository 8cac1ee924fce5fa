//! SQLite: one writer thread that commits in groups, a few readers, and a bounded queue before each.

mod job;
mod near;
mod open;
mod queue;
mod reader;
#[cfg(test)]
mod tests;
mod tx;
mod writer;

pub(crate) use tx::LiteTx;

use crate::answer::{Answer, check_not_inside, mark_this_thread};
use crate::lanes::{Lane, WAITING_MAX};
use crate::shared::{Counters, Shared, StoreMetrics};
use crate::{DbError, Row, Stmt, Tx, TxError, Value};
use job::Op;
use near::{Free, Near};
use queue::Queue;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// Reads mostly wait for the disk or a core, so more threads than these only add memory.
const READERS: usize = 3;
/// Short reads that may be done at once where they are asked for.
const NEAR: usize = 2;

/// An open SQLite database. Dropping it lets the threads finish what is queued and stop.
pub(crate) struct Lite {
    path: PathBuf,
    writes: Arc<Queue>,
    reads: Arc<Queue>,
    near: Near,
    shared: Shared,
    threads: Mutex<Vec<JoinHandle<()>>>,
    beside: bool,
}

/// As the server that owns the file, or as a command beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stance {
    Server,
    Beside,
}

impl Lite {
    /// Opens the file and starts the threads. Blocks: call it off the runtime's threads.
    pub(crate) fn open(path: &Path, stance: Stance, shared: Shared) -> Result<Self, DbError> {
        let held = match stance {
            Stance::Server => Some(Arc::new(open::own(path)?)),
            Stance::Beside => None,
        };
        let writer = open::writer(path, stance)?;
        let readers = (0..READERS).map(|_| open::reader(path)).collect::<Result<Vec<_>, _>>()?;

        let (writes, reads) = (Arc::new(Queue::new(WAITING_MAX)), Arc::new(Queue::new(WAITING_MAX)));
        let mut threads = Vec::new();
        let start = |name: &str, queue: &Arc<Queue>, work: Box<dyn FnOnce(&Queue) + Send>| {
            let (queue, held) = (Arc::clone(queue), held.clone());
            std::thread::Builder::new()
                .name(name.to_owned())
                .spawn(move || {
                    mark_this_thread();
                    let queue = queue::ClosedAtTheEnd(queue);
                    work(&queue.0);
                    drop(held);
                })
                .map_err(|e| DbError::Unavailable(format!("no thread for the database: {e}")))
        };
        let tx = Tx::of_lite(LiteTx::new(writer, shared.clone()));
        let counters = Arc::clone(&shared.counters);
        threads.push(start(
            "hundi-writer",
            &writes,
            Box::new(move |queue| writer::run(tx, queue, &counters)),
        )?);
        let cut_off = |mut conn| {
            let deadline = reader::Deadline::watching(&mut conn)?;
            let tx = LiteTx::new(conn, shared.clone()).cut_off_by(deadline.clone());
            Ok::<_, DbError>(Free { tx, deadline })
        };
        for conn in readers {
            let Free { tx, deadline } = cut_off(conn)?;
            let work = Box::new(move |queue: &Queue| reader::run(Tx::of_lite(tx), queue, &deadline));
            threads.push(start("hundi-reader", &reads, work)?);
        }
        let near = (0..NEAR).map(|_| cut_off(open::reader(path)?)).collect::<Result<_, _>>()?;
        let (near, beside) = (Near::new(near), stance == Stance::Beside);
        Ok(Self { path: path.to_owned(), writes, reads, near, shared, threads: Mutex::new(threads), beside })
    }

    pub(crate) fn write<T, E, F>(&self, f: F, lane: Lane) -> Answer<T, E>
    where
        F: AsyncFn(&mut Tx) -> Result<T, E> + Send + Sync + 'static,
        T: Send + 'static,
        E: TxError,
    {
        // The writer vanished with our operation in hand: nobody can say how far it came.
        hand_over(&self.writes, f, lane, DbError::CommitUnknown)
    }

    pub(crate) fn read<T, E, F>(&self, f: F) -> Answer<T, E>
    where
        F: AsyncFn(&mut Tx) -> Result<T, E> + Send + Sync + 'static,
        T: Send + 'static,
        E: TxError,
    {
        let lost = DbError::Unavailable("the reader stopped".to_owned());
        hand_over(&self.reads, f, Lane::Interactive, lost)
    }

    /// The rows of one statement, read here if a connection is free.
    pub(crate) async fn glance(&self, stmt: &'static Stmt, args: Vec<Value>) -> Result<Vec<Row>, DbError> {
        check_not_inside()?;
        match self.near.rows(stmt, &args) {
            Some(rows) => rows,
            None => self.read(async move |tx| tx.all(stmt, args.clone()).await).await,
        }
    }

    /// A command beside the server, which owns the schema.
    pub(crate) const fn is_beside(&self) -> bool {
        self.beside
    }

    pub(crate) fn metrics(&self) -> StoreMetrics {
        let log = open::with_suffix(&self.path, "-wal");
        let log_bytes = std::fs::metadata(log).map_or(0, |m| m.len());
        self.shared.counters.shown(self.writes.len() as u64, log_bytes)
    }

    /// Finishes what is queued and closes the file. Blocks.
    pub(crate) fn close(&self) {
        self.writes.close();
        self.reads.close();
        self.near.close();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the database panicked");
            }
        }
    }
}

impl Drop for Lite {
    fn drop(&mut self) {
        self.writes.close();
        self.reads.close();
    }
}

fn hand_over<T, E, F>(queue: &Queue, f: F, lane: Lane, lost: DbError) -> Answer<T, E>
where
    F: AsyncFn(&mut Tx) -> Result<T, E> + Send + Sync + 'static,
    T: Send + 'static,
    E: TxError,
{
    let (reply, answer) = oneshot::channel();
    let queued = check_not_inside().and_then(|()| queue.push(Box::new(Op::new(f, reply)), lane));
    match queued {
        Ok(()) => Answer::to_come(answer, lost),
        Err(refused) => Answer::refused(refused),
    }
}

fn count_commit(counters: &Counters, ops: u64) {
    Counters::add(&counters.batches, 1);
    Counters::add(&counters.ops, ops);
}
