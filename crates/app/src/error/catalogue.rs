//! The list of all error codes, as developers read it: each with an example of its sentence and with what to do.
//!
//! Made from the errors themselves, so that page and server cannot disagree. A new variant needs its advice here, and
//! an example, or a test fails.

use super::Error;
use crate::limits::{Limit, Rule, Standing};
use hundi_core::{order, payment};
use hundi_store::DbError;

/// One code of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub code: &'static str,
    pub status: u16,
    /// The same request may succeed later, with the same idempotency key.
    pub retryable: bool,
    /// The field that it points to: its name, or nothing where there is none or it depends.
    pub param: Option<String>,
    /// An example of what people read.
    pub sentence: String,
    /// For the program that meets it.
    pub advice: &'static str,
    /// Only the console shows it.
    pub console_only: bool,
}

/// Every code once, in the order of its status.
pub fn catalogue() -> Vec<Entry> {
    let mut all: Vec<Entry> = Vec::new();
    for error in examples() {
        if all.iter().all(|entry| entry.code != error.code()) {
            all.push(entry(&error));
        }
    }
    all.sort_by_key(|entry| (entry.console_only, entry.status, entry.code));
    all
}

fn entry(error: &Error) -> Entry {
    let depends = matches!(error, Error::Invalid { .. } | Error::UnknownVersion { .. });
    Entry {
        code: error.code(),
        status: error.status(),
        retryable: error.retryable(),
        param: error.param().filter(|_| !depends).map(str::to_owned),
        sentence: error.sentence(),
        advice: advice(error),
        console_only: matches!(error, Error::SignInRefused | Error::NotAllowed | Error::ProofUnavailable),
    }
}

const fn advice(error: &Error) -> &'static str {
    match error {
        Error::Db(DbError::Unavailable(_) | DbError::Conflict(_)) => {
            "Repeat the request after `Retry-After`, with the same `Idempotency-Key`."
        }
        Error::Db(DbError::CommitUnknown) => {
            "It may have been done. Repeat it with the same `Idempotency-Key`; without one, look at the list first."
        }
        Error::Db(DbError::Broken(_) | DbError::Bug(_)) | Error::Sealed | Error::Bug(_) => {
            "Report the `request_id`. It may have been done: look before you repeat it without an `Idempotency-Key`."
        }
        Error::NotFound { .. } => "Check the id, and that the key is of the same merchant and mode.",
        Error::Invalid { .. } => "Mend the field that `param` names; `message` says what would be right.",
        Error::UnknownVersion { .. } => "Send one of the dates in `message`, or leave it out.",
        Error::Unreadable { .. } => "Send one JSON object in UTF-8, or percent-encoded parameters.",
        Error::MethodNotAllowed => "Use one of the methods in `Allow`.",
        Error::BodyTooLarge { .. } => "Send less.",
        Error::NotJson => "Send `Content-Type: application/json` and no `Content-Encoding`.",
        Error::OrderCannotBePaid { .. } => "Read the order. If it is paid, fulfil it; else create another.",
        Error::OrderCannotBeCancelled { .. } => "Read the order. To give money back, refund its payment.",
        Error::PaymentInProgress => {
            "Capture or cancel the payment that is held; one that is being opened is ready in a moment."
        }
        Error::PaymentInDoubt => {
            "Don't charge again. Wait for `payment.doubt_resolved`, or `POST /payments/{id}/check`."
        }
        Error::NoConnection { .. } => "Connect or enable a provider account, or ask for another `flow`.",
        Error::ConnectionDisabled => "Enable it in the console, or leave `connection_id` out.",
        Error::NotThePlatform => {
            "Use a key of the platform's own merchant; the operator names it: `hundi fallback platform`."
        }
        Error::FallbackStands => "Withdraw what stands, then offer another connection.",
        Error::EndpointDisabled => "`PATCH` it with `status` `enabled`, then send it again.",
        Error::AmountOutsideLimits { .. } => "Change the connection's limits in the console, or the amount.",
        Error::CurrencyNotOffered => "Use a connection of a provider that takes the currency.",
        Error::PaymentCannotBeCaptured { .. } => {
            "Read the payment: it is captured already, released or over."
        }
        Error::PaymentCannotBeCancelled { .. } => "Read the payment. Captured money goes back by a refund.",
        Error::CaptureNotWhole => "Leave `amount` out, capture, and refund what is too much.",
        Error::CaptureExceedsHeld { .. } => "Leave `amount` out to take all that is held, or send less.",
        Error::PaymentCannotBeRetried { .. } => {
            "Read the payment. One that is open is gone on with; one that was captured needs no other."
        }
        Error::RetriesUsedUp { .. } | Error::RetryWindowPassed { .. } => {
            "Create another order. The operator sets the limits: `retries_max` and `retry_hours_max`."
        }
        Error::PaymentNotRefundable { .. } => {
            "Read the payment. Only captured money can be refunded; an authorised payment is cancelled."
        }
        Error::RefundExceedsCaptured { .. } => {
            "Refund less. Refunds that are under way count; so do disputes and those made at the provider."
        }
        Error::RefundWindowPassed => "Pay the customer back another way.",
        Error::RefundsNotOffered => "Refund at the provider, or pay the customer back another way.",
        Error::BalanceNotOffered => {
            "Read your own book instead: GET /api/v1/balances says what the provider still owes you."
        }
        Error::SweepNotOffered => "Check single payments instead: POST /api/v1/payments/{id}/check.",
        Error::SavedNotOffered => {
            "Use a connection whose provider keeps methods, and whose account it switched on for that."
        }
        Error::MethodOfAnother => "Create the order with the `customer_id` whose method it is.",
        Error::ProviderRefused { .. } => {
            "Nothing was done. Look at the payment in the console, mend the cause, and send it again."
        }
        Error::KeyInFlight => "Wait for `Retry-After` and repeat it unchanged: the first one's answer comes.",
        Error::KeyReused => "Use a new key for each new request; repeat a request byte for byte.",
        Error::ScopeMissing { .. } => "Use a key that has the scope, or have one made.",
        Error::KeyEnded => "Rotate the key that took its place, or make another.",
        Error::WrongCredentials | Error::NoCredentials => {
            "Send one credential in one form. Make a new key if this one is lost."
        }
        Error::SignInRefused => "Try again later, or have the password set anew.",
        Error::NotAllowed => "Ask an administrator.",
        Error::AccountConnectedTwice => "Use the connection that there is.",
        Error::TestFailed { .. } => "Check the credentials at the provider.",
        Error::EndpointAddressRefused { .. } => {
            "Use a public https address without user name; in test mode, one that the server's operator allows (`allow`). \
             To hear of events on your own machine, run `hundi listen`."
        }
        Error::LimitReached { .. } => "Delete what is no longer needed.",
        Error::ProvidersDown => "Offer to pay later, or name a connection to try it all the same.",
        Error::ProofUnavailable => "Send the message again later.",
        Error::TooMany { .. } => "Wait a moment.",
        Error::TestModeOnly => "Use a test key: in live mode payers decide for themselves.",
        Error::NotSimulated => {
            "Name a connection whose provider the operator put a simulator in place of, or leave the headers out."
        }
        Error::RateLimited(_) => {
            "Wait for `Retry-After`, then repeat it with the same `Idempotency-Key`: nothing was done."
        }
    }
}

/// At least one error of each variant.
fn examples() -> Vec<Error> {
    let text = str::to_owned;
    vec![
        Error::Db(DbError::Unavailable(text("busy"))),
        Error::Db(DbError::CommitUnknown),
        Error::Db(DbError::Broken(text("broken"))),
        Error::Sealed,
        Error::Bug(text("a bug")),
        Error::NotFound { what: "order" },
        Error::invalid("amount", "Send minor units from 1 to 1000000000000."),
        Error::UnknownVersion { param: "Hundi-Version" },
        Error::Unreadable { message: text("The body is not valid JSON.") },
        Error::MethodNotAllowed,
        Error::BodyTooLarge { bytes_max: 65_536 },
        Error::NotJson,
        Error::OrderCannotBePaid { status: order::Status::Paid },
        Error::OrderCannotBeCancelled { status: order::Status::Paid },
        Error::PaymentInProgress,
        Error::PaymentInDoubt,
        Error::NoConnection { flow: text("upi_intent") },
        Error::ConnectionDisabled,
        Error::NotThePlatform,
        Error::FallbackStands,
        Error::EndpointDisabled,
        Error::AmountOutsideLimits { min: text("₹10.00"), max: text("₹5,00,000.00") },
        Error::CurrencyNotOffered,
        Error::PaymentCannotBeCaptured { status: payment::Status::Captured },
        Error::PaymentCannotBeCancelled { status: payment::Status::Captured },
        Error::CaptureNotWhole,
        Error::CaptureExceedsHeld { held: text("₹999.00") },
        Error::PaymentCannotBeRetried { status: payment::Status::Captured },
        Error::RetriesUsedUp { max: 3 },
        Error::RetryWindowPassed { hours: 24 },
        Error::PaymentNotRefundable { status: payment::Status::Pending },
        Error::RefundExceedsCaptured { refundable: text("₹999.00") },
        Error::RefundWindowPassed,
        Error::RefundsNotOffered,
        Error::SweepNotOffered,
        Error::BalanceNotOffered,
        Error::SavedNotOffered,
        Error::MethodOfAnother,
        Error::ProviderRefused { why: text("it could not be reached") },
        Error::KeyInFlight,
        Error::KeyReused,
        Error::ScopeMissing { scope: "connections:write" },
        Error::KeyEnded,
        Error::WrongCredentials,
        Error::NoCredentials,
        Error::SignInRefused,
        Error::NotAllowed,
        Error::AccountConnectedTwice,
        Error::TestFailed { why: "unauthorized", sentence: text("The provider does not accept this key.") },
        Error::EndpointAddressRefused { why: text("the address must begin with https://") },
        Error::LimitReached { what: "endpoints", max: 20 },
        Error::ProvidersDown,
        Error::ProofUnavailable,
        Error::TooMany { what: "sign-ins at once" },
        Error::TestModeOnly,
        Error::NotSimulated,
        Error::RateLimited(Standing {
            rule: Rule::Requests,
            limit: Limit { turns: 100, per_ms: 60_000 },
            remaining: 0,
            wait_ms: 12_000,
        }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The codes as they stand in the source of `code()`.
    #[test]
    fn every_code_is_listed() {
        let source = include_str!("../error.rs");
        let from = source.find("const fn code(").expect("it is there");
        let to = from + source[from..].find("const fn status(").expect("it comes next");
        let codes: BTreeSet<&str> = source[from..to].split('"').skip(1).step_by(2).collect();
        let listed: BTreeSet<&str> = catalogue().iter().map(|entry| entry.code).collect();
        assert_eq!(listed, codes);
        assert!(codes.len() > 30);
    }

    #[test]
    fn sentences_and_advice_are_sentences() {
        for entry in catalogue() {
            assert!(entry.advice.ends_with('.'), "{entry:?}");
            assert!((400..600).contains(&entry.status), "{entry:?}");
        }
    }
}
