//! A breaker, read off what lately happened: nothing is stored but outcomes, so that many nodes see the same.

use crate::Millis;
use crate::time::{minutes, seconds};

/// So many failures in a row open it.
const IN_A_ROW: u32 = 5;
/// Or this share of at least so many within the window.
const SAMPLE_MIN: usize = 20;
const BAD_PERCENT: usize = 50;
const WINDOW_MS: i64 = minutes(5);
/// How long it stays open at first; each failed trial doubles it.
const OPEN_MS: i64 = seconds(30);
const OPEN_MS_MAX: i64 = minutes(5);
/// While it recovers, one payment in so long is let through.
const TRICKLE_MS: i64 = seconds(10);

/// What a connection's work came to. What the payer did (cancelled, no balance) is neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Good,
    /// The provider or the bank behind it did not work.
    Bad,
    /// A payment was let through to see whether it works again.
    Trial,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub at: Millis,
    pub outcome: Outcome,
}

/// How a connection stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    Well,
    Down {
        until: Millis,
    },
    /// Its time is over; whether this payment is let through to try it.
    Recovering {
        admits: bool,
    },
}

enum Breaker {
    Closed { bad_in_a_row: u32, recent: Vec<(Millis, bool)> },
    Open { until: Millis, open_ms: i64, trial_at: Option<Millis> },
}

const fn closed() -> Breaker {
    Breaker::Closed { bad_in_a_row: 0, recent: Vec::new() }
}

/// From what was seen, oldest first.
pub fn health(seen: &[Seen], now: Millis) -> Health {
    let mut breaker = closed();
    for one in seen.iter().filter(|s| s.at <= now) {
        breaker = after(breaker, one);
    }
    match breaker {
        Breaker::Closed { .. } => Health::Well,
        Breaker::Open { until, .. } if now < until => Health::Down { until },
        Breaker::Open { trial_at, .. } => {
            Health::Recovering { admits: trial_at.is_none_or(|at| now.since(at) >= TRICKLE_MS) }
        }
    }
}

fn after(breaker: Breaker, seen: &Seen) -> Breaker {
    match (breaker, seen.outcome) {
        (Breaker::Closed { bad_in_a_row, recent }, Outcome::Trial) => {
            Breaker::Closed { bad_in_a_row, recent }
        }
        (Breaker::Closed { bad_in_a_row, mut recent }, outcome) => {
            let bad = outcome == Outcome::Bad;
            recent.retain(|(at, _)| seen.at.since(*at) < WINDOW_MS);
            recent.push((seen.at, bad));
            let bad_in_a_row = if bad { bad_in_a_row + 1 } else { 0 };
            let bads = recent.iter().filter(|(_, bad)| *bad).count();
            let many = recent.len() >= SAMPLE_MIN && bads * 100 >= recent.len() * BAD_PERCENT;
            if bad && (bad_in_a_row >= IN_A_ROW || many) {
                return Breaker::Open { until: seen.at.plus(OPEN_MS), open_ms: OPEN_MS, trial_at: None };
            }
            Breaker::Closed { bad_in_a_row, recent }
        }
        // What began before it opened may still end well or badly: only what comes after its time tells.
        (open @ Breaker::Open { until, .. }, _) if seen.at < until => open,
        (Breaker::Open { .. }, Outcome::Good) => closed(),
        (Breaker::Open { open_ms, .. }, Outcome::Bad) => {
            let open_ms = (open_ms * 2).min(OPEN_MS_MAX);
            Breaker::Open { until: seen.at.plus(open_ms), open_ms, trial_at: None }
        }
        (Breaker::Open { until, open_ms, .. }, Outcome::Trial) => {
            Breaker::Open { until, open_ms, trial_at: Some(seen.at) }
        }
    }
}
