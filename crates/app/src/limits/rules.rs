//! What is limited, and how it is written: `requests = "100/minute"`.

use super::counts::STEPS;
use crate::net::{NotARedis, RedisAt};
use hundi_core::Millis;
use hundi_core::time::{days, hours, minutes, seconds};
use std::fmt;
use std::str::FromStr;

/// Something that may be done so and so often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Requests of one API key.
    Requests,
    /// Looks of one API key's listeners and tails ([`WATCHER`](crate::requests::WATCHER)) at what came.
    Looks,
    /// Payments begun by one payer: the customer that the order names, or else the order.
    PaymentStarts,
    /// Payments begun from one network address, by payers on their page.
    PaymentStartsFromAddress,
    /// Retries of one payment.
    PaymentRetries,
    /// Refunds asked for by one person.
    Refunds,
    /// Sign-ins under one e-mail address, right or wrong.
    SignIns,
    /// Sign-ins from one network address.
    SignInsFromAddress,
    /// Messages at one connection's webhook URL, from one network address.
    Webhooks,
    /// Visits to one payment's return address that make us ask the provider.
    Returns,
    /// Payers' questions for the result of one payment.
    PayerChecks,
    /// False returns of one payment that the audit log takes in.
    ForgedReturns,
}

impl Rule {
    pub const ALL: [Self; 12] = [
        Self::Requests,
        Self::Looks,
        Self::PaymentStarts,
        Self::PaymentStartsFromAddress,
        Self::PaymentRetries,
        Self::Refunds,
        Self::SignIns,
        Self::SignInsFromAddress,
        Self::Webhooks,
        Self::Returns,
        Self::PayerChecks,
        Self::ForgedReturns,
    ];

    /// Its name in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Looks => "looks",
            Self::PaymentStarts => "payment_starts",
            Self::PaymentStartsFromAddress => "payment_starts_from_address",
            Self::PaymentRetries => "payment_retries",
            Self::Refunds => "refunds",
            Self::SignIns => "sign_ins",
            Self::SignInsFromAddress => "sign_ins_from_address",
            Self::Webhooks => "webhooks",
            Self::Returns => "returns",
            Self::PayerChecks => "payer_checks",
            Self::ForgedReturns => "forged_returns",
        }
    }

    /// What there were too many of, for people.
    pub const fn what(self) -> &'static str {
        match self {
            Self::Requests => "requests with this key",
            Self::Looks => "looks with this key",
            Self::PaymentStarts => "tries to pay by this payer",
            Self::PaymentStartsFromAddress => "tries to pay from this network",
            Self::PaymentRetries => "retries of this payment",
            Self::Refunds => "refunds asked for by you",
            Self::SignIns => "sign-ins with this e-mail address",
            Self::SignInsFromAddress => "sign-ins from this network",
            Self::Webhooks => "messages at this address",
            Self::Returns => "visits to this payment's return address",
            Self::PayerChecks => "questions about this payment",
            Self::ForgedReturns => "false returns of this payment",
        }
    }

    /// Unless set otherwise (PRODUCT SE3 for requests, starts, retries and refunds).
    ///
    /// Many payers share one address: a hospital's wireless network, a mobile operator's gateway. So addresses have
    /// more room than payers.
    fn standard(self) -> Limit {
        let (turns, per_ms) = match self {
            Self::Requests => (100, minutes(1)),
            // A listener looks twice a second and a tail three times: room for three of each.
            Self::Looks => (1_000, minutes(1)),
            Self::PaymentStarts => (5, minutes(1)),
            Self::PaymentStartsFromAddress => (60, minutes(1)),
            Self::PaymentRetries => (3, hours(1)),
            Self::Refunds => (10, hours(1)),
            Self::SignIns => (20, minutes(15)),
            Self::SignInsFromAddress => (60, minutes(15)),
            Self::Webhooks => (6_000, minutes(1)),
            Self::Returns => (6, minutes(1)),
            Self::PayerChecks => (1, seconds(10)),
            Self::ForgedReturns => (3, hours(1)),
        };
        Limit { turns, per_ms }
    }
}

/// So many turns within any time of this length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub turns: u32,
    pub per_ms: i64,
}

/// Turns of one limit: beyond, it limits nothing.
const TURNS_MAX: u32 = 10_000_000;

impl Limit {
    pub(super) const fn step_ms(self) -> i64 {
        (self.per_ms + STEPS - 1) / STEPS
    }

    pub(super) const fn step_of(self, now: Millis) -> i64 {
        now.0.div_euclid(self.step_ms())
    }

    /// The window, in seconds.
    pub const fn per_secs(self) -> i64 {
        self.per_ms / 1_000
    }
}

const UNITS: &[(&str, i64)] =
    &[("day", days(1)), ("hour", hours(1)), ("minute", minutes(1)), ("second", seconds(1))];

impl fmt::Display for Limit {
    /// As it is written: `5/minute`, `20/15 minutes`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = UNITS.iter().find(|(_, ms)| self.per_ms % ms == 0);
        let (unit, ms) = fits.copied().unwrap_or(("second", seconds(1)));
        match self.per_ms / ms {
            1 => write!(f, "{}/{unit}", self.turns),
            n => write!(f, "{}/{n} {unit}s", self.turns),
        }
    }
}

/// A text that is no limit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a limit such as 5/minute, 20/15 minutes, 100/hour, or off")]
pub struct NotALimit;

impl FromStr for Limit {
    type Err = NotALimit;

    fn from_str(text: &str) -> Result<Self, NotALimit> {
        let (turns, window) = text.split_once('/').ok_or(NotALimit)?;
        let (many, unit) = match window.trim().split_once(' ') {
            Some((many, unit)) => (whole(many)?, unit.trim()),
            None => (1, window.trim()),
        };
        let unit = unit.strip_suffix('s').unwrap_or(unit);
        let (_, ms) = UNITS.iter().find(|(name, _)| *name == unit).ok_or(NotALimit)?;
        let per_ms = i64::from(many) * ms;
        let turns = whole(turns.trim())?;
        if turns > TURNS_MAX || per_ms > days(1) { Err(NotALimit) } else { Ok(Self { turns, per_ms }) }
    }
}

/// A number from 1, in plain digits.
fn whole(text: &str) -> Result<u32, NotALimit> {
    let plain = text.bytes().all(|c| c.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain).ok_or(NotALimit)
}

/// Every rule's limit, and where all nodes count together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// `None`: the rule is off.
    rules: [Option<Limit>; Rule::ALL.len()],
    /// `None`: each node counts for itself.
    redis: Option<RedisAt>,
}

impl Limits {
    pub fn standard() -> Self {
        Self { rules: Rule::ALL.map(|rule| Some(rule.standard())), redis: None }
    }

    /// Nothing is limited: for programmes that measure, and tests of something else.
    pub const fn off() -> Self {
        Self { rules: [None; Rule::ALL.len()], redis: None }
    }

    pub const fn of(&self, rule: Rule) -> Option<Limit> {
        self.rules[rule as usize]
    }

    pub(super) const fn redis(&self) -> Option<&RedisAt> {
        self.redis.as_ref()
    }

    #[must_use]
    pub fn with(mut self, rule: Rule, limit: Option<Limit>) -> Self {
        self.rules[rule as usize] = limit;
        self
    }

    /// Sets one rule as it is written: a limit, or `off`; or `redis`, to an address.
    pub fn set(&mut self, rule: &str, text: &str) -> Result<(), String> {
        if rule == "redis" {
            self.redis = Some(text.parse().map_err(|error: NotARedis| error.to_string())?);
            return Ok(());
        }
        let known = Rule::ALL.into_iter().find(|known| known.as_str() == rule);
        let rule = known.ok_or_else(|| {
            let names = Rule::ALL.map(Rule::as_str).join(", ");
            format!("there is no limit {rule}; the limits are {names}, and redis is where they are counted")
        })?;
        let limit = match text {
            "off" => None,
            text => Some(text.parse().map_err(|error: NotALimit| format!("{}: {error}", rule.as_str()))?),
        };
        self.rules[rule as usize] = limit;
        Ok(())
    }
}
