//! Sample console pages. The amounts add up, as they must on real ones.

use crate::pages::chart::{Chart, Period, shares};
use crate::pages::connections::{
    ConnectionList, ConnectionPage, ConnectionRow, CredentialInput, FieldError, Offer, SavedConnection, Step,
    TestView, WebhookView,
};
use crate::pages::deliveries::{Attempt, DeliveryDetail, DeliveryLog, DeliveryRow};
use crate::pages::endpoints::{EndpointList, EndpointPage, EndpointRow, SavedEndpoint};
use crate::pages::errors::ErrorPage;
use crate::pages::format::{Figure, count, iso, ist_clock, ist_day, ist_short};
use crate::pages::home::{Attention, Health, Home, Range, Tile};
use crate::pages::html;
use crate::pages::notices::{NoticeDetail, NoticeLog, NoticeRow};
use crate::pages::parts::{Badge, Chip, Choice, Cursor, Fact, GivenBack, Lamp, MoneyLine, Sign, Tab, masked};
use crate::pages::payment::{
    CaptureForm, Discrepancy, Doubt, Entry, Evidence, Exchange, ExchangeRow, PaymentDetail, RefundRow,
    Related,
};
use crate::pages::payments::{PaymentRow, PaymentsList};
use crate::pages::refund::{RefundConfirm, RefundForm};
use crate::pages::shell::{Place, Shell};
use crate::pages::signin::SignIn;
use askama::Template;
use hundi_core::payment::Status;
use hundi_core::time::{days, minutes, seconds};
use hundi_core::{Currency, Millis, Mode, Money, refund};

/// 21 Nov 2026, 13:45:12 IST
const NOW: Millis = Millis(1_795_248_912_000);

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
        ("home", page(&home())),
        ("home empty", page(&empty_home())),
        ("payments", page(&payments(rows()))),
        ("payments none", page(&payments(Vec::new()))),
        (
            "payments first",
            page(&PaymentsList {
                chips: Vec::new(),
                shell: shell(Place::Payments, Mode::Test),
                ..payments(Vec::new())
            }),
        ),
        ("payment", page(&payment(Status::Captured))),
        ("payment doubt", page(&doubtful_payment())),
        ("payment held", page(&held_payment())),
        ("refund", page(&refund_form("10,980.00", None))),
        ("refund wrong", page(&refund_form("12,000.00", Some("Type an amount up to ₹10,980.00")))),
        ("refund confirm", page(&refund_confirm())),
        ("connections", page(&connections())),
        ("connections none", page(&ConnectionList { rows: Vec::new(), ..connections() })),
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

fn page(page: &impl Template) -> String {
    html(page).unwrap()
}

fn text(text: &str) -> String {
    text.to_owned()
}

pub(super) fn sign_in_as(email: &str) -> String {
    sign_in(None, email)
}

fn sign_in(error: Option<&str>, email: &str) -> String {
    let product = text("Tiffin Cloud Payments");
    page(&SignIn { product, email: text(email), error: error.map(text), next: text("/") })
}

fn shell(here: Place, mode: Mode) -> Shell {
    Shell {
        product: text("Tiffin Cloud Payments"),
        merchant: text("Malgudi Kitchens"),
        organization: text("Malgudi Foods Private Limited"),
        user: text("Meera Iyer"),
        role: text("Finance"),
        mode,
        here,
        places: Place::ALL.to_vec(),
        in_doubt: 3,
        path: text(here.url()),
        searched: String::new(),
        done: None,
    }
}

// ---- home

fn period(i: i64) -> Period {
    let at = NOW.minus(days(29 - i));
    // A festival in the middle, an unfinished day at the end.
    let money = Money::inr(
        1_05_000_25 + (i * 7919 % 61) * 1_000_00 + if i == 15 || i == 16 { 2_60_000_00 } else { 0 },
    );
    let payments = count(90 + u64::try_from(i).unwrap());
    let unfinished = i == 29;
    let so_far = if unfinished { " so far" } else { "" };
    let sentence = format!("{}: {}, {payments} payments{so_far}", ist_day(at), money.shown());
    Period { label: ist_day(at), sentence, money, payments, unfinished }
}

fn home() -> Home {
    let periods: Vec<_> = (0..30).map(period).collect();
    let sum = periods.iter().try_fold(Money::inr(0), |sum, p| sum.add(p.money)).unwrap();
    let share = |name: &str, part: u64| {
        let money = Money::inr(i64::try_from(part).unwrap() * 1_000_00);
        (text(name), money.shown(), part)
    };
    let failed = |name: &str, n: u64| (text(name), count(n), n);
    let attention = |sign, title: &str, url: &str, sentence: &str| Attention {
        sign,
        title: text(title),
        url: text(url),
        sentence: text(sentence),
    };
    let health = |name: &str, paid, attempts, note: &str| {
        Health::of(text(name), text("/connections/c"), paid, attempts, text(note))
    };
    Home {
        shell: shell(Place::Home, Mode::Live),
        range: Range::Month,
        tiles: vec![
            Tile::money_in(sum, 3_982),
            Tile::success_rate(3_982, 4_232),
            Tile::refunds(Money::inr(1_12_480_00), 56),
            Tile::in_doubt(Money::inr(14_320_00), 3, minutes(67)),
        ],
        chart: Chart::of("Money in by day", text("23 Oct to 21 Nov"), "Day", Currency::INR, &periods),
        attention: vec![
            attention(
                Sign::DOUBT,
                "3 payments in doubt",
                "/payments?status=in_doubt",
                "₹14,320.00 in all. Asked again in 40 s. Nobody is charged twice.",
            ),
            attention(
                Sign::WARNING,
                "Bharat Gateway is failing more than usual",
                "/connections/c",
                "81.3% paid in the last 24 hours.",
            ),
            attention(
                Sign::WARNING,
                "1 difference is open",
                "/payments/p",
                "Two captures for one order. The second stands in suspense.",
            ),
        ],
        connections: vec![
            health("Acme Pay", 812, 842, "webhook 12 s ago"),
            health("Bharat Gateway", 174, 214, "webhook 3 min ago"),
            health("Test Bank Direct", 3, 3, "webhook 2 h ago"),
        ],
        methods: shares(&[
            share("UPI", 2745),
            share("Card", 1059),
            share("Netbanking", 350),
            share("Wallet", 184),
        ]),
        failures: shares(&[
            failed("Cancelled by the payer", 82),
            failed("The bank could not confirm it was you", 54),
            failed("Not enough balance", 45),
            failed("The bank is not answering", 30),
        ]),
        failures_sample: text("211 attempts"),
        rows: rows().into_iter().take(6).collect(),
    }
}

fn empty_home() -> Home {
    let nothing = |i| Period {
        money: Money::inr(0),
        sentence: text("21 Nov: ₹0.00, 0 payments"),
        payments: text("0"),
        ..period(i)
    };
    let periods: Vec<_> = (23..30).map(nothing).collect();
    Home {
        shell: Shell { in_doubt: 0, done: Some(text("Signed in.")), ..shell(Place::Home, Mode::Test) },
        range: Range::Week,
        tiles: vec![
            Tile::money_in(Money::inr(0), 0),
            Tile::success_rate(0, 0),
            Tile::refunds(Money::inr(0), 0),
            Tile::in_doubt(Money::inr(0), 0, 0),
        ],
        chart: Chart::of("Money in by day", text("15 to 21 Nov"), "Day", Currency::INR, &periods),
        attention: Vec::new(),
        connections: Vec::new(),
        methods: Vec::new(),
        failures: Vec::new(),
        failures_sample: String::new(),
        rows: Vec::new(),
    }
}

// ---- payments

fn row(
    i: i64,
    amount: i64,
    status: Badge,
    method: (&str, &str),
    customer: &str,
    connection: &str,
) -> PaymentRow {
    let at = NOW.minus(minutes(7 * i));
    PaymentRow {
        url: text("/payments/p"),
        amount: Money::inr(amount).shown(),
        status,
        order: format!("MK-IND-0{}", 4212 - i),
        method: text(method.0),
        instrument: text(method.1),
        customer: text(customer),
        connection: text(connection),
        at: ist_short(at),
        iso: iso(at),
    }
}

fn badge(status: Status) -> Badge {
    Badge::payment(status, false, GivenBack::Nothing)
}

fn rows() -> Vec<PaymentRow> {
    let refunded = |given_back| Badge::payment(Status::Captured, false, given_back);
    let upi = ("UPI", "ana•••@okbank");
    let card = ("Card", "Visa credit •• 4242");
    vec![
        row(0, 1_120_00, badge(Status::Pending), upi, "Ananya Krishnan", "Acme Pay"),
        row(1, 785_50, badge(Status::Captured), upi, "Rohit Deshmukh", "Acme Pay"),
        row(2, 4_860_00, Badge::IN_DOUBT, card, "Fatima Sheikh", "Acme Pay"),
        row(3, 12_499_00, badge(Status::Captured), upi, "Karthik Subramanian", "Bharat Gateway"),
        row(4, 618_50, badge(Status::Failed), upi, "Priya Nair", "Acme Pay"),
        row(5, 1_899_25, badge(Status::Authorized), card, "Gurpreet Singh", "Bharat Gateway"),
        row(6, 12_480_00, refunded(GivenBack::Part), card, "Imran Qureshi", "Acme Pay"),
        row(7, 420_00, refunded(GivenBack::All), ("EMI", "6 months"), "Sandeep Yadav", "Acme Pay"),
        row(8, 618_00, badge(Status::Expired), upi, "", "Acme Pay"),
        row(9, 899_00, badge(Status::Cancelled), ("Netbanking", ""), "Pooja Hegde", "Bharat Gateway"),
    ]
}

fn tab(label: &'static str, count: Option<&str>, current: bool) -> Tab {
    Tab { label, url: format!("?status={}", label.to_lowercase()), count: count.map(text), current }
}

fn choice(value: &str, label: &str, hint: &str, checked: bool) -> Choice {
    Choice { value: text(value), label: text(label), hint: text(hint), checked }
}

fn payments(rows: Vec<PaymentRow>) -> PaymentsList {
    PaymentsList {
        shell: shell(Place::Payments, Mode::Live),
        tabs: vec![
            tab("All", Some("4,232"), true),
            tab("Paid", None, false),
            tab("Pending", None, false),
            tab("In doubt", Some("3"), false),
            tab("Authorised", None, false),
            tab("Failed", None, false),
            tab("Refunded", None, false),
        ],
        all: true,
        kept: vec![("q", text("MK-IND"))],
        from: text("2026-10-23"),
        to: text("2026-11-21"),
        methods: hundi_core::Method::ALL
            .iter()
            .map(|m| choice(m.as_str(), m.shown(), "", *m == hundi_core::Method::Upi))
            .collect(),
        min: String::new(),
        max: String::new(),
        chips: vec![Chip {
            label: text("23 Oct to 21 Nov"),
            remove_label: text("Remove the date filter"),
            remove_url: text("/payments"),
        }],
        clear_url: text("/payments"),
        sum: format!("{} payments", rows.len()),
        rows,
        cursor: Cursor { newer: None, older: Some(text("?after=pay_01KANHKTXNFE0N8956")) },
    }
}

fn entry(back: i64, sign: Sign, title: &str, source: &'static str, sentence: &str) -> Entry {
    let at = NOW.minus(seconds(back));
    let (title, sentence) = (text(title), text(sentence));
    Entry { at: ist_clock(at), iso: iso(at), title, source, sentence, sign, evidence: Evidence::None }
}

fn money_lines() -> Vec<MoneyLine> {
    let line = |label: &str, amount: &str, sum| MoneyLine { label: text(label), amount: text(amount), sum };
    vec![
        line("Paid by the customer", "₹12,480.00", false),
        line("Refunded", "−₹1,500.00", false),
        line("Left", "₹10,980.00", true),
    ]
}

fn payment(status: Status) -> PaymentDetail {
    let exchange = |request: &str, answer: &str, took: &str, selected| ExchangeRow {
        url: text("?exchange=2#x"),
        request: text(request),
        answer: text(answer),
        answered: answer == "200",
        took: text(took),
        at: ist_clock(NOW),
        iso: iso(NOW),
        selected,
    };
    let proof = "# rule: captured only if amount, currency and order match\nGET /v1/payments/pay_zgssMJHK6pwTDj\n200 in 386 ms\n{\n  \"amount\": 1248000,\n  \"status\": \"captured\"\n}";
    PaymentDetail {
        shell: shell(Place::Payments, Mode::Live),
        id: text("pay_01KANHGV6E0BFJEMHD"),
        amount: Figure::of(Money::inr(12_480_00)),
        status: Badge::payment(status, false, GivenBack::Part),
        summary: text("Order MK-IND-04203, paid by Imran Qureshi with Visa credit •• 4242"),
        refund_url: Some(text("/payments/p/refund")),
        doubt: None,
        capture: None,
        discrepancies: vec![Discrepancy {
            title: text("Two captures for one order"),
            sentence: text(
                "A second capture of ₹12,480.00 arrived. It stands in suspense until somebody decides.",
            ),
            state: Badge::OPEN,
            at: text("13:05"),
        }],
        day: text("Sat 21 Nov 2026, IST"),
        timeline: vec![
            entry(0, Sign::REFUND, "₹1,500.00 refunded", "Webhook", "Acme Pay accepted it at normal speed."),
            entry(
                120,
                Sign::NOTED,
                "Same webhook again, ignored",
                "Webhook",
                "Already applied 15 s earlier. Nothing changed.",
            ),
            Entry {
                evidence: Evidence::Text(text(proof)),
                ..entry(
                    140,
                    Sign::DONE,
                    "Paid",
                    "Poll",
                    "The second status check said captured. Amount, currency and order match.",
                )
            },
            Entry {
                evidence: Evidence::Link(text("/webhooks/n")),
                ..entry(
                    155,
                    Sign::DOUBT,
                    "In doubt",
                    "Time-out",
                    "Acme Pay did not answer the capture within 10 s. No second provider was tried.",
                )
            },
            entry(
                166,
                Sign::HELD,
                "Customer came back",
                "Return",
                "The return’s signature is valid. Authorised, capture sent.",
            ),
            entry(200, Sign::SENT, "Sent to Acme Pay", "Router", "First in the routing order."),
            entry(213, Sign::NOTED, "Order created", "API", "By API key “POS server”."),
        ],
        refunds: vec![RefundRow {
            amount: text("−₹1,500.00"),
            status: Badge::refund(refund::Status::Processed, false),
            reason: text("Item not delivered"),
            provider_id: text("rfnd_Kx4mT9wQz2LcVb"),
            at: ist_short(NOW),
            iso: iso(NOW),
        }],
        provider: text("Acme Pay"),
        exchanges: vec![
            exchange("GET /v1/payments/:id", "200", "386 ms", false),
            exchange("POST /v1/payments/:id/capture", "No answer", "10,000 ms", true),
            exchange("POST /v1/orders", "200", "412 ms", false),
        ],
        exchange: Some(Exchange {
            request: text(
                "POST /v1/payments/pay_zgssMJHK6pwTDj/capture\nAuthorization: [hidden]\nX-Request-Id: req_01KANHZJ55XDC19DRQ\n\n{ \"amount\": 1248000, \"currency\": \"INR\" }",
            ),
            answer: text("# No answer in 10,000 ms. Outcome unknown, first status check planned in 5 s."),
        }),
        money: money_lines(),
        facts: vec![
            Fact::id("State", "captured"),
            Fact::link("Connection", "Acme Pay, main", "/connections/c"),
            Fact::id("Our reference", "HX7K2M9QW4ZT8BNR5YAC"),
            Fact::id("Their order", "order_yYkAaH98XHayJS"),
            Fact::id("Their payment", "pay_zgssMJHK6pwTDj"),
            Fact::text("Method", "Card"),
            Fact::text("Instrument", "Visa credit •• 4242"),
            Fact::id("Bank reference", "632513041284"),
        ],
        related: vec![
            Related {
                icon: "order",
                title: text("Order MK-IND-04203"),
                url: None,
                sentence: text("Paid 13:04"),
                amount: text("₹12,480.00"),
            },
            Related {
                icon: "out",
                title: text("Events sent to you"),
                url: Some(text("/deliveries?payment=p")),
                sentence: text("3 delivered"),
                amount: String::new(),
            },
        ],
    }
}

fn doubtful_payment() -> PaymentDetail {
    PaymentDetail {
        status: Badge::IN_DOUBT,
        refund_url: None,
        doubt: Some(Doubt {
            since: text("21 Nov 2026, 13:31 IST"),
            lasting: text("14 min"),
            asked: text("6 times, last at 13:44:51"),
            next: Some(text("at 13:45:21 IST")),
            sentence: text("Acme Pay did not answer the capture within 10 s. It may have acted."),
            check_url: text("/payments/p/check"),
        }),
        discrepancies: Vec::new(),
        refunds: Vec::new(),
        money: Vec::new(),
        related: Vec::new(),
        exchange: None,
        ..payment(Status::Pending)
    }
}

fn held_payment() -> PaymentDetail {
    PaymentDetail {
        status: badge(Status::Authorized),
        refund_url: None,
        capture: Some(CaptureForm {
            amount: text("₹12,480.00"),
            sentence: text(
                "Take it by 26 Nov 2026, 13:04 IST. After that the bank gives it back to the customer by itself.",
            ),
            url: text("/payments/p/capture"),
        }),
        discrepancies: Vec::new(),
        refunds: Vec::new(),
        exchanges: Vec::new(),
        exchange: None,
        money: Vec::new(),
        ..payment(Status::Authorized)
    }
}

fn refund_form(amount: &str, error: Option<&str>) -> RefundForm {
    RefundForm {
        shell: shell(Place::Payments, Mode::Live),
        payment_id: text("pay_01KANHGV6E0BFJEMHD"),
        payment_url: text("/payments/p"),
        payment_amount: text("₹12,480.00"),
        summary: text("Order MK-IND-04203, ₹12,480.00 paid on 21 Nov 2026, 13:04 IST"),
        review_url: text("/payments/p/refund/review"),
        currency_words: text("rupees"),
        amount: text(amount),
        left: text("₹10,980.00"),
        reasons: vec![
            choice("customer_request", "Asked for by the customer", "", true),
            choice("other", "Something else", "", false),
        ],
        error: error.map(text),
        money: money_lines(),
    }
}

fn refund_confirm() -> RefundConfirm {
    RefundConfirm {
        shell: shell(Place::Payments, Mode::Live),
        payment_id: text("pay_01KANHGV6E0BFJEMHD"),
        payment_url: text("/payments/p"),
        summary: text("Order MK-IND-04203, ₹12,480.00 paid on 21 Nov 2026, 13:04 IST"),
        refund_url: text("/payments/p/refund"),
        amount: text("₹10,980.00"),
        amount_decimal: text("10980.00"),
        reason_value: text("customer_request"),
        key: text("k1"),
        effects: vec![
            text("₹10,980.00 goes back to the way it was paid, Visa credit •• 4242."),
            text("It reaches the customer in 5 to 7 working days."),
            text("Nothing is left to refund afterwards. A refund can’t be taken back."),
        ],
        money: money_lines(),
    }
}

// ---- connections

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

fn connection(saved: Option<SavedConnection>, wrong: bool) -> ConnectionPage {
    let is_saved = saved.is_some();
    let error = wrong.then(|| text("Type the key secret"));
    let field = |name: &str, label: &str, secret, hint: &str, value: &str| CredentialInput {
        name: text(name),
        label: text(label),
        hint: text(hint),
        secret,
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
            lamp: Lamp::NothingYet,
            last: text("None yet"),
            failures: text("0"),
            steps: vec![
                text("In Acme Pay, open Settings, then Webhooks."),
                text("Add a webhook and paste the URL and the secret above."),
            ],
            events: ["payment.authorized", "payment.captured", "payment.failed", "refund.processed"]
                .map(text)
                .to_vec(),
        },
        checklist: vec![
            step(Sign::DONE, "Keys saved", "21 Nov 2026, 13:39 IST"),
            step(Sign::DONE, "Keys work", "21 Nov 2026, 13:40 IST"),
            step(Sign::WAITING, "First webhook", "Not needed to start"),
            step(Sign::TODO, "First payment", ""),
        ],
        enabled: true,
        switch_url: text("/connections/c/switch"),
    }
}

// ---- webhooks in and out

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
    EndpointList {
        shell: shell(Place::Endpoints, Mode::Live),
        rows: any.then_some(row).into_iter().collect(),
        new_url: text("/endpoints/new"),
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
        address: text("https://shop.malgudi.example/hundi/events"),
        events: vec![
            choice("payment.captured", "payment.captured", "Money was taken", true),
            choice("refund.processed", "refund.processed", "", false),
        ],
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
        masked: masked("whsec_sample_4Jd8LqPz"),
        test_url: text("/endpoints/e/test"),
        deliveries_url: text("/deliveries?endpoint=e"),
        sentence: text("3 delivered today, the last in 184 ms."),
    }
}
