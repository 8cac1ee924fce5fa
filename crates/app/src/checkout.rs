//! What the payer's page is made of: the order behind its link, its payments, and the ways to pay it now.

use crate::connections::{flows, listed, provider_of, simulated};
use crate::error::Error;
use crate::methods::{FEATURE, METHODS_MAX, SavedMethod, can_keep};
use crate::orders::Order;
use crate::payments::{Payment, may_retry};
use crate::{App, fallbacks};
use hundi_core::{ConnectionId, Method, Millis};
use hundi_documents::qr::Matrix;
use hundi_providers::sim::payer;
use hundi_providers::{Card, Flow};
use hundi_store::connections::{self, Connection};
use hundi_store::people::{self, Merchant};
use hundi_store::{Tx, orders, payments, saved_methods};

/// Everything the page shows, read at one moment.
#[derive(Clone, Debug)]
pub struct Till {
    pub order: Order,
    /// Oldest first.
    pub payments: Vec<Payment>,
    pub merchant: Merchant,
    /// Each way to pay once, through the first connection that offers it for this amount.
    pub ways: Vec<Way>,
    /// Why there is no way, where there is none.
    pub unfit: Unfit,
    /// What the customer has saved, where the merchant wants it offered and it can pay this order.
    pub saved: Vec<SavedMethod>,
    /// Whether another try may follow those that failed.
    pub may_retry: bool,
    /// The merchant's own, and those of the platform's that payments of the order go through or may go through.
    connections: Vec<Connection>,
}

/// One way to pay.
#[derive(Clone, Debug)]
pub struct Way {
    pub connection: ConnectionId,
    pub flow: Flow,
    pub card: &'static Card,
    /// Whether the payer may have kept what they pay with this way.
    pub keeps: bool,
    /// Whether its provider lists what an account can be paid with, instalment plans among it.
    pub lists: bool,
}

/// What keeps the merchant's connections from taking an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// None is enabled.
    NobodyConnected,
    /// Not one of them takes the currency.
    Currency,
    /// Those that take the currency don't take so much, or so little.
    Amount,
}

/// What stands behind a checkout link.
pub async fn till(app: &App, token: &str) -> Result<Till, Error> {
    let id = app.order_of_token(token)?;
    let (unknown, now) = (Error::NotFound { what: "checkout page" }, app.now());
    let (order, payments, merchant, connections, lent, saved) = app
        .store
        .read(async move |tx| {
            let order = orders::load_by_link(tx, id).await?.ok_or(unknown.clone())?;
            let merchant = people::merchant(tx, order.scope.merchant()).await?.ok_or(unknown.clone())?;
            let connections = connections::list(tx, order.scope).await?;
            let saved = match order.customer.filter(|_| order.offer_saved) {
                Some(customer) => saved_methods::active_of(tx, customer, METHODS_MAX).await?,
                None => Vec::new(),
            };
            let payments = payments::of_order(tx, id).await?;
            let lent = lent(tx, &order, &payments, now).await?;
            Ok::<_, Error>((order, payments, merchant, connections, lent, saved))
        })
        .await?;
    let mut ways = ways(&connections, &order)?;
    let mut unfit = unfit(&connections, &order)?;
    // The last resort is shown where the merchant itself has no way to be paid.
    if let Some(lent) = lent.now.filter(|_| ways.is_empty()) {
        ways = self::ways(std::slice::from_ref(&lent), &order)?;
        ways.iter_mut().for_each(|way| way.keeps = false);
        if unfit == Unfit::NobodyConnected {
            unfit = self::unfit(std::slice::from_ref(&lent), &order)?;
        }
    }
    let saved = saved.into_iter().filter(|m| pays(m, &connections, &order)).collect();
    let may_retry = may_retry(app, &payments);
    let connections = connections.into_iter().chain(lent.used).collect();
    Ok(Till { order, payments, merchant, ways, unfit, saved, may_retry, connections })
}

/// What the platform lends for this order.
struct Lent {
    /// A payment that begins now may go through it.
    now: Option<Connection>,
    /// Payments of the order go through these.
    used: Vec<Connection>,
}

async fn lent(tx: &mut Tx, order: &Order, payments: &[Payment], now: Millis) -> Result<Lent, Error> {
    let mut used: Vec<Connection> = Vec::new();
    for payment in payments.iter().filter(|p| p.fallback.is_some()) {
        if used.iter().all(|row| row.id != payment.connection_id) {
            used.extend(connections::load_by_id(tx, payment.connection_id).await?);
        }
    }
    let now = fallbacks::lent(tx, order.scope, now).await?.map(|(_, row)| row);
    Ok(Lent { now, used })
}

impl Till {
    /// The connection that a payment of the order goes through, and its provider.
    pub fn connection_of(&self, payment: &Payment) -> Option<(&Connection, &'static Card)> {
        let row = self.connections.iter().find(|c| c.id == payment.connection_id)?;
        Some((row, provider_of(&row.provider).ok()?.card()))
    }
}

fn ways(connections: &[Connection], order: &Order) -> Result<Vec<Way>, Error> {
    let mut ways: Vec<Way> = Vec::new();
    let fits = |c: &&Connection| c.enabled && (c.min_minor..=c.max_minor).contains(&order.amount.minor());
    for row in connections.iter().filter(fits) {
        let provider = provider_of(&row.provider)?;
        let (card, features) = (provider.card(), listed(&row.features));
        if !takes_currency(card, order) {
            continue;
        }
        for flow in flows(row) {
            if !ways.iter().any(|way| way.flow == flow) {
                let keeps = order.customer.is_some() && can_keep(provider, &features, flow);
                let lists = provider.choices().is_some();
                ways.push(Way { connection: row.id, flow, card, keeps, lists });
            }
        }
    }
    Ok(ways)
}

/// Whether the connection that keeps a method takes this order.
fn pays(method: &SavedMethod, connections: &[Connection], order: &Order) -> bool {
    let Some(row) = connections.iter().find(|c| c.id == method.connection) else { return false };
    let fits = row.enabled && (row.min_minor..=row.max_minor).contains(&order.amount.minor());
    let charges = listed(&row.features).iter().any(|f| f == FEATURE);
    fits && charges && provider_of(&row.provider).is_ok_and(|p| takes_currency(p.card(), order))
}

fn unfit(connections: &[Connection], order: &Order) -> Result<Unfit, Error> {
    let mut unfit = Unfit::NobodyConnected;
    for row in connections.iter().filter(|c| c.enabled) {
        if takes_currency(provider_of(&row.provider)?.card(), order) {
            return Ok(Unfit::Amount);
        }
        unfit = Unfit::Currency;
    }
    Ok(unfit)
}

fn takes_currency(card: &Card, order: &Order) -> bool {
    card.currencies.contains(&order.amount.currency().code())
}

/// Where a person plays the payer of a payment that is simulated, by `method`. None wherever money is real: in live
/// mode, and at a provider that no simulator stands in for.
pub fn simulated_payer(app: &App, till: &Till, payment: &Payment, method: Method) -> Option<String> {
    let (row, card) = till.connection_of(payment)?;
    let base_url = simulated(app, card, row.scope.mode())?;
    let amount = till.order.amount.shown();
    Some(payer::address(base_url, payment.provider_order.as_deref()?, method.as_str(), &amount))
}

/// The QR code of a `upi://` link; none where the link is too long for one.
pub fn qr(link: &str) -> Option<Matrix> {
    Matrix::of(link)
}
