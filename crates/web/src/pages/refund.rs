//! Giving money back, in two steps: how much and why, then a page that says what will happen.

use super::parts::{Choice, MoneyLine};
use super::shell::Shell;
use askama::Template;

/// How much, and why.
#[derive(Template)]
#[template(path = "console/refund.html")]
pub struct RefundForm {
    pub shell: Shell,
    pub payment_id: String,
    pub payment_url: String,
    pub payment_amount: String,
    /// One line about the payment.
    pub summary: String,
    /// Where the form goes (GET): the page that asks to confirm.
    pub review_url: String,
    /// `rupees`, or a currency's code.
    pub currency_words: String,
    /// As typed, or all that is left.
    pub amount: String,
    /// What can still be refunded.
    pub left: String,
    pub reasons: Vec<Choice>,
    /// `Type an amount up to ₹10,980.00`
    pub error: Option<String>,
    pub money: Vec<MoneyLine>,
}

/// The amount and the effect, and two buttons that say what they do.
#[derive(Template)]
#[template(path = "console/refund_confirm.html")]
pub struct RefundConfirm {
    pub shell: Shell,
    pub payment_id: String,
    pub payment_url: String,
    pub summary: String,
    /// Where it is asked for (POST).
    pub refund_url: String,
    pub amount: String,
    /// The same as the form sends it: `1500.00`.
    pub amount_decimal: String,
    pub reason_value: String,
    /// Makes the form safe to send twice.
    pub key: String,
    /// Plain sentences: to whom, when, what it does to the books.
    pub effects: Vec<String>,
    pub money: Vec<MoneyLine>,
}
