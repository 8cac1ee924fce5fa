//! The order in which operations are served: two bounded lanes. Each engine adds its own way of waiting.

use crate::DbError;
use std::collections::VecDeque;

/// How many operations may wait in a lane before callers are told to come back later.
pub(crate) const WAITING_MAX: usize = 4096;

/// Who waits for the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// A person or a provider.
    Interactive,
    /// Imports, roll-ups, sweeps. A few of these are always let in, so that they neither starve nor hold anybody up.
    Background,
}

/// Operations of type `J` that wait.
pub(crate) struct Lanes<J> {
    interactive: VecDeque<J>,
    background: VecDeque<J>,
    waiting_max: usize,
    closed: bool,
}

impl<J> Lanes<J> {
    pub(crate) const fn new(waiting_max: usize) -> Self {
        Self { interactive: VecDeque::new(), background: VecDeque::new(), waiting_max, closed: false }
    }

    /// Takes an operation in, or refuses at once. Each lane has its own bound: a flood of imports must not refuse a
    /// payer.
    pub(crate) fn push(&mut self, job: J, lane: Lane) -> Result<(), DbError> {
        if self.closed {
            return Err(DbError::Unavailable("the store is closed".to_owned()));
        }
        let jobs = match lane {
            Lane::Interactive => &mut self.interactive,
            Lane::Background => &mut self.background,
        };
        if jobs.len() >= self.waiting_max {
            return Err(DbError::Unavailable("too many operations are waiting".to_owned()));
        }
        jobs.push_back(job);
        Ok(())
    }

    /// Moves up to so many operations of each lane into `batch`, interactive ones first.
    pub(crate) fn take(&mut self, batch: &mut impl Extend<J>, interactive: usize, background: usize) {
        let take = self.interactive.len().min(interactive);
        batch.extend(self.interactive.drain(..take));
        let take = self.background.len().min(background);
        batch.extend(self.background.drain(..take));
    }

    /// One that somebody waits for, taken and not begun, is the next again. It had its place: no bound refuses it.
    pub(crate) fn put_back(&mut self, job: J) {
        self.interactive.push_front(job);
    }

    /// The next one by itself, from the given lane if it holds any.
    pub(crate) fn next(&mut self, first: Lane) -> Option<J> {
        let (first, then) = match first {
            Lane::Interactive => (&mut self.interactive, &mut self.background),
            Lane::Background => (&mut self.background, &mut self.interactive),
        };
        first.pop_front().or_else(|| then.pop_front())
    }

    pub(crate) fn len(&self) -> usize {
        self.interactive.len() + self.background.len()
    }

    /// Refuses new operations. Those that wait are still served.
    pub(crate) const fn close(&mut self) {
        self.closed = true;
    }

    pub(crate) const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Drops whatever waits: nobody is left to serve it.
    pub(crate) fn clear(&mut self) {
        self.interactive.clear();
        self.background.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_lane_refuses_at_once_and_only_itself() {
        let mut lanes = Lanes::new(2);
        let full = Err(DbError::Unavailable("too many operations are waiting".to_owned()));
        assert_eq!([(); 3].map(|()| lanes.push("import", Lane::Background)), [Ok(()), Ok(()), full.clone()]);
        assert_eq!([(); 3].map(|()| lanes.push("payer", Lane::Interactive)), [Ok(()), Ok(()), full]);
        assert_eq!(lanes.len(), 4);
    }

    #[test]
    fn interactive_ones_go_first_and_a_few_of_the_background_with_them() {
        let mut lanes = Lanes::new(9);
        for job in ["import 1", "import 2", "import 3"] {
            lanes.push(job, Lane::Background).unwrap();
        }
        lanes.push("payer", Lane::Interactive).unwrap();
        let mut batch = Vec::new();
        lanes.take(&mut batch, 5, 1);
        assert_eq!(batch, ["payer", "import 1"]);
        lanes.push("payer", Lane::Interactive).unwrap();
        assert_eq!(lanes.next(Lane::Background), Some("import 2"));
        assert_eq!(lanes.next(Lane::Interactive), Some("payer"));
        assert_eq!(lanes.next(Lane::Interactive), Some("import 3"));
        assert_eq!(lanes.next(Lane::Interactive), None);
    }

    #[test]
    fn a_closed_queue_serves_who_waits_and_nobody_new() {
        let mut lanes = Lanes::new(9);
        lanes.push("payer", Lane::Interactive).unwrap();
        lanes.close();
        assert!(matches!(lanes.push("late", Lane::Interactive), Err(DbError::Unavailable(_))));
        assert_eq!(lanes.next(Lane::Interactive), Some("payer"));
    }
}
