//! What is known of a provider before it is called.

use super::{Flow, Grade};
use hundi_core::Method;

/// What people and pages need to know of a provider. Data, not behaviour.
#[derive(Debug)]
pub struct Card {
    /// `razorpay`: in URLs and rows.
    pub id: &'static str,
    pub name: &'static str,
    pub live_base_url: &'static str,
    /// The provider's own host for test accounts; the same where the key decides.
    pub test_base_url: &'static str,
    /// The browser script that the live provider serves, where it has one: goes into the page's policy.
    pub script_url: Option<&'static str>,
    /// Where the script and its frames may come from and talk to, for the page's policy.
    pub script_origins: &'static [&'static str],
    pub credentials: &'static [CredentialField],
    pub flows: &'static [Flow],
    pub methods: &'static [Method],
    /// Whether its webhooks are proven by a secret of ours that the merchant gives it; if not, by the credentials.
    pub webhook_secret: bool,
    /// Steps to paste the webhook address at the provider, in order. `{url}` and `{secret}` stand for ours.
    pub webhook_steps: &'static [&'static str],
    /// Events to tick there.
    pub webhook_events: &'static [&'static str],
    /// When to ask for a payment's status, counted from its opening; then every `poll_every_ms` until `poll_until_ms`.
    pub poll_after_ms: &'static [i64],
    pub poll_every_ms: i64,
    pub poll_until_ms: i64,
    /// How long the provider keeps a hold that nobody captures.
    pub capture_window_ms: i64,
    /// How long after the capture a refund can be asked for.
    pub refund_window_ms: i64,
    pub min_amount_minor: i64,
    /// ISO 4217 codes that an ordinary account takes.
    pub currencies: &'static [&'static str],
    /// How far each kind of its messages is trusted, and why (DESIGN, rule 4).
    pub evidence: &'static [Evidence],
}

/// One row of the table of evidence: a kind of message and what it proves.
#[derive(Debug)]
pub struct Evidence {
    /// `webhook`, `return`, and what tells forms of them apart: `webhook, JSON`.
    pub message: &'static str,
    pub grade: Grade,
    /// What the proof covers, or leaves open.
    pub why: &'static str,
}

#[derive(Debug)]
pub struct CredentialField {
    /// `key_id`
    pub name: &'static str,
    pub label: &'static str,
    pub kind: FieldKind,
    pub hint: &'static str,
}

impl Evidence {
    pub const fn of(message: &'static str, grade: Grade) -> Self {
        Self { message, grade, why: "" }
    }

    /// What the proof covers, or leaves open.
    pub const fn why(self, why: &'static str) -> Self {
        Self { why, ..self }
    }
}

impl CredentialField {
    pub const fn of(kind: FieldKind, name: &'static str, label: &'static str) -> Self {
        Self { name, label, kind, hint: "" }
    }

    /// Where its owner finds it.
    pub const fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }
}

/// How a credential is typed, kept and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Not a secret: shown again, and part of what tells two accounts apart.
    Text,
    /// The same, and may be left out.
    OptionalText,
    /// One of these; the first is usual.
    Choice(&'static [&'static str]),
    /// Shown masked and never again.
    Secret,
    /// The same, and may be left out.
    OptionalSecret,
    /// A key in PEM, several lines; may be left out.
    OptionalPem,
}

impl FieldKind {
    pub const fn is_secret(self) -> bool {
        match self {
            Self::Secret | Self::OptionalSecret | Self::OptionalPem => true,
            Self::Text | Self::OptionalText | Self::Choice(_) => false,
        }
    }

    pub const fn is_needed(self) -> bool {
        match self {
            Self::Text | Self::Secret => true,
            Self::OptionalText | Self::Choice(_) | Self::OptionalSecret | Self::OptionalPem => false,
        }
    }
}
