//! What operations have in common: the problem, headers, parameters of lists, who may ask.

use super::operation::{Parameter, parameter};
use super::schema::{
    Field, Shape, count, id, id_like, instant_or_seconds, like, may, metadata, must, only, or_null, text,
    word, yes_or_no,
};
use crate::edge::Refusal;
use hundi_app::connections::cards;
use hundi_app::expand::WORDS_MAX;
use hundi_app::exports::Format;
use hundi_app::metadata::WANTED_MAX;
use hundi_core::Version;
use serde_json::{Map, Value, json};

/// Codes that every operation may refuse with: what a handler checks first, and what the server says before it.
pub(super) const EVERYWHERE: [&str; 19] = [
    "invalid_field",
    "unreadable_request",
    "unknown_version",
    "unclear_host",
    "wrong_credentials",
    "scope_missing",
    "body_too_slow",
    "body_too_large",
    "address_too_long",
    "unsupported_media_type",
    "encoding_not_supported",
    "unknown_host",
    "rate_limited",
    "internal_error",
    "outcome_unknown",
    "temporarily_unavailable",
    "too_busy",
    "timed_out",
    "method_not_allowed",
];
/// Codes of requests that may carry an idempotency key.
pub(super) const WITH_A_KEY: [&str; 2] = ["idempotency_key_in_flight", "idempotency_key_reused"];

/// The status of a code, by the lists that the server itself answers from.
pub(super) fn status_of(code: &str) -> Option<u16> {
    let listed = hundi_app::catalogue().into_iter().find(|entry| entry.code == code);
    let edge = Refusal::ALL.into_iter().map(Refusal::parts).find(|parts| parts.1 == code);
    listed.map(|entry| entry.status).or(edge.map(|parts| parts.0))
}

/// Codes under their statuses, in order. Another method of an address is no answer of an operation.
pub(super) fn by_status(codes: &[&'static str]) -> Vec<(u16, Vec<&'static str>)> {
    let mut all: Vec<(u16, &'static str)> =
        codes.iter().map(|code| (status_of(code).expect("a test asks for each code"), *code)).collect();
    all.retain(|(status, _)| *status != 405);
    all.sort_unstable();
    all.dedup();
    let mut grouped: Vec<(u16, Vec<&'static str>)> = Vec::new();
    for (status, code) in all {
        match grouped.last_mut() {
            Some((last, codes)) if *last == status => codes.push(code),
            _ => grouped.push((status, vec![code])),
        }
    }
    grouped
}

/// A refusal's place in the document: most operations share theirs.
pub(super) fn refusal(status: u16, codes: &[&'static str]) -> Value {
    let shared = common().into_iter().any(|(other, its)| other == status && its == codes);
    if shared {
        json!({ "$ref": format!("#/components/responses/{status}") })
    } else {
        problem(status, codes)
    }
}

/// Refusals that are alike everywhere, but for operations that add codes of their own.
fn common() -> Vec<(u16, Vec<&'static str>)> {
    let codes: Vec<_> = EVERYWHERE.into_iter().chain(WITH_A_KEY).chain(["not_found"]).collect();
    by_status(&codes)
}

fn problem(status: u16, codes: &[&'static str]) -> Value {
    let title = http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let mut headers = Map::new();
    if matches!(status, 409 | 429 | 503) {
        headers.insert("Retry-After".to_owned(), json!({ "$ref": "#/components/headers/RetryAfter" }));
    }
    if status == 429 {
        headers.extend(rate_limits());
    }
    if status == 401 {
        headers.insert("WWW-Authenticate".to_owned(), json!({ "schema": text() }));
    }
    headers.insert("X-Request-Id".to_owned(), json!({ "$ref": "#/components/headers/XRequestId" }));
    let codes_only = json!({ "properties": { "code": { "enum": codes } } });
    json!({
        "description": format!("{}: `{}`", title.unwrap_or("Refused"), codes.join("`, `")),
        "headers": headers,
        "content": { "application/problem+json": {
            "schema": { "allOf": [{ "$ref": "#/components/schemas/Problem" }, codes_only] },
        } },
    })
}

/// How the key's limit stands, on every answer to it; on a 429, how the limit stands that refused.
pub(super) fn rate_limits() -> Map<String, Value> {
    let names = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit-Policy"];
    let to = |name: &str| json!({ "$ref": format!("#/components/headers/{}", name.replace('-', "")) });
    names.into_iter().map(|name| (name.to_owned(), to(name))).collect()
}

/// The shape of every refusal.
pub(super) fn shapes() -> Vec<Shape> {
    let fields: Vec<Field> = vec![
        must("type", text(), "Where the code is explained, on this server."),
        must("title", text(), "The status in words."),
        must("status", count(), "The HTTP status."),
        must("code", text(), "Stable: program against it. All of them stand at /docs/errors."),
        may("param", or_null(text()), "The field, parameter or header that is at fault."),
        must("message", text(), "For people. It never repeats what was sent."),
        must("retryable", yes_or_no(), "The same request, with the same Idempotency-Key, may succeed later."),
        may("request_id", text(), "Quote it when you report something. It finds the log line."),
        may("doc_url", text(), "The same as type."),
    ];
    let example = json!({
        "type": "https://pay.example.com/docs/errors#invalid_field", "title": "Bad Request", "status": 400, "code": "invalid_field",
        "param": "amount", "message": "Send a whole number of minor units (129900 for ₹1,299.00).",
        "retryable": false, "request_id": id_like("req"), "doc_url": "https://pay.example.com/docs/errors#invalid_field",
    });
    vec![Shape { name: "Problem", says: "A refusal (RFC 9457).", fields, example }]
}

/// The `{id}` of a path.
pub(super) fn id_in_path(prefix: &str) -> Value {
    // Keys have ids of their own form: scanners find them by it.
    let (schema, example) = match prefix {
        "hk" => (like("^hk_(test|live)_[0-9A-Za-z]{20}$"), "hk_test_01kq8q4t6w8y0a2c4e6g".to_owned()),
        prefix => (id(prefix), id_like(prefix)),
    };
    json!({ "name": "id", "in": "path", "required": true, "schema": schema, "example": example })
}

/// Parameters that every list takes.
pub(super) fn of_lists() -> Vec<Parameter> {
    let id = || json!({ "type": "string", "pattern": "^([a-z]{3,4}_[0-7][0-9a-hjkmnp-tv-z]{25}|hk_(test|live)_[0-9A-Za-z]{20})$" });
    let mut all = vec![
        parameter(
            "limit",
            json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 10 }),
            json!(10),
            "How many on a page.",
        ),
        parameter("starting_after", id(), Value::Null, "The older page: the `next` of the one before."),
        parameter("ending_before", id(), Value::Null, "The newer page: the first id of the one before."),
    ];
    all.extend(of_time());
    all
}

/// When what is listed was made.
pub(super) fn of_time() -> Vec<Parameter> {
    let bound = |name, says| parameter(name, instant_or_seconds(), json!("2026-01-01T00:00:00Z"), says);
    vec![
        bound("created[gte]", "Made at this time or later: RFC 3339, or Unix seconds."),
        bound("created[gt]", "Made later."),
        bound("created[lte]", "Made at this time or earlier."),
        bound("created[lt]", "Made earlier."),
    ]
}

/// What a reading can be asked to put beside each object.
pub(super) fn expand(words: &'static [&'static str]) -> Parameter {
    let schema = json!({ "type": "array", "items": word(words.iter().copied()), "maxItems": WORDS_MAX });
    let says = "Puts what the object names beside the name. It may come several times.";
    parameter("expand[]", schema, json!([words.first().copied().unwrap_or_default()]), says)
}

/// Pairs of metadata that a list can be narrowed to.
pub(super) fn metadata_pairs(says: &'static str) -> Parameter {
    let mut schema = metadata();
    schema["maxProperties"] = json!(WANTED_MAX);
    parameter("metadata", schema, Value::Null, says)
}

/// What amounts a list can be narrowed to, in minor units.
pub(super) fn amounts() -> Vec<Parameter> {
    let digits = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    let end = |name, says| parameter(name, digits("^[0-9]{1,18}$"), json!("100000"), says);
    vec![
        parameter(
            "amount",
            digits("^0*[1-9][0-9]{0,16}$"),
            json!("149900"),
            "Only of this amount, in minor units.",
        ),
        end("amount[gte]", "Of this amount or more."),
        end("amount[gt]", "Of more."),
        end("amount[lte]", "Of this amount or less."),
        end("amount[lt]", "Of less."),
    ]
}

/// Only what went through this provider.
pub(super) fn provider(says: &'static str) -> Parameter {
    let names: Vec<&str> = cards().iter().map(|card| card.id).collect();
    parameter("provider", word(names.iter().copied()), json!(names.first()), says)
}

/// To a parameter that stands among the shared ones.
pub(super) fn reference_to(parameter: &Parameter) -> Value {
    json!({ "$ref": format!("#/components/parameters/{}", plain(parameter.name)) })
}

/// Brackets have no place in the name of a component.
fn plain(name: &str) -> String {
    name.replace('[', "_").replace(']', "")
}

pub(super) fn page_of(shape: &Value) -> Value {
    super::schema::object(&[
        must("object", only("list"), ""),
        must("data", super::schema::list_of(shape.clone()), "Newest first."),
        must("has_more", yes_or_no(), "Whether there are more in this direction."),
        must("next", or_null(text()), "Pass it as starting_after for the older page."),
    ])
}

/// The answer that is a file.
pub(super) fn file() -> Value {
    let text = |value: &str| json!({ "description": value, "schema": text() });
    let bytes = json!({ "schema": { "type": "string", "format": "binary" } });
    let contents: Map<String, Value> = Format::ALL
        .iter()
        .map(|format| {
            let media = format.media_type().split(';').next().unwrap_or_default();
            (media.to_owned(), bytes.clone())
        })
        .collect();
    json!({
        "description": "The file. An answer that breaks off before its end is not whole.",
        "headers": {
            "X-Request-Id": { "$ref": "#/components/headers/XRequestId" },
            "Content-Disposition": text("A name for the file."),
        },
        "content": contents,
    })
}

/// Everything that other parts of the document point to, but the shapes.
pub(super) fn components() -> Value {
    let key = json!({
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "One for each new request, repeated until there is an answer: the same request under the same \
            key is done once, and gets the first answer byte for byte. Kept for 7 days.",
        "schema": { "type": "string", "pattern": "^[!-~]([ -~]{0,253}[!-~])?$" },
        "example": "order-R-1001",
    });
    let mut parameters: Map<String, Value> =
        of_lists().iter().map(|parameter| (plain(parameter.name), parameter.described())).collect();
    parameters.insert("IdempotencyKey".to_owned(), key);
    let version = json!({
        "name": "Hundi-Version", "in": "header", "required": false,
        "description": "The shape of the answer, by its date. The key's own, unless sent. This document describes the \
            newest.",
        "schema": { "enum": Version::ALL.map(Version::as_str) }, "example": Version::NEWEST.as_str(),
    });
    parameters.insert("HundiVersion".to_owned(), version);
    let responses: Map<String, Value> =
        common().into_iter().map(|(status, codes)| (status.to_string(), problem(status, &codes))).collect();
    let optional = |says: &str, schema: Value| json!({ "description": says, "schema": schema });
    json!({
        "parameters": parameters,
        "responses": responses,
        "headers": {
            "XRequestId": optional("Finds the request in the server's log. Quote it when you report something.",
                text()),
            "RetryAfter": optional("Seconds to wait, where the refusal is retryable.", count()),
            "RateLimitLimit": optional("Requests that the key may make in a window.", count()),
            "RateLimitRemaining": optional("Requests that it could make now.", count()),
            "RateLimitReset": optional("Seconds until the next one comes back.", count()),
            "RateLimitPolicy": optional("The limit and its window in seconds: 100;w=60.", text()),
            "HundiVersion": optional("The shape of this answer.", json!({ "enum": Version::ALL.map(Version::as_str) })),
            "IdempotentReplayed": optional("`true` where this is the kept answer of an earlier request.",
                only("true")),
        },
        "securitySchemes": {
            "KeyId": { "type": "apiKey", "in": "header", "name": "X-Api-Key",
                "description": "The key's id, hk_test_… or hk_live_…, beside X-Api-Secret." },
            "KeySecret": { "type": "apiKey", "in": "header", "name": "X-Api-Secret",
                "description": "The key's secret, hs_test_… or hs_live_…, beside X-Api-Key." },
            "Basic": { "type": "http", "scheme": "basic",
                "description": "The key's id as user name, its secret as password." },
            "Bearer": { "type": "http", "scheme": "bearer",
                "description": "The key's id, a colon, and its secret." },
        },
    })
}

/// Exactly one of three forms.
pub(super) fn security() -> Value {
    json!([{ "Basic": [] }, { "Bearer": [] }, { "KeyId": [], "KeySecret": [] }])
}
