//! Voiding: what stands open beside a paid order is called off where the merchant wants that, and a hold of what was
//! called off is let go at the provider. In three beats: the job is written with its cause, the call follows with no
//! transaction open, and its answer goes through the one door.

use super::guard::beside;
use super::watch::take_in;
use super::{being_captured, subject_of};
use crate::connections;
use crate::error::Error;
use crate::jobs::Ending;
use crate::observe::{self, By, Cause, News};
use crate::wired::Wired;
use crate::{App, fail_point, planted};
use hundi_core::PaymentId;
use hundi_core::guard;
use hundi_core::order::Status;
use hundi_core::payment::{Fact, Happened};
use hundi_core::time::{hours, minutes};
use hundi_providers::{CallError, Hold};
use hundi_store::history;
use hundi_store::payments::{self, Payment};
use hundi_store::{Tx, orders};
use std::sync::Arc;

/// What is in doubt, or was not heard, is looked at again after so long.
const AGAIN_MS: i64 = minutes(5);
/// What the provider surely refused to let go is asked again after so long, until the hold's own window ends.
const REFUSED_MS: i64 = hours(6);

/// The job.
pub(crate) async fn void(app: &Arc<App>, id: PaymentId) -> Result<Ending, Error> {
    let house = app.clone();
    let payment = app.store.write(async move |tx| call_off(&house, tx, id).await).await?;
    fail_point!("void.after_begin");
    let Some(payment) = payment else { return Ok(Ending::Later(app.now().plus(AGAIN_MS))) };
    let_go(app, &payment).await
}

/// Calls it off if its order is paid by another and the merchant voids what stands beside. `None`: not now, because it
/// may have been charged.
async fn call_off(app: &App, tx: &mut Tx, id: PaymentId) -> Result<Option<Payment>, Error> {
    payments::lock_order_of(tx, id).await?;
    let payment = payments::load_by_id(tx, id).await?.ok_or(Error::NotFound { what: "payment" })?;
    let order = orders::load_by_link(tx, payment.order_id).await?.ok_or(Error::NotFound { what: "order" })?;
    if order.status != Status::Paid || !payment.status().is_open() {
        return Ok(Some(payment));
    }
    let now = app.now();
    let stands = beside(&payment, None, now);
    if stands.in_doubt || being_captured(tx, id).await? {
        return Ok(None);
    }
    if guard::to_void(order.late_success, &[stands]).is_empty() {
        return Ok(Some(payment));
    }
    let news = News::of(vec![Fact { at: now, happened: Happened::Cancelled }]);
    let (payment, _) = observe::payment(app, tx, id, news, &Cause::of(By::Policy)).await?;
    Ok(Some(payment))
}

/// Has the bank told that nobody will take what it holds.
async fn let_go(app: &Arc<App>, payment: &Payment) -> Result<Ending, Error> {
    let Some((provider_payment, amount)) = payment.state.held().filter(|_| payment.state.cancelled) else {
        return Ok(Ending::Done);
    };
    let connected = connections::open(app, payment.connection_id).await?;
    let over = app.now().since(payment.created_at) > connected.provider.card().capture_window_ms;
    let Some(part) = connected.provider.void().filter(|_| !over && !planted!("holds_are_kept")) else {
        // It lets go by itself when its window ends.
        return Ok(Ending::Done);
    };
    let hold = Hold { subject: subject_of(payment)?, provider_payment: provider_payment.to_owned(), amount };
    let wire = Wired::new(app, payment.connection_id, payment.id);
    let said = part.void(connected.call(&wire), &hold).await;
    fail_point!("void.after_call");
    match said {
        Ok(reports) => {
            let payment = take_in(app, payment, reports, wire.take(), By::Policy).await?;
            let held = payment.state.held().is_some();
            Ok(if held { Ending::Later(app.now().plus(AGAIN_MS)) } else { Ending::Done })
        }
        // Safe to repeat: nothing is charged by asking twice. The exchange is kept as evidence.
        Err(error) => {
            let (scope, exchanges) = (payment.scope, wire.take());
            app.store
                .write(async move |tx| {
                    for exchange in &exchanges {
                        history::exchanged(tx, scope, exchange).await?;
                    }
                    Ok::<_, Error>(())
                })
                .await?;
            let wait = match error {
                CallError::Unknown(_) => AGAIN_MS,
                CallError::NotDone(_) => REFUSED_MS,
            };
            Ok(Ending::Later(app.now().plus(wait)))
        }
    }
}
