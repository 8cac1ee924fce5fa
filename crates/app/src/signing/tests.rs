//! Published vectors, rotation, and what must not verify.

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

fn alone(newest: SigningSecret) -> SigningKeys {
    SigningKeys { newest: SigningKey::Hmac(newest), retiring: Vec::new() }
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
    let both =
        SigningKeys { newest: SigningKey::Hmac(new.clone()), retiring: vec![SigningKey::Hmac(old.clone())] };
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

/// RFC 8032, section 7.1, the first test: this seed has this public key.
#[test]
fn the_public_key_is_the_published_one() {
    let hex = |text: &str| HEXLOWER.decode(text.as_bytes()).unwrap();
    let seed = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let public = hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    let key = SigningKey::parse(&format!("whsk_{}", BASE64.encode(&seed))).unwrap();
    assert_eq!(key.public().unwrap().to_string(), format!("whpk_{}", BASE64.encode(&public)));
    assert_eq!(key.shared(), None);
    assert!(!format!("{key:?}").contains("whsk"));
}

#[test]
fn an_ed25519_signature_verifies_with_the_public_key_alone() {
    let (key, other) = (asymmetric(1), asymmetric(2));
    let keys = SigningKeys { newest: key.clone(), retiring: Vec::new() };
    let got = headers(&keys, ID, AT, BODY);
    assert!(got[2].1.starts_with("v1a,") && got.len() == 3, "no HMAC where there is no secret: {got:?}");
    let public = PublicKey::parse(&key.public().unwrap().to_string()).unwrap();
    assert!(public.verify(&got, BODY, AT));
    assert!(!other.public().unwrap().verify(&got, BODY, AT));
    assert!(!public.verify(&got, br#"{"test":2432232315}"#, AT));
    assert!(!public.verify(&got, BODY, AT.plus(TOLERANCE_SECS * 1000 + 1)));
    assert!(!verify(&published(), &got, BODY, AT));
}

/// From a secret to a key pair and back, both sides of the change verify.
#[test]
fn a_rotation_may_change_the_kind() {
    let (secret, key) = (published(), asymmetric(1));
    let (hmac, public) = (SigningKey::Hmac(secret.clone()), key.public().unwrap());
    for (newest, retiring) in [(hmac.clone(), key.clone()), (key, hmac)] {
        let got = headers(&SigningKeys { newest, retiring: vec![retiring] }, ID, AT, BODY);
        assert!(verify(&secret, &got, BODY, AT) && public.verify(&got, BODY, AT), "{got:?}");
        assert_eq!(got[3].1, headers(&alone(secret.clone()), ID, AT, BODY)[3].1);
    }
}

fn asymmetric(seed: u64) -> SigningKey {
    SigningKey::generate(Signature::Ed25519, &SeededRandom::new(seed))
}

#[test]
fn keys_have_one_form() {
    for key in [asymmetric(1), SigningKey::generate(Signature::Hmac, &SeededRandom::new(1))] {
        assert_eq!(SigningKey::parse(key.reveal().expose()), Ok(key.clone()));
    }
    for bad in ["whsk_", "whsk_AAAA", "whpk_AAAA", "", "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
        assert_eq!(SigningKey::parse(bad), Err(NotASecret), "{bad}");
        assert_eq!(PublicKey::parse(bad), None, "{bad}");
    }
}
