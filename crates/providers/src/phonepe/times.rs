//! Times that PhonePe's ids carry.

use crate::reading::calendar::midnight_in_india;
use hundi_core::{Millis, OurRef};

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
    let midnight = midnight_in_india(2000 + number(0, 2)?, number(2, 4)?, number(4, 6)?)?;
    let (hour, minute, second, milli) = (number(6, 8)?, number(8, 10)?, number(10, 12)?, number(12, 15)?);
    let within = hour < 24 && minute < 60 && second < 60;
    let of_day = ((hour * 60 + minute) * 60 + second) * 1000 + milli;
    within.then(|| midnight.plus(of_day))
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
