//! Every refusal a caller can meet, in one catalogue: its code, its HTTP status, its sentence.
//!
//! One enum for all use cases, because they share most of their refusals, and because the API's error codes are one
//! list that callers program against. Named by the rule each protects.

mod catalogue;

pub use catalogue::{Entry, catalogue};

use crate::limits::Standing;
use hundi_core::Version;
use hundi_core::order;
use hundi_core::payment;
use hundi_providers::{CallError, ReasonKind};
use hundi_store::{DbError, TxError};

/// Why a use case did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    Db(DbError),
    NotFound {
        what: &'static str,
    },
    /// A field is not acceptable. `param` is its path.
    Invalid {
        param: String,
        message: String,
    },
    /// A date at which nothing changed.
    UnknownVersion {
        param: &'static str,
    },
    /// The request as a whole cannot be read.
    Unreadable {
        message: String,
    },
    MethodNotAllowed,
    BodyTooLarge {
        bytes_max: usize,
    },
    NotJson,
    OrderCannotBePaid {
        status: order::Status,
    },
    OrderCannotBeCancelled {
        status: order::Status,
    },
    /// Another payment of this order is held or being opened, and the merchant voids what stands beside another.
    PaymentInProgress,
    /// Another payment of this order may have been charged.
    PaymentInDoubt,
    NoConnection {
        flow: String,
    },
    ConnectionDisabled,
    /// Only the platform's own merchant lends its account.
    NotThePlatform,
    /// The platform's account is offered to this merchant already.
    FallbackStands,
    /// Nothing is sent to a disabled endpoint.
    EndpointDisabled,
    AmountOutsideLimits {
        min: String,
        max: String,
    },
    CurrencyNotOffered,
    PaymentCannotBeCaptured {
        status: payment::Status,
    },
    PaymentCannotBeCancelled {
        status: payment::Status,
    },
    CaptureNotWhole,
    CaptureExceedsHeld {
        held: String,
    },
    /// Only what ended without money is tried again.
    PaymentCannotBeRetried {
        status: payment::Status,
    },
    RetriesUsedUp {
        max: usize,
    },
    RetryWindowPassed {
        hours: i64,
    },
    PaymentNotRefundable {
        status: payment::Status,
    },
    RefundExceedsCaptured {
        refundable: String,
    },
    RefundWindowPassed,
    RefundsNotOffered,
    /// The provider has no lists to read.
    SweepNotOffered,
    /// The provider tells nobody what stands on an account.
    BalanceNotOffered,
    /// This connection does not charge saved methods.
    SavedNotOffered,
    /// The saved method is another customer's than the order's.
    MethodOfAnother,
    /// The provider surely did nothing.
    ProviderRefused {
        why: String,
    },
    KeyInFlight,
    KeyReused,
    /// The API key is right and may not do this.
    ScopeMissing {
        scope: &'static str,
    },
    /// The API key was revoked or replaced, or has expired.
    KeyEnded,
    WrongCredentials,
    /// None at all. Whoever has a key and sends it where nobody looks learns so.
    NoCredentials,
    SignInRefused,
    NotAllowed,
    AccountConnectedTwice,
    TestFailed {
        why: &'static str,
        sentence: String,
    },
    EndpointAddressRefused {
        why: String,
    },
    /// More of something than one merchant may have. Waiting does not help.
    LimitReached {
        what: &'static str,
        max: usize,
    },
    /// Every connection that would fit has had too much go wrong lately.
    ProvidersDown,
    /// A message's proof could not be checked now. Whoever sent it should send it again.
    ProofUnavailable,
    /// More at one time than this server takes.
    TooMany {
        what: &'static str,
    },
    /// What only tests may ask for.
    TestModeOnly,
    /// What only a simulated provider can do.
    NotSimulated,
    /// So many may be done in a while, and were. It may be done again later.
    RateLimited(Standing),
    /// A sealed secret cannot be opened: wrong master key, or a ciphertext that was moved.
    Sealed,
    Bug(String),
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl TxError for Error {
    fn as_db(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}

impl Error {
    pub fn invalid(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { param: param.into(), message: message.into() }
    }

    /// Stable, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Db(DbError::Unavailable(_) | DbError::Conflict(_)) => "temporarily_unavailable",
            Self::Db(DbError::CommitUnknown) => "outcome_unknown",
            Self::Db(DbError::Broken(_) | DbError::Bug(_)) | Self::Sealed | Self::Bug(_) => "internal_error",
            Self::NotFound { .. } => "not_found",
            Self::Invalid { .. } => "invalid_field",
            Self::UnknownVersion { .. } => "unknown_version",
            Self::Unreadable { .. } => "unreadable_request",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::BodyTooLarge { .. } => "body_too_large",
            Self::NotJson => "unsupported_media_type",
            Self::OrderCannotBePaid { .. } => "order_cannot_be_paid",
            Self::OrderCannotBeCancelled { .. } => "order_cannot_be_cancelled",
            Self::PaymentInProgress => "payment_in_progress",
            Self::PaymentInDoubt => "payment_in_doubt",
            Self::NoConnection { .. } => "no_connection",
            Self::ConnectionDisabled => "connection_disabled",
            Self::NotThePlatform => "not_the_platform",
            Self::FallbackStands => "fallback_stands",
            Self::EndpointDisabled => "endpoint_disabled",
            Self::AmountOutsideLimits { .. } => "amount_outside_limits",
            Self::CurrencyNotOffered => "currency_not_offered",
            Self::PaymentCannotBeCaptured { .. } => "payment_cannot_be_captured",
            Self::PaymentCannotBeCancelled { .. } => "payment_cannot_be_cancelled",
            Self::CaptureNotWhole => "capture_not_whole",
            Self::CaptureExceedsHeld { .. } => "capture_exceeds_held",
            Self::PaymentCannotBeRetried { .. } => "payment_cannot_be_retried",
            Self::RetriesUsedUp { .. } => "retries_used_up",
            Self::RetryWindowPassed { .. } => "retry_window_passed",
            Self::PaymentNotRefundable { .. } => "payment_not_refundable",
            Self::RefundExceedsCaptured { .. } => "refund_exceeds_captured",
            Self::RefundWindowPassed => "refund_window_passed",
            Self::RefundsNotOffered => "refunds_not_offered",
            Self::SweepNotOffered => "sweep_not_offered",
            Self::BalanceNotOffered => "balance_not_offered",
            Self::SavedNotOffered => "saved_methods_not_offered",
            Self::MethodOfAnother => "saved_method_of_another",
            Self::ProviderRefused { .. } => "provider_refused",
            Self::KeyInFlight => "idempotency_key_in_flight",
            Self::KeyReused => "idempotency_key_reused",
            Self::ScopeMissing { .. } => "scope_missing",
            Self::KeyEnded => "key_ended",
            Self::WrongCredentials | Self::NoCredentials => "wrong_credentials",
            Self::SignInRefused => "sign_in_refused",
            Self::NotAllowed => "not_allowed",
            Self::AccountConnectedTwice => "account_connected_twice",
            Self::TestFailed { .. } => "connection_test_failed",
            Self::EndpointAddressRefused { .. } => "endpoint_address_refused",
            Self::LimitReached { .. } => "limit_reached",
            Self::ProvidersDown => "providers_down",
            Self::ProofUnavailable => "proof_unavailable",
            Self::TooMany { .. } => "too_many",
            Self::TestModeOnly => "test_mode_only",
            Self::NotSimulated => "not_simulated",
            Self::RateLimited(_) => "rate_limited",
        }
    }

    pub const fn status(&self) -> u16 {
        match self {
            Self::Db(DbError::Unavailable(_) | DbError::Conflict(_) | DbError::CommitUnknown) => 503,
            Self::Db(DbError::Broken(_) | DbError::Bug(_)) | Self::Sealed | Self::Bug(_) => 500,
            Self::NotFound { .. } => 404,
            Self::Invalid { .. }
            | Self::UnknownVersion { .. }
            | Self::Unreadable { .. }
            | Self::EndpointAddressRefused { .. } => 400,
            Self::MethodNotAllowed => 405,
            Self::BodyTooLarge { .. } => 413,
            Self::NotJson => 415,
            Self::WrongCredentials | Self::NoCredentials | Self::SignInRefused => 401,
            Self::NotAllowed | Self::ScopeMissing { .. } | Self::NotThePlatform => 403,
            Self::OrderCannotBePaid { .. }
            | Self::OrderCannotBeCancelled { .. }
            | Self::PaymentInProgress
            | Self::PaymentInDoubt
            | Self::PaymentCannotBeCaptured { .. }
            | Self::PaymentCannotBeCancelled { .. }
            | Self::PaymentCannotBeRetried { .. }
            | Self::KeyInFlight
            | Self::KeyEnded
            | Self::FallbackStands
            | Self::AccountConnectedTwice => 409,
            Self::NoConnection { .. }
            | Self::TestFailed { .. }
            | Self::ConnectionDisabled
            | Self::EndpointDisabled
            | Self::AmountOutsideLimits { .. }
            | Self::CurrencyNotOffered
            | Self::TestModeOnly
            | Self::NotSimulated
            | Self::CaptureNotWhole
            | Self::CaptureExceedsHeld { .. }
            | Self::RetriesUsedUp { .. }
            | Self::RetryWindowPassed { .. }
            | Self::PaymentNotRefundable { .. }
            | Self::RefundExceedsCaptured { .. }
            | Self::RefundWindowPassed
            | Self::RefundsNotOffered
            | Self::SweepNotOffered
            | Self::BalanceNotOffered
            | Self::SavedNotOffered
            | Self::MethodOfAnother
            | Self::LimitReached { .. }
            | Self::KeyReused => 422,
            Self::ProvidersDown | Self::ProofUnavailable => 503,
            Self::TooMany { .. } | Self::RateLimited(_) => 429,
            Self::ProviderRefused { .. } => 502,
        }
    }

    /// For the log: what happened inside, which callers never see. Holds no argument's value.
    pub fn to_log(&self) -> String {
        match self {
            Self::Db(error) => error.to_string(),
            Self::Bug(what) => format!("bug: {what}"),
            Self::Sealed => "a sealed secret does not open".into(),
            other => other.code().to_owned(),
        }
    }

    /// Whether the same request may succeed later, with the same idempotency key.
    pub const fn retryable(&self) -> bool {
        matches!(self.status(), 503 | 429) || matches!(self, Self::KeyInFlight)
    }

    /// The field it is about.
    pub fn param(&self) -> Option<&str> {
        match self {
            Self::Invalid { param, .. } => Some(param),
            Self::UnknownVersion { param } => Some(param),
            Self::RefundExceedsCaptured { .. }
            | Self::AmountOutsideLimits { .. }
            | Self::CaptureNotWhole
            | Self::CaptureExceedsHeld { .. } => Some("amount"),
            Self::CurrencyNotOffered => Some("currency"),
            Self::MethodOfAnother => Some("method"),
            Self::EndpointAddressRefused { .. } => Some("url"),
            _ => None,
        }
    }

    /// For people: what happened, then what to do. Never an inner message.
    pub fn sentence(&self) -> String {
        match self {
            Self::Db(DbError::Unavailable(_) | DbError::Conflict(_)) => {
                "The server is busy or its database does not answer. Nothing was changed; try again.".into()
            }
            Self::Db(DbError::CommitUnknown) => {
                "The answer was lost on the way. Repeat the request with the same Idempotency-Key.".into()
            }
            Self::Db(_) | Self::Sealed | Self::Bug(_) => {
                "Something is wrong on our side. Quote the request id when you report it.".into()
            }
            Self::NotFound { what } => format!("There is no such {what}."),
            Self::Invalid { message, .. } | Self::Unreadable { message } => message.clone(),
            Self::UnknownVersion { .. } => {
                let dates = Version::ALL.map(Version::as_str).join(", ");
                format!("There is no version of this date. The versions are {dates}.")
            }
            Self::MethodNotAllowed => "This address does not take this method; Allow names those it takes.".into(),
            Self::BodyTooLarge { bytes_max } => format!("The body may have up to {bytes_max} bytes."),
            Self::NotJson => {
                "Send JSON in UTF-8, uncompressed, with the header Content-Type: application/json.".into()
            }
            Self::OrderCannotBePaid { status } => format!("This order is {}: it cannot be paid.", status.as_str()),
            Self::OrderCannotBeCancelled { status } => {
                format!("This order is {}: it cannot be cancelled.", status.as_str())
            }
            Self::PaymentInProgress => {
                "A payment of this order is being opened, or the bank holds its money. Cancel it first, or wait until it ends."
                    .into()
            }
            Self::PaymentInDoubt => {
                "A payment of this order may have been charged; we are asking the provider. Don't charge again.".into()
            }
            Self::NoConnection { flow } => {
                format!("No enabled connection of this merchant can take this payment ({flow}).")
            }
            Self::ConnectionDisabled => "This connection is disabled.".into(),
            Self::NotThePlatform => "Only the platform’s own merchant lends its account to others.".into(),
            Self::FallbackStands => "The platform’s account is offered to this merchant already.".into(),
            Self::EndpointDisabled => "This endpoint is disabled. Enable it first.".into(),
            Self::AmountOutsideLimits { min, max } => {
                format!("This connection takes amounts from {min} to {max}.")
            }
            Self::CurrencyNotOffered => "This connection does not take this currency.".into(),
            Self::PaymentCannotBeCaptured { status } => {
                format!("This payment is {}: there is nothing to capture.", status.as_str())
            }
            Self::PaymentCannotBeCancelled { status } => {
                format!("This payment is {}: it cannot be cancelled.", status.as_str())
            }
            Self::CaptureNotWhole => "This provider captures the whole authorised amount, not a part.".into(),
            Self::CaptureExceedsHeld { held } => format!("The bank holds {held}: no more can be taken."),
            Self::PaymentCannotBeRetried { status } => {
                format!("This payment is {}: only one that failed or expired is tried again.", status.as_str())
            }
            Self::RetriesUsedUp { max } => {
                format!("A payment of this order failed, and was tried again as often as is allowed ({max} times).")
            }
            Self::RetryWindowPassed { hours } => {
                format!("The first failed payment of this order is older than {hours} hours: it is not tried again.")
            }
            Self::PaymentNotRefundable { status } => {
                format!("This payment is {}: there is nothing to refund.", status.as_str())
            }
            Self::RefundExceedsCaptured { refundable } => format!("At most {refundable} can still be refunded."),
            Self::RefundWindowPassed => "The provider no longer refunds this payment: it is too old.".into(),
            Self::RefundsNotOffered => "This provider does not refund.".into(),
            Self::BalanceNotOffered => {
                "This provider does not tell what stands on an account of its payments.".into()
            }
            Self::SweepNotOffered => {
                "This provider has no list of payments to read. Each payment is asked about by itself.".into()
            }
            Self::SavedNotOffered => "This connection does not charge saved methods.".into(),
            Self::MethodOfAnother => "This saved method is not of the order's customer.".into(),
            Self::ProviderRefused { why } => format!("The provider refused: {why}."),
            Self::KeyInFlight => "A request with this Idempotency-Key is still running. Ask again shortly.".into(),
            Self::KeyReused => "This Idempotency-Key was used for another request.".into(),
            Self::ScopeMissing { scope } => format!("This API key lacks the scope {scope}."),
            Self::KeyEnded => "This API key was revoked or replaced, or has expired.".into(),
            Self::WrongCredentials => "The API key or its secret is wrong, or the key was revoked.".into(),
            Self::NoCredentials => "No credentials were sent. Send the API key's id and its secret.".into(),
            Self::SignInRefused => {
                "E-mail address or password is wrong, or too many tries were made. Wait a while, then try again.".into()
            }
            Self::NotAllowed => "Your role does not allow this.".into(),
            Self::AccountConnectedTwice => "This provider account is connected already.".into(),
            Self::TestFailed { sentence, .. } => sentence.clone(),
            Self::EndpointAddressRefused { why } => format!("Choose another address: {why}."),
            Self::LimitReached { what, max } => format!("There can be up to {max} {what}. Delete one first."),
            Self::ProvidersDown => "The payment providers are not working just now.".into(),
            Self::ProofUnavailable => "The message's proof could not be checked. Send it again later.".into(),
            Self::TooMany { what } => format!("There are too many {what}."),
            Self::TestModeOnly => "This works with test keys only.".into(),
            Self::NotSimulated => {
                "What a payer does can be said only where a simulator stands in for the provider.".into()
            }
            Self::RateLimited(standing) => format!(
                "Too many {}: at most {} in {}. Try again in {}.",
                standing.rule.what(),
                standing.limit.turns,
                span(standing.limit.per_secs()),
                span(standing.wait_secs())
            ),
        }
    }
}

/// A span of time in words, in the unit that fits it.
fn span(secs: i64) -> String {
    let (n, unit) = match secs {
        secs if secs > 0 && secs % 3_600 == 0 => (secs / 3_600, "hour"),
        secs if secs > 0 && secs % 60 == 0 => (secs / 60, "minute"),
        secs if secs > 120 => ((secs + 59) / 60, "minute"),
        secs => (secs, "second"),
    };
    if n == 1 { format!("1 {unit}") } else { format!("{n} {unit}s") }
}

/// What a caller reads when the provider surely did nothing.
pub fn refused_by_provider(error: &CallError) -> Error {
    let why = match error.reason().kind {
        ReasonKind::Unreachable => "it could not be reached",
        ReasonKind::Unauthorized => "it does not accept this connection's key",
        ReasonKind::Forbidden => "this connection's key may not do this",
        ReasonKind::RateLimited => "too many requests were made",
        ReasonKind::Refused => "it does not accept this request",
        ReasonKind::NotFound => "it does not know this payment",
        ReasonKind::TimedOut
        | ReasonKind::Broken
        | ReasonKind::ServerError
        | ReasonKind::Unreadable
        | ReasonKind::Unrecognised => "it did not answer",
    };
    Error::ProviderRefused { why: why.into() }
}
