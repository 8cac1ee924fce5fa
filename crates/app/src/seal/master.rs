//! Master keys: they wrap data keys and nothing else, so that changing one rewraps a few rows instead of all secrets.

use super::ring::{BadRing, Key, Ring};
use super::{DataKey, SealError, decrypt, encrypt, joined};
use aws_lc_rs::{constant_time, hmac};
use data_encoding::HEXLOWER;
use hundi_core::ids::DataKeyId;

/// The master keys that this process was given; the current one wraps.
#[derive(Clone, Debug)]
pub struct MasterKeys(Ring);

/// A data key as the database keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    pub master_version: u32,
    pub bytes: Vec<u8>,
}

/// This process must not start on this database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongMaster {
    #[error("the database uses master key v{0}, which is not configured")]
    Missing(u32),
    #[error("master key v{0} is not the one that this database was written with")]
    Different(u32),
}

impl MasterKeys {
    /// Reads `v2:<base64>,v1:<base64>`, the current one first.
    pub fn parse(text: &str) -> Result<Self, BadRing> {
        Ring::parse(text, 'v').map(Self)
    }

    pub fn current_version(&self) -> u32 {
        self.0.current().0
    }

    /// What the database remembers of each key, by version: enough to know the key again, nothing to learn it from.
    pub fn key_checks(&self) -> Vec<(u32, String)> {
        self.0.iter().map(|(version, key)| (version, key_check(key))).collect()
    }

    /// Compares a remembered check with the key of that version.
    pub fn check(&self, version: u32, remembered: &str) -> Result<(), WrongMaster> {
        let key = self.0.get(version).ok_or(WrongMaster::Missing(version))?;
        constant_time::verify_slices_are_equal(key_check(key).as_bytes(), remembered.as_bytes())
            .map_err(|_| WrongMaster::Different(version))
    }

    /// Wraps a data key with the current master.
    pub fn wrap(&self, merchant: &str, key: &DataKey) -> WrappedKey {
        let (master_version, master) = self.0.current();
        let aad = wrapping(merchant, key.id, master_version);
        WrappedKey { master_version, bytes: encrypt(&derived(master, b"hundi wrap"), &aad, &key.key) }
    }

    /// Opens a wrapped data key.
    pub fn unwrap(&self, merchant: &str, id: DataKeyId, wrapped: &WrappedKey) -> Result<DataKey, SealError> {
        let master = self.0.get(wrapped.master_version).ok_or(SealError::UnknownKey)?;
        let aad = wrapping(merchant, id, wrapped.master_version);
        let key = decrypt(&derived(master, b"hundi wrap"), &aad, &wrapped.bytes)?;
        Ok(DataKey { id, key: Key::try_from(key).map_err(|_| SealError::Damaged)? })
    }

    /// The same data key under the current master; `None` if it is there already.
    pub fn rewrap(
        &self,
        merchant: &str,
        id: DataKeyId,
        wrapped: &WrappedKey,
    ) -> Result<Option<WrappedKey>, SealError> {
        if wrapped.master_version == self.current_version() {
            return Ok(None);
        }
        Ok(Some(self.wrap(merchant, &self.unwrap(merchant, id, wrapped)?)))
    }
}

fn wrapping(merchant: &str, id: DataKeyId, version: u32) -> Vec<u8> {
    joined(&[b"hundi wrap", merchant.as_bytes(), id.to_string().as_bytes(), &version.to_be_bytes()])
}

fn key_check(key: &Key) -> String {
    HEXLOWER.encode(&derived(key, b"hundi key check"))
}

/// A key of its own for each use of a master.
fn derived(master: &Key, purpose: &[u8]) -> Key {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, master), purpose);
    Key::try_from(tag.as_ref()).expect("a SHA-256 tag has 32 bytes")
}
