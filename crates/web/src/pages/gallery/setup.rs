//! Sample pages around the money: the way in, connections, webhooks in and out, errors.

use super::samples::{NOW, choice, page, shell, tab, text};
use crate::pages::connections::{
    BalanceView, ConnectionList, ConnectionPage, ConnectionRow, CredentialInput, FieldError, InputKind,
    Offer, SavedConnection, Step, SweepView, TestView, WebhookView,
};
use crate::pages::deliveries::{Attempt, DeliveryDetail, DeliveryLog, DeliveryRow};
use crate::pages::endpoints::{
    EndpointDown, EndpointList, EndpointPage, EndpointRow, SavedEndpoint, ServedView,
};
use crate::pages::errors::ErrorPage;
use crate::pages::fallback::{FallbackPage, Lends, Lent, Standing};
use crate::pages::format::{iso, ist_clock, ist_short};
use crate::pages::notices::{NoticeDetail, NoticeLog, NoticeRow};
use crate::pages::parts::{Badge, Cursor, Fact, Lamp, Sign, masked};
use crate::pages::shell::Place;
use crate::pages::signin::SignIn;
use hundi_core::Mode;

pub(super) fn pages() -> Vec<(&'static str, String)> {
    let product = || "Tiffin Cloud Payments".to_owned();
    vec![
        ("signin", sign_in(None, "")),
        (
            "signin wrong",
            sign_in(
                Some("That e-mail and password do not belong together. Check both and try again."),
                "meera@malgudi.example",
            ),
        ),
        ("connections", page(&connections())),
        ("connections none", page(&ConnectionList { rows: Vec::new(), ..connections() })),
        ("fallback", page(&fallback(Standing::Accepted(text("20 Nov 2026, 15:30 IST")), false))),
        ("fallback offered", page(&fallback(Standing::Offered(text("20 Nov 2026, 15:30 IST")), false))),
        ("fallback platform", page(&fallback(Standing::Nothing, true))),
        ("connection new", page(&connection(None, false))),
        ("connection wrong", page(&connection(None, true))),
        ("connection", page(&connection(Some(saved_connection()), false))),
        ("notices", page(&notices(notice_rows()))),
        ("notices none", page(&notices(Vec::new()))),
        ("notice", page(&notice())),
        ("deliveries", page(&deliveries(delivery_rows()))),
        ("deliveries none", page(&deliveries(Vec::new()))),
        ("delivery", page(&delivery())),
        ("endpoints", page(&endpoints(true))),
        ("endpoints none", page(&endpoints(false))),
        ("endpoint new", page(&endpoint(None, None))),
        ("endpoint wrong", page(&endpoint(None, Some("Type an address that begins with https://")))),
        ("endpoint", page(&endpoint(Some(saved_endpoint()), None))),
        (
            "error",
            page(&ErrorPage {
                retry_url: Some("/".to_owned()),
                ..ErrorPage::fault(product(), "req_01KANH8Z".to_owned())
            }),
        ),
        ("not found", page(&ErrorPage::not_found(product()))),
        ("not allowed", page(&ErrorPage::not_allowed(product()))),
    ]
}

pub(super) fn sign_in_as(email: &str) -> String {
    sign_in(None, email)
}

fn sign_in(error: Option<&str>, email: &str) -> String {
    let product = text("Tiffin Cloud Payments");
    page(&SignIn { product, email: text(email), error: error.map(text), next: text("/") })
}

fn connections() -> ConnectionList {
    let row = |name: &str, provider: &str, state, lamp, rate: &str, webhook: &str| ConnectionRow {
        url: text("/connections/c"),
        name: text(name),
        provider: text(provider),
        state,
        lamp,
        rate: text(rate),
        webhook: text(webhook),
    };
    ConnectionList {
        shell: shell(Place::Connections, Mode::Live),
        rows: vec![
            row("Acme Pay, catering", "Acme Pay", Badge::ENABLED, Lamp::Healthy, "96.4% of 842", "12 s ago"),
            row(
                "Bharat Gateway",
                "Bharat Gateway",
                Badge::ENABLED,
                Lamp::Degraded,
                "81.3% of 214",
                "4 refused in a row",
            ),
            row("Test Bank Direct", "Test Bank Direct", Badge::DISABLED, Lamp::TooFew, "3 of 3", "none yet"),
        ],
        offers: vec![Offer {
            provider: text("Acme Pay"),
            methods: text("Card, UPI, Netbanking, Wallet"),
            url: text("/connections/new/acme"),
        }],
    }
}

fn fallback(standing: Standing, is_platform: bool) -> FallbackPage {
    let lent = |merchant: &str, state, owed: &str, withdraw: bool| Lent {
        merchant: text(merchant),
        merchant_id: text("mer_01kq8q4t6w8y0a2c4e6g"),
        connection: text("Main account"),
        state,
        at: text("20 Nov, 15:30"),
        owed: text(owed),
        withdraw_url: withdraw.then(|| text("/connections/fallback/x/withdraw")),
    };
    FallbackPage {
        shell: shell(Place::Connections, Mode::Live),
        due: match standing {
            Standing::Accepted(_) => vec![text("₹1,499.00")],
            Standing::Offered(_) | Standing::Nothing => Vec::new(),
        },
        standing,
        agree_url: Some(text("/connections/fallback")),
        lends: is_platform.then(|| Lends {
            rows: vec![
                lent("Malgudi Mart", Badge::ENABLED, "₹1,499.00", true),
                lent("Chai stall", Badge::WAITING, "", true),
                lent("Old bookshop", Badge::DISABLED, "₹20.00", false),
            ],
            connections: vec![choice("conn_1", "Main account", "", true)],
            offer_url: Some(text("/connections/fallback/offer")),
            merchant: text("mer_x"),
            error: Some(text("Type a merchant’s id: mer_…")),
        }),
    }
}

fn connection(saved: Option<SavedConnection>, wrong: bool) -> ConnectionPage {
    let is_saved = saved.is_some();
    let error = wrong.then(|| text("Type the key secret"));
    let field = |name: &str, label: &str, secret, hint: &str, value: &str| CredentialInput {
        name: text(name),
        label: text(label),
        hint: text(hint),
        kind: if secret { InputKind::Secret } else { InputKind::Text },
        needed: true,
        value: text(value),
        saved: (secret && is_saved).then(|| masked("kV7sample2secretPq9x")),
        error: error.clone().filter(|_| secret),
    };
    ConnectionPage {
        shell: shell(Place::Connections, Mode::Live),
        provider: text("Acme Pay"),
        title: text(if is_saved { "Acme Pay, catering" } else { "Connect Acme Pay" }),
        crumb: text(if is_saved { "Acme Pay, catering" } else { "New" }),
        state: if is_saved { Badge::ENABLED } else { Badge::DRAFT },
        name: text("Acme Pay, catering"),
        save_url: text("/connections/c"),
        can_manage: true,
        keys: if is_saved { Sign::DONE } else { Sign::TODO },
        fields: vec![
            field("key_id", "Key id", false, "", "acme_live_Kx4mT9wQz2LcVb"),
            field("key_secret", "Key secret", true, "In its dashboard, under API keys.", ""),
        ],
        flows: vec![
            choice("script", "Payment window", "The provider’s window over our page", true),
            choice("redirect", "Payment page", "The provider’s own page, works without script", true),
            choice(
                "upi_intent",
                "UPI link and QR code",
                "Only where the account was switched on for it",
                false,
            ),
        ],
        errors: error
            .map(|sentence| FieldError { field: text("c_key_secret"), sentence })
            .into_iter()
            .collect(),
        saved,
    }
}

fn saved_connection() -> SavedConnection {
    let step =
        |sign, title: &str, sentence: &str| Step { sign, title: text(title), sentence: text(sentence) };
    SavedConnection {
        test: TestView {
            sign: Sign::DONE,
            title: text("Acme Pay accepted the keys"),
            sentence: text("Live account, no money moved. Answered in 412 ms."),
            at: text("21 Nov 2026, 13:40 IST"),
        },
        test_url: text("/connections/c/test"),
        webhook: WebhookView {
            url: text("https://pay.tiffincloud.example/hooks/acme/whk_9fK2vXq7TbLm4RcYzN8d"),
            secret: Some(text("whsec_sample_4Jd8Lq")),
            secret_set: true,
            secret_url: text("/connections/c/secret"),
            lamp: Lamp::Down,
            last: text("2 days ago, 19 Nov 2026, 18:22 IST"),
            failures: text("0"),
            log_url: Some(text("/webhooks?connection=c")),
            missed: text("3"),
            reason: Some(text(
                "3 payments came in a row, and no webhook told of it. Check the address and the events at Acme Pay, and \
                 whether it has disabled the webhook.",
            )),
            steps: vec![
                text("In Acme Pay, open Settings, then Webhooks."),
                text("Add a webhook and paste the URL and the secret above."),
            ],
            events: ["payment.authorized", "payment.captured", "payment.failed", "refund.processed"]
                .map(text)
                .to_vec(),
        },
        sweep: Some(SweepView {
            sign: Sign::DONE,
            title: text("Read to its end"),
            sentence: text("212 payments and refunds looked at: 1 news to us, 0 that are not ours."),
            at: text("21 Nov 2026, 02:14 IST"),
            url: text("/connections/c/sweep"),
        }),
        balance: Some(BalanceView {
            sign: Sign::DONE,
            title: text("Acme Pay told"),
            sentence: text("Collected and not yet paid out, in its own words."),
            lines: vec![
                Fact::text("Available, USD", "USD 1,000.00"),
                Fact::text("Total, USD", "USD 1,200.50"),
            ],
            at: text("21 Nov 2026, 13:15 IST"),
            url: text("/connections/c/balance"),
        }),
        checklist: vec![
            step(Sign::DONE, "Keys saved", "21 Nov 2026, 13:39 IST"),
            step(Sign::DONE, "Keys work", "21 Nov 2026, 13:40 IST"),
            step(Sign::WAITING, "First webhook", "Not needed to start"),
            step(Sign::TODO, "First payment", ""),
        ],
        standing: vec![
            step(Sign::DONE, "Is asked", "As your rules say."),
            step(Sign::FAILED, "UPI: Is left alone until 13:46:02 IST", "Too much failed lately."),
        ],
        lately: text("In the last 15 minutes: 12 worked, 5 failed by the provider’s doing."),
        enabled: true,
        switch_url: text("/connections/c/switch"),
    }
}

fn notice_rows() -> Vec<NoticeRow> {
    let row = |kind: &str, verdict, effect: &str| NoticeRow {
        url: text("/webhooks/n"),
        kind: text(kind),
        verdict,
        effect: text(effect),
        connection: text("Acme Pay, catering"),
        at: ist_short(NOW),
        iso: iso(NOW),
    };
    vec![
        row("payment.captured", Badge::VERIFIED, "Payment became paid"),
        row("payment.captured", Badge::VERIFIED, "Same again, ignored"),
        row("refund.processed", Badge::WAITING, "Will be worked on in a moment"),
        row("unknown", Badge::REFUSED, "Wrong signature"),
    ]
}

fn notices(rows: Vec<NoticeRow>) -> NoticeLog {
    NoticeLog {
        shell: shell(Place::Notices, Mode::Live),
        tabs: vec![
            tab("All", None, true),
            tab("Verified", None, false),
            tab("Refused", None, false),
            tab("Waiting", None, false),
        ],
        all: true,
        kept: vec![("verdict", text("all"))],
        connections: vec![
            choice("c1", "Acme Pay, catering", "", false),
            choice("c2", "Bharat Gateway", "", false),
        ],
        ignored: Vec::new(),
        chips: Vec::new(),
        clear_url: text("/webhooks"),
        rows,
        cursor: Cursor { newer: Some(text("?before=x")), older: None },
    }
}

fn notice() -> NoticeDetail {
    NoticeDetail {
        shell: shell(Place::Notices, Mode::Live),
        id: text("ntc_01KANHGV6E0BFJEMHD"),
        kind: text("payment.captured"),
        verdict: Badge::VERIFIED,
        replay_url: Some(text("/webhooks/n/replay")),
        sentence: text("The signature is valid and the payment matches, so it became paid."),
        facts: vec![
            Fact::link("Payment", "pay_01KANHGV6E0BFJEMHD", "/payments/p"),
            Fact::text("Connection", "Acme Pay, catering"),
            Fact::id("Their event id", "evt_Kx4mT9wQz2LcVb"),
            Fact::text("Proof", "Signature over the whole body"),
            Fact::text("Arrived", "21 Nov 2026, 13:45 IST"),
        ],
        headers: text("content-type: application/json\nx-acme-signature: [hidden]"),
        body: text(
            "{\n  \"event\": \"payment.captured\",\n  \"payload\": { \"payment\": { \"id\": \"pay_zgssMJHK6pwTDj\", \"amount\": 1248000 } }\n}",
        ),
    }
}

fn delivery_rows() -> Vec<DeliveryRow> {
    let row = |event: &str, state, tries: &str, next: &str| DeliveryRow {
        url: text("/deliveries/d"),
        event: text(event),
        object: text("pay_01KANHKTXNFE0N8956"),
        object_url: text("/payments/p"),
        state,
        endpoint: text("https://shop.malgudi.example/hundi/events"),
        tries: text(tries),
        next: text(next),
        at: ist_short(NOW),
        iso: iso(NOW),
    };
    vec![
        row("payment.captured", Badge::DELIVERED, "1", ""),
        row("refund.processed", Badge::RETRYING, "3", "in 4 min"),
        row("payment.failed", Badge::GAVE_UP, "15", ""),
    ]
}

fn deliveries(rows: Vec<DeliveryRow>) -> DeliveryLog {
    DeliveryLog {
        shell: shell(Place::Deliveries, Mode::Live),
        tabs: vec![
            tab("All", None, true),
            tab("Delivered", None, false),
            tab("Retrying", None, false),
            tab("Gave up", None, false),
        ],
        all: true,
        ignored: Vec::new(),
        chips: Vec::new(),
        clear_url: text("/deliveries"),
        rows,
        cursor: Cursor::default(),
    }
}

fn delivery() -> DeliveryDetail {
    let attempt = |answer: &str, good, excerpt: &str| Attempt {
        answer: text(answer),
        good,
        excerpt: text(excerpt),
        took: text("184 ms"),
        at: ist_clock(NOW),
        iso: iso(NOW),
    };
    DeliveryDetail {
        shell: shell(Place::Deliveries, Mode::Live),
        id: text("dlv_01KANHGV6E0BFJEMHD"),
        event: text("refund.processed"),
        state: Badge::RETRYING,
        sentence: text("Tried 2 times, again in 4 min."),
        resend_url: Some(text("/deliveries/d/resend")),
        tries: vec![attempt("503", false, "upstream is down"), attempt("No answer", false, "")],
        facts: vec![
            Fact::text("Endpoint", "https://shop.malgudi.example/hundi/events"),
            Fact::id("Event", "evt_01KANHGV6E0BFJEMHD"),
            Fact::link("Payment", "pay_01KANHGV6E0BFJEMHD", "/payments/p"),
        ],
        body: text("{ \"id\": \"evt_01KANHGV6E0BFJEMHD\", \"type\": \"refund.processed\" }"),
    }
}

fn endpoints(any: bool) -> EndpointList {
    let row = EndpointRow {
        url: text("/endpoints/e"),
        address: text("https://shop.malgudi.example/hundi/events"),
        state: Badge::ENABLED,
        events: text("All events"),
        last: text("200, 12 s ago"),
    };
    let down = EndpointDown {
        url: text("/endpoints/f"),
        address: text("https://old.malgudi.example/hooks"),
        sentence: text(
            "We disabled it: it answered 410 Gone. Its events are kept: enable it, then have what it missed sent again.",
        ),
    };
    EndpointList {
        shell: shell(Place::Endpoints, Mode::Live),
        down: any.then_some(down).into_iter().collect(),
        rows: any.then_some(row).into_iter().collect(),
        new_url: Some(text("/endpoints/new")),
    }
}

fn endpoint(saved: Option<SavedEndpoint>, error: Option<&str>) -> EndpointPage {
    EndpointPage {
        shell: shell(Place::Endpoints, Mode::Test),
        title: text(if saved.is_some() {
            "https://shop.malgudi.example/hundi/events"
        } else {
            "Add an endpoint"
        }),
        save_url: text("/endpoints/e"),
        key: text("k1"),
        can_manage: true,
        address: text("https://shop.malgudi.example/hundi/events"),
        events: vec![
            choice("payment.captured", "payment.captured", "Money was taken", true),
            choice("refund.processed", "refund.processed", "", false),
        ],
        served: ServedView {
            description: text("Our accounts"),
            signatures: match saved {
                Some(_) => Vec::new(),
                None => vec![
                    choice("hmac", "HMAC", "One secret on both sides", true),
                    choice("ed25519", "Ed25519", "Your server needs no secret, only a public key", false),
                ],
            },
            signature: text("Signs every event. It was shown once, when it was made."),
            public_key: String::new(),
            retries: vec![
                choice(
                    "standard",
                    "For five days",
                    "At once, after 1, 5 and 30 minutes, 2 hours, then every 12 hours",
                    true,
                ),
                choice("first_five", "Five times", "The first five of these tries", false),
                choice("own", "By my own schedule", "", false),
            ],
            gaps: text(""),
            rate: text("20"),
            ordered: true,
        },
        error: error.map(text),
        saved,
    }
}

fn saved_endpoint() -> SavedEndpoint {
    SavedEndpoint {
        state: Badge::ENABLED,
        enabled: true,
        switch_url: text("/endpoints/e/switch"),
        secret: Some(text("whsec_sample_4Jd8LqPz")),
        rotate_url: text("/endpoints/e/rotate"),
        overlap: String::new(),
        test_url: text("/endpoints/e/test"),
        deliveries_url: text("/deliveries?endpoint=e"),
        sentence: text("3 delivered today, the last in 184 ms."),
    }
}
