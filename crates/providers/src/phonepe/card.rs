//! What people and pages need to know of PhonePe. Sources are in `NOTES.md`.

use super::client;
use crate::contract::{Card, CredentialField, Evidence, FieldKind, Flow, Grade};
use crate::schedule;
use hundi_core::Method;
use hundi_core::time::{days, hours, minutes, seconds};

pub(super) static CARD: Card = Card {
    id: "phonepe",
    name: "PhonePe",
    live_base_url: "https://api.phonepe.com",
    test_base_url: "https://api-preprod.phonepe.com",
    script_url: None,
    script_origins: &[],
    credentials: &[
        CredentialField::of(FieldKind::Choice(&[client::V2, client::V1]), "api", "API")
            .hint("v2 if PhonePe gave you a client id and secret, v1 if it gave you a salt key."),
        CredentialField::of(FieldKind::OptionalText, "client_id", "Client id (v2)")
            .hint("Business dashboard, Developer Settings."),
        CredentialField::of(FieldKind::OptionalSecret, "client_secret", "Client secret (v2)")
            .hint("Beside the client id."),
        CredentialField::of(FieldKind::OptionalText, "client_version", "Client version (v2)")
            .hint("1 for tests; for life, the number in PhonePe's mail."),
        CredentialField::of(FieldKind::OptionalText, "merchant_id", "Merchant id (v1)")
            .hint("Needed with a salt key."),
        CredentialField::of(FieldKind::OptionalSecret, "salt_key", "Salt key (v1)")
            .hint("PhonePe calls salt keys deprecated; new merchants get v2."),
        CredentialField::of(FieldKind::OptionalText, "salt_index", "Salt index (v1)")
            .hint("The number of the salt key, mostly 1."),
    ],
    flows: &[Flow::Redirect, Flow::UpiIntent],
    methods: &[Method::Upi, Method::Card, Method::Netbanking, Method::Wallet],
    webhook_secret: true,
    webhook_steps: &[
        "v2: sign in to the PhonePe Business dashboard and switch test mode on or off, as in this connection.",
        "v2: open Developer Settings, then Webhook, then Create Webhook.",
        "Webhook URL: {url}",
        "v2: Username: hundi",
        "v2: Password: {secret}",
        "v2: tick the events listed below and save.",
        "v1: ask PhonePe's integration team to register the same URL as the callback address; the salt key proves it.",
    ],
    webhook_events: &[
        "checkout.order.completed",
        "checkout.order.failed",
        "checkout.transaction.attempt.failed",
        "pg.order.completed",
        "pg.order.failed",
        "pg.transaction.attempt.failed",
        "pg.refund.accepted",
        "pg.refund.completed",
        "pg.refund.failed",
    ],
    poll_after_ms: &POLLS,
    // Beyond the second day; until then the list above.
    poll_every_ms: days(1),
    poll_until_ms: days(7),
    // It holds nothing.
    capture_window_ms: 0,
    // Not documented. PhonePe's own refusal of an old one is sure, so ours must not come before it.
    refund_window_ms: days(365),
    min_amount_minor: 100,
    currencies: &["INR"],
    evidence: &[
        Evidence::of("webhook, v2", Grade::B).why("SHA-256 of a user name and password, the same on every message: neither body nor time is proven."),
        Evidence::of("callback, v1", Grade::B).why("SHA-256 over the whole text and the salt key; PhonePe itself asks for a status check before money moves."),
        Evidence::of("return, v1", Grade::B).why("SHA-256 over the values without anything between them, so they can slide into each other."),
        Evidence::of("return, v2", Grade::C).why("The browser comes back with nothing at all."),
    ],
};

/// PhonePe's own schedule, and then an hourly tail for banks that answer late.
const STEPS: &[schedule::Step] = &[
    (seconds(20), seconds(50), seconds(3)),
    (seconds(50), seconds(110), seconds(6)),
    (seconds(110), seconds(170), seconds(10)),
    (seconds(170), seconds(230), seconds(30)),
    (seconds(230), minutes(20), minutes(1)),
    (hours(1), hours(49), hours(1)),
];

static POLLS: [i64; schedule::count(STEPS)] = schedule::times(STEPS);
