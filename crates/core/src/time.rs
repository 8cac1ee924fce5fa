//! Instants as 64-bit milliseconds of UTC. Reading a clock is somebody else's job.

use std::fmt;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub i64);

impl Millis {
    /// From a provider's Unix seconds. Saturates: an absurd time must not stop a payment.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    pub const fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    pub const fn minus(self, ms: i64) -> Self {
        Self(self.0.saturating_sub(ms))
    }

    /// How many milliseconds passed from `earlier` to this; negative when it lies ahead.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

pub const fn seconds(n: i64) -> i64 {
    n * 1000
}
pub const fn minutes(n: i64) -> i64 {
    n * 60_000
}
pub const fn hours(n: i64) -> i64 {
    n * 3_600_000
}
pub const fn days(n: i64) -> i64 {
    n * 86_400_000
}

/// RFC 3339 with milliseconds, UTC, as the API shows it.
impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0.div_euclid(86_400_000);
        let ms = self.0.rem_euclid(86_400_000);
        let (year, month, day) = civil(days);
        let (h, m, s, milli) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000);
        write!(f, "{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}.{milli:03}Z")
    }
}

/// Days since the epoch as year, month, day (Howard Hinnant's civil_from_days).
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ms: i64, shown: &str) {
        assert_eq!(Millis(ms).to_string(), shown);
    }

    #[test]
    fn shows_as_rfc_3339() {
        check(0, "1970-01-01T00:00:00.000Z");
        check(951_782_400_000, "2000-02-29T00:00:00.000Z");
        check(1_789_000_000_123, "2026-09-10T00:26:40.123Z");
        check(-1, "1969-12-31T23:59:59.999Z");
        check(4_102_444_799_999, "2099-12-31T23:59:59.999Z");
    }
}
