//! Home: money in, success rate, refunds and doubt first; then the chart and what needs a person.

use super::chart::{Chart, Share};
use super::format::{Figure, count, counted, long, rate};
use super::parts::{Lamp, Sign};
use super::payments::PaymentRow;
use super::shell::Shell;
use askama::Template;
use hundi_core::Money;

/// The first page after signing in.
#[derive(Template)]
#[template(path = "console/home.html")]
pub struct Home {
    pub shell: Shell,
    pub range: Range,
    pub tiles: Vec<Tile>,
    pub chart: Chart,
    pub attention: Vec<Attention>,
    pub connections: Vec<Health>,
    /// By money, the greatest first: `chart::shares`.
    pub methods: Vec<Share>,
    /// By number, the most frequent first.
    pub failures: Vec<Share>,
    /// `245 attempts`
    pub failures_sample: String,
    /// The newest few.
    pub rows: Vec<PaymentRow>,
}

/// How far back Home looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    Day,
    Week,
    Month,
}

impl Range {
    pub const ALL: &[Self] = &[Self::Day, Self::Week, Self::Month];

    /// Its word in the address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    pub const fn title(self) -> &'static str {
        match self {
            Self::Day => "24 h",
            Self::Week => "7 d",
            Self::Month => "30 d",
        }
    }

    /// What the address asked for; a month when it asked for nothing we know.
    pub fn asked(text: &str) -> Self {
        Self::ALL.iter().copied().find(|range| range.as_str() == text).unwrap_or(Self::Month)
    }
}

/// One figure with a word about it.
#[derive(Clone, Debug)]
pub struct Tile {
    pub label: &'static str,
    pub figure: Figure,
    pub note: String,
}

impl Tile {
    pub fn money_in(money: Money, payments: u64) -> Self {
        Self { label: "Money in", figure: Figure::of(money), note: counted(payments, "payment", "payments") }
    }

    /// Never a rate without its sample size.
    pub fn success_rate(paid: u64, attempts: u64) -> Self {
        let major = rate(paid, attempts).unwrap_or_else(|| "–".to_owned());
        let note = match attempts {
            0 => "No attempts yet".to_owned(),
            _ => format!("{} of {}", count(paid), counted(attempts, "attempt", "attempts")),
        };
        Self { label: "Success rate", figure: Figure { major, minor: String::new() }, note }
    }

    pub fn refunds(money: Money, refunds: u64) -> Self {
        Self { label: "Refunds", figure: Figure::of(money), note: counted(refunds, "refund", "refunds") }
    }

    pub fn in_doubt(money: Money, payments: u64, oldest_ms: i64) -> Self {
        let note = match payments {
            0 => "Every outcome is known".to_owned(),
            _ => format!("{}, oldest {}", counted(payments, "payment", "payments"), long(oldest_ms)),
        };
        Self { label: "In doubt", figure: Figure::of(money), note }
    }
}

/// One thing that a person should look at.
#[derive(Clone, Debug)]
pub struct Attention {
    pub sign: Sign,
    pub title: String,
    pub url: String,
    pub sentence: String,
}

/// How a connection did in the last 24 hours.
#[derive(Clone, Debug)]
pub struct Health {
    pub name: String,
    pub url: String,
    pub lamp: Lamp,
    /// `96.4%`, or `3 of 3` when too few to judge.
    pub rate: String,
    /// `of 842`, or `paid`.
    pub sample: String,
    /// `webhook 12 s ago`
    pub note: String,
}

/// Below this many attempts no rate is shown.
pub const SAMPLE_MIN: u64 = 20;

impl Health {
    /// From counts: a rate with its sample size, or the bare counts when they are too few to judge.
    pub fn of(name: String, url: String, paid: u64, attempts: u64, note: String) -> Self {
        let few = attempts < SAMPLE_MIN;
        let (rate, sample) = match rate(paid, attempts).filter(|_| !few) {
            Some(rate) => (rate, format!("of {}", count(attempts))),
            None => (format!("{} of {}", count(paid), count(attempts)), "paid".to_owned()),
        };
        let lamp = match () {
            () if few => Lamp::TooFew,
            () if paid * 100 >= attempts * 85 => Lamp::Healthy,
            () if paid * 100 >= attempts * 50 => Lamp::Degraded,
            () => Lamp::Down,
        };
        Self { name, url, lamp, rate, sample, note }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn judged(paid: u64, attempts: u64, lamp: Lamp, rate: &str, sample: &str) {
        let health = Health::of(String::new(), String::new(), paid, attempts, String::new());
        assert_eq!((health.lamp, health.rate.as_str(), health.sample.as_str()), (lamp, rate, sample));
    }

    #[test]
    fn a_rate_needs_a_sample() {
        judged(812, 842, Lamp::Healthy, "96.4%", "of 842");
        judged(174, 214, Lamp::Degraded, "81.3%", "of 214");
        judged(1, 20, Lamp::Down, "5.0%", "of 20");
        judged(3, 3, Lamp::TooFew, "3 of 3", "paid");
        judged(0, 0, Lamp::TooFew, "0 of 0", "paid");
    }

    #[test]
    fn an_empty_day_shows_no_rate() {
        assert_eq!(Tile::success_rate(0, 0).figure.major, "–");
        assert_eq!(Tile::success_rate(3_982, 4_232).note, "3,982 of 4,232 attempts");
    }
}
