//! Paytm's days and times.

use crate::paytm::time::{day, day_begins, day_of_id, instant};
use hundi_core::Millis;

#[test]
fn days_are_india_s() {
    assert_eq!(day(Millis(1_767_205_800_000)), "2026-01-01");
    assert_eq!(day_begins(Millis(1_767_205_800_001)), Millis(1_767_205_800_000));
    assert_eq!(day_of_id("20260101111212800110168"), instant("2026-01-01"));
    assert_eq!(day_of_id("2026"), None);
}
