//! `/connections`, `/sweeps` and `/balances`: a merchant's accounts at providers, readings of their lists, and what its
//! book says.

use super::body::Posted;
use super::fields::{self, Count, Whole};
use super::query::{Asking, Bare, Id};
use super::reply;
use crate::Web;
use axum::extract::State;
use axum::response::Response;
use hundi_app::{Error, books, choices, connections, public, sweeps};
use hundi_core::Currency;
use serde::Deserialize;

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

/// Every account of the merchant's book: few, so that they come as one page.
pub(super) async fn balances(State(web): State<Web>, Bare(caller): Bare) -> Response {
    let found = async {
        let livemode = caller.scope.mode().is_live();
        let rows = books::balances(&web.app, caller.scope).await?;
        Ok::<_, Error>(public::page(rows.iter().map(|b| public::balance(b, livemode)).collect(), false, None))
    };
    reply::found(&caller, found.await)
}
