//! Sample pages of taking a part of a hold, and of a payment that can be tried again.

use super::money::{badge, payment};
use super::samples::{page, shell, text};
use crate::pages::capture::{CaptureAsked, CaptureConfirm};
use crate::pages::parts::{Fact, MoneyLine};
use crate::pages::payment::{PayLink, PaymentDetail};
use crate::pages::shell::Place;
use hundi_core::Mode;
use hundi_core::payment::Status;

pub(super) fn pages() -> Vec<(&'static str, String)> {
    vec![
        ("payment failed", page(&failed_payment())),
        ("capture", page(&capture_form(None))),
        ("capture wrong", page(&capture_form(Some("Type an amount up to ₹12,480.00")))),
        ("capture confirm", page(&capture_confirm())),
    ]
}

fn failed_payment() -> PaymentDetail {
    PaymentDetail {
        status: badge(Status::Failed),
        refund_url: None,
        pay_link: Some(PayLink {
            url: text("https://pay.tiffin.example/pay/ord_01KANHGV6E0BFJEMHD.4f1c"),
            retry_url: Some(text("/payments/p/retry")),
            key: text("k1"),
        }),
        call_off_url: Some(text("/payments/p/cancel")),
        timeline: payment(Status::Failed).timeline.split_off(5),
        facts: vec![Fact::id("State", "failed"), Fact::text("Why it failed", "The bank declined it")],
        postings: Vec::new(),
        exchanges: Vec::new(),
        discrepancies: Vec::new(),
        refunds: Vec::new(),
        exchange: None,
        money: Vec::new(),
        ..payment(Status::Failed)
    }
}

fn nothing_taken() -> Vec<MoneyLine> {
    let line = |label: &str, amount: &str, sum| MoneyLine { label: text(label), amount: text(amount), sum };
    vec![line("Asked for", "₹12,480.00", false), line("Taken", "₹0.00", true)]
}

fn capture_form(error: Option<&str>) -> CaptureAsked {
    CaptureAsked {
        shell: shell(Place::Payments, Mode::Live),
        payment_id: text("pay_01KANHGV6E0BFJEMHD"),
        payment_url: text("/payments/p"),
        summary: text("Order MK-IND-04203, Imran Qureshi"),
        review_url: text("/payments/p/capture/confirm"),
        currency_words: text("rupees"),
        amount: text("12480.00"),
        held: text("₹12,480.00"),
        error: error.map(text),
        money: nothing_taken(),
    }
}

fn capture_confirm() -> CaptureConfirm {
    CaptureConfirm {
        shell: shell(Place::Payments, Mode::Live),
        payment_id: text("pay_01KANHGV6E0BFJEMHD"),
        payment_url: text("/payments/p"),
        summary: text("Order MK-IND-04203, Imran Qureshi"),
        capture_url: text("/payments/p/capture"),
        amount: text("₹480.00"),
        amount_decimal: text("480.00"),
        effects: vec![
            text("₹480.00 of the ₹12,480.00 that the bank holds is taken."),
            text("₹12,000.00 goes back to the customer and can’t be taken later."),
        ],
        money: nothing_taken(),
    }
}
