//! What we are told: JSON notices whose whole body is signed (grade A), forms whose values are (grade B), and what the
//! payer's browser brings back (B with its checksum, C without). Proof first, then one typed parse of the same bytes.
//!
//! All of them are proven by the merchant key: there is no secret of ours to give to Paytm.

use super::meaning::{self, Became};
use super::{Paytm, sign, wire};
use crate::contract::{
    Account, Call, Fields, Forged, Grade, Kept, Notice, Notices, Report, ReturnSaid, Returns, Said, Subject,
    Unverified,
};
use crate::reading::told;
use crate::reading::tree::Tree;
use async_trait::async_trait;
use hundi_core::Secret;

const CHECKSUM: &str = "CHECKSUMHASH";
const KIND_CHARS_MAX: usize = 40;

#[async_trait]
impl Notices for Paytm {
    async fn verify(&self, call: Call<'_>, _: &[Secret], message: Unverified<'_>) -> Result<Notice, Forged> {
        let key = call.account.credential("merchant_key");
        match style(message.header("content-type"), message.body())? {
            Style::Json(envelope) => {
                let signature = envelope.head.and_then(|head| head.signature);
                sign::check(envelope.body.get().as_bytes(), &key, signature.as_deref())?;
            }
            Style::Form(fields, checksum) => sign::check_form(&fields, &key, checksum.as_deref())?,
        }
        self.read_again(call.account, message.into())
    }

    fn read_again(&self, account: &Account, message: Kept<'_>) -> Result<Notice, Forged> {
        match style(message.header("content-type"), message.body())? {
            Style::Json(envelope) => by_json(account, envelope.body.get()),
            Style::Form(fields, _) => payment(account, &wire::of_form(&fields), Grade::B),
        }
    }
}

/// Paytm's own papers disagree on how payments are told, so both are taken.
enum Style<'a> {
    Json(wire::Envelope<'a>),
    /// The decoded fields, and the checksum apart from them.
    Form(Vec<(String, String)>, Option<String>),
}

fn style<'a>(content_type: Option<&str>, body: &'a [u8]) -> Result<Style<'a>, Forged> {
    let named = content_type.unwrap_or_default().to_ascii_lowercase();
    let is_form = named.contains("x-www-form-urlencoded");
    if named.contains("json") || !is_form && body.trim_ascii_start().starts_with(b"{") {
        // Not Paytm's shape, so there is no signature to look at.
        return serde_json::from_slice(body).map(Style::Json).map_err(|_| Forged::NoSignature);
    }
    let (fields, checksum) = apart(told::form(body).ok_or(Forged::WrongSignature)?);
    Ok(Style::Form(fields, checksum))
}

fn apart(fields: Vec<(String, String)>) -> (Vec<(String, String)>, Option<String>) {
    let (proof, fields): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(name, _)| name == CHECKSUM);
    (fields, proof.into_iter().next().map(|(_, checksum)| checksum))
}

// ---- what is said

/// `refId` makes it a refund's, a status a payment's; anything else is kept without reports.
fn by_json(account: &Account, body: &str) -> Result<Notice, Forged> {
    let said: Tree = told::message(body.as_bytes())?;
    if said.text("/refId")?.is_none_or(|id| id.is_empty()) {
        return payment(account, &said, Grade::A);
    }
    of_us(account, &said)?;
    let (kind, happened) = meaning::refund_noticed(&said)?;
    // The documented fields hold the sum of an order's refunds and not the refund's own amount. Without it there is
    // nothing to match, and the next poll tells.
    let report = said.text("/refundAmount")?.map(|_| meaning::refund(&said, happened)).transpose()?;
    Ok(notice(kind, Grade::A, report))
}

fn payment(account: &Account, said: &Tree, grade: Grade) -> Result<Notice, Forged> {
    let Some(words) = meaning::words(said)? else { return Ok(notice("unknown", grade, None)) };
    of_us(account, said)?;
    let report = meaning::payment(said, &words).map_err(|_| Forged::Unreadable)?;
    Ok(notice(&words.status, grade, report))
}

fn notice(kind: &str, grade: Grade, report: Option<Report>) -> Notice {
    let kind = kind.chars().take(KIND_CHARS_MAX).collect();
    Notice { kind, event_id: None, grade, reports: report.into_iter().collect() }
}

/// One key serves one merchant; a message that names another is kept for a person.
fn of_us(account: &Account, said: &Tree) -> Result<(), Forged> {
    let ours = account.credential("mid");
    if said.text("/mid")?.is_none_or(|mid| mid == ours.expose()) { Ok(()) } else { Err(Forged::Unreadable) }
}

// ---- the payer comes back

impl Returns for Paytm {
    fn read(&self, account: &Account, subject: &Subject, fields: &Fields) -> Result<ReturnSaid, Forged> {
        if !told::are_distinct(fields) {
            return Err(Forged::WrongSignature);
        }
        let (fields, checksum) = apart(fields.to_vec());
        let said = wire::of_form(&fields);
        let words = meaning::words(&said)?;
        let grade = match checksum {
            Some(_) => {
                sign::check_form(&fields, &account.credential("merchant_key"), checksum.as_deref())?;
                of_us(account, &said).map_err(|_| Forged::WrongSignature)?;
                told::same(&said.text("/orderId")?.unwrap_or_default(), &subject.provider_order)?;
                Grade::B
            }
            // Anybody can write this: a success without its proof is none.
            None if words.as_ref().is_some_and(|words| words.status == "TXN_SUCCESS") => {
                return Err(Forged::NoSignature);
            }
            None => Grade::C,
        };
        let became = words.and_then(|words| meaning::became(&words).ok());
        let so = match became {
            Some(Became::Paid) => Said::Success,
            Some(Became::Failed(reason)) => Said::Failure(reason),
            Some(Became::Pending | Became::NoRecord) | None => Said::Nothing,
        };
        Ok(ReturnSaid { grade, provider_payment: meaning::id(&said, "/txnId")?, said: so })
    }
}
