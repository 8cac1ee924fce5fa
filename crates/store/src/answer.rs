//! What a caller holds while its operation waits and runs elsewhere.

use crate::{DbError, TxError};
use std::cell::Cell;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::oneshot;

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Marks this thread as one that runs operations.
pub(crate) fn mark_this_thread() {
    INSIDE.set(true);
}

/// Refuses an operation that another one asks for: it would wait for its own end.
pub(crate) fn check_not_inside() -> Result<(), DbError> {
    if INSIDE.get() { Err(DbError::Bug("an operation inside an operation".to_owned())) } else { Ok(()) }
}

/// The answer to an operation, once it is there. Dropping it leaves: an operation that has not begun never will.
///
/// It knows nothing of the closure. So a caller's future is `Send` whatever the closure captures, which the compiler
/// cannot show for a closure's own future (`AsyncFn` is "not general enough" once a `&'static str` is captured).
#[must_use = "an operation whose answer is dropped may not be run"]
pub struct Answer<T, E> {
    state: State<T, E>,
}

enum State<T, E> {
    Refused(Option<DbError>),
    Waiting { answer: oneshot::Receiver<Result<T, E>>, lost: Option<DbError> },
}

impl<T, E> Answer<T, E> {
    pub(crate) const fn refused(error: DbError) -> Self {
        Self { state: State::Refused(Some(error)) }
    }

    /// `lost` is what to say when the other end vanishes without a word.
    pub(crate) const fn to_come(answer: oneshot::Receiver<Result<T, E>>, lost: DbError) -> Self {
        Self { state: State::Waiting { answer, lost: Some(lost) } }
    }
}

impl<T, E: TxError> Future for Answer<T, E> {
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let over = || DbError::Bug("an answer was awaited twice".to_owned());
        match &mut self.get_mut().state {
            State::Refused(error) => Poll::Ready(Err(error.take().unwrap_or_else(over).into())),
            State::Waiting { answer, lost } => Pin::new(answer)
                .poll(cx)
                .map(|answer| answer.unwrap_or_else(|_| Err(lost.take().unwrap_or_else(over).into()))),
        }
    }
}
