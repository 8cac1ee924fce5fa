//! What v1's words mean in ours: one match each, and nothing falls through to a success.
//!
//! A word that nobody has mapped is [`Unheard`]: no fact, and a person is told.

use super::wire::{Said, Transaction};
use crate::contract::{About, Report};
use crate::phonepe::meaning::{about, bank_reason, given_back, money, shown};
use crate::phonepe::times::dated;
use crate::reading::aside::Aside;
use crate::reading::doubt::Unheard;
use crate::reading::loose::Word;
use hundi_core::payment::{Try, TryDetail};
use hundi_core::{FailureReason, Method, refund};

/// What v1's code says, which decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Pending,
    Success,
    Failed,
}

/// `None` for codes that speak of the call and not of the transaction.
pub(super) fn outcome<T>(answer: &Said<T>, state: Option<&str>) -> Result<Option<Outcome>, Unheard> {
    match (answer.code.as_str(), state) {
        ("PAYMENT_SUCCESS", Some("COMPLETED")) if answer.success == Some(true) => Ok(Some(Outcome::Success)),
        // A payment that timed out can still be completed by its bank; nothing but the status may say otherwise.
        ("PAYMENT_INITIATED" | "PAYMENT_PENDING" | "TIMED_OUT", None | Some("PENDING")) => {
            Ok(Some(Outcome::Pending))
        }
        ("PAYMENT_ERROR" | "PAYMENT_DECLINED" | "PAYMENT_CANCELLED", None | Some("FAILED")) => {
            Ok(Some(Outcome::Failed))
        }
        (
            "PAYMENT_SUCCESS" | "PAYMENT_INITIATED" | "PAYMENT_PENDING" | "PAYMENT_ERROR"
            | "PAYMENT_DECLINED" | "PAYMENT_CANCELLED",
            _,
        ) => Err(Unheard("a code and a state that contradict each other")),
        _ => Ok(None),
    }
}

/// A payment. One without PhonePe's id was not tried, whatever became of its page.
pub(super) fn payment(
    transaction: &Transaction,
    outcome: Outcome,
    code: &str,
) -> Result<Vec<Report>, Unheard> {
    let named = transaction.merchant_transaction_id.as_deref().ok_or(Unheard("a payment without our id"))?;
    let Some(id) = transaction.transaction_id.as_deref() else {
        return match outcome {
            Outcome::Pending | Outcome::Failed => Ok(vec![]),
            Outcome::Success => Err(Unheard("a paid payment without an id")),
        };
    };
    let response = transaction.response_code.get().and_then(Word::text).unwrap_or(code);
    let what = match outcome {
        Outcome::Pending => Try::Started,
        Outcome::Success => {
            let minor = transaction.amount.ok_or(Unheard("a payment without an amount"))?;
            Try::Captured { amount: money(minor, None)? }
        }
        Outcome::Failed if code == "PAYMENT_CANCELLED" => {
            Try::Failed { reason: FailureReason::UserCancelled }
        }
        Outcome::Failed => Try::Failed { reason: bank_reason(response) },
    };
    let failed = outcome == Outcome::Failed;
    let detail = TryDetail {
        provider_code: failed.then(|| response.to_owned()),
        ..detail(&transaction.payment_instrument)
    };
    let about = About { provider_payment: Some(id.to_owned()), ..about(named) };
    Ok(vec![Report::tried(about, dated(&[id, named]), what, detail)])
}

fn detail(paid: &Aside) -> TryDetail {
    TryDetail {
        method: paid.text("type").map(|kind| match kind {
            "UPI" => Method::Upi,
            "CARD" => Method::Card,
            "NETBANKING" => Method::Netbanking,
            "WALLET" => Method::Wallet,
            _ => Method::Other,
        }),
        instrument: shown(paid.text("vpa"), paid),
        bank_ref: paid.first(&["utr", "brn", "bankTransactionId", "arn"]).map(str::to_owned),
        ..TryDetail::default()
    }
}

/// A refund, whose own id is our reference of it. `TIMED_OUT` says nothing final of a refund either.
pub(super) fn refund(
    transaction: &Transaction,
    outcome: Outcome,
    provider_payment: &str,
) -> Result<Report, Unheard> {
    let named = transaction.merchant_transaction_id.as_deref().ok_or(Unheard("a refund without our id"))?;
    let amount = transaction.amount.ok_or(Unheard("a refund without an amount"))?;
    let happened = match outcome {
        Outcome::Pending => refund::Happened::Accepted,
        Outcome::Success => refund::Happened::Processed,
        Outcome::Failed => refund::Happened::Failed,
    };
    let bank_ref = transaction.payment_instrument.text("utr");
    let at = dated(&[transaction.transaction_id.as_deref().unwrap_or_default(), named]);
    Ok(given_back((named, provider_payment), money(amount, None)?, bank_ref, refund::Fact { at, happened }))
}
