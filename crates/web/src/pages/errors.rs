//! When a page can't be shown: what failed, what did not change, what to do, and a number for support.

use askama::Template;

/// Any refusal or fault, in or out of a session.
#[derive(Template)]
#[template(path = "console/error.html")]
pub struct ErrorPage {
    pub product: String,
    pub title: String,
    pub failed: String,
    /// `Nothing was changed.` Empty where that is not known.
    pub unchanged: String,
    pub advice: String,
    /// Only where trying again is safe.
    pub retry_url: Option<String>,
    /// May be empty.
    pub request_id: String,
}

impl ErrorPage {
    /// No page has that address, or the user may not know that one has.
    pub fn not_found(product: String) -> Self {
        Self {
            product,
            title: "No such page".to_owned(),
            failed: "There is nothing at this address, or it belongs to another merchant or mode.".to_owned(),
            unchanged: String::new(),
            advice: "Check the address, or switch between Test and Live and look again.".to_owned(),
            retry_url: None,
            request_id: String::new(),
        }
    }

    /// The user's role does not include this.
    pub fn not_allowed(product: String) -> Self {
        Self {
            product,
            title: "Not open to your role".to_owned(),
            failed: "Your role does not include this page or action.".to_owned(),
            unchanged: "Nothing was changed.".to_owned(),
            advice: "Ask an administrator of your organization if you need it.".to_owned(),
            retry_url: None,
            request_id: String::new(),
        }
    }

    /// Something inside failed; the cause is in the log under this number.
    pub fn fault(product: String, request_id: String) -> Self {
        Self {
            product,
            title: "Something failed here".to_owned(),
            failed: "We could not show this page.".to_owned(),
            unchanged:
                "If you sent a form, look at the payment or setting first: it may or may not have been saved."
                    .to_owned(),
            advice: "Then try again, or send the number below to support.".to_owned(),
            retry_url: None,
            request_id,
        }
    }
}
