//! Answers given a moment ago: a repeat mostly comes within seconds, from a caller whose connection broke.
//!
//! An answer that was kept never changes, so what is remembered here is what the database holds. Not for long: whoever
//! erases it there need not look for it here.

use super::{Key, Reply};
use crate::error::Error;
use crate::planted;
use hundi_core::time::seconds;
use hundi_core::{Millis, Scope};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

const REMEMBERED_MS: i64 = seconds(60);
/// Answers of a generation. There are two: when the newer one is full, the older one is forgotten.
const GENERATION: usize = 1_024;
/// A longer answer is read from the database.
const BODY_BYTES_MAX: usize = 8 << 10;

/// The last answers of this process.
#[derive(Default)]
pub(crate) struct Lately(Mutex<Generations>);

type Generation = HashMap<(Scope, String), Given>;

#[derive(Default)]
struct Generations {
    newer: Generation,
    older: Generation,
}

/// An answer, what it answered, and when.
#[derive(Clone)]
struct Given {
    body_hash: String,
    reply: Reply,
    at: Millis,
}

impl Lately {
    pub(super) fn remember(&self, key: &Key, reply: &Reply, at: Millis) {
        if reply.body.len() > BODY_BYTES_MAX {
            return;
        }
        let given = Given { body_hash: key.body_hash.clone(), reply: reply.clone(), at };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.newer.len() >= GENERATION {
            all.older = std::mem::take(&mut all.newer);
        }
        all.newer.insert((key.scope, key.key.clone()), given);
    }

    /// The answer to a repeat. `None`: the database knows.
    pub(super) fn find(&self, key: &Key, now: Millis) -> Result<Option<Reply>, Error> {
        let place = (key.scope, key.key.clone());
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let given = all.newer.get(&place).or_else(|| all.older.get(&place));
        let Some(given) = given.filter(|given| (0..REMEMBERED_MS).contains(&now.since(given.at))) else {
            return Ok(None);
        };
        if given.body_hash != key.body_hash && !planted!("idempotency_ignores_body") {
            return Err(Error::KeyReused);
        }
        Ok(Some(Reply { replayed: true, ..given.reply.clone() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hundi_core::{MerchantId, Mode};

    fn key(name: &str, body: &str) -> Key {
        let scope = Scope::authenticated(MerchantId::new(Millis(1), [1; 10]), Mode::Test);
        Key { scope, key: name.into(), body_hash: body.into() }
    }

    fn reply(body: &str) -> Reply {
        Reply { status: 201, body: body.into(), replayed: false, is_newest: true }
    }

    #[test]
    fn a_repeat_gets_the_answer_for_a_minute_and_another_request_none() {
        let (lately, now) = (Lately::default(), Millis(1_000_000));
        lately.remember(&key("a", "1"), &reply("one"), now);
        let found = |key: &Key, at: Millis| lately.find(key, at).map(|r| r.map(|r| (r.body, r.replayed)));
        let one = Some(("one".to_owned(), true));
        assert_eq!(found(&key("a", "1"), now).unwrap(), one);
        assert_eq!(found(&key("a", "1"), now.plus(REMEMBERED_MS - 1)).unwrap(), one);
        assert_eq!(found(&key("a", "1"), now.plus(REMEMBERED_MS)).unwrap(), None);
        assert_eq!(
            found(&key("a", "1"), now.minus(1)).unwrap(),
            None,
            "a clock that went back proves nothing"
        );
        assert_eq!(found(&key("b", "1"), now).unwrap(), None);
        assert!(matches!(found(&key("a", "2"), now), Err(Error::KeyReused)));
        let mut elsewhere = key("a", "1");
        elsewhere.scope = Scope::authenticated(MerchantId::new(Millis(1), [1; 10]), Mode::Live);
        assert_eq!(found(&elsewhere, now).unwrap(), None);
    }

    #[test]
    fn it_holds_two_generations_and_nothing_long() {
        let (lately, now) = (Lately::default(), Millis(1));
        for n in 0..GENERATION * 3 {
            lately.remember(&key(&n.to_string(), ""), &reply(""), now);
        }
        let knows = |n: usize| lately.find(&key(&n.to_string(), ""), now).unwrap().is_some();
        assert!(knows(GENERATION * 3 - 1) && knows(GENERATION * 2) && knows(GENERATION));
        assert!(!knows(GENERATION - 1) && !knows(0));
        lately.remember(&key("long", ""), &reply(&"x".repeat(BODY_BYTES_MAX + 1)), now);
        assert!(lately.find(&key("long", ""), now).unwrap().is_none());
    }
}
