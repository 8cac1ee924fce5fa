//! Routing: which connection collects what, what would happen to a payment now, and what becomes of money that comes
//! twice or too late.

use super::connections::FieldError;
use super::parts::{Choice, MoneyLine, Sign};
use super::shell::Shell;
use askama::Template;

/// The rules in order, a test of them, and the policy.
#[derive(Template)]
#[template(path = "console/routing.html")]
pub struct RoutingPage {
    pub shell: Shell,
    pub can_manage: bool,
    pub rules: Vec<RuleRow>,
    /// Sent with every change, so that nobody undoes what others changed meanwhile.
    pub version: i64,
    /// `21 Nov 2026, 13:45 IST`; empty while nobody wrote any.
    pub changed: String,
    /// Connections in the order in which they are taken where no rule decides.
    pub usual: Vec<String>,
    pub test: TestForm,
    pub policy: PolicyView,
}

/// One rule in the list.
#[derive(Clone, Debug)]
pub struct RuleRow {
    /// Its place, from 0.
    pub at: usize,
    pub name: String,
    /// `UPI, up to ₹5,000.00`, or `Every payment`
    pub when: String,
    /// `Main account 70 of 100, Second account 30 of 100`
    pub to: String,
    pub edit_url: String,
    pub first: bool,
    pub last: bool,
}

/// What would happen to a payment like this now (GET): `amount`, `currency`, `method`.
#[derive(Clone, Debug)]
pub struct TestForm {
    /// As typed.
    pub amount: String,
    pub currencies: Vec<Choice>,
    pub methods: Vec<Choice>,
    pub error: Option<String>,
    /// None while nothing was asked.
    pub found: Option<Found>,
}

/// What would happen.
#[derive(Clone, Debug)]
pub struct Found {
    /// `₹1,500.00 by UPI`
    pub what: String,
    /// Which rule decides, or that none does.
    pub rule: String,
    /// In the order in which they would be asked, then those passed over with the reason.
    pub lines: Vec<FoundLine>,
}

/// What is said of one connection.
#[derive(Clone, Debug)]
pub struct FoundLine {
    pub sign: Sign,
    pub title: String,
    pub sentence: String,
}

/// What becomes of a payment beside another one, or for an order that is over.
#[derive(Clone, Debug)]
pub struct PolicyView {
    /// Radios named `late_success`.
    pub choices: Vec<Choice>,
    /// What payers might be charged above what they owe, now.
    pub exposed: Vec<MoneyLine>,
    /// What that is counted from.
    pub sentence: String,
    /// When it was decided; empty while the default counts.
    pub changed: String,
    pub error: Option<String>,
}

/// One rule, new or written (POST). It keeps what was typed.
#[derive(Template)]
#[template(path = "console/rule.html")]
pub struct RulePage {
    pub shell: Shell,
    /// `Add a rule`, or its name.
    pub title: String,
    /// Its place; empty for a new one.
    pub at: String,
    pub version: i64,
    pub errors: Vec<FieldError>,
    pub name: String,
    pub methods: Vec<Choice>,
    pub currencies: Vec<Choice>,
    pub min: String,
    pub max: String,
    pub days: Vec<Choice>,
    pub from: String,
    pub until: String,
    pub shares: Vec<ShareInput>,
}

impl RulePage {
    fn error(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|e| e.field == field).map(|e| e.sentence.as_str())
    }
}

/// How much of the payments one connection gets.
#[derive(Clone, Debug)]
pub struct ShareInput {
    /// `share_conn_…`
    pub field: String,
    pub label: String,
    /// As typed: empty where the rule leaves it out.
    pub weight: String,
}
