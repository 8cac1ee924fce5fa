//! Which connection collects a payment: a merchant's rules, and what lately became of each connection's work.
//!
//! Pure: what happened and a throw of dice come in, an order to try and a reason for each connection go out. That a
//! payment is never sent elsewhere while its outcome is unknown is not decided here but by the order's guard.

mod breaker;
#[cfg(test)]
mod tests;

pub use breaker::{Health, Outcome, Seen, health};

use crate::{ConnectionId, Currency, Method, Millis, Money};
use std::collections::BTreeSet;

/// A merchant's rules, first match first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules(pub Vec<Rule>);

/// When a payment is like this, share it out like that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub name: String,
    pub when: When,
    /// Weights among each other; a connection of weight 0 is tried only after the others.
    pub to: Vec<Share>,
}

/// What a payment must be like. What is empty or absent matches everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    pub methods: Vec<Method>,
    pub currency: Option<Currency>,
    /// Minor units, both ends within.
    pub min_minor: Option<i64>,
    pub max_minor: Option<i64>,
    pub window: Option<Window>,
}

/// Hours of the merchant's own day, and days of its week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Monday first.
    pub days: [bool; 7],
    /// Minutes since midnight; `from` within, `to` without. From later than to goes over midnight, and counts as the
    /// day on which it began.
    pub from_minute: u16,
    pub to_minute: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    pub connection: ConnectionId,
    pub weight: u32,
}

/// What is to be routed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub amount: Money,
    /// As far as it is known before the payer chose.
    pub method: Option<Method>,
    pub at: LocalTime,
    /// The same for the same payment, so that asking again gives the same answer.
    pub dice: u64,
}

/// The time on the merchant's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// 0 is Monday.
    pub weekday: u8,
    /// Since midnight.
    pub minute: u16,
}

/// A connection that might do it, in the order in which the merchant made them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub connection: ConnectionId,
    /// Why it can't, whatever the rules say.
    pub unfit: Option<Unfit>,
    pub health: Health,
}

/// Why a connection can't take a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    Disabled,
    Currency,
    Amount,
    Flow,
}

impl Unfit {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Currency => "currency_not_offered",
            Self::Amount => "amount_outside_limits",
            Self::Flow => "flow_not_offered",
        }
    }
}

/// What is to be tried, in order; and what is said of every connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Index of the rule that matched.
    pub rule: Option<usize>,
    pub tries: Vec<ConnectionId>,
    pub passed_over: Vec<(ConnectionId, PassedOver)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassedOver {
    Unfit(Unfit),
    /// Its breaker is open: too much went wrong lately.
    Down {
        until: Millis,
    },
    /// It is being tried again with a trickle, and this one is not of it.
    Recovering,
}

/// Rules first, by weight; then every other connection in its order; those that are down not at all. What the platform
/// lends comes after all of the merchant's own, and no rule can move it.
pub fn decide(
    rules: &Rules,
    candidates: &[Candidate],
    fallback: Option<&Candidate>,
    wanted: &Wanted,
) -> Decision {
    let rule = rules.0.iter().position(|rule| rule.when.matches(wanted));
    let mut order: Vec<ConnectionId> = Vec::new();
    if let Some(at) = rule {
        order.extend(drawn(&rules.0[at].to, wanted.dice));
    }
    order.extend(candidates.iter().map(|c| c.connection));
    let mut decision = Decision { rule, tries: Vec::new(), passed_over: Vec::new() };
    let mut named = BTreeSet::new();
    for id in order.into_iter().filter(|id| named.insert(*id)) {
        // A rule may name a connection that is gone.
        let Some(candidate) = candidates.iter().find(|c| c.connection == id) else { continue };
        decision.consider(candidate);
    }
    if let Some(candidate) = fallback {
        decision.consider(candidate);
    }
    decision
}

impl Decision {
    fn consider(&mut self, candidate: &Candidate) {
        let id = candidate.connection;
        match (candidate.unfit, candidate.health) {
            (Some(unfit), _) => self.passed_over.push((id, PassedOver::Unfit(unfit))),
            (None, Health::Down { until }) => self.passed_over.push((id, PassedOver::Down { until })),
            (None, Health::Recovering { admits: false }) => {
                self.passed_over.push((id, PassedOver::Recovering));
            }
            (None, Health::Well | Health::Recovering { admits: true }) => self.tries.push(id),
        }
    }
}

/// The shares in an order drawn by their weights, without putting back. Those of no weight come last, as written.
fn drawn(shares: &[Share], dice: u64) -> Vec<ConnectionId> {
    let mut left: Vec<Share> = shares.iter().copied().filter(|s| s.weight > 0).collect();
    let mut order = Vec::with_capacity(shares.len());
    let mut throw = dice;
    while !left.is_empty() {
        let total: u64 = left.iter().map(|s| u64::from(s.weight)).sum();
        throw = mixed(throw);
        let mut point = throw % total;
        let hit = left.iter().position(|s| {
            let weight = u64::from(s.weight);
            let within = point < weight;
            point = point.saturating_sub(weight);
            within
        });
        order.push(left.remove(hit.unwrap_or(0)).connection);
    }
    order.extend(shares.iter().filter(|s| s.weight == 0).map(|s| s.connection));
    order
}

/// The finalizer of SplitMix64: every input bit reaches every output bit.
const fn mixed(input: u64) -> u64 {
    let z = input.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl When {
    fn matches(&self, wanted: &Wanted) -> bool {
        let method = self.methods.is_empty() || wanted.method.is_some_and(|m| self.methods.contains(&m));
        let currency = self.currency.is_none_or(|c| c == wanted.amount.currency());
        let minor = wanted.amount.minor();
        let amount =
            self.min_minor.is_none_or(|min| minor >= min) && self.max_minor.is_none_or(|max| minor <= max);
        method && currency && amount && self.window.as_ref().is_none_or(|w| w.holds(wanted.at))
    }
}

impl Window {
    fn holds(&self, at: LocalTime) -> bool {
        let on = |day: u8| self.days.get(usize::from(day % 7)).copied().unwrap_or(false);
        let (from, to) = (self.from_minute, self.to_minute);
        if from < to {
            return on(at.weekday) && (from..to).contains(&at.minute);
        }
        let evening = on(at.weekday) && at.minute >= from;
        let morning = on((at.weekday + 6) % 7) && at.minute < to;
        evening || morning
    }
}
