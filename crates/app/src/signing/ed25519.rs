//! Ed25519, the standard's asymmetric kind: we keep the private key, and receivers need nothing secret to verify.

use super::{Message, read};
use crate::random::Random;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use data_encoding::BASE64;
use hundi_core::{Millis, Secret};
use std::fmt;

/// Of the private key in text. It is sealed, and shown to nobody.
pub(super) const PREFIX: &str = "whsk_";
const PUBLIC_PREFIX: &str = "whpk_";
/// What a signature begins with.
pub(super) const VERSION: &str = "v1a,";
const SEED_BYTES: usize = 32;
const PUBLIC_BYTES: usize = 32;

/// The private key of one endpoint.
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateKey([u8; SEED_BYTES]);

impl PrivateKey {
    pub(super) fn generate(random: &dyn Random) -> Self {
        let mut seed = [0; SEED_BYTES];
        random.fill(&mut seed);
        Self(seed)
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let seed = BASE64.decode(text.strip_prefix(PREFIX)?.as_bytes()).ok()?;
        seed.try_into().ok().map(Self)
    }

    pub(super) fn reveal(&self) -> Secret {
        Secret::new(format!("{PREFIX}{}", BASE64.encode(&self.0)))
    }

    fn pair(&self) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&self.0).expect("any 32 bytes are a seed")
    }

    /// What receivers verify with.
    pub fn public(&self) -> PublicKey {
        let bytes: [u8; PUBLIC_BYTES] =
            self.pair().public_key().as_ref().try_into().expect("a public key has 32 bytes");
        PublicKey(bytes)
    }

    pub(super) fn sign(&self, message: &Message<'_>) -> String {
        format!("{VERSION}{}", BASE64.encode(self.pair().sign(&message.whole()).as_ref()))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The public key of one endpoint, `whpk_<base64>` in text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey([u8; PUBLIC_BYTES]);

impl PublicKey {
    /// `None`: not `whpk_` and the base64 of 32 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64.decode(text.strip_prefix(PUBLIC_PREFIX)?.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// What a receiver does, for our own tests and examples: the body is genuine and fresh.
    pub fn verify(&self, headers: &[(String, String)], body: &[u8], now: Millis) -> bool {
        let Some((message, signatures)) = read(headers, body, now) else { return false };
        let (key, whole) = (UnparsedPublicKey::new(&ED25519, &self.0), message.whole());
        signatures.filter_map(|one| one.strip_prefix(VERSION)).any(|one| {
            let given = BASE64.decode(one.as_bytes()).unwrap_or_default();
            key.verify(&whole, &given).is_ok()
        })
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PUBLIC_PREFIX}{}", BASE64.encode(&self.0))
    }
}
