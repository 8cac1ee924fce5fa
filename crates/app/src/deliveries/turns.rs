//! Turns at an endpoint: few at one time, first come, first served, and none that waits long for a slow one.

use hundi_core::EndpointId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Tries at one endpoint at one time: a slow one must not stand in the way of others (SAFETY T45).
const TURNS_MAX: usize = 4;
/// Deliveries that wait here for a turn at one endpoint. Those beyond look again later.
const WAITING_MAX: usize = 128;
/// A quick endpoint's turn comes within milliseconds. Whoever waited so long makes room for others, and nobody waits
/// for an endpoint whose last answer took so long.
const WAIT_MS: u64 = 250;

/// Turns in use and waited for, by endpoint.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    in_use: Mutex<HashMap<EndpointId, Line>>,
    /// Who waits for an endpoint with a rate.
    pub(super) lines: super::pace::Lines,
}

/// Who is at one endpoint, and who stands in line.
#[derive(Debug)]
struct Line {
    people: usize,
    turns: Arc<Semaphore>,
    is_slow: bool,
}

/// One place in an endpoint's line, given back when it is dropped.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    endpoint: EndpointId,
    held: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// First come, first served. `None`: the line is too long or too slow.
    pub(super) async fn take(&self, endpoint: EndpointId) -> Option<Turn<'_>> {
        let line = self.stand_in_line(endpoint)?;
        let mut turn = Turn { turns: self, endpoint, held: None };
        let came = tokio::time::timeout(Duration::from_millis(WAIT_MS), line.acquire_owned()).await;
        turn.held = came.ok().and_then(Result::ok);
        turn.held.is_some().then_some(turn)
    }

    fn stand_in_line(&self, endpoint: EndpointId) -> Option<Arc<Semaphore>> {
        let mut lines = self.in_use();
        let new = || Line { people: 0, turns: Arc::new(Semaphore::new(TURNS_MAX)), is_slow: false };
        let line = lines.entry(endpoint).or_insert_with(new);
        let waiting_max = if line.is_slow { 0 } else { WAITING_MAX };
        if line.people >= TURNS_MAX + waiting_max {
            return None;
        }
        line.people += 1;
        Some(line.turns.clone())
    }

    fn in_use(&self) -> MutexGuard<'_, HashMap<EndpointId, Line>> {
        self.in_use.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// How long the endpoint took: the line behind a slow one is short.
    pub(super) fn took(&self, ms: i64) {
        if let Some(line) = self.turns.in_use().get_mut(&self.endpoint) {
            line.is_slow = u64::try_from(ms).is_ok_and(|ms| ms >= WAIT_MS);
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut lines = self.turns.in_use();
        drop(self.held.take());
        if let Some(line) = lines.get_mut(&self.endpoint) {
            line.people -= 1;
            if line.people == 0 {
                lines.remove(&self.endpoint);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hundi_core::Millis;

    #[tokio::test]
    async fn one_stands_in_line_for_a_quick_endpoint_and_never_for_a_slow_one() {
        let (turns, endpoint) = (Turns::default(), EndpointId::new(Millis(1), [0; 10]));
        let mut taken = Vec::new();
        for _ in 0..TURNS_MAX {
            taken.push(turns.take(endpoint).await.expect("nobody is before us"));
        }
        let other = turns.take(EndpointId::new(Millis(1), [1; 10])).await;
        assert!(other.is_some(), "another endpoint has turns of its own");
        let (next, ()) = tokio::join!(turns.take(endpoint), async { drop(taken.pop()) });
        let next = next.expect("a turn was given back while we waited");
        next.took(i64::try_from(WAIT_MS).unwrap());
        assert!(turns.take(endpoint).await.is_none(), "all turns are taken, and it is slow");
        drop((taken, next, other));
        assert!(turns.in_use().is_empty(), "nobody is left in any line");
    }
}
