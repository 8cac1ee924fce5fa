//! What v2's words mean in ours: one match each, and nothing falls through to a success.
//!
//! A word that nobody has mapped is [`Unheard`]: no fact, and a person is told.

use super::wire::{Attempt, Order, Refund};
use crate::contract::{About, Report};
use crate::phonepe::meaning::{about, bank_reason, given_back, money, shown};
use crate::phonepe::times::dated;
use crate::reading::doubt::{Told, Unheard};
use crate::reading::loose::{Loose, Word};
use hundi_core::payment::{Fact, Happened, Try, TryDetail};
use hundi_core::{FailureReason, Method, Millis, refund};

// ---- an order and its attempts

/// How an order stands as a whole. Only this decides whether it is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Open,
    Completed,
    /// Failed, or its time ran out.
    Over,
}

pub(super) fn standing(state: &str) -> Result<Standing, Unheard> {
    match state {
        // One page shows CREATED, the SDK's tests EXPIRED; neither is in the list of states.
        "PENDING" | "CREATED" => Ok(Standing::Open),
        "COMPLETED" => Ok(Standing::Completed),
        "FAILED" | "EXPIRED" => Ok(Standing::Over),
        _ => Err(Unheard("an order state that we do not know")),
    }
}

/// Everything that an order says of its attempts.
pub(super) fn order(order: &Order, named: &str) -> Result<Vec<Report>, Unheard> {
    let standing = standing(&order.state)?;
    let currency = order.currency.as_deref();
    let attempts = order.payment_details.as_deref().unwrap_or_default();
    let mut told = Told::default();
    for attempt in attempts {
        told.add(tried(attempt, standing, currency).map(|what| reported(attempt, what, named)));
    }
    let paid = |a: &Attempt| a.state == "COMPLETED";
    if standing == Standing::Completed && !attempts.iter().any(paid) {
        return Err(Unheard("a completed order without a completed attempt"));
    }
    told.into_reports()
}

fn tried(attempt: &Attempt, standing: Standing, currency: Option<&str>) -> Result<Try, Unheard> {
    match (attempt.state.as_str(), standing) {
        ("PENDING", _) => Ok(Try::Started),
        ("FAILED", _) => Ok(Try::Failed { reason: failure(attempt) }),
        ("COMPLETED", Standing::Completed) => {
            Ok(Try::Captured { amount: money(attempt.amount, attempt.currency.as_deref().or(currency))? })
        }
        // Only the order's own state says that it is paid.
        ("COMPLETED", Standing::Open) => Ok(Try::Started),
        ("COMPLETED", Standing::Over) => Err(Unheard("a completed attempt of an order that failed")),
        _ => Err(Unheard("an attempt state that we do not know")),
    }
}

/// Dated by the attempt's own time on every road, so that a webhook and a poll are the same fact.
fn reported(attempt: &Attempt, what: Try, named: &str) -> Report {
    let at = attempt.timestamp.map(Millis).unwrap_or_else(|| dated(&[&attempt.transaction_id, named]));
    let about = About { provider_payment: Some(attempt.transaction_id.clone()), ..about(named) };
    Report::tried(about, at, what, detail(attempt))
}

/// It is there: all that an order without attempts says, and cause enough to ask.
pub(super) fn exists(named: &str, id: &str) -> Report {
    Report::Payment {
        about: about(named),
        fact: Fact { at: dated(&[id, named]), happened: Happened::Opened },
    }
}

/// `errorCode` is coarse and `detailedErrorCode` is the bank's; both lists are open.
fn failure(attempt: &Attempt) -> FailureReason {
    match (said(&attempt.error_code), said(&attempt.detailed_error_code)) {
        (Some("TXN_NOT_COMPLETED"), _) => FailureReason::TimedOut,
        (_, Some(code)) | (Some(code), None) => bank_reason(code),
        (None, None) => FailureReason::Unrecognised,
    }
}

fn detail(attempt: &Attempt) -> TryDetail {
    let (rail, instrument) = (&attempt.rail, &attempt.instrument);
    let of_bank = || instrument.first(&["brn", "bankTransactionId", "arn"]);
    let bank_ref = rail.text("utr").or_else(of_bank).or_else(|| rail.text("upiTransactionId"));
    let code = said(&attempt.detailed_error_code).or_else(|| said(&attempt.error_code));
    TryDetail {
        method: method(attempt),
        instrument: shown(rail.text("vpa"), instrument),
        bank_ref: bank_ref.map(str::to_owned),
        provider_code: code.map(str::to_owned),
        quoted_fee: None,
        quoted_tax: None,
    }
}

/// Paid from a wallet by the app, an attempt still has a UPI mode: the instrument tells.
fn method(attempt: &Attempt) -> Option<Method> {
    if matches!(attempt.instrument.text("type"), Some("WALLET" | "EGV")) {
        return Some(Method::Wallet);
    }
    said(&attempt.payment_mode).map(|mode| match mode {
        "UPI_INTENT" | "UPI_COLLECT" | "UPI_QR" | "PPE_INTENT" | "UPI_AUTO_PAY" => Method::Upi,
        "CARD" | "TOKEN" => Method::Card,
        "NET_BANKING" => Method::Netbanking,
        _ => Method::Other,
    })
}

fn said(word: &Option<Loose<Word>>) -> Option<&str> {
    Loose::of(word.as_ref()).and_then(Word::text)
}

// ---- a refund

/// Dated by PhonePe's id of it, the one time that all roads share. At one instant failure is the later word, which is
/// what it is: `PENDING -> CONFIRMED -> COMPLETED | FAILED`.
pub(super) fn refund(refund: &Refund, named: &str, provider_payment: &str) -> Result<Report, Unheard> {
    let happened = match refund.state.as_str() {
        "PENDING" | "CONFIRMED" => refund::Happened::Accepted,
        "COMPLETED" => refund::Happened::Processed,
        "FAILED" => refund::Happened::Failed,
        _ => return Err(Unheard("a refund state that we do not know")),
    };
    let attempt = Loose::of(refund.payment_details.as_ref()).and_then(|list| list.first());
    let id = refund.refund_id.as_deref().or_else(|| attempt?.text("transactionId"));
    let at = dated(&[id.unwrap_or_default(), named]);
    let bank_ref = attempt.and_then(|attempt| attempt.at("rail").text("utr"));
    let amount = money(refund.amount, refund.currency.as_deref())?;
    Ok(given_back((named, provider_payment), amount, bank_ref, refund::Fact { at, happened }))
}
