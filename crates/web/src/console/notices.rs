//! Webhooks in: the inbox across connections or of some, and each message whole.

use super::desk::{Desk, Done};
use super::paging::{ignored, page_of, paged};
use super::refused::Refused;
use crate::browser::page;
use crate::fields::{Asking, address};
use crate::pages::format::{iso, ist, ist_short, laid_out};
use crate::pages::notices::{NoticeDetail, NoticeLog, NoticeRow};
use crate::pages::parts::{Badge, Chip, Choice, Fact, Tab};
use crate::pages::shell::Place;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use hundi_app::Error;
use hundi_app::connections::{self, Shown};
use hundi_app::notices::{self, Effect, Notice, State};
use hundi_app::{payments, refunds};
use hundi_core::scope::Permission;
use hundi_core::{ConnectionId, NoticeId, PaymentId, RefundId, Scope};

const PATH: &str = "/webhooks";
const TABS: &[(&str, &str, Option<bool>)] =
    &[("", "All", None), ("verified", "Verified", Some(true)), ("refused", "Refused", Some(false))];
/// Longer bodies are shown by their beginning.
const BODY_CHARS_MAX: usize = 64_000;

fn id_of(text: &str) -> Result<NoticeId, Refused> {
    text.parse().map_err(|_| Refused(Error::NotFound { what: "message" }))
}

pub(super) async fn list(desk: Desk, Asking(fields): Asking) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ReadWebhooks)?;
    let all = connections::list(&desk.app, scope).await?;
    let tab = TABS.iter().find(|(word, ..)| *word == fields.get("verdict")).unwrap_or(&TABS[0]);
    let wanted: Vec<ConnectionId> = fields.all("connection").filter_map(|id| id.parse().ok()).collect();
    // Only connections of this merchant and mode are ever asked about.
    let chosen: Vec<&Shown> = all.iter().filter(|c| wanted.contains(&c.row.id)).collect();
    let among = if chosen.is_empty() { all.iter().collect() } else { chosen.clone() };
    let among = among.iter().map(|c| c.row.id).collect();
    let no_connection = |id: &&str| !id.is_empty() && chosen.iter().all(|c| c.row.id.to_string() != **id);
    let mut lost: Vec<String> =
        fields.all("connection").filter(no_connection).map(|id| ignored("connection", id)).collect();
    if tab.0 != fields.get("verdict") {
        lost.push(ignored("verdict", fields.get("verdict")));
    }
    let asked = page_of(&fields);
    let found = notices::across(&desk.app, scope, among, tab.2, asked.clone()).await?;
    let ids: Vec<String> = chosen.iter().map(|c| c.row.id.to_string()).collect();
    let mut kept: Vec<(&str, &str)> = ids.iter().map(|id| ("connection", id.as_str())).collect();
    kept.push(("verdict", tab.0));
    let (rows, cursor) = paged(found, &asked, (PATH, &kept), |n| (n.received_at, n.id.to_string()));
    Ok(page(
        StatusCode::OK,
        &NoticeLog {
            shell: desk.shell(Place::Notices).await?,
            tabs: tabs(tab.0, &ids),
            all: tab.0.is_empty(),
            kept: if tab.0.is_empty() { Vec::new() } else { vec![("verdict", tab.0.to_owned())] },
            connections: all.iter().map(|c| choice(c, &wanted)).collect(),
            ignored: lost,
            chips: chosen.iter().map(|c| chip(c, &chosen, tab.0)).collect(),
            clear_url: PATH.to_owned(),
            rows: rows.iter().map(|n| row(n, &all)).collect(),
            cursor,
        },
    ))
}

fn tabs(current: &str, connections: &[String]) -> Vec<Tab> {
    let tab = |(word, label, _): &(&'static str, &'static str, Option<bool>)| {
        let mut fields: Vec<(&str, &str)> =
            connections.iter().map(|id| ("connection", id.as_str())).collect();
        fields.push(("verdict", word));
        Tab { label, url: address(PATH, &fields), count: None, current: *word == current }
    };
    TABS.iter().map(tab).collect()
}

fn choice(c: &Shown, wanted: &[ConnectionId]) -> Choice {
    Choice {
        value: c.row.id.to_string(),
        label: c.row.label.clone(),
        hint: String::new(),
        checked: wanted.contains(&c.row.id),
    }
}

fn chip(c: &Shown, chosen: &[&Shown], verdict: &str) -> Chip {
    let others: Vec<String> =
        chosen.iter().filter(|o| o.row.id != c.row.id).map(|o| o.row.id.to_string()).collect();
    let mut fields: Vec<(&str, &str)> = others.iter().map(|id| ("connection", id.as_str())).collect();
    fields.push(("verdict", verdict));
    Chip {
        label: c.row.label.clone(),
        remove_label: format!("Remove the filter {}", c.row.label),
        remove_url: address(PATH, &fields),
    }
}

fn row(n: &Notice, connections: &[Shown]) -> NoticeRow {
    NoticeRow {
        url: format!("{PATH}/{}", n.id),
        kind: n.kind.clone().unwrap_or_else(|| "unknown".to_owned()),
        verdict: verdict(n),
        effect: effect(n).to_owned(),
        connection: label(n, connections),
        at: ist_short(n.received_at),
        iso: iso(n.received_at),
    }
}

fn label(n: &Notice, connections: &[Shown]) -> String {
    connections.iter().find(|c| c.row.id == n.connection_id).map(|c| c.row.label.clone()).unwrap_or_default()
}

const fn verdict(n: &Notice) -> Badge {
    match (n.verified, n.state) {
        (false, _) => Badge::REFUSED,
        (true, State::Received) => Badge::WAITING,
        (true, _) => Badge::VERIFIED,
    }
}

fn effect(n: &Notice) -> &'static str {
    match (n.state, n.effect) {
        (State::Refused, _) => match n.verdict.as_str() {
            "no_signature" => "No signature",
            "no_secret" => "No webhook secret is saved here",
            _ => "Wrong signature",
        },
        (State::Failed, _) if n.verdict == "unreadable" => "Signed, but not readable",
        (State::Failed, _) => "Could not be worked on",
        (State::Received, _) => "Will be worked on in a moment",
        (State::Done, Effect::Applied) => "It changed something",
        (State::Done, Effect::Same) => "Same again, ignored",
        (State::Done, Effect::Asked) => "The provider was asked",
        (State::Done, Effect::Parked) => "About money that is not ours",
        (State::Done, Effect::None) => "Kept, nothing to do",
    }
}

pub(super) async fn show(desk: Desk, Path(id): Path<String>) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ReadWebhooks)?;
    let n = notices::get(&desk.app, scope, id_of(&id)?).await?;
    let connection = connections::get(&desk.app, scope, n.connection_id).await?;
    let replayable = n.verified && n.effect != Effect::Applied && n.state != State::Received;
    let may_replay = replayable && desk.can(Permission::ManageWebhooks);
    Ok(page(
        StatusCode::OK,
        &NoticeDetail {
            shell: desk.shell(Place::Notices).await?,
            id: n.id.to_string(),
            kind: n.kind.clone().unwrap_or_else(|| "unknown".to_owned()),
            verdict: verdict(&n),
            sentence: sentence(&n),
            replay_url: may_replay.then(|| format!("{PATH}/{}/replay", n.id)),
            facts: facts(&desk, &n, &connection).await?,
            headers: masked(&n.headers),
            body: laid_out(&String::from_utf8_lossy(&n.body)).chars().take(BODY_CHARS_MAX).collect(),
        },
    ))
}

fn sentence(n: &Notice) -> String {
    let first = match n.verified {
        true => "The proof holds.",
        false => "It was not proven to be the provider’s, so it moved nothing.",
    };
    let detail = n.detail.as_deref().map(|d| format!(" {d}")).unwrap_or_default();
    format!("{first} {}.{detail}", effect(n))
}

async fn facts(desk: &Desk, n: &Notice, connection: &Shown) -> Result<Vec<Fact>, Refused> {
    let mut facts = Vec::new();
    if let Some(object) = &n.object_id {
        facts.push(about(desk, n.scope, object).await?);
    }
    facts.push(match desk.can(Permission::ReadConnections) {
        true => {
            Fact::link("Connection", &connection.row.label, format!("/connections/{}", connection.row.id))
        }
        false => Fact::text("Connection", &connection.row.label),
    });
    if let Some(id) = &n.event_id {
        facts.push(Fact::id("Their event id", id.clone()));
    }
    facts.push(Fact::text("Proof", proof(n.grade.as_deref())));
    facts.push(Fact::text("Arrived", ist(n.received_at)));
    if let Some(at) = n.worked_at {
        facts.push(Fact::text("Worked on", ist(at)));
    }
    Ok(facts)
}

/// What a message is about, as a way to it. A refund is shown with its payment.
async fn about(desk: &Desk, scope: Scope, object: &str) -> Result<Fact, Refused> {
    if !desk.can(Permission::ReadPayments) {
        return Ok(Fact::id("About", object));
    }
    // What a merchant does through an account that it is lent is its own to look at.
    if let Ok(id) = object.parse::<PaymentId>() {
        return match payments::get(&desk.app, scope, id).await {
            Ok(_) => Ok(Fact::link("Payment", object, format!("/payments/{object}"))),
            Err(Error::NotFound { .. }) => Ok(Fact::id("Payment of a merchant that you lend to", object)),
            Err(error) => Err(error.into()),
        };
    }
    if let Ok(id) = object.parse::<RefundId>() {
        return match refunds::get(&desk.app, scope, id).await {
            Ok(refund) => Ok(Fact::link("Refund", object, format!("/payments/{}", refund.payment_id))),
            Err(Error::NotFound { .. }) => Ok(Fact::id("Refund of a merchant that you lend to", object)),
            Err(error) => Err(error.into()),
        };
    }
    if object.starts_with("ord_") {
        return Ok(Fact::link("Order", object, address("/payments", &[("q", object)])));
    }
    Ok(Fact::id("About", object))
}

fn proof(grade: Option<&str>) -> &'static str {
    match grade {
        Some("A") => "A signature over the whole body",
        Some("B") => "A weaker proof: only a reason to ask the provider",
        Some("C") => "The bare word of a browser: only a reason to ask the provider",
        Some(_) | None => "None that holds",
    }
}

/// What proves the sender would let a reader pose as it.
fn masked(headers: &str) -> String {
    const SECRET: &[&str] = &["signature", "verify", "auth", "cookie", "token", "secret", "key"];
    let line = |line: &str| match line.split_once(": ") {
        Some((name, _)) if SECRET.iter().any(|word| name.to_ascii_lowercase().contains(word)) => {
            format!("{name}: [hidden]")
        }
        Some(_) | None => line.to_owned(),
    };
    headers.lines().map(line).collect::<Vec<_>>().join("\n")
}

pub(super) async fn replay(desk: Desk, Path(id): Path<String>) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageWebhooks)?;
    let id = id_of(&id)?;
    notices::replay(&desk.app, scope, &desk.actor(), id).await?;
    Ok(Done::Replayed.at(&format!("{PATH}/{id}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proofs_are_not_shown() {
        let shown = masked(
            "content-type: application/json\nx-acme-signature: abc\nAuthorization: Basic eA==\nx-verify: v###1",
        );
        assert_eq!(
            shown,
            "content-type: application/json\nx-acme-signature: [hidden]\nAuthorization: [hidden]\nx-verify: [hidden]"
        );
    }
}
