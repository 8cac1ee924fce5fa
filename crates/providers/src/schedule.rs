//! Times at which to ask for a payment, written as a provider writes them: from then until then, so often; or one by one.

use hundi_core::time::{hours, minutes, seconds};

/// From one time to another (without it), every so many milliseconds.
pub(crate) type Step = (i64, i64, i64);

/// How many times there are.
pub(crate) const fn count(steps: &[Step]) -> usize {
    let (mut count, mut step) = (0, 0);
    while step < steps.len() {
        let (from, to, every) = steps[step];
        let mut at = from;
        while at < to {
            count += 1;
            at += every;
        }
        step += 1;
    }
    count
}

/// Each of them. `N` is their [`count`].
pub(crate) const fn times<const N: usize>(steps: &[Step]) -> [i64; N] {
    let mut all = [0; N];
    let (mut count, mut step) = (0, 0);
    while step < steps.len() {
        let (from, to, every) = steps[step];
        let mut at = from;
        while at < to {
            all[count] = at;
            count += 1;
            at += every;
        }
        step += 1;
    }
    all
}

/// So long after, one by one: first those told in seconds, then in minutes, then in hours.
pub(crate) struct After<'a> {
    pub(crate) seconds: &'a [i64],
    pub(crate) minutes: &'a [i64],
    pub(crate) hours: &'a [i64],
}

impl After<'_> {
    /// `N` is how many there are.
    pub(crate) const fn times<const N: usize>(&self) -> [i64; N] {
        let (in_seconds, in_minutes) = (self.seconds.len(), self.seconds.len() + self.minutes.len());
        assert!(N == in_minutes + self.hours.len(), "as many times as were told");
        let (mut all, mut at) = ([0; N], 0);
        while at < N {
            all[at] = match at {
                at if at < in_seconds => seconds(self.seconds[at]),
                at if at < in_minutes => minutes(self.minutes[at - in_seconds]),
                at => hours(self.hours[at - in_minutes]),
            };
            at += 1;
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_ends_before_its_end() {
        const STEPS: &[Step] = &[(20, 50, 10), (50, 70, 15)];
        static TIMES: [i64; count(STEPS)] = times(STEPS);
        assert_eq!(TIMES, [20, 30, 40, 50, 65]);
    }

    #[test]
    fn times_are_told_by_the_clock() {
        static TIMES: [i64; 4] = After { seconds: &[5, 10], minutes: &[1], hours: &[2] }.times();
        assert_eq!(TIMES, [5_000, 10_000, 60_000, 7_200_000]);
    }
}
