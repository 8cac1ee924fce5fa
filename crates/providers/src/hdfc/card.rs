//! What people and pages need to know of HDFC SmartGateway. Sources are in `NOTES.md`.

use crate::contract::{Card, CredentialField, Evidence, FieldKind, Flow, Grade};
use crate::schedule::After;
use hundi_core::Method;
use hundi_core::time::days;

pub(super) const AUTH_BASIC: &str = "basic";
pub(super) const AUTH_JWT: &str = "jwt";

pub(super) const HOST_NOW: &str = "hdfc.bank.in";
pub(super) const HOST_BEFORE: &str = "hdfcbank.com";
pub(super) const HOST_JUSPAY: &str = "juspay.in";

pub(super) static CARD: Card = Card {
    id: "hdfc",
    name: "HDFC SmartGateway",
    live_base_url: "https://smartgateway.hdfc.bank.in",
    test_base_url: "https://smartgateway.hdfcuat.bank.in",
    script_url: None,
    script_origins: &[],
    credentials: &[
        CredentialField::of(FieldKind::Text, "merchant_id", "Merchant id")
            .hint("Like SG1234, capitals as the bank writes them."),
        CredentialField::of(FieldKind::Text, "payment_page_client_id", "Payment page client id")
            .hint("hdfcmaster for UAT; your own in production."),
        CredentialField::of(FieldKind::Choice(&[AUTH_BASIC, AUTH_JWT]), "auth", "Signing in")
            .hint("basic: the API key. jwt: sealed messages, with the three keys below."),
        CredentialField::of(FieldKind::OptionalSecret, "api_key", "API key")
            .hint("For basic. Dashboard, Settings, Security."),
        CredentialField::of(FieldKind::OptionalSecret, "response_key", "Response key")
            .hint("Signs the way back. Make one under Settings and set Use signed response to Yes."),
        CredentialField::of(FieldKind::OptionalText, "key_id", "JWT key id")
            .hint("For jwt. Dashboard, Settings, Security, JWT Keys."),
        CredentialField::of(FieldKind::OptionalPem, "our_private_key", "Your private key")
            .hint("For jwt: RSA, 2048 bits or more, without a password."),
        CredentialField::of(FieldKind::OptionalPem, "bank_public_key", "The bank's public key")
            .hint("For jwt: as downloaded from the dashboard."),
        CredentialField::of(FieldKind::Choice(&[HOST_NOW, HOST_BEFORE, HOST_JUSPAY]), "host", "Host")
            .hint("hdfc.bank.in unless the bank told you another."),
    ],
    flows: &[Flow::Redirect],
    methods: &[Method::Upi, Method::Card, Method::Netbanking, Method::Wallet, Method::Emi],
    webhook_secret: true,
    webhook_steps: &[
        "Sign in to the SmartGateway dashboard of this connection's mode and open Settings, then Webhooks.",
        "Webhook URL: {url}",
        "Username: hundi",
        "Password: {secret}",
        "Choose the newest API version, tick the events listed below and save.",
        "If you sign in by jwt, switch on JWT webhooks too: only those can move a payment by themselves.",
        "Under Settings, General set Use signed response to Yes.",
    ],
    webhook_events: &[
        "ORDER_SUCCEEDED",
        "ORDER_FAILED",
        "ORDER_AUTHORIZED",
        "ORDER_REFUNDED",
        "ORDER_REFUND_FAILED",
        "REFUND_MANUAL_REVIEW_NEEDED",
        "AUTO_REFUND_SUCCEEDED",
        "AUTO_REFUND_FAILED",
        "TXN_CREATED",
        "TXN_CHARGED",
    ],
    // No timetable is documented. Dense while the payer is at it, then for late successes up to a week.
    poll_after_ms: &POLLS,
    poll_every_ms: days(1),
    poll_until_ms: days(7),
    // Holds are not offered; one that a dashboard setting makes is believed to last as long as a card's usual one.
    capture_window_ms: days(5),
    // Not documented; what the schemes allow at least.
    refund_window_ms: days(180),
    min_amount_minor: 100,
    currencies: &["INR"],
    evidence: &[
        Evidence::of("webhook, sealed", Grade::A).why(
            "Encrypted for this connection's key and signed by the bank's (RS256) over the whole message.",
        ),
        Evidence::of("webhook, plain", Grade::B)
            .why("A user name and password in the header. Proves nothing about the body."),
        Evidence::of("return, signed", Grade::B).why(
            "HMAC-SHA256 over order and status. Says neither amount nor time, and can be brought again.",
        ),
        Evidence::of("return, unsigned", Grade::C).why("The browser's bare word."),
    ],
};

static POLLS: [i64; 14] =
    After { seconds: &[5, 10, 20, 40], minutes: &[1, 2, 5, 10, 15], hours: &[1, 2, 3, 6, 12] }.times();
