//! A place in a list that is asked for a stretch of time after another, each page by page: days, or the widest range that
//! a provider takes.

use super::doubt::refused;
use crate::wire::CallError;
use hundi_core::Millis;

/// A stretch of so many pages ends somewhere.
const PAGES_MAX: u32 = 50_000;

/// Where a stretch begins, and the page within it, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) from: Millis,
    pub(crate) page: u32,
}

impl Place {
    /// What a cursor names, `1789000000000 2`; without one the first page from there.
    pub(crate) fn read(after: Option<&str>, first: Millis) -> Result<Self, CallError> {
        let Some(cursor) = after else { return Ok(Self { from: first, page: 1 }) };
        let named = cursor.split_once(' ').and_then(|(from, page)| {
            let page = page.parse().ok().filter(|page| (1..=PAGES_MAX).contains(page))?;
            Some(Self { from: Millis(from.parse().ok()?), page })
        });
        named.ok_or_else(|| refused("not a place in this list"))
    }

    /// The next page where there are more, the next stretch where this one ends before the span does, or the end.
    pub(crate) fn next(self, more: bool, ends: Millis, span_to: Millis) -> Option<String> {
        match self {
            Self { from, page } if more && page < PAGES_MAX => Some(format!("{} {}", from.0, page + 1)),
            _ if ends < span_to => Some(format!("{} 1", ends.0)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_first_and_then_the_next_stretch() {
        let first = Place { from: Millis(5), page: 1 };
        assert_eq!(Place::read(None, Millis(5)), Ok(first));
        assert_eq!(Place::read(Some("9 2"), Millis(5)), Ok(Place { from: Millis(9), page: 2 }));
        for odd in ["", "9", "9 0", "x 1", "9 x", "9 50001"] {
            assert!(Place::read(Some(odd), Millis(5)).is_err(), "{odd}");
        }
        assert_eq!(first.next(true, Millis(9), Millis(20)).as_deref(), Some("5 2"));
        assert_eq!(first.next(false, Millis(9), Millis(20)).as_deref(), Some("9 1"));
        assert_eq!(first.next(false, Millis(20), Millis(20)), None);
        let last = Place { page: PAGES_MAX, ..first };
        assert_eq!(last.next(true, Millis(9), Millis(20)).as_deref(), Some("9 1"));
    }
}
