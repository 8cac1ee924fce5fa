//! What Cashfree's words mean in ours: one match each, and nothing falls through to a success.
//!
//! A word that nobody has mapped is [`Unheard`]: no fact, and a person is told.

use super::values;
use super::wire::{Authorization, Payment, Refund, Trouble};
use crate::contract::{About, RefundAbout, Report};
use crate::reading::answers::{masked_number, masked_vpa};
pub(super) use crate::reading::doubt::Unheard;
use crate::reading::loose::{Loose, Plain};
use hundi_core::payment::{Try, TryDetail};
use hundi_core::{FailureReason, Method, Millis, Money, OurRef, refund};
use serde_json::Value;

/// What the API says of a try of this order.
pub(super) fn payment(payment: &Payment, order: &str) -> Result<Report, Unheard> {
    reported(payment, order, tried(payment)?, Loose::of(payment.error_details.as_ref()))
}

/// What a webhook says of it, and of why it failed, which stands beside it there. It has no word for whether money was
/// taken or is held, so a success is no more than begun: the API tells the rest.
pub(super) fn told(payment: &Payment, order: &str, trouble: Option<&Trouble>) -> Result<Report, Unheard> {
    let what = match payment.payment_status.as_str() {
        "SUCCESS" => Try::Started,
        "FAILED" => Try::Failed { reason: failure(trouble) },
        _ => tried(payment)?,
    };
    reported(payment, order, what, trouble)
}

/// Dated by the payment's own `payment_time` on every road, so that a webhook and a poll are the same fact.
fn reported(payment: &Payment, order: &str, what: Try, trouble: Option<&Trouble>) -> Result<Report, Unheard> {
    let about = About {
        provider_order: Some(order.to_owned()),
        provider_payment: Some(payment.cf_payment_id.0.clone()),
        our_ref: our_ref(order),
    };
    let at = payment.payment_time.as_deref().ok_or(Unheard("a payment without a time"))?;
    Ok(Report::tried(about, time(at)?, what, detail(payment, trouble)))
}

fn tried(payment: &Payment) -> Result<Try, Unheard> {
    match payment.payment_status.as_str() {
        "NOT_ATTEMPTED" | "PENDING" => Ok(Try::Started),
        "FAILED" => Ok(Try::Failed { reason: failure(Loose::of(payment.error_details.as_ref())) }),
        "USER_DROPPED" => Ok(Try::Failed { reason: FailureReason::UserCancelled }),
        // The hold was let go; or the money, which came too late, went back to the payer by itself.
        "VOID" | "CANCELLED" => Ok(Try::Released),
        "SUCCESS" => succeeded(payment),
        _ => Err(Unheard("a payment status that we do not know")),
    }
}

/// A success is a hold until the API says both that it was taken and that nothing is still going on.
fn succeeded(payment: &Payment) -> Result<Try, Unheard> {
    let whole = money(&payment.payment_amount, &payment.payment_currency)?;
    let taken = payment.is_captured.ok_or(Unheard("a success that does not say whether it was taken"))?;
    let done = payment.authorization.as_ref().and_then(|a| Some((a, a.action.as_deref()?)));
    let Some((authorization, action)) = done else {
        return Ok(if taken { Try::Captured { amount: whole } } else { Try::Authorized { amount: whole } });
    };
    match (action, authorization.status.as_deref(), taken) {
        ("CAPTURE" | "VOID", Some("PENDING"), _) => Ok(Try::Authorized { amount: whole }),
        ("CAPTURE", Some("SUCCESS"), true) => Ok(Try::Captured { amount: of_hold(authorization, payment)? }),
        ("VOID", Some("SUCCESS"), false) => Ok(Try::Released),
        _ => Err(Unheard("a decision about a hold that we do not know")),
    }
}

/// What was taken of a hold, which may be less than it was.
fn of_hold(authorization: &Authorization, payment: &Payment) -> Result<Money, Unheard> {
    let amount = authorization.captured_amount.as_ref().unwrap_or(&payment.payment_amount);
    money(amount, &payment.payment_currency)
}

/// Whether a decision about this hold is still on its way.
pub(super) fn is_being_decided(payment: &Payment) -> bool {
    let status = payment.authorization.as_ref().and_then(|a| a.status.as_deref());
    status.is_some_and(|word| word != "SUCCESS")
}

/// What a refund entity says.
///
/// Accepted, processed and failed are all dated by `created_at`: the same answer is then the same fact however often we
/// ask, and at one instant the core takes failure for the later word, which is what it is.
pub(super) fn refund(refund: &Refund) -> Result<Report, Unheard> {
    let happened = match refund.refund_status.as_str() {
        "PENDING" | "ONHOLD" => refund::Happened::Accepted,
        "SUCCESS" => refund::Happened::Processed,
        "FAILED" | "CANCELLED" => refund::Happened::Failed,
        _ => return Err(Unheard("a refund status that we do not know")),
    };
    let about = RefundAbout {
        provider_refund: refund.cf_refund_id.0.clone(),
        provider_payment: refund.cf_payment_id.0.clone(),
        our_ref: our_ref(&refund.refund_id),
        amount: money(&refund.refund_amount, &refund.refund_currency)?,
        bank_ref: shown(Loose::of(refund.refund_arn.as_ref())),
    };
    Ok(Report::Refund { about, fact: refund::Fact { at: time(&refund.created_at)?, happened } })
}

/// Whether an order's state is one that we know. None of them decides about money: its payments do.
pub(super) fn is_order_status(word: &str) -> bool {
    matches!(word, "ACTIVE" | "PAID" | "EXPIRED" | "TERMINATED" | "TERMINATION_REQUESTED")
}

pub(super) fn our_ref(text: &str) -> Option<OurRef> {
    text.parse().ok()
}

pub(super) fn money(number: &Plain, currency: &str) -> Result<Money, Unheard> {
    let amount = values::money(&number.0, currency).ok_or(Unheard("an amount that we cannot read"))?;
    if amount.is_positive() { Ok(amount) } else { Err(Unheard("an amount that is not positive")) }
}

pub(super) fn time(text: &str) -> Result<Millis, Unheard> {
    values::instant(text).ok_or(Unheard("a time that we cannot read"))
}

// ---- why it failed

/// Cashfree's list of reasons is a file that we could not have: these are those of its samples and guides.
fn failure(trouble: Option<&Trouble>) -> FailureReason {
    let reason = trouble.and_then(|t| t.error_reason.as_deref());
    let code = trouble.and_then(|t| t.error_code.as_deref());
    match (reason, code) {
        (Some("insufficient_funds"), _) => FailureReason::InsufficientFunds,
        (Some("auth_declined" | "bank_declined" | "bank_rejected"), _)
        | (None, Some("TRANSACTION_DECLINED")) => FailureReason::DeclinedByBank,
        _ => FailureReason::Unrecognised,
    }
}

// ---- what is worth showing

fn detail(payment: &Payment, trouble: Option<&Trouble>) -> TryDetail {
    TryDetail {
        method: Loose::of(payment.payment_group.as_ref()).map(|group| method(group)),
        instrument: Loose::of(payment.payment_method.as_ref()).and_then(instrument),
        bank_ref: shown(Loose::of(payment.bank_reference.as_ref())),
        provider_code: trouble.and_then(|t| t.error_reason.clone().or_else(|| t.error_code.clone())),
        quoted_fee: None,
        quoted_tax: None,
    }
}

fn method(group: &str) -> Method {
    match group {
        "credit_card" | "debit_card" | "prepaid_card" | "corporate_credit_card" => Method::Card,
        "upi" | "upi_credit_card" | "upi_ppi" | "upi_ppi_offline" => Method::Upi,
        "net_banking" => Method::Netbanking,
        "wallet" => Method::Wallet,
        "cardless_emi" | "credit_card_emi" | "debit_card_emi" => Method::Emi,
        "pay_later" => Method::PayLater,
        "bank_transfer" => Method::BankTransfer,
        // cash, paypal, and whatever comes next: an open set.
        _ => Method::Other,
    }
}

fn instrument(of: &Value) -> Option<String> {
    let said = |place: &str| of.pointer(place).and_then(Value::as_str);
    let network = || said("/card/card_network").unwrap_or("Card");
    let card = || said("/card/card_number").and_then(|number| masked_number(network(), number));
    let named = || said("/netbanking/netbanking_bank_name").or_else(|| said("/app/provider"));
    said("/upi/upi_id").map(masked_vpa).or_else(card).or_else(|| named().map(str::to_owned))
}

fn shown(id: Option<&Plain>) -> Option<String> {
    id.map(|id| id.0.clone()).filter(|text| !text.is_empty() && text != "null")
}
