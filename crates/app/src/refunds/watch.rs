//! Looking after a refund until the provider has said its last word. Asking again is safe: our reference makes it one.

use crate::answer::{Key, Reply, once};
use crate::connections;
use crate::error::Error;
use crate::jobs::Ending;
use crate::observe::{self, By, Cause, RefundNews};
use crate::payments::{look as payments_look, refund_report, subject_of};
use crate::wired::Wired;
use crate::{App, fail_point, planted, public};
use hundi_core::refund::{Fact, Happened, Status};
use hundi_core::time::{days, hours, minutes, seconds};
use hundi_core::{FailureReason, Millis, RefundId, Scope};
use hundi_providers::{CallError, ReasonKind, RefundAsk, Report};
use hundi_store::refunds::{self, Origin, Refund};
use hundi_store::{history, payments};
use std::sync::Arc;

/// When to ask what became of it, counted from its beginning; then every six hours for thirty days.
const LOOKS_MS: &[i64] = &[seconds(60), minutes(2), minutes(5), minutes(15), hours(1), hours(3), hours(6)];
const LOOK_EVERY_MS: i64 = hours(6);
const LOOK_UNTIL_MS: i64 = days(30);
/// How long the provider surely remembers our reference; beyond, asking again might make a second refund.
const REPEAT_UNTIL_MS: i64 = hours(23);

/// The job: one look, and when to look again.
pub(crate) async fn watch(app: &Arc<App>, id: RefundId) -> Result<Ending, Error> {
    let Some(refund) = load(app, id).await? else { return Ok(Ending::Done) };
    if matches!(refund.status(), Status::Processed | Status::Failed) {
        return Ok(Ending::Done);
    }
    let connected = connections::open(app, refund.connection_id).await?;
    let turn = match connections::turn(app, &connected).await {
        Ok(turn) => turn,
        Err(later) => return Ok(Ending::Later(later)),
    };
    let refund = ask(app, &refund, By::Poll).await?;
    drop(turn);
    let next = next_look(&refund, app.now());
    let house = app.clone();
    let news = RefundNews { next_poll: Some(next), ..RefundNews::default() };
    app.store
        .write(async move |tx| {
            observe::refund(&house, tx, id, news.clone(), &Cause::of(By::Poll)).await.map(drop)
        })
        .await?;
    fail_point!("refund.watch_after_record");
    Ok(next.map_or(Ending::Done, Ending::Later))
}

/// A person or the API asks the provider at once.
pub async fn check_now(app: &Arc<App>, scope: Scope, id: RefundId) -> Result<Refund, Error> {
    let refund = super::get(app, scope, id).await?;
    match refund.status() {
        Status::Requested | Status::Processing => ask(app, &refund, By::Poll).await,
        Status::Processed | Status::Failed => Ok(refund),
    }
}

/// The same for the API: once for each idempotency key. Asking again after a crash is harmless: our reference makes
/// two requests one refund.
pub async fn check_by_api(
    app: &Arc<App>,
    scope: Scope,
    id: RefundId,
    key: Option<Key>,
) -> Result<Reply, Error> {
    once(app, key.as_ref(), &id.to_string(), async {
        Ok(Reply::new(200, &public::refund(&check_now(app, scope, id).await?)))
    })
    .await
}

/// The refund after its first call; one that was stopped in the middle is asked about, then asked for again.
pub(super) async fn settled(app: &Arc<App>, id: RefundId) -> Result<Refund, Error> {
    let refund = load(app, id).await?.ok_or(Error::NotFound { what: "refund" })?;
    let untouched = refund.status() == Status::Requested && refund.state.in_doubt_since().is_none();
    if untouched { call(app, &refund, By::Api).await } else { Ok(refund) }
}

async fn load(app: &App, id: RefundId) -> Result<Option<Refund>, Error> {
    Ok(app.store.read(async move |tx| refunds::load_by_id(tx, id).await).await?)
}

/// What became of it? Only a definite "no such refund" lets us ask for it once more.
async fn ask(app: &Arc<App>, refund: &Refund, by: By) -> Result<Refund, Error> {
    let connected = connections::open(app, refund.connection_id).await?;
    let Some(part) = connected.provider.refund() else { return Err(Error::RefundsNotOffered) };
    let wire = Wired::new(app, refund.connection_id, refund.id);
    let asked = asked(app, refund).await?;
    let found = part.fetch(connected.call(&wire), &asked, refund.provider_refund.as_deref()).await;
    if refund.origin == Origin::Provider && !matches!(found, Ok(Some(_))) {
        // Somebody else made it, and nobody may make it again. Some providers tell of it with its payment alone.
        take_in(app, refund, Err(None), wire.take(), by).await?;
        payments_look(app, refund.payment_id, by).await?;
        return load(app, refund.id).await?.ok_or(Error::NotFound { what: "refund" });
    }
    match found {
        Ok(Some(report)) => take_in(app, refund, Ok(report), wire.take(), by).await,
        Ok(None) if app.now().since(refund.created_at) < REPEAT_UNTIL_MS => {
            take_in(app, refund, Err(None), wire.take(), by).await?;
            call(app, refund, by).await
        }
        Ok(None) => take_in(app, refund, Err(None), wire.take(), by).await,
        // Not hearing is not an answer.
        Err(_) => take_in(app, refund, Err(None), wire.take(), by).await,
    }
}

/// Asks the provider for the refund.
pub(super) async fn call(app: &Arc<App>, refund: &Refund, by: By) -> Result<Refund, Error> {
    let connected = connections::open(app, refund.connection_id).await?;
    let Some(part) = connected.provider.refund() else { return Err(Error::RefundsNotOffered) };
    let wire = Wired::new(app, refund.connection_id, refund.id);
    let mut asked = asked(app, refund).await?;
    if planted!("new_ref_for_each_ask") {
        asked.our_ref = app.id(hundi_core::OurRef::new);
    }
    let answer = part.refund(connected.call(&wire), &asked).await;
    fail_point!("refund.after_call");
    let refund = take_in(app, refund, answer.map_err(Some), wire.take(), by).await?;
    fail_point!("refund.after_record");
    Ok(refund)
}

async fn asked(app: &App, refund: &Refund) -> Result<RefundAsk, Error> {
    let payment = refund.payment_id;
    let payment = app.store.read(async move |tx| payments::load_by_id(tx, payment).await).await?;
    let payment = payment.ok_or(Error::NotFound { what: "payment" })?;
    let reason = hundi_core::refund::Reason::ALL.iter().find(|r| r.as_str() == refund.reason);
    Ok(RefundAsk {
        our_ref: refund.our_ref,
        subject: subject_of(&payment)?,
        provider_payment: refund.provider_payment.clone(),
        amount: refund.state.amount,
        reason: reason.map_or("other", |r| r.as_str()),
    })
}

/// Writes what the provider said, or that it said nothing.
async fn take_in(
    app: &Arc<App>,
    refund: &Refund,
    answer: Result<Report, Option<CallError>>,
    exchanges: Vec<history::Exchange>,
    by: By,
) -> Result<Refund, Error> {
    let (house, id, connection) = (app.clone(), refund.id, refund.connection_id);
    let evidence = exchanges.last().map(|x| x.id.to_string());
    let cause = evidence.map_or(Cause::of(by), |id| Cause::shown_by(by, id));
    let taken = app
        .store
        .write(async move |tx| {
            match &answer {
                Ok(report) => {
                    let matched = observe::of_report(tx, connection, report).await?;
                    refund_report(&house, tx, report, matched, &cause).await?;
                }
                Err(Some(error)) => {
                    let news = news_of(error, house.now());
                    observe::refund(&house, tx, id, news, &cause).await?;
                }
                Err(None) => {}
            }
            for exchange in &exchanges {
                history::exchanged(tx, exchange).await?;
            }
            refunds::load_by_id(tx, id).await?.ok_or(Error::NotFound { what: "refund" })
        })
        .await;
    app.ring();
    taken
}

/// A refusal ends it and lets go of its reservation. What was surely not done yet is tried again by the job.
fn news_of(error: &CallError, now: Millis) -> RefundNews {
    let fact = |happened| vec![Fact { at: now, happened }];
    match error {
        CallError::Unknown(_) if planted!("refund_timeout_is_failure") => {
            RefundNews { facts: fact(Happened::Failed), ..RefundNews::default() }
        }
        CallError::Unknown(_) => RefundNews { facts: fact(Happened::WentUnknown), ..RefundNews::default() },
        CallError::NotDone(reason) => match reason.kind {
            ReasonKind::Unreachable
            | ReasonKind::RateLimited
            | ReasonKind::TimedOut
            | ReasonKind::ServerError => RefundNews::default(),
            ReasonKind::Refused
            | ReasonKind::Unauthorized
            | ReasonKind::Forbidden
            | ReasonKind::NotFound
            | ReasonKind::Broken
            | ReasonKind::Unreadable
            | ReasonKind::Unrecognised => RefundNews {
                facts: fact(Happened::Failed),
                failure: Some(FailureReason::ProviderRefused),
                ..RefundNews::default()
            },
        },
    }
}

fn next_look(refund: &Refund, now: Millis) -> Option<Millis> {
    let age = now.since(refund.created_at);
    if matches!(refund.status(), Status::Processed | Status::Failed) || age > LOOK_UNTIL_MS {
        return None;
    }
    let step = LOOKS_MS.iter().find(|after| **after > age);
    Some(step.map_or_else(|| now.plus(LOOK_EVERY_MS), |after| refund.created_at.plus(*after)))
}
