//! One connection's clock: which stage it is in, and by when it must have moved on.
//!
//! The library's own timers stop where the head of a request ends. Here every stage has a deadline: the first byte, a
//! head, the work, an answer that nobody reads, the quiet between two requests.

use super::EdgeLimits;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// What a request may take beyond its own time limit before its connection is cut: the limit answers first.
const ANSWER_GRACE: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Accepted, and not a byte yet.
    New,
    /// Between two requests.
    Quiet,
    /// Somewhere in a head.
    Head,
    /// The handler works.
    Work,
    /// The answer goes out.
    Answer,
}

/// Shared by the stream, the service and the answer of one connection.
#[derive(Debug)]
pub(super) struct Pace {
    limits: Limits,
    now: Mutex<Now>,
}

#[derive(Debug)]
struct Limits {
    head: Duration,
    quiet: Duration,
    work: Duration,
    stalled: Duration,
    answer: Duration,
}

#[derive(Debug)]
struct Now {
    stage: Stage,
    deadline: Instant,
    /// The last moment for the answer that is going out, however steadily it is read.
    answer_ends: Instant,
    stuck: bool,
}

impl Pace {
    pub(super) fn new(limits: &EdgeLimits) -> Self {
        let deadline = Instant::now() + limits.first_byte_timeout;
        Self {
            limits: Limits {
                head: limits.head_timeout,
                quiet: limits.keep_alive_timeout,
                work: limits.request_timeout + ANSWER_GRACE,
                stalled: limits.write_stall_timeout,
                answer: limits.answer_timeout,
            },
            now: Mutex::new(Now { stage: Stage::New, deadline, answer_ends: deadline, stuck: false }),
        }
    }

    pub(super) fn deadline(&self) -> Instant {
        self.lock().deadline
    }

    /// Bytes came in.
    pub(super) fn heard(&self) {
        let mut now = self.lock();
        if matches!(now.stage, Stage::New | Stage::Quiet) {
            now.enter(Stage::Head, self.limits.head);
        }
    }

    /// Bytes went out.
    pub(super) fn said(&self) {
        let mut now = self.lock();
        // The last bytes of an answer leave after its body was read to the end.
        let patience = match now.stage {
            Stage::Answer => self.limits.stalled,
            Stage::Quiet => self.limits.quiet,
            Stage::New | Stage::Head | Stage::Work => return,
        };
        now.stuck = false;
        now.deadline = (Instant::now() + patience).min(now.answer_ends);
    }

    /// Bytes wait to go out, and the caller takes none. This may begin after the answer's body was read to its end.
    pub(super) fn stuck(&self) {
        let mut now = self.lock();
        if !now.stuck && matches!(now.stage, Stage::Answer | Stage::Quiet) {
            now.stuck = true;
            now.deadline = (Instant::now() + self.limits.stalled).min(now.answer_ends);
        }
    }

    /// A whole head is there.
    pub(super) fn works(&self) {
        self.lock().enter(Stage::Work, self.limits.work);
    }

    /// The handler answered.
    pub(super) fn answers(&self) {
        let mut now = self.lock();
        now.enter(Stage::Answer, self.limits.stalled);
        now.answer_ends = Instant::now() + self.limits.answer;
    }

    /// The answer has been read to its end.
    pub(super) fn rests(&self) {
        self.lock().enter(Stage::Quiet, self.limits.quiet);
    }

    /// The server is going: whoever says nothing has this long.
    pub(super) fn hurry(&self, patience: Duration) {
        let mut now = self.lock();
        if matches!(now.stage, Stage::New | Stage::Quiet) {
            now.deadline = now.deadline.min(Instant::now() + patience);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Now {
    fn enter(&mut self, stage: Stage, patience: Duration) {
        self.stage = stage;
        self.stuck = false;
        self.deadline = Instant::now() + patience;
    }
}
