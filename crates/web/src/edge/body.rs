//! Bodies, both ways: a request's is capped and must keep coming, an answer's says when it has been read.

use super::EdgeLimits;
use super::pace::Pace;
use axum::BoxError;
use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};

/// What was wrong with a request's body. The handler sees a failed body; the answer is the door's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BodyFault {
    #[error("the body is too large")]
    TooLarge,
    #[error("the body comes too slowly")]
    TooSlow,
}

/// A request's body that stays within its size and comes at a minimum rate, counted from the first wait for it.
pub(super) struct PacedBody {
    inner: Incoming,
    seen: u64,
    bytes_max: u64,
    grace: Duration,
    bytes_per_sec_min: u64,
    /// Made when the body is first waited for.
    timer: Option<(Instant, Pin<Box<Sleep>>)>,
    fault: Arc<OnceLock<BodyFault>>,
}

impl PacedBody {
    pub(super) fn new(
        inner: Incoming,
        bytes_max: u64,
        limits: &EdgeLimits,
        fault: Arc<OnceLock<BodyFault>>,
    ) -> Self {
        Self {
            inner,
            seen: 0,
            bytes_max,
            grace: limits.body_grace,
            bytes_per_sec_min: limits.body_bytes_per_sec_min.max(1),
            timer: None,
            fault,
        }
    }

    fn failed(&self, fault: BodyFault) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let noted = self.fault.get_or_init(|| fault);
        Poll::Ready(Some(Err((*noted).into())))
    }

    /// Whether the next bytes are overdue.
    fn poll_overdue(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let (started, timer) = self.timer.get_or_insert_with(|| {
            let now = Instant::now();
            (now, Box::pin(sleep_until(now)))
        });
        let earned = Duration::from_millis(self.seen.saturating_mul(1000) / self.bytes_per_sec_min);
        let due = *started + self.grace + earned;
        if timer.deadline() != due {
            timer.as_mut().reset(due);
        }
        timer.as_mut().poll(cx)
    }
}

impl HttpBody for PacedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                self.seen += frame.data_ref().map_or(0, |data| data.len() as u64);
                if self.seen > self.bytes_max {
                    return self.failed(BodyFault::TooLarge);
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => {
                ready!(self.poll_overdue(cx));
                self.failed(BodyFault::TooSlow)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// An answer's body. When the library lets go of it, the answer has been taken over whole.
pub(super) struct Answer {
    inner: Body,
    pace: Arc<Pace>,
}

impl Answer {
    pub(super) const fn new(inner: Body, pace: Arc<Pace>) -> Self {
        Self { inner, pace }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.pace.rests();
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
