//! One connection, new or saved: its keys, a real test of them, its webhook, on or off.

use super::balance;
use super::connections::state;
use super::desk::{Desk, Done};
use super::refused::Refused;
use super::words;
use crate::browser::page;
use crate::fields::{Asking, Fields, Sent, address};
use crate::pages::connections::{
    ConnectionPage, CredentialInput, FieldError, InputKind, SavedConnection, Step, SweepView, TestView,
    WebhookView,
};
use crate::pages::format::{count, counted, ist, ist_clock, long};
use crate::pages::parts::{Badge, Choice, Lamp, Sign};
use crate::pages::shell::Place;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use hundi_app::connections::{self, Card, Draft, Flow, Light, Shown};
use hundi_app::methods;
use hundi_app::payments::{self, Payment};
use hundi_app::routing::{self, Standing};
use hundi_app::{Error, connections as use_cases, standings, sweeps};
use hundi_core::routing::Health;
use hundi_core::scope::Permission;
use hundi_core::{ConnectionId, Millis, Scope, Secret};
use std::collections::BTreeMap;

fn id_of(text: &str) -> Result<ConnectionId, Refused> {
    text.parse().map_err(|_| Refused(Error::NotFound { what: "connection" }))
}

// ---- a new one

pub(super) async fn new(desk: Desk, Asking(fields): Asking) -> Result<Response, Refused> {
    desk.may(Permission::ManageConnections)?;
    let card = connections::card(fields.get("provider"))?;
    // What needs the provider's consent is ticked by whoever has it.
    let usual = card.flows.iter().copied().filter(|flow| *flow != Flow::UpiIntent).collect();
    let typed = Typed { label: card.name.to_owned(), flows: Some(usual), ..Typed::default() };
    empty(&desk, card, &typed, Vec::new()).await
}

pub(super) async fn create(
    desk: Desk,
    Asking(address): Asking,
    Sent(fields): Sent,
) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageConnections)?;
    let card = connections::card(address.get("provider"))?;
    let typed = Typed::read(card, &fields);
    let mut errors = missing(card, &typed);
    if errors.is_empty() {
        match use_cases::save(&desk.app, scope, &desk.actor(), typed.draft(card)).await {
            Ok(saved) => return Ok(Done::Connected.at(&format!("/connections/{}", saved.id))),
            Err(error) => errors.push(of_field(card, error)?),
        }
    }
    empty(&desk, card, &typed, errors).await
}

async fn empty(
    desk: &Desk,
    card: &'static Card,
    typed: &Typed,
    errors: Vec<FieldError>,
) -> Result<Response, Refused> {
    let shell = desk.shell(Place::Connections).await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let keys = if errors.is_empty() { Sign::TODO } else { Sign::FAILED };
    Ok(page(
        status,
        &ConnectionPage {
            shell,
            provider: card.name.to_owned(),
            title: format!("Connect {}", card.name),
            crumb: "New".to_owned(),
            state: Badge::DRAFT,
            name: typed.label.clone(),
            save_url: address("/connections/new", &[("provider", card.id)]),
            can_manage: true,
            keys,
            fields: inputs(card, typed, None, &errors),
            flows: flows(card, typed.flows.as_deref().unwrap_or(card.flows), typed.saves),
            errors,
            saved: None,
        },
    ))
}

// ---- a saved one

pub(super) async fn show(desk: Desk, Path(id): Path<String>) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ReadConnections)?;
    let shown = connections::get(&desk.app, scope, id_of(&id)?).await?;
    saved(&desk, scope, &shown, None, Vec::new(), Fresh::Nothing).await
}

/// What stands on the account, asked for now. Nothing of it is kept, so that it is shown in this answer alone.
pub(super) async fn balance(desk: Desk, Path(id): Path<String>) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ReadBooks)?;
    let shown = connections::get(&desk.app, scope, id_of(&id)?).await?;
    let told = standings::of_connection(&desk.app, scope, shown.row.id).await;
    saved(&desk, scope, &shown, None, Vec::new(), Fresh::Balance(Box::new(told))).await
}

pub(super) async fn update(
    desk: Desk,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageConnections)?;
    let shown = connections::get(&desk.app, scope, id_of(&id)?).await?;
    let typed = Typed::read(shown.card, &fields);
    // Keys are kept together: one new one wants all of them.
    let mut errors = if typed.any_credential(shown.card) { missing(shown.card, &typed) } else { Vec::new() };
    if errors.is_empty() {
        let draft = typed.draft(shown.card);
        match use_cases::update(&desk.app, scope, &desk.actor(), shown.row.id, draft).await {
            Ok(()) => return Ok(Done::Saved.at(&format!("/connections/{}", shown.row.id))),
            Err(error) => errors.push(of_field(shown.card, error)?),
        }
    }
    saved(&desk, scope, &shown, Some(&typed), errors, Fresh::Nothing).await
}

pub(super) async fn test(desk: Desk, Path(id): Path<String>) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageConnections)?;
    let id = id_of(&id)?;
    use_cases::test_saved(&desk.app, scope, id).await?;
    Ok(Done::Tested.at(&format!("/connections/{id}")))
}

/// The provider's own lists, read now.
pub(super) async fn sweep(desk: Desk, Path(id): Path<String>) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageConnections)?;
    let id = id_of(&id)?;
    sweeps::sweep(&desk.app, scope, &desk.actor(), id, None).await?;
    Ok(Done::Swept.at(&format!("/connections/{id}")))
}

/// A typed secret, or one that we make, which is shown in this answer and never again.
pub(super) async fn secret(
    desk: Desk,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageConnections)?;
    let shown = connections::get(&desk.app, scope, id_of(&id)?).await?;
    let typed = fields.get("secret");
    let made = if typed.is_empty() { Some(desk.app.nonce()) } else { None };
    let secret = Secret::new(made.as_deref().unwrap_or(typed));
    let put = use_cases::rotate_webhook_secret(&desk.app, scope, &desk.actor(), shown.row.id, &secret).await;
    match (put, made) {
        (Ok(()), None) => Ok(Done::Saved.at(&format!("/connections/{}", shown.row.id))),
        (Ok(()), Some(made)) => {
            let shown = connections::get(&desk.app, scope, shown.row.id).await?;
            saved(&desk, scope, &shown, None, Vec::new(), Fresh::Secret(made)).await
        }
        (Err(error), _) => {
            let error = of_field(shown.card, error)?;
            saved(&desk, scope, &shown, None, vec![error], Fresh::Nothing).await
        }
    }
}

pub(super) async fn switch(
    desk: Desk,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageConnections)?;
    let id = id_of(&id)?;
    let enabled = fields.get("enabled") == "true";
    use_cases::set_enabled(&desk.app, scope, &desk.actor(), id, enabled).await?;
    let done = if enabled { Done::Enabled } else { Done::Disabled };
    Ok(done.at(&format!("/connections/{id}")))
}

/// What is shown in one answer and never again.
enum Fresh {
    Nothing,
    Secret(String),
    Balance(Box<Result<standings::Told, Error>>),
}

async fn saved(
    desk: &Desk,
    scope: Scope,
    c: &Shown,
    typed: Option<&Typed>,
    errors: Vec<FieldError>,
    fresh: Fresh,
) -> Result<Response, Refused> {
    let (fresh_secret, told) = match fresh {
        Fresh::Nothing => (None, None),
        Fresh::Secret(secret) => (Some(secret), None),
        Fresh::Balance(told) => (None, Some(*told)),
    };
    let first = payments::first_captured(&desk.app, scope, c.row.id).await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let url = format!("/connections/{}", c.row.id);
    let enabled_flows = connections::flows(&c.row);
    let kept = Typed::default();
    let saves = typed.map_or_else(|| c.row.features.split(',').any(|f| f == methods::FEATURE), |t| t.saves);
    let test = test_view(c);
    let standing = routing::standing(&desk.app, scope, c.row.id).await?;
    Ok(page(
        status,
        &ConnectionPage {
            shell: desk.shell(Place::Connections).await?,
            provider: c.card.name.to_owned(),
            title: c.row.label.clone(),
            crumb: c.row.label.clone(),
            state: state(c),
            name: typed.map_or_else(|| c.row.label.clone(), |t| t.label.clone()),
            save_url: url.clone(),
            can_manage: desk.can(Permission::ManageConnections),
            keys: test.sign,
            fields: inputs(c.card, typed.unwrap_or(&kept), Some(&c.row.key_hint), &errors),
            flows: flows(c.card, typed.and_then(|t| t.flows.as_deref()).unwrap_or(&enabled_flows), saves),
            errors,
            saved: Some(SavedConnection {
                checklist: checklist(c, &test, first.as_ref()),
                test,
                test_url: format!("{url}/test"),
                webhook: WebhookView {
                    log_url: desk
                        .can(Permission::ReadWebhooks)
                        .then(|| address("/webhooks", &[("connection", &c.row.id.to_string())])),
                    ..webhook(c, desk.now(), fresh_secret)
                },
                lately: format!(
                    "In the last 15 minutes: {} worked, {} failed by the provider’s doing.",
                    count(standing.good),
                    count(standing.bad)
                ),
                standing: standing_lines(c, &standing),
                sweep: if sweeps::offered(&c.row) { Some(sweep_view(desk, scope, c).await?) } else { None },
                balance: desk.can(Permission::ReadBooks).then(|| balance::view(c, told)).flatten(),
                enabled: c.row.enabled,
                switch_url: format!("{url}/switch"),
            }),
        },
    ))
}

fn test_view(c: &Shown) -> TestView {
    let provider = c.card.name;
    let (sign, title, sentence) = match c.row.test_result.as_deref() {
        Some("works") => {
            (Sign::DONE, format!("{provider} accepted the keys"), "A real call, no money moved.")
        }
        Some("wrong_key") => (
            Sign::FAILED,
            format!("{provider} does not accept the keys"),
            "Copy both again from its dashboard.",
        ),
        Some("wrong_mode") => (
            Sign::FAILED,
            "The keys are of the other mode".to_owned(),
            "A test key in Live, or a live key in Test.",
        ),
        Some("missing_permission") => (
            Sign::FAILED,
            "The keys work, but may not do this".to_owned(),
            "Ask the provider to allow it for this account.",
        ),
        Some(_) => (
            Sign::WARNING,
            format!("{provider} could not be asked"),
            "Nothing was changed. Test again in a while.",
        ),
        None => (Sign::TODO, "Not tested yet".to_owned(), "Press Test now: a real call, no money moves."),
    };
    let at = c.row.tested_at.map(ist).unwrap_or_default();
    TestView { sign, title, sentence: sentence.to_owned(), at }
}

async fn sweep_view(desk: &Desk, scope: Scope, c: &Shown) -> Result<SweepView, Refused> {
    let last = sweeps::last(&desk.app, scope, c.row.id).await?;
    let url = format!("/connections/{}/sweep", c.row.id);
    let Some(last) = last else {
        let title = "Not read yet".to_owned();
        let sentence = "It is read every night by itself.".to_owned();
        return Ok(SweepView { sign: Sign::TODO, title, sentence, at: String::new(), url });
    };
    let n = |n: i64| u64::try_from(n).unwrap_or(0);
    let items = counted(n(last.found.items), "payment or refund", "payments and refunds");
    let (sign, title) = match last.state {
        sweeps::State::Running if last.error.is_some() => {
            (Sign::WARNING, format!("{} does not answer; it is asked again", c.card.name))
        }
        sweeps::State::Running => (Sign::SENT, "Being read".to_owned()),
        sweeps::State::Failed => (Sign::FAILED, format!("{} could not be read to its end", c.card.name)),
        sweeps::State::Done => (Sign::DONE, "Read to its end".to_owned()),
    };
    let sentence = match &last.error {
        Some(why) => format!("{items} looked at, then: {}.", why.replace('_', " ")),
        None => format!(
            "{items} looked at: {} news to us, {} that are not ours{}.",
            count(n(last.found.applied)),
            count(n(last.found.parked)),
            match last.found.questioned {
                0 => String::new(),
                some => format!(", {} that do not fit", count(n(some))),
            },
        ),
    };
    Ok(SweepView { sign, title, sentence, at: ist(last.ended_at.unwrap_or(last.created_at)), url })
}

fn standing_lines(c: &Shown, standing: &Standing) -> Vec<Step> {
    let line = |what: &str, health: Health| {
        let (sign, title, sentence) = match health {
            Health::Well if c.row.enabled => (Sign::DONE, "Is asked".to_owned(), "As your rules say."),
            Health::Well => (Sign::TODO, "Is not asked".to_owned(), "It is not enabled."),
            Health::Down { until } => (
                Sign::FAILED,
                format!("Is left alone until {} IST", ist_clock(until)),
                "Too much failed lately. Payments go to the next connection meanwhile.",
            ),
            Health::Recovering { .. } => (
                Sign::WARNING,
                "Is tried again".to_owned(),
                "One payment every few seconds shows whether it works again.",
            ),
        };
        Step { sign, title: format!("{what}{title}"), sentence: sentence.to_owned() }
    };
    let methods = standing.methods.iter().map(|(m, health)| line(&format!("{}: ", m.shown()), *health));
    [line("", standing.whole)].into_iter().chain(methods).collect()
}

/// Green once a real event has shown it.
fn checklist(c: &Shown, test: &TestView, first: Option<&Payment>) -> Vec<Step> {
    let step = |done: bool, title: &str, sentence: String| Step {
        sign: if done { Sign::DONE } else { Sign::TODO },
        title: title.to_owned(),
        sentence,
    };
    let webhook = c.webhooks.last_good_at.map(|at| format!("The latest {}", ist(at)));
    let captured = first.map(|p| ist(p.created_at));
    vec![
        step(true, "Keys saved", ist(c.row.created_at)),
        Step { sign: test.sign, title: "Keys work".to_owned(), sentence: test.at.clone() },
        step(c.webhook_secret_set, "Webhook secret in place", String::new()),
        step(
            webhook.is_some(),
            "A signed webhook arrived",
            webhook.clone().unwrap_or_else(|| "Not needed to start".to_owned()),
        ),
        step(captured.is_some(), "First payment taken", captured.clone().unwrap_or_default()),
    ]
}

fn webhook(c: &Shown, now: Millis, fresh_secret: Option<String>) -> WebhookView {
    let lamp = match c.webhooks.light {
        Light::NothingYet => Lamp::NothingYet,
        Light::Well => Lamp::Healthy,
        Light::Unsteady => Lamp::Degraded,
        Light::Silent | Light::Refused => Lamp::Down,
    };
    let n = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let (refused, missed) = (n(c.webhooks.refused_in_a_row), n(c.webhooks.missed_in_a_row));
    let provider = c.card.name;
    let reason = match c.webhooks.light {
        Light::NothingYet | Light::Well => None,
        Light::Silent | Light::Unsteady if missed > 0 => Some(format!(
            "{} came in a row, and no webhook told of it. Check the address and the events at {provider}, and whether it \
             has disabled the webhook.",
            counted(missed, "payment", "payments"),
        )),
        Light::Silent | Light::Unsteady | Light::Refused => Some(format!(
            "{} in a row could not be proven or worked on. The secret here may not be the one at {provider}.",
            counted(refused, "message", "messages"),
        )),
    };
    let secret_words = if fresh_secret.is_some() { "the secret above" } else { "the one you make below" };
    let filled = |step: &&str| step.replace("{url}", "the one above").replace("{secret}", secret_words);
    WebhookView {
        url: c.webhook_url.clone(),
        secret_set: c.webhook_secret_set,
        secret: fresh_secret,
        secret_url: format!("/connections/{}/secret", c.row.id),
        lamp,
        last: c
            .webhooks
            .last_good_at
            .map_or_else(|| "None yet".to_owned(), |at| format!("{} ago, {}", long(now.since(at)), ist(at))),
        failures: count(refused),
        log_url: None,
        missed: count(missed),
        reason,
        steps: c.card.webhook_steps.iter().map(filled).collect(),
        events: c.card.webhook_events.iter().map(|e| (*e).to_owned()).collect(),
    }
}

// ---- what was typed

/// A form as it came. Secrets are in here; they go to the vault and never back to the browser.
#[derive(Clone, Debug, Default)]
struct Typed {
    label: String,
    credentials: BTreeMap<&'static str, Secret>,
    /// None: the form was not sent yet.
    flows: Option<Vec<Flow>>,
    /// The account was switched on for charging what the provider keeps.
    saves: bool,
}

const CREDENTIAL_CHARS_MAX: usize = 4_000;

impl Typed {
    fn read(card: &'static Card, fields: &Fields) -> Self {
        let one = |name: &'static str| {
            let field = format!("c_{name}");
            // A space that came along with the copying is nobody's key.
            let value: String = fields.get(&field).chars().take(CREDENTIAL_CHARS_MAX).collect();
            (name, Secret::new(value))
        };
        Self {
            label: fields.get("name").chars().take(200).collect(),
            credentials: card.credentials.iter().map(|c| one(c.name)).collect(),
            flows: Some(fields.all("enabled").filter_map(|word| word.parse().ok()).collect()),
            saves: fields.all("enabled").any(|word| word == methods::FEATURE),
        }
    }

    /// Whether any was typed. A choice always comes with the form, and alone changes nothing.
    fn any_credential(&self, card: &'static Card) -> bool {
        let typed = |c: &connections::CredentialField| {
            let chosen = matches!(c.kind, connections::FieldKind::Choice(_));
            !chosen && self.credentials.get(c.name).is_some_and(|s| !s.is_empty())
        };
        card.credentials.iter().any(typed)
    }

    fn draft(&self, card: &'static Card) -> Draft {
        let flows = self.flows.clone().unwrap_or_default();
        Draft {
            provider: card.id.to_owned(),
            label: self.label.clone(),
            credentials: match self.any_credential(card) {
                true => self.credentials.iter().map(|(n, s)| ((*n).to_owned(), s.clone())).collect(),
                false => BTreeMap::new(),
            },
            webhook_secret: None,
            // Ticking it says that the account was switched on for it.
            features: flows
                .iter()
                .filter(|f| **f == Flow::UpiIntent)
                .map(|f| f.as_str().to_owned())
                .chain((self.saves && methods::kept_by(card.id)).then(|| methods::FEATURE.to_owned()))
                .collect(),
            flows,
            min_minor: None,
            max_minor: None,
            session_ms: None,
        }
    }
}

fn missing(card: &'static Card, typed: &Typed) -> Vec<FieldError> {
    let empty = card
        .credentials
        .iter()
        .filter(|c| c.kind.is_needed() && typed.credentials.get(c.name).is_none_or(Secret::is_empty));
    let error = |c: &connections::CredentialField| FieldError {
        field: format!("c_{}", c.name),
        sentence: format!("Type the {}", c.label.to_lowercase()),
    };
    empty.map(error).collect()
}

/// A refusal as a line beside its field. What no field can mend is shown on a page of its own.
fn of_field(card: &'static Card, error: Error) -> Result<FieldError, Refused> {
    let first = card.credentials.first().map_or_else(|| "name".to_owned(), |c| format!("c_{}", c.name));
    let field = match &error {
        Error::Invalid { param, .. } => match param.as_str() {
            "flows" => "flows".to_owned(),
            "webhook_secret" => "secret".to_owned(),
            name if card.credentials.iter().any(|c| c.name == name) => format!("c_{name}"),
            _ => "name".to_owned(),
        },
        Error::TestFailed { .. } | Error::AccountConnectedTwice => first,
        _ => return Err(error.into()),
    };
    Ok(FieldError { field, sentence: error.sentence() })
}

fn inputs(
    card: &'static Card,
    typed: &Typed,
    hint: Option<&String>,
    errors: &[FieldError],
) -> Vec<CredentialInput> {
    let one = |c: &'static connections::CredentialField| {
        let error = errors.iter().find(|e| e.field == format!("c_{}", c.name)).map(|e| e.sentence.clone());
        let open = typed.credentials.get(c.name).filter(|_| !c.kind.is_secret());
        CredentialInput {
            name: c.name.to_owned(),
            label: c.label.to_owned(),
            hint: c.hint.to_owned(),
            kind: kind(c.kind),
            needed: c.kind.is_needed(),
            value: open.map(|s| s.expose().to_owned()).unwrap_or_default(),
            saved: hint
                .map(|hint| if c.kind.is_secret() { "••••••••".to_owned() } else { hint.clone() }),
            error,
        }
    };
    card.credentials.iter().map(one).collect()
}

fn kind(kind: connections::FieldKind) -> InputKind {
    use connections::FieldKind as K;
    match kind {
        K::Text | K::OptionalText => InputKind::Text,
        K::Choice(of) => InputKind::Choice(of.iter().map(|text| (*text).to_owned()).collect()),
        K::Secret | K::OptionalSecret => InputKind::Secret,
        K::OptionalPem => InputKind::SecretLines,
    }
}

/// The ways to pay, and whether what a payer pays with can be saved. The second needs the provider's consent, too.
fn flows(card: &'static Card, ticked: &[Flow], saves: bool) -> Vec<Choice> {
    let choice = |flow: &Flow| {
        let (label, hint) = words::flow(*flow);
        let checked = ticked.contains(flow);
        Choice { value: flow.as_str().to_owned(), label: label.to_owned(), hint: hint.to_owned(), checked }
    };
    let saving = Choice {
        value: methods::FEATURE.to_owned(),
        label: "Saved methods".to_owned(),
        hint: "Charged again with the payer’s consent. Only where the account was switched on for it"
            .to_owned(),
        checked: saves,
    };
    card.flows.iter().map(choice).chain(methods::kept_by(card.id).then_some(saving)).collect()
}
