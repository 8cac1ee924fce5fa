//! Deliveries: what was sent to the merchant's endpoints, each try of it, and sending it again.

use super::desk::{Desk, Done};
use super::paging::{ignored, page_of, paged};
use super::refused::Refused;
use crate::browser::page;
use crate::fields::{Asking, address};
use crate::pages::deliveries::{Attempt, DeliveryDetail, DeliveryLog, DeliveryRow};
use crate::pages::format::{count, iso, ist, ist_short, long};
use crate::pages::parts::{Badge, Chip, Fact, Tab};
use crate::pages::shell::Place;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use hundi_app::deliveries::{self, Delivery, State, Try};
use hundi_app::endpoints::{self, Endpoint};
use hundi_app::{Error, public};
use hundi_core::scope::Permission;
use hundi_core::{DeliveryId, EndpointId, Millis};

const PATH: &str = "/deliveries";
const TABS: &[(&str, &str, Option<State>)] = &[
    ("", "All", None),
    ("delivered", "Delivered", Some(State::Delivered)),
    ("scheduled", "Retrying", Some(State::Scheduled)),
    ("exhausted", "Gave up", Some(State::Exhausted)),
    ("disabled", "Stopped", Some(State::Disabled)),
];

fn id_of(text: &str) -> Result<DeliveryId, Refused> {
    text.parse().map_err(|_| Refused(Error::NotFound { what: "delivery" }))
}

pub(super) async fn list(desk: Desk, Asking(fields): Asking) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ReadWebhooks)?;
    let all = endpoints::list(&desk.app, scope).await?;
    let tab = TABS.iter().find(|(word, ..)| *word == fields.get("state")).unwrap_or(&TABS[0]);
    let wanted: Option<EndpointId> = fields.parsed("endpoint");
    let chosen = all.iter().find(|e| Some(e.id) == wanted);
    let among = chosen.map_or_else(|| all.iter().map(|e| e.id).collect(), |e| vec![e.id]);
    let understood = [("endpoint", chosen.is_some()), ("state", tab.0 == fields.get("state"))];
    let lost = understood.into_iter().filter(|(name, read)| !read && !fields.get(name).is_empty());
    let lost = lost.map(|(name, _)| ignored(name, fields.get(name))).collect();
    let asked = page_of(&fields);
    let found = deliveries::across(&desk.app, scope, among, tab.2, asked.clone()).await?;
    let endpoint = chosen.map(|e| e.id.to_string()).unwrap_or_default();
    let kept = [("endpoint", endpoint.as_str()), ("state", tab.0)];
    let (rows, cursor) = paged(found, &asked, (PATH, &kept), |d| (d.created_at, d.id.to_string()));
    let tabs = TABS.iter().map(|(word, label, _)| Tab {
        label,
        url: address(PATH, &[("endpoint", &endpoint), ("state", word)]),
        count: None,
        current: *word == tab.0,
    });
    let chip = chosen.map(|e| Chip {
        label: e.url.clone(),
        remove_label: "Show the deliveries of all endpoints".to_owned(),
        remove_url: address(PATH, &[("state", tab.0)]),
    });
    Ok(page(
        StatusCode::OK,
        &DeliveryLog {
            shell: desk.shell(Place::Deliveries).await?,
            tabs: tabs.collect(),
            all: tab.0.is_empty(),
            ignored: lost,
            chips: chip.into_iter().collect(),
            clear_url: PATH.to_owned(),
            rows: rows.iter().map(|d| row(d, &all, desk.now())).collect(),
            cursor,
        },
    ))
}

fn row(d: &Delivery, endpoints: &[Endpoint], now: Millis) -> DeliveryRow {
    let endpoint = endpoints.iter().find(|e| e.id == d.endpoint_id);
    DeliveryRow {
        url: format!("{PATH}/{}", d.id),
        event: d.event_type.clone(),
        state: state(d),
        endpoint: endpoint.map(|e| e.url.clone()).unwrap_or_default(),
        tries: count(u64::try_from(d.attempts).unwrap_or(0)),
        next: d.next_at.map(|at| due(at, now)).unwrap_or_default(),
        at: ist_short(d.created_at),
        iso: iso(d.created_at),
    }
}

fn due(at: Millis, now: Millis) -> String {
    match at.since(now) {
        ahead if ahead > 0 => format!("in {}", long(ahead)),
        _ => "now".to_owned(),
    }
}

const fn state(d: &Delivery) -> Badge {
    match (d.state, d.attempts) {
        (State::Delivered, _) => Badge::DELIVERED,
        (State::Scheduled, 0) => Badge::WAITING,
        (State::Scheduled, _) => Badge::RETRYING,
        (State::Exhausted, _) => Badge::GAVE_UP,
        (State::Disabled, _) => Badge::DISABLED,
    }
}

pub(super) async fn show(desk: Desk, Path(id): Path<String>) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ReadWebhooks)?;
    let (delivery, tries, event) = deliveries::get(&desk.app, scope, id_of(&id)?).await?;
    let endpoint = endpoints::get(&desk.app, scope, delivery.endpoint_id).await?;
    let body = public::shown(endpoint.api_version, public::event(&event));
    let body = serde_json::to_string_pretty(&body).unwrap_or_else(|_| body.to_string());
    let mut facts = vec![
        Fact::link("Endpoint", endpoint.url.clone(), format!("/endpoints/{}", endpoint.id)),
        Fact::id("Event", event.id.to_string()),
        Fact::text("Event at", ist(event.created_at)),
    ];
    if event.object_type == "payment" {
        let url = format!("/payments/{}", event.object_id);
        facts.push(Fact::link("Payment", event.object_id.clone(), url));
    }
    let resend = desk.can(Permission::ManageWebhooks).then(|| format!("{PATH}/{}/resend", delivery.id));
    Ok(page(
        StatusCode::OK,
        &DeliveryDetail {
            shell: desk.shell(Place::Deliveries).await?,
            id: delivery.id.to_string(),
            event: delivery.event_type.clone(),
            state: state(&delivery),
            sentence: sentence(&delivery, desk.now()),
            resend_url: resend.filter(|_| endpoint.enabled),
            tries: tries.iter().rev().map(attempt).collect(),
            facts,
            body,
        },
    ))
}

fn sentence(d: &Delivery, now: Millis) -> String {
    let times = match d.attempts {
        0 => "Not tried yet".to_owned(),
        1 => "Tried once".to_owned(),
        n => format!("Tried {n} times"),
    };
    match d.state {
        State::Delivered => format!("{times}. Your server took it."),
        State::Scheduled => {
            let next = d.next_at.map(|at| format!(", next {}", due(at, now))).unwrap_or_default();
            format!("{times}{next}.")
        }
        State::Exhausted => format!("{times}. It is not tried again by itself."),
        State::Disabled => {
            "The endpoint was disabled before it got through. Enable it, then send it again.".to_owned()
        }
    }
}

fn attempt(t: &Try) -> Attempt {
    Attempt {
        answer: t.status.map_or_else(|| "No answer".to_owned(), |status| status.to_string()),
        good: t.status.is_some_and(|s| (200..300).contains(&s)),
        excerpt: t.error.clone().unwrap_or_else(|| t.response.clone()),
        took: format!("{} ms", t.took_ms),
        at: ist_short(t.at),
        iso: iso(t.at),
    }
}

pub(super) async fn resend(desk: Desk, Path(id): Path<String>) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageWebhooks)?;
    let id = id_of(&id)?;
    deliveries::send_again(&desk.app, scope, &desk.actor(), id).await?;
    Ok(Done::Resent.at(&format!("{PATH}/{id}")))
}
