//! `/fallbacks` and `/routing/fallback`: the platform's own account as a last resort, as the platform offers it and as a
//! merchant accepts it.

use super::body::{Nothing, Posted};
use super::query::{Asking, Bare, Id};
use super::reply;
use crate::Web;
use axum::extract::State;
use axum::response::Response;
use hundi_app::fallbacks::{self, NewOffer};
use hundi_app::{Error, public};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Offered {
    merchant_id: String,
    connection_id: String,
}

impl Offered {
    fn checked(self) -> Result<NewOffer, Error> {
        let merchant = self.merchant_id.parse();
        let connection = self.connection_id.parse();
        Ok(NewOffer {
            merchant: merchant
                .map_err(|_| Error::invalid("merchant_id", "Send the id of another merchant: mer_…"))?,
            connection: connection.map_err(|_| {
                Error::invalid("connection_id", "Send the id of a connection of yours: conn_…")
            })?,
        })
    }
}

pub(super) async fn offer(State(web): State<Web>, posted: Posted<Offered>) -> Response {
    let Posted { caller, key, body } = posted;
    let outcome = match body.checked() {
        Ok(new) => fallbacks::offer_by_api(&web.app, caller.scope, &caller.actor, new, key.clone()).await,
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

/// There is one for each merchant at a time: few enough to be cut from the whole.
pub(super) async fn list(State(web): State<Web>, mut asking: Asking) -> Response {
    let found = async {
        let span = asking.params.span()?;
        asking.params.refuse_rest()?;
        let rows = fallbacks::offers(&web.app, asking.caller.scope).await?;
        let rows = span.among(rows, (|f| f.id.to_string(), |f| f.offered_at))?;
        Ok::<_, Error>(span.listed(rows, |f| f.id.to_string(), public::fallback))
    };
    let found = found.await;
    asking.answer(found)
}

pub(super) async fn withdraw(State(web): State<Web>, id: Id, posted: Posted<Nothing>) -> Response {
    let Posted { caller, key, body: Nothing {} } = posted;
    let outcome = match id.parse("offer") {
        Ok(id) => fallbacks::withdraw_by_api(&web.app, caller.scope, &caller.actor, id, key.clone()).await,
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

pub(super) async fn standing(State(web): State<Web>, Bare(caller): Bare) -> Response {
    let found = async {
        let standing = fallbacks::standing(&web.app, caller.scope).await?;
        Ok::<_, Error>(public::routing_fallback(standing.as_ref(), caller.scope))
    };
    reply::found(&caller, found.await)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Agreed {
    accepted: bool,
}

/// What is so already stays so: doing it twice is doing it once.
pub(super) async fn agree(State(web): State<Web>, posted: Posted<Agreed>) -> Response {
    let Posted { caller, key: _, body } = posted;
    let done = async {
        let standing = fallbacks::set(&web.app, caller.scope, &caller.actor, body.accepted).await?;
        Ok::<_, Error>(public::routing_fallback(standing.as_ref(), caller.scope))
    };
    reply::found(&caller, done.await)
}
