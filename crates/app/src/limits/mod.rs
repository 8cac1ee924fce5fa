//! How often something may be done: by a key, a payer, a person, an address.
//!
//! A limit holds over any window of its length, not over windows that begin at full minutes: never are more turns
//! given within one than it says. Where a Redis is named, all nodes count together on it ([`shared`]); without one, or
//! while it is away, each counts for itself ([`table`]), in bounded memory. No limit ever stops anything because a
//! counter is broken.
//!
//! What protects money is not here: a refund that exceeds its payment is refused by the database, however seldom
//! somebody tries.

mod counts;
mod rules;
mod shared;
mod table;
#[cfg(test)]
mod tests;

pub use rules::{Limit, Limits, NotALimit, Rule};

use crate::App;
use crate::error::Error;
use crate::keys::Purpose;
use hundi_core::Millis;
use shared::Shared;
use std::net::IpAddr;
use table::Table;

/// How a limit stands after a turn was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub rule: Rule,
    pub limit: Limit,
    /// Turns that could be taken now.
    pub remaining: u32,
    /// Until the next turn comes back.
    pub wait_ms: i64,
}

impl Standing {
    /// Seconds until the next turn comes back, rounded up: whoever waits so long is not refused.
    pub const fn wait_secs(&self) -> i64 {
        (self.wait_ms + 999) / 1_000
    }
}

/// The answer to whoever asks for a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Turn {
    given: bool,
    remaining: u32,
    wait_ms: i64,
}

/// What the process counts.
pub(crate) struct Limiter {
    limits: Limits,
    tables: [Table; Rule::ALL.len()],
    shared: Option<Shared>,
}

impl Limiter {
    pub(crate) fn new(limits: Limits) -> Self {
        let shared = limits.redis().cloned().map(Shared::new);
        Self { limits, tables: std::array::from_fn(|_| Table::standard()), shared }
    }

    fn here(&self, rule: Rule, limit: Limit, key: &str, now: Millis) -> Turn {
        self.tables[rule as usize].take(key, limit, now)
    }
}

/// Takes one of `key`'s turns, or refuses with how long to wait. A refusal costs no turn: whoever waits as told gets
/// through. `None`: this rule is off.
pub async fn take(app: &App, rule: Rule, key: &str) -> Result<Option<Standing>, Error> {
    let Some(limit) = app.limiter.limits.of(rule) else { return Ok(None) };
    let turn = counted(app, rule, limit, key).await;
    let standing = Standing { rule, limit, remaining: turn.remaining, wait_ms: turn.wait_ms };
    if turn.given {
        return Ok(Some(standing));
    }
    app.figures.limited(rule.as_str());
    Err(Error::RateLimited(standing))
}

async fn counted(app: &App, rule: Rule, limit: Limit, key: &str) -> Turn {
    let (limiter, now) = (&app.limiter, app.now());
    let Some(shared) = &limiter.shared else { return limiter.here(rule, limit, key, now) };
    let hash = app.peppers.hash(Purpose::Fingerprint, &format!("limit:{key}"));
    match shared.take(rule, limit, &hash, now).await {
        Some(turn) => {
            if turn.given {
                // Noted here as well: should Redis go away, nobody begins anew.
                limiter.here(rule, limit, key, now);
            }
            turn
        }
        None => {
            app.figures.counted_alone();
            limiter.here(rule, limit, key, now)
        }
    }
}

/// What a caller's address counts as: whoever has one address of IPv6 has its whole network of 64 bits.
pub fn network_of(ip: &str) -> String {
    match ip.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V6(six)) => {
            let [a, b, c, d, ..] = six.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
        Ok(IpAddr::V4(four)) => four.to_string(),
        Err(_) => ip.to_owned(),
    }
}

/// Whether there was a turn: for what is left out rather than refused.
pub async fn may(app: &App, rule: Rule, key: &str) -> bool {
    take(app, rule, key).await.is_ok()
}
