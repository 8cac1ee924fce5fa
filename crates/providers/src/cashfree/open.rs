//! Opening an order, which is named by our reference, and finding it again by that name.

use super::{Cashfree, client, meaning, values, wire};
use crate::contract::{Call, CaptureBy, Flow, Handle, Open, Opened, Opening, Payer};
use crate::opened::by_upi;
use crate::reading::doubt::{made_before, refused, unreadable};
use crate::wire::{CallError, ReasonKind};
use crate::writing::Object;
use async_trait::async_trait;
use client::Failed;
use hundi_core::Millis;
use hundi_core::time::{days, hours, minutes};
use serde_json::Value;

/// A bank's yes that comes after the order's end is given back by Cashfree itself, so the end is asked for this much
/// after ours: who paid in our last minute has paid.
const AFTER_OURS_MS: i64 = hours(2);
const END_MS_MIN: i64 = minutes(20);
const END_MS_MAX: i64 = days(29);
const NOTE_CHARS_MAX: usize = 200;
const SESSION_CHARS_MAX: usize = 512;
/// Cards, and UPI: what can hold money without taking it.
const HOLDING: &str = "cc,dc,ppc,upi";
/// What the sandbox wants to read on an order whose money is to be held. In production the account's setting decides.
const HOLD_NOTE: &str = "preauth_transaction";
/// Cashfree wants a number of every payer, and says to make one up where there is none.
const NO_PHONE: &str = "9999999999";

#[async_trait]
impl Open for Cashfree {
    async fn open(&self, call: Call<'_>, opening: &Opening) -> Result<Opened, CallError> {
        match opening.flow {
            Flow::Redirect => opened(call, opening, &new_order(call, opening).await?),
            Flow::UpiIntent => open_upi(call, opening).await,
            Flow::Script => Err(refused("Cashfree is paid on its own page or by UPI")),
        }
    }

    async fn find(&self, call: Call<'_>, opening: &Opening) -> Result<Option<Opened>, CallError> {
        // A `upi://` link can't be asked for again; the same order can be paid on Cashfree's page.
        let order = find_order(call, opening).await?;
        order.map(|order| opened(call, opening, &order)).transpose()
    }
}

async fn new_order(call: Call<'_>, opening: &Opening) -> Result<wire::Order, CallError> {
    let our_ref = opening.our_ref.as_str();
    let (order_note, payment_methods) = match opening.capture {
        CaptureBy::Provider => (note(&opening.description), None),
        CaptureBy::Us => (Some(HOLD_NOTE.to_owned()), Some(HOLDING)),
    };
    let meta = Object::new().put("return_url", &opening.return_url).maybe("payment_methods", payment_methods);
    let body = Object::new()
        .put("order_id", our_ref)
        .put("order_amount", client::number(opening.amount))
        .put("order_currency", opening.amount.currency().to_string())
        .put("customer_details", customer(our_ref, &opening.payer))
        .put("order_meta", meta)
        .put("order_expiry_time", values::written(end(opening.expires_at, call.wire.now())))
        .maybe("order_note", order_note);
    let made: Result<_, Failed> = client::post(call.to("open"), "/orders", &body).await;
    match made {
        Err(failed) if failed.says("order_already_exists") => {
            made_before(&failed.error, find_order(call, opening).await)
        }
        made => Ok(made?),
    }
}

async fn find_order(call: Call<'_>, opening: &Opening) -> Result<Option<wire::Order>, CallError> {
    match client::get(call.to("find"), &format!("/orders/{}", opening.our_ref)).await {
        Err(failed) if failed.says("order_not_found") => Ok(None),
        found => Ok(Some(found?)),
    }
}

/// What was opened must be what was asked: a payer is never sent to another amount. The page is reached as Cashfree's
/// own script does it, by a form with the session.
fn opened(call: Call<'_>, opening: &Opening, order: &wire::Order) -> Result<Opened, CallError> {
    let amount = meaning::money(&order.order_amount, &order.order_currency)?;
    let known = meaning::is_order_status(&order.order_status);
    if order.order_id != opening.our_ref.as_str() || amount != opening.amount || !known {
        return Err(CallError::unknown(ReasonKind::Unrecognised, "opened otherwise than was asked"));
    }
    let session = session(order)?;
    let action = format!("{}/pg/view/sessions/checkout", client::base(call.account));
    let fields = vec![("payment_session_id".to_owned(), session.to_owned())];
    Ok(Opened { provider_order: order.order_id.clone(), handle: Handle::Form { action, fields } })
}

fn session(order: &wire::Order) -> Result<&str, CallError> {
    let fit = |text: &&str| {
        let plain = text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.' | b'='));
        plain && !text.is_empty() && text.len() <= SESSION_CHARS_MAX
    };
    let session = order.payment_session_id.as_deref().filter(fit);
    session.ok_or_else(|| unreadable("an order without a session"))
}

// ---- UPI

/// Two calls: the order, then a try beneath it.
async fn open_upi(call: Call<'_>, opening: &Opening) -> Result<Opened, CallError> {
    if !call.account.can("upi_intent") {
        return Err(refused("UPI links are not enabled for this account"));
    }
    let order = new_order(call, opening).await?;
    Ok(by_upi(opened(call, opening, &order)?, upi_link(call, session(&order)?).await))
}

async fn upi_link(call: Call<'_>, session: &str) -> Result<Option<String>, CallError> {
    let method = Object::new().put("upi", Object::new().put("channel", "link"));
    let body = Object::new().put("payment_session_id", session).put("payment_method", method);
    let begun: Value = client::post(call.to("open_upi"), "/orders/sessions", &body).await?;
    let link = begun.pointer("/data/payload/default").and_then(Value::as_str);
    Ok(link.map(str::to_owned))
}

// ---- both

fn end(expires_at: Millis, now: Millis) -> Millis {
    expires_at.plus(AFTER_OURS_MS).clamp(now.plus(END_MS_MIN), now.plus(END_MS_MAX))
}

/// Three characters at least, or none.
fn note(description: &str) -> Option<String> {
    let note: String = description.trim().chars().take(NOTE_CHARS_MAX).collect();
    (note.chars().count() >= 3).then_some(note)
}

/// The payer is a guest there: known by the order's own name, so that nobody's payments are tied together.
fn customer(our_ref: &str, payer: &Payer) -> Object {
    let digits: String = payer.phone.iter().flat_map(|p| p.chars()).filter(char::is_ascii_digit).collect();
    let national = digits.get(digits.len().saturating_sub(10)..).filter(|d| d.len() == 10);
    let email = payer.email.as_deref().filter(|e| e.contains('@') && (3..=100).contains(&e.len()));
    Object::new()
        .put("customer_id", our_ref)
        .put("customer_phone", national.unwrap_or(NO_PHONE))
        .maybe("customer_email", email)
}
