//! What people and pages need to know of Cashfree. Sources are in `NOTES.md`.

use crate::contract::{Card, CredentialField, Evidence, FieldKind, Flow, Grade};
use hundi_core::Method;
use hundi_core::time::{days, hours, minutes, seconds};

pub(super) static CARD: Card = Card {
    id: "cashfree",
    name: "Cashfree",
    live_base_url: "https://api.cashfree.com",
    test_base_url: "https://sandbox.cashfree.com",
    script_url: None,
    script_origins: &[],
    credentials: &[
        CredentialField::of(FieldKind::Text, "client_id", "App id")
            .hint("Payment Gateway, Developers, API Keys. Those of the sandbox begin with TEST."),
        CredentialField::of(FieldKind::Secret, "client_secret", "Secret key")
            .hint("Beside the app id. It proves Cashfree's webhooks, too."),
    ],
    flows: &[Flow::Redirect, Flow::UpiIntent],
    methods: &[Method::Upi, Method::Card, Method::Netbanking, Method::Wallet, Method::Emi, Method::PayLater],
    webhook_secret: false,
    webhook_steps: &[
        "Sign in to the Cashfree merchant dashboard and choose test or production, as in this connection.",
        "Open Payment Gateway, Developers, Webhooks, then Add Webhook Endpoint.",
        "Webhook URL: {url}. Version: 2025-01-01.",
        "Tick the events listed below and save.",
        "Open Settings, Payment Gateway, and have the domain of your checkout whitelisted.",
    ],
    webhook_events: &[
        "PAYMENT_SUCCESS_WEBHOOK",
        "PAYMENT_FAILED_WEBHOOK",
        "PAYMENT_USER_DROPPED_WEBHOOK",
        "REFUND_STATUS_WEBHOOK",
    ],
    // An account may ask for payments a hundred times a minute, all its orders together.
    poll_after_ms: &[seconds(15), seconds(30), minutes(1), minutes(2), minutes(5), minutes(10), minutes(20)],
    poll_every_ms: hours(1),
    poll_until_ms: days(3),
    capture_window_ms: days(7),
    // Six months.
    refund_window_ms: days(180),
    min_amount_minor: 100,
    // Others need a permission that only Cashfree sees.
    currencies: &["INR"],
    evidence: &[
        Evidence::of("webhook, payment failed or left, refund", Grade::A)
            .why("HMAC-SHA256 over time and the whole raw body, with the secret of this account alone."),
        Evidence::of("webhook, payment succeeded", Grade::B)
            .why("The same proof, but its words don't tell a hold from money taken: only the API does."),
        Evidence::of("return", Grade::C).why("Unsigned: the order's id at most."),
    ],
};
