//! `/events`: facts, in the order of their positions, so that a reader who pages misses none.

use super::query::{Asking, Bare, Id, Start};
use super::reply;
use crate::Web;
use axum::extract::State;
use axum::response::Response;
use hundi_app::events::{self, Filter, Positions};
use hundi_app::{Error, public};
use hundi_core::EventId;
use serde_json::Value;

pub(super) async fn show(State(web): State<Web>, id: Id, Bare(caller): Bare) -> Response {
    let found = async {
        let placed = events::get(&web.app, caller.scope, id.parse("event")?).await?;
        Ok::<_, Error>(public::event(&placed.event))
    };
    reply::found(&caller, found.await)
}

pub(super) async fn list(State(web): State<Web>, mut asking: Asking) -> Response {
    let found = listed(&web, &mut asking).await;
    asking.answer(found)
}

async fn listed(web: &Web, asking: &mut Asking) -> Result<Value, Error> {
    let (scope, params) = (asking.caller.scope, &mut asking.params);
    let span = params.span()?;
    let filter = Filter {
        kind: params.parsed("type", "an event type, such as payment.captured", |text| text.parse().ok())?,
        object_id: params.reference("object_id")?,
    };
    params.refuse_rest()?;
    let anchor = span
        .anchor(|id: EventId| async move { events::get(&web.app, scope, id).await.map(|placed| placed.pos) })
        .await?;
    let from = match (anchor, &span.start) {
        (None, _) => Positions::Newest,
        // An event without its position yet is newer than all that have one.
        (Some(0), Start::Before(_)) => Positions::Above(i64::MAX),
        (Some(0), _) => Positions::Newest,
        (Some(pos), Start::Before(_)) => Positions::Above(pos),
        (Some(pos), _) => Positions::Below(pos),
    };
    let limit = i64::try_from(span.limit).unwrap_or(i64::MAX) + 1;
    let rows = events::list(&web.app, scope, filter, from, (span.from, span.to), limit).await?;
    Ok(span.listed(rows, |p| p.event.id.to_string(), |p| public::event(&p.event)))
}
