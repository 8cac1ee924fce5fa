//! How pages write times, counts, rates and names. Money writes itself: `Money::shown`.

use hundi_core::{Millis, Money};
use jiff::tz::{TimeZone, offset};
use jiff::{Timestamp, Zoned};
use std::fmt;

/// India has one time zone and no summer time: UTC + 5:30.
fn indian(at: Millis) -> Option<Zoned> {
    let zone = TimeZone::fixed(offset(0).saturating_add(jiff::SignedDuration::from_mins(330)));
    Some(Timestamp::from_millisecond(at.0).ok()?.to_zoned(zone))
}

/// A time that no calendar holds is shown as it is, rather than stopping a page.
fn written(at: Millis, format: &str) -> String {
    indian(at).map_or_else(|| at.to_string(), |zoned| zoned.strftime(format).to_string())
}

/// `21 Nov 2026, 13:45 IST`
pub fn ist(at: Millis) -> String {
    written(at, "%-d %b %Y, %H:%M IST")
}

/// `21 Nov, 13:45`: for lists whose heading names the zone.
pub fn ist_short(at: Millis) -> String {
    written(at, "%-d %b, %H:%M")
}

/// `13:45:12`
pub fn ist_clock(at: Millis) -> String {
    written(at, "%H:%M:%S")
}

/// `Sat 21 Nov 2026`
pub fn ist_date(at: Millis) -> String {
    written(at, "%a %-d %b %Y")
}

/// `21 Nov`
pub fn ist_day(at: Millis) -> String {
    written(at, "%-d %b")
}

/// `2026-11-21T13:45:12+05:30`, for the `datetime` of a `<time>`.
pub fn iso(at: Millis) -> String {
    written(at, "%Y-%m-%dT%H:%M:%S%:z")
}

/// When `2026-11-21` begins in India; none when it is no day.
pub fn day_begins(text: &str) -> Option<Millis> {
    let day: jiff::civil::Date = text.parse().ok()?;
    let zone = TimeZone::fixed(offset(0).saturating_add(jiff::SignedDuration::from_mins(330)));
    Some(Millis(day.to_zoned(zone).ok()?.timestamp().as_millisecond()))
}

/// The day of an instant, as a date field has it: `2026-11-21`.
pub fn day_of(at: Millis) -> String {
    written(at, "%Y-%m-%d")
}

/// How long, in the two largest units: `1 h 7 min`, `41 s`, `3 d 2 h`. Below a second: `now`-ish, so `0 s`.
pub fn long(ms: i64) -> String {
    let secs = ms.max(0) / 1000;
    let two = |a: i64, a_unit: &str, b: i64, b_unit: &str| match b {
        0 => format!("{a} {a_unit}"),
        _ => format!("{a} {a_unit} {b} {b_unit}"),
    };
    match secs {
        0..60 => format!("{secs} s"),
        60..3600 => format!("{} min", secs / 60),
        3600..86_400 => two(secs / 3600, "h", secs / 60 % 60, "min"),
        _ => two(secs / 86_400, "d", secs / 3600 % 24, "h"),
    }
}

/// `4,232`, `1,23,456`: a count, grouped as in India.
pub fn count(n: u64) -> String {
    // Money groups already; an amount of whole rupees is a count with a sign in front and paise behind.
    let minor = i64::try_from(n).ok().and_then(|n| n.checked_mul(100));
    minor.map_or_else(|| n.to_string(), |minor| whole(Money::inr(minor)).trim_start_matches('₹').to_owned())
}

/// An amount without its fraction: `₹1,23,456`. Only where the fraction is shown beside it, or on axes.
pub fn whole(money: Money) -> String {
    let mut shown = money.shown();
    shown.truncate(shown.find('.').unwrap_or(shown.len()));
    shown
}

/// `1 payment`, `3 payments`
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// `94.1%`, rounded half up; an empty whole has no rate.
pub fn rate(part: u64, of: u64) -> Option<String> {
    let per_mille = (u128::from(part) * 2000 + u128::from(of)).checked_div(u128::from(of) * 2)?;
    Some(format!("{}.{}%", per_mille / 10, per_mille % 10))
}

/// The monogram: `MK` for Malgudi Kitchens, `RA` for Ravi.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let (first, second) = (words.next(), words.next());
    let letters = match (first, second) {
        (Some(a), Some(b)) => [a, b].iter().collect::<String>(),
        _ => name.chars().filter(|c| c.is_alphanumeric()).take(2).collect(),
    };
    letters.to_uppercase()
}

/// An amount in large type: the fraction stands smaller beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    pub major: String,
    /// With its point: `.75`. Empty where the currency has no fraction.
    pub minor: String,
}

impl Figure {
    pub fn of(money: Money) -> Self {
        let mut major = money.shown();
        let minor = major.split_off(major.find('.').unwrap_or(major.len()));
        Self { major, minor }
    }
}

/// In one size, as titles need it.
impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.major, self.minor)
    }
}

/// JSON in lines, for people. Only blanks are put in: names, numbers and their order stay as they were written. What is
/// no JSON stays as it is.
pub fn laid_out(text: &str) -> String {
    if serde_json::from_str::<&serde_json::value::RawValue>(text).is_err() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut inside, mut escaped) = (0_usize, false, false);
    let mut rest = text.trim().chars().filter(|c| !c.is_control()).peekable();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth.min(INDENT_MAX)));
    };
    while let Some(c) = rest.next() {
        if inside {
            out.push(c);
            inside = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            ' ' => continue,
            '"' => inside = true,
            _ => {}
        }
        let closes = matches!(c, '}' | ']');
        if closes {
            depth = depth.saturating_sub(1);
            if !out.ends_with(['{', '[']) {
                line(&mut out, depth);
            }
        }
        out.push(c);
        match c {
            '{' | '[' => {
                depth += 1;
                while rest.peek() == Some(&' ') {
                    rest.next();
                }
                if !matches!(rest.peek(), Some('}' | ']')) {
                    line(&mut out, depth);
                }
            }
            ',' => line(&mut out, depth),
            ':' => out.push(' '),
            _ => {}
        }
    }
    out
}

/// Deeper than this, lines move no further to the right.
const INDENT_MAX: usize = 12;

#[cfg(test)]
mod tests {
    #![expect(clippy::inconsistent_digit_grouping, reason = "amounts read as rupees_paise")]

    use super::*;
    use hundi_core::Currency;

    #[test]
    fn times_are_indian() {
        let at = Millis(1_795_248_912_000); // 2026-11-21T08:15:12Z
        assert_eq!(ist(at), "21 Nov 2026, 13:45 IST");
        assert_eq!(ist_short(at), "21 Nov, 13:45");
        assert_eq!(ist_clock(at), "13:45:12");
        assert_eq!(ist_date(at), "Sat 21 Nov 2026");
        assert_eq!(iso(at), "2026-11-21T13:45:12+05:30");
        // 20:00 UTC is the next day in India.
        assert_eq!(ist_day(Millis(1_767_211_200_000)), "1 Jan");
        let midnight = day_begins("2026-11-21").map(|at| (ist(at), day_of(at)));
        assert_eq!(midnight, Some(("21 Nov 2026, 00:00 IST".to_owned(), "2026-11-21".to_owned())));
        assert_eq!(day_begins("2026-13-01").or(day_begins("")).or(day_begins("21/11/2026")), None);
        assert_eq!(ist(Millis(i64::MAX)), Millis(i64::MAX).to_string());
    }

    #[track_caller]
    fn lasts(ms: i64, shown: &str) {
        assert_eq!(long(ms), shown);
    }

    #[test]
    fn durations() {
        lasts(-5, "0 s");
        lasts(41_900, "41 s");
        lasts(60_000, "1 min");
        lasts(67 * 60_000, "1 h 7 min");
        lasts(2 * 3_600_000, "2 h");
        lasts(74 * 3_600_000, "3 d 2 h");
    }

    #[test]
    fn counts_and_rates() {
        assert_eq!(count(0), "0");
        assert_eq!(count(4_232), "4,232");
        assert_eq!(count(1_23_456), "1,23,456");
        assert_eq!(count(u64::MAX), u64::MAX.to_string());
        assert_eq!(counted(1, "payment", "payments"), "1 payment");
        assert_eq!(rate(3_982, 4_232).as_deref(), Some("94.1%"));
        assert_eq!(rate(0, 5).as_deref(), Some("0.0%"));
        assert_eq!(rate(5, 5).as_deref(), Some("100.0%"));
        assert_eq!(rate(1, 3).as_deref(), Some("33.3%"));
        assert_eq!(rate(0, 0), None);
    }

    #[test]
    fn figures_keep_every_digit() {
        let figure = Figure::of(Money::inr(1_23_456_78));
        assert_eq!((figure.major.as_str(), figure.minor.as_str()), ("₹1,23,456", ".78"));
        assert_eq!(figure.to_string(), "₹1,23,456.78");
        assert_eq!(Figure::of(Money::new(500, Currency::JPY)).to_string(), "JPY 500");
    }

    #[test]
    fn monograms() {
        assert_eq!(initials("Malgudi Kitchens"), "MK");
        assert_eq!(initials("ravi"), "RA");
        assert_eq!(initials("  "), "");
    }

    #[test]
    fn json_is_laid_out_and_nothing_else_is() {
        let raw = "{\"b\":1.50,\"a\":[ ],\"t\":\"x{,:\\\"]\",\"o\":{\"n\":[1, 2]}}";
        let lines = [
            "{",
            "  \"b\": 1.50,",
            "  \"a\": [],",
            "  \"t\": \"x{,:\\\"]\",",
            "  \"o\": {",
            "    \"n\": [",
            "      1,",
            "      2",
            "    ]",
            "  }",
            "}",
        ];
        assert_eq!(laid_out(raw), lines.join("\n"));
        assert_eq!(laid_out(&laid_out(raw)), laid_out(raw));
        for other in ["", "a=1&b=2", "<html>", "{\"a\":", "[hidden]"] {
            assert_eq!(laid_out(other), other);
        }
        assert!(laid_out(&"[".repeat(100_000)).starts_with("[["));
    }
}
