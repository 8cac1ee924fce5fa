//! What Razorpay's words mean in ours: one match each, and nothing falls through to a success.
//!
//! A word that nobody has mapped is [`Unheard`]: no fact, and a person is told.

use super::wire::Entity;
use crate::contract::{About, RefundAbout, Report};
use crate::reading::answers::{self, masked, masked_vpa};
pub(super) use crate::reading::doubt::{Told, Unheard};
use crate::reading::tree::Tree;
use hundi_core::payment::{Try, TryDetail};
use hundi_core::{FailureReason, Method, Millis, Money, OurRef, refund};

/// What a payment entity says. Dated by the entity's own `created_at` on every road, so that a webhook and a poll
/// are the same fact.
pub(super) fn payment(payment: &Entity, about: About) -> Result<Report, Unheard> {
    let about = About { provider_payment: Some(payment.id.clone()), ..about };
    Ok(Report::tried(about, Millis::from_secs(payment.created_at), tried(payment)?, detail(&payment.said)?))
}

/// The same where it comes by itself: it names its order.
pub(super) fn payment_alone(entity: &Entity) -> Result<Report, Unheard> {
    let provider_order = entity.said.text("/order_id")?;
    payment(entity, About { provider_order, ..About::default() })
}

fn tried(payment: &Entity) -> Result<Try, Unheard> {
    let (status, captured) = (payment.said.need_text("/status")?, payment.said.read("/captured")?);
    match (status.as_str(), captured) {
        ("created", _) => Ok(Try::Started),
        ("failed", _) => Ok(Try::Failed { reason: failure(&payment.said)? }),
        ("authorized", _) => Ok(Try::Authorized { amount: money(payment)? }),
        ("captured", _) => Ok(Try::Captured { amount: money(payment)? }),
        // The refunds of a captured payment are facts of their own.
        ("refunded", Some(true)) => Ok(Try::Captured { amount: money(payment)? }),
        // Authorised, never captured in time, given back by Razorpay itself.
        ("refunded", Some(false)) => Ok(Try::Released),
        ("refunded", None) => Err(Unheard("a refunded payment that does not say whether it was captured")),
        _ => Err(Unheard("a payment status that we do not know")),
    }
}

/// Whether refunds made of it are money of the merchant's. What was never captured was never the merchant's.
pub(super) fn was_captured(payment: &Entity) -> Result<bool, Unheard> {
    let captured = payment.said.read("/captured")? == Some(true);
    Ok(captured || payment.said.need_text("/status")? == "captured")
}

/// What a refund entity says.
///
/// Accepted, processed and failed are all dated by `created_at`, the one time that a refund carries: the same answer
/// is then the same fact however often we ask, and at one instant the core takes failure for the later word, which
/// is what it is: Razorpay knows `pending -> processed`, `pending -> failed` and perhaps `processed -> failed`.
pub(super) fn refund(refund: &Entity) -> Result<Report, Unheard> {
    let happened = match refund.said.need_text("/status")?.as_str() {
        "created" | "pending" => refund::Happened::Accepted,
        "processed" => refund::Happened::Processed,
        "failed" => refund::Happened::Failed,
        _ => return Err(Unheard("a refund status that we do not know")),
    };
    let about = RefundAbout {
        provider_refund: refund.id.clone(),
        provider_payment: refund.said.need_text("/payment_id")?,
        our_ref: our_refund(refund)?,
        amount: money(refund)?,
        bank_ref: bank_ref(&refund.said),
    };
    Ok(Report::Refund { about, fact: refund::Fact { at: Millis::from_secs(refund.created_at), happened } })
}

/// Our reference on a refund. Only a merchant's own call can write there, unlike a payment's notes, which checkout
/// takes from the payer's browser and which we therefore never read.
pub(super) fn our_refund(refund: &Entity) -> Result<Option<OurRef>, Unheard> {
    let noted = refund.said.shown("/notes/our_ref");
    Ok(refund.our_ref()?.or_else(|| answers::our_ref(noted.as_deref())))
}

/// The oldest of those that bear our reference. A call whose answer was lost may have been repeated: then there are
/// several, and every caller must find the same one.
pub(super) fn oldest(
    listed: Vec<Entity>,
    our_ref: OurRef,
    named: fn(&Entity) -> Result<Option<OurRef>, Unheard>,
) -> Result<Option<Entity>, Unheard> {
    let mut ours = Vec::new();
    for entity in listed {
        if named(&entity)? == Some(our_ref) {
            ours.push(entity);
        }
    }
    Ok(ours.into_iter().min_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id))))
}

pub(super) fn money(of: &Entity) -> Result<Money, Unheard> {
    let currency = of.currency.parse().map_err(|_| Unheard("a currency that we do not know"))?;
    let amount = Money::new(of.amount, currency);
    if amount.is_positive() { Ok(amount) } else { Err(Unheard("an amount that is not positive")) }
}

// ---- why it failed

fn failure(said: &Tree) -> Result<FailureReason, Unheard> {
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

fn detail(said: &Tree) -> Result<TryDetail, Unheard> {
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
