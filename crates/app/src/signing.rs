//! Signatures on the webhooks that we send, as Standard Webhooks 1.0 says: HMAC-SHA256 over `id.timestamp.body`.
//!
//! One secret per endpoint; while it is being changed a message carries one signature for each. The newest secret's
//! signature also goes out as plain hexadecimal in `X-Webhook-Signature`, for receivers with nothing but an HMAC
//! function at hand: the same bytes signed, the same signature, another spelling.

use crate::random::Random;
use aws_lc_rs::{constant_time, hmac};
use data_encoding::{BASE64, HEXLOWER};
use hundi_core::{Millis, Secret};
use std::fmt;

/// How far a message's time may lie from the receiver's.
pub const TOLERANCE_SECS: i64 = 300;

const PREFIX: &str = "whsec_";
/// The standard's bounds of a secret.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The secret of one endpoint, `whsec_<base64>` in text.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Vec<u8>);

/// Not `whsec_` and the base64 of 24 to 64 bytes.
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

    fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &self.0));
        context.update(format!("{id}.{timestamp}.").as_bytes());
        context.update(body);
        context.sign()
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The secrets that sign now: the newest, and those that a rotation has not yet retired.
#[derive(Clone, Debug)]
pub struct SigningSecrets {
    pub newest: SigningSecret,
    pub retiring: Vec<SigningSecret>,
}

/// The four headers of a signed message.
pub fn headers(secrets: &SigningSecrets, id: &str, at: Millis, body: &[u8]) -> Vec<(String, String)> {
    let timestamp = at.secs();
    let newest = secrets.newest.sign(id, timestamp, body);
    let mut list = versioned(&newest);
    for secret in &secrets.retiring {
        list.push(' ');
        list.push_str(&versioned(&secret.sign(id, timestamp, body)));
    }
    [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", timestamp.to_string()),
        ("webhook-signature", list),
        ("x-webhook-signature", HEXLOWER.encode(newest.as_ref())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn versioned(tag: &hmac::Tag) -> String {
    format!("v1,{}", BASE64.encode(tag.as_ref()))
}

/// What a receiver does, for our own tests and examples: the body is genuine and fresh.
pub fn verify(secret: &SigningSecret, headers: &[(String, String)], body: &[u8], now: Millis) -> bool {
    let header = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    let (Some(id), Some(timestamp), Some(list)) =
        (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"))
    else {
        return false;
    };
    let Ok(timestamp) = timestamp.parse::<i64>() else {
        return false;
    };
    if now.since(Millis::from_secs(timestamp)).saturating_abs() > TOLERANCE_SECS * 1000 {
        return false;
    }
    let expected = secret.sign(id, timestamp, body);
    list.split(' ').filter_map(|one| one.strip_prefix("v1,")).any(|one| {
        let given = BASE64.decode(one.as_bytes()).unwrap_or_default();
        constant_time::verify_slices_are_equal(expected.as_ref(), &given).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    // The specification's own example.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: Millis = Millis(1_614_265_330_000);
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn published() -> SigningSecret {
        SigningSecret::parse(SECRET).unwrap()
    }

    fn alone(newest: SigningSecret) -> SigningSecrets {
        SigningSecrets { newest, retiring: Vec::new() }
    }

    #[test]
    fn signs_the_published_example() {
        let got = headers(&alone(published()), ID, AT, BODY);
        let hex = HEXLOWER.encode(&BASE64.decode(&SIGNATURE.as_bytes()[3..]).unwrap());
        let expected = [
            ("webhook-id", ID),
            ("webhook-timestamp", "1614265330"),
            ("webhook-signature", SIGNATURE),
            ("x-webhook-signature", &hex),
        ];
        assert_eq!(got, expected.map(|(n, v)| (n.to_owned(), v.to_owned())));
        assert!(verify(&published(), &got, BODY, AT));
    }

    #[test]
    fn during_a_rotation_both_secrets_verify_and_no_third() {
        let (old, new, other) = (published(), generate(1), generate(2));
        let both = SigningSecrets { newest: new.clone(), retiring: vec![old.clone()] };
        let got = headers(&both, ID, AT, BODY);
        let list = &got[2].1;
        assert!(list.ends_with(&format!(" {SIGNATURE}")) && list.split(' ').count() == 2, "{list}");
        assert_eq!(got[3].1, headers(&alone(new.clone()), ID, AT, BODY)[3].1);
        assert!(verify(&old, &got, BODY, AT) && verify(&new, &got, BODY, AT));
        assert!(!verify(&other, &got, BODY, AT));
    }

    fn generate(seed: u64) -> SigningSecret {
        SigningSecret::generate(&SeededRandom::new(seed))
    }

    #[test]
    fn anything_that_changed_is_refused() {
        let good = headers(&alone(published()), ID, AT, BODY);
        let with = |name: &str, value: &str| {
            let mut changed = good.clone();
            changed.iter_mut().find(|(n, _)| n == name).unwrap().1 = value.to_owned();
            changed
        };
        for bad in [
            with("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJel"),
            with("webhook-timestamp", "1614265331"),
            with("webhook-timestamp", "1614265330.0"),
            with("webhook-timestamp", ""),
            with("webhook-signature", ""),
            with("webhook-signature", "v1,"),
            with("webhook-signature", &SIGNATURE.replace("v1,", "v2,")),
            with("webhook-signature", &SIGNATURE.replace("v1,", "")),
            with("webhook-signature", "v1,a0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            good[1..].to_vec(),
        ] {
            assert!(!verify(&published(), &bad, BODY, AT), "{bad:?}");
        }
        assert!(!verify(&published(), &good, br#"{"test":2432232314}"#, AT));
        let edge = TOLERANCE_SECS * 1000;
        for (off, fresh) in [(edge, true), (-edge, true), (edge + 1, false), (-edge - 1, false)] {
            assert_eq!(verify(&published(), &good, BODY, AT.plus(off)), fresh, "{off}");
        }
    }

    #[test]
    fn secrets_have_one_form() {
        let secret = generate(1);
        assert_eq!(SigningSecret::parse(secret.reveal().expose()), Ok(secret.clone()));
        assert_eq!(published().reveal().expose(), SECRET);
        assert_eq!(format!("{secret:?}"), "***");
        let of = |bytes: usize| format!("{PREFIX}{}", BASE64.encode(&vec![7; bytes]));
        for (text, good) in [
            (of(24), true),
            (of(64), true),
            (of(23), false),
            (of(65), false),
            ("whsec_".into(), false),
            ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into(), false),
            ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS".into(), false),
            ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_".into(), false),
        ] {
            assert_eq!(SigningSecret::parse(&text).is_ok(), good, "{text}");
        }
    }
}
