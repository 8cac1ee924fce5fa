//! The list of payments: filters in the address, pages by cursor.

use super::desk::Desk;
use super::paging::{ignored, page_of, paged};
use super::refused::Refused;
use crate::browser::page;
use crate::download::download;
use crate::fields::{Asking, Fields, address};
use crate::pages::format::{day_begins, iso, ist_short};
use crate::pages::parts::{Badge, Chip, Choice, GivenBack, Tab};
use crate::pages::payments::{PaymentRow, PaymentsList};
use crate::pages::shell::Place;
use axum::response::Response;
use http::StatusCode;
use hundi_app::connections::{self, Shown};
use hundi_app::exports::{self, Ask, Format, Of};
use hundi_app::payments::{self, Filter, Listed, Payment};
use hundi_app::{Amounts, Page, fallbacks};
use hundi_core::payment::Status;
use hundi_core::scope::Permission;
use hundi_core::time::days;
use hundi_core::{ConnectionId, Currency, Method, Millis, Money};

const PATH: &str = "/payments";

pub(super) async fn list(desk: Desk, Asking(fields): Asking) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ReadPayments)?;
    let asked = Asked::read(&fields);
    let page_asked = Page { created_from: asked.from, created_to: asked.to, ..page_of(&fields) };
    let connections = connections::list(&desk.app, scope).await?;
    let found = payments::listed(&desk.app, scope, asked.filter.clone(), page_asked.clone()).await?;
    let kept = asked.kept(&[]);
    let key = |l: &Listed| (l.payment.created_at, l.payment.id.to_string());
    let (rows, cursor) = paged(found, &page_asked, (PATH, &kept), key);
    let shell = desk.shell(Place::Payments).await?;
    Ok(page(
        StatusCode::OK,
        &PaymentsList {
            tabs: asked.tabs(shell.in_doubt),
            shell,
            all: asked.status.is_empty(),
            ignored: asked.ignored.clone(),
            kept: hidden(&asked),
            from: asked.from_text.clone(),
            to: asked.to_text.clone(),
            methods: asked.methods(),
            amount: asked.amount_text.clone(),
            chips: asked.chips(&connections),
            clear_url: PATH.to_owned(),
            exports: exports_of(&desk, &asked),
            sum: sum(&rows),
            rows: rows.iter().map(|listed| row(listed, &connections)).collect(),
            cursor,
        },
    ))
}

/// The same list as a file, for those who may take it out of the house.
pub(super) async fn export(desk: Desk, Asking(fields): Asking) -> Result<Response, Refused> {
    let scope = desk.may(Permission::Export)?;
    let asked = Asked::read(&fields);
    let format = fields.parsed("format").unwrap_or(Format::Csv);
    let words = asked.kept(&[]).into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let ask = Ask {
        words: words.collect(),
        of: Of::Payments(asked.filter),
        format,
        from: asked.from,
        to: asked.to,
    };
    let begun = exports::begin(&desk.app, scope, &desk.actor(), ask).await?;
    Ok(download(begun, format).await?)
}

/// What the address asks for. Words that mean nothing are dropped, and the page says so: whoever takes everything for
/// what was asked for draws the wrong conclusion.
struct Asked {
    ignored: Vec<String>,
    filter: Filter,
    from: Millis,
    to: Millis,
    q: String,
    status: &'static str,
    from_text: String,
    to_text: String,
    method: &'static str,
    amount_text: String,
    connection: String,
}

/// The tabs, and what each asks the database.
const TABS: &[(&str, &str, Option<Status>)] = &[
    ("", "All", None),
    ("captured", "Paid", Some(Status::Captured)),
    ("refunded", "Refunded", None),
    ("in_doubt", "In doubt", None),
    ("pending", "Pending", Some(Status::Pending)),
    ("authorized", "Authorised", Some(Status::Authorized)),
    ("failed", "Failed", Some(Status::Failed)),
    ("expired", "Expired", Some(Status::Expired)),
    ("cancelled", "Cancelled", Some(Status::Cancelled)),
];

impl Asked {
    fn read(fields: &Fields) -> Self {
        let tab = TABS.iter().find(|(word, ..)| *word == fields.get("status")).unwrap_or(&TABS[0]);
        let day = |name: &str| {
            let text = fields.get(name);
            day_begins(text).map(|at| (at, text.to_owned()))
        };
        let (from, from_text) = day("from").unwrap_or((Millis(i64::MIN), String::new()));
        let (to, to_text) =
            day("to").map_or((Millis(i64::MAX), String::new()), |(at, t)| (at.plus(days(1)), t));
        let method: Option<Method> = fields.parsed("method");
        let connection: Option<ConnectionId> = fields.parsed("connection");
        let amount = rupees(fields.get("amount"));
        let q: String = fields.get("q").trim().chars().take(100).collect();
        let understood = [
            ("status", tab.0 == fields.get("status")),
            ("from", !from_text.is_empty()),
            ("to", !to_text.is_empty()),
            ("method", method.is_some()),
            ("connection", connection.is_some()),
            ("amount", amount.is_some()),
        ];
        let lost = understood.into_iter().filter(|(name, read)| !read && !fields.get(name).is_empty());
        Self {
            ignored: lost.map(|(name, _)| ignored(name, fields.get(name))).collect(),
            filter: Filter {
                status: tab.2,
                in_doubt: tab.0 == "in_doubt",
                refunded: tab.0 == "refunded",
                reference: Some(q.clone()).filter(|q| !q.is_empty()),
                method,
                connection,
                amounts: Amounts { least: amount.map(Money::minor), most: amount.map(Money::minor) },
                ..Filter::default()
            },
            from,
            to,
            q,
            status: tab.0,
            from_text,
            to_text,
            method: method.map_or("", Method::as_str),
            amount_text: amount.map(Money::decimal).unwrap_or_default(),
            connection: connection.map(|id| id.to_string()).unwrap_or_default(),
        }
    }

    /// Every filter, but those left out.
    fn kept(&self, without: &[&str]) -> Vec<(&'static str, &str)> {
        let all = [
            ("status", self.status),
            ("q", self.q.as_str()),
            ("from", &self.from_text),
            ("to", &self.to_text),
            ("method", self.method),
            ("amount", &self.amount_text),
            ("connection", &self.connection),
        ];
        all.into_iter().filter(|(name, value)| !value.is_empty() && !without.contains(name)).collect()
    }

    fn tabs(&self, in_doubt: u64) -> Vec<Tab> {
        let tab = |(word, label, _): &(&'static str, &'static str, Option<Status>)| {
            let mut fields = self.kept(&["status"]);
            fields.push(("status", word));
            Tab {
                label,
                url: address(PATH, &fields),
                count: (*word == "in_doubt" && in_doubt > 0).then(|| in_doubt.to_string()),
                current: self.status == *word,
            }
        };
        TABS.iter().map(tab).collect()
    }

    fn methods(&self) -> Vec<Choice> {
        let choice = |m: &Method| Choice {
            value: m.as_str().to_owned(),
            label: m.shown().to_owned(),
            hint: String::new(),
            checked: self.method == m.as_str(),
        };
        Method::ALL.iter().map(choice).collect()
    }

    fn chips(&self, connections: &[Shown]) -> Vec<Chip> {
        let chip = |label: String, what: &str, names: &[&str]| Chip {
            label,
            remove_label: format!("Remove the {what} filter"),
            remove_url: address(PATH, &self.kept(names)),
        };
        let mut chips = Vec::new();
        if !self.q.is_empty() {
            chips.push(chip(format!("“{}”", self.q), "search", &["q"]));
        }
        match (self.from_text.as_str(), self.to_text.as_str()) {
            ("", "") => {}
            (from, "") => chips.push(chip(format!("From {from}"), "date", &["from"])),
            ("", to) => chips.push(chip(format!("Until {to}"), "date", &["to"])),
            (from, to) => chips.push(chip(format!("{from} to {to}"), "date", &["from", "to"])),
        }
        if let Some(method) = self.filter.method {
            chips.push(chip(method.shown().to_owned(), "method", &["method"]));
        }
        if let Some(minor) = self.filter.amounts.least {
            chips.push(chip(Money::inr(minor).shown(), "amount", &["amount"]));
        }
        if let Some(id) = self.filter.connection {
            let known = connections.iter().find(|c| c.row.id == id);
            let label = known.map_or_else(|| "Another connection".to_owned(), |c| c.row.label.clone());
            chips.push(chip(label, "connection", &["connection"]));
        }
        chips
    }
}

/// Where this list is to be had as a file.
fn exports_of(desk: &Desk, asked: &Asked) -> Vec<(&'static str, String)> {
    let formats = Format::ALL.iter().filter(|_| desk.can(Permission::Export));
    let address_of = |format: &Format| {
        let mut fields = asked.kept(&[]);
        fields.push(("format", format.as_str()));
        let label = match format {
            Format::Csv => "CSV",
            Format::Xlsx => "Excel",
        };
        (label, address(&format!("{PATH}/export"), &fields))
    };
    formats.map(address_of).collect()
}

/// An amount as people type it: `₹1,23,456.78`, `123456.78`.
fn rupees(typed: &str) -> Option<Money> {
    let plain: String = typed.chars().filter(|c| !matches!(c, ',' | ' ' | '₹')).collect();
    Money::parse_decimal(&plain, Currency::INR)
}

/// Filters that the form has no field for, and that it must not forget.
fn hidden(asked: &Asked) -> Vec<(&'static str, String)> {
    let without = ["from", "to", "method", "amount"];
    asked.kept(&without).into_iter().map(|(name, value)| (name, value.to_owned())).collect()
}

/// Of this page only: nothing is summed over all payments while somebody waits.
fn sum(rows: &[Listed]) -> String {
    let shown = crate::pages::format::counted(u64::try_from(rows.len()).unwrap_or(0), "payment", "payments");
    let currency = rows.first().map_or(Currency::INR, |l| l.payment.currency());
    let captured = rows.iter().map(|l| Money::new(l.payment.captured_minor, l.payment.currency()));
    match captured.into_iter().try_fold(Money::zero(currency), Money::add) {
        Ok(money) => format!("{shown} on this page, {} taken", money.shown()),
        // Several currencies have no sum.
        Err(_) => format!("{shown} on this page"),
    }
}

/// One line of a list of payments.
pub(super) fn row(listed: &Listed, connections: &[Shown]) -> PaymentRow {
    let (p, o) = (&listed.payment, &listed.order);
    let connection = connections.iter().find(|c| c.row.id == p.connection_id);
    PaymentRow {
        url: format!("{PATH}/{}", p.id),
        amount: p.state.asked.shown(),
        status: badge(p),
        order: o.receipt.clone().unwrap_or_else(|| o.id.to_string()),
        method: p.method().map_or("", Method::shown).to_owned(),
        instrument: instrument(p).unwrap_or_default().to_owned(),
        customer: o.payer_name.clone().unwrap_or_default(),
        connection: match p.fallback {
            Some(_) => fallbacks::LABEL.to_owned(),
            None => connection.map(|c| c.row.label.clone()).unwrap_or_default(),
        },
        at: ist_short(p.created_at),
        iso: iso(p.created_at),
    }
}

pub(super) fn badge(p: &Payment) -> Badge {
    let given_back = match p.refunded_minor {
        0 => GivenBack::Nothing,
        part if part < p.captured_minor => GivenBack::Part,
        _ => GivenBack::All,
    };
    Badge::payment(p.status(), p.state.in_doubt_since().is_some(), given_back)
}

/// What was paid with, of the try that matters most.
pub(super) fn instrument(p: &Payment) -> Option<&str> {
    let captured = p.state.tries().find(|(_, t)| t.captured.is_some());
    let told = captured.or_else(|| p.state.tries().max_by_key(|(_, t)| t.first_at));
    told.and_then(|(_, t)| t.detail.instrument.as_deref())
}
