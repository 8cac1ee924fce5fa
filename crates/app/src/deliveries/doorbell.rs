//! A run that has just sent something stays for a moment: what is promised next is heard of at once, and needs neither a
//! job to be claimed nor one to be ended.

use hundi_core::EndpointId;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::timeout;

/// How long a run stays.
const STAYS: Duration = Duration::from_millis(50);

/// The endpoints whose runs are under way in this process.
#[derive(Default)]
pub(crate) struct Doorbells {
    attended: AtomicBool,
    /// The worker stops.
    closed: AtomicBool,
    bells: Mutex<HashMap<EndpointId, Arc<Notify>>>,
}

/// One run's bell, taken down when it is dropped.
pub(super) struct Bell<'a> {
    all: &'a Doorbells,
    endpoint: EndpointId,
    rung: Arc<Notify>,
}

impl Doorbells {
    /// From now on somebody rings while runs are under way. Where jobs run one after the other nobody can.
    pub(crate) fn attend(&self) {
        self.attended.store(true, Ordering::Relaxed);
    }

    /// Runs come to their end.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// All of them have, and nobody rings any more.
    pub(crate) fn leave(&self) {
        self.attended.store(false, Ordering::Relaxed);
        self.closed.store(false, Ordering::Relaxed);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Something was promised to the endpoint.
    pub(crate) fn ring(&self, endpoint: EndpointId) {
        if let Some(bell) = self.bells().get(&endpoint) {
            bell.notify_one();
        }
    }

    pub(super) fn put_up(&self, endpoint: EndpointId) -> Bell<'_> {
        let rung = Arc::new(Notify::new());
        self.bells().insert(endpoint, rung.clone());
        Bell { all: self, endpoint, rung }
    }

    fn bells(&self) -> MutexGuard<'_, HashMap<EndpointId, Arc<Notify>>> {
        self.bells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bell<'_> {
    pub(super) async fn rings(&self) {
        self.rung.notified().await;
    }

    /// Whether it rings within the moment that a run stays.
    pub(super) async fn rings_soon(&self) -> bool {
        self.all.attended.load(Ordering::Relaxed) && timeout(STAYS, self.rings()).await.is_ok()
    }
}

impl Drop for Bell<'_> {
    fn drop(&mut self) {
        let mut bells = self.all.bells();
        // Another run of the same endpoint may have put up its own, when this one's lease was lost.
        if bells.get(&self.endpoint).is_some_and(|bell| Arc::ptr_eq(bell, &self.rung)) {
            bells.remove(&self.endpoint);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hundi_core::Millis;

    #[tokio::test]
    async fn a_bell_rings_for_its_endpoint_while_somebody_attends() {
        let (all, id) = (Doorbells::default(), |n: u8| EndpointId::new(Millis(1), [n; 10]));
        let (mine, other) = (all.put_up(id(1)), all.put_up(id(2)));
        all.ring(id(1));
        assert!(!mine.rings_soon().await, "nobody attends");
        all.attend();
        assert!(mine.rings_soon().await, "rung before anybody listened");
        assert!(!other.rings_soon().await && !mine.rings_soon().await);
        let later = all.put_up(id(1));
        drop(mine);
        all.ring(id(1));
        assert!(later.rings_soon().await, "the older run takes down its own");
        drop((later, other));
        assert!(all.bells().is_empty());
    }
}
