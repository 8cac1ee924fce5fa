//! Requests taken apart and answers put together, as every simulator needs it.

use super::craft::decoded;
use super::{Manner, SimRequest, SimResponse};
use serde_json::{Map, Value, json};

pub(crate) fn header<'a>(request: &'a SimRequest, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
}

/// Decoded path segments and query pairs. The path is split before it is decoded: a `%2F` stays inside its segment.
pub(crate) fn target(text: &str) -> (Vec<String>, Vec<(String, String)>) {
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    let segments = path.split('/').filter(|s| !s.is_empty()).map(|s| decoded(s, false)).collect();
    (segments, pairs(query))
}

pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decoded(name, true), decoded(value, true))
        })
        .collect()
}

/// Form fields as an object, one level deep, which is all that the SDKs send.
pub(crate) fn form_object(fields: &[(String, String)]) -> Value {
    let mut object = Map::new();
    for (name, value) in fields {
        match name.strip_suffix(']').and_then(|n| n.split_once('[')) {
            None => {
                object.insert(name.clone(), json!(value));
            }
            Some((outer, inner)) => {
                let slot = object.entry(outer).or_insert_with(|| json!({}));
                if let Value::Object(map) = slot {
                    map.insert(inner.to_owned(), json!(value));
                }
            }
        }
    }
    Value::Object(object)
}

pub(crate) fn json_response(status: u16, value: &Value) -> SimResponse {
    typed(status, "application/json; charset=UTF-8", value.to_string())
}

pub(crate) fn html(status: u16, page: String) -> SimResponse {
    typed(status, "text/html; charset=UTF-8", page)
}

pub(crate) fn typed(status: u16, kind: &str, body: String) -> SimResponse {
    let headers = vec![("content-type".to_owned(), kind.to_owned())];
    SimResponse { status, headers, body: body.into_bytes(), manner: Manner::Whole }
}
