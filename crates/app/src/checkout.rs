//! What the payer's page is made of: the order behind its link, its payments, and the ways to pay it now.

use crate::App;
use crate::connections::{flows, provider_of};
use crate::error::Error;
use crate::orders::Order;
use crate::payments::Payment;
use hundi_core::ConnectionId;
use hundi_documents::qr::Matrix;
use hundi_providers::{Card, Flow};
use hundi_store::connections::{self, Connection};
use hundi_store::people::{self, Merchant};
use hundi_store::{orders, payments};

/// Everything the page shows, read at one moment.
#[derive(Clone, Debug)]
pub struct Till {
    pub order: Order,
    /// Oldest first.
    pub payments: Vec<Payment>,
    pub merchant: Merchant,
    /// Each way to pay once, through the first connection that offers it for this amount.
    pub ways: Vec<Way>,
    connections: Vec<Connection>,
}

/// One way to pay.
#[derive(Clone, Debug)]
pub struct Way {
    pub connection: ConnectionId,
    pub flow: Flow,
    pub card: &'static Card,
}

/// What stands behind a checkout link.
pub async fn till(app: &App, token: &str) -> Result<Till, Error> {
    let id = app.order_of_token(token)?;
    let unknown = Error::NotFound { what: "checkout page" };
    let (order, payments, merchant, connections) = app
        .store
        .read(async move |tx| {
            let order = orders::load_by_link(tx, id).await?.ok_or(unknown.clone())?;
            let merchant = people::merchant(tx, order.scope.merchant()).await?.ok_or(unknown.clone())?;
            let connections = connections::list(tx, order.scope).await?;
            Ok::<_, Error>((order, payments::of_order(tx, id).await?, merchant, connections))
        })
        .await?;
    let ways = ways(&connections, &order)?;
    Ok(Till { order, payments, merchant, ways, connections })
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
        let card = provider_of(&row.provider)?.card();
        for flow in flows(row) {
            if !ways.iter().any(|way| way.flow == flow) {
                ways.push(Way { connection: row.id, flow, card });
            }
        }
    }
    Ok(ways)
}

/// The QR code of a `upi://` link; none where the link is too long for one.
pub fn qr(link: &str) -> Option<Matrix> {
    Matrix::of(link)
}
