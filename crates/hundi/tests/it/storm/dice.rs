//! Chance that can be played again: one seed, one run of choices. What the machine's scheduler does is not ours.

/// `SplitMix64`, by Sebastiano Vigna.
pub struct Dice(u64);

impl Dice {
    /// Of one player: the same seed and number throw the same, whoever else plays.
    pub fn of(seed: u64, player: u64) -> Self {
        let mut first = Self(seed);
        let mixed = first.throw();
        let mut own = Self(mixed ^ player.wrapping_mul(0xd134_2543_de82_ef95));
        own.throw();
        own
    }

    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to `sides - 1`.
    pub fn below(&mut self, sides: u64) -> u64 {
        self.throw() % sides.max(1)
    }

    /// Both ends included.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to - from + 1).unwrap_or(1);
        from + i64::try_from(self.below(span)).unwrap_or(0)
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, times: u64) -> bool {
        self.below(100) < times
    }

    /// One of these.
    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        let at = usize::try_from(self.below(all.len() as u64)).unwrap_or(0);
        all[at]
    }
}

#[test]
fn the_same_seed_and_player_throw_the_same_and_others_do_not() {
    let throws = |seed, player| {
        let mut dice = Dice::of(seed, player);
        (0..8).map(|_| dice.below(1000)).collect::<Vec<_>>()
    };
    assert_eq!(throws(7, 3), throws(7, 3));
    assert_ne!(throws(7, 3), throws(7, 4));
    assert_ne!(throws(7, 3), throws(8, 3));
}
