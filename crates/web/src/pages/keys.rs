//! API keys: what the merchant's own server signs in with.

use super::parts::Badge;
use super::shell::Shell;
use askama::Template;

/// All keys of the merchant in this mode, newest first, and a form for another.
#[derive(Template)]
#[template(path = "console/keys.html")]
pub struct KeysPage {
    pub shell: Shell,
    pub rows: Vec<KeyRow>,
    /// Takes `name` and `key` (POST).
    pub create_url: String,
    /// The form's own word: sent twice, it makes one key.
    pub key: String,
    /// As typed.
    pub name: String,
    /// What is wrong with the name.
    pub error: Option<String>,
    /// A key that was just made.
    pub fresh: Option<Fresh>,
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
    /// `21 Nov, 13:38`
    pub made: String,
    /// To the minute, or `never`.
    pub used: String,
    /// None where it is revoked already.
    pub revoke_url: Option<String>,
}
