//! The randomness port: keys, tokens, ids and jitter come from here, so that a simulation can be played again.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use hundi_core::ids::Entropy;
use std::sync::Mutex;
use std::sync::PoisonError;

/// Fills buffers with random bytes.
pub trait Random: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

/// Ten bytes, for an id.
pub fn entropy(random: &dyn Random) -> Entropy {
    let mut bytes = Entropy::default();
    random.fill(&mut bytes);
    bytes
}

/// A number from 0 to `below` exclusive, each equally likely; 0 when there is no choice.
pub fn number(random: &dyn Random, below: u64) -> u64 {
    if below < 2 {
        return 0;
    }
    // The topmost incomplete run would favour small numbers. Ends: each turn succeeds with at least even odds.
    let unfair = u64::MAX - u64::MAX % below;
    loop {
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        let drawn = u64::from_le_bytes(bytes);
        if drawn < unfair {
            return drawn % below;
        }
    }
}

/// The operating system's generator. Fit for keys.
#[derive(Debug, Default)]
pub struct SystemRandomness(SystemRandom);

impl SystemRandomness {
    pub fn new() -> Self {
        Self::default()
    }
}

impl Random for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes).expect("the system's generator does not fail once the machine is up");
    }
}

/// The same bytes for the same seed (SplitMix64). For tests; never for keys.
#[derive(Debug)]
pub struct SeededRandom(Mutex<u64>);

impl SeededRandom {
    pub const fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_the_system_does_not() {
        let draw = |random: &dyn Random| {
            let mut bytes = [0; 37];
            random.fill(&mut bytes);
            bytes
        };
        assert_eq!(draw(&SeededRandom::new(1)), draw(&SeededRandom::new(1)));
        assert_ne!(draw(&SeededRandom::new(1)), draw(&SeededRandom::new(2)));
        let seeded = SeededRandom::new(1);
        assert_ne!(draw(&seeded), draw(&seeded));
        assert_ne!(draw(&SystemRandomness::new()), draw(&SystemRandomness::new()));
        // SplitMix64's published first output for the seed 0.
        let mut first = [0; 8];
        SeededRandom::new(0).fill(&mut first);
        assert_eq!(u64::from_le_bytes(first), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn numbers_stay_below_and_reach_all() {
        let random = SeededRandom::new(3);
        for below in [0, 1] {
            assert_eq!(number(&random, below), 0);
        }
        let mut seen = [0_u32; 6];
        for _ in 0..6_000 {
            seen[usize::try_from(number(&random, 6)).unwrap()] += 1;
        }
        assert!(seen.iter().all(|n| (850..1150).contains(n)), "{seen:?}");
        assert!((0..100).all(|_| number(&random, u64::MAX) < u64::MAX));
    }
}
