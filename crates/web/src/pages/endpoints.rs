//! Endpoints: the merchant's addresses that are told about events.

use super::parts::{Badge, Choice};
use super::shell::Shell;
use askama::Template;

/// All endpoints of the merchant in this mode.
#[derive(Template)]
#[template(path = "console/endpoints.html")]
pub struct EndpointList {
    pub shell: Shell,
    pub rows: Vec<EndpointRow>,
    pub new_url: String,
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

/// One endpoint, new or saved. The form sends `url` and `event` (many).
#[derive(Template)]
#[template(path = "console/endpoint.html")]
pub struct EndpointPage {
    pub shell: Shell,
    /// `Add an endpoint`, or the address.
    pub title: String,
    pub save_url: String,
    pub address: String,
    pub events: Vec<Choice>,
    /// What is wrong with the address.
    pub error: Option<String>,
    pub saved: Option<SavedEndpoint>,
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
    /// `parts::masked`
    pub masked: String,
    pub test_url: String,
    pub deliveries_url: String,
    /// How the last ones went.
    pub sentence: String,
}
