//! An endpoint's keys: sealed for their place, rotated with an overlap, opened only to sign.

use super::{Endpoint, record};
use crate::answer::{Reply, Taken, seen};
use crate::error::Error;
use crate::signing::{SigningKey, SigningKeys};
use crate::{Actor, App, planted, public, vault};
use hundi_core::time::hours;
use hundi_core::{EndpointId, Scope};
use hundi_store::audit;
use hundi_store::endpoints::{self as rows, Signature};
use hundi_store::idempotency::{self, Key};
use std::sync::Arc;

const TABLE: &str = "endpoint";
/// How long the old key still signs beside the new one.
const OVERLAP_MS: i64 = hours(24);

/// A key that was just made, and its sealed form.
pub(super) struct Made {
    pub(super) key: SigningKey,
    pub(super) sealed: Vec<u8>,
}

impl Made {
    pub(super) fn public(&self) -> Option<String> {
        self.key.public().map(|key| key.to_string())
    }
}

pub(super) async fn make(
    app: &App,
    scope: Scope,
    id: EndpointId,
    signature: Signature,
) -> Result<Made, Error> {
    let key = SigningKey::generate(signature, &*app.random);
    let place = id.to_string();
    let sealed = vault::seal(app, scope.merchant(), (TABLE, "secret", &place), &key.reveal()).await?;
    Ok(Made { key, sealed })
}

/// A new key. For a day both sign, so that a receiver can change at its leisure.
pub async fn rotate(app: &Arc<App>, scope: Scope, actor: &Actor, id: EndpointId) -> Result<Reply, Error> {
    rotate_by_api(app, scope, actor, id, None, None).await
}

/// The same for the API: once for each idempotency key, and to another kind of signature if one is named. A repeat
/// gets the endpoint without the secret.
pub async fn rotate_by_api(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    id: EndpointId,
    signature: Option<Signature>,
    key: Option<Key>,
) -> Result<Reply, Error> {
    if let Taken::Replay(reply) = seen(app, key.as_ref()).await? {
        return Ok(reply);
    }
    let signature = match signature {
        Some(named) => named,
        None => super::get(app, scope, id).await?.signature,
    };
    let made = make(app, scope, id, signature).await?;
    let (public_key, shared) = (made.public(), made.key.shared());
    let record = record(app, scope, actor, "endpoint.rotate", id);
    let now = app.now();
    let reply = app
        .store
        .write(async move |tx| {
            let mut endpoint =
                rows::load(tx, scope, id).await?.ok_or(Error::NotFound { what: "endpoint" })?;
            endpoint.secret_old = Some(std::mem::replace(&mut endpoint.secret, made.sealed.clone()));
            endpoint.secret_old_until = Some(now.plus(OVERLAP_MS));
            endpoint.signature = signature;
            endpoint.public_key.clone_from(&public_key);
            rows::save(tx, &endpoint).await?;
            let kept = Reply::new(200, &public::endpoint(&endpoint, None));
            if let Some(key) = &key
                && !idempotency::begin_done(tx, key, &id.to_string(), &kept.kept(), now).await?
            {
                return Err(Error::KeyInFlight);
            }
            audit::insert(tx, &record).await?;
            Ok::<_, Error>(Reply::new(200, &public::endpoint(&endpoint, shared.as_ref())))
        })
        .await?;
    Ok(reply)
}

/// The keys that sign for an endpoint now.
pub(crate) async fn signing_keys(app: &App, endpoint: &Endpoint) -> Result<SigningKeys, Error> {
    let place = endpoint.id.to_string();
    let merchant = endpoint.scope.merchant();
    let open = async |sealed: &[u8]| {
        let plain = vault::open(app, merchant, (TABLE, "secret", &place), sealed).await?;
        SigningKey::parse(plain.expose()).map_err(|_| Error::Sealed)
    };
    let newest = open(&endpoint.secret).await?;
    let mut retiring = Vec::new();
    let forgets = planted!("rotation_forgets_the_old");
    let overlaps = !forgets && endpoint.secret_old_until.is_some_and(|until| app.now() < until);
    if let Some(sealed) = endpoint.secret_old.as_ref().filter(|_| overlaps) {
        retiring.push(open(sealed).await?);
    }
    Ok(SigningKeys { newest, retiring })
}
