//! Sample pages about money: home, payments, one payment, its refund. The amounts add up, as they must on real ones.

#![expect(clippy::inconsistent_digit_grouping, reason = "amounts read as rupees_paise")]

use super::samples::{NOW, choice, page, shell, tab, text};
use crate::pages::chart::{Chart, Period, shares};
use crate::pages::format::{Figure, count, iso, ist_clock, ist_day, ist_short};
use crate::pages::home::{Attention, Health, Home, Range, Tile};
use crate::pages::parts::{Badge, Chip, Cursor, Fact, GivenBack, MoneyLine, Sign};
use crate::pages::payment::{
    CaptureForm, Discrepancy, Doubt, Entry, Evidence, Exchange, ExchangeRow, PaymentDetail, PostingRow,
    RefundRow, Related,
};
use crate::pages::payments::{PaymentRow, PaymentsList};
use crate::pages::refund::{RefundConfirm, RefundForm};
use crate::pages::shell::{Place, Shell};
use hundi_core::payment::Status;
use hundi_core::time::{days, minutes, seconds};
use hundi_core::{Currency, Mode, Money, refund};

pub(super) fn pages() -> Vec<(&'static str, String)> {
    vec![
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
    ]
}

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

pub(super) fn badge(status: Status) -> Badge {
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

fn payments(rows: Vec<PaymentRow>) -> PaymentsList {
    PaymentsList {
        ignored: Vec::new(),
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
        amount: text("12480.00"),
        chips: vec![Chip {
            label: text("23 Oct to 21 Nov"),
            remove_label: text("Remove the date filter"),
            remove_url: text("/payments"),
        }],
        clear_url: text("/payments"),
        exports: vec![("CSV", text("/payments/export")), ("Excel", text("/payments/export?format=xlsx"))],
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

pub(super) fn payment(status: Status) -> PaymentDetail {
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
        check_url: None,
        doubt: None,
        capture: None,
        call_off_url: None,
        pay_link: None,
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
        postings: vec![PostingRow {
            entry: text("Capture"),
            debit: text("Held by Acme Pay, main"),
            credit: text("Sales"),
            amount: text("₹12,480.00"),
            at: ist_short(NOW),
            iso: iso(NOW),
        }],
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
            check_url: Some(text("/payments/p/check")),
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
        check_url: Some(text("/payments/p/check")),
        capture: Some(CaptureForm {
            amount: text("₹12,480.00"),
            sentence: text(
                "Take it by 26 Nov 2026, 13:04 IST. After that the bank gives it back to the customer by itself.",
            ),
            url: text("/payments/p/capture"),
            part_url: Some(text("/payments/p/capture")),
            let_go: text("The bank gives the money back when its hold ends."),
            let_go_url: "/payments/x/cancel".to_owned(),
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
