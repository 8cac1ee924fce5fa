//! The payer's pages: choose, pay, wait, and the result. Nothing here guesses: paid is said only of captured money,
//! and "no money was taken" only where it is proved.

mod chrome;
mod emi;
mod qr;
mod result;

pub use chrome::{Brand, Chrome, Colour, Live};
pub use emi::{BankPlans, Instalments, PlanRow};
pub use qr::Qr;
pub use result::{Ended, Failed, InDoubt, Late, MoneyTaken, Paid, Step, Taken};

use super::parts::MoneyLine;
use askama::Template;
use askama::filters::HtmlSafe;
use hundi_core::Method;
use std::fmt;

/// What is owed, and the ways to pay it.
#[derive(Template)]
#[template(path = "checkout/pay.html")]
pub struct Pay {
    pub chrome: Chrome,
    /// The merchant's own reference.
    pub order: String,
    /// `13:57`; may be empty.
    pub pay_before: String,
    /// Items and the total; empty when the order has none.
    pub lines: Vec<MoneyLine>,
    pub choices: Vec<Choice>,
    /// Plans to pay it month by month, where a provider lists any.
    pub emi: Option<Instalments>,
    /// What was just done; may be empty.
    pub done: &'static str,
    /// Why the page is shown again, if it is: `Your bank is not answering. Choose another way.`
    pub notice: String,
    /// Makes each form safe to send twice.
    pub key: String,
}

/// One way to pay: a form (POST) with `flow`, `method` and `key`.
#[derive(Clone, Debug)]
pub struct Choice {
    pub method: Method,
    /// `script`, `redirect`, `upi_intent`
    pub flow: &'static str,
    /// `Credit or debit card`
    pub label: String,
    /// `Visa, Mastercard, RuPay`
    pub note: String,
    /// What happens next. May be empty.
    pub sentence: String,
    /// `Continue to the card page`
    pub button: String,
    pub action: String,
    /// What the payer may agree to: that it is kept. Empty: it can't be.
    pub consent: &'static str,
    /// The saved method that is charged. Empty: none.
    pub saved: String,
    /// Takes the saved method away.
    pub forget: Option<PostButton>,
}

impl Choice {
    const fn icon(&self) -> &'static str {
        match self.method {
            Method::Card => "pay",
            Method::Upi => "phone",
            Method::Netbanking | Method::BankTransfer => "bank",
            Method::Wallet => "wallet",
            Method::Emi | Method::PayLater => "cal",
            Method::Other => "globe",
        }
    }
}

/// A button that posts a form.
#[derive(Clone, Debug)]
pub struct PostButton {
    pub url: String,
    /// Hidden fields.
    pub fields: Vec<(&'static str, String)>,
    pub button: String,
}

/// The provider is being asked: the second of two clicks lands here.
#[derive(Template)]
#[template(path = "checkout/opening.html")]
pub struct Opening {
    pub chrome: Chrome,
    pub order: String,
    /// The provider's name.
    pub provider: String,
    pub live: Live,
}

impl Opening {
    const fn live(&self) -> Option<&Live> {
        Some(&self.live)
    }
}

/// Opens the provider's own payment window. The page's policy must allow the provider's script origins.
#[derive(Template)]
#[template(path = "checkout/script.html")]
pub struct PayScript {
    pub chrome: Chrome,
    pub order: String,
    /// The provider's name.
    pub provider: String,
    pub script_url: String,
    /// The constructor the script defines.
    pub global: String,
    pub options: ScriptJson,
    /// The way without script, where the connection has one.
    pub redirect: Option<PostButton>,
    /// Back to the choices; none while this attempt blocks another.
    pub other_url: Option<String>,
    pub live: Live,
}

impl PayScript {
    const fn live(&self) -> Option<&Live> {
        Some(&self.live)
    }
}

/// A page of the provider's, top level. Reached by a link: a form that led there would have to be allowed for hosts that
/// nobody can list beforehand.
#[derive(Template)]
#[template(path = "checkout/redirect.html")]
pub struct PayRedirect {
    pub chrome: Chrome,
    pub order: String,
    /// The provider's name.
    pub provider: String,
    pub url: String,
    /// What is posted there; without any, it is a plain link.
    pub fields: Option<Vec<(String, String)>>,
    /// At once, as the payer has just asked for it; otherwise they came back and choose themselves.
    pub go: bool,
    pub other_url: Option<String>,
    pub live: Live,
}

impl PayRedirect {
    const fn live(&self) -> Option<&Live> {
        Some(&self.live)
    }
}

/// A UPI payment: an app on this phone, or a code to scan.
#[derive(Template)]
#[template(path = "checkout/upi.html")]
pub struct PayUpi {
    pub chrome: Chrome,
    pub order: String,
    /// `upi://pay?..`
    pub link: String,
    /// Where a person can play the payer. None unless a simulator stands in for the provider.
    pub simulated: Option<String>,
    pub qr: Qr,
    pub seconds_left: u64,
    pub other_url: Option<String>,
    pub live: Live,
}

impl PayUpi {
    const fn live(&self) -> Option<&Live> {
        Some(&self.live)
    }

    fn clock(&self) -> String {
        clock(self.seconds_left)
    }
}

/// `9:44`
fn clock(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// JSON that may stand inside a `<script>` block: nothing in it can end the block or start another.
#[derive(Clone, Debug)]
pub struct ScriptJson(String);

impl ScriptJson {
    /// `json` must be JSON already; what HTML or an old script engine would misread is written as `\u` escapes,
    /// which mean the same inside JSON strings, the only place where these characters can stand.
    pub fn new(json: &str) -> Self {
        let mut text = String::with_capacity(json.len());
        for c in json.chars() {
            match c {
                '<' => text.push_str("\\u003c"),
                '>' => text.push_str("\\u003e"),
                '&' => text.push_str("\\u0026"),
                '\u{2028}' => text.push_str("\\u2028"),
                '\u{2029}' => text.push_str("\\u2029"),
                other => text.push(other),
            }
        }
        Self(text)
    }
}

impl fmt::Display for ScriptJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for ScriptJson {}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn options_cannot_leave_their_block() {
        let hostile = r#"{"name":"</script><script>alert(1)</script><!--","note":"a & b \u2028"}"#;
        let shown = ScriptJson::new(&hostile.replace("\\u2028", "\u{2028}")).to_string();
        assert!(!shown.contains(['<', '>', '&', '\u{2028}']));
        let read: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(read["name"], "</script><script>alert(1)</script><!--");
        assert_eq!(read["note"], "a & b \u{2028}");
    }
}
