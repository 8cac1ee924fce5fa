//! Webhooks in: what providers told us, whether it was believed, and what it changed.

use super::parts::{Badge, Chip, Choice, Cursor, Fact, Tab};
use super::shell::Shell;
use askama::Template;

/// The inbox, newest first.
#[derive(Template)]
#[template(path = "console/notices.html")]
pub struct NoticeLog {
    pub shell: Shell,
    /// By verdict.
    pub tabs: Vec<Tab>,
    /// Whether the tab `All` is the current one.
    pub all: bool,
    /// Filters without a field in the form, kept when others change.
    pub kept: Vec<(&'static str, String)>,
    pub connections: Vec<Choice>,
    /// One sentence for each filter that means nothing.
    pub ignored: Vec<String>,
    pub chips: Vec<Chip>,
    pub clear_url: String,
    pub rows: Vec<NoticeRow>,
    pub cursor: Cursor,
}

/// One notice in the list.
#[derive(Clone, Debug)]
pub struct NoticeRow {
    pub url: String,
    /// The provider's word: `payment.captured`.
    pub kind: String,
    /// Verified, refused or waiting.
    pub verdict: Badge,
    /// `Payment became paid`, `Same again, ignored`, `Wrong signature`
    pub effect: String,
    pub connection: String,
    pub at: String,
    pub iso: String,
}

/// One notice whole: the bytes are the evidence.
#[derive(Template)]
#[template(path = "console/notice.html")]
pub struct NoticeDetail {
    pub shell: Shell,
    pub id: String,
    pub kind: String,
    pub verdict: Badge,
    /// What it changed, or why it was refused.
    pub sentence: String,
    /// Has it worked on once more (POST); none where nothing could come of it.
    pub replay_url: Option<String>,
    /// Connection, payment, event id, grade, arrived, worked on, tries.
    pub facts: Vec<Fact>,
    /// One a line, secrets as `[hidden]`.
    pub headers: String,
    pub body: String,
}
