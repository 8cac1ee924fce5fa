//! Requests as handlers read them, and refusals in Cashfree's words.

use super::CashfreeSim;
use super::state::{Order, order_key};
use crate::sim::SimResponse;
use crate::sim::kit::typed;
use serde_json::{Value, json};

/// A call whose sender is known.
pub(super) struct Ask {
    /// Index into the simulator's accounts.
    pub(super) account: usize,
    pub(super) ids: Vec<String>,
    pub(super) body: Value,
    /// The body as it came: amounts are read from their own digits.
    pub(super) raw: String,
    pub(super) base_url: String,
}

pub(super) type Said = Result<Value, Refusal>;

/// `{"message": .., "code": .., "type": ..}` with its status.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    code: String,
    message: String,
    kind: &'static str,
}

impl Refusal {
    pub(super) fn bad(code: &str, message: &str) -> Self {
        let (code, message) = (code.to_owned(), message.to_owned());
        Self { status: 400, code, message, kind: "invalid_request_error" }
    }

    /// A field that is missing or wrong: `order_amount_invalid`.
    pub(super) fn field(name: &str, what: &str) -> Self {
        let last = name.rsplit('.').next().unwrap_or(name);
        Self::bad(&format!("{last}_{what}"), &format!("{name} : {what}"))
    }

    pub(super) fn not_found(code: &str, message: &str) -> Self {
        Self { status: 404, ..Self::bad(code, message) }
    }

    pub(super) fn no_such_order() -> Self {
        Self::not_found("order_not_found", "Order Reference Id does not exist")
    }

    pub(super) fn conflict(code: &str, message: &str) -> Self {
        Self { status: 409, ..Self::bad(code, message) }
    }

    pub(super) fn stranger() -> Self {
        let message = "authentication Failed".to_owned();
        Self { status: 401, code: "request_failed".to_owned(), message, kind: "authentication_error" }
    }

    pub(super) fn no_such_url() -> Self {
        Self { status: 404, ..Self::bad("request_failed", "bad URL, please check API documentation") }
    }

    /// What a fault says.
    pub(super) fn server(status: u16) -> Self {
        let (kind, code, message) = match status {
            429 => ("rate_limit_error", "request_failed", "Too many requests from the app_id"),
            _ => ("api_error", "internal_error", "internal Server Error"),
        };
        Self { status, code: code.to_owned(), message: message.to_owned(), kind }
    }
}

impl Ask {
    pub(super) fn id(&self, at: usize) -> &str {
        self.ids.get(at).map_or("", String::as_str)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        text_of(&self.body, name)
    }

    /// The digits of a number of the body's outermost object.
    pub(super) fn number(&self, name: &str) -> Option<String> {
        #[derive(serde::Deserialize)]
        struct Raw<'a>(#[serde(borrow)] std::collections::BTreeMap<String, &'a serde_json::value::RawValue>);
        let raw: Raw<'_> = serde_json::from_str(&self.raw).ok()?;
        // The Node SDK's own sample writes amounts as texts.
        raw.0.get(name).map(|raw| raw.get().trim_matches('"').to_owned())
    }

    pub(super) fn order<'s>(&self, sim: &'s CashfreeSim) -> Result<&'s Order, Refusal> {
        sim.orders.get(&order_key(self.account, self.id(0))).ok_or_else(Refusal::no_such_order)
    }
}

pub(super) fn text_of<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

pub(super) fn answer(said: Said) -> SimResponse {
    match said {
        Ok(value) => typed(200, JSON, super::craft::written(&value)),
        Err(refusal) => {
            let body = json!({
                "message": refusal.message, "code": refusal.code, "type": refusal.kind,
                "help": "Check latest errors and resolution from Merchant Dashboard API logs",
            });
            typed(refusal.status, JSON, body.to_string())
        }
    }
}

const JSON: &str = "application/json; charset=UTF-8";
