//! Endpoints: the merchant's addresses that hear of events.

use super::desk::{Desk, Done};
use super::refused::Refused;
use super::words::why_disabled;
use crate::browser::page;
use crate::fields::{Fields, Sent, address};
use crate::pages::endpoints::{EndpointList, EndpointPage, EndpointRow, SavedEndpoint};
use crate::pages::format::{counted, ist, long};
use crate::pages::parts::{Badge, Choice};
use crate::pages::shell::Place;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use hundi_app::answer::{self, Reply};
use hundi_app::deliveries::{self, Delivery, State};
use hundi_app::endpoints::{self, Changes, Endpoint, NewEndpoint, Served};
use hundi_app::{Error, Page};
use hundi_core::event::EventType;
use hundi_core::scope::Permission;
use hundi_core::{EndpointId, Scope};
use serde_json::Value;

const PATH: &str = "/endpoints";

pub(super) fn id_of(text: &str) -> Result<EndpointId, Refused> {
    text.parse().map_err(|_| Refused(Error::NotFound { what: "endpoint" }))
}

pub(super) async fn list(desk: Desk) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ReadWebhooks)?;
    let mut rows = Vec::new();
    for endpoint in endpoints::list(&desk.app, scope).await? {
        let last = last_of(&desk, scope, &endpoint).await?;
        rows.push(EndpointRow {
            url: format!("{PATH}/{}", endpoint.id),
            state: state(&endpoint),
            events: match endpoint.events.as_str() {
                "*" => "All events".to_owned(),
                some => counted(u64::try_from(some.split(',').count()).unwrap_or(0), "event", "events"),
            },
            last,
            address: endpoint.url,
        });
    }
    let new_url = desk.can(Permission::ManageWebhooks).then(|| format!("{PATH}/new"));
    Ok(page(StatusCode::OK, &EndpointList { shell: desk.shell(Place::Endpoints).await?, rows, new_url }))
}

const fn state(endpoint: &Endpoint) -> Badge {
    if endpoint.enabled { Badge::ENABLED } else { Badge::DISABLED }
}

/// How the newest delivery went.
async fn last_of(desk: &Desk, scope: Scope, endpoint: &Endpoint) -> Result<String, Refused> {
    let newest = deliveries::list(&desk.app, scope, endpoint.id, None, Page::newest(1)).await?;
    Ok(newest.first().map_or_else(|| "none yet".to_owned(), |d| in_short(desk, d)))
}

fn in_short(desk: &Desk, d: &Delivery) -> String {
    let answer = match (d.state, d.last_status) {
        (State::Delivered, Some(status)) => status.to_string(),
        (State::Scheduled, None) => "on its way".to_owned(),
        (_, Some(status)) => format!("{status}, not taken"),
        (_, None) => "no answer".to_owned(),
    };
    format!("{answer}, {} ago", long(desk.now().since(d.done_at.unwrap_or(d.created_at))))
}

// ---- a new one

pub(super) async fn new(desk: Desk) -> Result<Response, Refused> {
    desk.may(Permission::ManageWebhooks)?;
    form(&desk, StatusCode::OK, "", &[], None).await
}

pub(super) async fn create(desk: Desk, Sent(fields): Sent) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageWebhooks)?;
    let (url, events) = (fields.get("url"), events_of(&fields));
    let key = form_key(scope, &fields, "POST endpoints", &format!("{url}|{events:?}"))?;
    let new =
        NewEndpoint { url: url.to_owned(), description: None, events: events.clone(), served: Served::USUAL };
    match endpoints::create(&desk.app, scope, &desk.actor(), new, Some(key)).await {
        Ok(reply) => made(&desk, scope, &reply).await,
        Err(
            error @ (Error::EndpointAddressRefused { .. }
            | Error::LimitReached { .. }
            | Error::Invalid { .. }),
        ) => form(&desk, StatusCode::UNPROCESSABLE_ENTITY, url, &events, Some(error.sentence())).await,
        Err(error) => Err(error.into()),
    }
}

/// Every form that makes a secret has a key of its own: sent twice, it makes one.
fn form_key(
    scope: Scope,
    fields: &Fields,
    what: &str,
    said: &str,
) -> Result<hundi_app::answer::Key, Refused> {
    let key = fields.get("key");
    if key.is_empty() || key.len() > 64 {
        return Err(Error::invalid("key", "Open the page again, then send the form.").into());
    }
    Ok(answer::key(scope, &format!("console:{key}"), what, said.as_bytes()))
}

/// The endpoint that an answer is about, with its secret if this is the first time that it is told.
async fn made(desk: &Desk, scope: Scope, reply: &Reply) -> Result<Response, Refused> {
    let told: Value =
        serde_json::from_str(&reply.body).map_err(|_| Error::Bug("an answer is JSON".into()))?;
    let id = id_of(told["id"].as_str().unwrap_or_default())?;
    let endpoint = endpoints::get(&desk.app, scope, id).await?;
    let secret = told["secret"].as_str().map(str::to_owned);
    saved(desk, scope, StatusCode::OK, &endpoint, None, secret).await
}

async fn form(
    desk: &Desk,
    status: StatusCode,
    url: &str,
    ticked: &[EventType],
    error: Option<String>,
) -> Result<Response, Refused> {
    let view = EndpointPage {
        shell: desk.shell(Place::Endpoints).await?,
        title: "Add an endpoint".to_owned(),
        save_url: PATH.to_owned(),
        key: desk.app.nonce(),
        can_manage: true,
        address: url.chars().take(2_000).collect(),
        events: choices(ticked),
        error,
        saved: None,
    };
    Ok(page(status, &view))
}

fn choices(ticked: &[EventType]) -> Vec<Choice> {
    let offered = EventType::ALL.iter().filter(|e| **e != EventType::EndpointTest);
    let choice = |event: &EventType| Choice {
        value: event.as_str().to_owned(),
        label: event.as_str().to_owned(),
        hint: hint(*event).to_owned(),
        checked: ticked.contains(event),
    };
    offered.map(choice).collect()
}

const fn hint(event: EventType) -> &'static str {
    match event {
        EventType::OrderPaid => "Fulfil on this one: once per order",
        EventType::PaymentCaptured => "Money was taken",
        EventType::PaymentInDoubt => "An outcome is unknown",
        EventType::RefundProcessed => "Money went back",
        EventType::DiscrepancyOpened => "Something does not fit",
        EventType::PaymentDoubtEscalated => "Nobody knows for a day: ask the provider",
        EventType::ConnectionWebhooksSilent => "Money came, and no webhook told of it",
        _ => "",
    }
}

fn events_of(fields: &Fields) -> Vec<EventType> {
    if fields.get("all") == "1" {
        return Vec::new();
    }
    fields.all("event").filter_map(|word| word.parse().ok()).collect()
}

// ---- a saved one

pub(super) async fn show(desk: Desk, Path(id): Path<String>) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ReadWebhooks)?;
    let endpoint = endpoints::get(&desk.app, scope, id_of(&id)?).await?;
    saved(&desk, scope, StatusCode::OK, &endpoint, None, None).await
}

pub(super) async fn update(
    desk: Desk,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageWebhooks)?;
    let id = id_of(&id)?;
    let url = fields.get("url").to_owned();
    let changes = Changes { url: Some(url.clone()), events: Some(events_of(&fields)), ..Changes::default() };
    match endpoints::update(&desk.app, scope, &desk.actor(), id, changes).await {
        Ok(_) => Ok(Done::Saved.at(&format!("{PATH}/{id}"))),
        Err(error @ (Error::EndpointAddressRefused { .. } | Error::Invalid { .. })) => {
            let endpoint = endpoints::get(&desk.app, scope, id).await?;
            let typed = Endpoint { url, ..endpoint };
            saved(&desk, scope, StatusCode::UNPROCESSABLE_ENTITY, &typed, Some(error.sentence()), None).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn switch(
    desk: Desk,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageWebhooks)?;
    let id = id_of(&id)?;
    let enabled = fields.get("enabled") == "true";
    let changes = Changes { enabled: Some(enabled), ..Changes::default() };
    endpoints::update(&desk.app, scope, &desk.actor(), id, changes).await?;
    let done = if enabled { Done::Enabled } else { Done::Disabled };
    Ok(done.at(&format!("{PATH}/{id}")))
}

pub(super) async fn rotate(
    desk: Desk,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageWebhooks)?;
    let id = id_of(&id)?;
    let key = form_key(scope, &fields, "POST endpoint secret", &id.to_string())?;
    let reply = endpoints::rotate_by_api(&desk.app, scope, &desk.actor(), id, None, Some(key)).await?;
    made(&desk, scope, &reply).await
}

pub(super) async fn test(desk: Desk, Path(id): Path<String>) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageWebhooks)?;
    let id = id_of(&id)?;
    endpoints::send_test(&desk.app, scope, id).await?;
    Ok(Done::TestSent.at(&format!("{PATH}/{id}")))
}

async fn saved(
    desk: &Desk,
    scope: Scope,
    status: StatusCode,
    endpoint: &Endpoint,
    error: Option<String>,
    secret: Option<String>,
) -> Result<Response, Refused> {
    let url = format!("{PATH}/{}", endpoint.id);
    let ticked: Vec<EventType> = endpoint.events.split(',').filter_map(|e| e.parse().ok()).collect();
    let last = last_of(desk, scope, endpoint).await?;
    let sentence = match endpoint.enabled {
        true => format!("The latest: {last}."),
        false => format!("Disabled: {}. Events wait here and can be sent again.", why_disabled(endpoint)),
    };
    let overlap = endpoint.secret_old_until.filter(|until| *until > desk.now());
    let view = EndpointPage {
        shell: desk.shell(Place::Endpoints).await?,
        title: endpoint.url.clone(),
        save_url: url.clone(),
        key: desk.app.nonce(),
        can_manage: desk.can(Permission::ManageWebhooks),
        address: endpoint.url.clone(),
        events: choices(&ticked),
        error,
        saved: Some(SavedEndpoint {
            state: state(endpoint),
            enabled: endpoint.enabled,
            switch_url: format!("{url}/switch"),
            secret,
            rotate_url: format!("{url}/rotate"),
            overlap: overlap
                .map(|at| format!("The one before signs beside it until {}.", ist(at)))
                .unwrap_or_default(),
            test_url: format!("{url}/test"),
            deliveries_url: address("/deliveries", &[("endpoint", &endpoint.id.to_string())]),
            sentence,
        }),
    };
    Ok(page(status, &view))
}
