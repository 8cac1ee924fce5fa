//! Webhooks out: what we sent to the merchant's endpoints, each try of it, and when the next is due.

use super::parts::{Badge, Chip, Cursor, Fact, Tab};
use super::shell::Shell;
use askama::Template;

/// Deliveries, newest first, of all endpoints or of one.
#[derive(Template)]
#[template(path = "console/deliveries.html")]
pub struct DeliveryLog {
    pub shell: Shell,
    /// By state.
    pub tabs: Vec<Tab>,
    /// Whether the tab `All` is the current one.
    pub all: bool,
    /// One sentence for each filter that means nothing.
    pub ignored: Vec<String>,
    /// One for the endpoint, when only one is looked at.
    pub chips: Vec<Chip>,
    pub clear_url: String,
    pub rows: Vec<DeliveryRow>,
    pub cursor: Cursor,
}

/// One event on its way to one endpoint.
#[derive(Clone, Debug)]
pub struct DeliveryRow {
    pub url: String,
    /// `payment.captured`
    pub event: String,
    pub state: Badge,
    pub endpoint: String,
    pub tries: String,
    /// `in 4 min`; empty when none is due.
    pub next: String,
    pub at: String,
    pub iso: String,
}

/// One delivery with each of its tries.
#[derive(Template)]
#[template(path = "console/delivery.html")]
pub struct DeliveryDetail {
    pub shell: Shell,
    pub id: String,
    pub event: String,
    pub state: Badge,
    /// What happens next.
    pub sentence: String,
    pub resend_url: Option<String>,
    /// Newest first.
    pub tries: Vec<Attempt>,
    /// Endpoint, event, payment, created.
    pub facts: Vec<Fact>,
    pub body: String,
}

/// One try at delivering.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// `200`, `No answer`, `Refused address`
    pub answer: String,
    pub good: bool,
    /// The beginning of the answer's body; may be empty.
    pub excerpt: String,
    pub took: String,
    pub at: String,
    pub iso: String,
}
