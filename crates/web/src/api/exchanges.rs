//! `/exchanges`: what was said to providers and by them, as it happens.

use super::query::Asking;
use crate::Web;
use axum::extract::State;
use axum::response::Response;
use hundi_app::{Error, exchanges, public};
use hundi_core::ExchangeId;
use serde_json::Value;

pub(super) async fn list(State(web): State<Web>, mut asking: Asking) -> Response {
    let found = listed(&web, &mut asking).await;
    asking.answer(found)
}

async fn listed(web: &Web, asking: &mut Asking) -> Result<Value, Error> {
    let (scope, params) = (asking.caller.scope, &mut asking.params);
    let span = params.span()?;
    let object_id = params.reference("object_id")?;
    params.refuse_rest()?;
    let page = span
        .page(|id: ExchangeId| async move { exchanges::get(&web.app, scope, id).await.map(|x| x.at) })
        .await?;
    let rows = exchanges::list(&web.app, scope, object_id, page).await?;
    Ok(span.listed(rows, |x| x.id.to_string(), |x| public::exchange(x, scope)))
}
