//! Making and changing connections. Credentials are tested by a real call first, sealed, and never shown again.

use super::{TABLE, provider_of, test};
use crate::answer::{Reply, Taken, seen};
use crate::error::Error;
use crate::keys::{Purpose, token};
use crate::{Actor, App, planted, public, vault};
use hundi_core::time::{hours, minutes};
use hundi_core::{AuditId, ConnectionId, Scope, Secret};
use hundi_providers::{Card, FieldKind, Flow};
use hundi_store::audit::{self, Record};
use hundi_store::connections::{self as rows, Connection};
use hundi_store::idempotency::{self, Key};
use hundi_store::people;
use std::collections::BTreeMap;

/// How long a replaced webhook secret still verifies: providers sign retries of old events with it.
const OLD_SECRET_MS: i64 = hours(48);
/// 10 to 500,000 rupees unless set (PRODUCT PY9).
const MIN_MINOR: i64 = 1_000;
const MAX_MINOR: i64 = 50_000_000;
const SESSION_MS: i64 = minutes(15);
const SESSION_MS_RANGE: std::ops::RangeInclusive<i64> = minutes(1)..=hours(24);

/// What somebody typed to connect an account.
#[derive(Clone, Debug)]
pub struct Draft {
    pub provider: String,
    pub label: String,
    pub credentials: BTreeMap<String, Secret>,
    pub webhook_secret: Option<Secret>,
    /// What the account's owner says it can do, such as `upi_intent`.
    pub features: Vec<String>,
    pub flows: Vec<Flow>,
    pub min_minor: Option<i64>,
    pub max_minor: Option<i64>,
    pub session_ms: Option<i64>,
}

/// A connection as just saved.
#[derive(Clone, Debug)]
pub struct Saved {
    pub id: ConnectionId,
}

/// Connects an account. The provider has to accept the credentials first.
pub async fn save(app: &App, scope: Scope, actor: &Actor, draft: Draft) -> Result<Saved, Error> {
    let (row, record) = tested_row(app, scope, actor, &draft).await?;
    let id = row.id;
    app.store
        .write(async move |tx| {
            if !rows::insert(tx, &row).await? {
                return Err(Error::AccountConnectedTwice);
            }
            audit::insert(tx, &record).await?;
            Ok(())
        })
        .await?;
    Ok(Saved { id })
}

/// The same by API, once for each idempotency key. Until the row is written nothing has happened that could not happen
/// again: the test moves no money.
pub async fn create_by_api(
    app: &App,
    scope: Scope,
    actor: &Actor,
    draft: Draft,
    key: Option<Key>,
) -> Result<Reply, Error> {
    if let Taken::Replay(reply) = seen(app, key.as_ref()).await? {
        return Ok(reply);
    }
    let (row, record) = tested_row(app, scope, actor, &draft).await?;
    let now = app.now();
    let reply = Reply::new(201, &public::connection(&super::new(app, row.clone())?));
    let written = app
        .store
        .write(async move |tx| {
            if let Some(key) = &key
                && !idempotency::begin_done(tx, key, &row.id.to_string(), &reply.kept(), now).await?
            {
                return Err(Error::KeyInFlight);
            }
            if !rows::insert(tx, &row).await? {
                return Err(Error::AccountConnectedTwice);
            }
            audit::insert(tx, &record).await?;
            Ok(reply.clone())
        })
        .await?;
    Ok(written)
}

/// A new connection's row, once the provider has accepted its credentials.
async fn tested_row(
    app: &App,
    scope: Scope,
    actor: &Actor,
    draft: &Draft,
) -> Result<(Connection, Record), Error> {
    check(draft)?;
    let provider = provider_of(&draft.provider)?;
    let card = provider.card();
    check_whole(card, draft)?;
    let merchant = scope.merchant();
    let known = app.store.read(async move |tx| people::merchant(tx, merchant).await).await?;
    known.ok_or(Error::NotFound { what: "merchant" })?;
    // Without a secret anybody could sign; in test mode polling alone will do.
    if scope.mode().is_live() && card.webhook_secret && draft.webhook_secret.is_none() {
        return Err(Error::invalid("webhook_secret", "A live connection needs its webhook secret."));
    }
    let tested = test(app, scope, draft).await?;
    if !tested.works() {
        return Err(Error::TestFailed { why: tested.result, sentence: tested.sentence });
    }
    let id = app.id(ConnectionId::new);
    let row = Connection {
        id,
        scope,
        provider: card.id.to_owned(),
        label: draft.label.clone(),
        enabled: true,
        fingerprint: fingerprint(app, scope, draft),
        key_hint: hint(draft),
        credentials: seal_credentials(app, scope, id, &draft.credentials).await?,
        webhook_token: token(&*app.random).expose().to_owned(),
        webhook_secret: seal_webhook(app, scope, id, draft.webhook_secret.as_ref()).await?,
        webhook_secret_old: None,
        webhook_old_until: None,
        flows: joined(draft.flows.iter().map(|f| f.as_str())),
        features: joined(draft.features.iter().map(String::as_str)),
        min_minor: draft.min_minor.unwrap_or(MIN_MINOR.max(card.min_amount_minor)),
        max_minor: draft.max_minor.unwrap_or(MAX_MINOR),
        session_ms: draft.session_ms.unwrap_or(SESSION_MS),
        tested_at: Some(tested.at),
        test_result: Some(tested.result.to_owned()),
        updated_by: actor.name.clone(),
        updated_at: app.now(),
        created_at: app.now(),
        version: 1,
    };
    let record = record(app, scope, actor, "connection.create", id, &row.key_hint);
    Ok((row, record))
}

/// Credentials are kept together: none that the provider needs may be missing.
fn check_whole(card: &Card, draft: &Draft) -> Result<(), Error> {
    let given = |name: &str| draft.credentials.get(name).is_some_and(|value| !value.is_empty());
    match card.credentials.iter().find(|f| f.kind.is_needed() && !given(f.name)) {
        Some(missing) => Err(Error::invalid(missing.name, format!("{} is missing.", missing.name))),
        None => Ok(()),
    }
}

/// What is to be changed of a connection. What is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub label: Option<String>,
    /// All of them, or none.
    pub credentials: Option<BTreeMap<String, Secret>>,
    pub webhook_secret: Option<Secret>,
    pub features: Option<Vec<String>>,
    pub flows: Option<Vec<Flow>>,
    pub min_minor: Option<i64>,
    pub max_minor: Option<i64>,
    pub session_ms: Option<i64>,
    pub enabled: Option<bool>,
}

/// Changes what is named. What the provider has to accept comes first: if it does not, nothing is changed.
pub async fn change(
    app: &App,
    scope: Scope,
    actor: &Actor,
    id: ConnectionId,
    change: Change,
) -> Result<(), Error> {
    let row = super::get(app, scope, id).await?.row;
    if let Some(secret) = &change.webhook_secret {
        check_webhook_secret(secret)?;
    }
    let draft = Draft {
        provider: row.provider.clone(),
        label: change.label.unwrap_or_else(|| row.label.clone()),
        credentials: change.credentials.unwrap_or_default(),
        webhook_secret: None,
        features: change.features.unwrap_or_else(|| super::listed(&row.features)),
        flows: change.flows.unwrap_or_else(|| super::flows(&row)),
        min_minor: Some(change.min_minor.unwrap_or(row.min_minor)),
        max_minor: Some(change.max_minor.unwrap_or(row.max_minor)),
        session_ms: Some(change.session_ms.unwrap_or(row.session_ms)),
    };
    if !draft.credentials.is_empty() {
        check_whole(provider_of(&row.provider)?.card(), &draft)?;
    }
    let same = draft.credentials.is_empty()
        && draft.label == row.label
        && draft.features == super::listed(&row.features)
        && draft.flows == super::flows(&row)
        && (draft.min_minor, draft.max_minor) == (Some(row.min_minor), Some(row.max_minor))
        && draft.session_ms == Some(row.session_ms);
    if !same {
        update(app, scope, actor, id, draft).await?;
    }
    if let Some(secret) = &change.webhook_secret {
        rotate_webhook_secret(app, scope, actor, id, secret).await?;
    }
    match change.enabled {
        Some(enabled) if enabled != row.enabled => set_enabled(app, scope, actor, id, enabled).await,
        Some(_) | None => Ok(()),
    }
}

/// What may be changed of a connection. Credentials left out stay as they are.
pub async fn update(
    app: &App,
    scope: Scope,
    actor: &Actor,
    id: ConnectionId,
    draft: Draft,
) -> Result<(), Error> {
    check(&draft)?;
    let new_credentials = draft.credentials.values().any(|s| !s.is_empty());
    if new_credentials {
        let tested = test(app, scope, &draft).await?;
        if !tested.works() {
            return Err(Error::TestFailed { why: tested.result, sentence: tested.sentence });
        }
    }
    let sealed = match new_credentials {
        true => Some(seal_credentials(app, scope, id, &draft.credentials).await?),
        false => None,
    };
    let (print, key_hint) = (fingerprint(app, scope, &draft), hint(&draft));
    let record = record(app, scope, actor, "connection.update", id, &draft.label);
    let (now, by) = (app.now(), actor.name.clone());
    app.store
        .write(async move |tx| {
            let row = rows::load(tx, scope, id).await?;
            let mut row = row.ok_or(Error::NotFound { what: "connection" })?;
            row.label.clone_from(&draft.label);
            row.flows = joined(draft.flows.iter().map(|f| f.as_str()));
            row.features = joined(draft.features.iter().map(String::as_str));
            row.min_minor = draft.min_minor.unwrap_or(row.min_minor);
            row.max_minor = draft.max_minor.unwrap_or(row.max_minor);
            row.session_ms = draft.session_ms.unwrap_or(row.session_ms);
            if let Some(sealed) = &sealed {
                // Another account's payments would be asked about at the wrong account.
                if row.fingerprint != print {
                    return Err(Error::invalid("key_id", "Connect another account as a new connection."));
                }
                row.credentials.clone_from(sealed);
                row.key_hint.clone_from(&key_hint);
            }
            row.updated_by.clone_from(&by);
            row.updated_at = now;
            rows::save(tx, &row).await?;
            audit::insert(tx, &record).await?;
            Ok(())
        })
        .await
}

/// Puts a new webhook secret in place; the old one still verifies for two days.
pub async fn rotate_webhook_secret(
    app: &App,
    scope: Scope,
    actor: &Actor,
    id: ConnectionId,
    secret: &Secret,
) -> Result<(), Error> {
    check_webhook_secret(secret)?;
    let sealed = seal_webhook(app, scope, id, Some(secret)).await?;
    let record = record(app, scope, actor, "connection.webhook_secret", id, "");
    let (now, by) = (app.now(), actor.name.clone());
    app.store
        .write(async move |tx| {
            let row = rows::load(tx, scope, id).await?;
            let mut row = row.ok_or(Error::NotFound { what: "connection" })?;
            row.webhook_secret_old = row.webhook_secret.take();
            row.webhook_old_until = row.webhook_secret_old.as_ref().map(|_| now.plus(OLD_SECRET_MS));
            row.webhook_secret.clone_from(&sealed);
            row.updated_by.clone_from(&by);
            row.updated_at = now;
            rows::save(tx, &row).await?;
            audit::insert(tx, &record).await?;
            Ok(())
        })
        .await
}

/// Lets a connection take new payments, or stops it. Payments that it has begun go on being watched.
pub async fn set_enabled(
    app: &App,
    scope: Scope,
    actor: &Actor,
    id: ConnectionId,
    enabled: bool,
) -> Result<(), Error> {
    let action = if enabled { "connection.enable" } else { "connection.disable" };
    let record = record(app, scope, actor, action, id, "");
    let (now, by) = (app.now(), actor.name.clone());
    app.store
        .write(async move |tx| {
            let row = rows::load(tx, scope, id).await?;
            let mut row = row.ok_or(Error::NotFound { what: "connection" })?;
            row.enabled = enabled;
            row.updated_by.clone_from(&by);
            row.updated_at = now;
            rows::save(tx, &row).await?;
            audit::insert(tx, &record).await?;
            Ok(())
        })
        .await
}

fn check(draft: &Draft) -> Result<(), Error> {
    let provider = provider_of(&draft.provider)?;
    let card = provider.card();
    if draft.label.trim().is_empty() || draft.label.chars().count() > 80 {
        return Err(Error::invalid("label", "Give it a name of up to 80 characters."));
    }
    for (name, given) in &draft.credentials {
        let field = card.credentials.iter().find(|f| f.name == name);
        let field =
            field.ok_or_else(|| Error::invalid(name.clone(), "This provider has no such credential."))?;
        match field.kind {
            FieldKind::Choice(of) if !given.is_empty() && !of.contains(&given.expose()) => {
                return Err(Error::invalid(name.clone(), format!("Choose one of: {}.", of.join(", "))));
            }
            FieldKind::Choice(_)
            | FieldKind::Text
            | FieldKind::OptionalText
            | FieldKind::Secret
            | FieldKind::OptionalSecret
            | FieldKind::OptionalPem => {}
        }
    }
    if draft.flows.is_empty() {
        return Err(Error::invalid("flows", "Choose at least one way to pay."));
    }
    let keeps = |feature: &str| feature == crate::methods::FEATURE && provider.saved().is_some();
    let known =
        |feature: &&String| card.flows.iter().any(|flow| flow.as_str() == feature.as_str()) || keeps(feature);
    if draft.features.iter().any(|feature| !known(&feature)) {
        return Err(Error::invalid(
            "features",
            "Name ways to pay that this provider offers, such as upi_intent.",
        ));
    }
    if draft.session_ms.is_some_and(|ms| !SESSION_MS_RANGE.contains(&ms)) {
        return Err(Error::invalid("session_secs", "Choose from one minute to one day."));
    }
    if let Some(flow) = draft.flows.iter().find(|f| !card.flows.contains(f)) {
        return Err(Error::invalid("flows", format!("This provider does not offer {}.", flow.as_str())));
    }
    let (min, max) = (draft.min_minor.unwrap_or(MIN_MINOR), draft.max_minor.unwrap_or(MAX_MINOR));
    if min < card.min_amount_minor || min > max {
        return Err(Error::invalid("min_amount", "The smallest amount must be one that the provider takes."));
    }
    draft.webhook_secret.as_ref().map_or(Ok(()), check_webhook_secret)
}

/// An empty or short secret would let anybody sign (SAFETY T03).
fn check_webhook_secret(secret: &Secret) -> Result<(), Error> {
    if (8..=256).contains(&secret.expose().len()) || planted!("short_secret_accepted") {
        Ok(())
    } else {
        Err(Error::invalid("webhook_secret", "Type a webhook secret of 8 to 256 characters."))
    }
}

/// Which account this is, the same in every connection of it, told by its public key.
fn fingerprint(app: &App, scope: Scope, draft: &Draft) -> String {
    let card = provider_of(&draft.provider).map(hundi_providers::Provider::card);
    let public = card.map_or_else(
        |_| Vec::new(),
        |card| {
            let open = card.credentials.iter().filter(|f| !f.kind.is_secret());
            open.map(|f| draft.credentials.get(f.name).map_or("", |s| s.expose())).collect::<Vec<_>>()
        },
    );
    let text = format!("{}|{}|{}", draft.provider, scope.mode(), public.join("|"));
    app.peppers.hash(Purpose::Fingerprint, &text)
}

/// What may be shown of the public key: its beginning and its last four.
fn hint(draft: &Draft) -> String {
    let Ok(provider) = provider_of(&draft.provider) else { return String::new() };
    let open = provider
        .card()
        .credentials
        .iter()
        .find(|f| matches!(f.kind, FieldKind::Text | FieldKind::OptionalText));
    let key = open.and_then(|f| draft.credentials.get(f.name)).map_or("", |s| s.expose());
    let chars: Vec<char> = key.chars().collect();
    let last: String = chars.iter().skip(chars.len().saturating_sub(4)).collect();
    let first: String = chars.iter().take(9).collect();
    if chars.len() > 13 { format!("{first}…{last}") } else { format!("…{last}") }
}

async fn seal_credentials(
    app: &App,
    scope: Scope,
    id: ConnectionId,
    credentials: &BTreeMap<String, Secret>,
) -> Result<Vec<u8>, Error> {
    let plain: BTreeMap<&str, &str> = credentials.iter().map(|(n, s)| (n.as_str(), s.expose())).collect();
    let plain = serde_json::to_string(&plain).map_err(|_| Error::Bug("credentials are plain text".into()))?;
    let place = id.to_string();
    vault::seal(app, scope.merchant(), (TABLE, "credentials", &place), &Secret::new(plain)).await
}

async fn seal_webhook(
    app: &App,
    scope: Scope,
    id: ConnectionId,
    secret: Option<&Secret>,
) -> Result<Option<Vec<u8>>, Error> {
    let Some(secret) = secret else { return Ok(None) };
    let place = id.to_string();
    vault::seal(app, scope.merchant(), (TABLE, "webhook_secret", &place), secret).await.map(Some)
}

fn record(app: &App, scope: Scope, actor: &Actor, action: &str, id: ConnectionId, what: &str) -> Record {
    Record {
        id: app.id(AuditId::new),
        chain: scope.merchant().to_string(),
        mode: scope.mode(),
        actor: actor.name.clone(),
        action: action.to_owned(),
        target_type: "connection".into(),
        target_id: id.to_string(),
        detail: serde_json::json!({ "note": what }).to_string(),
        ip: actor.ip.clone(),
        at: app.now(),
    }
}

fn joined<'t>(items: impl Iterator<Item = &'t str>) -> String {
    items.collect::<Vec<_>>().join(",")
}
