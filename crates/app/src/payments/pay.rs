//! Paying an order, in three beats: begin (row and watch job, one transaction), call (the provider, with a deadline),
//! record (row, events, history, one transaction). Stopped between any two, the watch job knows what to do.

use super::guard::{InTheWay, latest_failed, stands_in_the_way};
use super::last_resort::{asked_in_turn, no_fallback};
use super::{handle_json, resume};
use crate::answer::{Reply, Taken, finish, seen};
use crate::connections::{self, Opened as Connected};
use crate::error::Error;
use crate::limits::{self, Rule};
use crate::methods::{Consented, consent_at};
use crate::observe::{self, By, Cause, News, Opened};
use crate::rehearsal::{self, Wanted, Wish};
use crate::routing::{self, Ask, Plan, Route};
use crate::wired::Wired;
use crate::{App, fail_point, jobs, planted, public};
use hundi_core::event::EventType;
use hundi_core::guard;
use hundi_core::order::Fact as OrderFact;
use hundi_core::order::Status::Expired;
use hundi_core::payment::{Fact, Happened, State};
use hundi_core::routing::{Outcome, PassedOver, Unfit};
use hundi_core::{ConnectionId, EventId, FailureReason, Method, Millis, OrderId, OurRef, PaymentId, Scope};
use hundi_providers::{CallError, CaptureBy, Flow, Opening, Payer, ReasonKind};
use hundi_store::connections::Connection;
use hundi_store::events::{self, Event};
use hundi_store::idempotency::{self, Key};
use hundi_store::orders::{self, Order};
use hundi_store::payments::{self, Payment};
use hundi_store::{Tx, history, metadata, people, rehearsals};
use std::sync::Arc;

/// How the payer wants to pay, and who is asking.
#[derive(Clone, Debug)]
pub struct Choice {
    pub connection: Option<ConnectionId>,
    pub flow: Option<Flow>,
    /// As far as it is known before the payer chose: it routes, and a provider's page may open on it.
    pub method: Option<Method>,
    pub payer_ip: Option<String>,
    pub payer_agent: Option<String>,
    /// The payer agreed that what they pay with is kept.
    pub keep: Option<Consented>,
    /// Who began it: `key:…`, `payer`.
    pub by: String,
}

/// Begins a payment of an order, or returns the one that is under way.
pub async fn pay(app: &Arc<App>, scope: Scope, order: OrderId, choice: Choice) -> Result<Payment, Error> {
    routed(app, (scope, order), (&choice, &Wish::NONE), None, None).await?.ok_or(Error::KeyInFlight)
}

/// The same after a payment that failed or expired. `None`: the key is taken.
pub(super) async fn begin_again(
    app: &Arc<App>,
    before: &Payment,
    choice: &Choice,
    key: Option<Key>,
) -> Result<Option<Payment>, Error> {
    routed(app, (before.scope, before.order_id), (choice, &Wish::NONE), Some(before.id), key).await
}

/// The same for the API: one payment for each idempotency key.
pub async fn pay_by_api(
    app: &Arc<App>,
    scope: Scope,
    order: OrderId,
    choice: Choice,
    key: Option<Key>,
) -> Result<Reply, Error> {
    pay_rehearsed(app, scope, order, (choice, Wish::NONE), key).await
}

/// The same with a payer who does what a test asks for.
pub async fn pay_rehearsed(
    app: &Arc<App>,
    scope: Scope,
    order: OrderId,
    (choice, wish): (Choice, Wish),
    key: Option<Key>,
) -> Result<Reply, Error> {
    let payment = match seen(app, key.as_ref()).await? {
        Taken::Replay(reply) => return Ok(reply),
        Taken::Finish { object_id } => {
            let id = object_id.parse().map_err(|_| Error::Bug("a key names no payment".into()))?;
            resume(app, id).await?
        }
        Taken::Free => {
            let begun = routed(app, (scope, order), (&choice, &wish), None, key.clone()).await?;
            begun.ok_or(Error::KeyInFlight)?
        }
    };
    fail_point!("pay.before_answer");
    finish(app, key.as_ref(), Reply::new(201, &public::payment(&payment))).await
}

/// Tries one connection after the other, going on only where the one before surely did nothing (DESIGN, rule 2).
/// `retried` is the payment that the payer tries again. `None`: the key is taken.
async fn routed(
    app: &Arc<App>,
    (scope, order): (Scope, OrderId),
    (choice, wish): (&Choice, &Wish),
    retried: Option<PaymentId>,
    key: Option<Key>,
) -> Result<Option<Payment>, Error> {
    let wanted = order_of(app, scope, order).await?;
    not_too_often(app, &wanted, choice).await?;
    let mut routes = choose(app, scope, choice, &wanted).await?;
    let rehearsed = rehearsal::wanted(wish, &wanted);
    if rehearsed.is_some() {
        routes.retain(|route| connections::is_simulated(app, &route.row));
        if routes.is_empty() {
            return Err(Error::NotSimulated);
        }
    }
    let routes = asked_in_turn(routes);
    let last = routes.len();
    let mut before: Option<Payment> = None;
    for (at, route) in routes.into_iter().enumerate() {
        let links = Links { before: before.as_ref().map(|payment| payment.id), retried };
        let chosen = (choice, route, rehearsed.clone());
        let started = match begin(app, scope, &wanted, chosen, links, key.clone()).await? {
            Begun::KeyTaken => return Ok(None),
            Begun::UnderWay(payment) => return Ok(Some(*payment)),
            // It ends where it stood before the platform's account would have been asked.
            Begun::NoFallback(why) => return before.map_or(Err(why), |payment| Ok(Some(payment))),
            Begun::New(started) => started,
        };
        let answer = call(app, &started).await;
        let goes_on = at + 1 < last
            && (guard::fails_over(ended(&answer.opened))
                || (planted!("failover_on_unknown") && answer.opened.is_err()));
        let payment = record(app, &started, answer).await?;
        if !goes_on {
            return Ok(Some(payment));
        }
        before = Some(payment);
    }
    Err(Error::Bug("no route was tried".into()))
}

/// A payer is who the order names, or else whoever pays this order. What is written of payers is the merchant's word,
/// so it counts among this merchant's own.
async fn not_too_often(app: &App, order: &Order, choice: &Choice) -> Result<(), Error> {
    let merchant = order.scope.merchant();
    let named = order.payer_phone.clone().or_else(|| order.payer_email.as_deref().map(str::to_lowercase));
    let payer = named.unwrap_or_else(|| order.id.to_string());
    limits::take(app, Rule::PaymentStarts, &format!("{merchant}:{payer}")).await?;
    if let Some(ip) = &choice.payer_ip {
        let key = format!("{merchant}:{}", limits::network_of(ip));
        limits::take(app, Rule::PaymentStartsFromAddress, &key).await?;
    }
    Ok(())
}

/// How an opening ended, for the decision whether to go on.
const fn ended(opened: &Result<hundi_providers::Opened, CallError>) -> guard::Opening {
    match opened {
        Ok(_) => guard::Opening::Done,
        Err(CallError::NotDone(_)) => guard::Opening::NotDone,
        Err(CallError::Unknown(_)) => guard::Opening::Unknown,
    }
}

/// What a new payment follows.
#[derive(Clone, Copy)]
struct Links {
    /// The one whose place it takes: its connection surely did nothing.
    before: Option<PaymentId>,
    /// The failed one that the payer tries again.
    retried: Option<PaymentId>,
}

enum Begun {
    New(Box<Started>),
    /// The payer came back to a payment that is still open.
    UnderWay(Box<Payment>),
    KeyTaken,
    /// The platform's account may not be used, and why nothing else can.
    NoFallback(Error),
}

struct Started {
    payment: Payment,
    order: Order,
    connected: Connected,
    flow: Flow,
    merchant_name: String,
    /// A test wants the provider to go silent.
    doubt: bool,
    /// The provider's record of the payer, for whom it is to keep what they pay with.
    keep_for: Option<String>,
    /// What the payer chose on our own page. Not kept: found again, the payment opens on all there is.
    wants: Option<Method>,
}

async fn begin(
    app: &Arc<App>,
    scope: Scope,
    order: &Order,
    (choice, route, rehearsed): (&Choice, Route, Option<Wanted>),
    links: Links,
    key: Option<Key>,
) -> Result<Begun, Error> {
    let order_id = order.id;
    let (flow, trial, fallback, choice) = (route.flow, route.trial, route.fallback, choice.clone());
    let wants = choice.method;
    let doubt = rehearsed.as_ref().is_some_and(|wanted| wanted.outcome == rehearsal::Outcome::Doubt);
    let connected = connections::open_row(app, route.row).await?;
    // Nothing is kept in an account that is not the merchant's: it could not be charged when the loan is over.
    let keep = choice.keep.as_ref().filter(|_| fallback.is_none());
    let kept = consent_at(app, &connected, flow, order, keep).await?;
    let keep_for = kept.as_ref().map(|kept| kept.there.clone());
    let ids =
        Ids { payment: app.id(PaymentId::new), our_ref: app.id(OurRef::new), event: app.id(EventId::new) };
    let house = app.clone();
    let (session_ms, connection) = (connected.row.session_ms, connected.row.id);
    let polls = connected.provider.card().poll_after_ms.first().copied().unwrap_or(15_000);
    let begun = app
        .store
        .write(async move |tx| {
            let now = house.now();
            orders::lock(tx, order_id).await?;
            let order = orders::load(tx, scope, order_id).await?.ok_or(Error::NotFound { what: "order" })?;
            // Past its end it takes no more payers, though it may wait to hear of those it had.
            if order.status.can_be_paid() && order.expires_at.is_some_and(|at| now >= at) {
                return Err(Error::OrderCannotBePaid { status: Expired });
            }
            let all = payments::of_order(tx, order.id).await?;
            let in_the_way = stands_in_the_way(&house, &order, &all, (connection, flow), now);
            if let (Some(agreement), Ok(way)) = (fallback, &in_the_way)
                && let Some(why) = no_fallback(tx, agreement, way, &all, &choice, now).await?
            {
                return Ok(Decided::NoFallback(why));
            }
            // The key names the payment that the answer will show: whoever finishes after a death looks for that one.
            let shown = match &in_the_way {
                Ok(InTheWay::SameAgain(payment)) => payment.id,
                Ok(InTheWay::Nothing | InTheWay::Superseded(_) | InTheWay::Voided(_)) | Err(_) => ids.payment,
            };
            if let Some(key) = &key {
                let ours = match links.before {
                    None => idempotency::begin(tx, key, &shown.to_string(), now).await?,
                    Some(_) => idempotency::repoint(tx, key, &shown.to_string(), now).await?,
                };
                if !ours {
                    return Ok(Decided::KeyTaken);
                }
            }
            let (after, voided) = match in_the_way? {
                InTheWay::Nothing => (links.before.or(links.retried).or(latest_failed(&all)), Vec::new()),
                InTheWay::Superseded(earlier) => (Some(earlier), Vec::new()),
                InTheWay::Voided(these) => (these.last().copied(), these),
                InTheWay::SameAgain(payment) => {
                    rehearse(&house, tx, &payment, rehearsed.as_ref(), now).await?;
                    return Ok(Decided::UnderWay(payment));
                }
            };
            if !order.status.can_be_paid() {
                return Err(Error::OrderCannotBePaid { status: order.status });
            }
            for earlier in voided {
                let fact = Fact { at: now, happened: Happened::Cancelled };
                let cause = Cause::of(By::Policy);
                observe::payment(&house, tx, earlier, News::of(vec![fact]), &cause).await?;
            }
            let merchant =
                people::merchant(tx, scope.merchant()).await?.ok_or(Error::NotFound { what: "merchant" })?;
            let terms = (now, session_ms, polls);
            let new = new_payment(&order, &choice, (connection, flow.as_str(), after), &ids, terms);
            let payment = Payment { fallback, ..new };
            payments::insert(tx, &payment).await?;
            rehearse(&house, tx, &payment, rehearsed.as_ref(), now).await?;
            if let Some(kept) = &kept {
                kept.write(&house, tx, &payment, now).await?;
            }
            if order.metadata != "{}" {
                metadata::copy_of_order(tx, order.id, payment.id, now).await?;
            }
            if trial {
                routing::happened(&house, tx, connection, None, Outcome::Trial).await?;
            }
            events::insert(tx, &created(&payment, ids.event, now)).await?;
            let watch_at = payment.next_poll_at.unwrap_or(now);
            let job = jobs::Kind::Watch;
            if !planted!("forget_watch_job") {
                jobs::enqueue(tx, jobs::id(&house), job, &payment.id.to_string(), Some(scope), watch_at, now)
                    .await?;
            }
            let order =
                observe::order(&house, tx, order, &[OrderFact::Attempted], &Cause::of(By::Api)).await?;
            Ok::<_, Error>(Decided::New(Box::new((payment, order, merchant.name))))
        })
        .await?;
    fail_point!("pay.after_begin");
    app.ring();
    Ok(match begun {
        Decided::KeyTaken => Begun::KeyTaken,
        Decided::NoFallback(why) => Begun::NoFallback(why),
        Decided::UnderWay(payment) => Begun::UnderWay(payment),
        Decided::New(begun) => {
            let (payment, order, merchant_name) = *begun;
            let started = Started { payment, order, connected, flow, merchant_name, doubt, keep_for, wants };
            Begun::New(Box::new(started))
        }
    })
}

/// What the transaction came to.
enum Decided {
    KeyTaken,
    NoFallback(Error),
    UnderWay(Box<Payment>),
    /// With its order, and the merchant's name.
    New(Box<(Payment, Order, String)>),
}

/// Promises the payer that a test asks for, in the transaction of the payment.
async fn rehearse(
    app: &App,
    tx: &mut Tx,
    payment: &Payment,
    wanted: Option<&Wanted>,
    now: Millis,
) -> Result<(), Error> {
    let Some(wanted) = wanted else { return Ok(()) };
    rehearsals::put(tx, &wanted.row(payment.id, payment.scope, now)).await?;
    let (job, at, scope) = (jobs::id(app), now.plus(wanted.delay_ms), Some(payment.scope));
    Ok(jobs::enqueue(tx, job, jobs::Kind::Rehearse, &payment.id.to_string(), scope, at, now).await?)
}

pub(super) async fn order_of(app: &App, scope: Scope, id: OrderId) -> Result<Order, Error> {
    let order = app.store.read(async move |tx| orders::load(tx, scope, id).await).await?;
    order.ok_or(Error::NotFound { what: "order" })
}

/// The connection that was named; otherwise those that fit, in the order in which the merchant's rules and their own
/// health put them.
async fn choose(app: &App, scope: Scope, choice: &Choice, order: &Order) -> Result<Vec<Route>, Error> {
    let ask = Ask {
        amount: order.amount,
        method: choice.method,
        flow: choice.flow,
        at: app.now(),
        dice: dice(order.id),
    };
    let Some(id) = choice.connection else {
        let plan = routing::plan(app, scope, &ask).await?;
        return if plan.routes.is_empty() { Err(nowhere(&plan, choice)) } else { Ok(plan.routes) };
    };
    let row = app.store.read(async move |tx| hundi_store::connections::load(tx, scope, id).await).await?;
    let row = row.ok_or(Error::NotFound { what: "connection" })?;
    match routing::flow_of(&row, &ask) {
        Ok(flow) => Ok(vec![Route { row, flow, trial: false, fallback: None }]),
        Err(unfit) => Err(refusal(unfit, &row, order, choice)),
    }
}

/// The same for every try at one order, so that a payer who asks again is sent the same way.
fn dice(order: OrderId) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    order.to_string().bytes().fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

pub(super) fn refusal(unfit: Unfit, row: &Connection, order: &Order, choice: &Choice) -> Error {
    let shown = |minor| hundi_core::Money::new(minor, order.amount.currency()).shown();
    match unfit {
        Unfit::Disabled => Error::ConnectionDisabled,
        Unfit::Currency => Error::CurrencyNotOffered,
        Unfit::Amount => Error::AmountOutsideLimits { min: shown(row.min_minor), max: shown(row.max_minor) },
        Unfit::Flow => no_connection(choice),
    }
}

pub(super) fn no_connection(choice: &Choice) -> Error {
    Error::NoConnection { flow: choice.flow.map_or("any way to pay", Flow::as_str).to_owned() }
}

/// Why nothing could be tried: what will pass by itself first, then what the merchant can mend.
fn nowhere(plan: &Plan, choice: &Choice) -> Error {
    let mut over = plan.decision.passed_over.iter();
    let down = over.any(|(_, why)| matches!(why, PassedOver::Down { .. } | PassedOver::Recovering));
    let unfit = |wanted| plan.passed_over().any(|why| why == PassedOver::Unfit(wanted));
    match () {
        () if down => Error::ProvidersDown,
        () if unfit(Unfit::Amount) => plan.limits().unwrap_or_else(|| no_connection(choice)),
        () if unfit(Unfit::Currency) => Error::CurrencyNotOffered,
        () => no_connection(choice),
    }
}

#[derive(Clone, Copy)]
pub(super) struct Ids {
    pub(super) payment: PaymentId,
    pub(super) our_ref: OurRef,
    pub(super) event: EventId,
}

pub(super) fn new_payment(
    order: &Order,
    choice: &Choice,
    (connection_id, flow, after): (ConnectionId, &str, Option<PaymentId>),
    ids: &Ids,
    (now, session_ms, first_poll_ms): (Millis, i64, i64),
) -> Payment {
    Payment {
        id: ids.payment,
        scope: order.scope,
        order_id: order.id,
        connection_id,
        fallback: None,
        after,
        our_ref: ids.our_ref,
        flow: flow.to_owned(),
        state: State::new(order.amount),
        captured_minor: 0,
        refunded_minor: 0,
        reserved_minor: 0,
        adopted_minor: 0,
        provider_order: None,
        handle: None,
        payer_ip: choice.payer_ip.clone(),
        payer_agent: choice.payer_agent.clone(),
        escalated_at: None,
        missing_at: None,
        expires_at: now.plus(session_ms),
        next_poll_at: Some(now.plus(first_poll_ms)),
        polls: 0,
        created_by: choice.by.clone(),
        created_at: now,
        updated_at: now,
        version: 1,
        event_seq: 1,
    }
}

pub(super) fn created(payment: &Payment, id: EventId, now: Millis) -> Event {
    Event {
        id,
        scope: payment.scope,
        kind: EventType::PaymentCreated,
        object_type: "payment",
        object_id: payment.id.to_string(),
        seq: 1,
        capture_id: None,
        created_at: now,
        body: public::payment(payment).to_string(),
    }
}

struct Answered {
    opened: Result<hundi_providers::Opened, CallError>,
    exchanges: Vec<history::Exchange>,
}

async fn call(app: &App, started: &Started) -> Answered {
    let payment = &started.payment;
    let wire = Wired::new(app, payment.connection_id, payment.id);
    let usual = opening(app, payment, &started.order, &started.merchant_name, started.flow);
    let opening = Opening {
        keep_for: started.keep_for.clone(),
        payer: Payer { wants: started.wants, ..usual.payer },
        ..usual
    };
    if started.doubt
        && let Err(error) = rehearsal::silence(app, payment).await
    {
        // Nobody was asked yet.
        let reason = CallError::not_done(ReasonKind::Unreachable, error.sentence());
        return Answered { opened: Err(reason), exchanges: Vec::new() };
    }
    let opened = started.connected.provider.open().open(started.connected.call(&wire), &opening).await;
    fail_point!("pay.after_call");
    Answered { opened, exchanges: wire.take() }
}

/// What we ask the provider to open. The same for the call and for finding it again.
pub(super) fn opening(
    app: &App,
    payment: &Payment,
    order: &Order,
    merchant_name: &str,
    flow: Flow,
) -> Opening {
    let description = order.description.clone().or_else(|| order.receipt.clone());
    Opening {
        our_ref: payment.our_ref,
        amount: order.amount,
        flow,
        description: description.unwrap_or_else(|| format!("Order {}", order.id)),
        merchant_name: merchant_name.to_owned(),
        payer: Payer {
            name: order.payer_name.clone(),
            email: order.payer_email.clone(),
            phone: order.payer_phone.clone(),
            ip: payment.payer_ip.clone(),
            user_agent: payment.payer_agent.clone(),
            wants: None,
        },
        return_url: format!("{}/return", app.checkout_url(order.id)) + &format!("/{}", payment.id),
        expires_at: payment.expires_at,
        capture: capture_by(order),
        keep_for: None,
    }
}

pub(super) const fn capture_by(order: &Order) -> CaptureBy {
    if order.capture_manual { CaptureBy::Us } else { CaptureBy::Provider }
}

async fn record(app: &Arc<App>, started: &Started, answer: Answered) -> Result<Payment, Error> {
    let (id, now) = (started.payment.id, app.now());
    let mut news = news_of(&answer.opened, now);
    news.work = work_of(&answer.opened);
    record_news(app, id, news, answer.exchanges, By::Api).await
}

/// What an opening says of its connection. A refusal of what was asked says nothing.
const fn work_of(opened: &Result<hundi_providers::Opened, CallError>) -> Option<Outcome> {
    match opened {
        Ok(_) => Some(Outcome::Good),
        Err(CallError::Unknown(_)) => Some(Outcome::Bad),
        Err(CallError::NotDone(reason)) => match reason.kind {
            ReasonKind::Refused | ReasonKind::NotFound => None,
            ReasonKind::Unreachable
            | ReasonKind::TimedOut
            | ReasonKind::Broken
            | ReasonKind::ServerError
            | ReasonKind::RateLimited
            | ReasonKind::Unreadable
            | ReasonKind::Unrecognised
            | ReasonKind::Unauthorized
            | ReasonKind::Forbidden => Some(Outcome::Bad),
        },
    }
}

/// What an answer to `open` (or its absence) means.
pub(super) fn news_of(opened: &Result<hundi_providers::Opened, CallError>, now: Millis) -> News {
    let fact = |happened| Fact { at: now, happened };
    match opened {
        Ok(opened) => News {
            facts: vec![fact(Happened::Opened), fact(Happened::Answered)],
            opened: Some(Opened {
                provider_order: opened.provider_order.clone(),
                handle: Some(handle_json(opened).to_string()),
            }),
            ..News::default()
        },
        Err(CallError::NotDone(_)) => {
            News::of(vec![fact(Happened::Refused { reason: FailureReason::ProviderRefused })])
        }
        Err(CallError::Unknown(_)) if planted!("timeout_is_failure") => {
            News::of(vec![fact(Happened::Refused { reason: FailureReason::TimedOut })])
        }
        Err(CallError::Unknown(_)) => News::of(vec![fact(Happened::WentUnknown)]),
    }
}

/// Writes what a call about a payment brought, together with the exchange that shows it.
pub(super) async fn record_news(
    app: &Arc<App>,
    id: PaymentId,
    news: News,
    exchanges: Vec<history::Exchange>,
    by: By,
) -> Result<Payment, Error> {
    let house = app.clone();
    let evidence = exchanges.last().map(|x| x.id.to_string());
    let cause = evidence.map_or(Cause::of(by), |id| Cause::shown_by(by, id));
    let payment = app
        .store
        .write(async move |tx| {
            let (payment, _) = observe::payment(&house, tx, id, news.clone(), &cause).await?;
            for exchange in &exchanges {
                history::exchanged(tx, exchange).await?;
            }
            Ok::<_, Error>(payment)
        })
        .await?;
    fail_point!("pay.after_record");
    app.ring();
    Ok(payment)
}
