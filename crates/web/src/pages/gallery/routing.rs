//! Sample pages of routing.

use super::samples::{choice, page, shell, text};
use crate::pages::connections::FieldError;
use crate::pages::parts::{MoneyLine, Sign};
use crate::pages::routing::{
    Found, FoundLine, PolicyView, RoutingPage, RulePage, RuleRow, ShareInput, TestForm,
};
use crate::pages::shell::Place;
use hundi_core::Mode;

pub(super) fn pages() -> Vec<(&'static str, String)> {
    let error = |field: &str, sentence: &str| FieldError { field: text(field), sentence: text(sentence) };
    vec![
        ("routing", page(&routing())),
        ("routing none", page(&RoutingPage { rules: Vec::new(), can_manage: false, ..routing() })),
        ("rule new", page(&rule(Vec::new()))),
        (
            "rule wrong",
            page(&rule(vec![
                error("name", "Type a name of up to 80 characters"),
                error("currency", "Choose the currency of these amounts"),
                error("min", "Type an amount such as 1500.00, with 2 decimals at most"),
                error("max", "Type no less than the amount before it"),
                error("from", "Type a time such as 09:30 in both fields"),
                error("until", "Type another time than “From”"),
                error("shares", "Give at least one connection a share"),
                error("share_conn_1", "Type a whole number from 0 to 1000"),
            ])),
        ),
    ]
}

fn routing() -> RoutingPage {
    let row = |at: usize, name: &str, when: &str, to: &str| RuleRow {
        at,
        name: text(name),
        when: text(when),
        to: text(to),
        edit_url: format!("/routing/rule?at={at}"),
        first: at == 0,
        last: at == 1,
    };
    let line =
        |sign, title: &str, sentence: &str| FoundLine { sign, title: text(title), sentence: text(sentence) };
    RoutingPage {
        shell: shell(Place::Routing, Mode::Live),
        can_manage: true,
        rules: vec![
            row(
                0,
                "UPI by day",
                "UPI, on Mon, Tue, Wed, Thu, Fri, 09:00 to 18:00",
                "Acme Pay, catering 70 of 100, Bharat Gateway 30 of 100",
            ),
            row(1, "Large amounts", "from ₹50,000.00", "Bharat Gateway first, Test Bank Direct last"),
        ],
        version: 4,
        changed: text("21 Nov 2026, 13:40 IST"),
        usual: vec![text("Acme Pay, catering"), text("Bharat Gateway")],
        test: TestForm {
            amount: text("1500.005"),
            currencies: vec![choice("INR", "INR", "", true), choice("USD", "USD", "", false)],
            methods: vec![choice("", "Not known yet", "", true), choice("upi", "UPI", "", false)],
            error: Some(text("Type an amount such as 1500.00, with 2 decimals at most")),
            found: Some(Found {
                what: text("₹1,500.00 by UPI, now"),
                rule: text(
                    "Rule 1, “UPI by day”, decides. Where several share, the first is drawn for each order; this is one draw.",
                ),
                lines: vec![
                    line(Sign::SENT, "Acme Pay, catering", "Is asked first."),
                    line(Sign::NOTED, "Bharat Gateway", "Is asked if the one before surely did nothing."),
                    line(Sign::TODO, "Test Bank Direct", "Is not enabled."),
                ],
            }),
        },
        policy: PolicyView {
            choices: vec![
                choice(
                    "refund_later",
                    "Give the later one back",
                    "What comes second goes back by itself.",
                    true,
                ),
                choice(
                    "accept_and_void_other",
                    "Accept it, and void the other",
                    "The open one is called off.",
                    false,
                ),
            ],
            exposed: vec![MoneyLine {
                label: text("May be charged twice now"),
                amount: text("₹4,860.00"),
                sum: false,
            }],
            sentence: text(
                "Above what is owed, should everything open succeed: 2 orders. Counted from your newest 5,000 payments of 7 days.",
            ),
            changed: text("20 Nov 2026, 10:02 IST"),
            error: Some(text("Choose one of the two.")),
        },
    }
}

fn rule(errors: Vec<FieldError>) -> RulePage {
    let share = |field: &str, label: &str, weight: &str| ShareInput {
        field: text(field),
        label: text(label),
        weight: text(weight),
    };
    RulePage {
        shell: shell(Place::Routing, Mode::Live),
        title: text("Add a rule"),
        at: String::new(),
        version: 4,
        errors,
        name: text("UPI by day"),
        methods: hundi_core::Method::ALL.iter().map(|m| choice(m.as_str(), m.shown(), "", false)).collect(),
        currencies: vec![choice("", "Any", "", false), choice("INR", "INR", "", true)],
        min: text("500.00"),
        max: String::new(),
        days: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
            .map(|day| choice(day, day, "", day != "Sun"))
            .into(),
        from: text("09:00"),
        until: text("18:00"),
        shares: vec![
            share("share_conn_1", "Acme Pay, catering", "70"),
            share("share_conn_2", "Test Bank Direct, not enabled", ""),
        ],
    }
}
