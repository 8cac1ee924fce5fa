//! The way in.

use super::format::initials;
use askama::Template;

/// Asks for an e-mail address and a password.
///
/// No token in the form: cookies are `SameSite`, and the server checks `Origin` and `Sec-Fetch-Site` of every POST.
#[derive(Template)]
#[template(path = "console/signin.html")]
pub struct SignIn {
    /// Whose installation this is.
    pub product: String,
    /// Kept when the password was wrong.
    pub email: String,
    /// What was wrong, and what to do; never whether the address is known.
    pub error: Option<String>,
    /// Where to go afterwards: a path of ours.
    pub next: String,
}

impl SignIn {
    fn monogram(&self) -> String {
        initials(&self.product)
    }
}
