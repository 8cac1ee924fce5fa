//! The merchant's side: accepting what the platform offers, and no longer wanting it.

use super::{Fallback, Side, end, note};
use crate::error::Error;
use crate::{Actor, App};
use hundi_core::Scope;
use hundi_store::fallbacks as table;
use std::sync::Arc;

/// Accepts what is offered, or ends what stands. What is so already stays as it is. `None`: nothing stands from now on.
pub async fn set(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    accepted: bool,
) -> Result<Option<Fallback>, Error> {
    let (house, actor) = (app.clone(), actor.clone());
    let stands = app
        .store
        .write(async move |tx| {
            let Some(standing) = table::standing(tx, scope).await? else {
                let nothing = Error::NotFound { what: "offer of the platform’s account" };
                return if accepted { Err(nothing) } else { Ok(None) };
            };
            if !accepted {
                end(&house, tx, standing.id, Side::Merchant, &actor).await?;
                return Ok(None);
            }
            table::lock(tx, standing.id).await?;
            if standing.accepted.is_none() {
                let at = house.now().max(standing.offered_at);
                // Somebody was quicker: looked at again, it is accepted or gone.
                if !table::accept(tx, standing.id, &actor.name, at).await? {
                    return Err(hundi_store::DbError::Conflict("the offer changed meanwhile").into());
                }
                note(&house, tx, &standing, Side::Merchant, &actor, "accept").await?;
            }
            Ok(table::load(tx, standing.id).await?)
        })
        .await?;
    app.ring();
    Ok(stands)
}
