//! The turns that one key took lately.
//!
//! Time is cut into steps, of which a window has sixty, and a turn counts until the window has passed since the end of
//! its step. So no window, wherever it begins, holds more turns than the limit; and a turn comes back up to one step
//! later than it must. A key needs room for as many numbers as there are steps, however high its limit is.

use super::{Limit, Turn};
use hundi_core::Millis;

/// Steps in a window.
pub(super) const STEPS: i64 = 60;

/// How many turns were taken in which step, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Counts(Vec<(i64, u32)>);

impl Counts {
    pub(super) fn take(&mut self, limit: Limit, now: Millis) -> Turn {
        let this = limit.step_of(now);
        self.0.retain(|(step, _)| counts(*step, this));
        let used: u32 = self.0.iter().map(|(_, turns)| *turns).sum();
        let given = used < limit.turns;
        if given {
            match self.0.last_mut() {
                // The clock may have been put back: steps stay in their order.
                Some((step, turns)) if *step >= this => *turns += 1,
                _ => self.0.push((this, 1)),
            }
        }
        let used = used + u32::from(given);
        Turn { given, remaining: limit.turns.saturating_sub(used), wait_ms: self.wait_ms(limit, used, now) }
    }

    /// Until fewer turns count than the limit has, and than count now.
    fn wait_ms(&self, limit: Limit, used: u32, now: Millis) -> i64 {
        let mut left = used;
        for (step, turns) in &self.0 {
            left -= turns;
            if left < limit.turns {
                return (step + STEPS + 1) * limit.step_ms() - now.0;
            }
        }
        0
    }

    /// Whether any turn still counts.
    pub(super) fn is_live(&self, limit: Limit, now: Millis) -> bool {
        self.0.last().is_some_and(|(step, _)| counts(*step, limit.step_of(now)))
    }
}

const fn counts(step: i64, this: i64) -> bool {
    step + STEPS >= this
}
