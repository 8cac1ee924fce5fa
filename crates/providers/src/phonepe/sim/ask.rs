//! One call as a handler sees it, and what it may answer: JSON, or a refusal in PhonePe's words.

use crate::sim::kit::json_response;
use crate::sim::{AMOUNT_MAX, SimResponse};
use serde_json::{Value, json};

/// A call whose sender is known.
pub(super) struct Ask<'a> {
    /// Index into the simulator's accounts.
    pub(super) account: usize,
    /// The id in the path.
    pub(super) id: String,
    pub(super) query: Vec<(String, String)>,
    /// In v1 what the base64 held.
    pub(super) body: Value,
    pub(super) base_url: &'a str,
}

impl Ask<'_> {
    /// A text field that is there and not empty. The Python SDK sends null for what is not set.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str).filter(|t| !t.is_empty())
    }

    pub(super) fn at(&self, pointer: &str) -> Option<&str> {
        self.body.pointer(pointer).and_then(Value::as_str).filter(|t| !t.is_empty())
    }

    /// Paise, one rupee or more.
    pub(super) fn amount(&self) -> Result<i64, Refusal> {
        let amount = self.body.get("amount").and_then(Value::as_i64);
        let usable = amount.filter(|a| (100..=AMOUNT_MAX).contains(a));
        usable.ok_or_else(|| Refusal::bad("amount must be a whole number of paise, 100 at least"))
    }

    /// A name of the merchant's: letters, digits, `_` and `-`, and not too long.
    pub(super) fn name(&self, field: &str, chars_max: usize) -> Result<String, Refusal> {
        let name = self.text(field).ok_or_else(|| Refusal::bad(&format!("{field} must not be empty")))?;
        let plain = name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_' || c == b'-');
        if plain && name.len() <= chars_max {
            Ok(name.to_owned())
        } else {
            Err(Refusal::new(
                400,
                "INVALID_TRANSACTION_ID",
                "The transaction id you have entered seems to be invalid.",
            ))
        }
    }

    /// Whether a flag of the query says yes; the Python SDK spells it with a capital.
    pub(super) fn says(&self, name: &str) -> bool {
        self.query.iter().any(|(n, v)| n == name && v.eq_ignore_ascii_case("true"))
    }
}

/// What a handler says.
pub(super) type Said = Result<Value, Refusal>;

/// An error answer.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    status: u16,
    body: Value,
}

impl Refusal {
    pub(super) fn new(status: u16, code: &str, message: &str) -> Self {
        Self { status, body: json!({ "success": false, "code": code, "message": message, "data": {} }) }
    }

    pub(super) fn bad(message: &str) -> Self {
        Self::new(400, "BAD_REQUEST", message)
    }

    /// As the documents show it: code and message alone.
    pub(super) fn bare(status: u16, code: &str, message: &str) -> Self {
        Self { status, body: json!({ "code": code, "message": message }) }
    }

    /// The edge of the gateway.
    pub(super) fn edge() -> Self {
        Self { status: 401, body: json!({ "code": "401", "success": false }) }
    }

    /// The token's service speaks otherwise.
    pub(super) fn invalid_client() -> Self {
        let body = json!({
            "code": "INVALID_CLIENT",
            "errorCode": "OIM000",
            "message": "Bad Request: Invalid Client, trackingId: simulated",
            "context": { "error_description": "Client authentication failure" },
        });
        Self { status: 400, body }
    }

    pub(super) fn server(status: u16) -> Self {
        if status == 429 {
            Self::new(429, "TOO_MANY_REQUESTS", "Too many requests.")
        } else {
            Self::new(status, "INTERNAL_SERVER_ERROR", "There is an error trying to process your request.")
        }
    }
}

pub(super) fn answer(said: Said) -> SimResponse {
    match said {
        Ok(value) => json_response(200, &value),
        Err(refusal) => json_response(refusal.status, &refusal.body),
    }
}
