//! What we are told: signed notices (grade A), and what the payer's browser brings back (grade B with its signature,
//! C without). Proof first, then one typed parse of the same bytes.

use super::{Razorpay, client, meaning, sign, wire};
use crate::contract::{
    About, Account, Call, Forged, Grade, Kept, Notice, Notices, Report, ReturnSaid, Returns, Said, Subject,
    Unverified,
};
use crate::reading::answers::our_ref;
use crate::reading::told::{self, needed, once, same};
use async_trait::async_trait;
use hundi_core::Secret;
use serde_json::Value;
use std::str::FromStr;

#[async_trait]
impl Notices for Razorpay {
    async fn verify(
        &self,
        call: Call<'_>,
        secrets: &[Secret],
        message: Unverified<'_>,
    ) -> Result<Notice, Forged> {
        sign::check(secrets, message.body(), message.header("x-razorpay-signature"))?;
        self.read_again(call.account, message.into())
    }

    fn read_again(&self, _account: &Account, message: Kept<'_>) -> Result<Notice, Forged> {
        let envelope: wire::Envelope<'_> = told::message(message.body())?;
        let reports = reports(&envelope)?;
        // The signature does not cover the event id: it is kept for people, and nothing is decided by it.
        let event_id = told::event_id(message.header("x-razorpay-event-id"));
        Ok(Notice { kind: envelope.event, event_id, grade: Grade::A, reports })
    }
}

/// Each payload is a snapshot at the event's time, which may be older than what we know. An event that we don't
/// know has no reports, whatever it holds; one that we know and can't read is kept for a person.
fn reports(envelope: &wire::Envelope<'_>) -> Result<Vec<Report>, Forged> {
    match envelope.event.as_str() {
        "payment.authorized" | "payment.captured" | "payment.failed" => {
            of_payment(told::part(envelope.payload)?)
        }
        "order.paid" => of_order(told::part(envelope.payload)?),
        "refund.created" | "refund.processed" | "refund.failed" | "refund.speed_changed" => {
            of_refund(told::part(envelope.payload)?)
        }
        "payment_link.paid"
        | "payment_link.partially_paid"
        | "payment_link.cancelled"
        | "payment_link.expired" => of_link(told::part(envelope.payload)?),
        _ => Ok(vec![]),
    }
}

fn of_payment(payload: wire::Payload) -> Result<Vec<Report>, Forged> {
    let payment = payload.payment.ok_or(Forged::Unreadable)?.entity;
    let about = About { provider_order: payment.order_id.clone(), ..About::default() };
    Ok(vec![meaning::payment(&payment, about)?])
}

fn of_order(payload: wire::Payload) -> Result<Vec<Report>, Forged> {
    let payment = payload.payment.ok_or(Forged::Unreadable)?.entity;
    let order = payload.order.ok_or(Forged::Unreadable)?.entity;
    if payment.order_id.as_ref().is_some_and(|id| *id != order.id) {
        return Err(Forged::Unreadable);
    }
    let our_ref = our_ref(order.receipt.as_deref());
    let about = About { provider_order: Some(order.id), our_ref, provider_payment: None };
    Ok(vec![meaning::payment(&payment, about)?])
}

/// We asked through the link, so the link is the order's name; the order beneath it is Razorpay's own affair.
fn of_link(payload: wire::Payload) -> Result<Vec<Report>, Forged> {
    let link = payload.payment_link.ok_or(Forged::Unreadable)?.entity;
    let Some(payment) = payload.payment.map(|p| p.entity) else { return Ok(vec![]) };
    let our_ref = our_ref(link.reference_id.as_deref());
    let about = About { provider_order: Some(link.id), our_ref, provider_payment: None };
    Ok(vec![meaning::payment(&payment, about)?])
}

fn of_refund(payload: wire::Payload) -> Result<Vec<Report>, Forged> {
    let refund = payload.refund.ok_or(Forged::Unreadable)?.entity;
    let of_refund = meaning::refund(&refund)?;
    let Some(payment) = payload.payment.map(|p| p.entity) else { return Ok(vec![of_refund]) };
    if payment.id != refund.payment_id {
        return Err(Forged::Unreadable);
    }
    let about = About { provider_order: payment.order_id.clone(), ..About::default() };
    let of_payment = meaning::payment(&payment, about)?;
    // Of what was never captured nothing can be refunded: Razorpay let go of a hold.
    let given_back = meaning::was_captured(&payment).then_some(of_refund);
    Ok([Some(of_payment), given_back].into_iter().flatten().collect())
}

// ---- the payer comes back

impl Returns for Razorpay {
    fn read(
        &self,
        account: &Account,
        subject: &Subject,
        fields: &[(String, String)],
    ) -> Result<ReturnSaid, Forged> {
        let failed = fields.iter().any(|(name, _)| name.starts_with("error["));
        let claims = fields.iter().any(|(name, _)| name.starts_with("razorpay_"));
        let signed = fields.iter().any(|(name, _)| name == "razorpay_signature");
        match () {
            () if signed || (claims && !failed) => claimed(account, subject, fields),
            () if failed => failure(fields),
            () => Ok(told::is_back()),
        }
    }
}

/// A claim of success needs its proof, and every part of it exactly once.
fn claimed(account: &Account, subject: &Subject, fields: &[(String, String)]) -> Result<ReturnSaid, Forged> {
    let signature = once(fields, "razorpay_signature")?.ok_or(Forged::NoSignature)?;
    let payment = needed(fields, "razorpay_payment_id")?;
    let (message, said) = if super::is_link(&subject.provider_order) {
        let status = needed(fields, "razorpay_payment_link_status")?;
        same(needed(fields, "razorpay_payment_link_id")?, &subject.provider_order)?;
        same(needed(fields, "razorpay_payment_link_reference_id")?, subject.our_ref.as_str())?;
        let message = sign::link_message(&subject.provider_order, subject.our_ref.as_str(), status, payment);
        (message, if status == "paid" { Said::Success } else { Said::Nothing })
    } else {
        same(needed(fields, "razorpay_order_id")?, &subject.provider_order)?;
        (sign::checkout_message(&subject.provider_order, payment), Said::Success)
    };
    sign::check(&[account.credential("key_secret")], message.as_bytes(), Some(signature))?;
    if !client::is_id(payment) {
        return Err(Forged::Unreadable);
    }
    Ok(ReturnSaid { grade: Grade::B, provider_payment: Some(payment.to_owned()), said })
}

/// Nobody signs a failure: the browser's bare word.
fn failure(fields: &[(String, String)]) -> Result<ReturnSaid, Forged> {
    let reason = meaning::failure_reason(once(fields, "error[code]")?, once(fields, "error[reason]")?);
    // JSON in a form field: from memory, and the sheet marks it unconfirmed.
    let metadata = once(fields, "error[metadata]")?.and_then(|text| Value::from_str(text).ok());
    let named = metadata.as_ref().and_then(|data| data.get("payment_id")?.as_str());
    let provider_payment = named.filter(|id| client::is_id(id)).map(str::to_owned);
    Ok(ReturnSaid { grade: Grade::C, provider_payment, said: Said::Failure(reason) })
}
