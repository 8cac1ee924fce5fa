//! What people and pages need to know of PayPal. Sources are in `NOTES.md`.

use crate::contract::{Card, CredentialField, Evidence, FieldKind, Flow, Grade};
use crate::schedule::After;
use hundi_core::Method;
use hundi_core::time::{days, hours};

pub(super) static CARD: Card = Card {
    id: "paypal",
    name: "PayPal",
    live_base_url: "https://api-m.paypal.com",
    test_base_url: "https://api-m.sandbox.paypal.com",
    script_url: None,
    script_origins: &[],
    credentials: &[
        CredentialField::of(FieldKind::Text, "client_id", "Client ID")
            .hint("Developer dashboard, Apps & Credentials. Sandbox and live have their own."),
        CredentialField::of(FieldKind::Secret, "client_secret", "Client secret")
            .hint("Beside the client ID."),
        CredentialField::of(FieldKind::OptionalText, "webhook_id", "Webhook ID")
            .hint("Shown once the webhook is added. Without it no notice of PayPal's is believed."),
    ],
    flows: &[Flow::Redirect],
    methods: &[Method::Wallet, Method::Card],
    webhook_secret: false,
    webhook_steps: &[
        "Sign in to the PayPal developer dashboard and choose sandbox or live, as in this connection.",
        "Open Apps & Credentials, choose the app, and under Webhooks choose Add webhook.",
        "Webhook URL: {url}",
        "Tick the events listed below and save.",
        "Copy the webhook ID that is shown then into this connection.",
    ],
    webhook_events: &[
        "CHECKOUT.ORDER.APPROVED",
        "CHECKOUT.ORDER.COMPLETED",
        "PAYMENT.AUTHORIZATION.CREATED",
        "PAYMENT.AUTHORIZATION.VOIDED",
        "PAYMENT.CAPTURE.COMPLETED",
        "PAYMENT.CAPTURE.PENDING",
        "PAYMENT.CAPTURE.DECLINED",
        "PAYMENT.CAPTURE.DENIED",
        "PAYMENT.CAPTURE.REFUNDED",
        "PAYMENT.CAPTURE.REVERSED",
        "PAYMENT.REFUND.PENDING",
        "PAYMENT.REFUND.FAILED",
    ],
    // A pending capture (review, an eCheck) turns into money or not within days.
    poll_after_ms: &POLLS,
    poll_every_ms: hours(3),
    poll_until_ms: days(10),
    // A hold lives for 29 days and is sure of its money for three: the shorter one is the safe belief.
    capture_window_ms: days(3),
    // From memory; an older one is refused with REFUND_TIME_LIMIT_EXCEEDED.
    refund_window_ms: days(180),
    min_amount_minor: 1,
    // BRL, CNY and MYR are for accounts of their own countries. INR can't be received at all.
    currencies: &[
        "USD", "AUD", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "JPY", "MXN", "NOK",
        "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD",
    ],
    evidence: &[
        Evidence::of("webhook", Grade::B).why("PayPal's signature covers only a CRC-32 of the body, which can be kept while the body is changed."),
        Evidence::of("return", Grade::C).why("The browser's bare word."),
    ],
};

static POLLS: [i64; 9] = After { seconds: &[15, 30], minutes: &[1, 2, 5, 10, 20, 40], hours: &[1] }.times();
