//! The platform's side: naming its merchant, offering one of its connections, and taking that back.

use super::{Fallback, Side, end, note};
use crate::answer::{Reply, Taken, once, seen};
use crate::error::Error;
use crate::{Actor, App, public};
use hundi_core::{AuditId, ConnectionId, FallbackId, MerchantId, Mode, Scope};
use hundi_store::audit::{self, Record};
use hundi_store::idempotency::{self, Key};
use hundi_store::{Tx, connections, fallbacks as table, people};
use std::sync::Arc;

/// Names the platform's own merchant, once: entries of many books rest on it.
pub async fn name_platform(app: &Arc<App>, actor: &Actor, merchant: MerchantId) -> Result<(), Error> {
    let record = Record {
        id: app.id(AuditId::new),
        chain: merchant.to_string(),
        mode: Mode::Live,
        actor: actor.name.clone(),
        action: "fallback.platform".into(),
        target_type: "merchant".into(),
        target_id: merchant.to_string(),
        detail: "{}".into(),
        ip: actor.ip.clone(),
        at: app.now(),
    };
    app.store
        .write(async move |tx| {
            people::merchant(tx, merchant).await?.ok_or(Error::NotFound { what: "merchant" })?;
            match table::platform(tx).await? {
                Some(named) if named == merchant => return Ok(()),
                Some(named) => {
                    let message = format!("The platform’s own merchant is {named}, once and for all.");
                    return Err(Error::invalid("merchant", message));
                }
                None => {}
            }
            if !table::name_platform(tx, merchant).await? {
                return Err(hundi_store::DbError::Conflict("it was named meanwhile").into());
            }
            audit::insert(tx, &record).await?;
            Ok(())
        })
        .await
}

/// What is offered to whom.
#[derive(Clone, Copy, Debug)]
pub struct NewOffer {
    pub merchant: MerchantId,
    pub connection: ConnectionId,
}

/// Offers one of the platform's connections to a merchant, which has to accept it.
pub async fn offer(app: &Arc<App>, scope: Scope, actor: &Actor, new: NewOffer) -> Result<Fallback, Error> {
    begin(app, scope, actor, new, None).await
}

/// The same for the API: once for each idempotency key.
pub async fn offer_by_api(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    new: NewOffer,
    key: Option<Key>,
) -> Result<Reply, Error> {
    if let Taken::Replay(reply) = seen(app, key.as_ref()).await? {
        return Ok(reply);
    }
    let offered = begin(app, scope, actor, new, key).await?;
    Ok(Reply::new(201, &public::fallback(&offered)))
}

async fn begin(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    new: NewOffer,
    key: Option<Key>,
) -> Result<Fallback, Error> {
    let (house, actor, id) = (app.clone(), actor.clone(), app.id(FallbackId::new));
    let offered = app
        .store
        .write(async move |tx| {
            is_the_platform(tx, scope).await?;
            if connections::load(tx, scope, new.connection).await?.is_none() {
                let message = "Send the id of a connection of yours: conn_…";
                return Err(Error::invalid("connection_id", message));
            }
            let known = people::merchant(tx, new.merchant).await?;
            if known.is_none() || new.merchant == scope.merchant() {
                return Err(Error::invalid("merchant_id", "Send the id of another merchant: mer_…"));
            }
            let now = house.now();
            let offer = Fallback {
                id,
                scope: Scope::of_row(new.merchant, scope.mode()),
                connection_id: new.connection,
                offered_by: actor.name.clone(),
                offered_at: now,
                accepted: None,
                ended: None,
            };
            if !table::insert(tx, &offer).await? {
                return Err(Error::FallbackStands);
            }
            note(&house, tx, &offer, Side::Platform, &actor, "offer").await?;
            if let Some(key) = &key {
                let reply = Reply::new(201, &public::fallback(&offer));
                if !idempotency::begin_done(tx, key, &id.to_string(), &reply.kept(), now).await? {
                    return Err(Error::KeyInFlight);
                }
            }
            Ok(offer)
        })
        .await?;
    app.ring();
    Ok(offered)
}

async fn is_the_platform(tx: &mut Tx, scope: Scope) -> Result<(), Error> {
    let named = table::platform(tx).await?;
    if named == Some(scope.merchant()) { Ok(()) } else { Err(Error::NotThePlatform) }
}

/// All that was offered, newest first, with what became of it.
pub async fn offers(app: &App, scope: Scope) -> Result<Vec<Fallback>, Error> {
    app.store
        .read(async move |tx| {
            is_the_platform(tx, scope).await?;
            Ok(table::of_owner(tx, scope).await?)
        })
        .await
}

/// Takes an offer back, accepted or not. Payments under way go on.
pub async fn withdraw(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    id: FallbackId,
) -> Result<Fallback, Error> {
    let (house, actor) = (app.clone(), actor.clone());
    let ended = app
        .store
        .write(async move |tx| {
            is_the_platform(tx, scope).await?;
            let found = table::load(tx, id).await?;
            let gone = Error::NotFound { what: "offer" };
            let connection = found.ok_or(gone.clone())?.connection_id;
            connections::load(tx, scope, connection).await?.ok_or(gone)?;
            end(&house, tx, id, Side::Platform, &actor).await
        })
        .await?;
    app.ring();
    Ok(ended)
}

/// The same for the API: doing it twice is doing it once.
pub async fn withdraw_by_api(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    id: FallbackId,
    key: Option<Key>,
) -> Result<Reply, Error> {
    once(app, key.as_ref(), &id.to_string(), async {
        Ok(Reply::new(200, &public::fallback(&withdraw(app, scope, actor, id).await?)))
    })
    .await
}
