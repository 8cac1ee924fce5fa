//! The instruments a payer may choose on the simulator's pages, and the outcome that each one decides.
//!
//! Cards have names and a last four, never a number: a simulator that took card numbers would teach people to type
//! them. The cases and their endings follow Razorpay's page of test cards (documentation of 9 April 2026).

use super::state::Failure;

/// One of Razorpay's documented test cards, by the case that it stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TestCard {
    /// What a form or a test sends.
    pub(super) name: &'static str,
    pub(super) shown: &'static str,
    pub(super) network: &'static str,
    pub(super) kind: &'static str,
    pub(super) last4: &'static str,
    pub(super) issuer: Option<&'static str>,
    pub(super) international: bool,
    /// The `error_reason` that paying with it ends in.
    pub(super) fails_with: Option<&'static str>,
}

const fn good(
    name: &'static str,
    shown: &'static str,
    network: &'static str,
    kind: &'static str,
    last4: &'static str,
    international: bool,
) -> TestCard {
    let issuer = if international { None } else { Some("HDFC") };
    TestCard { name, shown, network, kind, last4, issuer, international, fails_with: None }
}

const fn bad(name: &'static str, shown: &'static str, last4: &'static str, reason: &'static str) -> TestCard {
    TestCard {
        name,
        shown,
        network: "Visa",
        kind: "credit",
        last4,
        issuer: Some("HDFC"),
        international: false,
        fails_with: Some(reason),
    }
}

/// Every card on offer; the first is the one that nobody has to choose.
pub(super) const CARDS: &[TestCard] = &[
    good("visa", "Visa credit, ending 1007", "Visa", "credit", "1007", false),
    good("mastercard", "Mastercard credit, ending 1002", "MasterCard", "credit", "1002", false),
    good("rupay", "RuPay debit, ending 1005", "RuPay", "debit", "1005", false),
    good("diners", "Diners Club, ending 1007", "Diners Club", "credit", "1007", false),
    good("amex", "American Express, ending 1007", "American Express", "credit", "1007", false),
    good("international", "Mastercard from abroad, ending 4444", "MasterCard", "credit", "4444", true),
    bad("payment_timed_out", "Times out, ending 0000", "0000", "payment_timed_out"),
    bad("insufficient_funds", "No funds, ending 0001", "0001", "insufficient_funds"),
    bad("payment_cancelled", "Cancelled, ending 0002", "0002", "payment_cancelled"),
    bad("card_declined", "Declined, ending 0003", "0003", "card_declined"),
    bad("card_disabled", "Not for online use, ending 0006", "0006", "card_disabled_for_online_payments"),
    bad("card_number_invalid", "Number invalid, ending 0008", "0008", "card_number_invalid"),
    bad("gateway_technical_error", "Gateway error, ending 0007", "0007", "gateway_technical_error"),
    bad("authentication_failed", "Authentication fails, ending 0009", "0009", "authentication_failed"),
];

pub(super) fn card(name: &str) -> Option<&'static TestCard> {
    CARDS.iter().find(|card| card.name == name)
}

/// The reasons that the payer's page offers; a test may name any other.
pub(super) const REASONS: &[&str] = &[
    "payment_failed",
    "payment_cancelled",
    "payment_declined",
    "insufficient_funds",
    "payment_timed_out",
    "incorrect_cvv",
    "invalid_otp",
    "bank_technical_error",
    "gateway_technical_error",
    "payment_risk_check_failed",
];

/// What Razorpay says around a reason.
pub(super) fn failure(reason: &str) -> Failure {
    let (code, description, source, step) = match reason {
        "payment_cancelled" => {
            (BAD_REQUEST, "Payment processing cancelled by user", "customer", "payment_authentication")
        }
        "payment_timed_out" => (
            BAD_REQUEST,
            "Payment was unsuccessful as you could not complete it in time.",
            "customer",
            "payment_authentication",
        ),
        "payment_collect_request_expired" => (
            BAD_REQUEST,
            "Payment was unsuccessful as the collect request expired.",
            "customer",
            "payment_authentication",
        ),
        "payment_declined" => {
            (BAD_REQUEST, "Payment was declined by the customer.", "customer", "payment_authorization")
        }
        "insufficient_funds" => (
            BAD_REQUEST,
            "Your payment could not be completed due to insufficient account balance. Try again with another account.",
            "customer",
            "payment_authorization",
        ),
        "authentication_failed" => (
            GATEWAY,
            "Payment failed because the authentication failed",
            "customer",
            "payment_authentication",
        ),
        "gateway_technical_error" => (
            GATEWAY,
            "Payment processing failed due to error at bank or wallet gateway",
            "gateway",
            "payment_authorization",
        ),
        "bank_technical_error" => (
            GATEWAY,
            "Payment failed because of a technical error at the bank",
            "bank",
            "payment_authorization",
        ),
        "card_number_invalid" | "invalid_vpa" | "vpa_resolution_failed" => {
            (BAD_REQUEST, "The instrument is not valid.", "customer", "payment_initiation")
        }
        "card_declined" | "payment_risk_check_failed" => (
            BAD_REQUEST,
            "Your payment did not go through as it was declined by the bank. Try another payment method.",
            "issuer_bank",
            "payment_authorization",
        ),
        _ => (BAD_REQUEST, "Payment failed", "bank", "payment_authorization"),
    };
    Failure { code, description: description.to_owned(), source, step, reason: reason.to_owned() }
}

const BAD_REQUEST: &str = "BAD_REQUEST_ERROR";
const GATEWAY: &str = "GATEWAY_ERROR";
