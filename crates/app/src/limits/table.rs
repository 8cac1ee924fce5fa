//! The counts of many keys, in bounded memory that nobody can use to be forgotten.
//!
//! A key that counts is never thrown out, or a stranger could wash his own count away with a flood of other keys. When
//! the table is full, newcomers share cells: they are counted with others, so more strictly, never less. A key stays in
//! its cell as long as anything counts there. Where a key lands is decided by a hash that outsiders can't compute.

use super::counts::Counts;
use super::{Limit, Turn};
use hundi_core::Millis;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

/// Keys with a count of their own.
const OWN_MAX: usize = 50_000;
/// Cells that newcomers share when there are so many.
const CELLS: usize = 1_024;

pub(super) struct Table {
    own_max: usize,
    hasher: RandomState,
    held: Mutex<Held>,
}

struct Held {
    own: HashMap<u64, Counts>,
    cells: Vec<Counts>,
    /// The step in which what no longer counts was last thrown out: once in a step is enough, and no more is paid for.
    swept: Option<i64>,
}

impl Table {
    pub(super) fn standard() -> Self {
        Self::of(OWN_MAX)
    }

    pub(super) fn of(own_max: usize) -> Self {
        let held = Held { own: HashMap::new(), cells: Vec::new(), swept: None };
        Self { own_max, hasher: RandomState::new(), held: Mutex::new(held) }
    }

    pub(super) fn take(&self, key: &str, limit: Limit, now: Millis) -> Turn {
        let hash = self.hasher.hash_one(key);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.counts_of(hash, self.own_max, limit, now).take(limit, now)
    }

    /// Keys that have a count of their own.
    #[cfg(test)]
    pub(super) fn own(&self) -> usize {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).own.len()
    }
}

impl Held {
    fn counts_of(&mut self, hash: u64, own_max: usize, limit: Limit, now: Millis) -> &mut Counts {
        if self.own.contains_key(&hash) {
            return self.own.entry(hash).or_default();
        }
        let cell = usize::try_from(hash % CELLS as u64).unwrap_or(0);
        if self.cells.get(cell).is_some_and(|counts| counts.is_live(limit, now)) {
            return &mut self.cells[cell];
        }
        if self.own.len() >= own_max {
            self.sweep(limit, now);
        }
        if self.own.len() < own_max {
            return self.own.entry(hash).or_default();
        }
        if self.cells.is_empty() {
            self.cells.resize_with(CELLS, Counts::default);
        }
        &mut self.cells[cell]
    }

    fn sweep(&mut self, limit: Limit, now: Millis) {
        let this = limit.step_of(now);
        if self.swept != Some(this) {
            self.swept = Some(this);
            self.own.retain(|_, counts| counts.is_live(limit, now));
        }
    }
}
