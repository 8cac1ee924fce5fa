//! As much of JSON Schema as the description uses. An unknown keyword is a fault, so that none is passed over; and so
//! is a field of an object that the schema does not name, since answers may have no fields that nobody described.

use regex_automata::nfa::thompson::pikevm::PikeVM;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Keywords that say nothing of what is valid.
const WORDS_ONLY: [&str; 5] = ["description", "examples", "example", "default", "format"];

/// All that is wrong with a value, in words.
pub(crate) fn faults(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    Check { document, faults: &mut faults }.check(schema, value, "");
    faults
}

struct Check<'a> {
    document: &'a Value,
    faults: &'a mut Vec<String>,
}

impl Check<'_> {
    fn fault(&mut self, at: &str, what: impl Into<String>) {
        self.faults.push(format!("{}: {}", if at.is_empty() { "the whole" } else { at }, what.into()));
    }

    fn check(&mut self, schema: &Value, value: &Value, at: &str) {
        let Some(words) = schema.as_object() else { return self.fault(at, "its schema is no object") };
        for (word, says) in words {
            match word.as_str() {
                "$ref" => self.check(&self.resolved(says).clone(), value, at),
                "type" => {
                    let kinds = says.as_array().cloned().unwrap_or_else(|| vec![says.clone()]);
                    if !kinds.iter().any(|kind| is(value, kind.as_str().unwrap_or_default())) {
                        self.fault(at, format!("{value} is not of type {says}"));
                    }
                }
                "const" if says != value => self.fault(at, format!("{value} is not {says}")),
                "enum" if !says.as_array().is_some_and(|all| all.contains(value)) => {
                    self.fault(at, format!("{value} is none of {says}"));
                }
                "const" | "enum" => {}
                "anyOf" | "oneOf" => self.one_of(word == "oneOf", says, value, at),
                "allOf" => {
                    for part in says.as_array().into_iter().flatten() {
                        self.open(part, value, at);
                    }
                }
                "items" => {
                    for (n, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(says, item, &format!("{at}[{n}]"));
                    }
                }
                "minItems" | "maxItems" => self.bound(word, says, value.as_array().map(Vec::len), at),
                "maxProperties" => self.bound(word, says, value.as_object().map(Map::len), at),
                "minLength" | "maxLength" => {
                    self.bound(word, says, value.as_str().map(|text| text.chars().count()), at);
                }
                "minimum" if value.as_i64() < says.as_i64() && value.is_i64() => {
                    self.fault(at, format!("{value} is less than {says}"));
                }
                "maximum" if value.as_i64() > says.as_i64() && value.is_i64() => {
                    self.fault(at, format!("{value} is more than {says}"));
                }
                "pattern" => self.pattern(says.as_str().unwrap_or_default(), value, at),
                "minimum"
                | "maximum"
                | "propertyNames"
                | "required"
                | "properties"
                | "additionalProperties" => {}
                word if WORDS_ONLY.contains(&word) => {}
                word => self.fault(at, format!("the schema says {word}, which is not known here")),
            }
        }
        if let Some(object) = value.as_object() {
            self.object(words, object, at, words.contains_key("properties"));
        }
    }

    fn object(&mut self, words: &Map<String, Value>, object: &Map<String, Value>, at: &str, closed: bool) {
        for name in words.get("required").and_then(Value::as_array).into_iter().flatten() {
            if !name.as_str().is_some_and(|name| object.contains_key(name)) {
                self.fault(at, format!("{name} is missing"));
            }
        }
        let none = Map::new();
        let known = words.get("properties").and_then(Value::as_object).unwrap_or(&none);
        for (name, field) in object {
            let within = format!("{at}.{name}");
            match (known.get(name), words.get("additionalProperties")) {
                (Some(schema), _) => self.check(schema, field, &within),
                (None, Some(Value::Bool(true))) => {}
                (None, Some(schema)) if schema.is_object() => self.check(schema, field, &within),
                (None, _) if closed => self.fault(&within, "nobody described this field"),
                (None, _) => {}
            }
        }
    }

    /// Part of a whole: the other parts may name more fields.
    fn open(&mut self, schema: &Value, value: &Value, at: &str) {
        match (schema.get("$ref"), schema.as_object(), value.as_object()) {
            (None, Some(words), Some(object)) => self.object(words, object, at, false),
            _ => self.check(schema, value, at),
        }
    }

    fn one_of(&mut self, exactly: bool, schemas: &Value, value: &Value, at: &str) {
        let all = schemas.as_array().map(Vec::as_slice).unwrap_or_default();
        let tried: Vec<Vec<String>> = all.iter().map(|s| faults(self.document, s, value)).collect();
        let fitting = tried.iter().filter(|found| found.is_empty()).count();
        if fitting == 0 {
            let nearest = tried.into_iter().min_by_key(Vec::len).unwrap_or_default();
            self.fault(at, format!("fits none of {}; nearest: {nearest:?}", all.len()));
        } else if exactly && fitting > 1 {
            self.fault(at, format!("fits {fitting} that should exclude one another"));
        }
    }

    fn bound(&mut self, word: &str, bound: &Value, size: Option<usize>, at: &str) {
        let (Some(size), Some(bound)) = (size.map(|size| size as u64), bound.as_u64()) else { return };
        if (word.starts_with("min") && size < bound) || (word.starts_with("max") && size > bound) {
            self.fault(at, format!("{word} is {bound}, and it has {size}"));
        }
    }

    fn pattern(&mut self, pattern: &str, value: &Value, at: &str) {
        if let Some(text) = value.as_str()
            && !fits(pattern, text)
        {
            self.fault(at, format!("{value} is not like {pattern}"));
        }
    }

    fn resolved(&self, reference: &Value) -> &Value {
        let pointer = reference.as_str().and_then(|r| r.strip_prefix('#')).unwrap_or_default();
        self.document.pointer(pointer).unwrap_or(&Value::Null)
    }
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

fn fits(pattern: &str, text: &str) -> bool {
    thread_local! {
        static MADE: RefCell<BTreeMap<String, PikeVM>> = const { RefCell::new(BTreeMap::new()) };
    }
    MADE.with_borrow_mut(|made| {
        let regex = made
            .entry(pattern.to_owned())
            .or_insert_with(|| PikeVM::new(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}")));
        regex.is_match(&mut regex.create_cache(), text)
    })
}
