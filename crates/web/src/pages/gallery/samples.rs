//! What all sample console pages share: one moment, one shop, one person.

use crate::pages::html;
use crate::pages::parts::{Choice, Tab};
use crate::pages::shell::{Place, Shell};
use askama::Template;
use hundi_core::{Millis, Mode};

/// 21 Nov 2026, 13:45:12 IST
pub(super) const NOW: Millis = Millis(1_795_248_912_000);

pub(super) fn page(page: &impl Template) -> String {
    html(page).unwrap()
}

pub(super) fn text(text: &str) -> String {
    text.to_owned()
}

pub(super) fn shell(here: Place, mode: Mode) -> Shell {
    Shell {
        product: text("Tiffin Cloud Payments"),
        merchant: text("Malgudi Kitchens"),
        organization: text("Malgudi Foods Private Limited"),
        merchants: Vec::new(),
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

pub(super) fn tab(label: &'static str, count: Option<&str>, current: bool) -> Tab {
    Tab { label, url: format!("?status={}", label.to_lowercase()), count: count.map(text), current }
}

pub(super) fn choice(value: &str, label: &str, hint: &str, checked: bool) -> Choice {
    Choice { value: text(value), label: text(label), hint: text(hint), checked }
}
