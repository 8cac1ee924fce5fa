//! Times that PhonePe's ids carry.

use crate::reading::answers::our_ref;
use crate::reading::calendar::instant_in_india;
use hundi_core::Millis;

/// The time that the first of these ids carries. PhonePe's do, as `yyMMddHHmmssSSS` of India after their letters, and
/// our references do, so there is one whatever PhonePe leaves out; and it is the same on every road.
pub(super) fn dated(ids: &[&str]) -> Millis {
    let time = |id: &&str| time_of_theirs(id).or_else(|| Some(our_ref(Some(id))?.made_at()));
    ids.iter().find_map(time).unwrap_or(Millis(0))
}

fn time_of_theirs(id: &str) -> Option<Millis> {
    let digits = id.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let fit = |time: &&str| digits.len() < id.len() && time.bytes().all(|c| c.is_ascii_digit());
    let time = digits.get(..15).filter(fit)?;
    let [year, month, day, hour, minute, second] = [0, 2, 4, 6, 8, 10].map(|at| &time[at..at + 2]);
    instant_in_india(&format!("20{year}-{month}-{day}T{hour}:{minute}:{second}.{}", &time[12..]))
}
