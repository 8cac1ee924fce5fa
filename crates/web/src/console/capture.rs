//! Taking what a bank holds: the whole at once, or a part of it after a page that says what becomes of the rest.

use super::desk::{Desk, Done};
use super::payment::{id_of, money, summary};
use super::refund::{decimal, too_fine};
use super::refused::Refused;
use crate::browser::page;
use crate::fields::{Asking, Fields, Sent};
use crate::pages::capture::{CaptureAsked, CaptureConfirm};
use crate::pages::shell::Place;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use hundi_app::payments::{self, Story};
use hundi_app::{Error, connections};
use hundi_core::payment::Status;
use hundi_core::scope::Permission;
use hundi_core::{Currency, Money, Scope};

/// How much of it.
pub(super) async fn form(
    desk: Desk,
    Path(id): Path<String>,
    Asking(fields): Asking,
) -> Result<Response, Refused> {
    let scope = desk.may(Permission::TakePayments)?;
    let (story, held) = held(&desk, scope, &id).await?;
    asking(&desk, &story, held, &fields, None).await
}

pub(super) async fn confirm(
    desk: Desk,
    Path(id): Path<String>,
    Asking(fields): Asking,
) -> Result<Response, Refused> {
    let scope = desk.may(Permission::TakePayments)?;
    let (story, held) = held(&desk, scope, &id).await?;
    let amount = match typed(&fields, held) {
        Ok(amount) => amount,
        Err(sentence) => return asking(&desk, &story, held, &fields, Some(sentence)).await,
    };
    let rest = held.sub(amount).unwrap_or_else(|_| Money::zero(held.currency()));
    let rest = match rest.is_positive() {
        true => format!("{} goes back to the customer and can’t be taken later.", rest.shown()),
        false => "Nothing of the hold is left.".to_owned(),
    };
    let url = format!("/payments/{}", story.payment.id);
    let view = CaptureConfirm {
        shell: desk.shell(Place::Payments).await?,
        payment_id: story.payment.id.to_string(),
        summary: summary(&story),
        capture_url: format!("{url}/capture"),
        payment_url: url,
        amount: amount.shown(),
        amount_decimal: amount.decimal(),
        effects: vec![
            format!("{} of the {} that the bank holds is taken.", amount.shown(), held.shown()),
            rest,
        ],
        money: money(&story.payment),
    };
    Ok(page(StatusCode::OK, &view))
}

/// Takes what the bank holds: all of it, unless a part is named.
pub(super) async fn take(
    desk: Desk,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Result<Response, Refused> {
    let scope = desk.may(Permission::TakePayments)?;
    let id = id_of(&id)?;
    let amount = match fields.get("amount") {
        "" => None,
        _ => {
            let currency = payments::get(&desk.app, scope, id).await?.currency();
            let amount = decimal(&fields, currency).filter(|m| m.is_positive());
            Some(amount.ok_or_else(|| Error::invalid("amount", "Type an amount to take."))?)
        }
    };
    // No key: a hold can be taken once, whoever asks how often.
    payments::capture(&desk.app, scope, &desk.actor(), id, amount, None).await?;
    Ok(Done::Captured.at(&format!("/payments/{id}")))
}

/// A payment of which a part can be taken, and what its bank holds.
async fn held(desk: &Desk, scope: Scope, id: &str) -> Result<(Story, Money), Refused> {
    let story = payments::story(&desk.app, scope, id_of(id)?).await?;
    let p = &story.payment;
    let held = p.state.held().filter(|_| p.status() == Status::Authorized).map(|(_, held)| held);
    let held = held.ok_or(Error::PaymentCannotBeCaptured { status: p.status() })?;
    if p.state.in_doubt_since().is_some() {
        return Err(Error::PaymentInDoubt.into());
    }
    let connection = connections::get(&desk.app, scope, p.connection_id).await?;
    if !connections::takes_a_part(&connection.row) {
        return Err(Error::CaptureNotWhole.into());
    }
    Ok((story, held))
}

fn typed(fields: &Fields, held: Money) -> Result<Money, String> {
    let amount = decimal(fields, held.currency()).filter(|m| m.is_positive() && m.minor() <= held.minor());
    amount.ok_or_else(|| {
        too_fine(fields, held).unwrap_or_else(|| format!("Type an amount up to {}", held.shown()))
    })
}

async fn asking(
    desk: &Desk,
    story: &Story,
    held: Money,
    fields: &Fields,
    error: Option<String>,
) -> Result<Response, Refused> {
    let p = &story.payment;
    let url = format!("/payments/{}", p.id);
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let typed: String = fields.get("amount").chars().take(30).collect();
    let view = CaptureAsked {
        shell: desk.shell(Place::Payments).await?,
        payment_id: p.id.to_string(),
        summary: summary(story),
        review_url: format!("{url}/capture/confirm"),
        payment_url: url,
        currency_words: match p.currency() {
            Currency::INR => "rupees".to_owned(),
            other => other.code().to_owned(),
        },
        amount: if typed.is_empty() && error.is_none() { held.decimal() } else { typed },
        held: held.shown(),
        error,
        money: money(p),
    };
    Ok(page(status, &view))
}
