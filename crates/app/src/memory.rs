//! What adapters keep between calls, such as access tokens: in this process only, and for a while.
//!
//! Losing it costs one more call. It is kept by connection, so that no merchant's token serves another.

use hundi_core::{ConnectionId, Millis, Secret};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Beyond, what is over is thrown out, and if nothing is, everything.
const KEPT_MAX: usize = 10_000;

#[derive(Default)]
pub(crate) struct Memory(Mutex<Kept>);

type Kept = BTreeMap<(ConnectionId, String), (Secret, Millis)>;

impl Memory {
    pub(crate) fn recall(&self, connection: ConnectionId, name: &str, now: Millis) -> Option<Secret> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (what, until) = kept.get(&(connection, name.to_owned()))?;
        (now < *until).then(|| what.clone())
    }

    pub(crate) fn keep(
        &self,
        (connection, name): (ConnectionId, &str),
        what: &Secret,
        until: Millis,
        now: Millis,
    ) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.retain(|_, (_, until)| now < *until);
        }
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert((connection, name.to_owned()), (what.clone(), until));
    }

    pub(crate) fn forget(&self, connection: ConnectionId, name: &str) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.remove(&(connection, name.to_owned()));
    }

    /// Everything of a connection: its credentials changed, or are being tested.
    pub(crate) fn forget_all(&self, connection: ConnectionId) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(of, _), _| *of != connection);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(n: u8) -> ConnectionId {
        ConnectionId::new(Millis(1), [n; 10])
    }

    #[test]
    fn a_token_is_its_connections_and_ends() {
        let (memory, one, other) = (Memory::default(), connection(1), connection(2));
        memory.keep((one, "token"), &Secret::new("t1"), Millis(100), Millis(0));
        let recalled = |of, at| memory.recall(of, "token", Millis(at)).map(|s| s.expose().to_owned());
        assert_eq!(recalled(one, 99), Some("t1".to_owned()));
        assert_eq!((recalled(one, 100), recalled(other, 1)), (None, None));
        memory.forget_all(other);
        assert!(recalled(one, 1).is_some());
        memory.forget_all(one);
        assert!(recalled(one, 1).is_none());
    }

    #[test]
    fn it_does_not_grow_for_ever() {
        let memory = Memory::default();
        for n in 0..=KEPT_MAX {
            memory.keep((connection(1), &n.to_string()), &Secret::new("x"), Millis(10), Millis(0));
        }
        assert!(memory.0.lock().unwrap().len() <= KEPT_MAX);
    }
}
