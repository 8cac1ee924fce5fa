//! What Razorpay's words mean in ours: one match each, and nothing falls through to a success.
//!
//! A word that nobody has mapped is [`Unheard`]: no fact, and a person is told.

use super::wire::{Payment, Refund};
use crate::contract::{About, RefundAbout, Report};
use crate::reading::answers::{masked, masked_vpa, our_ref};
pub(super) use crate::reading::doubt::{Told, Unheard};
use crate::reading::loose::Loose;
use hundi_core::payment::{Try, TryDetail};
use hundi_core::{FailureReason, Method, Millis, Money, OurRef, refund};
use serde_json::Value;

/// What a payment entity says. Dated by the entity's own `created_at` on every road, so that a webhook and a poll
/// are the same fact.
pub(super) fn payment(payment: &Payment, about: About) -> Result<Report, Unheard> {
    let about = About { provider_payment: Some(payment.id.clone()), ..about };
    Ok(Report::tried(about, Millis::from_secs(payment.created_at), tried(payment)?, detail(payment)))
}

fn tried(payment: &Payment) -> Result<Try, Unheard> {
    let amount = || money(payment.amount, &payment.currency);
    match (payment.status.as_str(), payment.captured) {
        ("created", _) => Ok(Try::Started),
        ("failed", _) => Ok(Try::Failed { reason: failure(payment) }),
        ("authorized", _) => Ok(Try::Authorized { amount: amount()? }),
        ("captured", _) => Ok(Try::Captured { amount: amount()? }),
        // The refunds of a captured payment are facts of their own.
        ("refunded", Some(true)) => Ok(Try::Captured { amount: amount()? }),
        // Authorised, never captured in time, given back by Razorpay itself.
        ("refunded", Some(false)) => Ok(Try::Released),
        ("refunded", None) => Err(Unheard("a refunded payment that does not say whether it was captured")),
        _ => Err(Unheard("a payment status that we do not know")),
    }
}

/// Whether refunds made of it are money of the merchant's. What was never captured was never the merchant's.
pub(super) fn was_captured(payment: &Payment) -> bool {
    payment.captured == Some(true) || payment.status == "captured"
}

/// What a refund entity says.
///
/// Accepted, processed and failed are all dated by `created_at`, the one time that a refund carries: the same answer
/// is then the same fact however often we ask, and at one instant the core takes failure for the later word, which
/// is what it is: Razorpay knows `pending -> processed`, `pending -> failed` and perhaps `processed -> failed`.
pub(super) fn refund(refund: &Refund) -> Result<Report, Unheard> {
    let happened = match refund.status.as_str() {
        "created" | "pending" => refund::Happened::Accepted,
        "processed" => refund::Happened::Processed,
        "failed" => refund::Happened::Failed,
        _ => return Err(Unheard("a refund status that we do not know")),
    };
    let about = RefundAbout {
        provider_refund: refund.id.clone(),
        provider_payment: refund.payment_id.clone(),
        our_ref: our_ref_of(refund),
        amount: money(refund.amount, &refund.currency)?,
        bank_ref: Loose::of(refund.acquirer_data.as_ref()).and_then(bank_ref),
    };
    Ok(Report::Refund { about, fact: refund::Fact { at: Millis::from_secs(refund.created_at), happened } })
}

/// Our reference on a refund. Only a merchant's own call can write there, unlike a payment's notes, which checkout
/// takes from the payer's browser and which we therefore never read.
pub(super) fn our_ref_of(refund: &Refund) -> Option<OurRef> {
    let noted = Loose::of(refund.notes.as_ref()).and_then(|n| n.our_ref.as_deref());
    our_ref(refund.receipt.as_deref()).or_else(|| our_ref(noted))
}

pub(super) fn money(minor: i64, currency: &str) -> Result<Money, Unheard> {
    let currency = currency.parse().map_err(|_| Unheard("a currency that we do not know"))?;
    let amount = Money::new(minor, currency);
    if amount.is_positive() { Ok(amount) } else { Err(Unheard("an amount that is not positive")) }
}

// ---- why it failed

fn failure(payment: &Payment) -> FailureReason {
    failure_reason(payment.error_code.as_deref(), payment.error_reason.as_deref())
}

/// `error_reason` decides; the much coarser `error_code` only where there is no reason.
pub(super) fn failure_reason(code: Option<&str>, reason: Option<&str>) -> FailureReason {
    match (reason, code) {
        (Some(reason), _) => by_reason(reason),
        (None, Some("GATEWAY_ERROR" | "SERVER_ERROR")) => FailureReason::ProviderError,
        (None, _) => FailureReason::Unrecognised,
    }
}

fn by_reason(reason: &str) -> FailureReason {
    use FailureReason as F;
    match reason {
        // The page of test cards spells it without the s.
        "insufficient_funds" | "insufficient_fund" => F::InsufficientFunds,
        "authentication_failed" | "invalid_otp" => F::AuthenticationFailed,
        "payment_cancelled" => F::UserCancelled,
        "bank_technical_error" | "credit_failed" => F::BankDown,
        "transaction_limit_exceeded" => F::LimitExceeded,
        "card_declined" | "payment_declined" | "payment_failed" => F::DeclinedByBank,
        "incorrect_cvv" | "card_number_invalid" | "invalid_vpa" | "vpa_resolution_failed" => {
            F::InstrumentInvalid
        }
        "card_expired" => F::InstrumentExpired,
        "debit_instrument_inactive" | "debit_instrument_blocked" => F::InstrumentBlocked,
        "card_not_enrolled" | "card_disabled_for_online_payments" => F::NotEnabled,
        "payment_risk_check_failed" => F::RiskRefused,
        "payment_timed_out" | "payment_collect_request_expired" => F::TimedOut,
        "gateway_technical_error" => F::ProviderError,
        "input_validation_failed" => F::ProviderRefused,
        _ => F::Unrecognised,
    }
}

// ---- what is worth showing

fn detail(payment: &Payment) -> TryDetail {
    TryDetail {
        method: payment.method.as_deref().map(method),
        instrument: instrument(payment),
        bank_ref: Loose::of(payment.acquirer_data.as_ref()).and_then(bank_ref),
        provider_code: payment.error_reason.clone().or_else(|| payment.error_code.clone()),
        quoted_fee: payment.fee,
        quoted_tax: payment.tax,
    }
}

pub(super) fn method(word: &str) -> Method {
    match word {
        "card" => Method::Card,
        "upi" => Method::Upi,
        "netbanking" => Method::Netbanking,
        "wallet" => Method::Wallet,
        "emi" | "cardless_emi" => Method::Emi,
        "paylater" => Method::PayLater,
        "bank_transfer" | "intl_bank_transfer" => Method::BankTransfer,
        // emandate, nach, app, and whatever comes next: an open set.
        _ => Method::Other,
    }
}

fn instrument(payment: &Payment) -> Option<String> {
    let card = || {
        let card = Loose::of(payment.card.as_ref())?;
        masked(card.network.as_deref().unwrap_or("Card"), card.last4.as_deref()?)
    };
    let vpa = || payment.vpa.as_deref().map(masked_vpa);
    vpa().or_else(card).or_else(|| payment.bank.clone()).or_else(|| payment.wallet.clone())
}

fn bank_ref(data: &Value) -> Option<String> {
    let refs = ["rrn", "utr", "bank_transaction_id", "transaction_id", "upi_transaction_id", "arn"];
    let said = refs.into_iter().filter_map(|name| data.get(name)?.as_str());
    said.into_iter().find(|text| !text.is_empty()).map(str::to_owned)
}
