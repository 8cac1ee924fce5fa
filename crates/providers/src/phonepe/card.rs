//! What people and pages need to know of PhonePe. Sources are in `NOTES.md`.

use super::client;
use crate::contract::{Card, CredentialField, Evidence, FieldKind, Flow, Grade};
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
        CredentialField {
            name: "api",
            label: "API",
            kind: FieldKind::Choice(&[client::V2, client::V1]),
            hint: "v2 if PhonePe gave you a client id and secret, v1 if it gave you a salt key.",
        },
        CredentialField {
            name: "client_id",
            label: "Client id (v2)",
            kind: FieldKind::OptionalText,
            hint: "Business dashboard, Developer Settings.",
        },
        CredentialField {
            name: "client_secret",
            label: "Client secret (v2)",
            kind: FieldKind::OptionalSecret,
            hint: "Beside the client id.",
        },
        CredentialField {
            name: "client_version",
            label: "Client version (v2)",
            kind: FieldKind::OptionalText,
            hint: "1 for tests; for life, the number in PhonePe's mail.",
        },
        CredentialField {
            name: "merchant_id",
            label: "Merchant id (v1)",
            kind: FieldKind::OptionalText,
            hint: "Needed with a salt key.",
        },
        CredentialField {
            name: "salt_key",
            label: "Salt key (v1)",
            kind: FieldKind::OptionalSecret,
            hint: "PhonePe calls salt keys deprecated; new merchants get v2.",
        },
        CredentialField {
            name: "salt_index",
            label: "Salt index (v1)",
            kind: FieldKind::OptionalText,
            hint: "The number of the salt key, mostly 1.",
        },
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
        Evidence {
            message: "webhook, v2",
            grade: Grade::B,
            why: "SHA-256 of a user name and password, the same on every message: neither body nor time is proven.",
        },
        Evidence {
            message: "callback, v1",
            grade: Grade::B,
            why: "SHA-256 over the whole text and the salt key; PhonePe itself asks for a status check before money moves.",
        },
        Evidence {
            message: "return, v1",
            grade: Grade::B,
            why: "SHA-256 over the values without anything between them, so they can slide into each other.",
        },
        Evidence {
            message: "return, v2",
            grade: Grade::C,
            why: "The browser comes back with nothing at all.",
        },
    ],
};

/// PhonePe's own schedule, and then an hourly tail for banks that answer late: from one time to another, so often.
const STEPS: &[(i64, i64, i64)] = &[
    (seconds(20), seconds(50), seconds(3)),
    (seconds(50), seconds(110), seconds(6)),
    (seconds(110), seconds(170), seconds(10)),
    (seconds(170), seconds(230), seconds(30)),
    (seconds(230), minutes(20), minutes(1)),
    (hours(1), hours(49), hours(1)),
];

static POLLS: [i64; polls_count()] = polls();

const fn polls_count() -> usize {
    let (mut count, mut step) = (0, 0);
    while step < STEPS.len() {
        let (from, to, every) = STEPS[step];
        let mut at = from;
        while at < to {
            count += 1;
            at += every;
        }
        step += 1;
    }
    count
}

const fn polls() -> [i64; polls_count()] {
    let mut all = [0; polls_count()];
    let (mut count, mut step) = (0, 0);
    while step < STEPS.len() {
        let (from, to, every) = STEPS[step];
        let mut at = from;
        while at < to {
            all[count] = at;
            count += 1;
            at += every;
        }
        step += 1;
    }
    all
}
