//! API keys: an id and a secret for each merchant and mode. The secret is shown once and kept as a keyed hash.

use crate::caches::API_KEYS;
use crate::error::Error;
use crate::keys::{ApiKey as Fresh, Purpose, mode_of_key_id};
use crate::{Actor, App};
use hundi_core::time::minutes;
use hundi_core::{AuditId, Scope, Secret, Version};
use hundi_store::audit::{self, Record};
use hundi_store::idempotency::{self, Answer, Key};
use hundi_store::people::{self, ApiKey};
use hundi_store::settings;
use std::sync::Arc;

/// "Last used" is kept to the minute, so that a busy key does not write at each request.
const USED_EVERY_MS: i64 = minutes(1);

/// Who a request's credentials prove.
#[derive(Clone, Debug)]
pub struct Caller {
    pub scope: Scope,
    pub key_id: String,
    /// The shape of what it is answered, unless a request names another.
    pub version: Version,
}

/// Makes a key. Its secret is returned this once.
pub async fn create(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    name: &str,
) -> Result<(ApiKey, Secret), Error> {
    let made = create_once(app, scope, actor, name, None).await?;
    made.ok_or_else(|| Error::Bug("a key that nobody else can have made was made before".into()))
}

/// The same, once for each form. `None`: this form has made its key already, and its secret was shown.
pub async fn create_once(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    name: &str,
    form: Option<Key>,
) -> Result<Option<(ApiKey, Secret)>, Error> {
    if name.trim().is_empty() || name.chars().count() > 80 {
        return Err(Error::invalid("name", "Give the key a name of up to 80 characters."));
    }
    let fresh = Fresh::generate(&*app.random, scope.mode());
    let key = ApiKey {
        id: fresh.id,
        scope,
        name: name.trim().to_owned(),
        secret_hash: app.peppers.hash(Purpose::ApiSecret, fresh.secret.expose()),
        created_by: actor.name.clone(),
        created_at: app.now(),
        last_used_at: None,
        revoked_at: None,
        api_version: Version::NEWEST,
    };
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
pub async fn authenticate(app: &Arc<App>, id: &str, secret: &Secret) -> Result<Caller, Error> {
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
    let key = key.filter(|k| k.revoked_at.is_none());
    // The same work whether the key exists or not.
    let stored = key.as_ref().map_or("", |k| k.secret_hash.as_str());
    let fits = app.peppers.matches(stored, Purpose::ApiSecret, secret.expose());
    let key = key.filter(|_| fits).ok_or(wrong)?;
    note_use(app, &key).await;
    let scope = Scope::authenticated(key.scope.merchant(), key.scope.mode());
    Ok(Caller { scope, key_id: key.id, version: key.api_version })
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
