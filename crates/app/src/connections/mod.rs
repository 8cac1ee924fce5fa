//! A merchant's accounts at providers: opened for one use, saved, tested, switched on and off.

mod health;
mod save;
mod test;
mod turn;

pub use health::{Light, Webhooks};
pub(crate) use health::{heard_from, look_at_all};
pub use hundi_providers::{Card, CredentialField, FieldKind, Flow};
pub use hundi_store::connections::Connection;
pub use save::{
    Change, Draft, Saved, change, create_by_api, rotate_webhook_secret, save, set_enabled, update,
};
pub use test::{Tested, test, test_by_api, test_saved};
pub(crate) use turn::{Lines, turn};

use crate::error::Error;
use crate::{App, fallbacks, planted, vault};
use hundi_core::{ConnectionId, Mode, Scope, Secret};
use hundi_providers::{Account, Call, Provider, Wire, registry};
use hundi_store::connections as rows;
use hundi_store::payments::Payment;
use std::collections::BTreeMap;

pub(crate) const TABLE: &str = "connection";

/// A connection with its account opened for one use.
pub(crate) struct Opened {
    pub(crate) row: Connection,
    pub(crate) provider: &'static dyn Provider,
    pub(crate) account: Account,
}

impl Opened {
    pub(crate) fn call<'a>(&'a self, wire: &'a dyn Wire) -> Call<'a> {
        Call { account: &self.account, wire }
    }
}

/// The connection that a row names, its credentials opened.
pub(crate) async fn open(app: &App, id: ConnectionId) -> Result<Opened, Error> {
    let row = app.store.read(async move |tx| rows::load_by_id(tx, id).await).await?;
    open_row(app, row.ok_or(Error::NotFound { what: "connection" })?).await
}

pub(crate) async fn open_row(app: &App, row: Connection) -> Result<Opened, Error> {
    let provider = provider_of(&row.provider)?;
    let place = row.id.to_string();
    let plain =
        vault::open(app, row.scope.merchant(), (TABLE, "credentials", &place), &row.credentials).await?;
    let plain: BTreeMap<String, String> = serde_json::from_str(plain.expose()).map_err(|_| Error::Sealed)?;
    let account = Account {
        mode: row.scope.mode(),
        base_url: base_url(app, provider.card(), row.scope.mode()),
        simulated: simulated(app, provider.card(), row.scope.mode()).is_some(),
        credentials: plain.into_iter().map(|(name, value)| (name, Secret::new(value))).collect(),
        enabled: listed(&row.features),
    };
    Ok(Opened { row, provider, account })
}

/// The webhook secrets that may verify a message now: the current one, and for a while the one before it.
pub(crate) async fn webhook_secrets(app: &App, row: &Connection) -> Result<Vec<Secret>, Error> {
    let place = row.id.to_string();
    let mut secrets = Vec::new();
    if let Some(sealed) = &row.webhook_secret {
        secrets
            .push(vault::open(app, row.scope.merchant(), (TABLE, "webhook_secret", &place), sealed).await?);
    }
    if planted!("anybodys_webhook_secret") {
        secrets.extend(everybodys_webhook_secrets(app).await?);
    }
    let old_holds =
        row.webhook_old_until.is_some_and(|until| app.now() < until) || planted!("old_secret_for_ever");
    if let Some(sealed) = row.webhook_secret_old.as_ref().filter(|_| old_holds) {
        secrets
            .push(vault::open(app, row.scope.merchant(), (TABLE, "webhook_secret", &place), sealed).await?);
    }
    Ok(secrets)
}

/// What no honest build asks for: a planted bug's.
async fn everybodys_webhook_secrets(app: &App) -> Result<Vec<Secret>, Error> {
    let all = app.store.read(async |tx| {
        let mut all = Vec::new();
        for merchant in hundi_store::people::merchants(tx, None, None).await? {
            all.extend(rows::list(tx, Scope::authenticated(merchant.id, Mode::Test)).await?);
        }
        Ok::<_, Error>(all)
    });
    let mut secrets = Vec::new();
    for row in all.await? {
        if let Some(sealed) = &row.webhook_secret {
            let (place, merchant) = (row.id.to_string(), row.scope.merchant());
            secrets.push(vault::open(app, merchant, (TABLE, "webhook_secret", &place), sealed).await?);
        }
    }
    Ok(secrets)
}

pub(crate) fn provider_of(id: &str) -> Result<&'static dyn Provider, Error> {
    registry::find(id).ok_or(Error::NotFound { what: "provider" })
}

/// Whether its provider can be asked to let go of a hold; elsewhere a hold ends by itself.
pub fn can_let_go(row: &Connection) -> bool {
    provider_of(&row.provider).is_ok_and(|p| p.void().is_some())
}

/// Whether its provider takes a part of what a bank holds; what is left of the hold is let go.
pub fn takes_a_part(row: &Connection) -> bool {
    let provider = provider_of(&row.provider);
    provider.is_ok_and(|p| p.capture().is_some_and(|capture| capture.part().is_some()))
}

/// A simulator stands in for a provider in test mode only.
fn base_url(app: &App, card: &Card, mode: Mode) -> String {
    let own = match mode {
        Mode::Live => card.live_base_url,
        Mode::Test => card.test_base_url,
    };
    simulated(app, card, mode).cloned().unwrap_or_else(|| own.to_owned())
}

pub(crate) fn simulated<'a>(app: &'a App, card: &Card, mode: Mode) -> Option<&'a String> {
    app.config.sandbox.get(card.id).filter(|_| mode == Mode::Test)
}

/// Whether a simulator stands in for a connection's provider.
pub(crate) fn is_simulated(app: &App, row: &Connection) -> bool {
    let provider = registry::find(&row.provider);
    provider.is_some_and(|provider| simulated(app, provider.card(), row.scope.mode()).is_some())
}

/// Where a provider's script and frames come from, for the page's policy.
pub fn script_origins(app: &App, connection: &Connection) -> Vec<String> {
    let Ok(provider) = provider_of(&connection.provider) else { return Vec::new() };
    let card = provider.card();
    match simulated(app, card, connection.scope.mode()) {
        Some(simulated) => vec![simulated.clone()],
        None => card.script_origins.iter().map(|o| (*o).to_owned()).collect(),
    }
}

/// Every provider there is, for forms.
pub fn cards() -> Vec<&'static Card> {
    registry::all().map(Provider::card).collect()
}

pub fn card(id: &str) -> Result<&'static Card, Error> {
    provider_of(id).map(Provider::card)
}

/// A connection as pages and the API show it: no secret in it.
#[derive(Clone, Debug)]
pub struct Shown {
    pub row: Connection,
    pub card: &'static Card,
    pub webhook_url: String,
    pub webhook_secret_set: bool,
    pub webhooks: Webhooks,
}

pub async fn list(app: &App, scope: Scope) -> Result<Vec<Shown>, Error> {
    let rows = app.store.read(async move |tx| rows::list(tx, scope).await).await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        all.push(shown(app, row).await?);
    }
    Ok(all)
}

pub async fn get(app: &App, scope: Scope, id: ConnectionId) -> Result<Shown, Error> {
    let row = app.store.read(async move |tx| rows::load(tx, scope, id).await).await?;
    shown(app, row.ok_or(Error::NotFound { what: "connection" })?).await
}

/// The connection of a payment, as its merchant may see it: of one that the platform lends, no more than whose it is.
pub async fn of_payment(app: &App, payment: &Payment) -> Result<Shown, Error> {
    if payment.fallback.is_none() {
        return get(app, payment.scope, payment.connection_id).await;
    }
    let id = payment.connection_id;
    let row = app.store.read(async move |tx| rows::load_by_id(tx, id).await).await?;
    let row = row.ok_or(Error::NotFound { what: "connection" })?;
    let card = provider_of(&row.provider)?.card();
    let row = Connection {
        label: fallbacks::LABEL.to_owned(),
        key_hint: String::new(),
        fingerprint: String::new(),
        credentials: Vec::new(),
        webhook_token: String::new(),
        webhook_secret: None,
        webhook_secret_old: None,
        test_result: None,
        updated_by: String::new(),
        ..row
    };
    let (webhook_url, webhook_secret_set) = (String::new(), false);
    Ok(Shown { card, webhook_url, webhook_secret_set, webhooks: Webhooks::NOTHING_YET, row })
}

async fn shown(app: &App, row: Connection) -> Result<Shown, Error> {
    let (id, now) = (row.id, app.now());
    let webhooks = app.store.read(async move |tx| health::webhooks(tx, id, now).await).await?;
    showing(app, row, webhooks)
}

/// One that has heard nothing yet.
fn new(app: &App, row: Connection) -> Result<Shown, Error> {
    showing(app, row, Webhooks::NOTHING_YET)
}

fn showing(app: &App, row: Connection, webhooks: Webhooks) -> Result<Shown, Error> {
    Ok(Shown {
        card: provider_of(&row.provider)?.card(),
        webhook_url: format!("{}/hooks/{}/{}", app.config.public_url, row.provider, row.webhook_token),
        webhook_secret_set: row.webhook_secret.is_some(),
        webhooks,
        row,
    })
}

/// The flows that a connection may use, in the provider's order.
pub fn flows(row: &Connection) -> Vec<Flow> {
    listed(&row.flows).iter().filter_map(|f| f.parse().ok()).collect()
}

pub(crate) fn listed(text: &str) -> Vec<String> {
    text.split(',').filter(|t| !t.is_empty()).map(str::to_owned).collect()
}
