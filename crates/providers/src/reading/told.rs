//! What is told to us: bodies of notices once they are proven, and the fields that a payer's browser brings back.

use crate::contract::{Forged, Grade, ReturnSaid, Said};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeSet;
use url::form_urlencoded;

const EVENT_ID_CHARS_MAX: usize = 64;
const FIELDS_MAX: usize = 100;

/// A proven body, read as what it must be. What can't be read is kept for a person.
pub(crate) fn message<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Forged> {
    serde_json::from_slice(body).map_err(|_| Forged::Unreadable)
}

/// The part of a message that an event which we know must have.
pub(crate) fn part<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Result<T, Forged> {
    message(raw.ok_or(Forged::Unreadable)?.get().as_bytes())
}

/// A delivery's name, where it is one that can be kept. Nothing is decided by it.
pub(crate) fn event_id(named: Option<&str>) -> Option<String> {
    let fit = |id: &&str| {
        !id.is_empty() && id.len() <= EVENT_ID_CHARS_MAX && id.bytes().all(|c| c.is_ascii_graphic())
    };
    named.filter(fit).map(str::to_owned)
}

/// The decoded fields of a form; nothing where there are more than any honest one has, or two of one name.
pub(crate) fn form(body: &[u8]) -> Option<Vec<(String, String)>> {
    let fields = form_urlencoded::parse(body).take(FIELDS_MAX + 1);
    let fields: Vec<_> = fields.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    are_distinct(&fields).then_some(fields)
}

pub(crate) fn are_distinct(fields: &[(String, String)]) -> bool {
    let mut seen = BTreeSet::new();
    fields.len() <= FIELDS_MAX && fields.iter().all(|(name, _)| seen.insert(name))
}

/// A field's value, if it is there; two of one name are nobody's honest form.
pub(crate) fn once<'a>(fields: &'a [(String, String)], name: &str) -> Result<Option<&'a str>, Forged> {
    let mut values = fields.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str());
    let first = values.next();
    if values.next().is_some() { Err(Forged::WrongSignature) } else { Ok(first) }
}

pub(crate) fn needed<'a>(fields: &'a [(String, String)], name: &str) -> Result<&'a str, Forged> {
    once(fields, name)?.ok_or(Forged::WrongSignature)
}

/// What the browser brought must be what we have.
pub(crate) fn same(said: &str, ours: &str) -> Result<(), Forged> {
    if said == ours { Ok(()) } else { Err(Forged::WrongSignature) }
}

/// The payer is back: all that the browser's bare word says.
pub(crate) const fn is_back() -> ReturnSaid {
    ReturnSaid { grade: Grade::C, provider_payment: None, said: Said::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_there_twice_is_nobody_s() {
        let fields = [("a", "1"), ("b", "2"), ("a", "1")].map(|(n, v)| (n.to_owned(), v.to_owned()));
        assert_eq!(once(&fields, "a"), Err(Forged::WrongSignature));
        assert_eq!((once(&fields, "b"), once(&fields, "c")), (Ok(Some("2")), Ok(None)));
        assert_eq!(needed(&fields, "c"), Err(Forged::WrongSignature));
        assert_eq!((same("1", "1"), same("1", "2")), (Ok(()), Err(Forged::WrongSignature)));
    }

    #[test]
    fn a_form_is_of_different_fields_and_not_too_many() {
        assert_eq!(form(b"a=1+2&b=%2F").map(|fields| fields[1].1.clone()).as_deref(), Some("/"));
        let many: Vec<_> = (0..=FIELDS_MAX).map(|n| format!("f{n}=1")).collect();
        assert_eq!((form(b"a=1&a=2"), form(many.join("&").as_bytes())), (None, None));
        assert!(form(many[1..].join("&").as_bytes()).is_some());
    }

    #[test]
    fn an_event_s_name_is_kept_where_it_is_one() {
        assert_eq!(event_id(Some("evt_1")).as_deref(), Some("evt_1"));
        for odd in [None, Some(""), Some("a b"), Some("é"), Some(&"a".repeat(65))] {
            assert_eq!(event_id(odd), None, "{odd:?}");
        }
    }
}
