//! `/events`: facts, in the order of their positions, so that a reader who pages misses none.

use super::query::{Asking, Id, Start};
use super::reply::one;
use crate::Web;
use axum::extract::State;
use axum::response::Response;
use hundi_app::events::{self, Filter, Positions};
use hundi_app::{Error, expand};
use hundi_core::EventId;
use serde_json::Value;

pub(super) async fn show(State(web): State<Web>, id: Id, mut asking: Asking) -> Response {
    let found = async {
        let wanted = asking.params.expand(expand::OF_EVENTS)?;
        asking.params.refuse_rest()?;
        let placed = events::get(&web.app, asking.caller.scope, id.parse("event")?).await?;
        one(expand::events(&web.app, asking.caller.scope, &[placed.event], &wanted).await?)
    };
    let found = found.await;
    asking.answer(found)
}

pub(super) async fn list(State(web): State<Web>, mut asking: Asking) -> Response {
    let found = listed(&web, &mut asking).await;
    asking.answer(found)
}

async fn listed(web: &Web, asking: &mut Asking) -> Result<Value, Error> {
    let (scope, params) = (asking.caller.scope, &mut asking.params);
    let span = params.span()?;
    let wanted = params.expand(expand::OF_EVENTS)?;
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
    let (rows, end) = span.cut(rows, |p| p.event.id.to_string());
    let rows: Vec<_> = rows.into_iter().map(|placed| placed.event).collect();
    Ok(end.page(expand::events(&web.app, scope, &rows, &wanted).await?))
}
