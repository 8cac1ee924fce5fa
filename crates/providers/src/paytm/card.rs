//! What people and pages need to know of Paytm. Sources are in `NOTES.md`.

use crate::contract::{Card, CredentialField, Evidence, FieldKind, Flow, Grade};
use hundi_core::Method;
use hundi_core::time::{days, hours, minutes, seconds};

pub(super) static CARD: Card = Card {
    id: "paytm",
    name: "Paytm",
    live_base_url: "https://secure.paytmpayments.com",
    test_base_url: "https://securestage.paytmpayments.com",
    script_url: None,
    script_origins: &[],
    credentials: &[
        CredentialField::of(FieldKind::Text, "mid", "Merchant ID")
            .hint("Paytm dashboard, Developer settings, API keys. Test and live have one each."),
        CredentialField::of(FieldKind::Secret, "merchant_key", "Merchant key")
            .hint("Beside the merchant ID. It also proves Paytm's messages to us."),
        CredentialField::of(FieldKind::OptionalText, "website", "Website name")
            .hint("As the dashboard shows it. Left out: WEBSTAGING in test mode, DEFAULT in live mode."),
        CredentialField::of(FieldKind::Choice(super::client::HOSTS), "host", "Host")
            .hint("Accounts opened before the move may still be on paytm.in."),
    ],
    flows: &[Flow::Redirect, Flow::UpiIntent],
    methods: &[Method::Upi, Method::Card, Method::Netbanking, Method::Wallet, Method::Emi, Method::PayLater],
    // Paytm proves its messages with the merchant key.
    webhook_secret: false,
    webhook_steps: &[
        "Sign in to the Paytm dashboard and choose test or live, as in this connection.",
        "Open Developer settings, then Webhooks.",
        "Enter {url} for the events listed below and save. The address must be on port 443.",
        "Where the dashboard does not offer it, ask Paytm's support to register the address.",
    ],
    webhook_events: &["Payment", "Refund"],
    poll_after_ms: &[seconds(30), minutes(2), minutes(5), minutes(10), minutes(20), minutes(30)],
    poll_every_ms: hours(1),
    poll_until_ms: hours(48),
    // Holds are not offered.
    capture_window_ms: 0,
    refund_window_ms: days(180),
    min_amount_minor: 100,
    currencies: &["INR"],
    evidence: &[
        Evidence::of("webhook, JSON", Grade::A)
            .why("The checksum covers the whole text of the body, under the key of this merchant alone."),
        Evidence::of("webhook, form", Grade::B)
            .why("The checksum covers the values and neither their names nor the borders between them."),
        Evidence::of("return, signed", Grade::B).why(
            "The same checksum over the same kind of form, brought by the browser, as often as it likes.",
        ),
        Evidence::of("return, unsigned", Grade::C).why("The browser's bare word."),
    ],
};
