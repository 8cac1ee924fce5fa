//! Secrets at rest: AES-256-GCM under a data key per merchant, each wrapped by a versioned master key.
//!
//! A sealed value is bound to its place (merchant, table, column, row) and to its data key, so that a ciphertext moved
//! to another row does not open. Opening fails closed and never says which part was wrong.

mod master;
mod ring;

pub use master::{MasterKeys, WrappedKey, WrongMaster};
pub use ring::{BadRing, KEY_BYTES, Ring};

use crate::random::Random;
use aws_lc_rs::aead::{self, AES_256_GCM, NONCE_LEN, Nonce, RandomizedNonceKey};
use hundi_core::ids::DataKeyId;
use ring::Key;
use std::fmt;

/// The layout: this byte, the length of the data key's id, the id, the nonce, the ciphertext with its tag.
const FORMAT: u8 = 1;
const TAG_BYTES: usize = 16;

/// A merchant's own key, open in memory. Prints its id only.
#[derive(Clone)]
pub struct DataKey {
    id: DataKeyId,
    key: Key,
}

impl DataKey {
    pub fn generate(id: DataKeyId, random: &dyn Random) -> Self {
        let mut key = Key::default();
        random.fill(&mut key);
        Self { id, key }
    }

    pub const fn id(&self) -> DataKeyId {
        self.id
    }

    /// Seals a value for its place.
    pub fn seal(&self, place: &Place<'_>, plain: &[u8]) -> Vec<u8> {
        let id = self.id.to_string();
        let mut sealed = vec![FORMAT, u8::try_from(id.len()).expect("an id has at most 64 characters")];
        sealed.extend_from_slice(id.as_bytes());
        sealed.extend_from_slice(&encrypt(&self.key, &place.bound_to(self.id), plain));
        sealed
    }

    /// Opens a value that was sealed with this key for this very place.
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (id, body) = split(sealed)?;
        if id != self.id {
            return Err(SealError::UnknownKey);
        }
        decrypt(&self.key, &place.bound_to(self.id), body)
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataKey({})", self.id)
    }
}

/// Where a sealed value stands.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The merchant's id, or `platform`.
    pub merchant: &'a str,
    pub table: &'a str,
    pub column: &'a str,
    /// The row's id.
    pub row: &'a str,
}

impl Place<'_> {
    fn bound_to(&self, key: DataKeyId) -> Vec<u8> {
        let parts = [self.merchant, self.table, self.column, self.row];
        let [merchant, table, column, row] = parts.map(str::as_bytes);
        joined(&[b"hundi seal", merchant, table, column, row, key.to_string().as_bytes()])
    }
}

/// A sealed value did not open. Callers treat both alike; the difference is for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("sealed with a key that is not at hand")]
    UnknownKey,
    #[error("damaged, or moved from another place")]
    Damaged,
}

/// The data key that a value was sealed with, for whoever has to fetch it.
pub fn key_of(sealed: &[u8]) -> Result<DataKeyId, SealError> {
    split(sealed).map(|(id, _)| id)
}

fn split(sealed: &[u8]) -> Result<(DataKeyId, &[u8]), SealError> {
    let [FORMAT, length, rest @ ..] = sealed else { return Err(SealError::Damaged) };
    let (id, body) = rest.split_at_checked(usize::from(*length)).ok_or(SealError::Damaged)?;
    let id = str::from_utf8(id).ok().and_then(|id| id.parse().ok()).ok_or(SealError::Damaged)?;
    Ok((id, body))
}

/// Parts with their lengths, so that no two lists of parts look alike.
fn joined(parts: &[&[u8]]) -> Vec<u8> {
    let mut all = Vec::with_capacity(parts.iter().map(|p| p.len() + 8).sum());
    for part in parts {
        all.extend_from_slice(&u64::try_from(part.len()).expect("a length fits in 64 bits").to_be_bytes());
        all.extend_from_slice(part);
    }
    all
}

/// Nonce, ciphertext, tag. The nonce is random: a key would have to seal 2^32 values before one is likely to repeat.
fn encrypt(key: &Key, aad: &[u8], plain: &[u8]) -> Vec<u8> {
    let cipher = RandomizedNonceKey::new(&AES_256_GCM, key).expect("the key has the cipher's length");
    let mut body = Vec::with_capacity(plain.len() + TAG_BYTES);
    body.extend_from_slice(plain);
    let nonce = cipher
        .seal_in_place_append_tag(aead::Aad::from(aad), &mut body)
        .expect("sealing fails only without randomness or beyond 64 GiB");
    let mut sealed = Vec::with_capacity(NONCE_LEN + body.len());
    sealed.extend_from_slice(nonce.as_ref());
    sealed.extend_from_slice(&body);
    sealed
}

fn decrypt(key: &Key, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let cipher = RandomizedNonceKey::new(&AES_256_GCM, key).expect("the key has the cipher's length");
    let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(SealError::Damaged)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Damaged)?;
    let mut body = body.to_vec();
    let plain =
        cipher.open_in_place(nonce, aead::Aad::from(aad), &mut body).map_err(|_| SealError::Damaged)?;
    let length = plain.len();
    body.truncate(length);
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;
    use hundi_core::Millis;

    const PLACE: Place<'_> =
        Place { merchant: "mer_1", table: "connection", column: "secret", row: "conn_1" };

    fn key(seed: u64) -> DataKey {
        let id = DataKeyId::new(Millis(1_789_000_000_000), [u8::try_from(seed).unwrap(); 10]);
        DataKey::generate(id, &SeededRandom::new(seed))
    }

    fn masters(text: &[(u32, u64)]) -> MasterKeys {
        let keys: Vec<String> =
            text.iter().map(|(v, seed)| Ring::generate_text(&SeededRandom::new(*seed), 'v', *v)).collect();
        MasterKeys::parse(&keys.join(",")).unwrap()
    }

    #[test]
    fn opens_what_it_sealed_and_never_seals_alike() {
        let key = key(1);
        for plain in [&b""[..], b"x", b"rzp_test_secret", &[0xff; 5000]] {
            let sealed = key.seal(&PLACE, plain);
            assert_eq!(key.open(&PLACE, &sealed).unwrap(), plain);
            assert_eq!(key_of(&sealed), Ok(key.id()));
            assert_ne!(key.seal(&PLACE, plain), sealed);
            assert!(plain.len() < 8 || !sealed.windows(plain.len()).any(|w| w == plain));
        }
    }

    #[test]
    fn opens_nowhere_else() {
        let key = key(1);
        let sealed = key.seal(&PLACE, b"secret");
        for (what, place) in [
            ("merchant", Place { merchant: "mer_2", ..PLACE }),
            ("table", Place { table: "endpoint", ..PLACE }),
            ("column", Place { column: "webhook_secret", ..PLACE }),
            ("row", Place { row: "conn_2", ..PLACE }),
            ("a boundary that moved", Place { table: "connectio", column: "nsecret", ..PLACE }),
        ] {
            assert_eq!(key.open(&place, &sealed), Err(SealError::Damaged), "{what}");
        }
        assert_eq!(super::tests::key(2).open(&PLACE, &sealed), Err(SealError::UnknownKey));
        // The other key's bytes under this key's id.
        let forged = DataKey { id: key.id(), key: super::tests::key(2).key };
        assert_eq!(forged.open(&PLACE, &sealed), Err(SealError::Damaged));
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_noticed() {
        let key = key(1);
        let sealed = key.seal(&PLACE, b"secret");
        for at in 0..sealed.len() {
            for bit in 0..8 {
                let mut bent = sealed.clone();
                bent[at] ^= 1 << bit;
                assert!(key.open(&PLACE, &bent).is_err(), "byte {at} bit {bit}");
            }
            assert!(key.open(&PLACE, &sealed[..at]).is_err(), "cut at {at}");
        }
        assert!(key.open(&PLACE, &[&sealed[..], b"x"].concat()).is_err());
    }

    #[test]
    fn masters_wrap_and_rotate() {
        let key = key(7);
        let (old, both, new) = (masters(&[(1, 10)]), masters(&[(2, 20), (1, 10)]), masters(&[(2, 20)]));
        let wrapped = old.wrap("mer_1", &key);
        assert_eq!(wrapped.master_version, 1);
        assert_eq!(old.rewrap("mer_1", key.id(), &wrapped), Ok(None));
        let rewrapped = both.rewrap("mer_1", key.id(), &wrapped).unwrap().unwrap();
        assert_eq!(rewrapped.master_version, 2);
        let opened = new.unwrap("mer_1", key.id(), &rewrapped).unwrap();
        assert_eq!(opened.key, key.key);

        assert_eq!(new.unwrap("mer_1", key.id(), &wrapped).err(), Some(SealError::UnknownKey));
        assert_eq!(old.unwrap("mer_2", key.id(), &wrapped).err(), Some(SealError::Damaged));
        assert_eq!(old.unwrap("mer_1", super::tests::key(8).id(), &wrapped).err(), Some(SealError::Damaged));
        let relabelled = WrappedKey { master_version: 2, ..wrapped };
        assert_eq!(both.unwrap("mer_1", key.id(), &relabelled).err(), Some(SealError::Damaged));
    }

    #[test]
    fn a_wrong_master_is_known_at_the_start() {
        let (right, wrong) = (masters(&[(2, 20), (1, 10)]), masters(&[(2, 21), (3, 30)]));
        for (version, check) in right.key_checks() {
            assert_eq!(right.check(version, &check), Ok(()));
            assert_eq!(check.len(), 64);
        }
        let (version, check) = &right.key_checks()[0];
        assert_eq!(wrong.check(*version, check), Err(WrongMaster::Different(2)));
        assert_eq!(wrong.check(1, &right.key_checks()[1].1), Err(WrongMaster::Missing(1)));
        assert_eq!(right.check(1, ""), Err(WrongMaster::Different(1)));
    }

    #[test]
    fn nothing_secret_is_printed() {
        let shown = format!("{:?} {:?}", key(1), masters(&[(1, 10)]));
        assert_eq!(shown, format!("DataKey({}) MasterKeys([\"v1\"])", key(1).id()));
    }
}
