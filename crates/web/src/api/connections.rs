//! `/connections`, `/sweeps` and `/balances`: a merchant's accounts at providers, readings of their lists, and what its
//! book says.
//!
//! What is secret comes in here and never goes out. It is not echoed in a refusal, and what is kept of the request for
//! its repeats is a keyed hash.

use super::body::{Nothing, Posted};
use super::fields::{self, Count, Whole};
use super::query::{Asking, Bare, Id};
use super::reply;
use crate::Web;
use axum::extract::State;
use axum::response::Response;
use hundi_app::connections::{self, Change, Draft, Flow};
use hundi_app::{Error, books, choices, public, standings, sweeps};
use hundi_core::{Currency, Secret};
use serde::Deserialize;
use std::collections::BTreeMap;

const LABEL_CHARS_MAX: usize = 80;
const CREDENTIAL_CHARS_MAX: usize = 4_000;
const LIST_MAX: usize = 10;
const USUAL_LABEL: &str = "Main";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    provider: String,
    label: Option<String>,
    credentials: BTreeMap<String, String>,
    webhook_secret: Option<String>,
    flows: Option<Vec<String>>,
    features: Option<Vec<String>>,
    amount_min: Option<Whole>,
    amount_max: Option<Whole>,
    session_secs: Option<Count>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Changed {
    label: Option<String>,
    credentials: Option<BTreeMap<String, String>>,
    webhook_secret: Option<String>,
    flows: Option<Vec<String>>,
    features: Option<Vec<String>>,
    amount_min: Option<Whole>,
    amount_max: Option<Whole>,
    session_secs: Option<Count>,
    status: Option<String>,
}

impl Asked {
    fn checked(self) -> Result<Draft, Error> {
        let card = connections::card(&self.provider).map_err(|_| {
            let known: Vec<&str> = connections::cards().iter().map(|card| card.id).collect();
            Error::invalid("provider", format!("Send one of: {}.", known.join(", ")))
        })?;
        // What needs the provider's consent is named by whoever has it.
        let usual = || card.flows.iter().copied().filter(|flow| *flow != Flow::UpiIntent).collect();
        Ok(Draft {
            provider: card.id.to_owned(),
            label: fields::text("label", self.label, LABEL_CHARS_MAX)?
                .unwrap_or_else(|| USUAL_LABEL.to_owned()),
            credentials: credentials(self.credentials)?,
            webhook_secret: self.webhook_secret.map(webhook_secret).transpose()?,
            features: features(self.features)?.unwrap_or_default(),
            flows: flows(self.flows)?.unwrap_or_else(usual),
            min_minor: limit("amount_min", self.amount_min)?,
            max_minor: limit("amount_max", self.amount_max)?,
            session_ms: session(self.session_secs)?,
        })
    }
}

impl Changed {
    fn checked(self) -> Result<Change, Error> {
        let enabled = match self.status.as_deref() {
            None => None,
            Some("enabled") => Some(true),
            Some("disabled") => Some(false),
            Some(_) => return Err(Error::invalid("status", "Send enabled or disabled.")),
        };
        Ok(Change {
            label: fields::text("label", self.label, LABEL_CHARS_MAX)?,
            credentials: self.credentials.map(credentials).transpose()?,
            webhook_secret: self.webhook_secret.map(webhook_secret).transpose()?,
            features: features(self.features)?,
            flows: flows(self.flows)?,
            min_minor: limit("amount_min", self.amount_min)?,
            max_minor: limit("amount_max", self.amount_max)?,
            session_ms: session(self.session_secs)?,
            enabled,
        })
    }
}

/// Which of them a provider has is for its card to say; names are ours, so that a wrong one can be told.
fn credentials(given: BTreeMap<String, String>) -> Result<BTreeMap<String, Secret>, Error> {
    let plain = |name: &str| name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_');
    let short = |name: &str| (1..=40).contains(&name.len());
    if given.is_empty() || given.keys().any(|name| !plain(name) || !short(name)) {
        return Err(Error::invalid("credentials", "Send the provider's credentials by their names here."));
    }
    if given.values().any(|value| value.chars().count() > CREDENTIAL_CHARS_MAX) {
        return Err(Error::invalid("credentials", format!("Send up to {CREDENTIAL_CHARS_MAX} characters.")));
    }
    Ok(given.into_iter().map(|(name, value)| (name, Secret::new(value))).collect())
}

/// As it can be typed at a provider. How long it has to be is for the use case to say.
fn webhook_secret(text: String) -> Result<Secret, Error> {
    match text.bytes().all(|c| matches!(c, b' '..=b'~')) {
        true => Ok(Secret::new(text)),
        false => Err(Error::invalid("webhook_secret", "Send 8 to 256 printable ASCII characters.")),
    }
}

fn flows(names: Option<Vec<String>>) -> Result<Option<Vec<Flow>>, Error> {
    let Some(names) = names else { return Ok(None) };
    let read = |(at, name): (usize, &String)| {
        let wrong = || Error::invalid(format!("flows[{at}]"), "Send script, redirect or upi_intent.");
        name.parse::<Flow>().map_err(|()| wrong())
    };
    let flows: Vec<Flow> = names.iter().take(LIST_MAX).enumerate().map(read).collect::<Result<_, _>>()?;
    Ok(Some(Flow::ALL.iter().copied().filter(|flow| flows.contains(flow)).collect()))
}

fn features(names: Option<Vec<String>>) -> Result<Option<Vec<String>>, Error> {
    match names {
        Some(names) if names.len() > LIST_MAX => {
            Err(Error::invalid("features", format!("Send up to {LIST_MAX} of them.")))
        }
        names => Ok(names),
    }
}

fn limit(param: &str, minor: Option<Whole>) -> Result<Option<i64>, Error> {
    let Some(Whole(minor)) = minor else { return Ok(None) };
    // The largest of the currency with the fewest digits: the connection's own currency is asked for at each payment.
    match (1..=10_000_000_000_000).contains(&minor) {
        true => Ok(Some(minor)),
        false => Err(Error::invalid(param, "Send minor units from 1 to 10000000000000.")),
    }
}

fn session(secs: Option<Count>) -> Result<Option<i64>, Error> {
    let Some(Count(secs)) = secs else { return Ok(None) };
    match (60..=86_400).contains(&secs) {
        true => Ok(Some(secs * 1_000)),
        false => Err(Error::invalid("session_secs", "Send seconds from 60 to 86400.")),
    }
}

pub(super) async fn create(State(web): State<Web>, posted: Posted<Asked>) -> Response {
    let Posted { caller, key, body } = posted;
    // The request holds secrets: a plain hash of it could be guessed at by whoever has the database.
    let key = key.map(|key| web.app.keyed(key));
    let outcome = match body.checked() {
        Ok(draft) => {
            connections::create_by_api(&web.app, caller.scope, &caller.actor, draft, key.clone()).await
        }
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome.map_err(of_body)).await
}

pub(super) async fn update(State(web): State<Web>, id: Id, posted: Posted<Changed>) -> Response {
    let Posted { caller, body, key: _ } = posted;
    let found = async {
        let id = id.parse("connection")?;
        connections::get(&web.app, caller.scope, id).await?;
        connections::change(&web.app, caller.scope, &caller.actor, id, body.checked()?).await?;
        Ok::<_, Error>(public::connection(&connections::get(&web.app, caller.scope, id).await?))
    };
    reply::found(&caller, found.await.map_err(of_body))
}

/// A credential is a field of `credentials` here, and the limits have the names of the API.
fn of_body(error: Error) -> Error {
    const OURS: &[&str] = &["provider", "label", "credentials", "webhook_secret", "session_secs", "status"];
    let Error::Invalid { param, message } = error else { return error };
    let param = match param.as_str() {
        "min_amount" => "amount_min".to_owned(),
        ours if OURS.contains(&ours) => param,
        ours if ["flows", "features", "amount_"].iter().any(|begin| ours.starts_with(begin)) => param,
        _ => format!("credentials.{param}"),
    };
    Error::Invalid { param, message }
}

/// A real call with the saved credentials; no money moves.
pub(super) async fn test(State(web): State<Web>, id: Id, posted: Posted<Nothing>) -> Response {
    let Posted { caller, key, body: Nothing {} } = posted;
    let outcome = match id.parse("connection") {
        Ok(id) => connections::test_by_api(&web.app, caller.scope, id, key.clone()).await,
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

pub(super) async fn show(State(web): State<Web>, id: Id, Bare(caller): Bare) -> Response {
    let found = async {
        let connection = connections::get(&web.app, caller.scope, id.parse("connection")?).await?;
        Ok::<_, Error>(public::connection(&connection))
    };
    reply::found(&caller, found.await)
}

pub(super) async fn list(State(web): State<Web>, mut asking: Asking) -> Response {
    let found = async {
        let span = asking.params.span()?;
        asking.params.refuse_rest()?;
        let mut rows = connections::list(&web.app, asking.caller.scope).await?;
        rows.reverse();
        let rows = span.among(rows, (|c| c.row.id.to_string(), |c| c.row.created_at))?;
        Ok::<_, Error>(span.listed(rows, |c| c.row.id.to_string(), public::connection))
    };
    let found = found.await;
    asking.answer(found)
}

/// What it can be paid with; with an amount, what instalments of it come to.
pub(super) async fn methods(State(web): State<Web>, id: Id, mut asking: Asking) -> Response {
    let found = async {
        let (scope, params) = (asking.caller.scope, &mut asking.params);
        let currency = params.parsed("currency", "an ISO 4217 code in capitals", |text| text.parse().ok())?;
        let minor = params.parsed("amount", "a whole number of minor units", |text| {
            text.parse::<i64>().ok().filter(|n| *n > 0 && text.bytes().all(|c| c.is_ascii_digit()))
        })?;
        params.refuse_rest()?;
        let currency = currency.unwrap_or(Currency::INR);
        let amount = minor.map(|n| fields::amount("amount", Whole(n), currency)).transpose()?;
        let id = id.parse("connection")?;
        let choices = choices::of_connection(&web.app, scope, id, amount).await?;
        Ok::<_, Error>(public::choices(&id.to_string(), scope.mode().is_live(), &choices))
    };
    let found = found.await;
    asking.answer(found)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sweep {
    days: Option<Count>,
}

/// Has the provider's own lists read over a connection.
pub(super) async fn sweep(State(web): State<Web>, id: Id, posted: Posted<Sweep>) -> Response {
    let Posted { caller, key, body } = posted;
    let days = body.days.map(|days| days.0);
    let outcome = match id.parse("connection") {
        Ok(id) => sweeps::sweep_by_api(&web.app, caller.scope, &caller.actor, id, days, key.clone()).await,
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

pub(super) async fn show_sweep(State(web): State<Web>, id: Id, Bare(caller): Bare) -> Response {
    let found = async {
        let sweep = sweeps::get(&web.app, caller.scope, id.parse("sweep")?).await?;
        Ok::<_, Error>(public::sweep(&sweep))
    };
    reply::found(&caller, found.await)
}

/// What stands on its account, told by the provider itself.
pub(super) async fn balance(State(web): State<Web>, id: Id, Bare(caller): Bare) -> Response {
    let found = async {
        let told = standings::of_connection(&web.app, caller.scope, id.parse("connection")?).await?;
        Ok::<_, Error>(public::standings(&told))
    };
    reply::found(&caller, found.await)
}

/// Every account of the merchant's book: few, so that they come as one page.
pub(super) async fn balances(State(web): State<Web>, Bare(caller): Bare) -> Response {
    let found = async {
        let livemode = caller.scope.mode().is_live();
        let rows = books::balances(&web.app, caller.scope).await?;
        Ok::<_, Error>(public::page(rows.iter().map(|b| public::balance(b, livemode)).collect(), false, None))
    };
    reply::found(&caller, found.await)
}
