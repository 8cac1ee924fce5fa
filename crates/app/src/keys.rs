//! API keys and opaque tokens: how they look, and what of them is stored.
//!
//! They carry 256 random bits, so a keyed hash is enough; passwords, which people choose, have a file of their own. A
//! stored hash names its pepper, so that peppers can be changed while old keys go on working.

use crate::random::{Random, number};
use crate::seal::{BadRing, Ring};
use aws_lc_rs::{constant_time, hmac};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hundi_core::{Mode, Secret};

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 119 bits: public, and never guessed by accident.
const ID_CHARS: usize = 20;
/// 256 bits.
const SECRET_CHARS: usize = 43;
/// 32 bits of checksum in base 62.
const CHECKSUM_CHARS: usize = 6;

/// A new key: the id is shown for ever, the secret once.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// `hk_test_…` or `hk_live_…`.
    pub id: String,
    /// `hs_test_…` or `hs_live_…`.
    pub secret: Secret,
}

impl ApiKey {
    pub fn generate(random: &dyn Random, mode: Mode) -> Self {
        let id = format!("hk_{mode}_{}", characters(random, ID_CHARS));
        let secret = format!("hs_{mode}_{}", characters(random, SECRET_CHARS));
        let checksum = checksum(&secret);
        Self { id, secret: Secret::new(secret + &checksum) }
    }
}

/// The mode that a key id names; `None` if it is no key id.
pub fn mode_of_key_id(text: &str) -> Option<Mode> {
    let (mode, rest) = after_prefix(text, "hk_")?;
    (rest.len() == ID_CHARS && rest.bytes().all(|c| c.is_ascii_alphanumeric())).then_some(mode)
}

/// The mode that a key secret names; `None` if it is mistyped, cut or something else. Secret scanners use the same
/// rule to tell a real key from a look-alike, and we to refuse nonsense before the database is asked.
pub fn mode_of_key_secret(text: &str) -> Option<Mode> {
    let (mode, rest) = after_prefix(text, "hs_")?;
    if rest.len() != SECRET_CHARS + CHECKSUM_CHARS || !rest.bytes().all(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    let (body, sum) = text.split_at(text.len() - CHECKSUM_CHARS);
    (checksum(body) == sum).then_some(mode)
}

fn after_prefix<'a>(text: &'a str, prefix: &str) -> Option<(Mode, &'a str)> {
    let (mode, rest) = text.strip_prefix(prefix)?.split_once('_')?;
    Some((mode.parse().ok()?, rest))
}

/// An unguessable, URL-safe token of 43 characters: sessions, links, hooks.
pub fn token(random: &dyn Random) -> Secret {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    Secret::new(BASE64URL_NOPAD.encode(&bytes))
}

/// What a hashed text is for. The same text has another hash for another use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    ApiSecret,
    Session,
    /// Tokens in links: checkout, invitations, password resets.
    Link,
    /// Recovery codes and one-time codes.
    Code,
    /// Values that we find again without keeping them, such as an idempotent request's fingerprint.
    Fingerprint,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::ApiSecret => b"api secret",
            Self::Session => b"session",
            Self::Link => b"link",
            Self::Code => b"code",
            Self::Fingerprint => b"fingerprint",
        }
    }
}

/// The keys of our keyed hashes, by the names that stand before their hashes. The current one is the first and writes;
/// each can be found again.
#[derive(Clone, Debug)]
pub struct Peppers(Vec<(String, hmac::Key)>);

impl Peppers {
    /// Reads `p2:<base64>,p1:<base64>`, the current one first.
    pub fn parse(text: &str) -> Result<Self, BadRing> {
        let ring = Ring::parse(text, 'p')?;
        let made = ring.iter().map(|(v, key)| (ring.label(v), hmac::Key::new(hmac::HMAC_SHA256, key)));
        Ok(Self(made.collect()))
    }

    /// The hash to store: `p1:<hex of HMAC-SHA256>`.
    pub fn hash(&self, purpose: Purpose, text: &str) -> String {
        hash(&self.0[0], purpose, text)
    }

    /// The hashes under which it may be stored, the current pepper's first. A look-up asks for any of them.
    pub fn hashes(&self, purpose: Purpose, text: &str) -> Vec<String> {
        self.0.iter().map(|pepper| hash(pepper, purpose, text)).collect()
    }

    /// Whether a stored hash is this text's, in constant time.
    pub fn matches(&self, stored: &str, purpose: Purpose, text: &str) -> bool {
        self.hashes(purpose, text).iter().fold(false, |found, hash| {
            found | constant_time::verify_slices_are_equal(hash.as_bytes(), stored.as_bytes()).is_ok()
        })
    }
}

fn hash((label, key): &(String, hmac::Key), purpose: Purpose, text: &str) -> String {
    let mut context = hmac::Context::with_key(key);
    context.update(purpose.label());
    context.update(&[0]);
    context.update(text.as_bytes());
    let tag = context.sign();
    let mut hash = String::with_capacity(label.len() + 1 + 2 * tag.as_ref().len());
    hash.push_str(label);
    hash.push(':');
    HEXLOWER.encode_append(tag.as_ref(), &mut hash);
    hash
}

fn characters(random: &dyn Random, count: usize) -> String {
    let one = |_| {
        let drawn = usize::try_from(number(random, 62)).expect("a number below 62 fits");
        char::from(ALPHABET[drawn])
    };
    (0..count).map(one).collect()
}

/// CRC-32 in six digits of base 62, the way GitHub's tokens end.
fn checksum(text: &str) -> String {
    let mut rest = crc32(text.as_bytes());
    let mut digits = [b'0'; CHECKSUM_CHARS];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[usize::try_from(rest % 62).expect("a number below 62 fits")];
        rest /= 62;
    }
    digits.iter().copied().map(char::from).collect()
}

/// CRC-32 as in ISO 3309 and zlib, bit by bit: our inputs are fifty bytes.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| (c >> 1) ^ (0xedb8_8320 & (c & 1).wrapping_neg()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    #[test]
    fn crc_matches_its_published_check_value() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
        assert_eq!(checksum("123456789"), "3jZRME");
    }

    #[test]
    fn keys_say_their_mode_and_notice_typos() {
        let random = SeededRandom::new(1);
        for mode in [Mode::Test, Mode::Live] {
            let ApiKey { id, secret } = ApiKey::generate(&random, mode);
            let secret = secret.expose();
            assert!(id.starts_with(&format!("hk_{mode}_")) && secret.starts_with(&format!("hs_{mode}_")));
            assert_eq!((id.len(), secret.len()), (28, 57));
            assert_eq!(mode_of_key_id(&id), Some(mode));
            assert_eq!(mode_of_key_secret(secret), Some(mode));
            assert_eq!((mode_of_key_id(secret), mode_of_key_secret(&id)), (None, None));
            for at in 0..secret.len() {
                let mut typo = secret.to_owned();
                let other = if &secret[at..=at] == "a" { "b" } else { "a" };
                typo.replace_range(at..=at, other);
                assert_eq!(mode_of_key_secret(&typo), None, "{typo}");
                assert_eq!(mode_of_key_secret(&secret[..at]), None);
            }
            assert_eq!(mode_of_key_secret(&format!("{secret} ")), None);
            assert_eq!(mode_of_key_secret(&secret.replace(mode.as_str(), "prod")), None);
        }
        for text in ["", "hs_", "hs_test", "hs_test_", "hk_test_ééééé", "hk_test_01234567890123456789x"]
        {
            assert_eq!((mode_of_key_id(text), mode_of_key_secret(text)), (None, None), "{text}");
        }
    }

    #[test]
    fn no_two_are_alike() {
        let random = crate::random::SystemRandomness::new();
        let mut seen = std::collections::HashSet::new();
        for _ in 0..500 {
            let key = ApiKey::generate(&random, Mode::Test);
            let token = token(&random);
            assert_eq!(token.expose().len(), 43);
            assert!(token.expose().bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_'));
            assert!(
                seen.insert(key.id)
                    & seen.insert(key.secret.expose().into())
                    & seen.insert(token.expose().into())
            );
        }
    }

    #[test]
    fn hashes_name_their_pepper_and_differ_by_purpose() {
        let text = |v, seed| Ring::generate_text(&SeededRandom::new(seed), 'p', v);
        let old = Peppers::parse(&text(1, 10)).unwrap();
        let both = Peppers::parse(&format!("{},{}", text(2, 20), text(1, 10))).unwrap();
        let stored = old.hash(Purpose::ApiSecret, "hs_x");
        assert!(stored.starts_with("p1:") && stored.len() == 67, "{stored}");
        assert!(both.hash(Purpose::ApiSecret, "hs_x").starts_with("p2:"));
        assert_eq!(both.hashes(Purpose::ApiSecret, "hs_x")[1], stored);
        assert!(both.matches(&stored, Purpose::ApiSecret, "hs_x"));
        assert!(!both.matches(&stored, Purpose::Session, "hs_x"));
        assert!(!both.matches(&stored, Purpose::ApiSecret, "hs_y"));
        assert!(!both.matches("", Purpose::ApiSecret, "hs_x"));
        assert!(!Peppers::parse(&text(1, 11)).unwrap().matches(&stored, Purpose::ApiSecret, "hs_x"));
    }
}
