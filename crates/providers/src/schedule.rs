//! Times at which to ask for a payment, written as a provider writes them: from then until then, so often.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_ends_before_its_end() {
        const STEPS: &[Step] = &[(20, 50, 10), (50, 70, 15)];
        static TIMES: [i64; count(STEPS)] = times(STEPS);
        assert_eq!(TIMES, [20, 30, 40, 50, 65]);
    }
}
