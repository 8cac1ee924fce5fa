//! An order's time is over. While a payment of it may have been charged, it waits (DESIGN, rule 2).

use crate::error::Error;
use crate::jobs::Ending;
use crate::observe::{self, By, Cause};
use crate::{App, planted};
use hundi_core::OrderId;
use hundi_core::order::Fact;
use hundi_core::time::minutes;
use hundi_store::{orders, payments};
use std::sync::Arc;

/// How long to wait for an answer about a payment in doubt before looking again.
const LOOK_AGAIN_MS: i64 = minutes(5);

pub(crate) async fn expire(app: &Arc<App>, id: OrderId) -> Result<Ending, Error> {
    let house = app.clone();
    let ending = app.store.write(async move |tx| {
        let app = &house;
        let now = app.now();
        orders::lock(tx, id).await?;
        let Some(order) = orders::load_by_link(tx, id).await? else { return Ok(Ending::Done) };
        let Some(at) = order.expires_at.filter(|_| order.status.can_be_paid()) else {
            return Ok(Ending::Done);
        };
        if now < at {
            return Ok(Ending::Later(at));
        }
        let doubt = payments::of_order(tx, id).await?.iter().any(|p| p.state.in_doubt_since().is_some());
        if doubt && !planted!("expire_in_doubt") {
            return Ok(Ending::Later(now.plus(LOOK_AGAIN_MS)));
        }
        observe::order(app, tx, order, &[Fact::Expired { at }], &Cause::of(By::Timeout)).await?;
        Ok::<_, Error>(Ending::Done)
    });
    let ending = ending.await?;
    app.ring();
    Ok(ending)
}
