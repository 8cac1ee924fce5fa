//! AES in CBC mode with PKCS#7 padding, for the proofs that use it. It hides and proves nothing by itself where its IV is
//! the same each time.

use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, Algorithm, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use hundi_core::Secret;

/// The key has not 16, 24 or 32 bytes: no cipher takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadKey;

pub(crate) fn encrypt(key: &Secret, iv: [u8; 16], mut text: Vec<u8>) -> Result<Vec<u8>, BadKey> {
    let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(cipher_key(key)?).map_err(|_| BadKey)?;
    let context = EncryptionContext::Iv128(FixedLength::from(iv));
    cipher.less_safe_encrypt(&mut text, context).map_err(|_| BadKey)?;
    Ok(text)
}

/// Nothing where the key or a block is wrong: telling them apart would be an oracle.
pub(crate) fn decrypt(key: &Secret, iv: [u8; 16], mut text: Vec<u8>) -> Option<Vec<u8>> {
    let cipher = PaddedBlockDecryptingKey::cbc_pkcs7(cipher_key(key).ok()?).ok()?;
    let context = DecryptionContext::Iv128(FixedLength::from(iv));
    cipher.decrypt(&mut text, context).ok().map(|plain| plain.to_vec())
}

/// The key's length picks the cipher.
fn cipher_key(key: &Secret) -> Result<UnboundCipherKey, BadKey> {
    let bytes = key.expose().as_bytes();
    let algorithm: &'static Algorithm = match bytes.len() {
        16 => &AES_128,
        24 => &AES_192,
        32 => &AES_256,
        _ => return Err(BadKey),
    };
    UnboundCipherKey::new(algorithm, bytes).map_err(|_| BadKey)
}
