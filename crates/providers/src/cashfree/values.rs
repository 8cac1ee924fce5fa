//! Cashfree's amounts and times. Amounts are JSON numbers in rupees: read from their own digits, never through a float.

use crate::reading::calendar::{self, Unzoned};
pub(super) use crate::reading::decimal::money;
use hundi_core::Millis;

/// `2026-09-10T00:26:40Z`, as the API takes it.
pub(super) fn written(at: Millis) -> String {
    let shown = at.to_string();
    shown.get(..19).map_or_else(|| shown.clone(), |whole| format!("{whole}Z"))
}

/// An instant: `2022-12-15T12:20:29+05:30`, with `Z`, or without saying where: then India, as the API says it keeps
/// its times.
pub(super) fn instant(text: &str) -> Option<Millis> {
    calendar::instant(text, Unzoned::India)
}
