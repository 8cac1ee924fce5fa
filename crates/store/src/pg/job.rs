//! One operation on PostgreSQL: BEGIN, the closure, COMMIT, and again after a conflict.

use super::rerun::Reruns;
use super::{Access, PgTx, pool};
use crate::shared::{Counters, Shared};
use crate::{DbError, Isolation, Tx, TxError};
use deadpool_postgres::Pool;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use tokio::sync::oneshot;

/// What a thread's operations share.
pub(super) struct Desk {
    pub(super) pool: Pool,
    pub(super) isolation: Isolation,
    pub(super) shared: Shared,
}

/// An operation with its types erased, so that one queue carries them all.
pub(super) trait Job: Send {
    /// Runs it and answers the caller. The future stays on its thread.
    fn run<'a>(self: Box<Self>, desk: &'a Desk) -> Pin<Box<dyn Future<Output = ()> + 'a>>
    where
        Self: 'a;
}

pub(super) struct Op<F, T, E> {
    f: F,
    access: Access,
    reruns: Reruns,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Op<F, T, E> {
    pub(super) fn new(f: F, access: Access, reply: oneshot::Sender<Result<T, E>>) -> Self {
        Self { f, access, reruns: Reruns::start(), reply }
    }
}

impl<F, T, E> Job for Op<F, T, E>
where
    F: AsyncFn(&mut Tx) -> Result<T, E> + Send,
    T: Send,
    E: TxError,
{
    fn run<'a>(mut self: Box<Self>, desk: &'a Desk) -> Pin<Box<dyn Future<Output = ()> + 'a>>
    where
        Self: 'a,
    {
        Box::pin(async move {
            if self.reply.is_closed() {
                return;
            }
            let outcome = if self.reruns.is_over() {
                Err(pool::none_free().into())
            } else {
                match self.until_done(desk).await {
                    Some(outcome) => outcome,
                    None => return,
                }
            };
            if self.reply.send(outcome).is_err() {
                tracing::debug!("a caller left before its answer came");
            }
        })
    }
}

/// How an attempt failed.
struct Failed<E> {
    error: E,
    is_conflict: bool,
}

impl<E: TxError> Failed<E> {
    fn of_db(error: DbError) -> Self {
        Self { is_conflict: error.is_conflict(), error: error.into() }
    }
}

impl<F, T, E> Op<F, T, E>
where
    F: AsyncFn(&mut Tx) -> Result<T, E>,
    E: TxError,
{
    /// None: the caller left.
    async fn until_done(&mut self, desk: &Desk) -> Option<Result<T, E>> {
        let counters = &desk.shared.counters;
        loop {
            match self.attempt(desk).await? {
                Ok(done) => {
                    if self.access == Access::Write {
                        Counters::add(&counters.batches, 1);
                        Counters::add(&counters.ops, 1);
                    }
                    return Some(Ok(done));
                }
                Err(failed) if failed.is_conflict && self.reruns.wait().await => {
                    Counters::add(&counters.reruns, 1)
                }
                Err(failed) => return Some(Err(failed.error)),
            }
        }
    }

    async fn attempt(&mut self, desk: &Desk) -> Option<Result<T, Failed<E>>> {
        let client = match pool::get(&desk.pool).await {
            Ok(client) => client,
            Err(error) => return Some(Err(Failed::of_db(error))),
        };
        let mut tx = Tx::of_pg(PgTx::new(client, self.access, desk.isolation, desk.shared.clone()));
        let outcome = {
            let mut closure = pin!((self.f)(&mut tx));
            let unless_it_panics = poll_fn(|cx| {
                let polled = catch_unwind(AssertUnwindSafe(|| closure.as_mut().poll(cx)));
                polled.unwrap_or_else(|_| {
                    std::task::Poll::Ready(Err(DbError::Bug("the operation panicked".to_owned()).into()))
                })
            });
            tokio::select! {
                biased;
                outcome = unless_it_panics => outcome,
                // Dropping an open transaction closes its connection. Past this point COMMIT is always waited for.
                () = self.reply.closed() => return None,
            }
        };
        Some(finish(tx.as_pg(), outcome).await)
    }
}

async fn finish<T, E: TxError>(tx: &mut PgTx, outcome: Result<T, E>) -> Result<T, Failed<E>> {
    match (outcome, tx.take_spoilt()) {
        (Ok(done), None) => tx.commit().await.map(|()| done).map_err(Failed::of_db),
        // The closure went on after a failed statement: the server will not commit that.
        (Ok(_), Some(spoilt)) => {
            tx.roll_back().await;
            Err(Failed::of_db(spoilt))
        }
        (Err(error), spoilt) => {
            tx.roll_back().await;
            // The closure may have wrapped the conflict into something of its own: it is rerun anyway.
            let is_conflict = spoilt.is_some_and(|e| e.is_conflict());
            let is_conflict = is_conflict || error.as_db().is_some_and(DbError::is_conflict);
            Err(Failed { error, is_conflict })
        }
    }
}
