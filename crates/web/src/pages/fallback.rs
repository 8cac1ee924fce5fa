//! The platform's account as a last resort: what stands between the two, and for the platform what it lends.

use super::parts::{Badge, Choice};
use super::shell::Shell;
use askama::Template;

/// One page for both sides. A merchant sees its own half.
#[derive(Template)]
#[template(path = "console/fallback.html")]
pub struct FallbackPage {
    pub shell: Shell,
    pub standing: Standing,
    /// What the platform collected for this merchant and did not pay over: `₹1,499.00`, one for each currency.
    pub due: Vec<String>,
    /// Takes `accepted=true` or `accepted=false` (POST). None where the person may not decide.
    pub agree_url: Option<String>,
    /// For the platform's own merchant alone.
    pub lends: Option<Lends>,
}

/// What stands between the platform and this merchant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    Nothing,
    /// Since when, for people.
    Offered(String),
    Accepted(String),
}

impl FallbackPage {
    const fn badge(&self) -> Badge {
        match self.standing {
            Standing::Nothing => Badge::DISABLED,
            Standing::Offered(_) => Badge::WAITING,
            Standing::Accepted(_) => Badge::ENABLED,
        }
    }
}

/// What the platform lends, newest first, and a form for another offer.
#[derive(Clone, Debug)]
pub struct Lends {
    pub rows: Vec<Lent>,
    /// The platform's connections in this mode.
    pub connections: Vec<Choice>,
    /// Takes `merchant` and `connection` (POST). None where the person may not decide.
    pub offer_url: Option<String>,
    /// As typed.
    pub merchant: String,
    /// What is wrong with what was typed.
    pub error: Option<String>,
}

/// One offer.
#[derive(Clone, Debug)]
pub struct Lent {
    pub merchant: String,
    pub merchant_id: String,
    pub connection: String,
    pub state: Badge,
    /// Of its last change.
    pub at: String,
    /// What is owed to that merchant, all of its currencies.
    pub owed: String,
    pub withdraw_url: Option<String>,
}
