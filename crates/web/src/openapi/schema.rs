//! JSON Schema in small words: what a value of the API may be. The resources are written in these.

use serde_json::{Value, json};

/// Characters that a line of text may not have: controls, and what turns or breaks a line that is read.
macro_rules! controls {
    () => {
        r"\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff"
    };
}
/// A line with something to read in it: blanks alone are none.
const LINE: &str = concat!(
    "^[^",
    controls!(),
    "]*[^",
    controls!(),
    r"\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000][^",
    controls!(),
    "]*$"
);
const PLAIN: &str = concat!("^[^", controls!(), "]*$");
const DAY: &str =
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))";
const CLOCK: &str =
    r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
/// The largest amount of the currency with the smallest minor unit.
const MINOR_MAX: i64 = 10_000_000_000_000;
const WHOLE_MAX: i64 = i64::MAX;

/// An id of this kind, by its prefix.
pub(super) fn id(prefix: &str) -> Value {
    json!({ "type": "string", "pattern": format!("^{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$") })
}

/// What stands for an id of this kind in examples.
pub(super) fn id_like(prefix: &str) -> String {
    format!("{prefix}_01kq8q4t6w8y0a2c4e6g8j0k2m")
}

/// Minor units of a currency, as they are asked for.
pub(super) fn amount() -> Value {
    json!({ "type": "integer", "format": "int64", "minimum": 1, "maximum": MINOR_MAX })
}

/// Minor units of a currency, as they are told.
pub(super) fn minor() -> Value {
    json!({ "type": "integer", "format": "int64", "minimum": 0, "maximum": WHOLE_MAX })
}

/// Minor units with a sign.
pub(super) fn balance() -> Value {
    json!({ "type": "integer", "format": "int64" })
}

pub(super) fn count() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

pub(super) fn yes_or_no() -> Value {
    json!({ "type": "boolean" })
}

/// An ISO 4217 code in capitals.
pub(super) fn currency() -> Value {
    json!({ "type": "string", "pattern": "^[A-Z]{3}$" })
}

/// An instant as we tell it: UTC, with milliseconds.
pub(super) fn time() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

/// An instant as we are told it.
pub(super) fn instant() -> Value {
    json!({ "type": "string", "pattern": format!("^(19|20)[0-9]{{2}}-{DAY}T{CLOCK}$") })
}

/// An instant, or Unix seconds.
pub(super) fn instant_or_seconds() -> Value {
    json!({ "type": "string", "pattern": format!("^([0-9]{{9,11}}|(19|20)[0-9]{{2}}-{DAY}T{CLOCK})$") })
}

/// Text as we tell it.
pub(super) fn text() -> Value {
    json!({ "type": "string" })
}

/// One line for people.
pub(super) fn line(chars_max: usize) -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": chars_max, "pattern": LINE })
}

/// Text of this form.
pub(super) fn like(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

/// One of these words.
pub(super) fn word<'a>(words: impl IntoIterator<Item = &'a str>) -> Value {
    json!({ "type": "string", "enum": words.into_iter().collect::<Vec<_>>() })
}

/// Exactly this word.
pub(super) fn only(word: &str) -> Value {
    json!({ "type": "string", "const": word })
}

/// Pairs of the merchant's own.
pub(super) fn metadata() -> Value {
    json!({
        "type": "object",
        "maxProperties": 50,
        "propertyNames": { "pattern": "^[A-Za-z0-9_.-]{1,40}$" },
        "additionalProperties": { "type": "string", "maxLength": 500, "pattern": PLAIN },
    })
}

/// An object that somebody else describes.
pub(super) fn anything() -> Value {
    json!({ "type": "object", "additionalProperties": true })
}

pub(super) fn list_of(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

/// One of the document's named shapes.
pub(super) fn named(shape: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{shape}") })
}

/// The same, or `null`.
pub(super) fn or_null(mut schema: Value) -> Value {
    // Readers differ over whether a list of words may hold a null.
    match schema.get("type").cloned() {
        Some(kind) if schema.get("enum").is_none() => {
            schema["type"] = json!([kind, "null"]);
            schema
        }
        _ => json!({ "anyOf": [schema, { "type": "null" }] }),
    }
}

/// A field of an object.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) schema: Value,
    pub(crate) says: &'static str,
}

/// A field that is always there.
pub(super) const fn must(name: &'static str, schema: Value, says: &'static str) -> Field {
    Field { name, required: true, schema, says }
}

/// A field that may be left out.
pub(super) const fn may(name: &'static str, schema: Value, says: &'static str) -> Field {
    Field { name, required: false, schema, says }
}

/// A field that may be left out, or be `null`, which is the same.
pub(super) fn may_be_null(name: &'static str, schema: Value, says: &'static str) -> Field {
    may(name, or_null(schema), says)
}

/// An object of ours. More fields may come in time.
pub(super) fn object(fields: &[Field]) -> Value {
    let properties: serde_json::Map<String, Value> = fields
        .iter()
        .map(|field| {
            let mut schema = field.schema.clone();
            if !field.says.is_empty() {
                schema["description"] = json!(field.says);
            }
            (field.name.to_owned(), schema)
        })
        .collect();
    let required: Vec<_> = fields.iter().filter(|f| f.required).map(|f| f.name).collect();
    let mut object = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

/// An object of the caller's: a field that we don't know is refused.
pub(super) fn closed(fields: &[Field]) -> Value {
    let mut object = object(fields);
    object["additionalProperties"] = json!(false);
    object
}

/// An object that the document names.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) says: &'static str,
    pub(crate) fields: Vec<Field>,
    pub(crate) example: Value,
}

impl Shape {
    pub(super) fn schema(&self) -> Value {
        let mut schema = object(&self.fields);
        schema["description"] = json!(self.says);
        schema["examples"] = json!([self.example]);
        schema
    }
}
