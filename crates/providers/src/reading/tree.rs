//! An object read by the places in it, for lists whose rows nest one field in an object of its own, over and over.
//!
//! As strict as a struct: a field of another kind is no field that is missing, and one that is there twice is refused.
//! Numbers keep the digits that they were written with.

use super::doubt::{MISSING, ODD, Unheard};
use super::loose::Plain;
use crate::writing::Object;
use serde::de::{DeserializeOwned, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;

/// Its fields are found once, however many are asked for. Nothing: one of them is there twice.
pub(crate) struct Tree(Option<Fields>);

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        if !raw.get().starts_with('{') {
            return Err(D::Error::custom("not an object"));
        }
        Ok(Self(serde_json::from_str(raw.get()).ok()))
    }
}

impl From<&Object> for Tree {
    /// What did not come as JSON, put under the names that it has there.
    fn from(object: &Object) -> Self {
        serde_json::from_str(&object.text()).expect("an object is JSON")
    }
}

impl Tree {
    /// What is at a place, as what it must be.
    pub(crate) fn read<T: DeserializeOwned>(&self, place: &str) -> Result<Option<T>, Unheard> {
        let at = self.at(place)?;
        at.map(|raw| serde_json::from_str(raw.get())).transpose().map_err(|_| ODD)
    }

    /// What has to be there.
    pub(crate) fn must<T: DeserializeOwned>(&self, place: &str) -> Result<T, Unheard> {
        self.read(place)?.ok_or(MISSING)
    }

    /// What merely decorates: nothing where it is odd.
    pub(crate) fn aside<T: DeserializeOwned>(&self, place: &str) -> Option<T> {
        self.read(place).ok().flatten()
    }

    /// The text at a place, and no number.
    pub(crate) fn text(&self, place: &str) -> Result<Option<String>, Unheard> {
        self.read(place)
    }

    pub(crate) fn need_text(&self, place: &str) -> Result<String, Unheard> {
        self.text(place)?.ok_or(MISSING)
    }

    /// Itself, where these texts are there.
    pub(crate) fn having(self, texts: &[&str]) -> Result<Self, Unheard> {
        texts.iter().try_for_each(|place| self.need_text(place).map(drop))?;
        Ok(self)
    }

    /// The objects of a list, none where there is no list.
    pub(crate) fn list(&self, place: &str) -> Result<Vec<Self>, Unheard> {
        Ok(self.read(place)?.unwrap_or_default())
    }

    /// A text that merely decorates: nothing where it says nothing, is the word `null`, or is no text.
    pub(crate) fn shown(&self, place: &str) -> Option<String> {
        self.text(place).ok().flatten().filter(|text| !text.is_empty() && text != "null")
    }

    /// The text or number at a place, `/order/id`.
    pub(crate) fn word(&self, place: &str) -> Result<Option<String>, Unheard> {
        Ok(self.read::<Plain>(place)?.map(|word| word.0))
    }

    pub(crate) fn need(&self, place: &str) -> Result<String, Unheard> {
        self.word(place)?.ok_or(MISSING)
    }

    fn at(&self, place: &str) -> Result<Option<Box<RawValue>>, Unheard> {
        let mut here: Option<Box<RawValue>> = None;
        for name in place.split('/').skip(1) {
            let found = match &here {
                None => self.0.as_ref().ok_or(ODD)?.0.get(name).cloned(),
                Some(within) => {
                    let mut fields: Fields = serde_json::from_str(within.get()).map_err(|_| ODD)?;
                    fields.0.remove(name)
                }
            };
            match found.filter(|raw| raw.get() != "null") {
                Some(inner) => here = Some(inner),
                None => return Ok(None),
            }
        }
        Ok(here)
    }
}

/// Fields by their names, none of them twice.
pub(super) struct Fields(pub(super) BTreeMap<String, Box<RawValue>>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Each;

        impl<'de> Visitor<'de> for Each {
            type Value = Fields;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    if fields.insert(name, value).is_some() {
                        return Err(A::Error::custom("a field that is there twice"));
                    }
                }
                Ok(Fields(fields))
            }
        }

        from.deserialize_map(Each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_followed_and_oddities_are_no_absence() {
        let text = r#"{"a":{"id":"x","amount":170.00,"none":null,"flag":true},"b":null,"c":[],"d":1,"d":2}"#;
        let tree: Tree = serde_json::from_str(text).expect("JSON");
        // The field that is there twice spoils its object.
        assert_eq!(tree.word("/a/id"), Err(ODD));
        let text = text.replace(r#","d":1,"d":2"#, "");
        let tree: Tree = serde_json::from_str(&text).expect("JSON");
        assert_eq!(tree.need("/a/id").as_deref(), Ok("x"));
        assert_eq!(tree.need("/a/amount").as_deref(), Ok("170.00"));
        for absent in ["/a/none", "/a/z", "/b/id", "/z/id"] {
            assert_eq!(tree.word(absent), Ok(None), "{absent}");
            assert_eq!(tree.need(absent), Err(MISSING), "{absent}");
        }
        for odd in ["/a", "/a/flag", "/a/id/x", "/c/id"] {
            assert_eq!(tree.word(odd), Err(ODD), "{odd}");
        }
    }

    #[test]
    fn texts_are_no_numbers_and_what_is_shown_says_something() {
        let said = Object::new().put("name", "UPI").put("number", 1).put("null", "null").put("empty", "");
        let tree = Tree::from(&said.put("list", ["a", "b"]));
        assert_eq!(tree.text("/name"), Ok(Some("UPI".to_owned())));
        assert_eq!((tree.text("/number"), tree.text("/z")), (Err(ODD), Ok(None)));
        assert_eq!((tree.need_text("/name").as_deref(), tree.need_text("/z")), (Ok("UPI"), Err(MISSING)));
        assert_eq!(tree.shown("/name").as_deref(), Some("UPI"));
        for nothing in ["/number", "/null", "/empty", "/list", "/z", "/name/z"] {
            assert_eq!(tree.shown(nothing), None, "{nothing}");
        }
        assert_eq!(tree.read("/list"), Ok(Some(vec!["a".to_owned(), "b".to_owned()])));
        assert_eq!(tree.read::<Vec<u8>>("/list"), Err(ODD));
        for odd in ["[]", "1", "null", "\"x\""] {
            assert!(serde_json::from_str::<Tree>(odd).is_err(), "{odd}");
        }
    }
}
