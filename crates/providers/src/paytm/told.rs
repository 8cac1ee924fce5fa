//! What we are told: JSON notices whose whole body is signed (grade A), forms whose values are (grade B), and what the
//! payer's browser brings back (B with its checksum, C without). Proof first, then one typed parse of the same bytes.
//!
//! All of them are proven by the merchant key: there is no secret of ours to give to Paytm.

use super::{Paytm, client, meaning, sign, wire};
use crate::contract::{
    Account, Call, Forged, Grade, Kept, Notice, Notices, Report, ReturnSaid, Returns, Said, Subject,
    Unverified,
};
use crate::reading::told;
use async_trait::async_trait;
use hundi_core::Secret;

const CHECKSUM: &str = "CHECKSUMHASH";
const KIND_CHARS_MAX: usize = 40;

#[async_trait]
impl Notices for Paytm {
    async fn verify(&self, call: Call<'_>, _: &[Secret], message: Unverified<'_>) -> Result<Notice, Forged> {
        let key = call.account.credential("merchant_key");
        match style(message.header("content-type"), message.body()) {
            Style::Json => {
                let envelope = envelope(message.body())?;
                let signature = envelope.head.and_then(|head| head.signature);
                sign::check(envelope.body.get().as_bytes(), &key, signature.as_deref())?;
            }
            Style::Form => {
                let (fields, checksum) = form(message.body())?;
                sign::check_form(&fields, &key, checksum.as_deref())?;
            }
        }
        self.read_again(call.account, message.into())
    }

    fn read_again(&self, account: &Account, message: Kept<'_>) -> Result<Notice, Forged> {
        match style(message.header("content-type"), message.body()) {
            Style::Json => by_json(account, envelope(message.body())?.body.get()),
            Style::Form => by_form(account, &form(message.body())?.0),
        }
    }
}

/// Paytm's own papers disagree on how payments are told, so both are taken.
enum Style {
    Json,
    Form,
}

fn style(content_type: Option<&str>, body: &[u8]) -> Style {
    let named = content_type.map(str::to_ascii_lowercase);
    match named.as_deref() {
        Some(kind) if kind.contains("json") => Style::Json,
        Some(kind) if kind.contains("x-www-form-urlencoded") => Style::Form,
        _ if body.trim_ascii_start().starts_with(b"{") => Style::Json,
        _ => Style::Form,
    }
}

// ---- JSON

fn envelope(body: &[u8]) -> Result<wire::Envelope<'_>, Forged> {
    // Not Paytm's shape, so there is no signature to look at.
    serde_json::from_slice(body).map_err(|_| Forged::NoSignature)
}

/// `refId` makes it a refund's, a status a payment's; anything else is kept without reports.
fn by_json(account: &Account, body: &str) -> Result<Notice, Forged> {
    let peek: wire::Peek = told::message(body.as_bytes())?;
    let grade = Grade::A;
    if peek.ref_id.is_some_and(|id| !id.is_empty()) {
        let said: wire::Refund = told::message(body.as_bytes())?;
        of_us(account, said.mid.as_deref())?;
        let happened = meaning::refund_noticed(&said)?;
        let kind = match happened {
            hundi_core::refund::Happened::Processed => "REFUND_SUCCESS",
            hundi_core::refund::Happened::Failed => "REFUND_FAILURE",
            hundi_core::refund::Happened::Accepted
            | hundi_core::refund::Happened::WentUnknown
            | hundi_core::refund::Happened::Answered => "REFUND_ACCEPTED",
        };
        // The documented fields hold the sum of an order's refunds and not the refund's own amount. Without it there
        // is nothing to match, and the next poll tells.
        let reports = match said.refund_amount {
            Some(_) => vec![meaning::refund(&said, happened)?],
            None => vec![],
        };
        return Ok(Notice { kind: kind.to_owned(), event_id: None, grade, reports });
    }
    if peek.status.is_some() || peek.result_info.is_some() {
        return payment(account, &told::message(body.as_bytes())?, grade);
    }
    Ok(Notice { kind: "unknown".to_owned(), event_id: None, grade, reports: vec![] })
}

// ---- forms

/// The decoded fields, and the checksum apart from them.
type Form = (Vec<(String, String)>, Option<String>);

fn form(body: &[u8]) -> Result<Form, Forged> {
    told::form(body).map(apart).ok_or(Forged::WrongSignature)
}

fn apart(fields: Vec<(String, String)>) -> Form {
    let (proof, fields): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(name, _)| name == CHECKSUM);
    (fields, proof.into_iter().next().map(|(_, checksum)| checksum))
}

fn by_form(account: &Account, fields: &[(String, String)]) -> Result<Notice, Forged> {
    if !fields.iter().any(|(name, _)| name == "STATUS") {
        return Ok(Notice { kind: "unknown".to_owned(), event_id: None, grade: Grade::B, reports: vec![] });
    }
    payment(account, &wire::Payment::of_form(fields), Grade::B)
}

// ---- both

fn payment(account: &Account, said: &wire::Payment, grade: Grade) -> Result<Notice, Forged> {
    of_us(account, said.mid.as_deref())?;
    let report: Option<Report> = meaning::payment(said).map_err(|_| Forged::Unreadable)?;
    let kind = meaning::words_of(said).0.chars().take(KIND_CHARS_MAX).collect();
    Ok(Notice { kind, event_id: None, grade, reports: report.into_iter().collect() })
}

/// One key serves one merchant; a message that names another is kept for a person.
fn of_us(account: &Account, mid: Option<&str>) -> Result<(), Forged> {
    let ours = account.credential("mid");
    if mid.is_none_or(|mid| mid == ours.expose()) { Ok(()) } else { Err(Forged::Unreadable) }
}

// ---- the payer comes back

impl Returns for Paytm {
    fn read(
        &self,
        account: &Account,
        subject: &Subject,
        fields: &[(String, String)],
    ) -> Result<ReturnSaid, Forged> {
        if !told::are_distinct(fields) {
            return Err(Forged::WrongSignature);
        }
        let (fields, checksum) = apart(fields.to_vec());
        let said = wire::Payment::of_form(&fields);
        let (status, code) = meaning::words_of(&said);
        let grade = match checksum {
            Some(_) => {
                sign::check_form(&fields, &account.credential("merchant_key"), checksum.as_deref())?;
                of_us(account, said.mid.as_deref()).map_err(|_| Forged::WrongSignature)?;
                if said.order_id.as_deref() != Some(subject.provider_order.as_str()) {
                    return Err(Forged::WrongSignature);
                }
                Grade::B
            }
            // Anybody can write this: a success without its proof is none.
            None if status == "TXN_SUCCESS" => return Err(Forged::NoSignature),
            None => Grade::C,
        };
        let said_so = match meaning::word(status, code) {
            Ok(meaning::Word::Paid) => Said::Success,
            Ok(meaning::Word::Failed(reason)) => Said::Failure(reason),
            Ok(meaning::Word::Pending | meaning::Word::NoRecord) | Err(_) => Said::Nothing,
        };
        let provider_payment = said.txn_id.filter(|id| client::is_id(id));
        Ok(ReturnSaid { grade, provider_payment, said: said_so })
    }
}
