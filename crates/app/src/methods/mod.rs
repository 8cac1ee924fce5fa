//! Saved methods: what providers keep for customers. Learned where the payer agreed, charged by token, forgotten on
//! request. No card number is ever here: a token, sealed, and what may be shown of it.

mod forget;
mod keep;

pub use forget::delete;
pub(crate) use forget::{forget, forget_all};
pub use hundi_store::saved_methods::SavedMethod;
pub use keep::{CONSENT_TEXT, CONSENT_VERSION, Consented};
pub(crate) use keep::{can_keep, consent_at, keep, person};

use crate::answer::{Key, Reply, once};
use crate::connections::Opened;
use crate::error::Error;
use crate::{Actor, App, public, vault};
use hundi_core::{AuditId, CustomerId, SavedMethodId, Scope, Secret};
use hundi_providers::TokenRef;
use hundi_store::audit::{self, Record};
use hundi_store::{customers as people, saved_methods as rows};
use std::sync::Arc;

/// A customer's methods that are listed and offered.
pub const METHODS_MAX: i64 = 50;
/// What an account's owner says of it: the provider switched on charging what it keeps.
pub const FEATURE: &str = "saved_methods";
const TABLE: &str = "saved_method";

/// A customer's methods that can be charged, the default one first.
pub async fn list(app: &App, scope: Scope, customer: CustomerId) -> Result<Vec<SavedMethod>, Error> {
    app.store
        .read(async move |tx| {
            people::load(tx, scope, customer).await?.ok_or(Error::NotFound { what: "customer" })?;
            Ok(rows::active_of(tx, customer, METHODS_MAX).await?)
        })
        .await
}

pub async fn get(app: &App, scope: Scope, id: SavedMethodId) -> Result<SavedMethod, Error> {
    let found = app.store.read(async move |tx| rows::load(tx, scope, id).await).await?;
    found.ok_or(Error::NotFound { what: "saved method" })
}

/// Puts a method first, once for each idempotency key. Doing it again after a crash is harmless.
pub async fn make_default_by_api(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    id: SavedMethodId,
    key: Option<Key>,
) -> Result<Reply, Error> {
    once(app, key.as_ref(), &id.to_string(), async {
        Ok(Reply::new(200, &public::saved_method(&make_default(app, scope, actor, id).await?)))
    })
    .await
}

/// Puts a method first: the payer's page offers it before the others.
pub async fn make_default(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    id: SavedMethodId,
) -> Result<SavedMethod, Error> {
    let customer = get(app, scope, id).await?.customer;
    let (now, record) = (app.now(), record(app, scope, actor, "saved_method.default", id));
    app.store
        .write(async move |tx| {
            people::lock(tx, customer).await?;
            if !rows::make_default(tx, customer, id, now).await? {
                return Err(Error::NotFound { what: "saved method" });
            }
            audit::insert(tx, &record).await?;
            rows::load(tx, scope, id).await?.ok_or_else(|| Error::Bug("a saved method vanished".into()))
        })
        .await
}

fn record(app: &App, scope: Scope, actor: &Actor, action: &str, id: SavedMethodId) -> Record {
    Record {
        id: app.id(AuditId::new),
        chain: scope.merchant().to_string(),
        mode: scope.mode(),
        actor: actor.name.clone(),
        action: action.to_owned(),
        target_type: "saved_method".into(),
        target_id: id.to_string(),
        detail: "{}".into(),
        ip: actor.ip.clone(),
        at: app.now(),
    }
}

/// Whether a provider keeps methods at all: its connections can be ticked for it.
pub fn kept_by(provider: &str) -> bool {
    hundi_providers::registry::find(provider).is_some_and(|p| p.saved().is_some())
}

/// Whether this connection's account charges what its provider keeps.
pub(crate) fn charges_saved(connected: &Opened) -> bool {
    connected.provider.saved().is_some() && connected.account.can(FEATURE)
}

/// What is sealed: the token with the provider's record of the payer, in one text.
pub(crate) async fn opened(app: &App, method: &SavedMethod) -> Result<TokenRef, Error> {
    let sealed = method.token.as_ref().ok_or(Error::NotFound { what: "saved method" })?;
    let place = method.id.to_string();
    let text = vault::open(app, method.scope.merchant(), (TABLE, "token", &place), sealed).await?;
    let (customer, token) = text.expose().split_once('\n').ok_or(Error::Sealed)?;
    Ok(TokenRef { customer: customer.to_owned(), token: Secret::new(token) })
}

async fn sealed(app: &App, scope: Scope, id: SavedMethodId, token: &TokenRef) -> Result<Vec<u8>, Error> {
    let text = Secret::new(format!("{}\n{}", token.customer, token.token.expose()));
    let place = id.to_string();
    vault::seal(app, scope.merchant(), (TABLE, "token", &place), &text).await
}
