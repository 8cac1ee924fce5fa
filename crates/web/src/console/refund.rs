//! Giving money back: how much and why, a page that says what will happen, and then the deed, once for each form.

use super::desk::{Desk, Done};
use super::payment::{id_of, money, summary};
use super::payments::instrument;
use super::refused::Refused;
use super::words;
use crate::browser::page;
use crate::fields::{Asking, Fields, Sent};
use crate::pages::format::ist;
use crate::pages::parts::Choice;
use crate::pages::refund::{RefundConfirm, RefundForm};
use crate::pages::shell::Place;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use hundi_app::payments::{self, Story};
use hundi_app::refunds::{self, NewRefund};
use hundi_app::{Error, answer};
use hundi_core::refund::Reason;
use hundi_core::scope::Permission;
use hundi_core::{Currency, Money};

pub(super) async fn form(
    desk: Desk,
    Path(id): Path<String>,
    Asking(fields): Asking,
) -> Result<Response, Refused> {
    let scope = desk.may(Permission::Refund)?;
    let story = payments::story(&desk.app, scope, id_of(&id)?).await?;
    refundable(&story)?;
    asking(&desk, &story, &fields, None).await
}

pub(super) async fn confirm(
    desk: Desk,
    Path(id): Path<String>,
    Asking(fields): Asking,
) -> Result<Response, Refused> {
    let scope = desk.may(Permission::Refund)?;
    let story = payments::story(&desk.app, scope, id_of(&id)?).await?;
    let left = refundable(&story)?;
    let Some(amount) = typed(&fields, left) else {
        return asking(&desk, &story, &fields, Some(wrong(&fields, left))).await;
    };
    let reason = reason_of(&fields);
    let url = format!("/payments/{}", story.payment.id);
    let back_to = instrument(&story.payment).map(|i| format!(", {i}")).unwrap_or_default();
    let rest = left.sub(amount).unwrap_or(left);
    let after = if rest.is_zero() {
        "Nothing is left to refund afterwards.".to_owned()
    } else {
        format!("{} is left to refund afterwards.", rest.shown())
    };
    Ok(page(
        StatusCode::OK,
        &RefundConfirm {
            shell: desk.shell(Place::Payments).await?,
            payment_id: story.payment.id.to_string(),
            summary: summary(&story),
            refund_url: format!("{url}/refund"),
            payment_url: url,
            amount: amount.shown(),
            amount_decimal: amount.decimal(),
            reason_value: reason.as_str().to_owned(),
            key: desk.app.nonce(),
            effects: vec![
                format!("{} goes back to the way it was paid{back_to}.", amount.shown()),
                "It reaches the customer in 5 to 7 working days.".to_owned(),
                format!("{after} A refund can’t be taken back."),
            ],
            money: money(&story.payment),
        },
    ))
}

pub(super) async fn ask(desk: Desk, Path(id): Path<String>, Sent(fields): Sent) -> Result<Response, Refused> {
    let scope = desk.may(Permission::Refund)?;
    let id = id_of(&id)?;
    let payment = payments::get(&desk.app, scope, id).await?;
    let amount = decimal(&fields, payment.currency())
        .filter(|m| m.is_positive())
        .ok_or_else(|| Error::invalid("amount", "Type an amount to refund."))?;
    let reason = reason_of(&fields);
    let key = fields.get("key");
    if key.is_empty() || key.len() > 64 {
        return Err(Error::invalid("key", "Open the page again before you ask for the refund.").into());
    }
    // The same form sent twice is one refund; another amount under its key is refused.
    let said = format!("{}|{}", amount.decimal(), reason.as_str());
    let key = answer::key(scope, &format!("console:{key}"), &format!("refund {id}"), said.as_bytes());
    let new = NewRefund { payment: id, amount: Some(amount), reason, note: None, metadata: "{}".to_owned() };
    match refunds::create(&desk.app, scope, &desk.actor(), new, Some(key)).await {
        Ok(_) => Ok(Done::Refunded.at(&format!("/payments/{id}"))),
        Err(Error::RefundExceedsCaptured { .. }) => {
            // Somebody refunded meanwhile: what is left is less than when the form was opened.
            let story = payments::story(&desk.app, scope, id).await?;
            let left = refundable(&story)?;
            asking(&desk, &story, &fields, Some(wrong(&fields, left))).await
        }
        Err(error) => Err(error.into()),
    }
}

fn refundable(story: &Story) -> Result<Money, Error> {
    let p = &story.payment;
    match p.refundable_minor() {
        minor if minor > 0 => Ok(Money::new(minor, p.currency())),
        _ if p.captured_minor > 0 => {
            Err(Error::RefundExceedsCaptured { refundable: Money::zero(p.currency()).shown() })
        }
        _ => Err(Error::PaymentNotRefundable { status: p.status() }),
    }
}

async fn asking(
    desk: &Desk,
    story: &Story,
    fields: &Fields,
    error: Option<String>,
) -> Result<Response, Refused> {
    let p = &story.payment;
    let left = refundable(story)?;
    let url = format!("/payments/{}", p.id);
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let wanted = reason_of(fields);
    let reasons = words::REASONS.iter().map(|(reason, label)| Choice {
        value: reason.as_str().to_owned(),
        label: (*label).to_owned(),
        hint: String::new(),
        checked: *reason == wanted,
    });
    let typed: String = fields.get("amount").chars().take(30).collect();
    Ok(page(
        status,
        &RefundForm {
            shell: desk.shell(Place::Payments).await?,
            payment_id: p.id.to_string(),
            payment_amount: p.state.asked.shown(),
            summary: format!("{}, paid on {}", summary(story), paid_on(story)),
            review_url: format!("{url}/refund/confirm"),
            payment_url: url,
            currency_words: match p.currency() {
                Currency::INR => "rupees".to_owned(),
                other => other.code().to_owned(),
            },
            amount: if typed.is_empty() { left.decimal() } else { typed },
            left: left.shown(),
            reasons: reasons.collect(),
            error,
            money: money(p),
        },
    ))
}

fn paid_on(story: &Story) -> String {
    story.captures.first().map_or_else(|| ist(story.payment.created_at), |c| ist(c.at))
}

/// What is wrong with what was typed.
fn wrong(fields: &Fields, left: Money) -> String {
    too_fine(fields, left).unwrap_or_else(|| format!("Type an amount up to {}", left.shown()))
}

/// More decimals were typed than the currency has.
pub(super) fn too_fine(fields: &Fields, left: Money) -> Option<String> {
    let decimals = usize::from(left.currency().exponent());
    fields.get("amount").rsplit_once('.').filter(|(_, after)| after.len() > decimals)?;
    Some(match decimals {
        0 => format!("{} has no decimals", left.currency().code()),
        2 => "Type two decimals at most".to_owned(),
        n => format!("Type {n} decimals at most"),
    })
}

fn reason_of(fields: &Fields) -> Reason {
    let known = words::REASONS.iter().find(|(reason, _)| reason.as_str() == fields.get("reason"));
    known.map_or(Reason::CustomerRequest, |(reason, _)| *reason)
}

fn typed(fields: &Fields, left: Money) -> Option<Money> {
    let amount = decimal(fields, left.currency())?;
    (amount.is_positive() && amount.minor() <= left.minor()).then_some(amount)
}

/// As typed: `₹1,500`, `1,500.00`, `1500`.
pub(super) fn decimal(fields: &Fields, currency: Currency) -> Option<Money> {
    let plain: String = fields.get("amount").chars().filter(|c| !matches!(c, ',' | ' ' | '₹')).collect();
    Money::parse_decimal(&plain, currency)
}
