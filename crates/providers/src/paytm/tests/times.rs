//! Days that Paytm's ids tell.

use crate::paytm::meaning::day_of_id;
use crate::reading::calendar::instant_in_india;

#[test]
fn days_are_india_s() {
    assert_eq!(day_of_id("20260101111212800110168"), instant_in_india("2026-01-01"));
    assert_eq!(day_of_id("2026"), None);
}
