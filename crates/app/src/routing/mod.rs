//! Which connection collects a payment: a merchant's written rules, and how its connections lately did.
//!
//! The decision itself is pure (`hundi_core::routing`); here it is fed and explained. Failover, and the guard that
//! keeps a payment from being sent twice, are with paying.

mod policy;
mod standing;
mod written;

pub use policy::{Exposure, LOOKED_AT_MAX, Policy, exposure, policy, set_policy};
pub use standing::{Standing, standing};
pub use written::{RuleText, ShareText, WhenText};

use crate::connections::{self, flows};
use crate::error::Error;
use crate::{Actor, App, fallbacks};
use hundi_core::routing::{
    self as core, Candidate, Decision, Health, LocalTime, Outcome, Rules, Seen, Unfit, Wanted,
};
use hundi_core::time::{hours, minutes};
use hundi_core::{AuditId, ConnectionId, FailureReason, FallbackId, Method, Millis, Money, OurRef, Scope};
use hundi_providers::Flow;
use hundi_store::audit::{self, Record};
use hundi_store::connections::{self as rows, Connection};
use hundi_store::{Tx, people, routing as table};

/// Longer ago tells nothing: the longest time that a breaker stays open, three times.
const LATELY_MS: i64 = minutes(15);
const LATELY_MAX: i64 = 500;
/// What came of connections' work is thrown away after so long.
pub(crate) const OUTCOMES_KEPT_MS: i64 = hours(1);
const RULES_MAX: usize = 50;

/// A merchant's rules, as it wrote them.
#[derive(Clone, Debug)]
pub struct Routing {
    pub rules: Vec<RuleText>,
    pub updated_at: Option<Millis>,
    pub version: i64,
}

/// A merchant without rules takes its connections in the order in which it made them.
pub async fn get(app: &App, scope: Scope) -> Result<Routing, Error> {
    let row = app.store.read(async move |tx| table::load(tx, scope).await).await?;
    Ok(match row {
        None => Routing { rules: Vec::new(), updated_at: None, version: 0 },
        Some(row) => Routing {
            rules: serde_json::from_str(&row.rules)
                .map_err(|_| Error::Bug("routing rules that do not read".into()))?,
            updated_at: Some(row.updated_at),
            version: row.version,
        },
    })
}

/// Puts a new list in the place of the old one.
pub async fn set(app: &App, scope: Scope, actor: &Actor, rules: Vec<RuleText>) -> Result<Routing, Error> {
    replace(app, scope, actor, rules, None).await
}

/// The same by somebody who saw the list of this version, and must not undo what others changed since.
pub async fn set_after(
    app: &App,
    scope: Scope,
    actor: &Actor,
    rules: Vec<RuleText>,
    version: i64,
) -> Result<Routing, Error> {
    replace(app, scope, actor, rules, Some(version)).await
}

async fn replace(
    app: &App,
    scope: Scope,
    actor: &Actor,
    rules: Vec<RuleText>,
    seen: Option<i64>,
) -> Result<Routing, Error> {
    if rules.len() > RULES_MAX {
        return Err(Error::invalid("rules", format!("Send at most {RULES_MAX} rules.")));
    }
    written::read(&rules)?;
    let text = serde_json::to_string(&rules).map_err(|_| Error::Bug("rules are plain text".into()))?;
    let (now, by) = (app.now(), actor.name.clone());
    let record = Record {
        id: app.id(AuditId::new),
        chain: scope.merchant().to_string(),
        mode: scope.mode(),
        actor: actor.name.clone(),
        action: "routing.set".into(),
        target_type: "merchant".into(),
        target_id: scope.merchant().to_string(),
        detail: text.clone(),
        ip: actor.ip.clone(),
        at: now,
    };
    app.store
        .write(async move |tx| {
            let stands = table::load(tx, scope).await?.map_or(0, |row| row.version);
            if seen.is_some_and(|seen| seen != stands) {
                return Err(Error::invalid(
                    "version",
                    "Somebody changed the rules meanwhile. Look at them again.",
                ));
            }
            let known = rows::list(tx, scope).await?;
            for (at, rule) in rules.iter().enumerate() {
                for (nth, share) in rule.to.iter().enumerate() {
                    if !known.iter().any(|c| c.id.to_string() == share.connection) {
                        let param = format!("rules[{at}].to[{nth}].connection");
                        return Err(Error::invalid(param, "Send the id of a connection of yours: conn_…"));
                    }
                }
            }
            table::write(tx, scope, &text, &by, now).await?;
            audit::insert(tx, &record).await?;
            Ok(())
        })
        .await?;
    get(app, scope).await
}

/// What is to be routed, as far as it is known.
#[derive(Clone, Debug)]
pub struct Ask {
    pub amount: Money,
    pub method: Option<Method>,
    pub flow: Option<Flow>,
    pub at: Millis,
    /// The same for the same payment.
    pub dice: u64,
}

/// A connection that can take the payment, and how.
pub(crate) struct Route {
    pub(crate) row: Connection,
    pub(crate) flow: Flow,
    /// It was down and this payment is to show whether it works again.
    pub(crate) trial: bool,
    /// The agreement by which it is the platform's: the last resort.
    pub(crate) fallback: Option<FallbackId>,
}

pub(crate) struct Plan {
    pub(crate) routes: Vec<Route>,
    pub(crate) decision: Decision,
    amount: Money,
    /// The merchant's own, and behind them what the platform lends.
    rows: Vec<Connection>,
    rules: Vec<RuleText>,
    own: usize,
}

impl Plan {
    /// Why each of the merchant's own can't take it; where it has none, why what the platform lends can't.
    pub(crate) fn passed_over(&self) -> impl Iterator<Item = core::PassedOver> {
        let own = &self.rows[..self.own];
        let counts = |id: &ConnectionId| own.is_empty() || own.iter().any(|row| row.id == *id);
        self.decision.passed_over.iter().filter(move |(id, _)| counts(id)).map(|(_, why)| *why)
    }

    /// The limits of the first connection that the amount does not fit.
    pub(crate) fn limits(&self) -> Option<Error> {
        let unfit = core::PassedOver::Unfit(Unfit::Amount);
        let over = &self.decision.passed_over;
        let row = |id: &ConnectionId| self.rows.iter().find(|row| row.id == *id);
        let row = over.iter().filter(|(_, why)| *why == unfit).find_map(|(id, _)| row(id))?;
        let shown = |minor| Money::new(minor, self.amount.currency()).shown();
        Some(Error::AmountOutsideLimits { min: shown(row.min_minor), max: shown(row.max_minor) })
    }
}

/// Everything that could collect it, in the order to try.
pub(crate) async fn plan(app: &App, scope: Scope, ask: &Ask) -> Result<Plan, Error> {
    let (method, at, since) = (method_of(ask), ask.at, ask.at.minus(LATELY_MS));
    let read = app.store.read(async move |tx| {
        let merchant = people::merchant(tx, scope.merchant()).await?;
        let written = table::load(tx, scope).await?;
        let rows = rows::list(tx, scope).await?;
        let lent = fallbacks::lent(tx, scope, at).await?;
        let mut lately = Vec::with_capacity(rows.len());
        for row in rows.iter().chain(lent.iter().map(|(_, row)| row)) {
            lately.push(table::lately(tx, row.id, method, since, LATELY_MAX).await?);
        }
        Ok::<_, Error>((merchant, written, rows, lent, lately))
    });
    let (merchant, written, mut rows, lent, lately) = read.await?;
    let rules: Vec<RuleText> = match written {
        None => Vec::new(),
        Some(row) => serde_json::from_str(&row.rules)
            .map_err(|_| Error::Bug("routing rules that do not read".into()))?,
    };
    let zone = merchant.map_or_else(String::new, |m| m.zone);
    let wanted = Wanted { amount: ask.amount, method, at: local(&zone, ask.at), dice: ask.dice };
    let health: Vec<Health> = lately.iter().map(|seen| core::health(seen, ask.at)).collect();
    let candidate = |(row, health): (&Connection, &Health)| Candidate {
        connection: row.id,
        unfit: flow_of(row, ask).err(),
        health: *health,
    };
    let own = rows.len();
    let (agreement, lent) = lent.unzip();
    rows.extend(lent);
    let mut candidates: Vec<Candidate> = rows.iter().zip(&health).map(candidate).collect();
    let fallback = candidates.split_off(own).pop();
    let decision = core::decide(&Rules(written::read(&rules)?), &candidates, fallback.as_ref(), &wanted);
    let route = |id: &ConnectionId| {
        let at = rows.iter().position(|row| row.id == *id)?;
        let flow = flow_of(&rows[at], ask).ok()?;
        let fallback = agreement.filter(|_| at >= own);
        Some(Route { row: rows[at].clone(), flow, trial: health[at] != Health::Well, fallback })
    };
    let routes = decision.tries.iter().filter_map(route).collect();
    Ok(Plan { routes, decision, amount: ask.amount, rows, rules, own })
}

/// A UPI link is paid by UPI; other flows leave the choice to the provider's page.
fn method_of(ask: &Ask) -> Option<Method> {
    let by_flow = (ask.flow == Some(Flow::UpiIntent)).then_some(Method::Upi);
    ask.method.or(by_flow)
}

/// How this connection would take it, or why it can't.
pub(crate) fn flow_of(row: &Connection, ask: &Ask) -> Result<Flow, Unfit> {
    if !row.enabled {
        return Err(Unfit::Disabled);
    }
    let card = connections::card(&row.provider).map_err(|_| Unfit::Disabled)?;
    if !card.currencies.contains(&ask.amount.currency().code()) {
        return Err(Unfit::Currency);
    }
    if !(row.min_minor..=row.max_minor).contains(&ask.amount.minor()) {
        return Err(Unfit::Amount);
    }
    flows(row).into_iter().find(|f| ask.flow.is_none_or(|wanted| wanted == *f)).ok_or(Unfit::Flow)
}

/// The merchant's own clock. A zone that nobody knows counts as UTC.
fn local(zone: &str, at: Millis) -> LocalTime {
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let Ok(stamp) = jiff::Timestamp::from_millisecond(at.0) else {
        return LocalTime { weekday: 0, minute: 0 };
    };
    let shown = stamp.to_zoned(zone);
    let weekday = shown.weekday().to_monday_zero_offset().unsigned_abs();
    let minute = u16::from(shown.hour().unsigned_abs()) * 60 + u16::from(shown.minute().unsigned_abs());
    LocalTime { weekday, minute }
}

/// What would happen to such a payment now, and why.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The rule that decides, by its place and name.
    pub rule: Option<(usize, String)>,
    pub tries: Vec<Named>,
    pub passed_over: Vec<(Named, core::PassedOver)>,
}

/// A connection as its merchant may know it: of one that the platform lends, no more than whose it is.
#[derive(Clone, Debug)]
pub struct Named {
    pub id: ConnectionId,
    pub provider: String,
    pub label: String,
    pub lent: bool,
}

pub async fn preview(app: &App, scope: Scope, ask: &Ask) -> Result<Preview, Error> {
    let plan = plan(app, scope, ask).await?;
    let row = |id: &ConnectionId| {
        let at = plan.rows.iter().position(|row| row.id == *id)?;
        let (row, lent) = (&plan.rows[at], at >= plan.own);
        let label = if lent { fallbacks::LABEL.to_owned() } else { row.label.clone() };
        Some(Named { id: row.id, provider: row.provider.clone(), label, lent })
    };
    let named = |at: usize| plan.rules.get(at).map(|rule| (at, rule.name.clone()));
    let over = plan.decision.passed_over.iter();
    Ok(Preview {
        rule: plan.decision.rule.and_then(named),
        tries: plan.decision.tries.iter().filter_map(row).collect(),
        passed_over: over.filter_map(|(id, why)| row(id).map(|row| (row, *why))).collect(),
    })
}

// ---- what connections' work came to

/// Writes it down, in the transaction that records the work itself.
pub(crate) async fn happened(
    app: &App,
    tx: &mut Tx,
    connection: ConnectionId,
    method: Option<Method>,
    outcome: Outcome,
) -> Result<(), Error> {
    let seen = Seen { at: app.now(), outcome };
    Ok(table::happened(tx, app.id(OurRef::new), connection, method, seen).await?)
}

/// What a failed try says about the connection: nothing where it was the payer's doing.
pub(crate) const fn outcome_of(reason: FailureReason) -> Option<Outcome> {
    use FailureReason as F;
    match reason {
        F::BankDown | F::ProviderError => Some(Outcome::Bad),
        F::InsufficientFunds
        | F::AuthenticationFailed
        | F::UserCancelled
        | F::LimitExceeded
        | F::DeclinedByBank
        | F::InstrumentInvalid
        | F::InstrumentExpired
        | F::InstrumentBlocked
        | F::NotEnabled
        | F::RiskRefused
        | F::TimedOut
        | F::ProviderRefused
        | F::Unrecognised => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_merchants_clock() {
        // 21 November 2026, a Saturday, 08:00 UTC.
        let at = Millis(1_795_248_000_000);
        assert_eq!(local("Asia/Kolkata", at), LocalTime { weekday: 5, minute: 13 * 60 + 30 });
        assert_eq!(local("America/New_York", at), LocalTime { weekday: 5, minute: 3 * 60 });
        assert_eq!(local("Nowhere/Land", at), LocalTime { weekday: 5, minute: 8 * 60 });
    }
}
