//! What becomes of a payment beside another one: the merchant's standing decision, in each mode.

use crate::error::Error;
use crate::{Actor, App};
use hundi_core::order::LateSuccess;
use hundi_core::time::days;
use hundi_core::{AuditId, Currency, Money, Scope, guard};
use hundi_store::audit::{self, Record};
pub use hundi_store::policies::Policy;
use hundi_store::{orders, payments, policies as table};
use std::collections::BTreeMap;

/// A hold is let go by its bank within so long; what is older stands open no more, or is in doubt.
const LATELY_MS: i64 = days(7);
/// Payments that are looked at.
pub const LOOKED_AT_MAX: i64 = 5_000;

/// What payers might be charged above what they owe, should everything that is open succeed.
#[derive(Clone, Debug, Default)]
pub struct Exposure {
    /// One for each currency.
    pub amounts: Vec<Money>,
    /// How many orders it is about.
    pub orders: usize,
}

/// Of the merchant's newest payments, [`LOOKED_AT_MAX`] of the last week.
pub async fn exposure(app: &App, scope: Scope) -> Result<Exposure, Error> {
    let since = app.now().minus(LATELY_MS);
    let read = app.store.read(async move |tx| {
        let ids = payments::orders_with_several(tx, scope, since, LOOKED_AT_MAX).await?;
        let owed = orders::by_ids(tx, scope, &ids).await?;
        Ok::<_, Error>((owed, payments::stakes_of_orders(tx, &ids).await?))
    });
    let (owed, mut stakes) = read.await?;
    let mut sums: BTreeMap<String, (Currency, i64)> = BTreeMap::new();
    let mut found = Exposure::default();
    for order in &owed {
        let exposed = guard::exposure(order.amount, &stakes.remove(&order.id).unwrap_or_default());
        if exposed.is_positive() {
            let currency = exposed.currency();
            let sum = &mut sums.entry(currency.code().to_owned()).or_insert((currency, 0)).1;
            *sum = sum.saturating_add(exposed.minor());
            found.orders += 1;
        }
    }
    found.amounts = sums.into_values().map(|(currency, minor)| Money::new(minor, currency)).collect();
    Ok(found)
}

pub async fn policy(app: &App, scope: Scope) -> Result<Policy, Error> {
    let found = app.store.read(async move |tx| table::load(tx, scope).await).await?;
    found.ok_or(Error::NotFound { what: "merchant" })
}

/// Decides anew, from the next order on: an order keeps the policy that it was created under.
pub async fn set_policy(
    app: &App,
    scope: Scope,
    actor: &Actor,
    late_success: LateSuccess,
) -> Result<Policy, Error> {
    let (now, by) = (app.now(), actor.name.clone());
    let record = Record {
        id: app.id(AuditId::new),
        chain: scope.merchant().to_string(),
        mode: scope.mode(),
        actor: actor.name.clone(),
        action: "policy.set".into(),
        target_type: "merchant".into(),
        target_id: scope.merchant().to_string(),
        detail: serde_json::json!({ "late_success": late_success.in_full() }).to_string(),
        ip: actor.ip.clone(),
        at: now,
    };
    app.store
        .write(async move |tx| {
            table::write(tx, scope, late_success, &by, now).await?;
            audit::insert(tx, &record).await?;
            Ok::<_, Error>(())
        })
        .await?;
    policy(app, scope).await
}
