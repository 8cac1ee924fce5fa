//! Customers, with their payments and what providers keep for them.

use super::desk::{Desk, Done};
use super::paging::{page_of, paged};
use super::payments::row;
use super::refused::Refused;
use crate::browser::page;
use crate::checkout::saved_name;
use crate::fields::Asking;
use crate::pages::customers::{CustomerPage, CustomerRow, CustomersPage, MethodRow};
use crate::pages::format::ist_short;
use crate::pages::parts::Fact;
use crate::pages::shell::Place;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use hundi_app::customers::{self, Customer, Filter};
use hundi_app::methods::{self, SavedMethod};
use hundi_app::{Error, connections};
use hundi_core::scope::Permission;
use hundi_core::{CustomerId, SavedMethodId};

const PATH: &str = "/customers";

pub(super) async fn list(desk: Desk, Asking(fields): Asking) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ReadPayments)?;
    let q: String = fields.get("q").trim().chars().take(254).collect();
    let asked = page_of(&fields);
    let wanted = Some(q.clone()).filter(|q| !q.is_empty());
    let (email, phone) = match wanted {
        Some(text) if text.contains('@') => (Some(text), None),
        other => (None, other),
    };
    let found = customers::list(&desk.app, scope, Filter { email, phone }, asked.clone()).await?;
    let kept: Vec<(&str, &str)> = [("q", q.as_str())].into_iter().filter(|(_, q)| !q.is_empty()).collect();
    let (rows, cursor) = paged(found, &asked, (PATH, &kept), |c| (c.created_at, c.id.to_string()));
    let shown = rows.iter().map(|c| CustomerRow {
        url: format!("{PATH}/{}", c.id),
        name: name(c),
        email: c.email.clone().unwrap_or_default(),
        phone: c.phone.clone().unwrap_or_default(),
        made: ist_short(c.created_at),
    });
    let rows = shown.collect();
    Ok(page(StatusCode::OK, &CustomersPage { shell: desk.shell(Place::Customers).await?, rows, q, cursor }))
}

pub(super) async fn show(desk: Desk, Path(id): Path<String>) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ReadPayments)?;
    let id = customer_of(&id)?;
    let story = customers::story(&desk.app, scope, id).await?;
    let connections = connections::list(&desk.app, scope).await?;
    let c = &story.customer;
    let may = desk.can(Permission::TakePayments);
    let method = |m: &SavedMethod| MethodRow {
        label: saved_name(m),
        is_default: m.is_default,
        expires: match (m.expiry_month, m.expiry_year) {
            (Some(month), Some(year)) => format!("{month:02}/{:02}", year % 100),
            (Some(_) | None, _) => String::new(),
        },
        consent: format!("Agreed {}, text {}", ist_short(m.consent_at), m.consent_version),
        forget_url: may.then(|| format!("{PATH}/{}/forget/{}", c.id, m.id)),
    };
    let view = CustomerPage {
        shell: desk.shell(Place::Customers).await?,
        id: c.id.to_string(),
        name: name(c),
        facts: facts(c),
        methods: story.methods.iter().map(method).collect(),
        rows: story.payments.iter().map(|listed| row(listed, &connections)).collect(),
        erase_url: (may && c.erased_at.is_none()).then(|| format!("{PATH}/{}/erase", c.id)),
    };
    Ok(page(StatusCode::OK, &view))
}

/// A method is charged no more, and its provider told.
pub(super) async fn forget(
    desk: Desk,
    Path((customer, id)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let scope = desk.may(Permission::TakePayments)?;
    let (customer, unknown) = (customer_of(&customer)?, Error::NotFound { what: "saved method" });
    let id: SavedMethodId = id.parse().map_err(|_| unknown.clone())?;
    if methods::get(&desk.app, scope, id).await?.customer != customer {
        return Err(unknown.into());
    }
    methods::delete(&desk.app, scope, &desk.actor(), id).await?;
    Ok(Done::Forgotten.at(&format!("{PATH}/{customer}")))
}

pub(super) async fn erase(desk: Desk, Path(id): Path<String>) -> Result<Response, Refused> {
    let scope = desk.may(Permission::TakePayments)?;
    let id = customer_of(&id)?;
    customers::delete(&desk.app, scope, &desk.actor(), id).await?;
    Ok(Done::Erased.at(&format!("{PATH}/{id}")))
}

fn customer_of(text: &str) -> Result<CustomerId, Error> {
    text.parse().map_err(|_| Error::NotFound { what: "customer" })
}

fn name(c: &Customer) -> String {
    match (&c.name, c.erased_at) {
        (_, Some(_)) => "Erased".to_owned(),
        (Some(name), None) => name.clone(),
        (None, None) => c.email.clone().or_else(|| c.phone.clone()).unwrap_or_else(|| c.id.to_string()),
    }
}

fn facts(c: &Customer) -> Vec<Fact> {
    let known = [
        ("E-mail", c.email.clone()),
        ("Phone", c.phone.clone()),
        ("Made, IST", Some(ist_short(c.created_at))),
    ];
    let erased = c.erased_at.map(|at| Fact::text("Erased, IST", ist_short(at)));
    let known = known.into_iter().filter_map(|(label, value)| Some(Fact::text(label, value?)));
    known.chain(erased).collect()
}
