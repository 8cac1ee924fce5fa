//! What a server remembers between requests: opened data keys and API keys.
//!
//! Each carries a version row in the database that is re-read within a second, so that many nodes agree. Nothing is
//! ever decided by a cache alone that money depends on: balances and states are not in here.

use crate::App;
use crate::error::Error;
use crate::seal::DataKey;
use hundi_core::{DataKeyId, Millis};
use hundi_store::people::ApiKey;
use hundi_store::settings;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// How old a version may be before it is read again.
const RECHECK_MS: i64 = 1_000;
/// Entries of one cache before it is emptied: a bound, not a tuning knob.
const ENTRIES_MAX: usize = 10_000;

pub(crate) const API_KEYS: &str = "api_keys";

#[derive(Default)]
pub(crate) struct Caches {
    versions: Mutex<Versions>,
    /// Counts what was forgotten: what was read before may not be kept after.
    forgotten: AtomicU64,
    api_keys: Mutex<HashMap<String, ApiKey>>,
    /// Data keys never change under their id.
    data_keys: Mutex<HashMap<DataKeyId, DataKey>>,
}

/// When a read began, counted in what was forgotten.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticket(u64);

#[derive(Default)]
struct Versions {
    checked_at: Option<Millis>,
    known: HashMap<String, i64>,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Caches {
    /// Forgets what changed elsewhere. Called before a cache is read.
    pub(crate) async fn refresh(&self, app: &App) -> Result<(), Error> {
        let now = app.now();
        {
            let mut versions = locked(&self.versions);
            let fresh = versions.checked_at.is_some_and(|at| (0..RECHECK_MS).contains(&now.since(at)));
            if fresh {
                return Ok(());
            }
            // Whoever comes next may read on with what is known while this one asks.
            versions.checked_at = Some(now);
        }
        let current = app.store.read(async |tx| settings::cache_versions(tx).await).await?;
        let mut versions = locked(&self.versions);
        for (name, version) in current {
            if versions.known.insert(name.clone(), version) != Some(version) {
                self.forget(&name);
            }
        }
        Ok(())
    }

    /// For whoever changed it in this process: at once, not within a second.
    pub(crate) fn forget(&self, name: &str) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        if name == API_KEYS {
            locked(&self.api_keys).clear();
        }
    }

    /// Taken before a read; what was read is kept only if nothing was forgotten since.
    pub(crate) fn ticket(&self) -> Ticket {
        Ticket(self.forgotten.load(Ordering::SeqCst))
    }

    pub(crate) fn api_key(&self, id: &str) -> Option<ApiKey> {
        locked(&self.api_keys).get(id).cloned()
    }

    pub(crate) fn keep_api_key(&self, ticket: Ticket, key: ApiKey) {
        let mut keys = locked(&self.api_keys);
        if self.ticket() == ticket {
            keep(&mut keys, key.id.clone(), key);
        }
    }

    pub(crate) fn data_key(&self, id: DataKeyId) -> Option<DataKey> {
        locked(&self.data_keys).get(&id).cloned()
    }

    pub(crate) fn keep_data_key(&self, key: DataKey) {
        keep(&mut locked(&self.data_keys), key.id(), key);
    }
}

fn keep<K: std::hash::Hash + Eq, V>(map: &mut HashMap<K, V>, key: K, value: V) {
    if map.len() >= ENTRIES_MAX {
        map.clear();
    }
    map.insert(key, value);
}
