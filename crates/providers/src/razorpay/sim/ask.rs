//! One call as a handler sees it, and what it may answer: JSON, or a refusal in Razorpay's words.

use crate::sim::kit::{form_object, header, json_response, pairs};
use crate::sim::{AMOUNT_MAX, SimRequest, SimResponse};
use hundi_core::Currency;
use serde_json::{Map, Value, json};

/// A call to the API whose key is known.
pub(super) struct Ask<'a> {
    /// Index into the simulator's accounts.
    pub(super) account: usize,
    /// The ids in the path, in order, decoded.
    pub(super) ids: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    /// JSON or form fields; an empty body is an empty object.
    pub(super) body: Value,
    /// `X-Refund-Idempotency`
    pub(super) idempotency: Option<String>,
    pub(super) base_url: &'a str,
}

impl Ask<'_> {
    pub(super) fn id(&self, position: usize) -> &str {
        self.ids.get(position).map_or("", String::as_str)
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub(super) fn expands(&self, what: &str) -> bool {
        self.query.iter().any(|(n, v)| n == "expand[]" && v == what)
    }

    /// A text field, if it is there and not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str).filter(|t| !t.is_empty())
    }

    /// A whole number, also when it came as text, as it does in forms.
    pub(super) fn whole(&self, name: &str) -> Result<Option<i64>, Refusal> {
        whole(&self.body, name)
    }

    /// An amount that must be there and be worth a rupee or more.
    pub(super) fn amount(&self) -> Result<i64, Refusal> {
        let amount = self.whole("amount")?.ok_or_else(|| Refusal::missing("amount"))?;
        let currency = self.text("currency").unwrap_or("INR");
        let exponent = currency.parse::<Currency>().map_or(2, Currency::exponent);
        if amount < 10_i64.pow(u32::from(exponent)) {
            return Err(Refusal::field("amount", &format!("The amount must be at least {currency} 1.00.")));
        }
        if amount > AMOUNT_MAX {
            return Err(Refusal::field("amount", "Amount exceeds maximum amount allowed."));
        }
        if exponent == 3 && amount % 10 != 0 {
            return Err(Refusal::field(
                "amount",
                "The last digit of the amount must be 0 for this currency.",
            ));
        }
        Ok(amount)
    }

    pub(super) fn currency(&self) -> Result<String, Refusal> {
        let code = self.text("currency").ok_or_else(|| Refusal::missing("currency"))?;
        match code.parse::<Currency>() {
            Ok(known) => Ok(known.code().to_owned()),
            Err(_) => Err(Refusal::field("currency", "Currency is not supported")),
        }
    }

    /// Notes as they will be shown: an object, or the empty list that Razorpay makes of none.
    pub(super) fn notes(&self) -> Result<Value, Refusal> {
        match self.body.get("notes") {
            None | Some(Value::Null) => Ok(json!([])),
            Some(Value::Array(list)) if list.is_empty() => Ok(json!([])),
            Some(Value::Object(pairs)) if pairs.is_empty() => Ok(json!([])),
            Some(Value::Object(pairs)) => {
                let long = |v: &Value| v.as_str().is_some_and(|t| t.chars().count() > 256);
                if pairs.len() > 15 {
                    Err(Refusal::field(
                        "notes",
                        "Number of fields in notes should be less than or equal to 15",
                    ))
                } else if pairs.values().any(long) {
                    Err(Refusal::field("notes", "notes value cannot be longer than 256 characters."))
                } else {
                    Ok(Value::Object(pairs.clone()))
                }
            }
            Some(_) => Err(Refusal::field("notes", "notes must be an array")),
        }
    }

    /// `count` and `skip` of a list, within what Razorpay allows.
    pub(super) fn page(&self, count_max: usize) -> Result<Page, Refusal> {
        let number = |name: &'static str, default: usize| match self.query(name) {
            None => Ok(default),
            Some(text) => text
                .parse::<usize>()
                .map_err(|_| Refusal::field(name, &format!("The {name} must be an integer."))),
        };
        let (count, skip) = (number("count", 10)?, number("skip", 0)?);
        if count == 0 {
            return Err(Refusal::field("count", "The count must be at least 1."));
        }
        if count > count_max {
            return Err(Refusal::field("count", &format!("The count may not be greater than {count_max}.")));
        }
        let secs = |name| self.query(name).and_then(|t| t.parse::<i64>().ok());
        Ok(Page { count, skip, from: secs("from").unwrap_or(i64::MIN), to: secs("to").unwrap_or(i64::MAX) })
    }
}

/// Which part of a list is asked for. Times are Unix seconds.
pub(super) struct Page {
    pub(super) count: usize,
    pub(super) skip: usize,
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Page {
    pub(super) fn holds(&self, created: hundi_core::Millis) -> bool {
        (self.from..=self.to).contains(&created.secs())
    }
}

pub(super) fn whole(body: &Value, name: &str) -> Result<Option<i64>, Refusal> {
    let wrong = || Refusal::field(name, &format!("The {name} must be an integer."));
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) => text.parse().map(Some).map_err(|_| wrong()),
        Some(Value::Number(number)) => number.as_i64().map(Some).ok_or_else(wrong),
        Some(_) => Err(wrong()),
    }
}

/// What a handler says.
pub(super) type Said = Result<Value, Refusal>;

/// An error answer.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    code: &'static str,
    description: String,
    field: Option<String>,
    /// Payments-side services, payment links among them, give only code and description.
    bare: bool,
}

impl Refusal {
    pub(super) fn new(status: u16, description: impl Into<String>) -> Self {
        Self { status, code: "BAD_REQUEST_ERROR", description: description.into(), field: None, bare: false }
    }

    pub(super) fn bad(description: impl Into<String>) -> Self {
        Self::new(400, description)
    }

    pub(super) fn bare(description: impl Into<String>) -> Self {
        Self { bare: true, ..Self::new(400, description) }
    }

    pub(super) fn field(field: &str, description: &str) -> Self {
        Self { field: Some(field.to_owned()), ..Self::bad(description) }
    }

    pub(super) fn missing(field: &str) -> Self {
        Self::field(field, &format!("The {field} field is required."))
    }

    /// Razorpay answers an unknown id with 400, not 404.
    pub(super) fn no_such_id() -> Self {
        Self::bad("The id provided does not exist")
    }

    pub(super) fn unauthorized() -> Self {
        Self { bare: true, ..Self::new(401, "Authentication failed") }
    }

    pub(super) fn no_such_url() -> Self {
        Self::bad("The requested URL was not found on the server.")
    }

    pub(super) fn server(status: u16) -> Self {
        let description = match status {
            429 => "Request failed. Please try again after some time.",
            _ => {
                "We are facing some trouble completing your request at the moment. Please try again shortly."
            }
        };
        let code = if status == 429 { "BAD_REQUEST_ERROR" } else { "SERVER_ERROR" };
        Self { code, bare: true, ..Self::new(status, description) }
    }

    pub(super) fn to_json(&self) -> Value {
        let mut error = Map::new();
        error.insert("code".to_owned(), json!(self.code));
        error.insert("description".to_owned(), json!(self.description));
        if !self.bare {
            error.insert("source".to_owned(), json!("business"));
            error.insert("step".to_owned(), json!("payment_initiation"));
            error.insert("reason".to_owned(), json!("input_validation_failed"));
            error.insert("metadata".to_owned(), json!({}));
        }
        if let Some(field) = &self.field {
            error.insert("field".to_owned(), json!(field));
        }
        json!({ "error": error })
    }
}

// ---- bytes in

/// The body as an object: JSON, or form fields with `a[b]` as nesting; nothing is an empty object.
pub(super) fn body(request: &SimRequest) -> Result<Value, Refusal> {
    if request.body.is_empty() {
        return Ok(json!({}));
    }
    let kind = header(request, "content-type").unwrap_or("application/json");
    if kind.starts_with("application/x-www-form-urlencoded") {
        let text = String::from_utf8_lossy(&request.body);
        return Ok(form_object(&pairs(&text)));
    }
    match serde_json::from_slice(&request.body) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(Value::Array(list)) if list.is_empty() => Ok(json!({})),
        _ => Err(Refusal::bad("The request body is not valid JSON.")),
    }
}

// ---- bytes out

pub(super) fn answer(said: Said) -> SimResponse {
    match said {
        Ok(value) => json_response(200, &value),
        Err(refusal) => json_response(refusal.status, &refusal.to_json()),
    }
}

/// A list as Razorpay wraps it.
pub(super) fn collection(items: Vec<Value>) -> Value {
    json!({ "entity": "collection", "count": items.len(), "items": items })
}
