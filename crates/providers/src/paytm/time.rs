//! Paytm's times: `2026-01-01 12:00:05.0`, the clock of India without saying so.

use crate::reading::calendar::{self, INDIA_AHEAD_MS, Unzoned};
use hundi_core::Millis;
use hundi_core::time::days;

/// An instant from a date and, where it is given, a time of day in India.
pub(super) fn instant(text: &str) -> Option<Millis> {
    calendar::instant(text, Unzoned::India)
}

/// The day in India, `2026-01-02`.
pub(super) fn day(at: Millis) -> String {
    at.plus(INDIA_AHEAD_MS).to_string().chars().take(10).collect()
}

/// The first instant of that day in India.
pub(super) fn day_begins(at: Millis) -> Millis {
    Millis((at.0 + INDIA_AHEAD_MS).div_euclid(days(1)) * days(1) - INDIA_AHEAD_MS)
}

/// The day that every transaction id begins with, `20260101...`: all that is known when no date is given.
pub(super) fn day_of_id(txn_id: &str) -> Option<Millis> {
    let (year, month, day) = (txn_id.get(0..4)?, txn_id.get(4..6)?, txn_id.get(6..8)?);
    instant(&format!("{year}-{month}-{day}"))
}
