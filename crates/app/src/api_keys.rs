//! API keys: an id and a secret for each merchant and mode. The secret is shown once and kept as a keyed hash.

use crate::answer::{Reply, Taken, seen};
use crate::caches::API_KEYS;
use crate::error::Error;
use crate::keys::{ApiKey as Fresh, Purpose, mode_of_key_id};
use crate::networks::{NETWORKS_MAX, Network};
use crate::{Actor, App, planted, public};
use hundi_core::scope::{Permission, Role};
use hundi_core::time::{days, hours, minutes};
use hundi_core::{AuditId, Millis, Scope, Secret, Version};
use hundi_store::audit::{self, Record};
use hundi_store::idempotency::{self, Answer, Key};
use hundi_store::people;
use hundi_store::settings;
use std::net::IpAddr;
use std::sync::Arc;

pub use hundi_store::people::ApiKey;

/// "Last used" is kept to the minute, so that a busy key does not write at each request.
const USED_EVERY_MS: i64 = minutes(1);

/// How long a replaced key goes on, unless something else is asked for.
const OVERLAP_MS: i64 = hours(24);
const OVERLAP_MS_MAX: i64 = days(7);
const NAME_CHARS_MAX: usize = 80;
const KEYS_MAX: usize = 100;

/// Who a request's credentials prove.
#[derive(Clone, Debug)]
pub struct Caller {
    pub scope: Scope,
    pub key_id: String,
    pub may: Vec<Permission>,
    /// The shape of what it is answered, unless a request names another.
    pub version: Version,
}

/// What a new key is to be.
#[derive(Clone, Debug)]
pub struct NewKey {
    pub name: String,
    pub may: Vec<Permission>,
    pub expires_at: Option<Millis>,
    /// Empty: from anywhere.
    pub networks: Vec<Network>,
}

/// Makes a key. Its secret is returned this once.
pub async fn create(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    name: &str,
) -> Result<(ApiKey, Secret), Error> {
    create_with(app, scope, actor, NewKey::usual(name)).await
}

/// The same with a word about what it may do.
pub async fn create_with(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    new: NewKey,
) -> Result<(ApiKey, Secret), Error> {
    let made = made_once(app, scope, actor, &new, None).await?;
    made.ok_or_else(|| Error::Bug("a key that nobody else can have made was made before".into()))
}

/// Makes a key for a person, once for each form. `None`: this form has made its key already, and its secret was shown.
/// A role gives no more than it can ([`Role::gives`]).
pub async fn create_once(
    app: &Arc<App>,
    scope: Scope,
    (actor, role): (&Actor, Role),
    new: &NewKey,
    form: Option<Key>,
) -> Result<Option<(ApiKey, Secret)>, Error> {
    let gives = role.gives();
    if new.may.iter().any(|p| !gives.contains(p)) {
        return Err(Error::NotAllowed);
    }
    made_once(app, scope, actor, new, form).await
}

async fn made_once(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    new: &NewKey,
    form: Option<Key>,
) -> Result<Option<(ApiKey, Secret)>, Error> {
    check(app, new)?;
    let (key, fresh) = generated(app, scope, actor, new);
    let (row, record) = (key.clone(), record(app, scope, actor, "key.create", &key.id));
    let made = app
        .store
        .write(async move |tx| {
            let merchant = people::merchant(tx, row.scope.merchant()).await?;
            merchant.ok_or(Error::NotFound { what: "merchant" })?;
            // The kept answer holds no secret: a repeat learns that there was a first.
            let answer = Answer { status: 201, body: "{}".into() };
            if let Some(form) = &form
                && !idempotency::begin_done(tx, form, &row.id, &answer, row.created_at).await?
            {
                return Ok(false);
            }
            people::insert_key(tx, &row).await?;
            settings::bump(tx, API_KEYS).await?;
            audit::insert(tx, &record).await?;
            Ok::<_, Error>(true)
        })
        .await?;
    app.caches.forget(API_KEYS);
    Ok(made.then_some((key, fresh.secret)))
}

impl NewKey {
    /// For a server that takes payments.
    pub fn usual(name: &str) -> Self {
        let may = Permission::USUAL_OF_KEYS.to_vec();
        Self { name: name.to_owned(), may, expires_at: None, networks: Vec::new() }
    }
}

fn check(app: &App, new: &NewKey) -> Result<(), Error> {
    if new.name.trim().is_empty() || new.name.chars().count() > NAME_CHARS_MAX {
        return Err(Error::invalid("name", "Give the key a name of up to 80 characters."));
    }
    if new.may.is_empty() {
        return Err(Error::invalid("scopes", "Name at least one scope."));
    }
    if new.expires_at.is_some_and(|at| at <= app.now()) {
        return Err(Error::invalid("expires_at", "Choose a time ahead."));
    }
    if new.networks.len() > NETWORKS_MAX {
        return Err(Error::invalid("networks", format!("Send up to {NETWORKS_MAX} networks.")));
    }
    Ok(())
}

fn generated(app: &App, scope: Scope, actor: &Actor, new: &NewKey) -> (ApiKey, Fresh) {
    let fresh = Fresh::generate(&*app.random, scope.mode());
    let key = ApiKey {
        id: fresh.id.clone(),
        scope,
        name: new.name.trim().to_owned(),
        secret_hash: app.peppers.hash(Purpose::ApiSecret, fresh.secret.expose()),
        created_by: actor.name.clone(),
        created_at: app.now(),
        last_used_at: None,
        revoked_at: None,
        scopes: joined(Permission::ALL.iter().filter(|p| new.may.contains(p)).map(|p| p.as_str())),
        expires_at: new.expires_at,
        networks: joined(new.networks.iter().map(Network::to_string)),
        replaced_by: None,
        api_version: Version::NEWEST,
    };
    (key, fresh)
}

fn joined(all: impl Iterator<Item = impl AsRef<str>>) -> String {
    all.map(|one| one.as_ref().to_owned()).collect::<Vec<_>>().join(",")
}

/// What a key may do. A scope that this version does not know allows nothing.
pub fn may(key: &ApiKey) -> Vec<Permission> {
    if planted!("scopes_ignored") {
        return Permission::OF_KEYS.to_vec();
    }
    key.scopes.split(',').filter_map(|name| name.parse().ok()).collect()
}

/// The key, if it is this scope's.
pub async fn get(app: &App, scope: Scope, id: &str) -> Result<ApiKey, Error> {
    let unknown = Error::NotFound { what: "key" };
    // What is not shaped like a key is not looked up.
    mode_of_key_id(id).ok_or_else(|| unknown.clone())?;
    let id = id.to_owned();
    let found = app.store.read(async move |tx| people::key_of(tx, scope, &id).await).await?;
    found.ok_or(unknown)
}

/// Makes a key for a caller that has one. Nobody gives away more than it has: a key's scopes are its maker's or fewer.
pub async fn create_by_api(
    app: &Arc<App>,
    caller: &Caller,
    actor: &Actor,
    new: NewKey,
    key: Option<Key>,
) -> Result<Reply, Error> {
    if let Taken::Replay(reply) = seen(app, key.as_ref()).await? {
        return Ok(reply);
    }
    check(app, &new)?;
    if let Some(more) = new.may.iter().find(|p| !caller.may.contains(p)) {
        return Err(Error::ScopeMissing { scope: more.as_str() });
    }
    let (row, fresh) = generated(app, caller.scope, actor, &new);
    written(app, (row, fresh), None, (record_of(app, caller.scope, actor, "key.create"), key)).await
}

/// Makes a key that takes another's place and may do the same. Both open for a while, so that nobody has to change
/// every server in one second.
pub async fn rotate_by_api(
    app: &Arc<App>,
    caller: &Caller,
    actor: &Actor,
    (id, overlap_ms): (&str, Option<i64>),
    key: Option<Key>,
) -> Result<Reply, Error> {
    if let Taken::Replay(reply) = seen(app, key.as_ref()).await? {
        return Ok(reply);
    }
    let overlap_ms = overlap_ms.unwrap_or(OVERLAP_MS);
    if !(0..=OVERLAP_MS_MAX).contains(&overlap_ms) {
        return Err(Error::invalid("overlap_secs", "Choose up to seven days."));
    }
    let old = get(app, caller.scope, id).await?;
    let ended = old.expires_at.is_some_and(|at| at <= app.now());
    if old.revoked_at.is_some() || old.replaced_by.is_some() || ended {
        return Err(Error::KeyEnded);
    }
    if let Some(more) = may(&old).iter().find(|p| !caller.may.contains(p)) {
        return Err(Error::ScopeMissing { scope: more.as_str() });
    }
    let new = NewKey {
        name: old.name.clone(),
        may: may(&old),
        expires_at: old.expires_at,
        networks: networks(&old),
    };
    let (row, fresh) = generated(app, caller.scope, actor, &new);
    let ends_at = app.now().plus(overlap_ms);
    let ends_at = old.expires_at.map_or(ends_at, |at| at.min(ends_at));
    let record = record_of(app, caller.scope, actor, "key.rotate");
    written(app, (row, fresh), Some((old.id, ends_at)), (record, key)).await
}

/// Writes a new key, and the end of the one that it replaces.
async fn written(
    app: &Arc<App>,
    (row, fresh): (ApiKey, Fresh),
    replaces: Option<(String, Millis)>,
    (record, key): (impl FnOnce(&str) -> Record, Option<Key>),
) -> Result<Reply, Error> {
    let (record, now) = (record(replaces.as_ref().map_or(&row.id, |(old, _)| old)), app.now());
    // A kept answer must not keep the secret in the clear: a repeat gets the key without it.
    let reply = Reply::new(201, &public::api_key(&row, now, Some(&fresh.secret)));
    let kept = Reply::new(201, &public::api_key(&row, now, None));
    app.store
        .write(async move |tx| {
            let scope = row.scope;
            if people::keys(tx, scope).await?.iter().filter(|k| k.revoked_at.is_none()).count() >= KEYS_MAX {
                return Err(Error::LimitReached { what: "keys", max: KEYS_MAX });
            }
            if let Some(key) = &key
                && !idempotency::begin_done(tx, key, &row.id, &kept.kept(), now).await?
            {
                return Err(Error::KeyInFlight);
            }
            people::insert_key(tx, &row).await?;
            if let Some((old, ends_at)) = &replaces
                && !people::replace_key(tx, old, &row.id, *ends_at).await?
            {
                return Err(Error::KeyEnded);
            }
            settings::bump(tx, API_KEYS).await?;
            audit::insert(tx, &record).await?;
            Ok(())
        })
        .await?;
    app.caches.forget(API_KEYS);
    Ok(reply)
}

/// Where a key stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Enabled,
    /// Another has taken its place; it opens until its end.
    Replaced,
    /// Its time is over.
    Expired,
    Revoked,
}

/// Where this key stands now.
pub fn standing(key: &ApiKey, now: Millis) -> Standing {
    match key {
        k if k.revoked_at.is_some() => Standing::Revoked,
        k if k.expires_at.is_some_and(|at| at <= now) => Standing::Expired,
        k if k.replaced_by.is_some() => Standing::Replaced,
        _ => Standing::Enabled,
    }
}

/// The networks that a key may be used from.
pub fn networks(key: &ApiKey) -> Vec<Network> {
    key.networks.split(',').filter_map(|text| text.parse().ok()).collect()
}

/// Whether a key opens from this address now. What was written as a network and is none opens nothing.
fn opens(key: &ApiKey, from: IpAddr, now: Millis) -> bool {
    let from_here = planted!("networks_ignored")
        || key.networks.is_empty()
        || networks(key).iter().any(|network| network.contains(from));
    key.revoked_at.is_none() && key.expires_at.is_none_or(|at| now < at) && from_here
}

fn record_of<'a>(
    app: &'a App,
    scope: Scope,
    actor: &'a Actor,
    action: &'static str,
) -> impl FnOnce(&str) -> Record + 'a {
    move |id| record(app, scope, actor, action, id)
}

pub async fn list(app: &App, scope: Scope) -> Result<Vec<ApiKey>, Error> {
    Ok(app.store.read(async move |tx| people::keys(tx, scope).await).await?)
}

pub async fn revoke(app: &Arc<App>, scope: Scope, actor: &Actor, id: &str) -> Result<(), Error> {
    let (id, now) = (id.to_owned(), app.now());
    let record = record(app, scope, actor, "key.revoke", &id);
    app.store
        .write(async move |tx| {
            if !people::revoke_key(tx, scope, &id, now).await? {
                return Err(Error::NotFound { what: "key" });
            }
            settings::bump(tx, API_KEYS).await?;
            audit::insert(tx, &record).await?;
            Ok(())
        })
        .await?;
    app.caches.forget(API_KEYS);
    Ok(())
}

/// Has a key answered in the shape of another version, from now on.
pub async fn pin(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    id: &str,
    version: Version,
) -> Result<(), Error> {
    let id = id.to_owned();
    let record = record(app, scope, actor, "key.pin", &id);
    app.store
        .write(async move |tx| {
            if !people::pin_key(tx, scope, &id, version).await? {
                return Err(Error::NotFound { what: "key" });
            }
            settings::bump(tx, API_KEYS).await?;
            audit::insert(tx, &record).await?;
            Ok(())
        })
        .await?;
    app.caches.forget(API_KEYS);
    Ok(())
}

/// Whom this key and secret are. Nothing but the credential says who is asking.
pub async fn authenticate(app: &Arc<App>, id: &str, secret: &Secret, from: IpAddr) -> Result<Caller, Error> {
    let wrong = Error::WrongCredentials;
    // What is not shaped like a key is not looked up.
    mode_of_key_id(id).ok_or(wrong.clone())?;
    app.caches.refresh(app).await?;
    let key = match app.caches.api_key(id) {
        Some(known) => Some(known),
        None => {
            let (ticket, wanted) = (app.caches.ticket(), id.to_owned());
            let found = app.store.read(async move |tx| people::key(tx, &wanted).await).await?;
            // An unknown id is not kept: strangers' guesses would push the known ones out.
            if let Some(key) = &found {
                app.caches.keep_api_key(ticket, key.clone());
            }
            found
        }
    };
    let key = key.filter(|k| opens(k, from, app.now()));
    // The same work whether the key exists or not.
    let stored = key.as_ref().map_or("", |k| k.secret_hash.as_str());
    let fits = app.peppers.matches(stored, Purpose::ApiSecret, secret.expose());
    let key = key.filter(|_| fits).ok_or(wrong)?;
    note_use(app, &key).await;
    let (scope, may) = (Scope::authenticated(key.scope.merchant(), key.scope.mode()), may(&key));
    Ok(Caller { scope, key_id: key.id, may, version: key.api_version })
}

async fn note_use(app: &Arc<App>, key: &ApiKey) {
    let now = app.now();
    if key.last_used_at.is_some_and(|at| now.since(at) < USED_EVERY_MS) {
        return;
    }
    let ticket = app.caches.ticket();
    if app.caches.api_key(&key.id).is_some() {
        let seen = ApiKey { last_used_at: Some(now), ..key.clone() };
        app.caches.keep_api_key(ticket, seen);
    }
    let id = key.id.clone();
    let noted = app.store.write_background(async move |tx| people::key_used(tx, &id, now).await).await;
    if let Err(error) = noted {
        tracing::warn!(%error, "when a key was last used could not be noted");
    }
}

fn record(app: &App, scope: Scope, actor: &Actor, action: &str, id: &str) -> Record {
    Record {
        id: app.id(AuditId::new),
        chain: scope.merchant().to_string(),
        mode: scope.mode(),
        actor: actor.name.clone(),
        action: action.to_owned(),
        target_type: "key".into(),
        target_id: id.to_owned(),
        detail: "{}".into(),
        ip: actor.ip.clone(),
        at: app.now(),
    }
}
