//! The same operations as a Postman collection (format 2.1.0): `docs/postman.json`.

use super::operation::{Operation, Parameter};
use super::{resources, words};
use serde_json::{Value, json};

const FORMAT: &str = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";

/// As it stands in `docs`. The key is the collection's variable, and empty there.
pub(crate) fn text() -> String {
    let folders: Vec<Value> = resources()
        .iter()
        .map(|resource| {
            let items: Vec<Value> = resource.operations.iter().map(item).collect();
            json!({ "name": resource.tag, "description": resource.says, "item": items })
        })
        .collect();
    let variable = |name: &str, value: &str| json!({ "key": name, "value": value, "type": "string" });
    let collection = json!({
        "info": {
            "name": "hundi merchant API",
            "description": "Set `key` and `secret` to those of a test key, and `hundi` to the server's address.",
            "schema": FORMAT,
        },
        "auth": { "type": "basic", "basic": [variable("username", "{{key}}"), variable("password", "{{secret}}")] },
        "variable": [variable("hundi", "http://127.0.0.1:8080"), variable("key", ""), variable("secret", "")],
        "item": folders,
    });
    format!("{collection:#}\n")
}

fn item(operation: &Operation) -> Value {
    let mut headers = Vec::new();
    let mut request = json!({
        "method": operation.method.to_uppercase(),
        "description": operation.says,
        "url": address(operation),
    });
    if operation.takes_key() {
        // Postman makes a new one for each sending.
        headers.push(json!({ "key": "Idempotency-Key", "value": "{{$guid}}" }));
    }
    if let Some(body) = words::body_like(operation) {
        headers.push(json!({ "key": "Content-Type", "value": "application/json" }));
        request["body"] = json!({ "mode": "raw", "raw": body, "options": { "raw": { "language": "json" } } });
    }
    request["header"] = json!(headers);
    json!({ "name": operation.title, "request": request })
}

fn address(operation: &Operation) -> Value {
    let path: Vec<String> =
        format!("api/v1{}", operation.path.replace("{id}", ":id")).split('/').map(str::to_owned).collect();
    // Switched off: who wants a filter ticks it.
    let query: Vec<Value> = operation.query().iter().map(parameter).collect();
    let mut address = json!({
        "raw": format!("{{{{hundi}}}}/{}", path.join("/")),
        "host": ["{{hundi}}"],
        "path": path,
        "query": query,
    });
    if let Some(prefix) = operation.of {
        let what = format!("{prefix}_…");
        address["variable"] = json!([{ "key": "id", "value": "", "description": what }]);
    }
    address
}

fn parameter(parameter: &Parameter) -> Value {
    let value = parameter.value_like().unwrap_or_default();
    json!({ "key": parameter.in_address(), "value": value, "description": parameter.says, "disabled": true })
}
