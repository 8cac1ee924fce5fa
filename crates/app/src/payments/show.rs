//! Payments to look at: one, a list, and the whole story of one with its evidence.

use super::{Filter, Payment};
use crate::error::Error;
use crate::{App, planted};
use hundi_core::ledger::Book;
use hundi_core::{ConnectionId, Millis, Money, OrderId, PaymentId, Scope, guard, payment};
use hundi_store::discrepancies::{self, Discrepancy};
use hundi_store::history::{self, Exchange, Transition};
use hundi_store::ledger::{self, Line};
use hundi_store::notices::{self, Notice};
use hundi_store::orders::{self, Order};
use hundi_store::payments::Capture;
use hundi_store::refunds::{self, Refund};
use hundi_store::{Cursor, Page, payments};
use std::collections::HashMap;

pub async fn get(app: &App, scope: Scope, id: PaymentId) -> Result<Payment, Error> {
    let anybodys = planted!("cross_tenant_read");
    let found =
        app.store
            .read(async move |tx| {
                if anybodys {
                    payments::load_by_id(tx, id).await
                } else {
                    payments::load(tx, scope, id).await
                }
            })
            .await?;
    found.ok_or(Error::NotFound { what: "payment" })
}

pub async fn list(app: &App, scope: Scope, filter: Filter, page: Page) -> Result<Vec<Payment>, Error> {
    Ok(app.store.read(async move |tx| payments::list(tx, scope, &filter, &page).await).await?)
}

/// A payment with the order it is for.
#[derive(Clone, Debug)]
pub struct Listed {
    pub payment: Payment,
    pub order: Order,
}

/// A page of payments with their orders, for lists that people read.
pub async fn listed(app: &App, scope: Scope, filter: Filter, page: Page) -> Result<Vec<Listed>, Error> {
    app.store
        .read(async move |tx| {
            let payments = payments::list(tx, scope, &filter, &page).await?;
            let ids: Vec<OrderId> = payments.iter().map(|p| p.order_id).collect();
            let orders = orders::by_ids(tx, scope, &ids).await?;
            let orders: HashMap<OrderId, Order> = orders.into_iter().map(|o| (o.id, o)).collect();
            let with_order = |payment: Payment| {
                let order =
                    orders.get(&payment.order_id).cloned().ok_or(Error::NotFound { what: "order" })?;
                Ok(Listed { payment, order })
            };
            payments.into_iter().map(with_order).collect()
        })
        .await
}

/// The first payment that a connection captured.
pub async fn first_captured(
    app: &App,
    scope: Scope,
    connection: ConnectionId,
) -> Result<Option<Payment>, Error> {
    let status = Some(payment::Status::Captured);
    let filter = Filter { connection: Some(connection), status, ..Filter::default() };
    let cursor = Cursor::Before { at: Millis(i64::MIN), id: String::new() };
    let first = list(app, scope, filter, Page { cursor, ..Page::newest(1) }).await?;
    Ok(first.into_iter().next())
}

pub async fn of_order(app: &App, scope: Scope, order: OrderId) -> Result<Vec<Payment>, Error> {
    app.store
        .read(async move |tx| {
            orders::load(tx, scope, order).await?.ok_or(Error::NotFound { what: "order" })?;
            Ok(payments::of_order(tx, order).await?)
        })
        .await
}

/// A payment with all its evidence.
#[derive(Clone, Debug)]
pub struct Story {
    pub payment: Payment,
    pub order: Order,
    pub captures: Vec<Capture>,
    pub refunds: Vec<Refund>,
    pub discrepancies: Vec<Discrepancy>,
    pub exchanges: Vec<Exchange>,
    pub notices: Vec<Notice>,
    pub postings: Vec<Line>,
    /// Newest first.
    pub told: Vec<Told>,
    /// What the order's payer might be charged above what is owed.
    pub exposed: Money,
}

/// One entry of the timeline.
#[derive(Clone, Debug)]
pub struct Told {
    pub at: Millis,
    /// `api`, `return`, `webhook`, `poll`, `timeout`, `person`, `policy`.
    pub source: String,
    pub what: Happening,
    /// The notice or exchange that shows it.
    pub evidence: Option<String>,
}

#[derive(Clone, Debug)]
pub enum Happening {
    /// A machine moved: `payment`, `order` or `refund`.
    Moved { kind: &'static str, from: String, to: String },
    /// A message that changed nothing, with what became of it.
    Message { kind: String, effect: &'static str, verified: bool },
}

pub async fn story(app: &App, scope: Scope, id: PaymentId) -> Result<Story, Error> {
    app.store
        .read(async move |tx| {
            let payment = payments::load(tx, scope, id).await?.ok_or(Error::NotFound { what: "payment" })?;
            let order =
                orders::load(tx, scope, payment.order_id).await?.ok_or(Error::NotFound { what: "order" })?;
            let object = id.to_string();
            let refunds = refunds::of_payment(tx, id).await?;
            let mut exchanges = history::exchanges(tx, scope, &object).await?;
            let mut notices = notices::of_object(tx, &object).await?;
            let book = Book::Merchant(scope.merchant());
            let mut moves = history::transitions(tx, &object).await?;
            let captures = payments::captures_of_order(tx, order.id).await?;
            let captures: Vec<Capture> = captures.into_iter().filter(|c| c.payment_id == id).collect();
            let mut postings = Vec::new();
            for capture in &captures {
                postings.extend(ledger::of_source(tx, book, &capture.id.to_string()).await?);
            }
            for refund in &refunds {
                let object = refund.id.to_string();
                exchanges.extend(history::exchanges(tx, scope, &object).await?);
                notices.extend(notices::of_object(tx, &object).await?);
                moves.extend(history::transitions(tx, &object).await?);
                postings.extend(ledger::of_source(tx, book, &object).await?);
            }
            exchanges.sort_by_key(|x| (x.at, x.id));
            // What the platform's account was told is for its owner to read.
            notices.retain(|n| n.scope == scope);
            let discrepancies = discrepancies::of_payment(tx, id).await?;
            let told = told(&moves, &notices);
            let exposed = guard::exposure(order.amount, &payments::stakes_of_order(tx, order.id).await?);
            Ok(Story {
                payment,
                order,
                captures,
                refunds,
                discrepancies,
                exchanges,
                notices,
                postings,
                told,
                exposed,
            })
        })
        .await
}

fn told(moves: &[Transition], notices: &[Notice]) -> Vec<Told> {
    let moved = moves.iter().map(|m| Told {
        at: m.created_at,
        source: m.cause.clone(),
        what: Happening::Moved { kind: m.kind, from: m.from.clone(), to: m.to.clone() },
        evidence: m.evidence.clone(),
    });
    // A message that moved something is told by the move that names it.
    let quiet = notices.iter().filter(|n| n.effect != notices::Effect::Applied);
    let messages = quiet.map(|n| Told {
        at: n.received_at,
        source: "webhook".into(),
        what: Happening::Message {
            kind: n.kind.clone().unwrap_or_else(|| "message".into()),
            effect: n.effect.as_str(),
            verified: n.verified,
        },
        evidence: Some(n.id.to_string()),
    });
    let mut all: Vec<Told> = moved.chain(messages).collect();
    all.sort_by_key(|t| std::cmp::Reverse(t.at));
    all
}
