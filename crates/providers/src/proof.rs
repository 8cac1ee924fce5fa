//! What adapters share when they check who says something: keys in PEM, certificates, keyed hashes.
//!
//! Which bytes are signed, and by whom, is each provider's own. Simulators check for themselves: they take nothing from here but
//! keys out of PEM, in which adapter and simulator are given theirs.

pub(crate) mod aes_cbc;
pub(crate) mod certificate;
pub(crate) mod jose;
pub(crate) mod pem;

use crate::contract::Forged;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{Context, SHA256};
use aws_lc_rs::hmac;
use data_encoding::{Encoding, HEXLOWER};
use hundi_core::Secret;

/// Whether one of `secrets` made this HMAC-SHA256 of `message`. Of several: after a change of secret a provider may
/// sign retries with the old one. An empty secret signs nothing: anybody could have used it.
pub(crate) fn check_hmac(
    secrets: &[Secret],
    message: &[u8],
    signature: Option<&str>,
    written: &Encoding,
) -> Result<(), Forged> {
    proven_by_one(secrets, signature, |secret, signature| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
        let tag = written.decode(signature.as_bytes()).ok()?;
        hmac::verify(&key, message, &tag).ok()
    })
}

/// The user name that a merchant types at a provider beside our secret, which is the password.
pub(crate) const WEBHOOK_USER: &str = "hundi";

/// Whether one of `secrets` makes this word, which is the same on every message: so it proves who speaks, and nothing of
/// what is said.
pub(crate) fn check_word(
    secrets: &[Secret],
    said: Option<&str>,
    word: impl Fn(&Secret) -> String,
) -> Result<(), Forged> {
    proven_by_one(secrets, said, |secret, said| {
        verify_slices_are_equal(word(secret).as_bytes(), said.as_bytes()).ok()
    })
}

fn proven_by_one(
    secrets: &[Secret],
    proof: Option<&str>,
    check: impl Fn(&Secret, &str) -> Option<()>,
) -> Result<(), Forged> {
    if secrets.iter().all(Secret::is_empty) {
        return Err(Forged::NoSecret);
    }
    let proof = proof.filter(|p| !p.is_empty()).ok_or(Forged::NoSignature)?;
    let mut known = secrets.iter().filter(|s| !s.is_empty());
    known.find_map(|secret| check(secret, proof)).ok_or(Forged::WrongSignature)
}

/// SHA-256 of these, one after the other with nothing between them, in hex of lower case.
pub(crate) fn sha256_hex(parts: impl IntoIterator<Item: AsRef<[u8]>>) -> String {
    let mut context = Context::new(&SHA256);
    parts.into_iter().for_each(|part| context.update(part.as_ref()));
    HEXLOWER.encode(context.finish().as_ref())
}

/// The CRC-32 of IEEE 802.3, bit by bit: a message is a few kilobytes.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            let lowest = crc & 1;
            (crc >> 1) ^ (0xedb8_8320 * lowest)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_crc_32() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn parts_are_hashed_as_one_text() {
        // FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((sha256_hex(["abc"]).as_str(), sha256_hex(["a", "", "bc"]).as_str()), (abc, abc));
    }

    #[test]
    fn a_word_is_one_secret_s_and_no_empty_one_s() {
        let check = |secrets: &[&str], said: Option<&str>| {
            let secrets: Vec<_> = secrets.iter().map(|s| Secret::new(*s)).collect();
            check_word(&secrets, said, |secret| format!("us:{}", secret.expose()))
        };
        assert_eq!(check(&["new", "old"], Some("us:old")), Ok(()));
        assert_eq!(check(&["new"], Some("us:old")), Err(Forged::WrongSignature));
        assert_eq!(check(&["", "new"], Some("us:")), Err(Forged::WrongSignature));
        assert_eq!(
            (check(&["new"], None), check(&["new"], Some(""))),
            (Err(Forged::NoSignature), Err(Forged::NoSignature))
        );
        assert_eq!(
            (check(&[""], Some("us:")), check(&[], Some("us:"))),
            (Err(Forged::NoSecret), Err(Forged::NoSecret))
        );
    }

    #[test]
    fn a_hash_is_one_secret_s_and_no_empty_one_s() {
        // RFC 4231, test case 2.
        let tag = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let message = b"what do ya want for nothing?";
        let check = |secrets: &[&str], tag: Option<&str>| {
            let secrets: Vec<_> = secrets.iter().map(|s| Secret::new(*s)).collect();
            check_hmac(&secrets, message, tag, &HEXLOWER)
        };
        assert_eq!(check(&["new", "Jefe"], Some(tag)), Ok(()));
        assert_eq!(check(&["Jefe"], Some(&tag.to_uppercase())), Err(Forged::WrongSignature));
        assert_eq!(check(&["new"], Some(tag)), Err(Forged::WrongSignature));
        assert_eq!(check(&["Jefe"], None), Err(Forged::NoSignature));
        assert_eq!(check(&["", ""], Some(tag)), Err(Forged::NoSecret));
        assert_eq!(check(&[], Some(tag)), Err(Forged::NoSecret));
    }
}
