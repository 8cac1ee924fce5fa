//! API keys: what the merchant's own server signs in with.

use super::parts::{Badge, Choice};
use super::shell::Shell;
use askama::Template;

/// All keys of the merchant in this mode, newest first, and a form for another.
#[derive(Template)]
#[template(path = "console/keys.html")]
pub struct KeysPage {
    pub shell: Shell,
    pub rows: Vec<KeyRow>,
    /// Takes the form's fields (POST).
    pub create_url: String,
    pub form: KeyForm,
    /// A key that was just made.
    pub fresh: Option<Fresh>,
}

/// The form, as it was typed. It sends `key`, `name`, `scope` (many), `last_day` and `networks`.
#[derive(Clone, Debug)]
pub struct KeyForm {
    /// The form's own word: sent twice, it makes one key.
    pub key: String,
    pub name: String,
    /// What the key may do, of what this person can give.
    pub scopes: Vec<Choice>,
    /// `2026-11-21`, or empty.
    pub last_day: String,
    pub networks: String,
    pub wrong: Option<Wrong>,
}

/// One field that can't stay as it is.
#[derive(Clone, Debug)]
pub struct Wrong {
    /// `name`, `scopes`, `expires_at` or `networks`.
    pub field: String,
    pub sentence: String,
}

impl KeyForm {
    /// What is wrong with a field.
    pub fn wrong_with(&self, field: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|wrong| wrong.field == field).map(|wrong| wrong.sentence.as_str())
    }
}

/// A new key, whose secret is shown this once.
#[derive(Clone, Debug)]
pub struct Fresh {
    pub id: String,
    pub secret: String,
}

/// One key in the list.
#[derive(Clone, Debug)]
pub struct KeyRow {
    pub id: String,
    pub name: String,
    pub state: Badge,
    /// `Usual`, `All`, `3 of 11`
    pub may: String,
    /// The same in words, one each.
    pub may_all: Vec<&'static str>,
    /// `Until 21 Dec 2026, 00:00 IST`, where it has an end.
    pub ends: Option<String>,
    /// `Only from 203.0.113.9/32`, where it is bound to networks.
    pub from: Option<String>,
    /// `21 Nov, 13:38`
    pub made: String,
    /// To the minute, or `never`.
    pub used: String,
    /// None where it is revoked already.
    pub revoke_url: Option<String>,
}
