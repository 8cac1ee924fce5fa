//! One payment: what it is, what happened, what shows it, and what can be done.

use super::desk::{Desk, Done};
use super::payments::{badge, instrument};
use super::refused::Refused;
use super::{timeline, words};
use crate::browser::page;
use crate::fields::{Asking, Sent};
use crate::pages::format::iso;
use crate::pages::format::{Figure, ist, ist_clock, ist_date, ist_short, laid_out, long};
use crate::pages::parts::{Badge, Fact, MoneyLine};
use crate::pages::payment::{
    CaptureForm, Discrepancy, Doubt, Exchange, ExchangeRow, PayLink, PaymentDetail, PostingRow, RefundRow,
    Related,
};
use crate::pages::shell::Place;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use hundi_app::connections::{self, Shown};
use hundi_app::payments::{self, Payment, Story};
use hundi_app::{Error, answer, payments as use_cases};
use hundi_core::order;
use hundi_core::payment::{Status, TryDetail};
use hundi_core::scope::Permission;
use hundi_core::{Method, Money, PaymentId};
use serde_json::Value;

/// An id in an address. One that is none reads like one that is not ours.
pub(super) fn id_of(text: &str) -> Result<PaymentId, Refused> {
    text.parse().map_err(|_| Refused(Error::NotFound { what: "payment" }))
}

pub(super) async fn show(
    desk: Desk,
    Path(id): Path<String>,
    Asking(fields): Asking,
) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ReadPayments)?;
    let story = payments::story(&desk.app, scope, id_of(&id)?).await?;
    let connection = connections::of_payment(&desk.app, &story.payment).await?;
    let shell = desk.shell(Place::Payments).await?;
    Ok(page(StatusCode::OK, &detail(&desk, shell, &story, &connection, fields.get("exchange"))))
}

fn detail(
    desk: &Desk,
    shell: crate::pages::shell::Shell,
    story: &Story,
    connection: &Shown,
    exchange: &str,
) -> PaymentDetail {
    let p = &story.payment;
    let url = format!("/payments/{}", p.id);
    let refundable = desk.can(Permission::Refund) && p.refundable_minor() > 0;
    PaymentDetail {
        shell,
        id: p.id.to_string(),
        amount: Figure::of(p.state.asked),
        status: badge(p),
        summary: summary(story),
        refund_url: refundable.then(|| format!("{url}/refund")),
        check_url: check_url(desk, p),
        doubt: doubt(desk, p, connection),
        capture: capture(desk, p, connection),
        call_off_url: call_off_url(desk, p),
        pay_link: pay_link(desk, story),
        discrepancies: story.discrepancies.iter().map(discrepancy).collect(),
        day: format!("{}, IST", ist_date(p.created_at)),
        timeline: timeline::of(desk, story, connection),
        refunds: story.refunds.iter().map(refund).collect(),
        provider: connection.card.name.to_owned(),
        exchanges: exchanges(story, exchange),
        exchange: story.exchanges.iter().find(|x| x.id.to_string() == exchange).map(whole),
        money: money(p),
        postings: if desk.can(Permission::ReadBooks) { postings(story, connection) } else { Vec::new() },
        facts: facts(desk, story, connection),
        related: related(story),
    }
}

/// `Order MK-IND-04203, Meera Iyer`
pub(super) fn summary(story: &Story) -> String {
    let order = story.order.receipt.clone().unwrap_or_else(|| story.order.id.to_string());
    let about = [story.order.payer_name.as_deref(), story.order.description.as_deref()];
    let about = about.into_iter().flatten().map(|text| format!(", {text}")).collect::<String>();
    format!("Order {order}{about}")
}

fn check_url(desk: &Desk, p: &Payment) -> Option<String> {
    let waits = p.status().is_open() && p.state.in_doubt_since().is_none();
    (waits && desk.can(Permission::TakePayments)).then(|| format!("/payments/{}/check", p.id))
}

/// A hold has its own way to be let go.
fn call_off_url(desk: &Desk, p: &Payment) -> Option<String> {
    let waits = matches!(p.status(), Status::Created | Status::Pending) && p.state.in_doubt_since().is_none();
    (waits && desk.can(Permission::TakePayments)).then(|| format!("/payments/{}/cancel", p.id))
}

/// The payer's own page, where the order can be paid in another try or this one gone on with.
fn pay_link(desk: &Desk, story: &Story) -> Option<PayLink> {
    let p = &story.payment;
    let over = matches!(p.status(), Status::Failed | Status::Expired);
    let known = p.state.in_doubt_since().is_none() && story.order.status.can_be_paid();
    let waits = matches!(p.status(), Status::Created | Status::Pending);
    let free = known && desk.can(Permission::TakePayments) && (over || waits);
    free.then(|| PayLink {
        url: desk.app.checkout_url(story.order.id),
        retry_url: over.then(|| format!("/payments/{}/retry", p.id)),
        key: desk.app.nonce(),
    })
}

fn doubt(desk: &Desk, p: &Payment, connection: &Shown) -> Option<Doubt> {
    let since = p.state.in_doubt_since()?;
    let last = p.polls > 0 && p.updated_at > since;
    let asked = match p.polls {
        0 => "not yet".to_owned(),
        1 => "once".to_owned(),
        n => format!("{n} times"),
    };
    Some(Doubt {
        since: ist(since),
        lasting: long(desk.now().since(since)),
        asked: if last { format!("{asked}, last at {}", ist_clock(p.updated_at)) } else { asked },
        next: p.next_poll_at.map(|at| format!("at {} IST", ist_clock(at))),
        sentence: format!("{} did not answer. It may have acted, or not.", connection.card.name),
        check_url: desk.can(Permission::TakePayments).then(|| format!("/payments/{}/check", p.id)),
    })
}

fn capture(desk: &Desk, p: &Payment, connection: &Shown) -> Option<CaptureForm> {
    // While a call's outcome is unknown, it may be this very one.
    let free = p.status() == Status::Authorized && p.state.in_doubt_since().is_none();
    let (_, held) = p.state.held().filter(|_| free)?;
    let since = p.state.tries().find(|(_, t)| t.authorized.is_some()).map(|(_, t)| t.first_at)?;
    let until = since.plus(connection.card.capture_window_ms);
    desk.can(Permission::TakePayments).then(|| CaptureForm {
        amount: held.shown(),
        sentence: format!(
            "Take it by {}. After that the bank gives it back to the customer by itself.",
            ist(until)
        ),
        url: format!("/payments/{}/capture", p.id),
        part_url: connections::takes_a_part(&connection.row).then(|| format!("/payments/{}/capture", p.id)),
        let_go: if connections::can_let_go(&connection.row) {
            format!("{} is asked at once to give the money back.", connection.card.name)
        } else {
            "The bank gives the money back when its hold ends.".to_owned()
        },
        let_go_url: format!("/payments/{}/cancel", p.id),
    })
}

fn discrepancy(d: &payments::Discrepancy) -> Discrepancy {
    let amount = d.amount.map(|m| format!(" Captured: {}.", m.shown())).unwrap_or_default();
    Discrepancy {
        title: words::discrepancy(&d.kind).to_owned(),
        sentence: format!("{}{amount} It is about {} at the provider.", d.detail, d.subject),
        state: if d.open { Badge::OPEN } else { Badge::RESOLVED },
        at: ist_short(d.opened_at),
    }
}

fn refund(f: &hundi_app::refunds::Refund) -> RefundRow {
    let amount = Money::new(-f.state.amount.minor(), f.state.amount.currency());
    RefundRow {
        amount: amount.shown(),
        status: Badge::refund(f.status(), f.state.in_doubt_since().is_some()),
        reason: words::reason(&f.reason).to_owned(),
        provider_id: f.provider_refund.clone().unwrap_or_default(),
        at: ist_short(f.created_at),
        iso: iso(f.created_at),
    }
}

fn exchanges(story: &Story, selected: &str) -> Vec<ExchangeRow> {
    let row = |x: &payments::Exchange| ExchangeRow {
        url: format!("/payments/{}?exchange={}#x", story.payment.id, x.id),
        request: short_line(&x.request_line),
        answer: x.status.map_or_else(|| "No answer".to_owned(), |status| status.to_string()),
        answered: x.status.is_some_and(|s| (200..300).contains(&s)),
        took: format!("{} ms", x.took_ms),
        at: ist_clock(x.at),
        iso: iso(x.at),
        selected: x.id.to_string() == selected,
    };
    story.exchanges.iter().rev().map(row).collect()
}

/// `POST /v1/orders` of `POST https://api.acme.example/v1/orders`: the host is the same on every line.
fn short_line(line: &str) -> String {
    let Some((method, url)) = line.split_once(' ') else { return line.to_owned() };
    let path = url.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    format!("{method} {}", path.unwrap_or(url))
}

fn whole(x: &payments::Exchange) -> Exchange {
    let message =
        |first: &str, headers: &str, body: &str| format!("{first}\n{headers}\n\n{}", laid_out(body));
    Exchange {
        request: message(&x.request_line, &x.request_headers, &x.request_body),
        answer: match x.status {
            Some(status) => message(&status.to_string(), &x.response_headers, &x.response_body),
            None => format!(
                "# No answer after {} ms: {}. The outcome is unknown until the provider is asked.",
                x.took_ms, x.outcome
            ),
        },
    }
}

pub(super) fn money(p: &Payment) -> Vec<MoneyLine> {
    let line = |label: &str, minor: i64, sum| MoneyLine {
        label: label.to_owned(),
        amount: Money::new(minor, p.currency()).shown(),
        sum,
    };
    if p.captured_minor == 0 {
        return vec![line("Asked for", p.state.asked.minor(), false), line("Taken", 0, true)];
    }
    let mut lines = vec![line("Taken", p.captured_minor, false)];
    if p.refunded_minor > 0 {
        lines.push(line("Refunded", -p.refunded_minor, false));
    }
    let waiting = p.reserved_minor + p.adopted_minor - p.refunded_minor;
    if waiting > 0 {
        lines.push(line("Refunds under way", -waiting, false));
    }
    lines.push(line("Left", p.captured_minor - p.refunded_minor - waiting.max(0), true));
    // Said by the provider before it settles, and posted to no book.
    let quoted = |of: fn(&TryDetail) -> Option<i64>| {
        let captured = p.state.tries().filter(|(_, t)| t.captured.is_some());
        captured.filter_map(|(_, t)| of(&t.detail)).reduce(i64::saturating_add)
    };
    lines.extend(quoted(|d| d.quoted_fee).map(|fee| line("Fee, as quoted", fee, false)));
    lines.extend(quoted(|d| d.quoted_tax).map(|tax| line("Tax in it, as quoted", tax, false)));
    lines
}

fn postings(story: &Story, connection: &Shown) -> Vec<PostingRow> {
    let row = |l: &payments::Line| PostingRow {
        entry: match l.kind.as_str() {
            "capture" => "Capture",
            "refund" => "Refund",
            "refund_returned" => "Refund came back",
            _ => "Entry",
        }
        .to_owned(),
        debit: account(&l.debit, connection),
        credit: account(&l.credit, connection),
        amount: l.currency.parse().map_or_else(
            |_| format!("{} {}", l.amount_minor, l.currency),
            |currency| Money::new(l.amount_minor, currency).shown(),
        ),
        at: ist_short(l.at),
        iso: iso(l.at),
    };
    story.postings.iter().map(row).collect()
}

/// An account of the books in words.
fn account(name: &str, connection: &Shown) -> String {
    match name.split_once(':') {
        Some(("provider", id)) if id == connection.row.id.to_string() => {
            format!("Held by {}", connection.row.label)
        }
        Some(_) => name.to_owned(),
        None => match name {
            "sales" => "Sales",
            "refunds" => "Refunds",
            "suspense" => "Suspense: waits for a person",
            "due_from_platform" => "Due from the platform",
            other => other,
        }
        .to_owned(),
    }
}

fn facts(desk: &Desk, story: &Story, connection: &Shown) -> Vec<Fact> {
    let (p, o) = (&story.payment, &story.order);
    let mut facts = vec![Fact::id("State", p.status().as_str()), Fact::id("Order", o.id.to_string())];
    if let Some(receipt) = &o.receipt {
        facts.push(Fact::id("Your reference", receipt.clone()));
    }
    if story.exposed.is_positive() {
        facts.push(Fact::text("May be charged twice", story.exposed.shown()));
    }
    let its_own = p.fallback.is_none();
    facts.push(match its_own && desk.can(Permission::ReadConnections) {
        true => {
            Fact::link("Connection", &connection.row.label, format!("/connections/{}", connection.row.id))
        }
        false => Fact::text("Connection", &connection.row.label),
    });
    facts.push(Fact::id("Our reference", p.our_ref.as_str()));
    if let Some(theirs) = &p.provider_order {
        facts.push(Fact::id("Their order", theirs.clone()));
    }
    facts.extend(p.state.tries().map(|(id, _)| Fact::id("Their payment", id)));
    if let Some(method) = p.method() {
        facts.push(Fact::text("Method", Method::shown(method)));
    }
    if let Some(instrument) = instrument(p) {
        facts.push(Fact::text("Instrument", instrument));
    }
    let bank = p.state.tries().find_map(|(_, t)| t.detail.bank_ref.as_deref());
    if let Some(bank) = bank {
        facts.push(Fact::id("Bank reference", bank));
    }
    if let Some(reason) = p.state.failure().filter(|_| p.captured_minor == 0) {
        facts.push(Fact::text("Why it failed", reason.title()));
    }
    facts.push(Fact::text("Started", ist(p.created_at)));
    facts
}

fn related(story: &Story) -> Vec<Related> {
    let (p, o) = (&story.payment, &story.order);
    let mut related = vec![Related {
        icon: "order",
        title: format!("Order {}", o.receipt.clone().unwrap_or_else(|| o.id.to_string())),
        url: Some(crate::fields::address("/payments", &[("q", &o.id.to_string())])),
        sentence: match o.status {
            order::Status::Created => "Nobody has tried to pay it yet.",
            order::Status::Attempted => "Tried, and not paid yet.",
            order::Status::Paid => "Paid.",
            order::Status::Expired => "Expired: it can’t be paid any more.",
            order::Status::Cancelled => "Cancelled: it can’t be paid any more.",
        }
        .to_owned(),
        amount: o.amount.shown(),
    }];
    if let Some(before) = p.after {
        related.push(Related {
            icon: "pay",
            title: "The payment before this one".to_owned(),
            url: Some(format!("/payments/{before}")),
            sentence: "This one was started when that one was given up.".to_owned(),
            amount: String::new(),
        });
    }
    related
}

/// Asks the provider at once.
pub(super) async fn check(desk: Desk, Path(id): Path<String>) -> Result<Response, Refused> {
    let scope = desk.may(Permission::TakePayments)?;
    let payment = use_cases::check_now(&desk.app, scope, id_of(&id)?).await?;
    Ok(Done::Checked.at(&format!("/payments/{}", payment.id)))
}

/// Calls it off. What its bank holds is let go and never taken afterwards.
pub(super) async fn let_go(desk: Desk, Path(id): Path<String>) -> Result<Response, Refused> {
    let scope = desk.may(Permission::TakePayments)?;
    let id = id_of(&id)?;
    // No key: a payment is called off once, whoever asks how often.
    use_cases::cancel(&desk.app, scope, &desk.actor(), id, None).await?;
    Ok(Done::LetGo.at(&format!("/payments/{id}")))
}

/// Begins another payment of the order after one that failed or expired, the same way; the payer goes on at their page.
pub(super) async fn retry(
    desk: Desk,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Result<Response, Refused> {
    let scope = desk.may(Permission::TakePayments)?;
    let id = id_of(&id)?;
    let key = fields.get("key");
    if key.is_empty() || key.len() > 64 {
        return Err(Error::invalid("key", "Open the page again, then begin another try.").into());
    }
    let key = answer::key(scope, &format!("console:{key}"), &format!("retry {id}"), b"");
    let choice = use_cases::Choice {
        connection: None,
        flow: None,
        method: None,
        payer_ip: None,
        payer_agent: None,
        keep: None,
        by: desk.actor().name,
    };
    let reply = use_cases::retry(&desk.app, scope, id, choice, Some(key)).await?;
    let told: Value =
        serde_json::from_str(&reply.body).map_err(|_| Error::Bug("an answer is JSON".into()))?;
    let begun = id_of(told["id"].as_str().unwrap_or_default())?;
    Ok(Done::BegunAgain.at(&format!("/payments/{begun}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_told_by_its_path() {
        assert_eq!(short_line("POST https://api.acme.example/v1/orders?x=1"), "POST /v1/orders?x=1");
        assert_eq!(short_line("GET /already"), "GET /already");
        assert_eq!(short_line("GET https://bare.example"), "GET https://bare.example");
    }
}
