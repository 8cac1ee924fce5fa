//! The part of the control API at `/sim/control` that is the same at every simulated provider: journal and dials.
//!
//! It has no password: a simulator listens on the machine that runs it and holds nothing of worth. Secrets go in and
//! never come out.

use super::dials::{Dial, Panel};
use super::http::json_response;
use super::{JournalLine, SimRequest, SimResponse};
use serde_json::{Value, json};

/// What a control says: a value, or what is wrong with the request.
pub(crate) type Told = Result<Value, String>;

/// The body of a control's request; nothing is an empty object.
pub(crate) fn body(request: &SimRequest) -> Result<Value, String> {
    let body = if request.body.is_empty() { Ok(json!({})) } else { serde_json::from_slice(&request.body) };
    body.map_err(|_| "the body is not JSON".to_owned())
}

pub(crate) fn respond(told: Told) -> SimResponse {
    match told {
        Ok(value) => json_response(200, &value),
        Err(why) => json_response(400, &json!({ "error": why })),
    }
}

pub(crate) fn no_such_control() -> SimResponse {
    json_response(404, &json!({ "error": "there is no such control" }))
}

/// Journal and dials. `path` is what follows `/sim/control`; `None` when it is neither.
pub(crate) fn common(
    request: &SimRequest,
    path: &[&str],
    journal: &[JournalLine],
    panel: &mut Panel,
) -> Option<Told> {
    match (request.method.as_str(), path) {
        ("GET", ["journal"]) => Some(Ok(shown(journal))),
        ("GET", ["dials"]) => Some(Ok(json!({ "dials": panel.shown() }))),
        ("POST", ["dials"]) => Some(body(request).and_then(|body| {
            panel.set(Dial::parse(&body)?);
            Ok(json!({ "dials": panel.shown() }))
        })),
        ("DELETE", ["dials"]) => {
            panel.clear();
            Some(Ok(json!({ "dials": [] })))
        }
        _ => None,
    }
}

fn shown(journal: &[JournalLine]) -> Value {
    let line = |l: &JournalLine| {
        json!({
            "at_ms": l.at.0, "what": l.what, "account": l.account, "id": l.id, "of": l.of, "our_ref": l.our_ref,
            "amount_minor": l.amount_minor, "currency": l.currency,
        })
    };
    json!({ "journal": journal.iter().map(line).collect::<Vec<_>>() })
}

pub(crate) fn text<'a>(body: &'a Value, name: &str) -> Option<&'a str> {
    body.get(name).and_then(Value::as_str).filter(|t| !t.is_empty())
}

pub(crate) fn needed<'a>(body: &'a Value, name: &str) -> Result<&'a str, String> {
    text(body, name).ok_or_else(|| format!("{name} is missing"))
}
