//! One queued operation: a closure, what came of it, and who waits for the answer.

use crate::{DbError, Tx, TxError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use tokio::sync::oneshot;

/// An operation with its types erased, so that one queue carries them all.
pub(super) trait Job: Send {
    /// Runs the closure inside the current transaction. False: its writes are to be undone.
    fn run(&mut self, tx: &mut Tx) -> bool;
    /// Answers the caller, with what the closure returned or with what befell the transaction.
    fn answer(self: Box<Self>, transaction: Result<(), DbError>);
    /// Nobody waits any more: as if it had never been asked.
    fn is_abandoned(&self) -> bool;
}

pub(super) struct Op<F, T, E> {
    f: F,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Op<F, T, E> {
    pub(super) const fn new(f: F, reply: oneshot::Sender<Result<T, E>>) -> Self {
        Self { f, outcome: None, reply }
    }
}

impl<F, T, E> Job for Op<F, T, E>
where
    F: AsyncFn(&mut Tx) -> Result<T, E> + Send,
    T: Send,
    E: TxError,
{
    fn run(&mut self, tx: &mut Tx) -> bool {
        let outcome = outcome(&self.f, tx);
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn answer(self: Box<Self>, transaction: Result<(), DbError>) {
        // A refusal is taken back as well when the transaction failed: it may rest on what a neighbour in the
        // batch wrote, which is now undone.
        let answer = match (transaction, self.outcome) {
            (Err(error), _) => Err(error.into()),
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(DbError::Bug("the operation was never run".to_owned()).into()),
        };
        if self.reply.send(answer).is_err() {
            tracing::debug!("a caller left before its answer came");
        }
    }

    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }
}

/// What the closure returns, run inside the current transaction.
pub(super) fn outcome<F, T, E>(f: &F, tx: &mut Tx) -> Result<T, E>
where
    F: AsyncFn(&mut Tx) -> Result<T, E>,
    E: TxError,
{
    let polled = catch_unwind(AssertUnwindSafe(|| poll_once(f, tx)));
    match (polled, tx.as_lite().take_spoilt()) {
        (Err(_), _) => Err(DbError::Bug("the operation panicked".to_owned()).into()),
        // Every statement on SQLite is ready at once, so somebody awaited the network inside a transaction.
        (Ok(Poll::Pending), _) => {
            Err(DbError::Bug("the operation waited inside a transaction".to_owned()).into())
        }
        // The closure went on after a failed statement; PostgreSQL would not have let it.
        (Ok(Poll::Ready(Ok(_))), Some(spoilt)) => Err(spoilt.into()),
        (Ok(Poll::Ready(outcome)), _) => outcome,
    }
}

fn poll_once<F, T, E>(f: &F, tx: &mut Tx) -> Poll<Result<T, E>>
where
    F: AsyncFn(&mut Tx) -> Result<T, E>,
{
    pin!(f(tx)).poll(&mut Context::from_waker(Waker::noop()))
}
