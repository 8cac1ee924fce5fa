//! Turns at somebody else's server: few at one time, first come, first served, and none that waits long for a slow one.
//!
//! Whoever gets none looks again later, so that what is slow holds nobody but those who want something of it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Those that wait here for a turn at one place. Those beyond look again later.
const WAITING_MAX: usize = 128;
/// A quick place's turn comes within milliseconds. Whoever waited so long makes room for others, and nobody waits
/// for a place whose last answer took so long.
const WAIT_MS: u64 = 250;

/// Turns in use and waited for, by place.
#[derive(Debug)]
pub(crate) struct Turns<K> {
    /// At one place at one time.
    at_once: usize,
    in_use: Mutex<HashMap<K, Line>>,
}

/// Who is at one place, and who stands in line.
#[derive(Debug)]
struct Line {
    people: usize,
    turns: Arc<Semaphore>,
    last_ms: u64,
}

/// One place in a line, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a, K: Copy + Eq + Hash> {
    turns: &'a Turns<K>,
    place: K,
    held: Option<OwnedSemaphorePermit>,
}

/// There was no turn to be had: the line is too long or too slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Busy {
    /// How long the last one took there.
    pub(crate) last_ms: u64,
}

impl<K: Copy + Eq + Hash> Turns<K> {
    pub(crate) fn new(at_once: usize) -> Self {
        Self { at_once, in_use: Mutex::default() }
    }

    /// First come, first served.
    pub(crate) async fn take(&self, place: K) -> Result<Turn<'_, K>, Busy> {
        let line = self.stand_in_line(place)?;
        let mut turn = Turn { turns: self, place, held: None };
        let came = tokio::time::timeout(Duration::from_millis(WAIT_MS), line.acquire_owned()).await;
        turn.held = came.ok().and_then(Result::ok);
        if turn.held.is_some() { Ok(turn) } else { Err(Busy { last_ms: WAIT_MS }) }
    }

    fn stand_in_line(&self, place: K) -> Result<Arc<Semaphore>, Busy> {
        let mut lines = self.in_use();
        let new = || Line { people: 0, turns: Arc::new(Semaphore::new(self.at_once)), last_ms: 0 };
        let line = lines.entry(place).or_insert_with(new);
        let waiting_max = if line.last_ms >= WAIT_MS { 0 } else { WAITING_MAX };
        if line.people >= self.at_once + waiting_max {
            return Err(Busy { last_ms: line.last_ms });
        }
        line.people += 1;
        Ok(line.turns.clone())
    }

    fn in_use(&self) -> MutexGuard<'_, HashMap<K, Line>> {
        self.in_use.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Copy + Eq + Hash> Turn<'_, K> {
    /// How long it took there: the line behind a slow place is short.
    pub(crate) fn took(&self, ms: i64) {
        if let Some(line) = self.turns.in_use().get_mut(&self.place) {
            line.last_ms = u64::try_from(ms).unwrap_or(0);
        }
    }
}

impl<K: Copy + Eq + Hash> Drop for Turn<'_, K> {
    fn drop(&mut self) {
        let mut lines = self.turns.in_use();
        drop(self.held.take());
        if let Some(line) = lines.get_mut(&self.place) {
            line.people -= 1;
            if line.people == 0 {
                lines.remove(&self.place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_stands_in_line_for_a_quick_place_and_never_for_a_slow_one() {
        let turns = Turns::new(4);
        let mut taken = Vec::new();
        for _ in 0..4 {
            taken.push(turns.take("here").await.expect("nobody is before us"));
        }
        let other = turns.take("there").await;
        assert!(other.is_ok(), "another place has turns of its own");
        let (next, ()) = tokio::join!(turns.take("here"), async { drop(taken.pop()) });
        let next = next.expect("a turn was given back while we waited");
        next.took(30_000);
        let busy = turns.take("here").await.err();
        assert_eq!(busy, Some(Busy { last_ms: 30_000 }), "all turns are taken, and it is slow");
        drop((taken, next, other));
        assert!(turns.in_use().is_empty(), "nobody is left in any line");
    }
}
