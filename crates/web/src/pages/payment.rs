//! One payment: the amount, what it is, what happened, and the evidence of each claim.

use super::format::Figure;
use super::parts::{Badge, Fact, MoneyLine, Sign, Tone};
use super::shell::Shell;
use askama::Template;

/// One payment with all that is known of it.
#[derive(Template)]
#[template(path = "console/payment.html")]
pub struct PaymentDetail {
    pub shell: Shell,
    pub id: String,
    pub amount: Figure,
    pub status: Badge,
    /// One line under the amount: order and payer. May be empty.
    pub summary: String,
    /// Where a refund is asked for, while something can be refunded.
    pub refund_url: Option<String>,
    /// Asks the provider at once (POST), while something may still come of it. A doubt has its own button.
    pub check_url: Option<String>,
    pub doubt: Option<Doubt>,
    pub capture: Option<CaptureForm>,
    /// Calls off a payment that nobody has paid yet (POST).
    pub call_off_url: Option<String>,
    pub pay_link: Option<PayLink>,
    pub discrepancies: Vec<Discrepancy>,
    /// `Sat 21 Nov 2026, IST`: the zone is named once, above the timeline.
    pub day: String,
    /// Newest first.
    pub timeline: Vec<Entry>,
    pub refunds: Vec<RefundRow>,
    /// The provider's name.
    pub provider: String,
    pub exchanges: Vec<ExchangeRow>,
    /// The one that is looked at.
    pub exchange: Option<Exchange>,
    pub money: Vec<MoneyLine>,
    /// What it did to the books. Empty where nothing was posted, or the user may not see the books.
    pub postings: Vec<PostingRow>,
    /// Order, receipt, our reference, theirs, method, instrument, bank reference, connection.
    pub facts: Vec<Fact>,
    pub related: Vec<Related>,
}

/// An outcome that nobody knows yet.
#[derive(Clone, Debug)]
pub struct Doubt {
    /// `21 Nov 2026, 13:31 IST`
    pub since: String,
    /// `12 min`
    pub lasting: String,
    /// `3 times, last at 13:44:51`
    pub asked: String,
    /// `at 13:45:21 IST`; none when it is no longer asked by itself.
    pub next: Option<String>,
    /// What went unanswered.
    pub sentence: String,
    /// None where the user may not.
    pub check_url: Option<String>,
}

/// Where the payer pays the order.
#[derive(Clone, Debug)]
pub struct PayLink {
    pub url: String,
    /// Begins another payment (POST `key`) after one that is over.
    pub retry_url: Option<String>,
    /// Makes the form safe to send twice.
    pub key: String,
}

/// A hold that can be taken.
#[derive(Clone, Debug)]
pub struct CaptureForm {
    pub amount: String,
    /// Until when, and what happens after.
    pub sentence: String,
    pub url: String,
    /// The page that asks how much, where a part can be taken.
    pub part_url: Option<String>,
    /// What becomes of the hold then.
    pub let_go: String,
    /// Calls the payment off instead (POST).
    pub let_go_url: String,
}

/// Something that did not fit what was asked.
#[derive(Clone, Debug)]
pub struct Discrepancy {
    pub title: String,
    pub sentence: String,
    pub state: Badge,
    pub at: String,
}

/// One line of the timeline.
#[derive(Clone, Debug)]
pub struct Entry {
    /// `13:04:28`
    pub at: String,
    pub iso: String,
    pub title: String,
    /// API, Return, Webhook, Poll, Router, Time-out, Person or Reconciliation.
    pub source: &'static str,
    /// One plain sentence.
    pub sentence: String,
    pub sign: Sign,
    pub evidence: Evidence,
}

impl Entry {
    /// Only what changed the outcome is coloured.
    pub fn is_loud(&self) -> bool {
        self.sign.tone != Tone::Plain
    }
}

/// What proves a line of the timeline.
#[derive(Clone, Debug)]
pub enum Evidence {
    None,
    /// Shown in place: the rule, the clock, the masked bytes.
    Text(String),
    /// On a page of its own: a notice, an exchange.
    Link(String),
}

/// One refund of this payment.
#[derive(Clone, Debug)]
pub struct RefundRow {
    /// Shown with its minus.
    pub amount: String,
    pub status: Badge,
    pub reason: String,
    /// The provider's id; may be empty.
    pub provider_id: String,
    pub at: String,
    pub iso: String,
}

/// One request that we made about this payment.
#[derive(Clone, Debug)]
pub struct ExchangeRow {
    pub url: String,
    /// `POST /v1/orders`
    pub request: String,
    /// `200`, or `No answer`
    pub answer: String,
    /// Whether there was a good answer.
    pub answered: bool,
    /// `386 ms`
    pub took: String,
    pub at: String,
    pub iso: String,
    pub selected: bool,
}

/// A request and its answer, secrets as `[hidden]`.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Line, headers, a blank line, body.
    pub request: String,
    pub answer: String,
}

/// An amount from one account of the books to another.
#[derive(Clone, Debug)]
pub struct PostingRow {
    /// `Capture`
    pub entry: String,
    pub debit: String,
    pub credit: String,
    pub amount: String,
    pub at: String,
    pub iso: String,
}

/// Something else that belongs to this payment.
#[derive(Clone, Debug)]
pub struct Related {
    pub icon: &'static str,
    pub title: String,
    /// None while the thing has no page.
    pub url: Option<String>,
    pub sentence: String,
    /// May be empty.
    pub amount: String,
}
