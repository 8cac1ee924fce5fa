//! Sealed messages as JOSE has them: signed by RS256, then encrypted by RSA-OAEP and A256GCM; dotted, or as an object of
//! the same parts.
//!
//! What is sent is encrypted with RSA-OAEP (SHA-1); what comes is opened by what its header names, out of a list of two.
//! Nothing else is a proof: neither `none` nor any HMAC, which would take our public key as secret. Signing stands with
//! the adapter that signs.

use super::pem;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rsa::{
    KeyPair, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPrivateDecryptingKey,
    OaepPublicEncryptingKey, PrivateDecryptingKey, PublicEncryptingKey,
};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use data_encoding::BASE64URL_NOPAD;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::json;

const NONCE_BYTES: usize = 12;

/// Both sides' keys, ready for use.
pub(crate) struct Keys {
    pub(crate) key_id: String,
    pub(crate) sign: KeyPair,
    open: OaepPrivateDecryptingKey,
    /// SubjectPublicKeyInfo.
    theirs: Vec<u8>,
}

/// What was sealed is not from them, not for us, or sealed in a way that we don't take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotSealed(pub(crate) &'static str);

/// What one message is encrypted with. Must never be used for another.
pub(crate) struct Once {
    pub(crate) key: [u8; 32],
    /// Only its first twelve bytes are used.
    pub(crate) nonce: [u8; 32],
}

#[derive(Deserialize, Serialize)]
pub(crate) struct Signed {
    pub(crate) header: String,
    pub(crate) payload: String,
    pub(crate) signature: String,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Encrypted {
    header: String,
    encrypted_key: String,
    iv: String,
    encrypted_payload: String,
    tag: String,
}

/// What decides how a part is read. Extensions that must be understood are not understood.
#[derive(Deserialize)]
struct Header {
    alg: String,
    enc: Option<String>,
    zip: Option<IgnoredAny>,
    crit: Option<IgnoredAny>,
}

impl Keys {
    /// `None` when one of them is no RSA key.
    pub(crate) fn new(key_id: &str, ours: &str, theirs: &str) -> Option<Self> {
        let (ours, theirs) = (pem::private_key(ours)?, pem::public_key(theirs)?);
        Some(Self {
            key_id: key_id.to_owned(),
            sign: KeyPair::from_pkcs8(&ours).ok()?,
            open: OaepPrivateDecryptingKey::new(PrivateDecryptingKey::from_pkcs8(&ours).ok()?).ok()?,
            theirs: PublicEncryptingKey::from_der(&theirs).ok().map(|_| theirs)?,
        })
    }

    // ---- sealing

    /// What was signed, encrypted for them.
    pub(crate) fn encrypt(&self, signed: &Signed, once: &Once) -> Result<String, NotSealed> {
        let signed = text(signed);
        let header = encoded(json!({"alg": "RSA-OAEP", "enc": "A256GCM", "cty": "JWT", "kid": self.key_id}));
        let (nonce, _) = once.nonce.split_at(NONCE_BYTES);
        let cipher = UnboundKey::new(&AES_256_GCM, &once.key).map(LessSafeKey::new);
        let nonce_once = Nonce::try_assume_unique_for_key(nonce);
        let (Ok(cipher), Ok(nonce_once)) = (cipher, nonce_once) else {
            return Err(NotSealed("a key or nonce of a wrong length"));
        };
        let mut body = signed.into_bytes();
        let tag = cipher
            .seal_in_place_separate_tag(nonce_once, Aad::from(header.as_bytes()), &mut body)
            .map_err(|_| NotSealed("too long to be sealed"))?;
        let encrypted_key = BASE64URL_NOPAD.encode(&self.wrapped(&once.key)?);
        Ok(text(&Encrypted {
            encrypted_key,
            iv: BASE64URL_NOPAD.encode(nonce),
            encrypted_payload: BASE64URL_NOPAD.encode(&body),
            tag: BASE64URL_NOPAD.encode(tag.as_ref()),
            header,
        }))
    }

    fn wrapped(&self, key: &[u8]) -> Result<Vec<u8>, NotSealed> {
        let theirs = PublicEncryptingKey::from_der(&self.theirs).map_err(|_| NotSealed("no RSA key"))?;
        let theirs = OaepPublicEncryptingKey::new(theirs).map_err(|_| NotSealed("no RSA key"))?;
        let mut wrapped = vec![0; theirs.ciphertext_size()];
        let done = theirs.encrypt(&OAEP_SHA1_MGF1SHA1, key, &mut wrapped, None);
        let length = done.map_err(|_| NotSealed("their key does not encrypt"))?.len();
        wrapped.truncate(length);
        Ok(wrapped)
    }

    // ---- opening

    /// The payload, decrypted by our key and signed by theirs. Takes the object form and the dotted one.
    pub(crate) fn open(&self, sealed: &str) -> Result<Vec<u8>, NotSealed> {
        let sealed = Encrypted::read(sealed).ok_or(NotSealed("not in a sealed form"))?;
        let algorithm = outer(&header(&sealed.header)?)?;
        let bad = NotSealed("not sealed for our key");
        let decoded = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| bad);
        let (wrapped, nonce, tag) =
            (decoded(&sealed.encrypted_key)?, decoded(&sealed.iv)?, decoded(&sealed.tag)?);
        let mut unwrapped = vec![0; self.open.min_output_size()];
        let key = self.open.decrypt(algorithm, &wrapped, &mut unwrapped, None).map_err(|_| bad)?;
        let cipher = UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new).map_err(|_| bad)?;
        let nonce = Nonce::try_assume_unique_for_key(&nonce).map_err(|_| bad)?;
        let mut body = decoded(&sealed.encrypted_payload)?;
        body.extend_from_slice(&tag);
        let aad = Aad::from(sealed.header.as_bytes());
        let plain = cipher.open_in_place(nonce, aad, &mut body).map_err(|_| bad)?;
        let signed = str::from_utf8(plain).ok().and_then(Signed::read);
        self.checked(&signed.ok_or(NotSealed("encrypted, and not signed"))?)
    }

    fn checked(&self, signed: &Signed) -> Result<Vec<u8>, NotSealed> {
        let named = header(&signed.header)?;
        if named.alg != "RS256" || named.crit.is_some() {
            return Err(NotSealed("signed in a way that we don't take"));
        }
        let bad = NotSealed("not signed by their key");
        let signature = BASE64URL_NOPAD.decode(signed.signature.as_bytes()).map_err(|_| bad)?;
        let message = format!("{}.{}", signed.header, signed.payload);
        let theirs = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.theirs);
        theirs.verify(message.as_bytes(), &signature).map_err(|_| bad)?;
        BASE64URL_NOPAD.decode(signed.payload.as_bytes()).map_err(|_| bad)
    }
}

/// The only two ways of encrypting the key that we open, and the only one of encrypting the text.
fn outer(header: &Header) -> Result<&'static OaepAlgorithm, NotSealed> {
    let refused = NotSealed("encrypted in a way that we don't take");
    if header.enc.as_deref() != Some("A256GCM") || header.zip.is_some() || header.crit.is_some() {
        return Err(refused);
    }
    match header.alg.as_str() {
        "RSA-OAEP" => Ok(&OAEP_SHA1_MGF1SHA1),
        "RSA-OAEP-256" => Ok(&OAEP_SHA256_MGF1SHA256),
        _ => Err(refused),
    }
}

fn header(encoded: &str) -> Result<Header, NotSealed> {
    let bytes = BASE64URL_NOPAD.decode(encoded.as_bytes()).ok();
    bytes.and_then(|b| serde_json::from_slice(&b).ok()).ok_or(NotSealed("a header that does not read as one"))
}

impl Encrypted {
    fn read(text: &str) -> Option<Self> {
        if text.trim_start().starts_with('{') {
            return serde_json::from_str(text).ok();
        }
        let [header, encrypted_key, iv, encrypted_payload, tag] = dotted(text)?;
        Some(Self { header, encrypted_key, iv, encrypted_payload, tag })
    }
}

impl Signed {
    fn read(text: &str) -> Option<Self> {
        if text.trim_start().starts_with('{') {
            return serde_json::from_str(text).ok();
        }
        let [header, payload, signature] = dotted(text)?;
        Some(Self { header, payload, signature })
    }
}

fn dotted<const PARTS: usize>(text: &str) -> Option<[String; PARTS]> {
    let parts: Vec<String> = text.trim().split('.').map(str::to_owned).collect();
    parts.try_into().ok()
}

pub(crate) fn encoded(header: serde_json::Value) -> String {
    BASE64URL_NOPAD.encode(header.to_string().as_bytes())
}

fn text(of: &impl Serialize) -> String {
    serde_json::to_string(of).expect("structs of strings are always JSON")
}
