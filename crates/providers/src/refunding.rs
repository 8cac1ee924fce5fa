//! What all refunds owe: a refusal may be an echo, and what is said of one must be of the payment that was asked about.

use crate::contract::{RefundAsk, Report};
use crate::reading::doubt::{Heard, Unheard, is_refused, or_found};
use crate::wire::Called;

/// What became of an asking. A refusal is believed only when our reference is surely not there.
pub(crate) async fn given_back(
    asked: Called<Report>,
    look: impl Future<Output = Called<Option<Report>>> + Send,
) -> Called<Report> {
    or_found(asked, is_refused, look).await
}

/// What is said of a refund, where it is one of this payment.
pub(crate) fn of_payment(said: Heard<Report>, ask: &RefundAsk) -> Called<Report> {
    let report = said?;
    match report.of_refund() {
        Some(about) if about.provider_payment == ask.provider_payment => Ok(report),
        Some(_) | None => Err(Unheard("a refund of another payment").into()),
    }
}
