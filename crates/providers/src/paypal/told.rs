//! What we are told: notices with a signature over a mere CRC (grade B), and the payer's bare return (grade C).

use super::card::CARD;
use super::{PayPal, client, meaning, sign};
use crate::contract::{
    Account, Call, Fields, Forged, Grade, Kept, Notice, Notices, Report, ReturnSaid, Returns, Said, Subject,
    Unverified,
};
use crate::reading::doubt::{Heard, Unheard};
use crate::reading::told::{self, once};
use crate::reading::tree::Tree;
use async_trait::async_trait;
use hundi_core::{FailureReason, Secret};

#[async_trait]
impl Notices for PayPal {
    async fn verify(&self, call: Call<'_>, _: &[Secret], message: Unverified<'_>) -> Result<Notice, Forged> {
        sign::check(call, message).await?;
        self.read_again(call.account, message.into())
    }

    fn read_again(&self, _account: &Account, message: Kept<'_>) -> Result<Notice, Forged> {
        let event: Tree = told::message(message.body())?;
        let (kind, id) = (event.need_text("/event_type")?, event.need_text("/id")?);
        let reports = reports(&kind, &event)?;
        Ok(Notice { kind, event_id: Some(id).filter(|id| client::is_id(id)), grade: Grade::B, reports })
    }
}

/// An event that we never asked for has no reports, whatever it holds; one that we did and can't read is kept for a
/// person.
fn reports(kind: &str, event: &Tree) -> Heard<Vec<Report>> {
    if !CARD.webhook_events.contains(&kind) {
        return Ok(vec![]);
    }
    let resource: Tree = event.must("/resource")?;
    match kind.rsplit_once('.') {
        Some(("CHECKOUT.ORDER", _)) => meaning::order(&resource, event.text("/create_time")?.as_deref()),
        Some(("PAYMENT.AUTHORIZATION", _)) => {
            Ok(vec![meaning::authorization(&resource, meaning::of_order(&resource)?, None)?])
        }
        Some(("PAYMENT.CAPTURE", "REFUNDED" | "REVERSED") | ("PAYMENT.REFUND", _)) => {
            // Where the capture came from an authorization this is not our name of the try. Our own refund is asked
            // about by our reference all the same.
            let of = meaning::above(&resource, "captures")?
                .ok_or(Unheard("a refund that does not say of what"))?;
            Ok(vec![meaning::refund(&resource, of, None)?])
        }
        Some(("PAYMENT.CAPTURE", _)) => Ok(vec![meaning::capture_alone(&resource)?]),
        Some(_) | None => Ok(vec![]),
    }
}

// ---- the payer comes back

impl Returns for PayPal {
    fn read(&self, _: &Account, subject: &Subject, fields: &Fields) -> Result<ReturnSaid, Forged> {
        let said = match (once(fields, "token")?, once(fields, "PayerID")?) {
            (Some(token), _) if token != subject.provider_order => return Err(Forged::WrongSignature),
            (Some(_), Some(_)) => Said::Success,
            (Some(_), None) => Said::Failure(FailureReason::UserCancelled),
            (None, _) => Said::Nothing,
        };
        Ok(ReturnSaid { grade: Grade::C, provider_payment: None, said })
    }
}
