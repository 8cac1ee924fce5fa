//! How long an operation may wait for its turn, how long before it is run again, and when to give up.

use aws_lc_rs::rand;
use std::time::{Duration, Instant};

/// After this long a conflict is the caller's: somebody holds the row for far too long.
const RERUN_SECS_MAX: u64 = 10;
const FIRST_GAP_MS: u64 = 2;
const GAP_MS_MAX: u64 = 250;

/// The patience with one operation, counted from the moment it was asked for.
pub(super) struct Reruns {
    deadline: Instant,
    gap_ms: u64,
}

impl Reruns {
    pub(super) fn start() -> Self {
        Self { deadline: Instant::now() + Duration::from_secs(RERUN_SECS_MAX), gap_ms: FIRST_GAP_MS }
    }

    /// It stood in the queue for so long that nobody waits for it any more.
    pub(super) fn is_over(&self) -> bool {
        Instant::now() >= self.deadline
    }

    /// Waits a growing, random while. False: the time is up.
    pub(super) async fn wait(&mut self) -> bool {
        let pause = Duration::from_millis(jittered(self.gap_ms));
        self.gap_ms = (self.gap_ms * 2).min(GAP_MS_MAX);
        if Instant::now() + pause >= self.deadline {
            return false;
        }
        tokio::time::sleep(pause).await;
        true
    }
}

/// From half to one and a half of `gap_ms`: those who collided must not meet again.
fn jittered(gap_ms: u64) -> u64 {
    let mut random = [0_u8; 8];
    match rand::fill(&mut random) {
        Ok(()) => gap_ms / 2 + u64::from_ne_bytes(random) % (gap_ms + 1),
        // Without randomness the pause is merely less fair.
        Err(_) => gap_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_stay_near_their_gap() {
        for gap in [FIRST_GAP_MS, 17, GAP_MS_MAX] {
            assert!((0..100).map(|_| jittered(gap)).all(|ms| (gap / 2..=gap * 3 / 2).contains(&ms)));
        }
    }
}
