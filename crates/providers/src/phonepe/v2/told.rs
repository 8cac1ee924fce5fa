//! What v2 tells: webhooks behind a constant word (grade B), and the payer's browser, which brings nothing (C).

use super::{Client, V2, hear_of, meaning, sign, wire};
use crate::contract::{
    Account, Call, Fields, Forged, Grade, Kept, Notice, Notices, Report, ReturnSaid, Returns, Subject,
    Unverified,
};
use crate::phonepe::meaning::UNNAMED;
use crate::proof::WEBHOOK_USER;
use crate::reading::answers::our_ref;
use crate::reading::told;
use async_trait::async_trait;
use hundi_core::Secret;

#[async_trait]
impl Notices for V2 {
    async fn verify(
        &self,
        call: Call<'_>,
        secrets: &[Secret],
        message: Unverified<'_>,
    ) -> Result<Notice, Forged> {
        Client::of(call.account).map_err(|_| Forged::NoSecret)?;
        sign::check_webhook(WEBHOOK_USER, secrets, message.header("authorization"))?;
        let (notice, refund) = read(message.body())?;
        if let Some((order, refund)) = refund {
            hear_of(call, &order, &refund);
        }
        Ok(notice)
    }

    fn read_again(&self, account: &Account, message: Kept<'_>) -> Result<Notice, Forged> {
        Client::of(account).map_err(|_| Forged::Unreadable)?;
        read(message.body()).map(|(notice, _)| notice)
    }
}

/// What a webhook says, and the ids of the order and the refund that it names. An event that we don't know has no
/// reports, whatever it holds; one that we know and can't read is kept for a person.
fn read(body: &[u8]) -> Result<(Notice, Option<(String, String)>), Forged> {
    let envelope: wire::Envelope<'_> = told::message(body)?;
    let (reports, refund) = match envelope.event.as_str() {
        "checkout.order.completed"
        | "checkout.order.failed"
        | "checkout.transaction.attempt.failed"
        | "pg.order.completed"
        | "pg.order.failed"
        | "pg.transaction.attempt.failed" => (of_order(&told::part(envelope.payload)?)?, None),
        "pg.refund.accepted" | "pg.refund.completed" | "pg.refund.failed" => {
            let (report, refund) = of_refund(&told::part(envelope.payload)?)?;
            (vec![report], Some(refund))
        }
        _ => (vec![], None),
    };
    // It names no event: nothing tells one delivery from its repeat.
    Ok((Notice { kind: envelope.event, event_id: None, grade: Grade::B, reports }, refund))
}

fn of_order(order: &wire::Order) -> Result<Vec<Report>, Forged> {
    let named = order.merchant_order_id.as_deref().ok_or(Forged::Unreadable)?;
    if order.payment_details.as_ref().is_none_or(Vec::is_empty) {
        meaning::standing(&order.state)?;
        return Ok(vec![meaning::exists(named, &order.order_id)]);
    }
    Ok(meaning::order(order, named)?)
}

/// It names the order and not the attempt that was paid, so the report of a refund of ours leaves the payment open, and
/// one that we did not ask for is a cause to ask about its order.
fn of_refund(refund: &wire::Refund) -> Result<(Report, (String, String)), Forged> {
    let named = refund.merchant_refund_id.clone().ok_or(Forged::Unreadable)?;
    let order = refund.original_merchant_order_id.clone().ok_or(Forged::Unreadable)?;
    let report = meaning::refund(refund, &named, UNNAMED)?;
    let ours = our_ref(Some(&named)).is_some();
    let report = if ours { report } else { meaning::exists(&order, "") };
    Ok((report, (order, named)))
}

// ---- the payer comes back

impl Returns for V2 {
    /// Whatever stands in the address, PhonePe did not put it there.
    fn read(&self, account: &Account, _subject: &Subject, _fields: &Fields) -> Result<ReturnSaid, Forged> {
        Client::of(account).map(|_| told::is_back()).map_err(|_| Forged::NoSecret)
    }
}
