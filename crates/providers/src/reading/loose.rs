//! Values of JSON whose shape is not to be relied on: the same value as a number here and a text there, decorations
//! that may be anything, lists that may be missing. Everything is read as it is written, so no amount passes a float.

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// Read where it has the expected shape, absent otherwise: no oddity in a decoration may hide that money moved.
pub(crate) struct Loose<T>(Option<T>);

impl<T> Loose<T> {
    pub(crate) const fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }

    /// Of a part that may be missing.
    pub(crate) fn of(part: Option<&Self>) -> Option<&T> {
        part.and_then(Self::get)
    }
}

impl<T> Default for Loose<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        Ok(Self(serde_json::from_str(raw.get()).ok()))
    }
}

/// One value as it is written, whether number, flag or text; nothing where there is nothing: `null`, an object, a list,
/// an empty text.
#[derive(Clone, Default)]
pub(crate) enum Word {
    #[default]
    Missing,
    Nothing,
    Said(String),
}

impl Word {
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Said(text) => Some(text),
            Self::Missing | Self::Nothing => None,
        }
    }

    /// Not even `null` is there.
    pub(crate) const fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        let text = match raw.get().as_bytes().first() {
            Some(b'"') => Some(serde_json::from_str::<String>(raw.get()).map_err(Error::custom)?),
            Some(b'{' | b'[' | b'n') | None => None,
            Some(_) => Some(raw.get().to_owned()),
        };
        Ok(text.filter(|t| !t.is_empty()).map_or(Self::Nothing, Self::Said))
    }
}

/// An id or an amount that must be there: a text, or a number with the digits that it was written with.
#[derive(Clone)]
pub(crate) struct Plain(pub(crate) String);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        let text = raw.get();
        if text.starts_with('"') {
            return serde_json::from_str(text).map(Self).map_err(Error::custom);
        }
        if text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::custom("neither a text nor a number"))
    }
}

/// A list whose every item must be readable, or no list at all, which is something else than an empty one.
pub(crate) struct Listed<T>(Option<Vec<T>>);

impl<T> Listed<T> {
    pub(crate) fn get(&self) -> Option<&[T]> {
        self.0.as_deref()
    }
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Listed<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        if !raw.get().starts_with('[') {
            return Ok(Self(None));
        }
        serde_json::from_str(raw.get()).map(|items| Self(Some(items))).map_err(Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_is_written() {
        let word = |json: &str| serde_json::from_str::<Word>(json).expect(json).text().map(str::to_owned);
        for (json, text) in [("\"a\"", Some("a")), ("1.50", Some("1.50")), ("true", Some("true"))] {
            assert_eq!(word(json).as_deref(), text);
        }
        for nothing in ["null", "{}", "[1]", "\"\""] {
            assert_eq!(word(nothing), None, "{nothing}");
        }
        let nothing: Word = serde_json::from_str("null").expect("a word");
        assert!(!nothing.is_missing() && Word::default().is_missing());
    }

    #[test]
    fn plain_values_are_texts_or_numbers() {
        let plain = |json: &str| serde_json::from_str::<Plain>(json).map(|p| p.0).ok();
        assert_eq!((plain("170.0"), plain("\"17\"")), (Some("170.0".to_owned()), Some("17".to_owned())));
        for odd in ["null", "true", "{}", "[]"] {
            assert_eq!(plain(odd), None, "{odd}");
        }
    }

    #[test]
    fn an_odd_decoration_is_absent_and_an_odd_item_is_not_skipped() {
        assert!(serde_json::from_str::<Loose<Vec<u8>>>("{}").expect("anything").get().is_none());
        assert_eq!(serde_json::from_str::<Loose<Vec<u8>>>("[1]").expect("a list").get(), Some(&vec![1]));
        assert!(serde_json::from_str::<Listed<u8>>("{}").expect("no list").get().is_none());
        assert!(serde_json::from_str::<Listed<u8>>("[1,\"x\"]").is_err());
    }
}
