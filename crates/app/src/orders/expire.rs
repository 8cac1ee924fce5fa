//! An order's time is over. While a payment of it may have been charged, it waits (DESIGN, rule 2).

use crate::error::Error;
use crate::jobs::Ending;
use crate::observe::{self, By, Cause};
use crate::{App, jobs, planted};
use hundi_core::order::Fact;
use hundi_core::payment::Status;
use hundi_core::time::{days, minutes};
use hundi_core::{Millis, OrderId};
use hundi_store::payments::Payment;
use hundi_store::{orders, payments};
use std::sync::Arc;

/// How long to wait for an answer about a payment in doubt before looking again.
const LOOK_AGAIN_MS: i64 = minutes(5);
/// A provider that says nothing for so long, or a hold that nobody takes, keeps no order open.
const WAIT_MS_MAX: i64 = days(1);
/// How long the answers about its open payments may take.
const LISTEN_MS: i64 = minutes(1);

/// It is with the provider, who was not asked since then.
fn is_unheard(p: &Payment, since: Millis) -> bool {
    let open = matches!(p.status(), Status::Created | Status::Pending) && p.provider_order.is_some();
    open && p.state.answered_at.is_none_or(|at| at < since)
}

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
        let open = payments::of_order(tx, id).await?;
        let doubt = open.iter().any(|p| p.state.in_doubt_since().is_some());
        if doubt && !planted!("expire_in_doubt") {
            return Ok(Ending::Later(now.plus(LOOK_AGAIN_MS)));
        }
        // Who paid in time is found in time: each payment is asked about once more before the order is over. What the
        // bank holds was paid in time as well.
        let unheard: Vec<_> = open.iter().filter(|p| is_unheard(p, at)).collect();
        for p in &unheard {
            let (job, key) = (jobs::id(app), p.id.to_string());
            jobs::enqueue(tx, job, jobs::Kind::Watch, &key, Some(p.scope), now, now).await?;
        }
        let waits = !unheard.is_empty() || open.iter().any(|p| p.status() == Status::Authorized);
        if waits && now.since(at) < WAIT_MS_MAX {
            return Ok(Ending::Later(now.plus(LISTEN_MS)));
        }
        observe::order(app, tx, order, &[Fact::Expired { at }], &Cause::of(By::Timeout)).await?;
        Ok::<_, Error>(Ending::Done)
    });
    let ending = ending.await?;
    app.ring();
    Ok(ending)
}
