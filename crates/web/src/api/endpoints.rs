//! `/endpoints` and `/deliveries`: where a merchant hears of events, and whether it did.

use super::body::{Nothing, Posted};
use super::query::{Asking, Bare, Id};
use super::{fields, reply};
use crate::Web;
use axum::extract::State;
use axum::response::Response;
use hundi_app::endpoints::{self, Changes, NewEndpoint};
use hundi_app::{Error, deliveries, public};
use hundi_core::DeliveryId;
use hundi_core::event::EventType;
use serde::Deserialize;
use serde_json::{Value, json};

const URL_CHARS_MAX: usize = 2048;
const DESCRIPTION_CHARS_MAX: usize = 200;
const EVENTS_MAX: usize = 50;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    url: String,
    description: Option<String>,
    events: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Changed {
    url: Option<String>,
    description: Option<String>,
    events: Option<Vec<String>>,
    status: Option<String>,
}

impl Asked {
    fn checked(self) -> Result<NewEndpoint, Error> {
        Ok(NewEndpoint {
            url: fields::text("url", Some(self.url), URL_CHARS_MAX)?.unwrap_or_default(),
            description: fields::text("description", self.description, DESCRIPTION_CHARS_MAX)?,
            events: self.events.map_or(Ok(Vec::new()), |names| types(&names))?,
        })
    }
}

impl Changed {
    fn checked(self) -> Result<Changes, Error> {
        let enabled = match self.status.as_deref() {
            None => None,
            Some("enabled") => Some(true),
            Some("disabled") => Some(false),
            Some(_) => return Err(Error::invalid("status", "Send enabled or disabled.")),
        };
        Ok(Changes {
            url: fields::text("url", self.url, URL_CHARS_MAX)?,
            description: fields::text("description", self.description, DESCRIPTION_CHARS_MAX)?,
            events: self.events.map(|names| types(&names)).transpose()?,
            enabled,
        })
    }
}

/// Empty for all of them. A list that is empty already, or has a star among others, is a mistake.
fn types(names: &[String]) -> Result<Vec<EventType>, Error> {
    if names == ["*"] {
        return Ok(Vec::new());
    }
    if !(1..=EVENTS_MAX).contains(&names.len()) {
        return Err(Error::invalid("events", format!("Send [\"*\"] or 1 to {EVENTS_MAX} event types.")));
    }
    let read = |(at, name): (usize, &String)| {
        name.parse().map_err(|_| {
            Error::invalid(format!("events[{at}]"), "Send an event type, such as payment.captured.")
        })
    };
    names.iter().enumerate().map(read).collect()
}

pub(super) async fn create(State(web): State<Web>, posted: Posted<Asked>) -> Response {
    let Posted { caller, key, body } = posted;
    let outcome = match body.checked() {
        Ok(new) => endpoints::create(&web.app, caller.scope, &caller.actor, new, key.clone()).await,
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

pub(super) async fn show(State(web): State<Web>, id: Id, Bare(caller): Bare) -> Response {
    let found = async {
        let endpoint = endpoints::get(&web.app, caller.scope, id.parse("endpoint")?).await?;
        Ok::<_, Error>(public::endpoint(&endpoint, None))
    };
    reply::found(&caller, found.await)
}

pub(super) async fn list(State(web): State<Web>, mut asking: Asking) -> Response {
    let found = async {
        let span = asking.params.span()?;
        asking.params.refuse_rest()?;
        let mut rows = endpoints::list(&web.app, asking.caller.scope).await?;
        rows.reverse();
        let rows = span.among(rows, (|e| e.id.to_string(), |e| e.created_at))?;
        Ok::<_, Error>(span.listed(rows, |e| e.id.to_string(), |e| public::endpoint(e, None)))
    };
    let found = found.await;
    asking.answer(found)
}

pub(super) async fn update(State(web): State<Web>, id: Id, posted: Posted<Changed>) -> Response {
    let Posted { caller, body, key: _ } = posted;
    let found = async {
        let id = id.parse("endpoint")?;
        let changed = endpoints::update(&web.app, caller.scope, &caller.actor, id, body.checked()?).await?;
        Ok::<_, Error>(public::endpoint(&changed, None))
    };
    reply::found(&caller, found.await)
}

pub(super) async fn delete(State(web): State<Web>, id: Id, Bare(caller): Bare) -> Response {
    let found = async {
        let id = id.parse("endpoint")?;
        endpoints::delete(&web.app, caller.scope, &caller.actor, id).await?;
        Ok::<_, Error>(json!({ "id": id.to_string(), "object": "endpoint", "deleted": true }))
    };
    reply::found(&caller, found.await)
}

/// Has a test event sent.
pub(super) async fn test(State(web): State<Web>, id: Id, posted: Posted<Nothing>) -> Response {
    let Posted { caller, key, body: Nothing {} } = posted;
    let outcome = match id.parse("endpoint") {
        Ok(id) => endpoints::send_test_by_api(&web.app, caller.scope, id, key.clone()).await,
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

/// A new signing secret, shown this once. The old one signs beside it for a day.
pub(super) async fn rotate_secret(State(web): State<Web>, id: Id, posted: Posted<Nothing>) -> Response {
    let Posted { caller, key, body: Nothing {} } = posted;
    let outcome = match id.parse("endpoint") {
        Ok(id) => endpoints::rotate_by_api(&web.app, caller.scope, &caller.actor, id, key.clone()).await,
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

pub(super) async fn list_deliveries(State(web): State<Web>, id: Id, mut asking: Asking) -> Response {
    let found = deliveries_of(&web, &id, &mut asking).await;
    asking.answer(found)
}

async fn deliveries_of(web: &Web, id: &Id, asking: &mut Asking) -> Result<Value, Error> {
    let (scope, params) = (asking.caller.scope, &mut asking.params);
    let endpoint = id.parse("endpoint")?;
    let span = params.span()?;
    let states = "one of: scheduled, delivered, exhausted, disabled";
    let narrowed = params.parsed("status", states, deliveries::state_named)?;
    params.refuse_rest()?;
    endpoints::get(&web.app, scope, endpoint).await?;
    let page = span
        .page(|id: DeliveryId| async move {
            let (delivery, ..) = deliveries::get(&web.app, scope, id).await?;
            let mine = delivery.endpoint_id == endpoint;
            mine.then_some(delivery.created_at).ok_or(Error::NotFound { what: "delivery" })
        })
        .await?;
    let rows = deliveries::list(&web.app, scope, endpoint, narrowed, page).await?;
    Ok(span.listed(rows, |d| d.id.to_string(), |d| public::delivery(d, &[])))
}

pub(super) async fn show_delivery(State(web): State<Web>, id: Id, Bare(caller): Bare) -> Response {
    let found = async {
        let (delivery, tries, _) = deliveries::get(&web.app, caller.scope, id.parse("delivery")?).await?;
        Ok::<_, Error>(public::delivery(&delivery, &tries))
    };
    reply::found(&caller, found.await)
}

/// Sends a delivery once more, whatever became of it.
pub(super) async fn retry_delivery(State(web): State<Web>, id: Id, posted: Posted<Nothing>) -> Response {
    let Posted { caller, key, body: Nothing {} } = posted;
    let outcome = match id.parse("delivery") {
        Ok(id) => deliveries::send_again_by_api(&web.app, caller.scope, &caller.actor, id, key.clone()).await,
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}
