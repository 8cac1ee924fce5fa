//! Every answer of the API in every story is one that `docs/openapi.json` describes: its status, its media type, each
//! field. A field that nobody described fails the story that meets it.

#[path = "../../../../web/src/openapi/tests/validate.rs"]
mod validate;

use super::http::Answer;
use http::{Method, Uri};
use serde_json::Value;
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../../docs/openapi.json")).expect("it is JSON")
});

/// The operation that an address leads to.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let fits = |template: &str| {
        let (wanted, there) = (template.split('/'), path.split('/'));
        wanted.clone().count() == there.clone().count()
            && wanted.zip(there).all(|(wanted, there)| wanted == "{id}" || wanted == there)
    };
    let paths = DOCUMENT["paths"].as_object().expect("an object");
    let (_, item) = paths.iter().find(|(template, _)| fits(template))?;
    item.get(method.as_str().to_ascii_lowercase())
}

#[track_caller]
pub(super) fn check(method: &Method, uri: &Uri, answer: &Answer) {
    let Some(operation) = operation(method, uri.path()) else { return };
    // The description is of the newest shape; older ones are told in a story of their own.
    let version = answer.header("hundi-version");
    if !version.is_empty() && version != hundi_core::Version::NEWEST.as_str() {
        return;
    }
    let what = format!("{method} {} answers {}", uri.path(), answer.status);
    let response = &operation["responses"][answer.status.to_string()];
    let response = match response["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(&reference[1..]).expect("a test of the description asks for it"),
        None => response,
    };
    assert!(!response.is_null(), "{what}, which nobody described: {}", answer.text());
    let media = answer.header("content-type");
    let media = media.split(';').next().unwrap_or_default();
    let schema = &response["content"][media]["schema"];
    assert!(!schema.is_null(), "{what} as {media}, which nobody described");
    assert!(!answer.header("x-request-id").is_empty(), "{what} without its id");
    if schema["format"] == "binary" {
        return;
    }
    let faults = validate::faults(&DOCUMENT, schema, &answer.json());
    assert!(faults.is_empty(), "{what}: {faults:#?}\n{}", answer.text());
}
