//! What we are told: notices with a signature over a mere CRC (grade B), and the payer's bare return (grade C).

use super::{PayPal, client, meaning, sign, wire};
use crate::contract::{
    Account, Call, Forged, Grade, Kept, Notice, Notices, Report, ReturnSaid, Returns, Said, Subject,
    Unverified,
};
use crate::reading::told::{self, once};
use async_trait::async_trait;
use hundi_core::{FailureReason, Secret};

#[async_trait]
impl Notices for PayPal {
    async fn verify(
        &self,
        call: Call<'_>,
        _secrets: &[Secret],
        message: Unverified<'_>,
    ) -> Result<Notice, Forged> {
        sign::check(call, message).await?;
        self.read_again(call.account, message.into())
    }

    fn read_again(&self, _account: &Account, message: Kept<'_>) -> Result<Notice, Forged> {
        let event: wire::Event<'_> = told::message(message.body())?;
        let reports = reports(&event)?;
        let event_id = Some(event.id).filter(|id| client::is_id(id));
        Ok(Notice { kind: event.event_type, event_id, grade: Grade::B, reports })
    }
}

/// An event that we don't know has no reports, whatever it holds; one that we know and can't read is kept for a person.
fn reports(event: &wire::Event<'_>) -> Result<Vec<Report>, Forged> {
    match event.event_type.as_str() {
        "CHECKOUT.ORDER.APPROVED" | "CHECKOUT.ORDER.COMPLETED" => {
            let mut order: wire::Order = told::part(event.resource)?;
            order.create_time = order.create_time.or_else(|| event.create_time.clone());
            Ok(meaning::order(&order).into_reports()?)
        }
        "PAYMENT.AUTHORIZATION.CREATED" | "PAYMENT.AUTHORIZATION.VOIDED" => {
            let held: wire::Authorization = told::part(event.resource)?;
            let about = meaning::of_order(held.supplementary_data.as_ref());
            Ok(vec![meaning::authorization(&held, about, None)?])
        }
        "PAYMENT.CAPTURE.COMPLETED"
        | "PAYMENT.CAPTURE.PENDING"
        | "PAYMENT.CAPTURE.DECLINED"
        | "PAYMENT.CAPTURE.DENIED" => {
            let taken: wire::Capture = told::part(event.resource)?;
            Ok(vec![meaning::capture_alone(&taken)?])
        }
        "PAYMENT.CAPTURE.REFUNDED"
        | "PAYMENT.CAPTURE.REVERSED"
        | "PAYMENT.REFUND.PENDING"
        | "PAYMENT.REFUND.FAILED" => {
            let given: wire::Refund = told::part(event.resource)?;
            // Where the capture came from an authorization this is not our name of the try. Our own refund is asked
            // about by our reference all the same.
            let of = meaning::capture_of(&given).ok_or(Forged::Unreadable)?;
            Ok(vec![meaning::refund(&given, of, None)?])
        }
        _ => Ok(vec![]),
    }
}

// ---- the payer comes back

impl Returns for PayPal {
    fn read(
        &self,
        _account: &Account,
        subject: &Subject,
        fields: &[(String, String)],
    ) -> Result<ReturnSaid, Forged> {
        let said = match (once(fields, "token")?, once(fields, "PayerID")?) {
            (Some(token), _) if token != subject.provider_order => return Err(Forged::WrongSignature),
            (Some(_), Some(_)) => Said::Success,
            (Some(_), None) => Said::Failure(FailureReason::UserCancelled),
            (None, _) => Said::Nothing,
        };
        Ok(ReturnSaid { grade: Grade::C, provider_payment: None, said })
    }
}
