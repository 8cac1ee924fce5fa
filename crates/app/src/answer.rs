//! Answers to requests that carry an idempotency key (PRODUCT PY7).
//!
//! The first request of a key is carried out and its answer kept; every later one gets that answer byte for byte.
//! Refused input is never kept: the key is written in the same transaction as what the request does.

mod lately;

pub(crate) use lately::Lately;

use crate::error::Error;
use crate::public;
use crate::{App, fail_point, planted};
use hundi_core::time::seconds;
use hundi_core::{Millis, Scope, Version};
use hundi_store::Tx;
use hundi_store::idempotency::{self, Answer};
use serde_json::Value;

pub use hundi_store::idempotency::Key;

/// A request that began so long ago and has no answer was stopped, and may be finished by another.
/// Longer than the longest call to a provider.
const STOPPED_AFTER_MS: i64 = seconds(45);

/// What goes back to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    pub body: String,
    /// It is the kept answer of an earlier request.
    pub replayed: bool,
    /// In the newest shape. What was kept may be older than that.
    pub is_newest: bool,
}

impl Reply {
    pub fn new(status: u16, body: &Value) -> Self {
        Self { status, body: body.to_string(), replayed: false, is_newest: true }
    }

    pub(crate) fn kept(&self) -> Answer {
        Answer { status: i64::from(self.status), body: self.body.clone() }
    }
}

/// A key that a request carried, and the hash of all that the request says.
pub fn key(scope: Scope, key: &str, method_and_path: &str, body: &[u8]) -> Key {
    use aws_lc_rs::digest;
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(method_and_path.as_bytes());
    context.update(&[0]);
    context.update(body);
    Key { scope, key: key.to_owned(), body_hash: data_encoding::HEXLOWER.encode(context.finish().as_ref()) }
}

/// What stands under a key that was taken.
pub(crate) enum Taken {
    Replay(Reply),
    /// Its first runner stopped in the middle; we have taken over and finish with this object.
    Finish {
        object_id: String,
    },
    /// It was let go meanwhile: carry the request out.
    Free,
}

/// Reads a taken key. A request in flight and a key reused for something else are refused.
pub(crate) async fn taken(app: &App, key: &Key) -> Result<Taken, Error> {
    let (key, now) = (key.clone(), app.now());
    app.store.write(async move |tx| taken_in(tx, &key, now).await).await
}

/// The same within the transaction that found it taken.
pub(crate) async fn taken_in(tx: &mut Tx, key: &Key, now: Millis) -> Result<Taken, Error> {
    let Some(kept) = idempotency::load(tx, key.scope, &key.key).await? else { return Ok(Taken::Free) };
    if kept.body_hash != key.body_hash && !planted!("idempotency_ignores_body") {
        return Err(Error::KeyReused);
    }
    if let Some(answer) = kept.answer {
        return Ok(Taken::Replay(replayed(&answer)));
    }
    let stopped = now.since(kept.updated_at) >= STOPPED_AFTER_MS;
    match kept.object_id {
        Some(object_id) if stopped && idempotency::take_over(tx, key, kept.updated_at, now).await? => {
            Ok(Taken::Finish { object_id })
        }
        _ => Err(Error::KeyInFlight),
    }
}

/// A look before any work: most repeats end here.
pub(crate) async fn seen(app: &App, key: Option<&Key>) -> Result<Taken, Error> {
    let Some(key) = key else { return Ok(Taken::Free) };
    if let Some(reply) = remembered(app, key)? {
        return Ok(Taken::Replay(reply));
    }
    match idempotency::glance(&app.store, key.scope, &key.key).await? {
        None => Ok(Taken::Free),
        Some(kept) if kept.body_hash != key.body_hash && !planted!("idempotency_ignores_body") => {
            Err(Error::KeyReused)
        }
        Some(kept) => match kept.answer {
            Some(answer) => {
                let reply = replayed(&answer);
                remember(app, key, &reply);
                Ok(Taken::Replay(reply))
            }
            None => taken(app, key).await,
        },
    }
}

/// The answer to a repeat, if it was given a moment ago.
pub(crate) fn remembered(app: &App, key: &Key) -> Result<Option<Reply>, Error> {
    app.lately_answered.find(key, app.now())
}

/// Remembers an answer that is kept.
pub(crate) fn remember(app: &App, key: &Key, reply: &Reply) {
    let body = public::rendered(Version::NEWEST, reply.body.clone(), !reply.is_newest);
    app.lately_answered.remember(key, &Reply { body, is_newest: true, ..*reply }, app.now());
}

/// Keeps the answer of a request that took its key earlier. What was kept first stands.
pub(crate) async fn finish(app: &App, key: Option<&Key>, reply: Reply) -> Result<Reply, Error> {
    let Some(key) = key.cloned() else { return Ok(reply) };
    let (answer, now) = (reply.kept(), app.now());
    if planted!("idempotency_not_stored") {
        app.store.write(async move |tx| idempotency::forget(tx, &key).await).await?;
        return Ok(reply);
    }
    let kept = app
        .store
        .write(async move |tx| {
            if idempotency::finish(tx, &key, &answer, now).await? {
                return Ok(reply.clone());
            }
            let kept = idempotency::load(tx, key.scope, &key.key).await?;
            Ok(kept.and_then(|k| k.answer).map_or_else(|| reply.clone(), |answer| replayed(&answer)))
        })
        .await;
    fail_point!("answer.after_keep");
    kept
}

/// A request was refused: perhaps because its twin, under the same key, has just done what it asks. Then the twin's
/// answer is the answer, or `KeyInFlight` while there is none.
pub async fn refused(app: &App, key: Option<&Key>, refusal: Error) -> Result<Reply, Error> {
    let Some(key) = key.cloned().filter(|_| (400..500).contains(&refusal.status())) else {
        return Err(refusal);
    };
    let kept = app.store.read(async move |tx| {
        let kept = idempotency::load(tx, key.scope, &key.key).await?;
        Ok::<_, Error>(kept.filter(|kept| kept.body_hash == key.body_hash))
    });
    match kept.await? {
        Some(kept) => kept.answer.map(|answer| replayed(&answer)).ok_or(Error::KeyInFlight),
        None => Err(refusal),
    }
}

/// Carries out, once for each key, what would do no harm if it were done again: a process stopped in the middle
/// leaves a key whose next request does it anew. Whatever writes and nothing else takes its key in its transaction.
pub(crate) async fn once(
    app: &App,
    key: Option<&Key>,
    object_id: &str,
    harmless: impl Future<Output = Result<Reply, Error>> + Send,
) -> Result<Reply, Error> {
    match seen(app, key).await? {
        Taken::Replay(reply) => return Ok(reply),
        Taken::Finish { .. } => {}
        Taken::Free => begin(app, key, object_id).await?,
    }
    match harmless.await {
        Ok(reply) => finish(app, key, reply).await,
        Err(error) => {
            if let Some(key) = key.cloned() {
                app.store.write(async move |tx| idempotency::forget(tx, &key).await).await?;
            }
            Err(error)
        }
    }
}

async fn begin(app: &App, key: Option<&Key>, object_id: &str) -> Result<(), Error> {
    let Some(key) = key.cloned() else { return Ok(()) };
    let (object_id, now) = (object_id.to_owned(), app.now());
    let begun = app.store.write(async move |tx| idempotency::begin(tx, &key, &object_id, now).await).await?;
    if begun { Ok(()) } else { Err(Error::KeyInFlight) }
}

fn replayed(answer: &Answer) -> Reply {
    let status = u16::try_from(answer.status).unwrap_or(500);
    Reply { status, body: answer.body.clone(), replayed: true, is_newest: false }
}
