//! The list of payments. Every filter lives in the address, and applied ones are chips that can be taken off.

use super::parts::{Badge, Chip, Choice, Cursor, Tab};
use super::shell::Shell;
use askama::Template;

/// Payments, the newest 25 first.
#[derive(Template)]
#[template(path = "console/payments.html")]
pub struct PaymentsList {
    pub shell: Shell,
    pub tabs: Vec<Tab>,
    /// Whether the tab `All` is the current one: an empty list means something else then.
    pub all: bool,
    /// What of the address meant nothing, each a sentence.
    pub ignored: Vec<String>,
    /// Filters of the address that have no field in the form, the status and the search: kept when others change.
    pub kept: Vec<(&'static str, String)>,
    /// `2026-10-23`, or empty.
    pub from: String,
    pub to: String,
    /// One of them, or none.
    pub methods: Vec<Choice>,
    /// As typed, in rupees.
    pub amount: String,
    pub chips: Vec<Chip>,
    /// The list without any filter.
    pub clear_url: String,
    /// The same list as a file: what it is called, and where it is. None where the user may not take it.
    pub exports: Vec<(&'static str, String)>,
    pub rows: Vec<PaymentRow>,
    /// `25 payments, ₹1,23,456.78 paid`, or only what is known without counting.
    pub sum: String,
    pub cursor: Cursor,
}

/// One payment in a list.
#[derive(Clone, Debug)]
pub struct PaymentRow {
    pub url: String,
    pub amount: String,
    pub status: Badge,
    /// The merchant's own reference of the order.
    pub order: String,
    pub method: String,
    /// `•• 4242`, `ana•••@okhdfcbank`; may be empty.
    pub instrument: String,
    /// May be empty.
    pub customer: String,
    /// The connection's name.
    pub connection: String,
    /// `21 Nov, 13:38`
    pub at: String,
    /// The same for machines: `format::iso`.
    pub iso: String,
}
