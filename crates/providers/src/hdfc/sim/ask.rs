//! One call as a handler sees it, and what it may answer: JSON, or a refusal in Juspay's words.

use crate::sim::SimRequest;
use crate::sim::kit::{header, pairs};
use serde_json::{Map, Value, json};

/// A call to the API whose merchant is known.
pub(super) struct Ask<'a> {
    /// Index into the simulator's accounts.
    pub(super) account: usize,
    /// The id in the path, decoded.
    pub(super) id: String,
    /// JSON or form fields; an empty body is an empty object.
    pub(super) body: Value,
    pub(super) base_url: &'a str,
}

impl Ask<'_> {
    /// A field that is there and not empty; numbers are taken as they are written.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.body.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
        .filter(|text| !text.is_empty())
    }

    pub(super) fn needed(&self, name: &str) -> Result<String, Refusal> {
        self.text(name).ok_or_else(|| Refusal::missing(name))
    }
}

pub(super) type Said = Result<Value, Refusal>;

/// An error as Juspay says it.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Refusal {
    pub(super) fn new(status: u16, code: &str, message: &str) -> Self {
        let body = json!({
            "status": "error", "error_code": code, "error_message": message, "user_message": message,
            "error_info": {
                "category": "USER_ERROR", "code": code, "developer_message": message, "user_message": message,
                "fields": [],
            },
        });
        Self { status, body }
    }

    pub(super) fn missing(name: &str) -> Self {
        Self::new(400, "MISSING_MANDATORY_PARAMETER", &format!("{name} is missing"))
    }

    pub(super) fn invalid(message: &str) -> Self {
        Self::new(400, "INVALID_INPUT", message)
    }

    pub(super) fn unauthenticated() -> Self {
        Self::new(401, "access_denied", "Invalid Authentication")
    }

    pub(super) fn no_such_url() -> Self {
        Self::new(404, "RESOURCE_NOT_FOUND", "The requested URL was not found")
    }

    pub(super) fn no_such_order(order_id: &str) -> Self {
        Self { status: 404, body: json!({ "status_id": 40, "status": "NOT_FOUND", "order_id": order_id }) }
    }

    /// Refunds are refused in an older form.
    pub(super) fn of_refund(code: &str, message: &str) -> Self {
        let body =
            json!({ "status_id": -1, "status": "ERROR", "error_message": message, "error_code": code });
        Self { status: 400, body }
    }

    pub(super) fn server(status: u16) -> Self {
        let code = if status == 429 { "TOO_MANY_REQUESTS" } else { "INTERNAL_SERVER_ERROR" };
        Self::new(status, code, "Something went wrong")
    }
}

/// The body as an object: JSON where it says so, form fields otherwise, as the API and the kit send them.
pub(super) fn body(request: &SimRequest) -> Result<Value, Refusal> {
    let text = String::from_utf8_lossy(&request.body);
    let kind = header(request, "content-type").unwrap_or_default();
    let value = if text.trim().is_empty() {
        json!({})
    } else if kind.starts_with("application/json") {
        serde_json::from_str(&text).map_err(|_| Refusal::invalid("The body is not JSON"))?
    } else {
        let fields = pairs(&text).into_iter().map(|(name, value)| (name, Value::String(value)));
        Value::Object(fields.collect::<Map<_, _>>())
    };
    if value.is_object() { Ok(value) } else { Err(Refusal::invalid("The body is not an object")) }
}
