//! What PhonePe's words mean in ours: one match each, and nothing falls through to a success.
//!
//! A word that nobody has mapped is [`Unheard`]: no fact, and a person is told.

use super::times::dated;
use super::wire::{Attempt, Order, Refund, V1Answer, V1Paid, V1Transaction};
use crate::contract::{About, RefundAbout, Report};
use crate::reading::answers::{masked_number, masked_vpa};
use crate::reading::doubt::Told;
pub(super) use crate::reading::doubt::Unheard;
use crate::reading::loose::Loose;
use hundi_core::payment::{Fact, Happened, Try, TryDetail};
use hundi_core::{Currency, FailureReason, Method, Millis, Money, refund};

// ---- v2: an order and its attempts

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

/// An order is named by the merchant's own id, in both APIs.
pub(super) fn about(named: &str) -> About {
    About { provider_order: Some(named.to_owned()), our_ref: named.parse().ok(), provider_payment: None }
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
    let code = Loose::of(attempt.error_code.as_ref()).map(String::as_str);
    let detailed = Loose::of(attempt.detailed_error_code.as_ref()).map(String::as_str);
    match (code, detailed) {
        (Some("TXN_NOT_COMPLETED"), _) => FailureReason::TimedOut,
        (_, Some(detailed)) => bank_reason(detailed),
        (Some(code), None) => bank_reason(code),
        (None, None) => FailureReason::Unrecognised,
    }
}

/// UPI response codes, as NPCI's error list names them, and PhonePe's own words.
pub(super) fn bank_reason(code: &str) -> FailureReason {
    use FailureReason as F;
    match code {
        "ZM" | "Z6" | "AUTHORIZATION_ERROR" | "INVALID_MPIN" => F::AuthenticationFailed,
        "Z9" => F::InsufficientFunds,
        "Z8" | "Z7" => F::LimitExceeded,
        "ZA" | "ZD" => F::UserCancelled,
        "U69" | "TXN_NOT_COMPLETED" => F::TimedOut,
        "U28" | "XY" => F::BankDown,
        "XB" | "XC" | "ZH" => F::InstrumentInvalid,
        "YE" | "YF" => F::InstrumentBlocked,
        "U30" => F::DeclinedByBank,
        _ => F::Unrecognised,
    }
}

fn detail(attempt: &Attempt) -> TryDetail {
    let (rail, instrument) = (Loose::of(attempt.rail.as_ref()), Loose::of(attempt.instrument.as_ref()));
    let code = Loose::of(attempt.detailed_error_code.as_ref()).or(Loose::of(attempt.error_code.as_ref()));
    let bank_refs = [
        rail.and_then(|r| r.utr.as_ref()),
        instrument.and_then(|i| i.brn.as_ref()),
        instrument.and_then(|i| i.bank_transaction_id.as_ref()),
        instrument.and_then(|i| i.arn.as_ref()),
        rail.and_then(|r| r.upi_transaction_id.as_ref()),
    ];
    let vpa = || rail.and_then(|r| r.vpa.as_deref()).map(masked_vpa);
    let card = || {
        let i = instrument?;
        let label = i.card_network.as_deref().unwrap_or("Card");
        i.masked_card_number.as_deref().and_then(|number| masked_number(label, number))
    };
    let account = || instrument?.masked_account_number.as_deref().and_then(|n| masked_number("Account", n));
    let bank = || instrument?.bank_id.clone();
    TryDetail {
        method: method(attempt, instrument.and_then(|i| i.kind.as_deref())),
        instrument: vpa().or_else(card).or_else(account).or_else(bank),
        bank_ref: first(&bank_refs),
        provider_code: code.cloned(),
        quoted_fee: None,
        quoted_tax: None,
    }
}

/// Paid from a wallet by the app, an attempt still has a UPI mode: the instrument tells.
fn method(attempt: &Attempt, instrument: Option<&str>) -> Option<Method> {
    if matches!(instrument, Some("WALLET" | "EGV")) {
        return Some(Method::Wallet);
    }
    Loose::of(attempt.payment_mode.as_ref()).map(|mode| match mode.as_str() {
        "UPI_INTENT" | "UPI_COLLECT" | "UPI_QR" | "PPE_INTENT" | "UPI_AUTO_PAY" => Method::Upi,
        "CARD" | "TOKEN" => Method::Card,
        "NET_BANKING" => Method::Netbanking,
        _ => Method::Other,
    })
}

// ---- v1: one transaction, a payment or a refund

/// What v1's code says, which decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Pending,
    Success,
    Failed,
}

/// `None` for codes that speak of the call and not of the transaction.
pub(super) fn outcome<T>(answer: &V1Answer<T>, state: Option<&str>) -> Result<Option<Outcome>, Unheard> {
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
pub(super) fn v1_payment(
    transaction: &V1Transaction,
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
    let response = Loose::of(transaction.response_code.as_ref()).map_or(code, String::as_str);
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
    let paid = Loose::of(transaction.payment_instrument.as_ref());
    let detail = TryDetail {
        provider_code: failed.then(|| response.to_owned()),
        ..paid.map(v1_detail).unwrap_or_default()
    };
    let about = About { provider_payment: Some(id.to_owned()), ..about(named) };
    Ok(vec![Report::tried(about, dated(&[id, named]), what, detail)])
}

fn v1_detail(paid: &V1Paid) -> TryDetail {
    let vpa = || paid.vpa.as_deref().map(masked_vpa);
    let account = || paid.masked_account_number.as_deref().and_then(|n| masked_number("Account", n));
    let refs = [&paid.utr, &paid.brn, &paid.bank_transaction_id, &paid.arn].map(Option::as_ref);
    TryDetail {
        method: paid.kind.as_deref().map(|kind| match kind {
            "UPI" => Method::Upi,
            "CARD" => Method::Card,
            "NETBANKING" => Method::Netbanking,
            "WALLET" => Method::Wallet,
            _ => Method::Other,
        }),
        instrument: vpa().or_else(account).or_else(|| paid.bank_id.clone()),
        bank_ref: first(&refs),
        ..TryDetail::default()
    }
}

/// A refund, whose own id is our reference of it. `TIMED_OUT` says nothing final of a refund either.
pub(super) fn v1_refund(
    transaction: &V1Transaction,
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
    let bank_ref = Loose::of(transaction.payment_instrument.as_ref()).and_then(|p| p.utr.clone());
    let at = dated(&[transaction.transaction_id.as_deref().unwrap_or_default(), named]);
    Ok(given_back((named, provider_payment), money(amount, None)?, bank_ref, refund::Fact { at, happened }))
}

// ---- v2: a refund

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
    let id = refund.refund_id.as_deref().or_else(|| attempt?.transaction_id.as_deref());
    let at = dated(&[id.unwrap_or_default(), named]);
    let bank_ref = attempt.and_then(|a| Loose::of(a.rail.as_ref())).and_then(|rail| rail.utr.clone());
    let amount = money(refund.amount, refund.currency.as_deref())?;
    Ok(given_back((named, provider_payment), amount, bank_ref, refund::Fact { at, happened }))
}

fn given_back(
    (named, provider_payment): (&str, &str),
    amount: Money,
    bank_ref: Option<String>,
    fact: refund::Fact,
) -> Report {
    let about = RefundAbout {
        provider_refund: named.to_owned(),
        provider_payment: provider_payment.to_owned(),
        our_ref: named.parse().ok(),
        amount,
        bank_ref,
    };
    Report::Refund { about, fact }
}

// ---- all

/// All amounts are rupees unless one says otherwise: newer answers name their currency.
pub(super) fn money(minor: i64, currency: Option<&str>) -> Result<Money, Unheard> {
    let currency = currency.map_or(Ok(Currency::INR), str::parse);
    let amount = Money::new(minor, currency.map_err(|_| Unheard("a currency that we do not know"))?);
    if amount.is_positive() { Ok(amount) } else { Err(Unheard("an amount that is not positive")) }
}

fn first(refs: &[Option<&String>]) -> Option<String> {
    refs.iter().flatten().find(|r| !r.is_empty()).map(|r| (*r).clone())
}
