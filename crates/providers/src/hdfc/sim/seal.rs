//! The bank's side of sealed calls: opens what merchants sealed, seals what it answers.
//!
//! Requests are opened by what their header names; answers are always sealed with SHA-256, which is the only way that
//! the official SDK opens.

use super::SimAccount;
use crate::proof::pem;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{
    KeyPair, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, OaepPublicEncryptingKey,
    PrivateDecryptingKey,
};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use data_encoding::BASE64URL_NOPAD as BASE64URL;
use serde_json::{Value, json};

const BANK_PRIVATE_KEY: &str = include_str!("bank_private.pem");

/// The text inside a sealed body, if this merchant sealed it for the bank.
pub(super) fn open(account: &SimAccount, body: &Value) -> Option<Vec<u8>> {
    let part = |of: &Value, name: &str| BASE64URL.decode(of.get(name)?.as_str()?.as_bytes()).ok();
    let header: Value = serde_json::from_slice(&part(body, "header")?).ok()?;
    let hash = match header["alg"].as_str()? {
        "RSA-OAEP" => &OAEP_SHA1_MGF1SHA1,
        "RSA-OAEP-256" => &OAEP_SHA256_MGF1SHA256,
        _ => return None,
    };
    if header["enc"] != "A256GCM" || header["kid"] != account.key_id.as_str() {
        return None;
    }
    let bank = PrivateDecryptingKey::from_pkcs8(&pem::private_key(BANK_PRIVATE_KEY)?).ok()?;
    let bank = OaepPrivateDecryptingKey::new(bank).ok()?;
    let mut room = vec![0; bank.min_output_size()];
    let key = bank.decrypt(hash, &part(body, "encryptedKey")?, &mut room, None).ok()?;
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let nonce = Nonce::try_assume_unique_for_key(&part(body, "iv")?).ok()?;
    let mut text = [part(body, "encryptedPayload")?, part(body, "tag")?].concat();
    let aad = Aad::from(body["header"].as_str()?.as_bytes());
    let signed: Value = serde_json::from_slice(cipher.open_in_place(nonce, aad, &mut text).ok()?).ok()?;
    let inner: Value = serde_json::from_slice(&part(&signed, "header")?).ok()?;
    let merchant = merchant_key(account)?;
    let message = format!("{}.{}", signed["header"].as_str()?, signed["payload"].as_str()?);
    let theirs = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, merchant.public_key().as_ref());
    let proven = theirs.verify(message.as_bytes(), &part(&signed, "signature")?).is_ok();
    (proven && inner["alg"] == "RS256").then(|| part(&signed, "payload"))?
}

/// A text sealed for the merchant and signed by the bank. `seed` must be new each time.
pub(super) fn seal(account: &SimAccount, payload: &[u8], seed: &str) -> Option<Value> {
    let key_id = if account.seals_with_old_key_id {
        format!("{}_old", account.key_id)
    } else {
        account.key_id.clone()
    };
    let bank = KeyPair::from_pkcs8(&pem::private_key(BANK_PRIVATE_KEY)?).ok()?;
    let inner = encoded(&json!({ "alg": "RS256", "kid": key_id }));
    let payload = BASE64URL.encode(payload);
    let mut signature = vec![0; bank.public_modulus_len()];
    let message = format!("{inner}.{payload}");
    bank.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).ok()?;
    let signed = json!({ "header": inner, "payload": payload, "signature": BASE64URL.encode(&signature) });

    let header = encoded(&json!({ "alg": "RSA-OAEP-256", "enc": "A256GCM", "cty": "JWT", "kid": key_id }));
    let drawn = digest::digest(&digest::SHA384, seed.as_bytes());
    let (key, nonce) = drawn.as_ref().split_at_checked(32)?;
    let nonce = nonce.get(..12)?;
    let private = account.merchant_private_key.as_ref()?;
    let merchant = PrivateDecryptingKey::from_pkcs8(&pem::private_key(private.expose())?).ok()?.public_key();
    let merchant = OaepPublicEncryptingKey::new(merchant).ok()?;
    let mut wrapped = vec![0; merchant.ciphertext_size()];
    merchant.encrypt(&OAEP_SHA256_MGF1SHA256, key, &mut wrapped, None).ok()?;
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let mut text = signed.to_string().into_bytes();
    let once = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let tag = cipher.seal_in_place_separate_tag(once, Aad::from(header.as_bytes()), &mut text).ok()?;
    Some(json!({
        "header": header, "encryptedKey": BASE64URL.encode(&wrapped), "iv": BASE64URL.encode(nonce),
        "encryptedPayload": BASE64URL.encode(&text), "tag": BASE64URL.encode(tag.as_ref()),
    }))
}

fn merchant_key(account: &SimAccount) -> Option<KeyPair> {
    let private = account.merchant_private_key.as_ref()?;
    KeyPair::from_pkcs8(&pem::private_key(private.expose())?).ok()
}

fn encoded(header: &Value) -> String {
    BASE64URL.encode(header.to_string().as_bytes())
}
