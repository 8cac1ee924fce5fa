//! Facts about an order, and what its machine wants done: more came than was owed, or too late.

use super::question::{Questioned, question};
use super::{About, Cause, Moved, note_move, tell};
use crate::error::Error;
use crate::{App, jobs, planted, public, refunds};
use hundi_core::event::EventType;
use hundi_core::order::{Effect, Fact, LateSuccess, Paid, State, Step, step};
use hundi_core::payment::Into;
use hundi_core::refund::Reason;
use hundi_core::{Millis, order as core_order};
use hundi_store::orders::Order;
use hundi_store::payments::Capture;
use hundi_store::{Tx, orders, payments};

/// Joins facts to an order and writes whatever follows. The captures' rows are written before it is called.
pub(crate) async fn order(
    app: &App,
    tx: &mut Tx,
    mut o: Order,
    facts: &[Fact],
    cause: &Cause,
) -> Result<Order, Error> {
    let now = app.now();
    let captures = payments::captures_of_order(tx, o.id).await?;
    let mut state = known(&o, &captures, facts);
    let mut moved = false;
    for fact in facts {
        let Step::Move { to, effects } = step(&state, fact) else { continue };
        state = to;
        moved = true;
        o.attempted = state.attempted;
        o.expired_at = state.expired_at;
        o.cancelled_at = state.cancelled_at;
        o.status = state.status();
        for effect in &effects {
            carry_out(app, tx, &mut o, effect, &captures, (cause, now)).await?;
        }
    }
    if moved {
        o.updated_at = now;
        orders::save(tx, &o).await?;
        o.version += 1;
    }
    Ok(o)
}

/// What was known before these facts: the captures that they tell of are rows already, so they are left out.
fn known(o: &Order, captures: &[Capture], facts: &[Fact]) -> State {
    let mut state = State::new(o.amount, o.late_success);
    state.attempted = o.attempted;
    state.expired_at = o.expired_at;
    state.cancelled_at = o.cancelled_at;
    let fitting = captures.iter().filter(|c| c.into == Into::Sales);
    state.paid_by = fitting
        .map(|c| Paid { at: c.at, provider_payment: c.provider_payment.clone(), late: c.late })
        .filter(|paid| !facts.contains(&Fact::Paid(paid.clone())))
        .collect();
    state.paid_by.sort();
    state
}

async fn carry_out(
    app: &App,
    tx: &mut Tx,
    o: &mut Order,
    effect: &Effect,
    captures: &[Capture],
    (cause, now): (&Cause, Millis),
) -> Result<(), Error> {
    match effect {
        Effect::Became { from, to } => became(app, tx, o, (*from, *to), cause, now).await,
        Effect::Overpaid { provider_payment } => {
            let capture = find(captures, provider_payment)?;
            let p = payments::load_by_id(tx, capture.payment_id).await?;
            let p = p.ok_or(Error::NotFound { what: "payment" })?;
            let doubt = Questioned {
                kind: "overpaid",
                subject: provider_payment,
                amount: Some(capture.amount),
                detail: "The order was paid more than once.".into(),
            };
            question(app, tx, &p, doubt, now).await
        }
        Effect::GiveBack { .. } if planted!("late_money_kept") => Ok(()),
        Effect::GiveBack { provider_payment } => {
            let capture = find(captures, provider_payment)?;
            refunds::give_back(app, tx, capture, Reason::LateSuccess).await
        }
    }
}

fn find<'a>(captures: &'a [Capture], provider_payment: &str) -> Result<&'a Capture, Error> {
    let capture = captures.iter().find(|c| c.provider_payment == provider_payment);
    capture.ok_or_else(|| Error::Bug("an order's machine named a capture that has no row".into()))
}

async fn became(
    app: &App,
    tx: &mut Tx,
    o: &mut Order,
    (from, to): (core_order::Status, core_order::Status),
    cause: &Cause,
    now: Millis,
) -> Result<(), Error> {
    o.event_seq += 1;
    let id = o.id.to_string();
    let about = About { scope: o.scope, kind: "order", id: &id };
    let stakes = payments::stakes_of_order(tx, o.id).await?;
    let body = public::order(o, &stakes, &app.checkout_url(o.id));
    tell(app, tx, about, (EventType::of_order(to), o.event_seq, None), &body, now).await?;
    let moved = Moved { seq: o.event_seq, from: from.as_str(), to: to.as_str(), at: now };
    note_move(tx, about, moved, cause, now).await?;
    if to == core_order::Status::Paid { void_others(app, tx, o, now).await } else { Ok(()) }
}

/// What still stands open beside a paid order is called off by a job, where the merchant voids it.
async fn void_others(app: &App, tx: &mut Tx, o: &Order, now: Millis) -> Result<(), Error> {
    if o.late_success == LateSuccess::Refund || planted!("others_stay_open") {
        return Ok(());
    }
    let all = payments::of_order(tx, o.id).await?;
    for p in all.iter().filter(|p| p.status().is_open()) {
        let key = p.id.to_string();
        jobs::enqueue(tx, jobs::id(app), jobs::Kind::Void, &key, Some(o.scope), now, now).await?;
    }
    Ok(())
}
