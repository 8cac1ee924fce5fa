//! PostgreSQL: a few threads, each with its share of the connections; a closure runs beside its connection.
//!
//! Not in the caller's task: there its future would have to be `Send`, which the compiler cannot show for every
//! closure (see `answer.rs`). So PostgreSQL has the same queue before it as SQLite, with the same two lanes.

mod job;
mod near;
mod pipeline;
mod pool;
mod queue;
mod rerun;
#[cfg(test)]
mod tests;
mod tls;
mod tx;
mod value;

pub(crate) use tx::PgTx;

use crate::answer::{Answer, check_not_inside, mark_this_thread};
use crate::lanes::{Lane, WAITING_MAX};
use crate::shared::{Shared, StoreMetrics};
use crate::{DbError, Isolation, Row, Stmt, Tx, TxError, Value};
use hundi_core::{Millis, Secret};
use job::{Desk, Op};
use near::Near;
use queue::Queue;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::oneshot;
use tokio::task::LocalSet;

/// One thread drives some ten thousand transactions a second, so more than these only pass work around.
const THREADS_MAX: usize = 4;

/// Connections to one primary, and the threads that drive them.
pub(crate) struct Pg {
    queue: Arc<Queue>,
    near: Near,
    shared: Shared,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Write,
    Read,
}

impl Pg {
    pub(crate) async fn open(
        url: &Secret,
        connections: usize,
        isolation: Isolation,
        shared: Shared,
    ) -> Result<Self, DbError> {
        pool::check_durable(url).await?;
        let queue = Arc::new(Queue::new(WAITING_MAX));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let connections = connections.saturating_sub(near::CONNECTIONS).max(1);
        let threads = connections.min(cores).clamp(1, THREADS_MAX);
        let near = Near::new(url, shared.clone())?;
        // Held from the start, so that the threads end should a later one not start.
        let this = Self { queue, near, shared, threads: Mutex::default() };
        for n in 0..threads {
            let share = connections / threads + usize::from(n < connections % threads);
            let desk = Desk { pool: pool::build(url, share)?, isolation, shared: this.shared.clone() };
            let queue = Arc::clone(&this.queue);
            let thread = std::thread::Builder::new().name("hundi-postgres".to_owned());
            let thread = thread
                .spawn(move || drive(&queue, desk, share))
                .map_err(|e| DbError::Unavailable(format!("no thread for the database: {e}")))?;
            this.threads().push(thread);
        }
        Ok(this)
    }

    /// Runs the closure and commits; runs it again after a conflict, until the deadline.
    pub(crate) fn write<T, E, F>(&self, f: F, lane: Lane) -> Answer<T, E>
    where
        F: AsyncFn(&mut Tx) -> Result<T, E> + Send + Sync + 'static,
        T: Send + 'static,
        E: TxError,
    {
        self.hand_over(f, lane, Access::Write, DbError::CommitUnknown)
    }

    /// Runs the closure on a snapshot.
    pub(crate) fn read<T, E, F>(&self, f: F) -> Answer<T, E>
    where
        F: AsyncFn(&mut Tx) -> Result<T, E> + Send + Sync + 'static,
        T: Send + 'static,
        E: TxError,
    {
        let lost = DbError::Unavailable("the connection's thread stopped".to_owned());
        self.hand_over(f, Lane::Interactive, Access::Read, lost)
    }

    /// The rows of one statement, asked for by the caller's own task.
    pub(crate) async fn glance(&self, stmt: &'static Stmt, args: Vec<Value>) -> Result<Vec<Row>, DbError> {
        check_not_inside()?;
        self.near.rows(stmt, args).await
    }

    fn hand_over<T, E, F>(&self, f: F, lane: Lane, access: Access, lost: DbError) -> Answer<T, E>
    where
        F: AsyncFn(&mut Tx) -> Result<T, E> + Send + Sync + 'static,
        T: Send + 'static,
        E: TxError,
    {
        let (reply, answer) = oneshot::channel();
        let op = Op::new(f, access, reply);
        match check_not_inside().and_then(|()| self.queue.push(Box::new(op), lane)) {
            Ok(()) => Answer::to_come(answer, lost),
            Err(refused) => Answer::refused(refused),
        }
    }

    pub(crate) async fn now(&self) -> Result<Millis, DbError> {
        self.read(async |tx: &mut Tx| {
            let row = tx.opt(&NOW, Vec::new()).await?;
            row.ok_or_else(|| DbError::bug(NOW.name, "no row"))?.one()
        })
        .await
    }

    pub(crate) fn metrics(&self) -> StoreMetrics {
        self.shared.counters.shown(self.queue.len() as u64, 0)
    }

    /// Finishes what is queued and closes the connections. Blocks.
    pub(crate) fn close(&self) {
        self.queue.close();
        self.near.close();
        let threads = std::mem::take(&mut *self.threads());
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the database panicked");
            }
        }
    }

    fn threads(&self) -> std::sync::MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pg {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// Serves the queue with `connections` connections, until it is closed and empty.
fn drive(queue: &Arc<Queue>, desk: Desk, connections: usize) {
    mark_this_thread();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "no runtime for the database");
            return queue.abandon();
        }
    };
    let desk = Rc::new(desk);
    LocalSet::new().block_on(&runtime, async {
        let servers: Vec<_> = (0..connections)
            .map(|_| tokio::task::spawn_local(serve(Arc::clone(queue), Rc::clone(&desk))))
            .collect();
        for server in servers {
            if server.await.is_err() {
                tracing::error!("a task of the database panicked");
                queue.abandon();
            }
        }
    });
    desk.pool.close();
}

async fn serve(queue: Arc<Queue>, desk: Rc<Desk>) {
    let mut turn = 1_usize;
    while let Some(job) = queue.next(turn).await {
        turn = turn.wrapping_add(1);
        job.run(&desk).await;
    }
}

crate::statements! {
    NOW = "SELECT unixepoch() * 1000 AS now_ms",
        pg "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) AS now_ms";
}
