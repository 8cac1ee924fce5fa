//! Times that PhonePe's ids and files carry, and days of India.

use hundi_core::{Millis, OurRef};

/// India is five and a half hours ahead; PhonePe's ids and files tell its time.
const INDIA_AHEAD_MS: i64 = 19_800_000;

/// The time that the first of these ids carries. PhonePe's do, as `yyMMddHHmmssSSS` of India after their letters, and
/// our references do, so there is one whatever PhonePe leaves out; and it is the same on every road.
pub(super) fn dated(ids: &[&str]) -> Millis {
    ids.iter().find_map(|id| time_of_theirs(id).or_else(|| time_of_ours(id))).unwrap_or(Millis(0))
}

fn time_of_theirs(id: &str) -> Option<Millis> {
    let digits = id.trim_start_matches(|c: char| c.is_ascii_uppercase());
    if digits.len() == id.len()
        || digits.len() < 15
        || !digits.as_bytes()[..15].iter().all(u8::is_ascii_digit)
    {
        return None;
    }
    let number = |from: usize, to: usize| digits[from..to].parse::<i64>().ok();
    let midnight = midnight(2000 + number(0, 2)?, number(2, 4)?, number(4, 6)?)?;
    let (hour, minute, second, milli) = (number(6, 8)?, number(8, 10)?, number(10, 12)?, number(12, 15)?);
    let within = hour < 24 && minute < 60 && second < 60;
    let of_day = ((hour * 60 + minute) * 60 + second) * 1000 + milli;
    within.then(|| midnight.plus(of_day))
}

/// The start of a day in India, if there is such a day.
pub(super) fn midnight(year: i64, month: i64, day: i64) -> Option<Millis> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let february = if leap { 29 } else { 28 };
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = *lengths.get(usize::try_from(month - 1).ok()?)?;
    if !(1970..=9999).contains(&year) || !(1..=length).contains(&day) {
        return None;
    }
    // Days since 1 March of the year 0, whose months repeat every 153 days.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;
    Some(Millis((days - 719_468) * 86_400_000).minus(INDIA_AHEAD_MS))
}

/// Our references begin with their own milliseconds, ten characters of base 32.
fn time_of_ours(text: &str) -> Option<Millis> {
    let our_ref: OurRef = text.parse().ok()?;
    let digit = |c: u8| b"0123456789abcdefghjkmnpqrstvwxyz".iter().position(|a| *a == c);
    let mut ms: i64 = 0;
    for c in our_ref.as_str().bytes().take(10) {
        ms = ms * 32 + i64::try_from(digit(c)?).ok()?;
    }
    Some(Millis(ms))
}
