//! Home: money in, the success rate, refunds and doubt; then the chart, and what needs a person.

use super::desk::Desk;
use super::payments::row;
use super::refused::Refused;
use super::words;
use crate::browser::page;
use crate::fields::Asking;
use crate::pages::chart::{Chart, Period, Share, shares};
use crate::pages::format::{count, counted, ist_clock, ist_day, long};
use crate::pages::home::{Attention, Health, Home, Range, Tile};
use crate::pages::parts::Sign;
use crate::pages::shell::Place;
use axum::response::Response;
use http::StatusCode;
use hundi_app::connections::{self, Light, Shown};
use hundi_app::home::{self, Figure};
use hundi_app::payments::{self, Filter};
use hundi_app::{Cursor, Page, sweeps};
use hundi_core::scope::Permission;
use hundi_core::time::{days, hours, minutes};
use hundi_core::{Currency, FailureReason, Method, Millis, Money, Scope};

/// Figures are shown in one currency; the platform's is rupees.
const CURRENCY: Currency = Currency::INR;
const RECENT: i64 = 6;
/// Refused webhooks in a row before somebody is told.
const REFUSED_MIN: usize = 3;
/// After this long in doubt a person has to ask (PRODUCT PY4).
const LONG_MS: i64 = hours(24);
/// India's clock is ahead of UTC by so much.
const AHEAD_MS: i64 = minutes(330);

pub(super) async fn show(desk: Desk, Asking(fields): Asking) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ReadPayments)?;
    let range = Range::asked(fields.get("range"));
    let now = desk.now();
    let from = begins(range, now);
    let found = home::home(&desk.app, scope, from, now).await?;
    let oldest = oldest_doubt(&desk, scope).await?;
    let connections = connections::list(&desk.app, scope).await?;
    let unread = unread(&desk, scope, &connections).await?;
    let day: Vec<Figure> = home::figures(&desk.app, scope, now.minus(hours(24)), now).await?;
    let recent = payments::listed(&desk.app, scope, Filter::default(), Page::newest(RECENT)).await?;
    let sums = Sums(&found.figures);
    let (captured, failed) = (sums.of("captured", "all"), sums.of("failed", "all"));
    let refunded = sums.of("refunded", "all");
    let failures = sums.split("failed", "reason:", |word| match word.parse::<FailureReason>() {
        Ok(reason) => reason.title().to_owned(),
        Err(_) => "The payer left, or the time ran out".to_owned(),
    });
    Ok(page(
        StatusCode::OK,
        &Home {
            shell: desk.shell(Place::Home).await?,
            range,
            tiles: vec![
                Tile::money_in(captured.money(), captured.n()),
                Tile::success_rate(captured.n(), captured.n() + failed.n()),
                Tile::refunds(refunded.money(), refunded.n()),
                Tile::in_doubt(Money::new(found.in_doubt.1, CURRENCY), unsigned(found.in_doubt.0), oldest),
            ],
            chart: chart(range, from, now, &sums),
            attention: attention(&desk, &found, &connections, (oldest, &unread)),
            connections: health(&desk, &connections, &Sums(&day)),
            methods: methods(&sums),
            failures_sample: counted(failed.n(), "attempt", "attempts"),
            failures,
            rows: recent.iter().map(|listed| row(listed, &connections)).collect(),
        },
    ))
}

/// A whole number of hours or Indian days, the unfinished one included.
fn begins(range: Range, now: Millis) -> Millis {
    let today = Millis((now.0 + AHEAD_MS).div_euclid(days(1)) * days(1) - AHEAD_MS);
    match range {
        Range::Day => Millis(now.minus(hours(23)).0.div_euclid(hours(1)) * hours(1)),
        Range::Week => today.minus(days(6)),
        Range::Month => today.minus(days(29)),
    }
}

async fn oldest_doubt(desk: &Desk, scope: Scope) -> Result<i64, Refused> {
    let filter = Filter { in_doubt: true, ..Filter::default() };
    let cursor = Cursor::Before { at: Millis(i64::MIN), id: String::new() };
    let first = payments::list(&desk.app, scope, filter, Page { cursor, ..Page::newest(1) }).await?;
    let since = first.first().and_then(|p| p.state.in_doubt_since());
    Ok(since.map_or(0, |since| desk.now().since(since)))
}

/// Hourly figures, summed as asked.
struct Sums<'a>(&'a [Figure]);

#[derive(Clone, Copy, Default)]
struct Sum {
    count: i64,
    minor: i64,
}

impl Sum {
    const fn money(self) -> Money {
        Money::new(self.minor, CURRENCY)
    }

    fn n(self) -> u64 {
        unsigned(self.count)
    }

    const fn with(self, figure: &Figure) -> Self {
        Self {
            count: self.count.saturating_add(figure.count),
            minor: self.minor.saturating_add(figure.minor),
        }
    }
}

fn unsigned(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

impl Sums<'_> {
    fn figures<'s>(&'s self, what: &'s str) -> impl Iterator<Item = &'s Figure> {
        self.0.iter().filter(move |f| f.what == what && f.currency == CURRENCY.code())
    }

    fn of(&self, what: &str, split: &str) -> Sum {
        self.figures(what).filter(|f| f.split == split).fold(Sum::default(), Sum::with)
    }

    fn during(&self, what: &str, from: Millis, to: Millis) -> Sum {
        let inside = self.figures(what).filter(|f| f.split == "all" && f.hour >= from && f.hour < to);
        inside.fold(Sum::default(), Sum::with)
    }

    /// By one split, the most frequent first. Parts with the same name become one.
    fn split(&self, what: &str, prefix: &str, name: impl Fn(&str) -> String) -> Vec<Share> {
        let parts = self.parts(what, prefix, name);
        let mut parts: Vec<_> =
            parts.into_iter().map(|(name, sum)| (name, count(sum.n()), sum.n())).collect();
        parts.sort_by_key(|(.., n)| std::cmp::Reverse(*n));
        shares(&parts)
    }

    fn parts(&self, what: &str, prefix: &str, name: impl Fn(&str) -> String) -> Vec<(String, Sum)> {
        let mut parts: Vec<(String, Sum)> = Vec::new();
        for figure in self.figures(what) {
            let Some(part) = figure.split.strip_prefix(prefix) else { continue };
            let named = name(part);
            match parts.iter_mut().find(|(n, _)| *n == named) {
                Some((_, sum)) => *sum = sum.with(figure),
                None => parts.push((named, Sum::default().with(figure))),
            }
        }
        parts
    }
}

fn methods(sums: &Sums<'_>) -> Vec<Share> {
    let name = |word: &str| word.parse::<Method>().map_or("Other", Method::shown).to_owned();
    let parts = sums.parts("captured", "method:", name);
    let mut parts: Vec<_> =
        parts.into_iter().map(|(name, sum)| (name, sum.money().shown(), unsigned(sum.minor))).collect();
    parts.sort_by_key(|(.., minor)| std::cmp::Reverse(*minor));
    shares(&parts)
}

fn chart(range: Range, from: Millis, now: Millis, sums: &Sums<'_>) -> Chart {
    let (title, unit, step) = match range {
        Range::Day => ("Money in by hour", "Hour", hours(1)),
        Range::Week | Range::Month => ("Money in by day", "Day", days(1)),
    };
    let mut periods = Vec::new();
    let mut at = from;
    while at <= now {
        let to = at.plus(step);
        let sum = sums.during("captured", at, to);
        let label = match range {
            Range::Day => ist_clock(at)[..5].to_owned(),
            Range::Week | Range::Month => ist_day(at),
        };
        let unfinished = to > now;
        let so_far = if unfinished { " so far" } else { "" };
        let payments = counted(sum.n(), "payment", "payments");
        periods.push(Period {
            sentence: format!("{label}: {}, {payments}{so_far}", sum.money().shown()),
            label,
            money: sum.money(),
            payments: count(sum.n()),
            unfinished,
        });
        at = to;
    }
    let span = match range {
        Range::Day => format!("since {}, {}", ist_day(from), &ist_clock(from)[..5]),
        Range::Week | Range::Month => format!("{} to {}", ist_day(from), ist_day(now)),
    };
    Chart::of(title, span, unit, CURRENCY, &periods)
}

/// Connections whose provider's own list could not be read to its end.
async fn unread<'c>(desk: &Desk, scope: Scope, connections: &'c [Shown]) -> Result<Vec<&'c Shown>, Refused> {
    let mut unread = Vec::new();
    for c in connections.iter().filter(|c| sweeps::offered(&c.row)) {
        let last = sweeps::last(&desk.app, scope, c.row.id).await?;
        if last.is_some_and(|last| last.state == sweeps::State::Failed) {
            unread.push(c);
        }
    }
    Ok(unread)
}

fn attention(
    desk: &Desk,
    found: &home::Home,
    connections: &[Shown],
    (oldest, unread): (i64, &[&Shown]),
) -> Vec<Attention> {
    let mut items = Vec::new();
    let (n, minor) = (unsigned(found.in_doubt.0), found.in_doubt.1);
    if n > 0 {
        items.push(Attention {
            sign: Sign::DOUBT,
            title: format!("{} in doubt", counted(n, "payment", "payments")),
            url: "/payments?status=in_doubt".to_owned(),
            sentence: format!(
                "{} in all. We keep asking the provider. Nobody is charged twice meanwhile.",
                Money::new(minor, CURRENCY).shown()
            ),
        });
    }
    if oldest >= LONG_MS {
        items.push(Attention {
            sign: Sign::FAILED,
            title: format!("In doubt for {}", long(oldest)),
            url: "/payments?status=in_doubt".to_owned(),
            sentence: "Ask the provider yourself what became of it. We go on asking.".to_owned(),
        });
    }
    items.extend(found.discrepancies.iter().map(|d| Attention {
        sign: Sign::WARNING,
        title: words::discrepancy(&d.kind).to_owned(),
        url: d.payment_id.map_or_else(|| "/payments".to_owned(), |id| format!("/payments/{id}")),
        sentence: d.detail.clone(),
    }));
    if desk.can(Permission::ReadWebhooks) {
        items.extend(found.endpoints_down.iter().map(|e| Attention {
            sign: Sign::WARNING,
            title: format!("{} was disabled", e.url),
            url: format!("/endpoints/{}", e.id),
            sentence: words::given_up(e),
        }));
    }
    if desk.can(Permission::ReadConnections) {
        // Whoever switched one off waits for no message of it.
        items.extend(connections.iter().filter(|c| c.row.enabled).filter_map(about_webhooks));
        items.extend(unread.iter().map(|c| Attention {
            sign: Sign::WARNING,
            title: format!("The list of {} could not be read", c.row.label),
            url: format!("/connections/{}", c.row.id),
            sentence: "Money that nobody told of may be in it. Its page says why.".to_owned(),
        }));
    }
    items
}

fn about_webhooks(c: &Shown) -> Option<Attention> {
    let refused = c.webhooks.refused_in_a_row >= REFUSED_MIN;
    let (title, sentence) = match c.webhooks.light {
        Light::Silent => (
            format!("Webhooks of {} have gone silent", c.row.label),
            "Money came, and no message told of it. Payments are still found, a little later.",
        ),
        Light::Refused | Light::Unsteady if refused => (
            format!("Webhooks of {} are refused", c.row.label),
            "Their signature does not fit the saved secret. Payments are still found, a little later.",
        ),
        Light::NothingYet | Light::Well | Light::Unsteady | Light::Refused => return None,
    };
    let url = format!("/connections/{}", c.row.id);
    Some(Attention { sign: Sign::WARNING, title, url, sentence: sentence.to_owned() })
}

/// How each enabled connection did in the last 24 hours.
fn health(desk: &Desk, connections: &[Shown], day: &Sums<'_>) -> Vec<Health> {
    let enabled = connections.iter().filter(|c| c.row.enabled && desk.can(Permission::ReadConnections));
    enabled.map(|c| health_of(c, day, desk.now())).collect()
}

fn health_of(c: &Shown, day: &Sums<'_>, now: Millis) -> Health {
    let split = format!("connection:{}", c.row.id);
    let (paid, failed) = (day.of("captured", &split).n(), day.of("failed", &split).n());
    let note = match c.webhooks.last_good_at {
        Some(at) => format!("webhook {} ago", long(now.since(at))),
        None => "no webhook yet".to_owned(),
    };
    Health::of(c.row.label.clone(), format!("/connections/{}", c.row.id), paid, paid + failed, note)
}

/// The same for the list of connections.
pub(super) fn last_day(c: &Shown, day: &[Figure], now: Millis) -> Health {
    health_of(c, &Sums(day), now)
}
