//! Signatures on the webhooks that we send, as Standard Webhooks 1.0 says: HMAC-SHA256 (`v1`) or Ed25519 (`v1a`), as
//! the endpoint chose, over `id.timestamp.body`.
//!
//! One key per endpoint; while it is being changed a message carries one signature for each. The newest secret's HMAC
//! also goes out as plain hexadecimal in `X-Webhook-Signature`, for receivers with nothing but an HMAC function at hand:
//! the same bytes signed, the same signature, another spelling.

mod ed25519;
#[cfg(test)]
mod tests;

pub use ed25519::{PrivateKey, PublicKey};

use crate::random::Random;
use aws_lc_rs::{constant_time, hmac};
use data_encoding::{BASE64, HEXLOWER};
use hundi_core::{Millis, Secret};
use hundi_store::endpoints::Signature;
use std::fmt;

/// How far a message's time may lie from the receiver's.
pub const TOLERANCE_SECS: i64 = 300;

const PREFIX: &str = "whsec_";
/// What a signature begins with.
const VERSION: &str = "v1,";
/// The standard's bounds of a secret.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// What is signed.
struct Message<'a> {
    id: &'a str,
    timestamp: i64,
    body: &'a [u8],
}

impl Message<'_> {
    fn head(&self) -> String {
        format!("{}.{}.", self.id, self.timestamp)
    }

    fn whole(&self) -> Vec<u8> {
        [self.head().as_bytes(), self.body].concat()
    }
}

/// The secret of one endpoint, `whsec_<base64>` in text.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Vec<u8>);

/// Not a key in the form that it is kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected whsec_ and the base64 of 24 to 64 bytes")]
pub struct NotASecret;

impl SigningSecret {
    pub fn generate(random: &dyn Random) -> Self {
        let mut bytes = vec![0; 32];
        random.fill(&mut bytes);
        Self(bytes)
    }

    pub fn parse(text: &str) -> Result<Self, NotASecret> {
        let encoded = text.strip_prefix(PREFIX).ok_or(NotASecret)?;
        match BASE64.decode(encoded.as_bytes()) {
            Ok(bytes) if SECRET_BYTES.contains(&bytes.len()) => Ok(Self(bytes)),
            Ok(_) | Err(_) => Err(NotASecret),
        }
    }

    /// As its owner is shown it, and as it is sealed.
    pub fn reveal(&self) -> Secret {
        Secret::new(format!("{PREFIX}{}", BASE64.encode(&self.0)))
    }

    fn sign(&self, message: &Message<'_>) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &self.0));
        context.update(message.head().as_bytes());
        context.update(message.body);
        context.sign()
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// What one endpoint's messages are signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SigningKey {
    Hmac(SigningSecret),
    Ed25519(PrivateKey),
}

impl SigningKey {
    pub fn generate(kind: Signature, random: &dyn Random) -> Self {
        match kind {
            Signature::Hmac => Self::Hmac(SigningSecret::generate(random)),
            Signature::Ed25519 => Self::Ed25519(PrivateKey::generate(random)),
        }
    }

    /// From the form in which it is sealed; its prefix says what it is.
    pub fn parse(text: &str) -> Result<Self, NotASecret> {
        if text.starts_with(ed25519::PREFIX) {
            return PrivateKey::parse(text).map(Self::Ed25519).ok_or(NotASecret);
        }
        SigningSecret::parse(text).map(Self::Hmac)
    }

    /// As it is sealed.
    pub fn reveal(&self) -> Secret {
        match self {
            Self::Hmac(secret) => secret.reveal(),
            Self::Ed25519(key) => key.reveal(),
        }
    }

    /// What its owner is told, once: a secret that both sides need. A private key is told to nobody.
    pub fn shared(&self) -> Option<Secret> {
        match self {
            Self::Hmac(secret) => Some(secret.reveal()),
            Self::Ed25519(_) => None,
        }
    }

    pub fn public(&self) -> Option<PublicKey> {
        match self {
            Self::Hmac(_) => None,
            Self::Ed25519(key) => Some(key.public()),
        }
    }

    fn sign(&self, message: &Message<'_>) -> String {
        match self {
            Self::Hmac(secret) => format!("{VERSION}{}", BASE64.encode(secret.sign(message).as_ref())),
            Self::Ed25519(key) => key.sign(message),
        }
    }
}

/// The keys that sign now: the newest, and those that a rotation has not yet retired.
#[derive(Clone, Debug)]
pub struct SigningKeys {
    pub newest: SigningKey,
    pub retiring: Vec<SigningKey>,
}

impl SigningKeys {
    fn all(&self) -> impl Iterator<Item = &SigningKey> {
        std::iter::once(&self.newest).chain(&self.retiring)
    }
}

/// The headers of a signed message. The one with the plain HMAC is there while any key is an HMAC's.
pub fn headers(keys: &SigningKeys, id: &str, at: Millis, body: &[u8]) -> Vec<(String, String)> {
    let message = Message { id, timestamp: at.secs(), body };
    let list: Vec<String> = keys.all().map(|key| key.sign(&message)).collect();
    let plain = keys.all().find_map(|key| match key {
        SigningKey::Hmac(secret) => Some(HEXLOWER.encode(secret.sign(&message).as_ref())),
        SigningKey::Ed25519(_) => None,
    });
    let mut headers = vec![
        ("webhook-id".to_owned(), id.to_owned()),
        ("webhook-timestamp".to_owned(), message.timestamp.to_string()),
        ("webhook-signature".to_owned(), list.join(" ")),
    ];
    headers.extend(plain.map(|hex| ("x-webhook-signature".to_owned(), hex)));
    headers
}

/// What a receiver does, for our own tests and examples: the body is genuine and fresh.
pub fn verify(secret: &SigningSecret, headers: &[(String, String)], body: &[u8], now: Millis) -> bool {
    let Some((message, mut signatures)) = read(headers, body, now) else { return false };
    let expected = secret.sign(&message);
    signatures.any(|one| {
        let given = one.strip_prefix(VERSION).and_then(|text| BASE64.decode(text.as_bytes()).ok());
        constant_time::verify_slices_are_equal(expected.as_ref(), &given.unwrap_or_default()).is_ok()
    })
}

/// A fresh message, and the signatures that it came with.
fn read<'a>(
    headers: &'a [(String, String)],
    body: &'a [u8],
    now: Millis,
) -> Option<(Message<'a>, impl Iterator<Item = &'a str>)> {
    let header = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    let id = header("webhook-id")?;
    let timestamp = header("webhook-timestamp")?.parse::<i64>().ok()?;
    let list = header("webhook-signature")?;
    let apart = now.since(Millis::from_secs(timestamp)).saturating_abs();
    (apart <= TOLERANCE_SECS * 1000).then(|| (Message { id, timestamp, body }, list.split(' ')))
}
