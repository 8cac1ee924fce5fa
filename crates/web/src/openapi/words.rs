//! The description in words: for the reference page and for the collection, made of the same operations.

use super::operation::Operation;
use super::schema::Field;
use serde_json::Value;

/// A field or parameter, as people read it. Fields within others are named by their path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) required: bool,
    pub(crate) says: &'static str,
}

/// Fields with those within them, one level down.
pub(crate) fn fields(all: &[Field]) -> Vec<Said> {
    let mut said = Vec::new();
    for field in all {
        let Field { name, required, says, .. } = *field;
        said.push(Said { name: name.to_owned(), kind: kind(&field.schema), required, says });
        let Some(within) = object_in(&field.schema)["properties"].as_object() else { continue };
        said.extend(within.iter().map(|(inner, schema)| Said {
            name: format!("{name}.{inner}"),
            kind: kind(schema),
            required: false,
            says: "",
        }));
    }
    said
}

/// The object that a value may be, whatever else it may be.
fn object_in(schema: &Value) -> &Value {
    let choices = schema["anyOf"].as_array().into_iter().flatten();
    choices.chain([schema]).find(|choice| choice["properties"].is_object()).unwrap_or(&Value::Null)
}

/// What a value may be, in a few words.
pub(crate) fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if let Some(choices) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
        let mut kinds: Vec<String> = choices.iter().map(kind).filter(|kind| kind != "null").collect();
        kinds.dedup();
        let or_null = if choices.iter().any(|choice| choice["type"] == "null") { " or null" } else { "" };
        return format!("{}{or_null}", kinds.join(" or "));
    }
    if let Some(words) = schema["enum"].as_array() {
        const WORDS_SHOWN_MAX: usize = 40;
        let (many, more) = if words.len() > WORDS_SHOWN_MAX { (3, ", …") } else { (words.len(), "") };
        let shown: Vec<&str> = words.iter().filter_map(Value::as_str).take(many).collect();
        return format!("{}{more}", shown.join(", "));
    }
    if !schema["const"].is_null() {
        return schema["const"].as_str().map_or_else(|| schema["const"].to_string(), str::to_owned);
    }
    match &schema["type"] {
        Value::Array(kinds) => {
            let kinds: Vec<String> =
                kinds.iter().filter_map(Value::as_str).map(|k| plain(k, schema)).collect();
            kinds.join(" or ")
        }
        Value::String(kind) => plain(kind, schema),
        _ => "anything".to_owned(),
    }
}

fn plain(kind: &str, schema: &Value) -> String {
    match kind {
        "array" => format!("list of {}", self::kind(&schema["items"])),
        "string" if schema["format"] == "date-time" => "time".to_owned(),
        "string" => match schema["maxLength"].as_u64() {
            Some(max) => format!("text, up to {max} characters"),
            None => "text".to_owned(),
        },
        "integer" => match (schema["minimum"].as_i64(), schema["maximum"].as_i64()) {
            (Some(min), Some(max)) if max < 1_000_000 => format!("whole number, {min} to {max}"),
            _ => "whole number".to_owned(),
        },
        "boolean" => "true or false".to_owned(),
        other => other.to_owned(),
    }
}

/// The address with something where the id stands.
pub(crate) fn path_like(operation: &Operation) -> String {
    operation.path.replace("{id}", &format!("{}_…", operation.of.unwrap_or_default()))
}

/// The example of its body, as people write JSON.
pub(crate) fn body_like(operation: &Operation) -> Option<String> {
    let (fields, example) = operation.body()?;
    (!fields.is_empty()).then(|| format!("{example:#}"))
}

/// A line for a terminal.
pub(crate) fn curl(operation: &Operation, base: &str) -> String {
    let method = operation.method.to_uppercase();
    let body = body_like(operation);
    let mut line = format!("curl -s {base}/api/v1{} -u \"$KEY\"", path_like(operation));
    if method != "GET" && !(method == "POST" && body.is_some()) {
        line = line.replacen("curl -s", &format!("curl -s -X {method}"), 1);
    }
    if operation.takes_key() {
        line += " \\\n  -H 'Idempotency-Key: a-new-one'";
    }
    if let Some(body) = body {
        line += &format!(" \\\n  -H 'Content-Type: application/json' \\\n  -d '{body}'");
    }
    line
}
