//! The dates at which the public shape of objects changed.
//!
//! Each key and each endpoint is pinned to one of them, so that a program goes on reading what it was written for.

use std::fmt;
use std::str::FromStr;

/// A shape of the API, by the day from which it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// Of keys and endpoints that were made before there were versions.
    V20260801,
    V20261101,
}

impl Version {
    /// From the oldest to the newest.
    pub const ALL: [Self; 2] = [Self::V20260801, Self::V20261101];
    /// What is described, and what new keys get.
    pub const NEWEST: Self = Self::V20261101;

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V20260801 => "2026-08-01",
            Self::V20261101 => "2026-11-01",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A date at which nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownVersion;

impl FromStr for Version {
    type Err = UnknownVersion;

    /// The date itself and no day between: what holds on a day that is no version would change under whoever wrote it.
    fn from_str(text: &str) -> Result<Self, UnknownVersion> {
        Self::ALL.into_iter().find(|version| version.as_str() == text).ok_or(UnknownVersion)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_exact_and_in_order() {
        assert!(Version::ALL.is_sorted() && Version::ALL.last() == Some(&Version::NEWEST));
        for version in Version::ALL {
            assert_eq!(version.as_str().parse(), Ok(version));
        }
        for text in ["", "2026-11-02", "2026-11", "2026-11-01 ", "2026-11-1", "latest", "20261101"] {
            assert_eq!(text.parse::<Version>(), Err(UnknownVersion), "{text}");
        }
    }
}
