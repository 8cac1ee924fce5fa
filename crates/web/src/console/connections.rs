//! The merchant's accounts at providers, as a list, and what can be connected.

use super::desk::Desk;
use super::home::last_day;
use super::refused::Refused;
use crate::browser::page;
use crate::fields::address;
use crate::pages::connections::{ConnectionList, ConnectionRow, Offer};
use crate::pages::format::{count, long};
use crate::pages::parts::{Badge, Lamp};
use crate::pages::shell::Place;
use axum::response::Response;
use http::StatusCode;
use hundi_app::connections::{self, Shown};
use hundi_app::home::{self, Figure};
use hundi_core::scope::Permission;
use hundi_core::time::hours;
use hundi_core::{Method, Millis};

pub(super) async fn list(desk: Desk) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ReadConnections)?;
    let now = desk.now();
    let all = connections::list(&desk.app, scope).await?;
    let day = home::figures(&desk.app, scope, now.minus(hours(24)), now).await?;
    Ok(page(
        StatusCode::OK,
        &ConnectionList {
            shell: desk.shell(Place::Connections).await?,
            rows: all.iter().map(|c| row(c, &day, now)).collect(),
            offers: if desk.can(Permission::ManageConnections) { offers() } else { Vec::new() },
        },
    ))
}

fn row(c: &Shown, day: &[Figure], now: Millis) -> ConnectionRow {
    let health = last_day(c, day, now);
    ConnectionRow {
        url: format!("/connections/{}", c.row.id),
        name: c.row.label.clone(),
        provider: c.card.name.to_owned(),
        state: state(c),
        lamp: health.lamp,
        rate: if health.lamp == Lamp::TooFew {
            health.rate
        } else {
            format!("{} {}", health.rate, health.sample)
        },
        webhook: webhook_in_short(c, now),
    }
}

pub(super) const fn state(c: &Shown) -> Badge {
    if c.row.enabled { Badge::ENABLED } else { Badge::DISABLED }
}

fn webhook_in_short(c: &Shown, now: Millis) -> String {
    let n = |n: usize| count(u64::try_from(n).unwrap_or(u64::MAX));
    match c.webhooks.last_good_at {
        _ if c.webhooks.refused_in_a_row > 0 => {
            format!("{} refused in a row", n(c.webhooks.refused_in_a_row))
        }
        _ if c.webhooks.missed_in_a_row > 0 => format!("{} missed in a row", n(c.webhooks.missed_in_a_row)),
        Some(at) => format!("{} ago", long(now.since(at))),
        None => "none yet".to_owned(),
    }
}

fn offers() -> Vec<Offer> {
    let offer = |card: &&'static connections::Card| Offer {
        provider: card.name.to_owned(),
        methods: card.methods.iter().map(|m| Method::shown(*m)).collect::<Vec<_>>().join(", "),
        url: address("/connections/new", &[("provider", card.id)]),
    };
    connections::cards().iter().map(offer).collect()
}
