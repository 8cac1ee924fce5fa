//! `/deliveries` and `/replays`: whether a merchant heard of what happened, what was said at each try, and once more.

use super::body::{Nothing, Posted};
use super::query::{Asking, Bare, Id};
use super::{fields, reply};
use crate::Web;
use axum::extract::State;
use axum::response::Response;
use hundi_app::deliveries::{self, NewReplay};
use hundi_app::{Error, endpoints, public};
use hundi_core::{DeliveryId, EndpointId};
use serde::Deserialize;
use serde_json::Value;

pub(super) async fn list_of_endpoint(State(web): State<Web>, id: Id, mut asking: Asking) -> Response {
    let found = listed(&web, &id, &mut asking).await;
    asking.answer(found)
}

async fn listed(web: &Web, id: &Id, asking: &mut Asking) -> Result<Value, Error> {
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
    Ok(span.listed(rows, |d| d.id.to_string(), public::delivery))
}

/// One for each endpoint that the event was promised to, so there are no pages.
pub(super) async fn list_of_event(State(web): State<Web>, id: Id, Bare(caller): Bare) -> Response {
    let found = async {
        let rows = deliveries::of_event(&web.app, caller.scope, id.parse("event")?).await?;
        Ok::<_, Error>(public::page(rows.iter().map(public::delivery).collect(), false, None))
    };
    reply::found(&caller, found.await)
}

pub(super) async fn show(State(web): State<Web>, id: Id, Bare(caller): Bare) -> Response {
    let found = async {
        let (delivery, tries, event) = deliveries::get(&web.app, caller.scope, id.parse("delivery")?).await?;
        let endpoint = endpoints::get(&web.app, caller.scope, delivery.endpoint_id).await?;
        Ok::<_, Error>(public::delivery_in_full(&delivery, &tries, &event, endpoint.api_version))
    };
    reply::found(&caller, found.await)
}

/// Sends a delivery once more, whatever became of it.
pub(super) async fn retry(State(web): State<Web>, id: Id, posted: Posted<Nothing>) -> Response {
    let Posted { caller, key, body: Nothing {} } = posted;
    let outcome = match id.parse("delivery") {
        Ok(id) => deliveries::send_again_by_api(&web.app, caller.scope, &caller.actor, id, key.clone()).await,
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    since: String,
    until: Option<String>,
    types: Option<Vec<String>>,
}

impl Asked {
    fn checked(self) -> Result<NewReplay, Error> {
        Ok(NewReplay {
            since: fields::instant("since", Some(&self.since))?
                .ok_or_else(|| Error::invalid("since", "This field is required."))?,
            until: fields::instant("until", self.until.as_deref())?,
            types: self.types.map_or(Ok(Vec::new()), |names| super::endpoints::types("types", &names))?,
        })
    }
}

/// Sends everything of a stretch of time to an endpoint again.
pub(super) async fn replay(State(web): State<Web>, id: Id, posted: Posted<Asked>) -> Response {
    let Posted { caller, key, body } = posted;
    let asked = id.parse::<EndpointId>("endpoint").and_then(|id| Ok((id, body.checked()?)));
    let outcome = match asked {
        Ok((id, new)) => {
            deliveries::replay(&web.app, caller.scope, &caller.actor, id, new, key.clone()).await
        }
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

pub(super) async fn show_replay(State(web): State<Web>, id: Id, Bare(caller): Bare) -> Response {
    let found = async {
        let replay = deliveries::find_replay(&web.app, caller.scope, id.parse("replay")?).await?;
        Ok::<_, Error>(public::replay(&replay))
    };
    reply::found(&caller, found.await)
}
