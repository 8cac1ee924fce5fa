//! What people and pages need to know of HDFC SmartGateway. Sources are in `NOTES.md`.

use crate::contract::{Card, CredentialField, Evidence, FieldKind, Flow, Grade};
use hundi_core::Method;
use hundi_core::time::{days, hours, minutes, seconds};

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
        CredentialField {
            name: "merchant_id",
            label: "Merchant id",
            kind: FieldKind::Text,
            hint: "Like SG1234, capitals as the bank writes them.",
        },
        CredentialField {
            name: "payment_page_client_id",
            label: "Payment page client id",
            kind: FieldKind::Text,
            hint: "hdfcmaster for UAT; your own in production.",
        },
        CredentialField {
            name: "auth",
            label: "Signing in",
            kind: FieldKind::Choice(&[AUTH_BASIC, AUTH_JWT]),
            hint: "basic: the API key. jwt: sealed messages, with the three keys below.",
        },
        CredentialField {
            name: "api_key",
            label: "API key",
            kind: FieldKind::OptionalSecret,
            hint: "For basic. Dashboard, Settings, Security.",
        },
        CredentialField {
            name: "response_key",
            label: "Response key",
            kind: FieldKind::OptionalSecret,
            hint: "Signs the way back. Make one under Settings and set Use signed response to Yes.",
        },
        CredentialField {
            name: "key_id",
            label: "JWT key id",
            kind: FieldKind::OptionalText,
            hint: "For jwt. Dashboard, Settings, Security, JWT Keys.",
        },
        CredentialField {
            name: "our_private_key",
            label: "Your private key",
            kind: FieldKind::OptionalPem,
            hint: "For jwt: RSA, 2048 bits or more, without a password.",
        },
        CredentialField {
            name: "bank_public_key",
            label: "The bank's public key",
            kind: FieldKind::OptionalPem,
            hint: "For jwt: as downloaded from the dashboard.",
        },
        CredentialField {
            name: "host",
            label: "Host",
            kind: FieldKind::Choice(&[HOST_NOW, HOST_BEFORE, HOST_JUSPAY]),
            hint: "hdfc.bank.in unless the bank told you another.",
        },
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
    poll_after_ms: &[
        seconds(5),
        seconds(10),
        seconds(20),
        seconds(40),
        minutes(1),
        minutes(2),
        minutes(5),
        minutes(10),
        minutes(15),
        hours(1),
        hours(2),
        hours(3),
        hours(6),
        hours(12),
    ],
    poll_every_ms: days(1),
    poll_until_ms: days(7),
    // Holds are not offered; one that a dashboard setting makes is believed to last as long as a card's usual one.
    capture_window_ms: days(5),
    // Not documented; what the schemes allow at least.
    refund_window_ms: days(180),
    min_amount_minor: 100,
    currencies: &["INR"],
    evidence: &[
        Evidence {
            message: "webhook, sealed",
            grade: Grade::A,
            why: "Encrypted for this connection's key and signed by the bank's (RS256) over the whole message.",
        },
        Evidence {
            message: "webhook, plain",
            grade: Grade::B,
            why: "A user name and password in the header. Proves nothing about the body.",
        },
        Evidence {
            message: "return, signed",
            grade: Grade::B,
            why: "HMAC-SHA256 over order and status. Says neither amount nor time, and can be brought again.",
        },
        Evidence { message: "return, unsigned", grade: Grade::C, why: "The browser's bare word." },
    ],
};
