//! What was asked of this node by API lately, for those who watch it happen: the last requests of each merchant in each
//! mode, in memory.
//!
//! No body, no query and no header: they hold what is the merchant's own. Nothing outlives a restart, and each node
//! knows its own alone: what has to be proved stands in the evidence and the audit log.

use crate::App;
use hundi_core::{Millis, RequestId, Scope};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// Requests of one merchant in one mode.
pub const KEPT_MAX: usize = 200;
/// Merchants whose requests are known. Beyond them, who was silent longest is forgotten.
const SCOPES_MAX: usize = 200;

/// What the tools that watch call themselves. What they read is not kept, or they would watch themselves.
pub const WATCHER: &str = "hundi-watcher";

/// One request and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub id: RequestId,
    pub key_id: String,
    pub method: String,
    pub path: String,
    pub status: u16,
    pub error_code: Option<&'static str>,
    pub took_ms: i64,
    pub at: Millis,
}

/// The last requests of each scope.
#[derive(Default)]
pub(crate) struct Lately(Mutex<HashMap<Scope, VecDeque<Arc<Request>>>>);

impl Lately {
    fn keep(&self, scope: Scope, request: Request) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= SCOPES_MAX && !all.contains_key(&scope) {
            let silent = all.iter().min_by_key(|(_, kept)| kept.back().map(|newest| newest.at));
            if let Some(silent) = silent.map(|(scope, _)| *scope) {
                all.remove(&silent);
            }
        }
        let kept = all.entry(scope).or_default();
        if kept.len() >= KEPT_MAX {
            kept.pop_front();
        }
        kept.push_back(Arc::new(request));
    }

    fn of(&self, scope: Scope) -> Vec<Arc<Request>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&scope).map_or_else(Vec::new, |kept| kept.iter().rev().cloned().collect())
    }
}

/// Keeps a request that was answered.
pub fn keep(app: &App, scope: Scope, request: Request) {
    app.requests.keep(scope, request);
}

/// All that are kept, the newest first.
pub fn list(app: &App, scope: Scope) -> Vec<Arc<Request>> {
    app.requests.of(scope)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hundi_core::{MerchantId, Mode};

    fn scope(n: u8) -> Scope {
        Scope::authenticated(MerchantId::new(Millis(1), [n; 10]), Mode::Test)
    }

    fn request(n: i64) -> Request {
        Request {
            id: RequestId::new(Millis(n), [0; 10]),
            key_id: "hk_test_x".into(),
            method: "GET".into(),
            path: "/api/v1/orders".into(),
            status: 200,
            error_code: None,
            took_ms: 1,
            at: Millis(n),
        }
    }

    #[test]
    fn the_newest_of_each_are_kept_and_nobody_pushes_out_another() {
        let lately = Lately::default();
        lately.keep(scope(1), request(1));
        for n in 0..10_000 {
            lately.keep(scope(2), request(n));
        }
        let kept: Vec<i64> = lately.of(scope(2)).iter().map(|r| r.at.0).collect();
        assert_eq!((kept.len(), kept[0], kept[KEPT_MAX - 1]), (KEPT_MAX, 9_999, 9_800));
        assert_eq!(lately.of(scope(1)).len(), 1);
        assert!(lately.of(scope(3)).is_empty());
    }

    #[test]
    fn who_was_silent_longest_makes_room() {
        let lately = Lately::default();
        for n in 0..200 {
            lately.keep(scope(n), request(i64::from(n)));
        }
        lately.keep(scope(0), request(300));
        lately.keep(scope(200), request(301));
        assert_eq!(lately.0.lock().unwrap().len(), SCOPES_MAX);
        assert!(lately.of(scope(1)).is_empty() && !lately.of(scope(2)).is_empty());
        assert_eq!(lately.of(scope(0)).len(), 2);
    }
}
