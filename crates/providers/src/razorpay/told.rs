//! What we are told: signed notices (grade A), and what the payer's browser brings back (grade B with its signature,
//! C without). Proof first, then one typed parse of the same bytes.

use super::{Razorpay, card, client, meaning, sign, wire};
use crate::contract::{
    Account, Call, Fields, Forged, Grade, Kept, Notice, Notices, Proven, Report, ReturnSaid, Returns, Said,
    Subject, Unverified,
};
use crate::reading::doubt::ensure;
use crate::reading::told::{self, needed, once, same};
use crate::reading::tree::Tree;
use async_trait::async_trait;
use hundi_core::Secret;

#[async_trait]
impl Notices for Razorpay {
    async fn verify(&self, call: Call<'_>, secrets: &[Secret], message: Unverified<'_>) -> Proven<Notice> {
        sign::check(secrets, message.body(), message.header("x-razorpay-signature"))?;
        self.read_again(call.account, message.into())
    }

    /// An event that we don't know, because nobody is asked to tick it, has no reports, whatever it holds; one that we
    /// know and can't read is kept for a person.
    fn read_again(&self, _account: &Account, message: Kept<'_>) -> Proven<Notice> {
        let told: Tree = told::message(message.body())?;
        let kind = told.need_text("/event")?;
        let known = card::CARD.webhook_events.contains(&kind.as_str());
        let reports = if known { reports(&kind, &told)? } else { vec![] };
        // The signature does not cover the event id: it is kept for people, and nothing is decided by it.
        let event_id = told::event_id(message.header("x-razorpay-event-id"));
        Ok(Notice { kind, event_id, grade: Grade::A, reports })
    }
}

/// Each payload is a snapshot at the event's time, which may be older than what we know.
fn reports(kind: &str, told: &Tree) -> Proven<Vec<Report>> {
    let part = |name: &str| told.read::<Tree>(&format!("/payload/{name}/entity"));
    let needed = |name: &str| part(name)?.ok_or(Forged::Unreadable);
    match kind.split_once('.').map(|(of, _)| of) {
        Some("payment") => Ok(vec![meaning::payment_alone(&needed("payment")?)?]),
        Some("order") => {
            let (payment, order) = (needed("payment")?, needed("order")?);
            let named = payment.text("/order_id")?;
            ensure(named.is_none() || named == order.text("/id")?, "a payment of another order")?;
            Ok(vec![meaning::payment(&payment, wire::about(&order)?)?])
        }
        Some("payment_link") => match (wire::about(&needed("payment_link")?)?, part("payment")?) {
            (about, Some(payment)) => Ok(vec![meaning::payment(&payment, about)?]),
            (_, None) => Ok(vec![]),
        },
        Some("refund") => of_refund(&needed("refund")?, part("payment")?),
        Some(_) | None => Err(Forged::Unreadable),
    }
}

fn of_refund(refund: &Tree, payment: Option<Tree>) -> Proven<Vec<Report>> {
    let of_refund = meaning::refund(refund)?;
    let Some(payment) = payment else { return Ok(vec![of_refund]) };
    ensure(payment.text("/id")? == refund.text("/payment_id")?, "a refund of another payment")?;
    let of_payment = meaning::payment_alone(&payment)?;
    // Of what was never captured nothing can be refunded: Razorpay let go of a hold.
    let given_back = meaning::was_captured(&payment)?.then_some(of_refund);
    Ok([Some(of_payment), given_back].into_iter().flatten().collect())
}

// ---- the payer comes back

impl Returns for Razorpay {
    fn read(&self, account: &Account, subject: &Subject, fields: &Fields) -> Proven<ReturnSaid> {
        let has = |start: &str| fields.iter().any(|(name, _)| name.starts_with(start));
        match (has("razorpay_signature"), has("razorpay_"), has("error[")) {
            (true, _, _) | (false, true, false) => claimed(account, subject, fields),
            (false, _, true) => failure(fields),
            (false, false, false) => Ok(told::is_back()),
        }
    }
}

/// A claim of success needs its proof, and every part of it exactly once.
fn claimed(account: &Account, subject: &Subject, fields: &Fields) -> Proven<ReturnSaid> {
    let signature = once(fields, "razorpay_signature")?.ok_or(Forged::NoSignature)?;
    let payment = needed(fields, "razorpay_payment_id")?;
    // The order comes from our database, never from the browser. None of our references has a `|` in it.
    let (order, our_ref) = (subject.provider_order.as_str(), subject.our_ref.as_str());
    let (message, said) = if super::is_link(order) {
        let status = needed(fields, "razorpay_payment_link_status")?;
        same(needed(fields, "razorpay_payment_link_id")?, order)?;
        same(needed(fields, "razorpay_payment_link_reference_id")?, our_ref)?;
        let said = if status == "paid" { Said::Success } else { Said::Nothing };
        (sign::message(&[order, our_ref, status, payment]), said)
    } else {
        same(needed(fields, "razorpay_order_id")?, order)?;
        (sign::message(&[order, payment]), Said::Success)
    };
    sign::check(&[account.credential("key_secret")], message.as_bytes(), Some(signature))?;
    ensure(client::is_id(payment), "an id that is none of Razorpay's")?;
    Ok(ReturnSaid { grade: Grade::B, provider_payment: Some(payment.to_owned()), said })
}

/// Nobody signs a failure: the browser's bare word.
fn failure(fields: &Fields) -> Proven<ReturnSaid> {
    let reason = meaning::failure_reason(once(fields, "error[code]")?, once(fields, "error[reason]")?);
    // JSON in a form field: from memory, and the sheet marks it unconfirmed.
    let metadata = once(fields, "error[metadata]")?.and_then(|text| serde_json::from_str::<Tree>(text).ok());
    let named = metadata.and_then(|data| data.shown("/payment_id"));
    let provider_payment = named.filter(|id| client::is_id(id));
    Ok(ReturnSaid { grade: Grade::C, provider_payment, said: Said::Failure(reason) })
}
