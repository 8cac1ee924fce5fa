//! What the home page shows: figures folded by the hour, what is in doubt, what needs a person.

use crate::App;
use crate::endpoints::given_up;
use crate::error::Error;
use hundi_core::{Millis, Scope};
use hundi_store::discrepancies::{self, Discrepancy};
use hundi_store::figures;
use hundi_store::payments::{self, Filter, Payment};
use hundi_store::{Page, endpoints};

pub use hundi_store::figures::Figure;

/// Everything the page is made of.
#[derive(Clone, Debug)]
pub struct Home {
    pub figures: Vec<Figure>,
    /// How many payments are in doubt, and over how much in minor units.
    pub in_doubt: (i64, i64),
    pub discrepancies: Vec<Discrepancy>,
    /// Payments in doubt, newest first.
    pub doubtful: Vec<Payment>,
    /// Endpoints that we disabled because they failed.
    pub endpoints_down: Vec<endpoints::Endpoint>,
}

pub async fn home(app: &App, scope: Scope, from: Millis, to: Millis) -> Result<Home, Error> {
    app.store
        .read(async move |tx| {
            let filter = Filter { in_doubt: true, ..Filter::default() };
            let all = endpoints::list(tx, scope).await?;
            Ok(Home {
                figures: figures::between(tx, scope, from, to).await?,
                in_doubt: payments::count_in_doubt(tx, scope).await?,
                discrepancies: discrepancies::open_ones(tx, scope, 5).await?,
                doubtful: payments::list(tx, scope, &filter, &Page::newest(5)).await?,
                endpoints_down: all.into_iter().filter(given_up).collect(),
            })
        })
        .await
}

/// What was counted in a span of time, hour by hour.
pub async fn figures(app: &App, scope: Scope, from: Millis, to: Millis) -> Result<Vec<Figure>, Error> {
    Ok(app.store.read(async move |tx| figures::between(tx, scope, from, to).await).await?)
}

/// How many payments are in doubt: shown beside the menu.
pub async fn in_doubt(app: &App, scope: Scope) -> Result<i64, Error> {
    Ok(app.store.read(async move |tx| payments::count_in_doubt(tx, scope).await).await?.0)
}
