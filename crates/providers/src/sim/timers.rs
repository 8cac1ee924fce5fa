//! What comes due by itself, in order of time and then of being set.

use hundi_core::Millis;
use std::collections::BTreeMap;

pub(crate) struct Timers<T> {
    waiting: BTreeMap<(Millis, u64), T>,
    made: u64,
}

impl<T> Timers<T> {
    pub(crate) const fn new() -> Self {
        Self { waiting: BTreeMap::new(), made: 0 }
    }

    pub(crate) fn set(&mut self, at: Millis, timer: T) {
        self.made += 1;
        self.waiting.insert((at, self.made), timer);
    }

    /// The next that is due by `now`, with its own time. Firing it may set others: ask until there is none.
    pub(crate) fn take(&mut self, now: Millis) -> Option<(Millis, T)> {
        let entry = self.waiting.first_entry()?;
        let (at, _) = *entry.key();
        (at <= now).then(|| (at, entry.remove()))
    }

    pub(crate) fn next_due(&self) -> Option<Millis> {
        self.waiting.keys().next().map(|(at, _)| *at)
    }
}
