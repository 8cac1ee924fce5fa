//! Endpoints: the merchant's addresses that are told about events.

use super::parts::{Badge, Choice};
use super::shell::Shell;
use askama::Template;

/// All endpoints of the merchant in this mode.
#[derive(Template)]
#[template(path = "console/endpoints.html")]
pub struct EndpointList {
    pub shell: Shell,
    /// Those that we disabled.
    pub down: Vec<EndpointDown>,
    pub rows: Vec<EndpointRow>,
    /// None where the user may not add one.
    pub new_url: Option<String>,
}

/// An endpoint that we disabled, and why.
#[derive(Clone, Debug)]
pub struct EndpointDown {
    pub url: String,
    /// Theirs.
    pub address: String,
    pub sentence: String,
}

/// One endpoint in the list.
#[derive(Clone, Debug)]
pub struct EndpointRow {
    pub url: String,
    /// Theirs.
    pub address: String,
    pub state: Badge,
    /// `All events`, `3 events`
    pub events: String,
    /// `200, 12 s ago`
    pub last: String,
}

/// How an endpoint wants to be served, as the form shows it.
#[derive(Clone, Debug)]
pub struct ServedView {
    pub description: String,
    /// The kinds of signature to choose from. None where the endpoint has one: another comes with another key.
    pub signatures: Vec<Choice>,
    /// Of a saved one: what it is signed by, and the key that verifies it, where that may be shown.
    pub signature: String,
    pub public_key: String,
    pub retries: Vec<Choice>,
    /// Seconds between the tries of its own schedule, comma separated.
    pub gaps: String,
    /// Deliveries a second, at most; empty for no bound.
    pub rate: String,
    pub ordered: bool,
}

/// One endpoint, new or saved. The form sends `url` and `event` (many), and how it is to be served.
#[derive(Template)]
#[template(path = "console/endpoint.html")]
pub struct EndpointPage {
    pub shell: Shell,
    /// `Add an endpoint`, or the address.
    pub title: String,
    pub save_url: String,
    /// Makes the form safe to send twice.
    pub key: String,
    pub can_manage: bool,
    pub address: String,
    pub events: Vec<Choice>,
    pub served: ServedView,
    /// What is wrong with what was typed.
    pub error: Option<String>,
    pub saved: Option<SavedEndpoint>,
}

impl EndpointPage {
    /// None of them by itself means every one.
    fn hears_all(&self) -> bool {
        !self.events.iter().any(|event| event.checked)
    }
}

/// What only a saved endpoint has.
#[derive(Clone, Debug)]
pub struct SavedEndpoint {
    pub state: Badge,
    pub enabled: bool,
    /// Takes `enabled=true` or `enabled=false` (POST).
    pub switch_url: String,
    /// In full only once, right after it was made.
    pub secret: Option<String>,
    /// Puts a new secret in place (POST); the one before signs beside it for a day.
    pub rotate_url: String,
    /// Until when two secrets sign; empty where one does.
    pub overlap: String,
    pub test_url: String,
    pub deliveries_url: String,
    /// How the last ones went.
    pub sentence: String,
}
