//! Parts that several pages share: status badges, lamps, tabs, chips, cursor links, facts, text in full.

use askama::filters::HtmlSafe;
use hundi_core::{Mode, payment, refund};
use std::fmt;

/// How serious a part looks. Never the only sign: a word and a shape stand beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Info,
    Ok,
    Warn,
    Bad,
}

impl fmt::Display for Tone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "",
            Self::Info => "info",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
        })
    }
}

impl HtmlSafe for Tone {}

/// A status: word, shape and colour, all three everywhere. Writes its own markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Badge {
    word: &'static str,
    icon: &'static str,
    tone: Tone,
}

/// How much of a payment was given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenBack {
    Nothing,
    Part,
    All,
}

impl Badge {
    pub const fn new(word: &'static str, icon: &'static str, tone: Tone) -> Self {
        Self { word, icon, tone }
    }

    pub const fn word(self) -> &'static str {
        self.word
    }

    /// A payment's badge. Doubt is louder than what we believe otherwise, and refunds are louder than paid.
    pub const fn payment(status: payment::Status, in_doubt: bool, given_back: GivenBack) -> Self {
        use payment::Status;
        match (status, in_doubt, given_back) {
            (_, true, _) => Self::IN_DOUBT,
            (Status::Captured, _, GivenBack::All) => Self::new("Refunded", "refund", Tone::Plain),
            (Status::Captured, _, GivenBack::Part) => Self::new("Part refunded", "refund", Tone::Plain),
            (Status::Captured, _, GivenBack::Nothing) => Self::new("Paid", "s-ok", Tone::Ok),
            (Status::Created | Status::Pending, ..) => Self::new("Pending", "s-ring", Tone::Plain),
            (Status::Authorized, ..) => Self::new("Authorised", "s-half", Tone::Info),
            (Status::Failed, ..) => Self::new("Failed", "s-bad", Tone::Bad),
            (Status::Expired, ..) => Self::new("Expired", "s-sq", Tone::Plain),
            (Status::Cancelled, ..) => Self::new("Cancelled", "s-sq", Tone::Plain),
        }
    }

    pub const fn refund(status: refund::Status, in_doubt: bool) -> Self {
        use refund::Status;
        match (status, in_doubt) {
            (_, true) => Self::IN_DOUBT,
            (Status::Requested, _) => Self::new("Requested", "s-ring", Tone::Plain),
            (Status::Processing, _) => Self::new("Processing", "s-ring", Tone::Plain),
            (Status::Processed, _) => Self::new("Refunded", "s-ok", Tone::Ok),
            (Status::Failed, _) => Self::new("Failed", "s-bad", Tone::Bad),
        }
    }

    pub const IN_DOUBT: Self = Self::new("In doubt", "s-dia", Tone::Warn);
    pub const ENABLED: Self = Self::new("Enabled", "s-ok", Tone::Ok);
    pub const DISABLED: Self = Self::new("Disabled", "s-sq", Tone::Plain);
    pub const REVOKED: Self = Self::new("Revoked", "s-sq", Tone::Plain);
    pub const REPLACED: Self = Self::new("Replaced", "s-half", Tone::Plain);
    pub const ENDED: Self = Self::new("Ended", "s-sq", Tone::Plain);
    pub const DRAFT: Self = Self::new("Draft", "s-half", Tone::Plain);
    /// A provider's message whose proof held.
    pub const VERIFIED: Self = Self::new("Verified", "s-ok", Tone::Ok);
    /// A provider's message whose proof did not hold.
    pub const REFUSED: Self = Self::new("Refused", "s-bad", Tone::Bad);
    pub const WAITING: Self = Self::new("Waiting", "s-ring", Tone::Plain);
    pub const DELIVERED: Self = Self::new("Delivered", "s-ok", Tone::Ok);
    pub const RETRYING: Self = Self::new("Retrying", "s-ring", Tone::Warn);
    pub const GAVE_UP: Self = Self::new("Gave up", "s-bad", Tone::Bad);
    /// A discrepancy that nobody has resolved.
    pub const OPEN: Self = Self::new("Open", "s-tri", Tone::Warn);
    pub const RESOLVED: Self = Self::new("Resolved", "s-ok", Tone::Ok);
}

impl fmt::Display for Badge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { word, icon, tone } = self;
        let svg = format_args!(r##"<svg class="i" aria-hidden="true"><use href="#i-{icon}"/></svg>"##);
        write!(f, r#"<span class="st {tone}">{svg}{word}</span>"#)
    }
}

// Every field is a word of ours.
impl HtmlSafe for Badge {}

/// The health of a connection or of its webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lamp {
    Healthy,
    Degraded,
    Down,
    /// Below 20 attempts no rate means anything.
    TooFew,
    /// Webhooks only: none has arrived yet.
    NothingYet,
}

impl fmt::Display for Lamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, icon, tone) = match self {
            Self::Healthy => ("Healthy", "s-ok", Tone::Ok),
            Self::Degraded => ("Degraded", "s-tri", Tone::Warn),
            Self::Down => ("Down", "s-bad", Tone::Bad),
            Self::TooFew => ("Too few to judge", "s-o", Tone::Plain),
            Self::NothingYet => ("Waiting for the first one", "s-ring", Tone::Plain),
        };
        let svg = format_args!(r##"<svg class="i" aria-hidden="true"><use href="#i-{icon}"/></svg>"##);
        write!(f, r#"<span class="lamp {tone}">{svg}{word}</span>"#)
    }
}

impl HtmlSafe for Lamp {}

/// A sign beside a line: what it is about, and how serious.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sign {
    pub icon: &'static str,
    pub tone: Tone,
}

impl Sign {
    pub const DONE: Self = Self { icon: "s-ok", tone: Tone::Ok };
    pub const DOUBT: Self = Self { icon: "s-dia", tone: Tone::Warn };
    pub const WARNING: Self = Self { icon: "s-tri", tone: Tone::Warn };
    pub const FAILED: Self = Self { icon: "s-bad", tone: Tone::Bad };
    pub const WAITING: Self = Self { icon: "s-ring", tone: Tone::Plain };
    pub const TODO: Self = Self { icon: "s-o", tone: Tone::Plain };
    pub const HELD: Self = Self { icon: "s-half", tone: Tone::Plain };
    pub const NOTED: Self = Self { icon: "s-dot", tone: Tone::Plain };
    pub const REFUND: Self = Self { icon: "refund", tone: Tone::Plain };
    pub const SENT: Self = Self { icon: "route", tone: Tone::Plain };
    pub const PERSON: Self = Self { icon: "user", tone: Tone::Plain };
}

/// A tab over a list. The count is shown where it was cheap to have.
#[derive(Clone, Debug)]
pub struct Tab {
    pub label: &'static str,
    pub url: String,
    pub count: Option<String>,
    pub current: bool,
}

/// A filter that applies now, and the address of the list without it.
#[derive(Clone, Debug)]
pub struct Chip {
    pub label: String,
    /// `Remove the date filter`
    pub remove_label: String,
    pub remove_url: String,
}

/// One box that can be ticked.
#[derive(Clone, Debug)]
pub struct Choice {
    pub value: String,
    pub label: String,
    /// May be empty.
    pub hint: String,
    pub checked: bool,
}

/// The way to the pages before and after this one.
#[derive(Clone, Debug, Default)]
pub struct Cursor {
    pub newer: Option<String>,
    pub older: Option<String>,
}

impl Cursor {
    /// Whether everything fits on this page.
    pub const fn is_alone(&self) -> bool {
        self.newer.is_none() && self.older.is_none()
    }
}

/// A label and what it says.
#[derive(Clone, Debug)]
pub struct Fact {
    pub label: String,
    pub value: String,
    pub mono: bool,
    pub url: Option<String>,
}

impl Fact {
    pub fn text(label: &str, value: impl Into<String>) -> Self {
        Self { label: label.to_owned(), value: value.into(), mono: false, url: None }
    }

    /// An id or a reference: in the fixed-width face.
    pub fn id(label: &str, value: impl Into<String>) -> Self {
        Self { mono: true, ..Self::text(label, value) }
    }

    pub fn link(label: &str, value: impl Into<String>, url: impl Into<String>) -> Self {
        Self { url: Some(url.into()), ..Self::text(label, value) }
    }
}

/// One line of a sum. The last one stands under a rule.
#[derive(Clone, Debug)]
pub struct MoneyLine {
    pub label: String,
    pub amount: String,
    pub sum: bool,
}

/// Saved secrets are shown by their last four characters and never again.
pub fn masked(secret: &str) -> String {
    let last: Vec<char> = secret.chars().rev().take(4).collect();
    // Four of a short secret would be most of it.
    if secret.chars().count() < 12 {
        "••••••••".to_owned()
    } else {
        format!("••••••••{}", last.iter().rev().collect::<String>())
    }
}

/// The mode in a heading.
pub const fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Test => "Test",
        Mode::Live => "Live",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubt_is_never_hidden_and_paid_only_when_captured() {
        use payment::Status;
        for status in Status::ALL.iter().copied() {
            assert_eq!(Badge::payment(status, true, GivenBack::Nothing), Badge::IN_DOUBT);
            let paid = Badge::payment(status, false, GivenBack::Nothing).word() == "Paid";
            assert_eq!(paid, status == Status::Captured, "{status:?}");
        }
        assert_eq!(Badge::payment(Status::Captured, false, GivenBack::Part).word(), "Part refunded");
    }

    #[test]
    fn secrets_show_their_last_four() {
        assert_eq!(masked("kV7sample2secretPq9x"), "••••••••Pq9x");
        assert_eq!(masked("short"), "••••••••");
    }
}
