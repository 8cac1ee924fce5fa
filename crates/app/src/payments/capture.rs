//! Taking the money that the bank holds, the whole or a part of it, once. What is left of a hold is let go.

use super::pay::record_news;
use super::watch::{connected_of, take_in};
use super::{being_captured, resume, subject_of};
use crate::answer::{Reply, Taken, finish as keep_answer, seen};
use crate::connections;
use crate::error::{Error, refused_by_provider};
use crate::jobs::{self, Ending, Kind};
use crate::observe::{self, By, Cause, News};
use crate::wired::Wired;
use crate::{Actor, App, fail_point, planted, public};
use hundi_core::payment::{Fact, Happened, Status};
use hundi_core::time::{hours, seconds};
use hundi_core::{AuditId, Money, PaymentId, Scope};
use hundi_providers::{CallError, Hold};
use hundi_store::audit::{self, Record};
use hundi_store::idempotency::{self, Key};
use hundi_store::payments::{self, Payment};
use std::sync::Arc;

/// A job asks again after so long, should this process stop in the middle.
const FINISH_AFTER_MS: i64 = seconds(60);
const RETRY_MS: i64 = hours(1);

/// Captures an authorised payment: all that is held, or `amount` where the provider takes a part.
pub async fn capture(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    id: PaymentId,
    amount: Option<Money>,
    key: Option<Key>,
) -> Result<Reply, Error> {
    let payment = match seen(app, key.as_ref()).await? {
        Taken::Replay(reply) => return Ok(reply),
        Taken::Finish { .. } => resume(app, id).await?,
        Taken::Free => {
            let begun = begin(app, scope, actor, id, amount, key.clone()).await?;
            match call(app, &begun).await {
                Ok(payment) => payment,
                // Only what was surely not done frees the key: anything else is finished under it.
                Err(error @ Error::ProviderRefused { .. }) => {
                    give_up(app, id, key).await?;
                    return Err(error);
                }
                Err(error) => return Err(error),
            }
        }
    };
    fail_point!("capture.before_answer");
    keep_answer(app, key.as_ref(), Reply::new(200, &public::payment(&payment))).await
}

async fn begin(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    id: PaymentId,
    amount: Option<Money>,
    key: Option<Key>,
) -> Result<Payment, Error> {
    let house = app.clone();
    let record = Record {
        id: app.id(AuditId::new),
        chain: scope.merchant().to_string(),
        mode: scope.mode(),
        actor: actor.name.clone(),
        action: "payment.capture".into(),
        target_type: "payment".into(),
        target_id: id.to_string(),
        detail: "{}".into(),
        ip: actor.ip.clone(),
        at: app.now(),
    };
    let takes_a_part = takes_a_part(app, scope, id).await?;
    let cause = Cause::of(if actor.name.starts_with("user:") { By::Person } else { By::Api });
    let payment = app
        .store
        .write(async move |tx| {
            let now = house.now();
            payments::lock_order_of(tx, id).await?;
            let payment = payments::load(tx, scope, id).await?.ok_or(Error::NotFound { what: "payment" })?;
            let held = payment.state.held().filter(|_| payment.status() == Status::Authorized);
            let Some((_, held)) = held else {
                return Err(Error::PaymentCannotBeCaptured { status: payment.status() });
            };
            let amount = amount.unwrap_or(held);
            if amount.minor() > held.minor() {
                return Err(Error::CaptureExceedsHeld { held: held.shown() });
            }
            if amount != held && !takes_a_part && !planted!("capture_of_a_part") {
                return Err(Error::CaptureNotWhole);
            }
            // What may have been taken already is asked for again only in the same words.
            let doubtful = payment.state.in_doubt_since().is_some() || being_captured(tx, id).await?;
            if doubtful && amount != payment.state.due() {
                return Err(Error::PaymentInDoubt);
            }
            if let Some(key) = &key
                && !idempotency::begin(tx, key, &id.to_string(), now).await?
            {
                return Err(Error::KeyInFlight);
            }
            let at = now.plus(FINISH_AFTER_MS);
            jobs::enqueue(tx, jobs::id(&house), Kind::Capture, &id.to_string(), Some(scope), at, now).await?;
            audit::insert(tx, &record).await?;
            let asked = Fact { at: now, happened: Happened::CaptureAsked { amount } };
            let news = News::of(if planted!("part_not_noted") { vec![] } else { vec![asked] });
            let (payment, _) = observe::payment(&house, tx, id, news, &cause).await?;
            Ok(payment)
        })
        .await?;
    fail_point!("capture.after_begin");
    Ok(payment)
}

async fn takes_a_part(app: &App, scope: Scope, id: PaymentId) -> Result<bool, Error> {
    let connection = super::get(app, scope, id).await?.connection_id;
    let row =
        app.store.read(async move |tx| hundi_store::connections::load_by_id(tx, connection).await).await?;
    Ok(connections::takes_a_part(&row.ok_or(Error::NotFound { what: "connection" })?))
}

async fn call(app: &Arc<App>, payment: &Payment) -> Result<Payment, Error> {
    let Some((provider_payment, held)) = payment.state.held() else { return Ok(payment.clone()) };
    let connected = connections::open(app, payment.connection_id).await?;
    let Some(part) = connected.provider.capture() else { return Err(Error::CaptureNotWhole) };
    let wire = Wired::new(app, payment.connection_id, payment.id);
    let hold =
        Hold { subject: subject_of(payment)?, provider_payment: provider_payment.to_owned(), amount: held };
    let (asked, call) = (payment.state.due(), connected.call(&wire));
    let answer = match part.part() {
        Some(part) if asked != held => part.capture_part(call, &hold, asked).await,
        Some(_) | None => part.capture(call, &hold).await,
    };
    fail_point!("capture.after_call");
    let now = app.now();
    let recorded = match answer {
        Ok(reports) => take_in(app, payment, reports, wire.take(), By::Api).await?,
        Err(CallError::Unknown(_)) => {
            let fact = Fact { at: now, happened: Happened::WentUnknown };
            record_news(app, payment.id, News::of(vec![fact]), wire.take(), By::Api).await?
        }
        Err(error @ CallError::NotDone(_)) => {
            record_news(app, payment.id, News::default(), wire.take(), By::Api).await?;
            return Err(refused_by_provider(&error));
        }
    };
    fail_point!("capture.after_record");
    Ok(recorded)
}

/// The provider surely did nothing, and the merchant is told so: nobody goes on with it, and the key is free for
/// another try.
async fn give_up(app: &Arc<App>, id: PaymentId, key: Option<Key>) -> Result<(), Error> {
    let given_up = app.store.write(async move |tx| {
        if !planted!("refused_capture_goes_on") {
            jobs::withdraw(tx, Kind::Capture, &id.to_string()).await?;
        }
        match &key {
            Some(key) => idempotency::forget(tx, key).await,
            None => Ok(()),
        }
    });
    Ok(given_up.await?)
}

/// The job: asks what became of it, and takes the money if the bank still holds it.
pub(crate) async fn finish(app: &Arc<App>, id: PaymentId) -> Result<Ending, Error> {
    let connected = connected_of(app, id).await?;
    let _turn = match connections::turn(app, &connected).await {
        Ok(turn) => turn,
        Err(later) => return Ok(Ending::Later(later)),
    };
    let payment = resume(app, id).await?;
    if payment.status() != Status::Authorized {
        return Ok(Ending::Done);
    }
    if payment.state.in_doubt_since().is_some() {
        return Ok(Ending::Later(app.now().plus(FINISH_AFTER_MS)));
    }
    match call(app, &payment).await {
        Ok(payment) if payment.status() == Status::Authorized => {
            Ok(Ending::Later(app.now().plus(FINISH_AFTER_MS)))
        }
        Ok(_) => Ok(Ending::Done),
        Err(Error::ProviderRefused { .. }) => Ok(Ending::Later(app.now().plus(RETRY_MS))),
        Err(error) => Err(error),
    }
}
