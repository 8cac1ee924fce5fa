//! Letting go of what the bank holds for a payment that was called off, and calling off what stands open beside a paid
//! order where its merchant voids that.

use super::guard::beside;
use super::pay::record_news;
use super::watch::{connected_of, take_in};
use super::{being_captured, call_off, resume, subject_of};
use crate::connections;
use crate::error::Error;
use crate::jobs::Ending;
use crate::observe::{By, Cause, News};
use crate::wired::Wired;
use crate::{App, fail_point, planted};
use hundi_core::payment::{Fact, Happened, Status};
use hundi_core::time::{hours, minutes, seconds};
use hundi_core::{Millis, PaymentId, guard, order};
use hundi_providers::{CallError, Hold};
use hundi_store::payments::{self, Payment};
use hundi_store::{Tx, orders};
use std::sync::Arc;

/// A job asks again after so long, should this process stop in the middle or the provider say nothing.
pub(super) const FINISH_AFTER_MS: i64 = seconds(60);
/// A payment beside a paid order whose outcome is not known is looked at again after so long.
const AGAIN_MS: i64 = minutes(5);
/// After what was surely refused, and after an hour of silence.
const RETRY_MS: i64 = hours(1);

/// Asks the provider to let the hold go. Whatever it says, the payment stays called off: what was not done is asked for
/// again by the job, and what is unknown is in doubt until the provider answers.
pub(super) async fn let_go(app: &Arc<App>, payment: &Payment) -> Result<Payment, Error> {
    let Some((provider_payment, held)) = payment.state.held() else { return Ok(payment.clone()) };
    let connected = connections::open(app, payment.connection_id).await?;
    let Some(part) = connected.provider.void() else { return Ok(payment.clone()) };
    let wire = Wired::new(app, payment.connection_id, payment.id);
    let hold =
        Hold { subject: subject_of(payment)?, provider_payment: provider_payment.to_owned(), amount: held };
    let answer = part.void(connected.call(&wire), &hold).await;
    fail_point!("void.after_call");
    let recorded = match answer {
        Ok(reports) => take_in(app, payment, reports, wire.take(), By::Api).await?,
        Err(CallError::Unknown(_)) if planted!("unknown_void_is_done") => {
            record_news(app, payment.id, News::default(), wire.take(), By::Api).await?
        }
        Err(CallError::Unknown(_)) => {
            let fact = Fact { at: app.now(), happened: Happened::WentUnknown };
            record_news(app, payment.id, News::of(vec![fact]), wire.take(), By::Api).await?
        }
        Err(CallError::NotDone(_)) => {
            record_news(app, payment.id, News::default(), wire.take(), By::Api).await?
        }
    };
    fail_point!("void.after_record");
    Ok(recorded)
}

/// Calls it off if its order was paid by another and the merchant voids what stands beside. `false`: not now, because it
/// may have been charged.
async fn beside_a_paid_order(app: &App, tx: &mut Tx, id: PaymentId) -> Result<bool, Error> {
    payments::lock_order_of(tx, id).await?;
    let payment = payments::load_by_id(tx, id).await?.ok_or(Error::NotFound { what: "payment" })?;
    let order = orders::load_by_link(tx, payment.order_id).await?.ok_or(Error::NotFound { what: "order" })?;
    if order.status != order::Status::Paid || !payment.status().is_open() {
        return Ok(true);
    }
    let stands = beside(&payment, None, app.now());
    if stands.in_doubt || being_captured(tx, id).await? {
        return Ok(false);
    }
    if !guard::to_void(order.late_success, &[stands]).is_empty() {
        call_off(app, tx, id, &Cause::of(By::Policy)).await?;
    }
    Ok(true)
}

/// The job: calls off what has to be, asks what became of the hold, and lets it go if the bank still has it.
pub(crate) async fn finish(app: &Arc<App>, id: PaymentId) -> Result<Ending, Error> {
    let house = app.clone();
    let known = app.store.write(async move |tx| beside_a_paid_order(&house, tx, id).await).await?;
    if !known {
        return Ok(Ending::Later(app.now().plus(AGAIN_MS)));
    }
    let connected = connected_of(app, id).await?;
    let _turn = match connections::turn(app, &connected).await {
        Ok(turn) => turn,
        Err(later) => return Ok(Ending::Later(later)),
    };
    let payment = resume(app, id).await?;
    if !payment.state.cancelled {
        return Ok(Ending::Done);
    }
    let card = connected.provider.card();
    let over = |p: &Payment| p.status() == Status::Captured || p.state.held().is_none();
    // Past its window the provider lets go by itself; watching hears of it.
    let lapsed = app.now().since(payment.created_at) > card.capture_window_ms;
    let unknown = payment.state.in_doubt_since();
    if over(&payment) || (lapsed && unknown.is_none()) || planted!("unknown_void_is_done") {
        return Ok(Ending::Done);
    }
    if unknown.is_some() {
        return Ok(Ending::Later(app.now().plus(gap(unknown, app.now()))));
    }
    let payment = let_go(app, &payment).await?;
    let unknown = payment.state.in_doubt_since();
    match (over(&payment), unknown) {
        (true, None) => Ok(Ending::Done),
        (_, Some(_)) => Ok(Ending::Later(app.now().plus(gap(unknown, app.now())))),
        (false, None) => Ok(Ending::Later(app.now().plus(RETRY_MS))),
    }
}

/// Often at first, and hourly while the provider stays silent.
fn gap(unknown: Option<Millis>, now: Millis) -> i64 {
    let silent_for = unknown.map_or(0, |since| now.since(since));
    if silent_for < RETRY_MS { FINISH_AFTER_MS } else { RETRY_MS }
}
