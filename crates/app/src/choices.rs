//! What a connection can be paid with, as its provider lists it: banks, wallets, instalment plans. Asked of the provider
//! and remembered for a while; what the provider does not list is what its card says.

use crate::connections::{self, Opened};
use crate::error::{Error, refused_by_provider};
use crate::wired::Wired;
use crate::{App, planted};
use hundi_core::emi::{Instalments, instalments};
use hundi_core::time::minutes;
use hundi_core::{ConnectionId, Millis, Money, Scope};
use hundi_providers::{EmiBank, EmiPlan, Offer, Offers};
use hundi_store::history;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a provider's lists are believed.
const KEPT_MS: i64 = minutes(15);
/// Connections whose lists are remembered. Beyond, all are forgotten and asked for again.
const REMEMBERED_MAX: usize = 1_000;
/// Plans shown of one connection.
const LISTED_MAX: usize = 500;

/// What was listed lately, by connection, in this process.
#[derive(Default)]
pub(crate) struct Remembered(Mutex<BTreeMap<ConnectionId, (Arc<Offers>, Millis)>>);

impl Remembered {
    fn recall(&self, id: ConnectionId, now: Millis) -> Option<Arc<Offers>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (offers, until) = kept.get(&id)?;
        (now < *until).then(|| offers.clone())
    }

    fn keep(&self, id: ConnectionId, offers: &Arc<Offers>, until: Millis) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= REMEMBERED_MAX {
            kept.clear();
        }
        kept.insert(id, (offers.clone(), until));
    }
}

/// What there is to choose from.
#[derive(Clone, Debug)]
pub struct Choices {
    /// The provider was asked; otherwise this is what it generally offers.
    pub listed: bool,
    pub methods: Vec<Offer>,
    pub emi: Vec<Emi>,
}

/// One bank's plan. What it comes to is known where the amount is.
#[derive(Clone, Debug)]
pub struct Emi {
    pub bank: String,
    pub min_minor: i64,
    pub plan: EmiPlan,
    pub instalments: Option<Instalments>,
}

/// What a connection of this merchant's can be paid with, and what instalments of an amount come to.
pub async fn of_connection(
    app: &App,
    scope: Scope,
    id: ConnectionId,
    amount: Option<Money>,
) -> Result<Choices, Error> {
    let row = app.store.read(async move |tx| hundi_store::connections::load(tx, scope, id).await).await?;
    let connected = connections::open_row(app, row.ok_or(Error::NotFound { what: "connection" })?).await?;
    let Some(offers) = offers(app, &connected, amount).await? else {
        let general = |m: &hundi_core::Method| Offer { method: *m, banks: Vec::new() };
        let methods = connected.provider.card().methods.iter().map(general).collect();
        return Ok(Choices { listed: false, methods, emi: Vec::new() });
    };
    Ok(Choices { listed: true, methods: offers.methods.clone(), emi: plans(&offers.emi, amount) })
}

/// The plans that fit an amount, or all of them.
fn plans(banks: &[EmiBank], amount: Option<Money>) -> Vec<Emi> {
    let fits = |bank: &&EmiBank| amount.is_none_or(|a| a.minor() >= bank.min_minor);
    let of = |bank: &EmiBank| -> Vec<Emi> {
        let emi = |plan: &EmiPlan| Emi {
            bank: bank.code.clone(),
            min_minor: bank.min_minor,
            plan: *plan,
            instalments: amount.and_then(|a| instalments(a, plan.rate, plan.months)),
        };
        bank.plans.iter().map(emi).collect()
    };
    banks.iter().filter(fits).flat_map(of).take(LISTED_MAX).collect()
}

async fn offers(app: &App, connected: &Opened, amount: Option<Money>) -> Result<Option<Arc<Offers>>, Error> {
    let Some(part) = connected.provider.choices() else { return Ok(None) };
    let (id, now) = (connected.row.id, app.now());
    if let Some(known) = app.offers.recall(id, now).filter(|_| !planted!("choices_asked_every_time")) {
        return Ok(Some(known));
    }
    let wire = Wired::new(app, id, id);
    let said = part.choices(connected.call(&wire), amount).await;
    let exchanges = wire.take();
    app.store
        .write_background(async move |tx| {
            for exchange in &exchanges {
                history::exchanged(tx, exchange).await?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    let offers = Arc::new(said.map_err(|error| refused_by_provider(&error))?);
    app.offers.keep(id, &offers, now.plus(KEPT_MS));
    Ok(Some(offers))
}

/// What instalments of an order come to, for its payer's page: nothing where no provider lists any. A page that can't
/// show them is shown without.
pub async fn emi_for_payer(app: &App, scope: Scope, connections: &[ConnectionId], amount: Money) -> Vec<Emi> {
    for id in connections {
        match of_connection(app, scope, *id, Some(amount)).await {
            Ok(choices) if !choices.emi.is_empty() => return choices.emi,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(connection = %id, error = error.to_log(), "no instalment plans to show")
            }
        }
    }
    Vec::new()
}
