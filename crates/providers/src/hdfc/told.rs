//! What we are told: webhooks, sealed (grade A) or behind a password (B), and what the payer's browser brings back (B
//! with its signature, C without).

use super::sealed::Keys;
use super::{Hdfc, meaning, sign, wire};
use crate::contract::{
    Account, Call, Fields, Forged, Grade, Kept, Notice, Notices, Report, ReturnSaid, Returns, Said, Subject,
    Unverified,
};
use crate::proof::WEBHOOK_USER;
use crate::reading::told::{self, once};
use async_trait::async_trait;
use hundi_core::{Millis, Secret};

#[async_trait]
impl Notices for Hdfc {
    async fn verify(
        &self,
        call: Call<'_>,
        secrets: &[Secret],
        message: Unverified<'_>,
    ) -> Result<Notice, Forged> {
        // What is sealed proves itself, and nothing but its seal counts.
        if sealed_part(message.body()).is_none() {
            sign::check_basic(WEBHOOK_USER, secrets, message.header("authorization"))?;
        }
        self.read_again(call.account, message.into())
    }

    fn read_again(&self, account: &Account, message: Kept<'_>) -> Result<Notice, Forged> {
        match sealed_part(message.body()) {
            None => read(account, message.body(), Grade::B),
            Some(sealed) => {
                let keys = Keys::of(account).ok_or(Forged::NoSecret)?;
                let payload = keys.open(&sealed).map_err(|_| Forged::WrongSignature)?;
                read(account, &payload, Grade::A)
            }
        }
    }
}

/// `{"JWT": ..}`, in the object form or as a text.
fn sealed_part(body: &[u8]) -> Option<String> {
    let envelope: wire::SealedEnvelope<'_> = serde_json::from_slice(body).ok()?;
    let raw = envelope.sealed.get();
    Some(serde_json::from_str::<String>(raw).unwrap_or_else(|_| raw.to_owned()))
}

fn read(account: &Account, body: &[u8], grade: Grade) -> Result<Notice, Forged> {
    let envelope: wire::Envelope<'_> = told::message(body)?;
    let reports = reports(account, &envelope)?;
    let event_id = told::event_id(envelope.id.text());
    Ok(Notice { kind: envelope.event_name, event_id, grade, reports })
}

/// The order as it was at the event. An event that we don't know has no reports, whatever it holds; one that we know
/// and can't read is kept for a person. The order's status counts, not the event's name.
fn reports(account: &Account, envelope: &wire::Envelope<'_>) -> Result<Vec<Report>, Forged> {
    let must_show = match envelope.event_name.as_str() {
        "ORDER_SUCCEEDED"
        | "ORDER_FAILED"
        | "ORDER_AUTHORIZED"
        | "ORDER_REFUNDED"
        | "ORDER_REFUND_FAILED"
        | "REFUND_MANUAL_REVIEW_NEEDED"
        | "AUTO_REFUND_SUCCEEDED" => true,
        "ORDER_CREATED" | "TXN_CREATED" | "TXN_CHARGED" | "TXN_FAILED" | "AUTO_REFUND_FAILED" => false,
        _ => return Ok(vec![]),
    };
    let content =
        envelope.content.map(|content| told::part::<wire::Content<'_>>(Some(content))).transpose()?;
    match content.and_then(|content| content.order) {
        Some(order) => of_order(account, &told::part(Some(order))?, meaning::said_at(&envelope.date_created)),
        None if must_show => Err(Forged::Unreadable),
        None => Ok(vec![]),
    }
}

fn of_order(account: &Account, order: &wire::Order, at: Option<Millis>) -> Result<Vec<Report>, Forged> {
    let merchant = account.credential("merchant_id");
    // Proven, and another merchant's: keys and passwords are easily shared between a chain's accounts.
    if order.merchant_id.text().is_some_and(|id| id != merchant.expose()) {
        return Err(Forged::WrongSignature);
    }
    if order.order_id.text().is_none() {
        return Err(Forged::Unreadable);
    }
    Ok(meaning::order(order, at).into_reports()?)
}

// ---- the payer comes back

impl Returns for Hdfc {
    /// Signed only where the merchant made a response key and switched signing on. Covers neither amount nor time.
    fn read(&self, account: &Account, subject: &Subject, fields: &Fields) -> Result<ReturnSaid, Forged> {
        let key = account.credential("response_key");
        let signed = fields.iter().any(|(name, _)| name == "signature" || name == "signature_algorithm");
        let grade = match () {
            // Without a key nothing can be told of a signature, so it adds nothing to the browser's word.
            () if key.is_empty() || !signed => Grade::C,
            () => {
                sign::check_return(&key, fields)?;
                Grade::B
            }
        };
        let named = once(fields, "order_id")?;
        if named.is_some_and(|id| id != subject.provider_order) || (grade == Grade::B && named.is_none()) {
            return Err(Forged::WrongSignature);
        }
        let said = match once(fields, "status")? {
            Some("CHARGED") => Said::Success,
            Some(status) => meaning::failure_of(status).map_or(Said::Nothing, Said::Failure),
            None => Said::Nothing,
        };
        Ok(ReturnSaid { grade, provider_payment: None, said })
    }
}
