//! What we are told: signed notices, and the payer's return, which proves nothing. Proof first, then one typed parse of
//! the same bytes.

use super::{Cashfree, meaning, sign, wire};
use crate::contract::{
    Account, Call, Forged, Grade, Kept, Notice, Notices, Report, ReturnSaid, Returns, Subject, Unverified,
};
use crate::reading::loose::Loose;
use crate::reading::told;
use async_trait::async_trait;
use hundi_core::Secret;

#[async_trait]
impl Notices for Cashfree {
    /// The account's own secret signs: there is no other, and `secrets` is not asked.
    async fn verify(
        &self,
        call: Call<'_>,
        _secrets: &[Secret],
        message: Unverified<'_>,
    ) -> Result<Notice, Forged> {
        let secret = call.account.credential("client_secret");
        let (timestamp, signature) =
            (message.header("x-webhook-timestamp"), message.header("x-webhook-signature"));
        sign::check(&secret, timestamp, message.body(), signature)?;
        self.read_again(call.account, message.into())
    }

    fn read_again(&self, _account: &Account, message: Kept<'_>) -> Result<Notice, Forged> {
        let envelope: wire::Envelope<'_> = told::message(message.body())?;
        let (grade, reports) = heard(&envelope)?;
        // The signature does not cover it: it is kept for people, and nothing is decided by it.
        let event_id = told::event_id(message.header("x-idempotency-key"));
        Ok(Notice { kind: envelope.kind, event_id, grade, reports })
    }
}

/// An event that we don't know has no reports, whatever it holds; one that we know and can't read is kept for a person.
/// Refunds that Cashfree makes by itself of money that was never the merchant's have an event of their own, which is
/// one of those.
fn heard(envelope: &wire::Envelope<'_>) -> Result<(Grade, Vec<Report>), Forged> {
    match envelope.kind.as_str() {
        "PAYMENT_SUCCESS_WEBHOOK" => Ok((Grade::B, vec![of_payment(envelope)?])),
        "PAYMENT_FAILED_WEBHOOK" | "PAYMENT_USER_DROPPED_WEBHOOK" => {
            Ok((Grade::A, vec![of_payment(envelope)?]))
        }
        "REFUND_STATUS_WEBHOOK" => Ok((Grade::A, vec![of_refund(envelope)?])),
        _ => Ok((Grade::A, vec![])),
    }
}

fn of_payment(envelope: &wire::Envelope<'_>) -> Result<Report, Forged> {
    let said: wire::PaymentTold = told::part(envelope.data)?;
    if said.payment.order_id.as_ref().is_some_and(|id| *id != said.order.order_id) {
        return Err(Forged::Unreadable);
    }
    let trouble = Loose::of(said.error_details.as_ref());
    Ok(meaning::told(&said.payment, &said.order.order_id, trouble)?)
}

fn of_refund(envelope: &wire::Envelope<'_>) -> Result<Report, Forged> {
    let said: wire::RefundTold = told::part(envelope.data)?;
    Ok(meaning::refund(&said.refund)?)
}

// ---- the payer comes back

impl Returns for Cashfree {
    /// The order's id at most, which anybody may write: that the payer is back is all that it says.
    fn read(
        &self,
        _account: &Account,
        subject: &Subject,
        fields: &[(String, String)],
    ) -> Result<ReturnSaid, Forged> {
        for (_, order) in fields.iter().filter(|(name, _)| name == "order_id") {
            told::same(order, &subject.provider_order)?;
        }
        Ok(told::is_back())
    }
}
