//! Charging a saved method: nobody is at a screen, so everything that may go wrong is ours to settle.
//!
//! Three beats, twice. The charge is opened at the provider, which moves nothing and can be found again; its id is
//! stored; then the right to charge is taken, of which there is one, in the database; then the provider is told. A
//! process stopped before that is finished by the watch job, one stopped after it is settled by asking, and nothing is
//! ever charged a second time: silence leaves the payment open until the provider could no longer act on it, and
//! while it is open no other payment of the order begins (DESIGN, rule 2: no relief).

use super::pay::{Choice, Ids, capture_by, created, new_payment, order_of, record_news, refusal};
use super::watch::take_in;
use super::{SAVED, resume, subject_of};
use crate::answer::{Reply, Taken, finish, seen};
use crate::connections::{self, Opened as Connected};
use crate::error::Error;
use crate::methods::{self, SavedMethod, charges_saved, person};
use crate::observe::{self, By, Cause, News, Opened};
use crate::routing::{Ask, flow_of};
use crate::wired::Wired;
use crate::{App, fail_point, jobs, planted, public};
use hundi_core::order::Status::Expired;
use hundi_core::order::{Fact as OrderFact, LateSuccess};
use hundi_core::payment::{Fact, Happened, Status};
use hundi_core::time::minutes;
use hundi_core::{EventId, FailureReason, OrderId, OurRef, PaymentId, SavedMethodId, Scope};
use hundi_providers::{CallError, Charge, ReasonKind, Saved};
use hundi_store::idempotency::{self, Key};
use hundi_store::orders::{self, Order};
use hundi_store::payments::{self, Payment};
use hundi_store::saved_methods::{self as rows, State};
use hundi_store::{Tx, customers, events};
use std::sync::Arc;

/// A charge that could not be made by then is not made any more: whoever asked for it has long gone on.
const CHARGED_WITHIN_MS: i64 = minutes(30);

/// Charges a customer's saved method for their order, once for each idempotency key.
pub async fn charge_by_api(
    app: &Arc<App>,
    scope: Scope,
    order: OrderId,
    method: SavedMethodId,
    choice: Choice,
    key: Option<Key>,
) -> Result<Reply, Error> {
    let payment = match seen(app, key.as_ref()).await? {
        Taken::Replay(reply) => return Ok(reply),
        Taken::Finish { object_id } => {
            let id = object_id.parse().map_err(|_| Error::Bug("a key names no payment".into()))?;
            resume(app, id).await?
        }
        Taken::Free => match begin(app, scope, order, method, &choice, key.clone()).await? {
            Begun::KeyTaken => return Err(Error::KeyInFlight),
            Begun::UnderWay(payment) => *payment,
            Begun::New(payment) => go_on(app, *payment, By::Api).await?,
        },
    };
    fail_point!("charge.before_answer");
    finish(app, key.as_ref(), Reply::new(201, &public::payment(&payment))).await
}

enum Begun {
    New(Box<Payment>),
    /// The same method is being charged for this order already.
    UnderWay(Box<Payment>),
    KeyTaken,
}

async fn begin(
    app: &Arc<App>,
    scope: Scope,
    order_id: OrderId,
    method_id: SavedMethodId,
    choice: &Choice,
    key: Option<Key>,
) -> Result<Begun, Error> {
    let order = order_of(app, scope, order_id).await?;
    let method = method_of(app, scope, method_id).await?;
    if order.customer != Some(method.customer) {
        return Err(Error::MethodOfAnother);
    }
    let connected = fit(app, &order, &method, choice).await?;
    let open_for = connected.provider.saved().map_or(0, Saved::settles_within_ms);
    let ids =
        Ids { payment: app.id(PaymentId::new), our_ref: app.id(OurRef::new), event: app.id(EventId::new) };
    let polls = connected.provider.card().poll_after_ms.first().copied().unwrap_or(15_000);
    let (house, choice) = (app.clone(), choice.clone());
    let begun = app
        .store
        .write(async move |tx| {
            let now = house.now();
            orders::lock(tx, order_id).await?;
            let order = orders::load(tx, scope, order_id).await?.ok_or(Error::NotFound { what: "order" })?;
            if order.status.can_be_paid() && order.expires_at.is_some_and(|at| now >= at) {
                return Err(Error::OrderCannotBePaid { status: Expired });
            }
            let in_the_way = stands_in_the_way(tx, &order, method_id).await;
            let shown = match &in_the_way {
                Ok(InTheWay::SameAgain(payment)) => payment.id,
                Ok(InTheWay::Nothing | InTheWay::Superseded(_)) | Err(_) => ids.payment,
            };
            if let Some(key) = &key
                && !idempotency::begin(tx, key, &shown.to_string(), now).await?
            {
                return Ok(Begun::KeyTaken);
            }
            let after = match in_the_way? {
                InTheWay::Nothing => None,
                InTheWay::Superseded(earlier) => Some(earlier),
                InTheWay::SameAgain(payment) => return Ok(Begun::UnderWay(payment)),
            };
            if !order.status.can_be_paid() {
                return Err(Error::OrderCannotBePaid { status: order.status });
            }
            // Forgotten, or its customer erased, since it was looked at.
            let method = rows::load(tx, scope, method_id).await?.filter(|m| m.state == State::Active);
            let method = method.ok_or(Error::NotFound { what: "saved method" })?;
            let about = (method.connection, SAVED, after);
            let payment = new_payment(&order, &choice, about, &ids, (now, open_for, polls));
            payments::insert(tx, &payment).await?;
            rows::insert_charge(tx, payment.id, method_id).await?;
            events::insert(tx, &created(&payment, ids.event, now)).await?;
            let (job, watch_at) = (jobs::Kind::Watch, payment.next_poll_at.unwrap_or(now));
            let id = payment.id.to_string();
            jobs::enqueue(tx, jobs::id(&house), job, &id, Some(scope), watch_at, now).await?;
            observe::order(&house, tx, order, &[OrderFact::Attempted], &Cause::of(By::Api)).await?;
            Ok::<_, Error>(Begun::New(Box::new(payment)))
        })
        .await?;
    fail_point!("charge.after_begin");
    app.ring();
    Ok(begun)
}

async fn method_of(app: &App, scope: Scope, id: SavedMethodId) -> Result<SavedMethod, Error> {
    let found = app.store.read(async move |tx| rows::load(tx, scope, id).await).await?;
    let found = found.filter(|m| m.state == State::Active);
    found.ok_or(Error::NotFound { what: "saved method" })
}

/// The method's own connection, if it takes this order: no other one knows the token.
async fn fit(app: &App, order: &Order, method: &SavedMethod, choice: &Choice) -> Result<Connected, Error> {
    let connected = connections::open(app, method.connection).await?;
    let ask = Ask { amount: order.amount, method: None, flow: None, at: app.now(), dice: 0 };
    if let Err(unfit) = flow_of(&connected.row, &ask) {
        return Err(refusal(unfit, &connected.row, order, choice));
    }
    if charges_saved(&connected) { Ok(connected) } else { Err(Error::SavedNotOffered) }
}

enum InTheWay {
    Nothing,
    /// A payer's own, open, with nothing in doubt; and the merchant gives the later money back.
    Superseded(PaymentId),
    SameAgain(Box<Payment>),
}

/// The payer may still be at it, or it may have been charged.
fn stands_open(p: &Payment) -> bool {
    p.status().is_open() || p.state.in_doubt_since().is_some()
}

/// Stricter than for a payer: whatever is in doubt stands in the way, whether or not its payer ever saw it.
async fn stands_in_the_way(tx: &mut Tx, order: &Order, method: SavedMethodId) -> Result<InTheWay, Error> {
    let all = payments::of_order(tx, order.id).await?;
    let open: Vec<Payment> = all.into_iter().filter(stands_open).collect();
    let Some(latest) = open.last() else { return Ok(InTheWay::Nothing) };
    let in_doubt = open.iter().any(|p| p.state.in_doubt_since().is_some());
    if let Some(charge) = open.iter().find(|p| p.flow == SAVED) {
        let same = rows::charge(tx, charge.id).await?.is_some_and(|c| c.method == method);
        return match same {
            true => Ok(InTheWay::SameAgain(Box::new(charge.clone()))),
            false if in_doubt => Err(Error::PaymentInDoubt),
            false => Err(Error::PaymentInProgress),
        };
    }
    match order.late_success {
        _ if in_doubt => Err(Error::PaymentInDoubt),
        LateSuccess::Refund => Ok(InTheWay::Superseded(latest.id)),
        LateSuccess::Accept => Err(Error::PaymentInProgress),
    }
}

/// What the provider is told of it, the same at every call.
struct Told {
    connected: Connected,
    charge: Charge,
    method: SavedMethodId,
}

/// Takes a charge as far as it may go now: opens it if it is not open, and charges it if nobody ever has. For whoever
/// began it, and for the watch job after a stop.
pub(super) async fn go_on(app: &Arc<App>, payment: Payment, by: By) -> Result<Payment, Error> {
    let Some(told) = told(app, &payment).await? else {
        return give_up(app, &payment, by, FailureReason::ProviderRefused).await;
    };
    let payment = match payment.provider_order {
        None => open(app, &told, &payment, by).await?,
        Some(_) => payment,
    };
    if payment.provider_order.is_none() || payment.status() != Status::Pending {
        return Ok(payment);
    }
    take(app, &told, payment, by).await
}

/// `None`: the method was forgotten before it was charged.
async fn told(app: &App, payment: &Payment) -> Result<Option<Told>, Error> {
    let id = payment.id;
    let (order_id, bug) = (payment.order_id, || Error::Bug("a charge without its method".into()));
    let (order, method, customer) = app
        .store
        .read(async move |tx| {
            let charge = rows::charge(tx, id).await?.ok_or_else(bug)?;
            let method = rows::load_by_id(tx, charge.method).await?.ok_or_else(bug)?;
            let customer = customers::load_by_id(tx, method.customer).await?.ok_or_else(bug)?;
            let order = orders::load_by_link(tx, order_id).await?.ok_or_else(bug)?;
            Ok::<_, Error>((order, method, customer))
        })
        .await?;
    if method.token.is_none() {
        return Ok(None);
    }
    let description = order.description.clone().or_else(|| order.receipt.clone());
    let charge = Charge {
        our_ref: payment.our_ref,
        amount: payment.state.asked,
        description: description.unwrap_or_else(|| format!("Order {}", order.id)),
        payer: person(&customer),
        token: methods::opened(app, &method).await?,
        capture: capture_by(&order),
    };
    let connected = connections::open(app, payment.connection_id).await?;
    Ok(Some(Told { connected, charge, method: method.id }))
}

fn part(told: &Told) -> Result<&'static dyn Saved, Error> {
    told.connected
        .provider
        .saved()
        .ok_or_else(|| Error::Bug("a method was saved where nothing is kept".into()))
}

async fn open(app: &Arc<App>, told: &Told, payment: &Payment, by: By) -> Result<Payment, Error> {
    let wire = wire(app, told, payment);
    let opened = part(told)?.open(told.connected.call(&wire), &told.charge).await;
    fail_point!("charge.after_open");
    let news = match opened {
        Ok(provider_order) => is_open(app, provider_order),
        Err(CallError::NotDone(_)) => {
            return refused(app, payment, wire.take(), by, FailureReason::ProviderRefused).await;
        }
        Err(CallError::Unknown(_)) => News::of(vec![Fact { at: app.now(), happened: Happened::WentUnknown }]),
    };
    record_news(app, payment.id, news, wire.take(), by).await
}

/// The watch job, where the provider was not yet told to take the money: whoever began was stopped, or never heard
/// whether it was opened. It is finished, for a while; nothing was taken, and opening twice takes nothing either.
pub(super) async fn carry_on(app: &Arc<App>, payment: &Payment, by: By) -> Result<Payment, Error> {
    if !matches!(payment.status(), Status::Created | Status::Pending) {
        return Ok(payment.clone());
    }
    if app.now().since(payment.created_at) >= CHARGED_WITHIN_MS {
        return give_up(app, payment, by, FailureReason::TimedOut).await;
    }
    if payment.provider_order.is_some() {
        return go_on(app, payment.clone(), by).await;
    }
    let Some(told) = told(app, payment).await? else {
        return give_up(app, payment, by, FailureReason::ProviderRefused).await;
    };
    let wire = wire(app, &told, payment);
    let found = part(&told)?.find(told.connected.call(&wire), &told.charge).await;
    fail_point!("charge.after_find");
    match found {
        Ok(Some(provider_order)) => {
            let news = is_open(app, provider_order);
            let payment = record_news(app, payment.id, news, wire.take(), by).await?;
            go_on(app, payment, by).await
        }
        Ok(None) => go_on(app, payment.clone(), by).await,
        Err(CallError::NotDone(_) | CallError::Unknown(_)) => {
            record_news(app, payment.id, News::default(), wire.take(), by).await
        }
    }
}

fn is_open(app: &App, provider_order: String) -> News {
    let fact = |happened| Fact { at: app.now(), happened };
    News {
        facts: vec![fact(Happened::Opened), fact(Happened::Answered)],
        opened: Some(Opened { provider_order, handle: None }),
        ..News::default()
    }
}

fn wire<'a>(app: &'a App, told: &Told, payment: &Payment) -> Wired<'a> {
    Wired::new(app, payment.connection_id, payment.id).hiding(told.charge.token.token.clone())
}

/// Takes the one right to charge, then tells the provider.
async fn take(app: &Arc<App>, told: &Told, payment: Payment, by: By) -> Result<Payment, Error> {
    let id = payment.id;
    let house = app.clone();
    let ours = app
        .store
        .write(async move |tx| {
            payments::lock_order_of(tx, id).await?;
            let payment = payments::load_by_id(tx, id).await?.ok_or(Error::NotFound { what: "payment" })?;
            let order = orders::load_by_link(tx, payment.order_id).await?;
            let payable = order.is_some_and(|o| o.status.can_be_paid());
            let late = house.now().since(payment.created_at) >= CHARGED_WITHIN_MS;
            // Called off, over, or paid by another way meanwhile: then nobody charges.
            if payment.status() != Status::Pending || !payable || late {
                return Ok(false);
            }
            if planted!("charged_as_often_as_asked") {
                return Ok(true);
            }
            Ok::<_, Error>(rows::begin_charge(tx, id, house.now()).await?)
        })
        .await?;
    fail_point!("charge.after_right");
    if !ours {
        return Ok(payment);
    }
    let (subject, wire) = (subject_of(&payment)?, wire(app, told, &payment));
    let call = told.connected.call(&wire);
    let said = part(told)?.charge(call, &told.charge, &subject.provider_order).await;
    fail_point!("charge.after_call");
    let payment = match said {
        Ok(reports) => take_in(app, &payment, reports, wire.take(), by).await?,
        Err(CallError::Unknown(_)) => {
            let fact = Fact { at: app.now(), happened: Happened::WentUnknown };
            record_news(app, id, News::of(vec![fact]), wire.take(), by).await?
        }
        Err(CallError::NotDone(reason)) => {
            if reason.kind == ReasonKind::NotFound {
                let (method, now) = (told.method, app.now());
                app.store.write(async move |tx| rows::gone(tx, method, now).await).await?;
            }
            refused(app, &payment, wire.take(), by, FailureReason::ProviderRefused).await?
        }
    };
    fail_point!("charge.after_record");
    Ok(payment)
}

/// Ends a payment that was never charged, by taking the right to charge away from everybody.
async fn give_up(app: &Arc<App>, payment: &Payment, by: By, reason: FailureReason) -> Result<Payment, Error> {
    let (id, now) = (payment.id, app.now());
    if app.store.write(async move |tx| rows::begin_charge(tx, id, now).await).await? {
        return refused(app, payment, Vec::new(), by, reason).await;
    }
    Ok(payment.clone())
}

/// The provider surely charged nothing: the payment is over.
async fn refused(
    app: &Arc<App>,
    payment: &Payment,
    exchanges: Vec<hundi_store::history::Exchange>,
    by: By,
    reason: FailureReason,
) -> Result<Payment, Error> {
    let fact = |happened| Fact { at: app.now(), happened };
    let news = News::of(vec![fact(Happened::Answered), fact(Happened::Refused { reason })]);
    record_news(app, payment.id, news, exchanges, by).await
}

/// Whether the provider was ever told to take the money of this payment.
pub(super) async fn was_begun(app: &App, id: PaymentId) -> Result<bool, Error> {
    let charge = app.store.read(async move |tx| rows::charge(tx, id).await).await?;
    Ok(charge.is_some_and(|c| c.begun_at.is_some()))
}

/// The same, of an order's payment, in its own transaction: what is being charged can't be called off.
pub(crate) async fn is_charging(tx: &mut Tx, payment: &Payment) -> Result<bool, Error> {
    let open = payment.flow == SAVED && matches!(payment.status(), Status::Created | Status::Pending);
    Ok(open && rows::charge(tx, payment.id).await?.is_some_and(|c| c.begun_at.is_some()))
}
