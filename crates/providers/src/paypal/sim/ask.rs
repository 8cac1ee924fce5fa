//! One call as a handler sees it, and what it may answer: a status with JSON, or a refusal in PayPal's words.

use super::craft::Sum;
use super::keys;
use crate::sim::SimResponse;
use crate::sim::kit::{json_response, typed};
use serde_json::{Value, json};

/// A call to the API whose token is known.
pub(super) struct Ask {
    /// Index into the simulator's accounts.
    pub(super) account: usize,
    /// The ids in the path, in order, decoded.
    pub(super) ids: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    /// An empty body is an empty object.
    pub(super) body: Value,
    pub(super) raw: Vec<u8>,
    pub(super) key: Option<keys::Place>,
    /// `Prefer: return=representation`
    pub(super) whole: bool,
}

impl Ask {
    pub(super) fn id(&self) -> &str {
        self.ids.first().map_or("", String::as_str)
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// A text field of at most so many characters, if it is there.
    pub(super) fn text(&self, name: &str, chars_max: usize) -> Result<Option<String>, Refusal> {
        text(&self.body, name, chars_max)
    }

    /// `amount`, if it is there, and worth something.
    pub(super) fn amount(&self) -> Result<Option<Sum>, Refusal> {
        match self.body.get("amount") {
            None | Some(Value::Null) => Ok(None),
            Some(given) => sum(given).map(Some),
        }
    }

    /// All of it, or only id, status and links.
    pub(super) fn preferred(&self, whole: Value) -> Value {
        if self.whole {
            return whole;
        }
        json!({ "id": whole["id"], "status": whole["status"], "links": whole["links"] })
    }
}

pub(super) fn text(body: &Value, name: &str, chars_max: usize) -> Result<Option<String>, Refusal> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.chars().count() > chars_max => {
            Err(Refusal::invalid("INVALID_STRING_LENGTH"))
        }
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Refusal::invalid("INVALID_PARAMETER_SYNTAX")),
    }
}

/// An amount above zero. How it is spelled is a matter of the request; how fine it is, one of business.
pub(super) fn sum(given: &Value) -> Result<Sum, Refusal> {
    let sum = Sum::parse(given).map_err(Refusal::issue)?;
    if sum.minor > 0 { Ok(sum) } else { Err(Refusal::issue("CANNOT_BE_ZERO_OR_NEGATIVE")) }
}

/// What a handler says: a status and its body.
pub(super) type Said = Result<(u16, Value), Refusal>;

/// An error answer.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    name: &'static str,
    issue: Option<String>,
}

impl Refusal {
    /// An issue under the name and status that PayPal lists it with.
    pub(super) fn issue(issue: &str) -> Self {
        let (status, name) = match issue {
            "MISSING_REQUIRED_PARAMETER"
            | "INVALID_PARAMETER_VALUE"
            | "INVALID_PARAMETER_SYNTAX"
            | "INVALID_STRING_LENGTH"
            | "INVALID_ARRAY_MAX_ITEMS"
            | "MALFORMED_REQUEST_JSON"
            | "PAYPAL_REQUEST_ID_REQUIRED" => (400, "INVALID_REQUEST"),
            "PERMISSION_DENIED" | "PAYEE_ACCOUNT_NOT_VERIFIED" => (403, "NOT_AUTHORIZED"),
            "INVALID_RESOURCE_ID" => (404, "RESOURCE_NOT_FOUND"),
            "PREVIOUS_REQUEST_IN_PROGRESS" => (409, "RESOURCE_CONFLICT"),
            "INTERNAL_SERVER_ERROR" | "INTERNAL_SERVICE_ERROR" => (500, "INTERNAL_SERVER_ERROR"),
            _ => (422, "UNPROCESSABLE_ENTITY"),
        };
        Self { status, name, issue: Some(issue.to_owned()) }
    }

    pub(super) fn invalid(issue: &str) -> Self {
        Self { status: 400, name: "INVALID_REQUEST", issue: Some(issue.to_owned()) }
    }

    pub(super) fn conflict(issue: &str) -> Self {
        Self { status: 409, name: "RESOURCE_CONFLICT", issue: Some(issue.to_owned()) }
    }

    pub(super) fn no_such_id() -> Self {
        Self::issue("INVALID_RESOURCE_ID")
    }

    pub(super) fn not_authorized() -> Self {
        Self::issue("PERMISSION_DENIED")
    }

    pub(super) fn bare(status: u16, name: &'static str) -> Self {
        Self { status, name, issue: None }
    }

    pub(super) fn server(status: u16) -> Self {
        match status {
            429 => Self::bare(429, "RATE_LIMIT_REACHED"),
            503 => Self::bare(503, "SERVICE_UNAVAILABLE"),
            _ => Self::bare(status, "INTERNAL_SERVER_ERROR"),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let described = |issue: &String| json!({ "issue": issue, "location": "body", "description": issue.to_lowercase().replace('_', " ") });
        json!({
            "name": self.name,
            "message": "The requested action could not be performed, or failed business validation.",
            "debug_id": "90957fca61718",
            "details": self.issue.iter().map(described).collect::<Vec<_>>(),
            "links": [],
        })
    }
}

pub(super) fn answer(said: Said) -> SimResponse {
    let mut response = match said {
        Ok((204, _)) => typed(204, "application/json", String::new()),
        Ok((status, value)) => json_response(status, &value),
        // The one flat shape, of a token that is not known.
        Err(refusal) if refusal.status == 401 => json_response(
            401,
            &json!({ "error": "invalid_token", "error_description": "Token signature verification failed" }),
        ),
        Err(refusal) => json_response(refusal.status, &refusal.to_json()),
    };
    response.headers.push(("paypal-debug-id".to_owned(), "90957fca61718".to_owned()));
    response
}

/// Issues that the mock header may name: those of orders, captures, authorizations and refunds.
pub(super) const KNOWN_ISSUES: &[&str] = &[
    "AMOUNT_MISMATCH",
    "AUTHORIZATION_ALREADY_CAPTURED",
    "AUTHORIZATION_DENIED",
    "AUTHORIZATION_EXPIRED",
    "AUTHORIZATION_VOIDED",
    "AUTH_CAPTURE_CURRENCY_MISMATCH",
    "CANNOT_BE_VOIDED",
    "CANNOT_BE_ZERO_OR_NEGATIVE",
    "CAPTURE_FULLY_REFUNDED",
    "COMPLIANCE_VIOLATION",
    "DECIMAL_PRECISION",
    "DECIMALS_NOT_SUPPORTED",
    "DOMESTIC_TRANSACTION_REQUIRED",
    "DUPLICATE_INVOICE_ID",
    "INSTRUMENT_DECLINED",
    "INTERNAL_SERVER_ERROR",
    "INVALID_CURRENCY_CODE",
    "INVALID_PARAMETER_VALUE",
    "INVALID_RESOURCE_ID",
    "MAX_CAPTURE_AMOUNT_EXCEEDED",
    "MAX_CAPTURE_COUNT_EXCEEDED",
    "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED",
    "MAX_NUMBER_OF_REFUNDS_EXCEEDED",
    "MISSING_REQUIRED_PARAMETER",
    "ORDER_ALREADY_AUTHORIZED",
    "ORDER_ALREADY_CAPTURED",
    "ORDER_COMPLETION_IN_PROGRESS",
    "ORDER_EXPIRED",
    "ORDER_NOT_APPROVED",
    "PAYEE_ACCOUNT_INVALID",
    "PAYEE_ACCOUNT_RESTRICTED",
    "PAYEE_BLOCKED_TRANSACTION",
    "PAYER_ACCOUNT_LOCKED_OR_CLOSED",
    "PAYER_ACCOUNT_RESTRICTED",
    "PAYER_ACTION_REQUIRED",
    "PAYER_CANNOT_PAY",
    "PENDING_CAPTURE",
    "PERMISSION_DENIED",
    "PREVIOUSLY_CAPTURED",
    "PREVIOUSLY_VOIDED",
    "PREVIOUS_REQUEST_IN_PROGRESS",
    "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING",
    "REFUND_AMOUNT_EXCEEDED",
    "REFUND_FAILED_INSUFFICIENT_FUNDS",
    "REFUND_NOT_ALLOWED",
    "REFUND_TIME_LIMIT_EXCEEDED",
    "TRANSACTION_DISPUTED",
    "TRANSACTION_LIMIT_EXCEEDED",
    "TRANSACTION_RECEIVING_LIMIT_EXCEEDED",
    "TRANSACTION_REFUSED",
];
