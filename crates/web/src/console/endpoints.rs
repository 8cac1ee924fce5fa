//! Endpoints: the merchant's addresses that hear of events.

use super::desk::{Desk, Done};
use super::refused::Refused;
use super::words::{given_up, why_disabled};
use crate::browser::page;
use crate::fields::{Fields, Sent, address};
use crate::pages::endpoints::{
    EndpointDown, EndpointList, EndpointPage, EndpointRow, SavedEndpoint, ServedView,
};
use crate::pages::format::{counted, ist, long};
use crate::pages::parts::{Badge, Choice};
use crate::pages::shell::Place;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use hundi_app::answer::{self, Reply};
use hundi_app::deliveries::{self, Delivery, State};
use hundi_app::endpoints::{self, Changes, Endpoint, NewEndpoint, Retries, Served, Signature};
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
    let (mut rows, mut down) = (Vec::new(), Vec::new());
    for endpoint in endpoints::list(&desk.app, scope).await? {
        if endpoints::given_up(&endpoint) {
            let (url, address) = (format!("{PATH}/{}", endpoint.id), endpoint.url.clone());
            down.push(EndpointDown { url, address, sentence: given_up(&endpoint) });
        }
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
    Ok(page(
        StatusCode::OK,
        &EndpointList { shell: desk.shell(Place::Endpoints).await?, down, rows, new_url },
    ))
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
    form(&desk, StatusCode::OK, &Typed::empty(), None).await
}

/// A form as it came.
struct Typed {
    url: String,
    events: Vec<EventType>,
    description: String,
    signature: Signature,
    /// Which schedule was chosen, and the gaps of one's own as they were typed.
    retries: String,
    gaps: String,
    rate: String,
    ordered: bool,
}

impl Typed {
    fn empty() -> Self {
        Self {
            url: String::new(),
            events: Vec::new(),
            description: String::new(),
            signature: Served::USUAL.signature,
            retries: "standard".to_owned(),
            gaps: String::new(),
            rate: String::new(),
            ordered: Served::USUAL.ordered,
        }
    }

    fn read(fields: &Fields) -> Self {
        let text = |name: &str, chars_max: usize| fields.get(name).trim().chars().take(chars_max).collect();
        Self {
            url: fields.get("url").to_owned(),
            events: events_of(fields),
            description: text("description", 201),
            signature: fields.parsed("signature").unwrap_or(Served::USUAL.signature),
            retries: text("retries", 20),
            gaps: text("gaps", 500),
            rate: text("rate", 10),
            ordered: fields.get("ordered") == "1",
        }
    }

    fn of(endpoint: &Endpoint) -> Self {
        let (retries, gaps) = match &endpoint.retries {
            Retries::Standard | Retries::FirstFive => (endpoint.retries.to_string(), String::new()),
            Retries::Own(gaps) => {
                let gaps: Vec<String> = gaps.iter().map(i64::to_string).collect();
                ("own".to_owned(), gaps.join(", "))
            }
        };
        Self {
            url: endpoint.url.clone(),
            events: endpoint.events.split(',').filter_map(|e| e.parse().ok()).collect(),
            description: endpoint.description.clone().unwrap_or_default(),
            signature: endpoint.signature,
            retries,
            gaps,
            rate: endpoint.rate_per_sec.map(|n| n.to_string()).unwrap_or_default(),
            ordered: endpoint.ordered,
        }
    }

    fn served(&self) -> Result<Served, Error> {
        Ok(Served {
            signature: self.signature,
            retries: match self.retries.as_str() {
                "" | "standard" => Retries::Standard,
                "first_five" => Retries::FirstFive,
                _ => Retries::Own(whole_numbers(&self.gaps)?),
            },
            rate_per_sec: match self.rate.as_str() {
                "" => None,
                text => Some(whole_number("rate_per_sec", text)?),
            },
            ordered: self.ordered,
            // Another shape of what is told is chosen by API.
            version: Served::USUAL.version,
        })
    }

    fn described(&self) -> Result<Option<String>, Error> {
        match self.description.chars().count() {
            0 => Ok(None),
            1..=200 => Ok(Some(self.description.clone())),
            _ => Err(Error::invalid("description", "Type a note of up to 200 characters.")),
        }
    }

    fn view(&self, saved: Option<&Endpoint>) -> ServedView {
        let choice = |value: &str, label: &str, hint: &str, checked: bool| Choice {
            value: value.to_owned(),
            label: label.to_owned(),
            hint: hint.to_owned(),
            checked,
        };
        let hmac = self.signature == Signature::Hmac;
        let own = !matches!(self.retries.as_str(), "" | "standard" | "first_five");
        let signed = match saved.map(|e| e.signature) {
            Some(Signature::Ed25519) => {
                "Every event is signed by a key that never leaves this server. Verify it with:"
            }
            Some(Signature::Hmac) | None => "Signs every event. It was shown once, when it was made.",
        };
        ServedView {
            description: self.description.clone(),
            signatures: match saved {
                Some(_) => Vec::new(),
                None => vec![
                    choice("hmac", "HMAC", "One secret on both sides, which every library knows.", hmac),
                    choice("ed25519", "Ed25519", "Your server holds a public key and no secret.", !hmac),
                ],
            },
            signature: signed.to_owned(),
            public_key: saved.and_then(|e| e.public_key.clone()).unwrap_or_default(),
            retries: vec![
                choice(
                    "standard",
                    "For five days",
                    "At once, after 1, 5 and 30 minutes and 2 hours, then every 12 hours; sooner in test mode.",
                    !own && self.retries != "first_five",
                ),
                choice(
                    "first_five",
                    "Five times",
                    "The first five of these tries.",
                    self.retries == "first_five",
                ),
                choice("own", "By your own schedule", "As typed below.", own),
            ],
            gaps: self.gaps.clone(),
            rate: self.rate.clone(),
            ordered: self.ordered,
        }
    }
}

fn whole_numbers(typed: &str) -> Result<Vec<i64>, Error> {
    let parts = typed.split([',', ' ']).filter(|part| !part.is_empty());
    parts.map(|part| whole_number("retries", part)).collect()
}

fn whole_number(name: &str, typed: &str) -> Result<i64, Error> {
    let plain = typed.len() <= 9 && typed.bytes().all(|c| c.is_ascii_digit());
    let number = typed.parse().ok().filter(|_| plain);
    number.ok_or_else(|| Error::invalid(name, "Type whole numbers only, such as 60, 300, 3600."))
}

pub(super) async fn create(desk: Desk, Sent(fields): Sent) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageWebhooks)?;
    let typed = Typed::read(&fields);
    let key = form_key(scope, &fields, "POST endpoints", &format!("{}|{:?}", typed.url, typed.events))?;
    let new = typed.served().and_then(|served| {
        let (url, events) = (typed.url.clone(), typed.events.clone());
        Ok(NewEndpoint { url, description: typed.described()?, events, served })
    });
    let made_or_not = match new {
        Ok(new) => endpoints::create(&desk.app, scope, &desk.actor(), new, Some(key)).await,
        Err(error) => Err(error),
    };
    match made_or_not {
        Ok(reply) => made(&desk, scope, &reply).await,
        Err(
            error @ (Error::EndpointAddressRefused { .. }
            | Error::LimitReached { .. }
            | Error::Invalid { .. }),
        ) => form(&desk, StatusCode::UNPROCESSABLE_ENTITY, &typed, Some(error.sentence())).await,
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
    saved(desk, scope, &endpoint, secret).await
}

async fn form(
    desk: &Desk,
    status: StatusCode,
    typed: &Typed,
    error: Option<String>,
) -> Result<Response, Refused> {
    let view = EndpointPage {
        shell: desk.shell(Place::Endpoints).await?,
        title: "Add an endpoint".to_owned(),
        save_url: PATH.to_owned(),
        key: desk.app.nonce(),
        can_manage: true,
        address: typed.url.chars().take(2_000).collect(),
        events: choices(&typed.events),
        served: typed.view(None),
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
    saved(&desk, scope, &endpoint, None).await
}

pub(super) async fn update(
    desk: Desk,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageWebhooks)?;
    let id = id_of(&id)?;
    let typed = Typed::read(&fields);
    let changes = typed.served().and_then(|served| {
        Ok(Changes {
            url: Some(typed.url.clone()),
            description: typed.described()?,
            events: Some(typed.events.clone()),
            retries: Some(served.retries),
            rate_per_sec: Some(served.rate_per_sec),
            ordered: Some(served.ordered),
            ..Changes::default()
        })
    });
    let done = match changes {
        Ok(changes) => endpoints::update(&desk.app, scope, &desk.actor(), id, changes).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(Done::Saved.at(&format!("{PATH}/{id}"))),
        Err(error @ (Error::EndpointAddressRefused { .. } | Error::Invalid { .. })) => {
            let endpoint = endpoints::get(&desk.app, scope, id).await?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            saved_as(&desk, scope, (status, Some(error.sentence())), &endpoint, &typed, None).await
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
    endpoint: &Endpoint,
    secret: Option<String>,
) -> Result<Response, Refused> {
    saved_as(desk, scope, (StatusCode::OK, None), endpoint, &Typed::of(endpoint), secret).await
}

/// With what was typed, which may be wrong.
async fn saved_as(
    desk: &Desk,
    scope: Scope,
    (status, error): (StatusCode, Option<String>),
    endpoint: &Endpoint,
    typed: &Typed,
    secret: Option<String>,
) -> Result<Response, Refused> {
    let url = format!("{PATH}/{}", endpoint.id);
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
        address: typed.url.chars().take(2_000).collect(),
        events: choices(&typed.events),
        served: typed.view(Some(endpoint)),
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
