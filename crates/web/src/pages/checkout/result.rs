//! How a payment ended, or that nobody knows yet.

use super::super::parts::Fact;
use super::{Chrome, Live, PostButton, clock};
use askama::Template;

/// The outcome is unknown. No retry and no other method until it is known.
#[derive(Template)]
#[template(path = "checkout/doubt.html")]
pub struct InDoubt {
    pub chrome: Chrome,
    /// What was done so far, oldest first.
    pub steps: Vec<Step>,
    /// 0 when it is not asked again by itself.
    pub next_check_seconds: u64,
    /// `Thu 26 Nov`: from the dated rule of the scheme; empty where no rule is known.
    pub returns_by: String,
    /// What the payer can quote: the bank's reference, else ours.
    pub reference: String,
    /// Asks the provider at once (POST).
    pub check_url: String,
    pub live: Live,
}

impl InDoubt {
    const fn live(&self) -> Option<&Live> {
        Some(&self.live)
    }

    fn clock(&self) -> String {
        clock(self.next_check_seconds)
    }
}

/// One thing that was done.
#[derive(Clone, Debug)]
pub struct Step {
    pub done: bool,
    pub sentence: String,
    /// May be empty.
    pub at: String,
}

/// Did the bank take money for the failed payment? Payers always ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyTaken {
    /// The provider said so definitely, or the request never left.
    ProvedNot,
    NotKnown,
}

impl MoneyTaken {
    const fn is_proved_untaken(self) -> bool {
        matches!(self, Self::ProvedNot)
    }
}

/// It definitely failed.
#[derive(Template)]
#[template(path = "checkout/failed.html")]
pub struct Failed {
    pub chrome: Chrome,
    /// `FailureReason::title`, without a full stop.
    pub reason: String,
    /// `FailureReason::advice`
    pub advice: String,
    pub money_taken: MoneyTaken,
    /// The choices again.
    pub other_url: Option<String>,
    /// The same way again: `Try UPI again`.
    pub again: Option<PostButton>,
    /// `2 tries left for this order, until 13:57.`; may be empty.
    pub left: String,
    /// Order, tried with, bank reference.
    pub facts: Vec<Fact>,
    pub shop_url: Option<String>,
}

impl Failed {
    const fn live(&self) -> Option<&Live> {
        None
    }
}

/// Whether the merchant has the money, or the bank holds it for the merchant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Captured,
    /// Authorised only: never called paid.
    Held,
}

impl Taken {
    const fn is_paid(self) -> bool {
        matches!(self, Self::Captured)
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Captured => "Paid",
            Self::Held => "Authorised",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Captured => "paid",
            Self::Held => "authorised",
        }
    }

    const fn icon(self) -> &'static str {
        match self {
            Self::Captured => "s-ok",
            Self::Held => "s-half",
        }
    }
}

/// It worked. The page goes back to the shop after ten seconds, if there is one to go back to.
#[derive(Template)]
#[template(path = "checkout/paid.html")]
pub struct Paid {
    pub chrome: Chrome,
    pub taken: Taken,
    /// Order, paid with, when, bank reference.
    pub facts: Vec<Fact>,
    pub shop_url: Option<String>,
}

impl Paid {
    const fn live(&self) -> Option<&Live> {
        None
    }
}

/// Nothing can be paid here: the order expired, was cancelled, or cannot be reached now.
#[derive(Template)]
#[template(path = "checkout/ended.html")]
pub struct Ended {
    pub chrome: Chrome,
    pub title: String,
    pub sentence: String,
    /// May be empty.
    pub advice: String,
    icon: &'static str,
    bad: bool,
    pub facts: Vec<Fact>,
    pub retry_url: Option<String>,
    pub shop_url: Option<String>,
}

impl Ended {
    /// Nothing is due any more. `late` says what happens to money that still arrives, by the merchant's policy.
    pub fn expired(chrome: Chrome, order: &str, late: Late, shop_url: Option<String>) -> Self {
        let advice = match late {
            Late::Refunded => "If a payment of yours still arrives, it is refunded to you.",
            Late::Accepted => "If a payment of yours still arrives, it is accepted for this order.",
        };
        Self {
            chrome,
            title: "This order has expired".to_owned(),
            sentence: "Nothing is due any more.".to_owned(),
            advice: advice.to_owned(),
            icon: "s-sq",
            bad: false,
            facts: vec![Fact::text("Order", order)],
            retry_url: None,
            shop_url,
        }
    }

    /// The merchant called the order off.
    pub fn cancelled(chrome: Chrome, order: &str, shop_url: Option<String>) -> Self {
        let title = "This order was cancelled".to_owned();
        Self { title, ..Self::expired(chrome, order, Late::Refunded, shop_url) }
    }

    /// It can't be paid at the moment: no connection fits, or we are having trouble. Nothing was started.
    pub fn unavailable(
        chrome: Chrome,
        order: &str,
        retry_url: Option<String>,
        shop_url: Option<String>,
    ) -> Self {
        Self {
            chrome,
            title: "This can’t be paid right now".to_owned(),
            sentence: "No payment was started, and no money was taken.".to_owned(),
            advice: "Try again in a few minutes, or ask the shop for another way to pay.".to_owned(),
            icon: "s-bad",
            bad: true,
            facts: vec![Fact::text("Order", order)],
            retry_url,
            shop_url,
        }
    }

    /// No account of the merchant's takes this `amount`, or this `currency`. Waiting does not help the payer.
    pub fn unpayable(chrome: Chrome, order: &str, what: &str, shop_url: Option<String>) -> Self {
        Self {
            title: format!("The shop’s account cannot take this {what}"),
            sentence: format!("No payment of {} was started, and no money was taken.", chrome.amount),
            advice: format!("Ask {} for another way to pay.", chrome.merchant),
            chrome,
            icon: "s-bad",
            bad: true,
            facts: vec![Fact::text("Order", order)],
            retry_url: None,
            shop_url,
        }
    }

    /// We could not do our part. What became of a payment is not known here, so nothing is said about money.
    pub fn trouble(chrome: Chrome, retry_url: Option<String>) -> Self {
        Self {
            chrome,
            title: "Something failed on our side".to_owned(),
            sentence: "If you were paying, load this page again before you pay once more.".to_owned(),
            advice: "It then shows what became of your payment.".to_owned(),
            icon: "s-bad",
            bad: true,
            facts: Vec::new(),
            retry_url,
            shop_url: None,
        }
    }

    /// The payer began anew more often than anybody does who pays.
    pub fn too_often(chrome: Chrome, wait_secs: i64, retry_url: Option<String>) -> Self {
        Self {
            chrome,
            title: "Too many tries".to_owned(),
            sentence: "Nothing was begun just now.".to_owned(),
            advice: format!("Wait {wait_secs} seconds, then try again. What you began before goes on."),
            icon: "s-bad",
            bad: false,
            facts: Vec::new(),
            retry_url,
            shop_url: None,
        }
    }

    /// No order has that address. `chrome` names nobody then.
    pub fn no_such(chrome: Chrome) -> Self {
        Self {
            chrome,
            title: "No such payment page".to_owned(),
            sentence: "The link is not complete, or it is no longer used.".to_owned(),
            advice: "Open it again from the shop’s message, or ask the shop for a new one.".to_owned(),
            icon: "search",
            bad: false,
            facts: Vec::new(),
            retry_url: None,
            shop_url: None,
        }
    }

    const fn live(&self) -> Option<&Live> {
        None
    }
}

/// What happens to money that arrives after the order expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Late {
    Refunded,
    Accepted,
}
