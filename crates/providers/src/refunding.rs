//! What all refunds owe: what is said of one must be of the payment that was asked about.

use crate::contract::{RefundAsk, Report};
use crate::reading::doubt::{Heard, Unheard};
use crate::wire::Called;

/// What is said of a refund, where it is one of this payment.
pub(crate) fn of_payment(said: Heard<Report>, ask: &RefundAsk) -> Called<Report> {
    let report = said?;
    match report.of_refund() {
        Some(about) if about.provider_payment == ask.provider_payment => Ok(report),
        Some(_) | None => Err(Unheard("a refund of another payment").into()),
    }
}
