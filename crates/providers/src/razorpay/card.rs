//! What people and pages need to know of Razorpay. Sources are in `NOTES.md`.

use crate::contract::{Card, CredentialField, Evidence, FieldKind, Flow, Grade};
use hundi_core::Method;
use hundi_core::time::{days, hours, minutes, seconds};

pub(super) static CARD: Card = Card {
    id: "razorpay",
    name: "Razorpay",
    live_base_url: "https://api.razorpay.com",
    test_base_url: "https://api.razorpay.com",
    script_url: Some("https://checkout.razorpay.com/v1/checkout.js"),
    script_origins: &[
        "https://checkout.razorpay.com",
        "https://api.razorpay.com",
        // From memory: where checkout reports what it did. Without it the console complains and paying still works.
        "https://lumberjack.razorpay.com",
    ],
    credentials: &[
        CredentialField::of(FieldKind::Text, "key_id", "Key id")
            .hint("Starts with rzp_test_ or rzp_live_. Account & Settings, API keys."),
        CredentialField::of(FieldKind::Secret, "key_secret", "Key secret")
            .hint("Shown once by Razorpay, when the key is made."),
    ],
    flows: &[Flow::Script, Flow::Redirect, Flow::UpiIntent],
    methods: &[Method::Upi, Method::Card, Method::Netbanking, Method::Wallet, Method::Emi, Method::PayLater],
    webhook_secret: true,
    webhook_steps: &[
        "Sign in to the Razorpay dashboard and choose test or live mode, as in this connection.",
        "Open Account & Settings, then Webhooks, then Add new webhook.",
        "Webhook URL: {url}",
        "Secret: {secret}",
        "Tick the events listed below and save.",
    ],
    webhook_events: &[
        "payment.authorized",
        "payment.captured",
        "payment.failed",
        "order.paid",
        "refund.created",
        "refund.processed",
        "refund.failed",
        "refund.speed_changed",
        "payment_link.paid",
        "payment_link.partially_paid",
        "payment_link.cancelled",
        "payment_link.expired",
    ],
    // A payment that its bank does not answer turns failed after about ten minutes and is asked about for days.
    poll_after_ms: &[seconds(15), seconds(30), minutes(1), minutes(2), minutes(5), minutes(10)],
    poll_every_ms: hours(1),
    poll_until_ms: days(5),
    // We ask for five days with every order; Razorpay's account page says three. The shorter one is the safe belief.
    capture_window_ms: hours(72),
    // Six months.
    refund_window_ms: days(180),
    min_amount_minor: 100,
    // Others need a permission that only Razorpay sees.
    currencies: &["INR"],
    evidence: &[
        Evidence::of("webhook", Grade::A)
            .why("HMAC-SHA256 over the whole raw body, with a secret that this connection alone has."),
        Evidence::of("return, signed", Grade::B).why(
            "HMAC-SHA256 over order and payment id. Says neither amount nor time, and can be brought again.",
        ),
        Evidence::of("return, unsigned", Grade::C).why("The browser's bare word."),
    ],
};
