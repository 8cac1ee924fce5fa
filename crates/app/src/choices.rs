//! What a connection can be paid with, as its provider lists it: banks, wallets, instalment plans. Asked of the provider
//! and remembered for a while; what the provider does not list is what its card says.

use crate::connections::{self, Opened};
use crate::error::{Error, refused_by_provider};
use crate::wired::Wired;
use crate::{App, planted};
use hundi_core::emi::{Instalments, instalments};
use hundi_core::time::minutes;
use hundi_core::{ConnectionId, Currency, Millis, Money, Scope};
pub use hundi_providers::EmiPlan;
use hundi_providers::{EmiBank, Offer, Offers};
use hundi_store::history;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a provider's lists are believed.
const KEPT_MS: i64 = minutes(15);
/// Connections whose lists are remembered. Beyond, all are forgotten and asked for again.
const REMEMBERED_MAX: usize = 1_000;
/// Plans shown of one connection.
const LISTED_MAX: usize = 500;
/// A payer's page waits so long for a provider's lists; whoever comes later finds them.
const PAYER_WAITS: Duration = Duration::from_millis(1_500);
/// For payers a provider is asked once in so long, whether or not it answers.
const PAYERS_ASK_EVERY_MS: i64 = minutes(1);

/// What was listed lately, and who was asked for payers, by connection, in this process.
#[derive(Default)]
pub(crate) struct Remembered {
    lists: Mutex<BTreeMap<ConnectionId, (Arc<Offers>, Millis)>>,
    asked: Mutex<BTreeMap<ConnectionId, Millis>>,
}

impl Remembered {
    fn recall(&self, id: ConnectionId, now: Millis) -> Option<Arc<Offers>> {
        let kept = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        let (offers, until) = kept.get(&id)?;
        (now < *until).then(|| offers.clone())
    }

    fn keep(&self, id: ConnectionId, offers: &Arc<Offers>, until: Millis) {
        let mut kept = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= REMEMBERED_MAX {
            kept.clear();
        }
        kept.insert(id, (offers.clone(), until));
    }

    /// Whether a payer's page may ask now. Saying yes takes the turn.
    fn may_ask(&self, id: ConnectionId, now: Millis) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let lately = asked.get(&id).is_some_and(|at| now.since(*at) < PAYERS_ASK_EVERY_MS);
        if lately && !planted!("payers_ask_every_time") {
            return false;
        }
        if asked.len() >= REMEMBERED_MAX {
            asked.clear();
        }
        asked.insert(id, now);
        true
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
    let connected = opened(app, scope, id).await?;
    let Some(offers) = offers(app, &connected, amount).await? else {
        let general = |m: &hundi_core::Method| Offer { method: *m, banks: Vec::new() };
        let methods = connected.provider.card().methods.iter().map(general).collect();
        return Ok(Choices { listed: false, methods, emi: Vec::new() });
    };
    Ok(Choices { listed: true, methods: offers.methods.clone(), emi: plans(&offers.emi, amount) })
}

async fn opened(app: &App, scope: Scope, id: ConnectionId) -> Result<Opened, Error> {
    let row = app.store.read(async move |tx| hundi_store::connections::load(tx, scope, id).await).await?;
    connections::open_row(app, row.ok_or(Error::NotFound { what: "connection" })?).await
}

/// The plans that fit an amount, or all of them. Banks lend rupees.
fn plans(banks: &[EmiBank], amount: Option<Money>) -> Vec<Emi> {
    let rupees = |a: Money| a.currency() == Currency::INR;
    let fits = |bank: &&EmiBank| amount.is_none_or(|a| rupees(a) && a.minor() >= bank.min_minor);
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

/// The plans that a payer is shown, all of one connection.
#[derive(Clone, Debug)]
pub struct PayerPlans {
    pub connection: ConnectionId,
    pub banks: Vec<BankPlans>,
}

/// One bank's plans for an amount, the shortest first.
#[derive(Clone, Debug)]
pub struct BankPlans {
    /// As the provider names it among its banks, or else its code.
    pub name: String,
    pub plans: Vec<(EmiPlan, Instalments)>,
}

/// What instalments of an order come to, for its payer's page: nothing where no provider lists any. A page that can't
/// show them is shown without.
pub async fn emi_for_payer(
    app: &Arc<App>,
    scope: Scope,
    connections: &[ConnectionId],
    amount: Money,
) -> Option<PayerPlans> {
    for id in connections {
        let Some(offers) = listed_for_payer(app, scope, *id, amount).await else { continue };
        let banks = by_bank(&offers, amount);
        if !banks.is_empty() {
            return Some(PayerPlans { connection: *id, banks });
        }
    }
    None
}

/// What the provider lists, as far as a payer's page can wait for it. The question goes on when the page does not.
async fn listed_for_payer(
    app: &Arc<App>,
    scope: Scope,
    id: ConnectionId,
    amount: Money,
) -> Option<Arc<Offers>> {
    let now = app.now();
    if let Some(known) = app.offers.recall(id, now) {
        return Some(known);
    }
    if !app.offers.may_ask(id, now) {
        return None;
    }
    let house = app.clone();
    let asked = tokio::spawn(async move {
        let listed = async {
            let connected = opened(&house, scope, id).await?;
            offers(&house, &connected, Some(amount)).await
        };
        listed.await.unwrap_or_else(|error| {
            tracing::warn!(connection = %id, error = error.to_log(), "no instalment plans to show");
            None
        })
    });
    match tokio::time::timeout(PAYER_WAITS, asked).await {
        Ok(Ok(listed)) => listed,
        Ok(Err(_)) => {
            tracing::error!(connection = %id, "asking for instalment plans was broken off");
            None
        }
        Err(_) => None,
    }
}

fn by_bank(offers: &Offers, amount: Money) -> Vec<BankPlans> {
    let mut banks: Vec<BankPlans> = Vec::new();
    let mut last = String::new();
    for emi in plans(&offers.emi, Some(amount)) {
        let Some(instalments) = emi.instalments else { continue };
        if emi.bank != last {
            banks.push(BankPlans { name: name_of(offers, &emi.bank), plans: Vec::new() });
            last = emi.bank;
        }
        if let Some(bank) = banks.last_mut() {
            bank.plans.push((emi.plan, instalments));
        }
    }
    banks
}

fn name_of(offers: &Offers, code: &str) -> String {
    let named = offers.methods.iter().flat_map(|offer| &offer.banks).find(|bank| bank.code == code);
    named.map_or_else(|| code.to_owned(), |bank| bank.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hundi_core::{Bps, Method};
    use hundi_providers::Bank;

    fn offers() -> Offers {
        let plan = |months, bps| EmiPlan { months, rate: Bps(bps) };
        let bank = |code: &str, min_minor, plans: &[EmiPlan]| EmiBank {
            code: code.to_owned(),
            min_minor,
            plans: plans.to_vec(),
        };
        let hdfc = Bank { code: "HDFC".to_owned(), name: "HDFC Bank".to_owned(), corporate: None };
        Offers {
            methods: vec![Offer { method: Method::Netbanking, banks: vec![hdfc] }],
            emi: vec![
                bank("HDFC", 300_000, &[plan(3, 1600), plan(0, 1600), plan(6, 1600)]),
                bank("ONEC", 150_000, &[plan(3, 0)]),
            ],
        }
    }

    #[track_caller]
    fn shown(amount: Money, expected: &[(&str, &[u32])]) {
        let banks = by_bank(&offers(), amount);
        let months = |bank: &BankPlans| bank.plans.iter().map(|(plan, _)| plan.months).collect::<Vec<_>>();
        let found: Vec<_> = banks.iter().map(|bank| (bank.name.as_str(), months(bank))).collect();
        let expected: Vec<_> = expected.iter().map(|(name, months)| (*name, months.to_vec())).collect();
        assert_eq!(found, expected, "{amount:?}");
    }

    #[test]
    fn a_payer_sees_the_banks_that_lend_so_much_and_plans_that_can_be_counted() {
        shown(Money::inr(300_000), &[("HDFC Bank", &[3, 6]), ("ONEC", &[3])]);
        shown(Money::inr(299_999), &[("ONEC", &[3])]);
        shown(Money::inr(149_999), &[]);
        // So many cents are no rupees.
        shown(Money::new(300_000, Currency::USD), &[]);
    }

    #[test]
    fn payers_ask_once_in_a_while_whatever_the_answer() {
        let (remembered, id) = (Remembered::default(), ConnectionId::new(Millis(1), [7; 10]));
        let (first, later) = (Millis(1_000), Millis(1_000 + PAYERS_ASK_EVERY_MS));
        assert!(remembered.may_ask(id, first));
        assert!(!remembered.may_ask(id, Millis(later.0 - 1)));
        assert!(remembered.may_ask(ConnectionId::new(Millis(1), [8; 10]), first));
        assert!(remembered.may_ask(id, later));
    }
}
