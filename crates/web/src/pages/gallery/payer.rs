//! Sample payer pages.

use crate::pages::checkout::{
    BankPlans, Brand, Choice, Chrome, Colour, Ended, Failed, InDoubt, Instalments, Late, Live, MoneyTaken,
    Opening, Paid, Pay, PayRedirect, PayScript, PayUpi, PlanRow, PostButton, Qr, ScriptJson, Step, Taken,
};
use crate::pages::html;
use crate::pages::parts::{Fact, MoneyLine};
use askama::Template;
use hundi_core::Method;

pub(super) fn pages() -> Vec<(&'static str, String)> {
    vec![
        ("pay", pay_for("Malgudi Kitchens")),
        (
            "pay again",
            page(&Pay {
                notice: "Your bank is not answering. Choose another way.".to_owned(),
                lines: Vec::new(),
                ..pay("Malgudi Kitchens")
            }),
        ),
        (
            "pay saved",
            page(&Pay {
                done: "Removed. It is charged no more, and the provider is told to forget it.",
                choices: vec![kept()],
                emi: None,
                ..pay("Malgudi Kitchens")
            }),
        ),
        ("pay script", page(&script())),
        ("pay upi", page(&upi())),
        ("pay redirect", page(&redirect(false))),
        ("pay redirect go", page(&redirect(true))),
        (
            "pay opening",
            page(&Opening {
                chrome: chrome(),
                order: ORDER.to_owned(),
                provider: "Acme Pay".to_owned(),
                live: live(),
            }),
        ),
        ("pay too often", page(&Ended::too_often(chrome(), 42, Some("/pay/x".to_owned())))),
        ("pay trouble", page(&Ended::trouble(chrome(), Some("/pay/x".to_owned())))),
        ("pay doubt", page(&doubt())),
        ("pay failed", page(&failed(MoneyTaken::ProvedNot))),
        ("pay failed unproved", page(&failed(MoneyTaken::NotKnown))),
        ("pay paid", page(&paid(Taken::Captured))),
        ("pay held", page(&paid(Taken::Held))),
        ("pay expired", page(&Ended::expired(chrome(), ORDER, Late::Refunded, shop()))),
        ("pay cancelled", page(&Ended::cancelled(chrome(), ORDER, shop()))),
        ("pay unavailable", page(&Ended::unavailable(chrome(), ORDER, Some("/pay/x".to_owned()), shop()))),
        (
            "pay no such",
            page(&Ended::no_such(Chrome {
                merchant: "hundi".to_owned(),
                amount: String::new(),
                run_by: String::new(),
                leave: None,
                ..chrome()
            })),
        ),
    ]
}

const ORDER: &str = "MK-IND-04213";

/// The way to pay with hostile names.
pub(super) fn pay_for(merchant: &str) -> String {
    page(&pay(merchant))
}

fn page(page: &impl Template) -> String {
    html(page).unwrap()
}

fn shop() -> Option<String> {
    Some("https://malgudi.example/thanks".to_owned())
}

fn chrome() -> Chrome {
    let colour = |text| Colour::parse(text).unwrap();
    Chrome {
        merchant: "Malgudi Kitchens".to_owned(),
        about: "Indiranagar, Bengaluru".to_owned(),
        amount: "₹5,117.70".to_owned(),
        brand: Some(Brand { light: colour("#8a2d1f"), dark: colour("#b84a37"), on: colour("#ffffff") }),
        nonce: "r4nd0m".to_owned(),
        test: true,
        run_by: "Acme Pay".to_owned(),
        leave: None,
    }
}

fn redirect(go: bool) -> PayRedirect {
    PayRedirect {
        chrome: chrome(),
        order: ORDER.to_owned(),
        provider: "Acme Pay".to_owned(),
        url: "https://pay.acme.example/l/4213?a=1&b=2".to_owned(),
        fields: None,
        go,
        other_url: Some("/pay/x?other=1".to_owned()),
        live: live(),
    }
}

fn live() -> Live {
    Live { poll_url: "/pay/x/state".to_owned(), state: "pending".to_owned(), page_url: "/pay/x".to_owned() }
}

fn lines() -> Vec<MoneyLine> {
    let line = |label: &str, amount: &str, sum| MoneyLine {
        label: label.to_owned(),
        amount: amount.to_owned(),
        sum,
    };
    vec![
        line("Family thali × 6", "₹3,894.00", false),
        line("Filter coffee × 12", "₹720.00", false),
        line("Mysore pak, 1 kg", "₹760.00", false),
        line("Discount THALI10", "−₹500.00", false),
        line("GST, 5%", "₹243.70", false),
        line("Total", "₹5,117.70", true),
    ]
}

fn choice(
    method: Method,
    flow: &'static str,
    label: &str,
    note: &str,
    sentence: &str,
    button: &str,
) -> Choice {
    Choice {
        method,
        flow,
        label: label.to_owned(),
        note: note.to_owned(),
        sentence: sentence.to_owned(),
        button: button.to_owned(),
        action: "/pay/x/start".to_owned(),
        consent: "",
        saved: String::new(),
        forget: None,
    }
}

/// What the customer kept.
fn kept() -> Choice {
    Choice {
        saved: "pm_1".to_owned(),
        forget: Some(PostButton {
            url: "/pay/x/forget".to_owned(),
            fields: vec![("saved", "pm_1".to_owned())],
            button: "Remove Visa ••1007".to_owned(),
        }),
        ..choice(
            Method::Card,
            "saved",
            "Visa ••1007",
            "Saved, expires 12/35",
            "It is charged at once. You agreed on Fri 20 Nov 2026 that it is kept for you.",
            "Pay ₹5,117.70",
        )
    }
}

/// By the calculator of fifty digits that `core::emi` is held against.
fn instalments() -> Instalments {
    let plan = |months, rate: &str, monthly: &str, total: &str, interest: &str| PlanRow {
        months,
        rate: rate.to_owned(),
        monthly: monthly.to_owned(),
        total: total.to_owned(),
        interest: interest.to_owned(),
    };
    let bank =
        |name: &str, note: &str, plans| BankPlans { name: name.to_owned(), note: note.to_owned(), plans };
    Instalments {
        note: "From ₹464.33 a month".to_owned(),
        banks: vec![
            bank(
                "HDFC Bank",
                "From ₹464.33 a month",
                vec![
                    plan(6, "16%", "₹893.19", "₹5,359.14", "₹241.44"),
                    plan(12, "16%", "₹464.33", "₹5,571.96", "₹454.26"),
                ],
            ),
            bank("ONEC", "From ₹1,705.90 a month", vec![plan(3, "0%", "₹1,705.90", "₹5,117.70", "")]),
        ],
        sentence: "Acme Pay asks for your card, and you choose the months in its window.".to_owned(),
        flow: "script",
        connection: "conn_1".to_owned(),
        action: "/pay/x/start".to_owned(),
        button: "Continue to Acme Pay".to_owned(),
    }
}

fn pay(merchant: &str) -> Pay {
    Pay {
        chrome: Chrome { merchant: merchant.to_owned(), leave: shop(), ..chrome() },
        order: ORDER.to_owned(),
        pay_before: "13:57".to_owned(),
        lines: lines(),
        choices: vec![
            choice(
                Method::Upi,
                "upi_intent",
                "UPI",
                "Any UPI app",
                "Pay in an app on this phone, or scan a code.",
                "Continue with UPI",
            ),
            choice(
                Method::Card,
                "script",
                "Credit or debit card",
                "Visa, Mastercard, RuPay, American Express",
                "You type the card in the provider’s own window. This page never sees your card number.",
                "Continue to the card",
            ),
            choice(
                Method::Netbanking,
                "redirect",
                "Netbanking",
                "58 banks",
                "You choose your bank on the next page.",
                "Continue to your bank",
            ),
            choice(Method::Wallet, "redirect", "Wallets", "Several wallets", "", "Continue to your wallet"),
        ],
        emi: Some(instalments()),
        done: "",
        notice: String::new(),
        key: "k1".to_owned(),
    }
}

fn script() -> PayScript {
    PayScript {
        chrome: chrome(),
        order: ORDER.to_owned(),
        provider: "Acme Pay".to_owned(),
        script_url: "https://pay.acme.example/checkout.js".to_owned(),
        global: "Acme".to_owned(),
        options: ScriptJson::new(r#"{"key":"k","name":"</script>"}"#),
        redirect: Some(PostButton {
            url: "/pay/x/start".to_owned(),
            fields: vec![("flow", "redirect".to_owned())],
            button: "Continue on the provider’s page instead".to_owned(),
        }),
        other_url: None,
        live: live(),
    }
}

fn upi() -> PayUpi {
    let size = 33;
    // Not a code that says anything: enough dark modules to look at, with the three corners.
    let corner = |x: usize, y: usize| {
        x < 7
            && y < 7
            && !((x == 1 || x == 5) && (1..6).contains(&y) || (y == 1 || y == 5) && (1..6).contains(&x))
    };
    let dark = move |x: usize, y: usize| match (x < 8, x >= size - 8, y < 8, y >= size - 8) {
        (true, _, true, _) => corner(x, y),
        (_, true, true, _) => corner(size - 1 - x, y),
        (true, _, _, true) => corner(x, size - 1 - y),
        _ => (x * 7 + y * 13 + x * y) % 5 < 2,
    };
    PayUpi {
        chrome: chrome(),
        order: ORDER.to_owned(),
        link: "upi://pay?pa=malgudi@example&pn=Malgudi%20Kitchens&am=5117.70&cu=INR&tr=x".to_owned(),
        simulated: Some("http://127.0.0.1:4010/sim/payer?order=x".to_owned()),
        qr: Qr::of(size, dark),
        seconds_left: 584,
        other_url: None,
        live: live(),
    }
}

fn doubt() -> InDoubt {
    let step =
        |done, sentence: &str, at: &str| Step { done, sentence: sentence.to_owned(), at: at.to_owned() };
    InDoubt {
        chrome: chrome(),
        steps: vec![
            step(true, "Payment started", "13:44:06"),
            step(false, "Asked Acme Pay 3 times, no answer yet", "Last time at 13:44:51"),
        ],
        next_check_seconds: 8,
        returns_by: "Thu 26 Nov".to_owned(),
        reference: "632513044206".to_owned(),
        check_url: "/pay/x/check".to_owned(),
        live: live(),
    }
}

fn failed(money_taken: MoneyTaken) -> Failed {
    let reason = hundi_core::FailureReason::InsufficientFunds;
    Failed {
        chrome: chrome(),
        reason: reason.title().to_owned(),
        advice: reason.advice().to_owned(),
        money_taken,
        other_url: Some("/pay/x".to_owned()),
        again: Some(PostButton {
            url: "/pay/x/start".to_owned(),
            fields: vec![("flow", "upi_intent".to_owned())],
            button: "Try UPI again".to_owned(),
        }),
        left: "2 tries left for this order, until 13:57.".to_owned(),
        facts: vec![
            Fact::text("Order", ORDER),
            Fact::text("Tried with", "UPI, 13:43"),
            Fact::id("Bank reference", "632513043118"),
        ],
        shop_url: shop(),
    }
}

fn paid(taken: Taken) -> Paid {
    Paid {
        chrome: chrome(),
        taken,
        facts: vec![
            Fact::text("Order", ORDER),
            Fact::text("Paid with", "UPI"),
            Fact::text("When", "21 Nov 2026, 13:45 IST"),
            Fact::id("Bank reference", "632513044206"),
        ],
        shop_url: shop(),
    }
}
