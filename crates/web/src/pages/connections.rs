//! Connections: the merchant's accounts at providers, and setting one up step by step.

use super::parts::{Badge, Choice, Fact, Lamp, Sign};
use super::shell::Shell;
use askama::Template;

/// All connections of the merchant in this mode, and what else could be connected.
#[derive(Template)]
#[template(path = "console/connections.html")]
pub struct ConnectionList {
    pub shell: Shell,
    /// In routing order.
    pub rows: Vec<ConnectionRow>,
    pub offers: Vec<Offer>,
}

/// One connection in the list.
#[derive(Clone, Debug)]
pub struct ConnectionRow {
    pub url: String,
    pub name: String,
    pub provider: String,
    /// Enabled, disabled or draft.
    pub state: Badge,
    pub lamp: Lamp,
    /// `96.4% of 842`, or `3 of 3` when too few to judge.
    pub rate: String,
    /// `12 s ago`, `none yet`, `4 refused in a row`
    pub webhook: String,
}

/// A provider that can be connected.
#[derive(Clone, Debug)]
pub struct Offer {
    pub provider: String,
    /// `Card, UPI, Netbanking`
    pub methods: String,
    pub url: String,
}

/// One connection: keys, test, webhook, on or off. Also the page that makes a new one.
#[derive(Template)]
#[template(path = "console/connection.html")]
pub struct ConnectionPage {
    pub shell: Shell,
    /// The provider's name.
    pub provider: String,
    /// `Connect Acme Pay`, or the connection's name.
    pub title: String,
    /// `New`, or the connection's name.
    pub crumb: String,
    pub state: Badge,
    pub name: String,
    /// Where keys and flows are saved (POST): fields `name`, `c_<credential>` and `enabled` (many).
    pub save_url: String,
    /// Whether the user may change anything here.
    pub can_manage: bool,
    /// Whether the keys were tried, and with what end.
    pub keys: Sign,
    pub fields: Vec<CredentialInput>,
    pub flows: Vec<Choice>,
    /// What was wrong with what was sent, each with the field's id: `name` or `c_<credential>`.
    pub errors: Vec<FieldError>,
    /// None while it is new: the rest of the page needs a row to talk about.
    pub saved: Option<SavedConnection>,
}

impl ConnectionPage {
    /// One main button per view: on a saved connection that is off, enabling it is the next step.
    fn save_is_main(&self) -> bool {
        self.saved.as_ref().is_none_or(|saved| saved.enabled)
    }
}

/// A line of the summary of errors.
#[derive(Clone, Debug)]
pub struct FieldError {
    pub field: String,
    pub sentence: String,
}

/// One credential, from the provider's list.
#[derive(Clone, Debug)]
pub struct CredentialInput {
    pub name: String,
    pub label: String,
    pub hint: String,
    pub kind: InputKind,
    /// Must be given before anything is saved.
    pub needed: bool,
    /// Not for secrets: those never go back to the browser.
    pub value: String,
    /// What may be shown of a saved one: `parts::masked`, or the beginning and the end of a public key.
    pub saved: Option<String>,
    pub error: Option<String>,
}

/// How a credential is typed.
#[derive(Clone, Debug)]
pub enum InputKind {
    Text,
    Secret,
    /// Several lines, such as a key in PEM.
    SecretLines,
    Choice(Vec<String>),
}

impl CredentialInput {
    const fn is_secret(&self) -> bool {
        matches!(self.kind, InputKind::Secret | InputKind::SecretLines)
    }

    fn is_described(&self) -> bool {
        !self.described_by().is_empty()
    }

    /// The ids of what stands below the field: the error first.
    fn described_by(&self) -> String {
        let has_hint = self.is_secret() || !self.hint.is_empty();
        let error = self.error.as_ref().map(|_| format!("c_{}-error", self.name));
        let hint = has_hint.then(|| format!("c_{}-hint", self.name));
        [error, hint].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// What only a saved connection has.
#[derive(Clone, Debug)]
pub struct SavedConnection {
    pub test: TestView,
    pub test_url: String,
    pub webhook: WebhookView,
    /// The provider's own list, where it has one to read.
    pub sweep: Option<SweepView>,
    /// What stands on the account, where the provider tells.
    pub balance: Option<BalanceView>,
    pub checklist: Vec<Step>,
    /// How it stands in routing now, and each method that stands otherwise.
    pub standing: Vec<Step>,
    /// `In the last 15 minutes: 12 worked, 3 failed.`
    pub lately: String,
    pub enabled: bool,
    /// Takes `enabled=true` or `enabled=false` (POST).
    pub switch_url: String,
}

/// The last real call with these keys.
#[derive(Clone, Debug)]
pub struct TestView {
    pub sign: Sign,
    /// `Acme Pay accepted the keys`
    pub title: String,
    pub sentence: String,
    /// `21 Nov 2026, 13:40 IST`; empty when never tested.
    pub at: String,
}

/// The last reading of the provider's own list.
#[derive(Clone, Debug)]
pub struct SweepView {
    pub sign: Sign,
    /// `Read to its end`
    pub title: String,
    /// `212 payments and refunds looked at: 1 news to us, 0 that are not ours.`
    pub sentence: String,
    /// `21 Nov 2026, 02:14 IST`; empty when it was never read.
    pub at: String,
    /// Has it read now (POST).
    pub url: String,
}

/// What the provider says stands on the account.
#[derive(Clone, Debug)]
pub struct BalanceView {
    pub sign: Sign,
    /// `Acme Pay told`
    pub title: String,
    pub sentence: String,
    /// `Available, USD`: `USD 1,000.00`
    pub lines: Vec<Fact>,
    /// As of when; empty where nobody says.
    pub at: String,
    /// Asks now (POST).
    pub url: String,
}

/// The connection's own address for notices, and how it is doing.
#[derive(Clone, Debug)]
pub struct WebhookView {
    pub url: String,
    /// In full only once, right after it was made.
    pub secret: Option<String>,
    pub secret_set: bool,
    /// Puts a new secret in place (POST); the field `secret` may be empty.
    pub secret_url: String,
    pub lamp: Lamp,
    /// `12 s ago, 21 Nov 2026, 13:45 IST`, or `None yet`
    pub last: String,
    /// Consecutive refusals.
    pub failures: String,
    /// Everything that came in here. None where the user may not read it.
    pub log_url: Option<String>,
    /// Payments in a row that no webhook told of.
    pub missed: String,
    /// Why the light is not green, where something is wrong.
    pub reason: Option<String>,
    /// What to do at the provider, in order.
    pub steps: Vec<String>,
    pub events: Vec<String>,
}

/// One line of the checklist: green once a real event has shown it.
#[derive(Clone, Debug)]
pub struct Step {
    pub sign: Sign,
    pub title: String,
    /// With the time when it was done; may be empty.
    pub sentence: String,
}
