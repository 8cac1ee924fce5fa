//! What one cell of a table is made of: closed loops of callers, and the rate and latencies they saw.
//!
//! Whole numbers throughout: microseconds, and ratios in thousandths.

use anyhow::{Result, ensure};
use std::future::Future;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Somebody who asks again as soon as it is answered.
pub(crate) trait Caller: Send + 'static {
    fn once(&mut self) -> impl Future<Output = Result<()>> + Send;
}

/// What came of one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) done: u64,
    pub(crate) rate: u64,
    pub(crate) p50_us: u64,
    pub(crate) p95_us: u64,
    pub(crate) p99_us: u64,
}

impl Sample {
    /// Of so many latencies, taken in so long.
    pub(crate) fn of(mut micros: Vec<u64>, took: Duration) -> Result<Self> {
        ensure!(!micros.is_empty(), "nothing was done");
        micros.sort_unstable();
        let done = u64::try_from(micros.len())?;
        let took_us = u64::try_from(took.as_micros())?.max(1);
        let at = |percent: usize| micros[(micros.len() * percent / 100).min(micros.len() - 1)];
        Ok(Self { done, rate: done * 1_000_000 / took_us, p50_us: at(50), p95_us: at(95), p99_us: at(99) })
    }

    /// The middle of each figure by itself.
    pub(crate) fn median(rounds: &[Self]) -> Self {
        let of = |figure: fn(&Self) -> u64| median(rounds.iter().map(figure).collect());
        Self {
            done: of(|s| s.done),
            rate: of(|s| s.rate),
            p50_us: of(|s| s.p50_us),
            p95_us: of(|s| s.p95_us),
            p99_us: of(|s| s.p99_us),
        }
    }
}

/// The middle one; of an even number the mean of the two in the middle. Nought of none.
pub(crate) fn median(mut all: Vec<u64>) -> u64 {
    all.sort_unstable();
    match all.len() {
        0 => 0,
        n if n % 2 == 1 => all[n / 2],
        n => all[n / 2 - 1].midpoint(all[n / 2]),
    }
}

/// `a` as so many thousandths of `b`.
pub(crate) fn thousandths(a: u64, b: u64) -> u64 {
    (a * 1000).checked_div(b).unwrap_or(0)
}

/// Lets every caller ask in turn without pause, for `length`.
pub(crate) async fn closed_loop<C: Caller>(callers: Vec<C>, length: Duration) -> Result<Sample> {
    let mut tasks = JoinSet::new();
    let start = Instant::now();
    for mut caller in callers {
        tasks.spawn(async move {
            let mut micros = Vec::with_capacity(16_384);
            while start.elapsed() < length {
                let asked = Instant::now();
                caller.once().await?;
                micros.push(u64::try_from(asked.elapsed().as_micros())?);
            }
            anyhow::Ok(micros)
        });
    }
    let mut all = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        all.extend(ended??);
    }
    Sample::of(all, start.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_known_latencies() {
        let sample = Sample::of((1..=100).rev().collect(), Duration::from_millis(500)).unwrap();
        assert_eq!(sample, Sample { done: 100, rate: 200, p50_us: 51, p95_us: 96, p99_us: 100 });
        assert!(Sample::of(Vec::new(), Duration::from_secs(1)).is_err());
    }

    #[test]
    fn medians_and_ratios() {
        assert_eq!([median(vec![]), median(vec![9, 1, 5]), median(vec![1, 9, 2, 4])], [0, 5, 3]);
        assert_eq!([thousandths(1, 3), thousandths(3, 2), thousandths(1, 0)], [333, 1500, 0]);
    }
}
