//! Keys, with sample data.

use super::samples::{choice, page, shell, text};
use crate::pages::keys::{Fresh, KeyForm, KeyRow, KeysPage, Wrong};
use crate::pages::parts::Badge;
use crate::pages::shell::Place;
use hundi_core::Mode;

pub(super) fn pages() -> [(&'static str, String); 3] {
    let rows = || {
        vec![
            row("Shop server", Badge::ENABLED, "Usual"),
            KeyRow {
                ends: Some(text("Until 21 Dec 2026, 00:00 IST")),
                from: Some(text("Only from 203.0.113.9/32, 10.0.0.0/8")),
                ..row("Warehouse", Badge::ENDED, "2 of 11")
            },
            KeyRow { revoke_url: None, ..row("The till of last year", Badge::REVOKED, "All") },
        ]
    };
    let fresh = Fresh { id: text("hk_test_0123456789abcdefghjkmnpq"), secret: text("hs_test_sample") };
    let wrong = |field: &str| Some(Wrong { field: text(field), sentence: text("That can’t be.") });
    [
        ("keys", page(&keys(rows(), None, Some(fresh)))),
        ("keys none", page(&keys(Vec::new(), wrong("scopes"), None))),
        ("keys wrong", page(&keys(rows(), wrong("networks"), None))),
    ]
}

fn row(name: &str, state: Badge, may: &str) -> KeyRow {
    KeyRow {
        id: text("hk_test_0123456789abcdefghjkmnpq"),
        name: text(name),
        state,
        may: text(may),
        may_all: vec!["See payments", "Take payments", "Refund"],
        ends: None,
        from: None,
        made: text("21 Nov, 13:38"),
        used: text("21 Nov, 13:45"),
        revoke_url: Some(text("/keys/k/revoke")),
    }
}

fn keys(rows: Vec<KeyRow>, wrong: Option<Wrong>, fresh: Option<Fresh>) -> KeysPage {
    let form = KeyForm {
        key: text("k1"),
        name: text("Counter"),
        scopes: vec![
            choice("payments:read", "See payments", "Orders, payments, refunds, customers and events", true),
            choice("refunds:write", "Refund", "", false),
        ],
        last_day: text("2026-12-20"),
        networks: text("203.0.113.9"),
        wrong,
    };
    KeysPage { shell: shell(Place::Keys, Mode::Test), rows, create_url: text("/keys"), form, fresh }
}
