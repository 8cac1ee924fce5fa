//! Versioned 256-bit keys as text: `v2:<base64>,v1:<base64>`. The first is current, the others still open.
//!
//! The order says it, not the number, so that a fleet can be given a new key everywhere before anybody writes with it.

use crate::random::Random;
use data_encoding::BASE64;
use std::fmt;

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
/// Most keys of one ring.
const KEYS_MAX: usize = 16;

pub(crate) type Key = [u8; KEY_BYTES];

/// Keys by version, at least one. Prints versions only.
#[derive(Clone)]
pub struct Ring {
    prefix: char,
    keys: Vec<(u32, Key)>,
}

/// The text is no list of keys. Never quotes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRing {
    #[error("no key is given")]
    Empty,
    #[error("a key does not look like {0}1:<base64 of 32 bytes>")]
    Unreadable(char),
    #[error("a version is given twice")]
    Twice,
    #[error("a key is no random value")]
    NotRandom,
    #[error("more than {KEYS_MAX} keys")]
    TooMany,
}

impl Ring {
    /// Reads keys separated by commas or white space; `prefix` is the letter before each version.
    pub fn parse(text: &str, prefix: char) -> Result<Self, BadRing> {
        let mut keys: Vec<(u32, Key)> = Vec::new();
        let parts = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty());
        for part in parts {
            let (version, key) = read(part, prefix).ok_or(BadRing::Unreadable(prefix))?;
            if keys.iter().any(|(other, _)| *other == version) {
                return Err(BadRing::Twice);
            }
            // An example from a manual, or a variable that was filled with zeros.
            if key.iter().all(|byte| *byte == key[0]) {
                return Err(BadRing::NotRandom);
            }
            keys.push((version, key));
        }
        match keys.len() {
            0 => Err(BadRing::Empty),
            1..=KEYS_MAX => Ok(Self { prefix, keys }),
            _ => Err(BadRing::TooMany),
        }
    }

    /// A fresh key as text, for the command that makes one.
    pub fn generate_text(random: &dyn Random, prefix: char, version: u32) -> String {
        let mut key = Key::default();
        random.fill(&mut key);
        format!("{prefix}{version}:{}", BASE64.encode(&key))
    }

    pub(crate) fn current(&self) -> (u32, &Key) {
        let (version, key) = &self.keys[0];
        (*version, key)
    }

    pub(crate) fn get(&self, version: u32) -> Option<&Key> {
        self.keys.iter().find(|(v, _)| *v == version).map(|(_, key)| key)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Key)> {
        self.keys.iter().map(|(version, key)| (*version, key))
    }

    pub(crate) fn label(&self, version: u32) -> String {
        format!("{}{version}", self.prefix)
    }
}

fn read(part: &str, prefix: char) -> Option<(u32, Key)> {
    let (version, key) = part.strip_prefix(prefix)?.split_once(':')?;
    if version.is_empty() || version.starts_with('0') || !version.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    Some((version.parse().ok()?, BASE64.decode(key.as_bytes()).ok()?.try_into().ok()?))
}

impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|(version, _)| self.label(*version))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    const ONE: &str = "v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    #[test]
    fn the_first_is_current_whatever_its_number() {
        let two = Ring::generate_text(&SeededRandom::new(1), 'v', 2);
        for text in [format!("{ONE},{two}"), format!("{ONE} {two}\n"), format!("\n{ONE}\n,{two},")] {
            let ring = Ring::parse(&text, 'v').unwrap();
            assert_eq!(ring.current().0, 1);
            assert_eq!(ring.get(1).unwrap()[..4], [0, 1, 2, 3]);
            assert!(ring.get(2).is_some() && ring.get(3).is_none());
            assert_eq!(format!("{ring:?}"), r#"["v1", "v2"]"#);
        }
    }

    #[test]
    fn refuses_what_is_no_key() {
        let zeros = format!("v1:{}", BASE64.encode(&[0; 32]));
        let short = format!("v1:{}", BASE64.encode(&[1; 31]));
        let many: Vec<String> =
            (1..=17).map(|v| Ring::generate_text(&SeededRandom::new(v.into()), 'v', v)).collect();
        for (text, why) in [
            ("", BadRing::Empty),
            (" , \n", BadRing::Empty),
            ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", BadRing::Unreadable('v')),
            ("p1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", BadRing::Unreadable('v')),
            ("v:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", BadRing::Unreadable('v')),
            ("v01:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", BadRing::Unreadable('v')),
            ("v+1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", BadRing::Unreadable('v')),
            ("v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", BadRing::Unreadable('v')),
            (&short, BadRing::Unreadable('v')),
            (&zeros, BadRing::NotRandom),
            (&format!("{ONE},{ONE}"), BadRing::Twice),
            (&many.join(","), BadRing::TooMany),
        ] {
            assert_eq!(Ring::parse(text, 'v').err(), Some(why), "{text}");
        }
    }
}
