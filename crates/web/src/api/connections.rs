//! `/connections` and `/balances`: a merchant's accounts at providers, and what its book says.

use super::query::{Asking, Bare, Id};
use super::reply;
use crate::Web;
use axum::extract::State;
use axum::response::Response;
use hundi_app::{Error, books, connections, public};

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

/// Every account of the merchant's book: few, so that they come as one page.
pub(super) async fn balances(State(web): State<Web>, Bare(caller): Bare) -> Response {
    let found = async {
        let livemode = caller.scope.mode().is_live();
        let rows = books::balances(&web.app, caller.scope).await?;
        Ok::<_, Error>(public::page(rows.iter().map(|b| public::balance(b, livemode)).collect(), false, None))
    };
    reply::found(&caller, found.await)
}
