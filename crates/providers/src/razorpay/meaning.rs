//! What Razorpay's words mean in ours: one match each, and nothing falls through to a success.
//!
//! A word that nobody has mapped is [`Unheard`]: no fact, and a person is told.

use super::wire::{made_at, money, our_ref};
use crate::contract::{About, RefundAbout, Report};
use crate::reading::answers::{self, masked, masked_vpa};
use crate::reading::doubt::{Heard, Unheard};
use crate::reading::tree::Tree;
use hundi_core::payment::{Try, TryDetail};
use hundi_core::{FailureReason, Method, OurRef, refund};

/// What a payment entity says. Dated by the entity's own `created_at` on every road, so that a webhook and a poll
/// are the same fact.
pub(super) fn payment(payment: &Tree, about: About) -> Heard<Report> {
    let about = About { provider_payment: Some(payment.need_text("/id")?), ..about };
    Ok(Report::tried(about, made_at(payment)?, tried(payment)?, detail(payment)?))
}

/// The same where it comes by itself: it names its order.
pub(super) fn payment_alone(said: &Tree) -> Heard<Report> {
    payment(said, About { provider_order: said.text("/order_id")?, ..About::default() })
}

fn tried(payment: &Tree) -> Heard<Try> {
    let (status, captured, amount) =
        (payment.need_text("/status")?, payment.read("/captured")?, money(payment));
    match (status.as_str(), captured) {
        ("created", _) => Ok(Try::Started),
        ("failed", _) => Ok(Try::Failed { reason: failure(payment)? }),
        ("authorized", _) => Ok(Try::Authorized { amount: amount? }),
        ("captured", _) => Ok(Try::Captured { amount: amount? }),
        // The refunds of a captured payment are facts of their own.
        ("refunded", Some(true)) => Ok(Try::Captured { amount: amount? }),
        // Authorised, never captured in time, given back by Razorpay itself.
        ("refunded", Some(false)) => Ok(Try::Released),
        ("refunded", None) => Err(Unheard("a refunded payment that does not say whether it was captured")),
        _ => Err(Unheard("a payment status that we do not know")),
    }
}

/// Whether refunds made of it are money of the merchant's. What was never captured was never the merchant's.
pub(super) fn was_captured(payment: &Tree) -> Heard<bool> {
    Ok(payment.read("/captured")? == Some(true) || payment.need_text("/status")? == "captured")
}

/// What a refund entity says.
///
/// Accepted, processed and failed are all dated by `created_at`, the one time that a refund carries: the same answer
/// is then the same fact however often we ask, and at one instant the core takes failure for the later word, which
/// is what it is: Razorpay knows `pending -> processed`, `pending -> failed` and perhaps `processed -> failed`.
pub(super) fn refund(refund: &Tree) -> Heard<Report> {
    let happened = match refund.need_text("/status")?.as_str() {
        "created" | "pending" => refund::Happened::Accepted,
        "processed" => refund::Happened::Processed,
        "failed" => refund::Happened::Failed,
        _ => return Err(Unheard("a refund status that we do not know")),
    };
    let about = RefundAbout {
        provider_refund: refund.need_text("/id")?,
        provider_payment: refund.need_text("/payment_id")?,
        our_ref: our_refund(refund)?,
        amount: money(refund)?,
        bank_ref: bank_ref(refund),
    };
    Ok(Report::Refund { about, fact: refund::Fact { at: made_at(refund)?, happened } })
}

/// Our reference on a refund. Only a merchant's own call can write there, unlike a payment's notes, which checkout
/// takes from the payer's browser and which we therefore never read.
pub(super) fn our_refund(refund: &Tree) -> Heard<Option<OurRef>> {
    let noted = refund.shown("/notes/our_ref");
    Ok(our_ref(refund)?.or_else(|| answers::our_ref(noted.as_deref())))
}

// ---- why it failed

fn failure(said: &Tree) -> Heard<FailureReason> {
    let (code, reason) = (said.text("/error_code")?, said.text("/error_reason")?);
    Ok(failure_reason(code.as_deref(), reason.as_deref()))
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

fn detail(said: &Tree) -> Heard<TryDetail> {
    Ok(TryDetail {
        method: said.shown("/method").as_deref().map(method),
        instrument: instrument(said),
        bank_ref: bank_ref(said),
        provider_code: said.shown("/error_reason").or_else(|| said.shown("/error_code")),
        quoted_fee: said.read("/fee")?,
        quoted_tax: said.read("/tax")?,
    })
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

fn instrument(said: &Tree) -> Option<String> {
    let card = || {
        let network = said.shown("/card/network");
        masked(network.as_deref().unwrap_or("Card"), &said.shown("/card/last4")?)
    };
    let vpa = said.shown("/vpa").as_deref().map(masked_vpa);
    vpa.or_else(card).or_else(|| said.shown("/bank")).or_else(|| said.shown("/wallet"))
}

fn bank_ref(said: &Tree) -> Option<String> {
    let refs = ["rrn", "utr", "bank_transaction_id", "transaction_id", "upi_transaction_id", "arn"];
    refs.into_iter().find_map(|name| said.shown(&format!("/acquirer_data/{name}")))
}
