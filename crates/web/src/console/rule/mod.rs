//! One routing rule: the form, and what becomes of it.

mod typed;
mod words;

pub(super) use typed::amount_of;
pub(super) use words::{shares_in_words, when_in_words};

use super::desk::{Desk, Done};
use super::refused::Refused;
use super::routing::PATH;
use crate::browser::page;
use crate::fields::{Asking, Fields, Sent};
use crate::pages::connections::FieldError;
use crate::pages::parts::Choice;
use crate::pages::routing::{RulePage, ShareInput};
use crate::pages::shell::Place;
use axum::response::Response;
use http::StatusCode;
use hundi_app::Error;
use hundi_app::connections::{self, Shown};
use hundi_app::routing::{self, RuleText};
use hundi_core::scope::Permission;
use hundi_core::{Currency, Method};
use std::collections::BTreeSet;
use typed::Typed;

const DAYS: [(&str, &str); 7] = [
    ("mon", "Mon"),
    ("tue", "Tue"),
    ("wed", "Wed"),
    ("thu", "Thu"),
    ("fri", "Fri"),
    ("sat", "Sat"),
    ("sun", "Sun"),
];

pub(super) fn version(fields: &Fields) -> Result<i64, Error> {
    fields.parsed("version").ok_or_else(|| Error::invalid("version", "Open the rules again."))
}

/// Which rule a form is about.
pub(super) fn place(fields: &Fields, rules: &[RuleText]) -> Result<usize, Error> {
    let at = fields.parsed::<usize>("at").filter(|at| *at < rules.len());
    at.ok_or(Error::NotFound { what: "rule" })
}

pub(super) async fn form(desk: Desk, Asking(fields): Asking) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageRouting)?;
    let routing = routing::get(&desk.app, scope).await?;
    let connections = connections::list(&desk.app, scope).await?;
    let at = match fields.get("at") {
        "" => None,
        _ => Some(place(&fields, &routing.rules)?),
    };
    let typed = match at {
        Some(at) => Typed::of(&routing.rules[at], &connections),
        None => Typed {
            currency: Currency::INR.code().to_owned(),
            ..Typed::read(&Fields::default(), &connections)
        },
    };
    shown(&desk, &connections, (at, routing.version), &typed, Vec::new()).await
}

pub(super) async fn save(desk: Desk, Sent(fields): Sent) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageRouting)?;
    let mut rules = routing::get(&desk.app, scope).await?.rules;
    let connections = connections::list(&desk.app, scope).await?;
    let version = version(&fields)?;
    let at = match fields.get("at") {
        "" => None,
        _ => Some(place(&fields, &rules)?),
    };
    let typed = Typed::read(&fields, &connections);
    let errors = match typed.rule() {
        Err(errors) => errors,
        Ok(rule) => {
            let place = at.unwrap_or(rules.len());
            match at {
                Some(at) => rules[at] = rule,
                None => rules.push(rule),
            }
            match routing::set_after(&desk.app, scope, &desk.actor(), rules, version).await {
                Ok(_) => return Ok(Done::Saved.at(PATH)),
                Err(error) => vec![of_field(place, error)?],
            }
        }
    };
    shown(&desk, &connections, (at, version), &typed, errors).await
}

/// What the rules themselves refuse, beside the field that it is about.
fn of_field(at: usize, error: Error) -> Result<FieldError, Refused> {
    let param = error.param().unwrap_or_default().to_owned();
    let Some(part) = param.strip_prefix(&format!("rules[{at}].")) else { return Err(error.into()) };
    let part = part.split(['[', ' ']).next().unwrap_or_default();
    let field = match part {
        "name" => "name",
        "to" => "shares",
        "when.methods" => "methods",
        "when.currency" => "currency",
        "when.amount_min" => "min",
        "when.amount_max" => "max",
        "when.days" => "days",
        "when.from" => "from",
        "when.to" => "until",
        _ => return Err(error.into()),
    };
    Ok(FieldError { field: field.to_owned(), sentence: error.sentence() })
}

async fn shown(
    desk: &Desk,
    connections: &[Shown],
    (at, version): (Option<usize>, i64),
    typed: &Typed,
    errors: Vec<FieldError>,
) -> Result<Response, Refused> {
    let currency = typed.currency.parse::<Currency>().ok();
    let any = choice("", "Any", currency.is_none());
    let known = Method::ALL.iter().filter(|m| **m != Method::Other);
    let share = |c: &Shown| {
        let id = c.row.id.to_string();
        let weight = typed.shares.iter().find(|(of, _)| *of == id).map(|(_, w)| w.clone());
        let off = if c.row.enabled { "" } else { ", not enabled" };
        ShareInput {
            field: format!("share_{id}"),
            label: format!("{}{off}", c.row.label),
            weight: weight.unwrap_or_default(),
        }
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = RulePage {
        shell: desk.shell(Place::Routing).await?,
        title: if at.is_some() { format!("Rule: {}", typed.name) } else { "Add a rule".to_owned() },
        at: at.map(|at| at.to_string()).unwrap_or_default(),
        version,
        errors,
        name: typed.name.clone(),
        methods: known
            .map(|m| choice(m.as_str(), m.shown(), typed.methods.iter().any(|word| word == m.as_str())))
            .collect(),
        currencies: [any].into_iter().chain(currencies(connections, currency)).collect(),
        min: typed.min.clone(),
        max: typed.max.clone(),
        days: DAYS.iter().map(|(d, label)| choice(d, label, typed.days.iter().any(|t| t == d))).collect(),
        from: typed.from.clone(),
        until: typed.until.clone(),
        shares: connections.iter().map(share).collect(),
    };
    Ok(page(status, &view))
}

pub(super) fn choice(value: &str, label: &str, checked: bool) -> Choice {
    Choice { value: value.to_owned(), label: label.to_owned(), hint: String::new(), checked }
}

/// What the connections take, rupees first; whatever is chosen is among them.
pub(super) fn currencies(connections: &[Shown], chosen: Option<Currency>) -> Vec<Choice> {
    let mut codes: BTreeSet<String> =
        connections.iter().flat_map(|c| c.card.currencies).map(|code| (*code).to_owned()).collect();
    codes.extend(chosen.map(|c| c.code().to_owned()));
    codes.remove(Currency::INR.code());
    let all = [Currency::INR.code().to_owned()].into_iter().chain(codes);
    all.map(|code| choice(&code, &code, chosen.is_some_and(|c| c.code() == code))).collect()
}
