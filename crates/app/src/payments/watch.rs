//! Looking after a payment until nothing can happen to it any more: asking the provider by its own schedule, finding
//! an opening again whose answer was lost, ending the session, and putting what stays unknown before a person.

use super::pay::{capture_by, news_of, opening, record_news};
use super::{SAVED, charge, subject_of};
use crate::answer::{Key, Reply, once};
use crate::connections::{self, Opened as Connected};
use crate::error::Error;
use crate::jobs::Ending;
use crate::observe::{self, By, Cause, Matched, News};
use crate::wired::Wired;
use crate::{App, fail_point, planted, public};
use hundi_core::payment::{Fact, Happened, Status};
use hundi_core::time::{hours, minutes};
use hundi_core::{FailureReason, Millis, PaymentId, Scope};
use hundi_providers::{CallError, Card, Opening, Report};
use hundi_store::orders::Order;
use hundi_store::payments::Payment;
use hundi_store::{DbError, history, orders, payments, people, saved_methods};
use std::sync::Arc;

/// Between two definite "no such order" before we believe that an opening never happened (SAFETY F11).
const MISSING_FOR_MS: i64 = minutes(3);
/// After a look that was not answered.
const LOOK_AGAIN_MS: i64 = minutes(10);
/// An unknown outcome goes before a person after a day (PRODUCT PY4).
const ESCALATE_AFTER_MS: i64 = hours(24);

/// The job: one look, and when to look again.
pub(crate) async fn watch(app: &Arc<App>, id: PaymentId) -> Result<Ending, Error> {
    let Some((payment, order)) = load(app, id).await? else { return Ok(Ending::Done) };
    let connected = connections::open(app, payment.connection_id).await?;
    let card = connected.provider.card();
    if is_over(&payment, card, app.now()) {
        return Ok(Ending::Done);
    }
    let turn = match connections::turn(app, &connected).await {
        Ok(turn) => turn,
        Err(later) => return Ok(Ending::Later(later)),
    };
    let payment = ask(app, &connected, &payment, &order, By::Poll).await?;
    drop(turn);
    let payment = lapse(app, payment).await?;
    let next = next_look(&payment, card, app.now());
    note_next(app, payment.id, next).await?;
    fail_point!("watch.after_record");
    Ok(next.map_or(Ending::Done, Ending::Later))
}

/// A person or the API asks the provider at once.
pub async fn check_now(app: &Arc<App>, scope: Scope, id: PaymentId) -> Result<Payment, Error> {
    let found = app.store.read(async move |tx| payments::load(tx, scope, id).await).await?;
    found.ok_or(Error::NotFound { what: "payment" })?;
    look(app, id, By::Person).await
}

/// The payer asks, on the page of an order: its link says whose it is.
pub async fn check_for_payer(app: &Arc<App>, payment: &Payment) -> Result<Payment, Error> {
    look(app, payment.id, By::Return).await
}

/// The same for the API: once for each idempotency key. Asking again after a crash is harmless.
pub async fn check_by_api(
    app: &Arc<App>,
    scope: Scope,
    id: PaymentId,
    key: Option<Key>,
) -> Result<Reply, Error> {
    once(app, key.as_ref(), &id.to_string(), async {
        super::get(app, scope, id).await?;
        Ok(Reply::new(200, &public::payment(&look(app, id, By::Api).await?)))
    })
    .await
}

/// One look without touching the schedule, for a request that was stopped in the middle.
pub(crate) async fn resume(app: &Arc<App>, id: PaymentId) -> Result<Payment, Error> {
    look(app, id, By::Api).await
}

/// One look without touching the schedule, whatever caused it.
pub(crate) async fn look(app: &Arc<App>, id: PaymentId, by: By) -> Result<Payment, Error> {
    let (payment, order) = load(app, id).await?.ok_or(Error::NotFound { what: "payment" })?;
    let connected = connections::open(app, payment.connection_id).await?;
    ask(app, &connected, &payment, &order, by).await
}

/// The job: one look at a payment of which a refund may have been made elsewhere, again until the provider was heard.
pub(crate) async fn look_once(app: &Arc<App>, id: PaymentId) -> Result<Ending, Error> {
    let Some((payment, _)) = load(app, id).await? else { return Ok(Ending::Done) };
    let connected = connections::open(app, payment.connection_id).await?;
    let _turn = match connections::turn(app, &connected).await {
        Ok(turn) => turn,
        Err(later) => return Ok(Ending::Later(later)),
    };
    let asked_at = app.now();
    let payment = look(app, id, By::Poll).await?;
    // One that was not opened yet is watched in any case.
    let heard =
        payment.provider_order.is_none() || payment.state.answered_at.is_some_and(|at| at >= asked_at);
    Ok(if heard { Ending::Done } else { Ending::Later(asked_at.plus(LOOK_AGAIN_MS)) })
}

/// A payment's connection, for a job that has yet to take its turn there.
pub(super) async fn connected_of(app: &App, id: PaymentId) -> Result<Connected, Error> {
    let found = app.store.read(async move |tx| payments::load_by_id(tx, id).await).await?;
    connections::open(app, found.ok_or(Error::NotFound { what: "payment" })?.connection_id).await
}

async fn load(app: &App, id: PaymentId) -> Result<Option<(Payment, Order)>, Error> {
    app.store
        .read(async move |tx| {
            let Some(payment) = payments::load_by_id(tx, id).await? else { return Ok(None) };
            let order = orders::load_by_link(tx, payment.order_id).await?;
            Ok(order.map(|order| (payment, order)))
        })
        .await
}

async fn ask(
    app: &Arc<App>,
    connected: &Connected,
    payment: &Payment,
    order: &Order,
    by: By,
) -> Result<Payment, Error> {
    if payment.flow == SAVED && !charge::was_begun(app, payment.id).await? {
        return Box::pin(charge::carry_on(app, payment, by)).await;
    }
    match &payment.provider_order {
        Some(_) => {
            let payment = fetch(app, connected, payment, by).await?;
            finish(app, connected, payment, order, by).await
        }
        None if payment.status() == Status::Created => find(app, connected, payment, order, by).await,
        None => Ok(payment.clone()),
    }
}

/// The opening's answer never reached us: was it opened? Asked by our own reference.
async fn find(
    app: &Arc<App>,
    connected: &Connected,
    payment: &Payment,
    order: &Order,
    by: By,
) -> Result<Payment, Error> {
    let merchant = payment.scope.merchant();
    let name = app.store.read(async move |tx| people::merchant(tx, merchant).await).await?;
    let name = name.map_or_else(String::new, |m| m.name);
    let flow = payment.flow.parse().map_err(|()| Error::Bug("a payment has no flow".into()))?;
    let wire = Wired::new(app, payment.connection_id, payment.id);
    let id = payment.id;
    let consent = app.store.read(async move |tx| saved_methods::consent(tx, id).await).await?;
    let keep_for = consent.map(|c| c.provider_customer);
    let opening = Opening { keep_for, ..opening(app, payment, order, &name, flow) };
    let found = connected.provider.open().find(connected.call(&wire), &opening).await;
    fail_point!("watch.after_find");
    let now = app.now();
    let fact = |happened| Fact { at: now, happened };
    let news = match found {
        Ok(Some(opened)) => news_of(&Ok(opened), now),
        Ok(None)
            if payment.missing_at.is_some_and(|first| now.since(first) >= MISSING_FOR_MS)
                || planted!("one_no_is_believed") =>
        {
            let reason = FailureReason::ProviderError;
            News::of(vec![fact(Happened::Answered), fact(Happened::Refused { reason })])
        }
        Ok(None) => News { missing: Some(now), ..News::default() },
        // It stays as unknown as it was, and since when; the exchange is kept as evidence.
        Err(_) if payment.state.in_doubt_since().is_some() => News::default(),
        Err(CallError::NotDone(_) | CallError::Unknown(_)) => News::of(vec![fact(Happened::WentUnknown)]),
    };
    record_news(app, payment.id, news, wire.take(), by).await
}

async fn fetch(app: &Arc<App>, connected: &Connected, payment: &Payment, by: By) -> Result<Payment, Error> {
    let wire = Wired::new(app, payment.connection_id, payment.id);
    let subject = subject_of(payment)?;
    let fetched = connected.provider.watch().fetch(connected.call(&wire), &subject).await;
    fail_point!("watch.after_call");
    match fetched {
        Ok(reports) => take_in(app, payment, reports, wire.take(), by).await,
        // Not hearing is not an answer: what was known stays, with the exchange as evidence.
        Err(CallError::NotDone(_) | CallError::Unknown(_)) => {
            record_news(app, payment.id, News::default(), wire.take(), by).await
        }
    }
}

/// The payer agreed and the provider waits for our word. Asked for by our reference, so that twice is once; and what
/// the order no longer takes is never asked for.
async fn finish(
    app: &Arc<App>,
    connected: &Connected,
    payment: Payment,
    order: &Order,
    by: By,
) -> Result<Payment, Error> {
    let Some(part) = connected.provider.finish() else { return Ok(payment) };
    if !payment.state.awaits_our_word() || !order.status.can_be_paid() {
        return Ok(payment);
    }
    let wire = Wired::new(app, payment.connection_id, payment.id);
    let said = part.finish(connected.call(&wire), &subject_of(&payment)?, capture_by(order)).await;
    fail_point!("watch.after_finish");
    match said {
        Ok(reports) => take_in(app, &payment, reports, wire.take(), by).await,
        Err(CallError::Unknown(_)) => {
            let fact = Fact { at: app.now(), happened: Happened::WentUnknown };
            record_news(app, payment.id, News::of(vec![fact]), wire.take(), by).await
        }
        // Surely not done: asked for again at the next look, while the payer's yes stands.
        Err(CallError::NotDone(_)) => record_news(app, payment.id, News::default(), wire.take(), by).await,
    }
}

/// Everything the provider said about the payment and its refunds, in one transaction.
pub(super) async fn take_in(
    app: &Arc<App>,
    payment: &Payment,
    reports: Vec<Report>,
    exchanges: Vec<history::Exchange>,
    by: By,
) -> Result<Payment, Error> {
    let house = app.clone();
    let (id, connection) = (payment.id, payment.connection_id);
    let evidence = exchanges.last().map(|x| x.id.to_string());
    let cause = evidence.map_or(Cause::of(by), |id| Cause::shown_by(by, id));
    let payment = app
        .store
        .write(async move |tx| {
            let app = &*house;
            // What was asked before a call went unknown says nothing about that call.
            let asked_at = exchanges.first().map_or_else(|| app.now(), |x| x.at);
            let mut facts = vec![Fact { at: asked_at, happened: Happened::Answered }];
            facts.extend(reports.iter().filter_map(|r| match r {
                Report::Payment { fact, .. } => Some(fact.clone()),
                Report::Refund { .. } => None,
            }));
            observe::payment(app, tx, id, News::of(facts), &cause).await?;
            for report in reports.iter().filter(|r| matches!(r, Report::Refund { .. })) {
                let matched = observe::of_report(tx, connection, report).await?;
                refund_report(app, tx, report, matched, &cause).await?;
            }
            for exchange in &exchanges {
                history::exchanged(tx, exchange).await?;
            }
            let payment = payments::load_by_id(tx, id).await?;
            payment.ok_or_else(|| DbError::Bug("a payment vanished".into()).into())
        })
        .await;
    fail_point!("watch.after_take_in");
    app.ring();
    payment
}

/// A refund as reported: ours, or one that is adopted now. Anybody else's moves nothing here.
pub(crate) async fn refund_report(
    app: &App,
    tx: &mut hundi_store::Tx,
    report: &Report,
    matched: Matched,
    cause: &Cause,
) -> Result<observe::Came, Error> {
    let Report::Refund { about, fact } = report else { return Ok(observe::Came::Same) };
    let id = match matched {
        Matched::Refund(id) if !planted!("adopt_refund_twice") || about.our_ref.is_some() => id,
        Matched::Refund(id) => {
            let known = hundi_store::refunds::load_by_id(tx, id).await?;
            let payment = known.ok_or(Error::NotFound { what: "refund" })?.payment_id;
            observe::adopt(app, tx, payment, about, app.now()).await?
        }
        Matched::UnknownRefundOf(payment) => observe::adopt(app, tx, payment, about, app.now()).await?,
        Matched::Payment(_) | Matched::Contradicts(_) | Matched::Nobody => return Ok(observe::Came::Same),
    };
    let answered =
        hundi_core::refund::Fact { at: app.now(), happened: hundi_core::refund::Happened::Answered };
    let mut fact = fact.clone();
    if planted!("accepted_is_processed") && fact.happened == hundi_core::refund::Happened::Accepted {
        fact.happened = hundi_core::refund::Happened::Processed;
    }
    let news = observe::RefundNews {
        facts: vec![answered, fact],
        provider_refund: Some(about.provider_refund.clone()),
        bank_ref: about.bank_ref.clone(),
        ..observe::RefundNews::default()
    };
    observe::refund(app, tx, id, news, cause).await.map(|(_, came)| came)
}

/// Ends a session whose time is over. What may have been charged is never ended so.
async fn lapse(app: &Arc<App>, payment: Payment) -> Result<Payment, Error> {
    let now = app.now();
    let open = matches!(payment.status(), Status::Created | Status::Pending);
    // Only after the provider was heard since: a session must not end while its outcome can't be asked.
    let heard =
        payment.state.answered_at.is_some_and(|at| at >= payment.expires_at) || payment.missing_at.is_some();
    let lapsed = open && now >= payment.expires_at && payment.state.in_doubt_since().is_none() && heard;
    if !lapsed || payment.state.lapsed || (payment.provider_order.is_none() && payment.missing_at.is_none()) {
        return Ok(payment);
    }
    let fact = Fact { at: payment.expires_at, happened: Happened::Lapsed };
    record_news(app, payment.id, News::of(vec![fact]), Vec::new(), By::Timeout).await
}

async fn note_next(app: &Arc<App>, id: PaymentId, next: Option<Millis>) -> Result<(), Error> {
    let (house, now) = (app.clone(), app.now());
    app.store
        .write(async move |tx| {
            let payment = payments::load_by_id(tx, id).await?.ok_or(Error::NotFound { what: "payment" })?;
            let long_unknown =
                payment.state.in_doubt_since().is_some_and(|since| now.since(since) >= ESCALATE_AFTER_MS);
            let news = News { next_poll: Some(next), escalated: long_unknown, ..News::default() };
            observe::payment(&house, tx, id, news, &Cause::of(By::Poll)).await.map(drop)
        })
        .await
}

/// Nothing more can come of asking: it is paid, or its time at the provider is long over.
fn is_over(payment: &Payment, card: &Card, now: Millis) -> bool {
    let captured = payment.status() == Status::Captured;
    let old = now.since(payment.created_at) > card.poll_until_ms;
    captured || (old && payment.state.in_doubt_since().is_none() && payment.status() != Status::Authorized)
}

/// The provider's own schedule, counted from the opening; the session's end is looked at in any case.
fn next_look(payment: &Payment, card: &Card, now: Millis) -> Option<Millis> {
    if is_over(payment, card, now) {
        return None;
    }
    let age = now.since(payment.created_at);
    let step = card.poll_after_ms.iter().find(|after| **after > age);
    let next = step.map_or_else(|| now.plus(card.poll_every_ms), |after| payment.created_at.plus(*after));
    let session_end = payment.expires_at;
    let open = matches!(payment.status(), Status::Created | Status::Pending);
    Some(if open && session_end > now && session_end < next { session_end } else { next })
}
