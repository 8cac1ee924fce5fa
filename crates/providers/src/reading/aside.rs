//! What is said by the way: an object beside what counts, whose words may be odd, missing, or not there at all.

use super::loose::Word;
use super::tree::Fields;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// An object's words by their names, as they are written, and the objects within it. What is no object, or says
/// something twice, says nothing: no oddity in it may hide that money moved.
#[derive(Default)]
pub(crate) struct Aside {
    words: BTreeMap<String, Word>,
    within: BTreeMap<String, Self>,
    unclear: bool,
}

static NOTHING: Aside = Aside { words: BTreeMap::new(), within: BTreeMap::new(), unclear: false };

/// So many objects within one another are read. What we ask for lies no deeper, and nobody may have us read without end.
const DEPTH_MAX: usize = 4;

impl Aside {
    /// An object, but one that says something twice.
    pub(crate) const fn is_unclear(&self) -> bool {
        self.unclear
    }

    pub(crate) fn at(&self, name: &str) -> &Self {
        self.within.get(name).unwrap_or(&NOTHING)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.words.get(name).and_then(Word::text)
    }

    /// The first of these that says something.
    pub(crate) fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.text(name))
    }
}

impl<'de> Deserialize<'de> for Aside {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        Ok(read(raw.get(), DEPTH_MAX))
    }
}

fn read(text: &str, depth: usize) -> Aside {
    let mut said = Aside::default();
    let Some(within) = depth.checked_sub(1).filter(|_| text.starts_with('{')) else { return said };
    let Ok(Fields(fields)) = serde_json::from_str(text) else { return Aside { unclear: true, ..said } };
    for (name, raw) in fields {
        if raw.get().starts_with('{') {
            said.within.insert(name, read(raw.get(), within));
        } else if let Ok(word) = serde_json::from_str(raw.get()) {
            said.words.insert(name, word);
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aside(json: &str) -> Aside {
        serde_json::from_str(json).expect(json)
    }

    #[test]
    fn words_are_found_by_their_names() {
        let said =
            aside(r#"{"a":"x","n":170.00,"none":null,"empty":"","list":[1],"in":{"b":true,"in":{"c":1}}}"#);
        assert_eq!((said.text("a"), said.text("n")), (Some("x"), Some("170.00")));
        assert_eq!((said.at("in").text("b"), said.at("in").at("in").text("c")), (Some("true"), Some("1")));
        for nothing in ["none", "empty", "list", "in", "z"] {
            assert_eq!(said.text(nothing), None, "{nothing}");
            assert_eq!(said.at(nothing).text("z"), None, "{nothing}");
        }
        assert_eq!((said.first(&["z", "none", "n", "a"]), said.first(&[])), (Some("170.00"), None));
    }

    #[test]
    fn an_oddity_says_nothing_and_hides_nothing() {
        for odd in ["null", "[]", "\"a\"", "7", r#"{"a":"x","a":"x"}"#] {
            assert_eq!(aside(odd).text("a"), None, "{odd}");
        }
        let beside = aside(r#"{"in":{"b":1,"b":2},"half":"\ud800","a":"x"}"#);
        assert_eq!(
            (beside.at("in").text("b"), beside.text("half"), beside.text("a")),
            (None, None, Some("x"))
        );
        assert!(beside.at("in").is_unclear() && !beside.is_unclear() && !aside("[]").is_unclear());
    }

    /// Whoever knows a constant proof can write this; each level would take its part of the stack.
    #[test]
    fn what_lies_too_deep_is_not_read() {
        let deep = |levels: usize| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
        let said = aside(&deep(DEPTH_MAX));
        assert_eq!(said.at("a").at("a").at("a").text("a"), Some("1"));
        assert_eq!(aside(&deep(100_000)).at("a").at("a").at("a").text("a"), None);
    }
}
