//! When a delivery that failed is tried again: the house's schedule, its beginning, or the endpoint's own.

use super::send::Tried;
use crate::app::Schedule;
use crate::{App, planted, random};
use hundi_core::time::hours;
use hundi_core::{Millis, Mode};
use hundi_store::deliveries::Delivery;
use hundi_store::endpoints::{Endpoint, Retries};

/// An endpoint may ask for a pause of this length at most.
const RETRY_AFTER_MS_MAX: i64 = hours(24);
/// Tries of an endpoint that wants the first ones only (PRODUCT WO3).
const FIRST_TRIES: usize = 5;

/// When the next try is due after one that failed. `None`: that was the last.
pub(super) fn next_try(app: &App, endpoint: &Endpoint, delivery: &Delivery, tried: &Tried) -> Option<Millis> {
    let house = match delivery.scope.mode() {
        Mode::Live => &app.config.deliveries_live,
        Mode::Test => &app.config.deliveries_test,
    };
    let before = usize::try_from(delivery.attempts - delivery.attempts_before).unwrap_or(usize::MAX);
    let gap = gap_ms(&endpoint.retries, house, before)?;
    // Up to a tenth later, so that an endpoint that comes back is not run over.
    let jitter = random::number(&*app.random, u64::try_from(gap / 10).unwrap_or(0));
    let asked = if planted!("retry_after_ignored") { 0 } else { tried.retry_after_ms.unwrap_or(0) };
    let next = app.now().plus(gap.max(asked) + i64::try_from(jitter).unwrap_or(0));
    let too_late = next.since(delivery.began_at()) > house.give_up_after_ms;
    (!too_late && !planted!("one_failure_gives_up")).then_some(next)
}

/// The gap after a try with so many before it.
fn gap_ms(retries: &Retries, house: &Schedule, before: usize) -> Option<i64> {
    match retries {
        Retries::Standard => house.gaps_ms.get(before).or(house.gaps_ms.last()).copied(),
        Retries::FirstFive => house.gaps_ms.get(before).copied().filter(|_| before + 1 < FIRST_TRIES),
        Retries::Own(secs) => secs.get(before).map(|secs| secs * 1000),
    }
}

/// `Retry-After` in seconds or as a date, within bounds.
pub(super) fn retry_after_ms(text: &str, now: Millis) -> Option<i64> {
    let text = text.trim();
    let ms = match text.bytes().all(|c| c.is_ascii_digit()) && !text.is_empty() {
        // More digits than a number holds is as long as can be.
        true => text.parse::<i64>().unwrap_or(i64::MAX).saturating_mul(1000),
        false => {
            let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
            Millis(at.as_millisecond()).since(now)
        }
    };
    Some(ms.clamp(0, RETRY_AFTER_MS_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps(retries: &Retries, house: &Schedule, tries: usize) -> Vec<Option<i64>> {
        (0..tries).map(|before| gap_ms(retries, house, before).map(|ms| ms / 1000)).collect()
    }

    #[test]
    fn each_schedule_has_its_gaps_and_its_end() {
        let (live, test) = (Schedule::live(), Schedule::test());
        let secs = |all: &[i64]| all.iter().copied().map(Some).collect::<Vec<_>>();
        assert_eq!(
            gaps(&Retries::Standard, &live, 7),
            secs(&[60, 300, 1_800, 7_200, 43_200, 43_200, 43_200])
        );
        assert_eq!(gaps(&Retries::Standard, &test, 7), secs(&[5, 10, 15, 20, 1_800, 43_200, 43_200]));
        for (house, first) in [(&live, [60, 300, 1_800, 7_200]), (&test, [5, 10, 15, 20])] {
            let expected = [secs(&first), vec![None, None]].concat();
            assert_eq!(gaps(&Retries::FirstFive, house, 6), expected);
        }
        let own = Retries::Own(vec![1, 86_400]);
        assert_eq!(gaps(&own, &live, 3), [Some(1), Some(86_400), None]);
    }

    #[test]
    fn a_pause_is_read_in_both_forms_and_bounded() {
        // 6 November 1994, 08:49:37 UTC: the standard's own example.
        let now = Millis::from_secs(784_111_777 - 120);
        for (text, secs) in [
            ("0", Some(0)),
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("86401", Some(86_400)),
            ("99999999999999999999999", Some(86_400)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(120)),
            ("Sun, 06 Nov 1994 08:40:00 GMT", Some(0)),
            ("Sat, 06 Nov 2094 08:49:37 GMT", Some(86_400)),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(retry_after_ms(text, now), secs.map(|s| s * 1000), "{text:?}");
        }
    }
}
