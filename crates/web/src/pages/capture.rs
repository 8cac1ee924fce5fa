//! Taking a part of what a bank holds, in two steps: how much, then a page that says what will happen.

use super::parts::MoneyLine;
use super::shell::Shell;
use askama::Template;

/// How much of the hold.
#[derive(Template)]
#[template(path = "console/capture.html")]
pub struct CaptureAsked {
    pub shell: Shell,
    pub payment_id: String,
    pub payment_url: String,
    /// One line about the payment.
    pub summary: String,
    /// Where the form goes (GET): the page that asks to confirm.
    pub review_url: String,
    /// `rupees`, or a currency's code.
    pub currency_words: String,
    /// As typed, or all that is held.
    pub amount: String,
    pub held: String,
    /// `Type an amount up to ₹1,500.00`
    pub error: Option<String>,
    pub money: Vec<MoneyLine>,
}

/// The amount and the effect, and two buttons that say what they do.
#[derive(Template)]
#[template(path = "console/capture_confirm.html")]
pub struct CaptureConfirm {
    pub shell: Shell,
    pub payment_id: String,
    pub payment_url: String,
    pub summary: String,
    /// Where it is asked for (POST).
    pub capture_url: String,
    pub amount: String,
    /// The same as the form sends it: `1500.00`.
    pub amount_decimal: String,
    /// Plain sentences: what is taken, and what becomes of the rest.
    pub effects: Vec<String>,
    pub money: Vec<MoneyLine>,
}
