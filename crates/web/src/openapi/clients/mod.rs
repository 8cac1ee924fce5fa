//! The client libraries' made half: `clients/typescript/src/generated.ts` and `clients/python/src/hundi/generated.py`.
//!
//! Types of everything that is sent and answered, a method for each operation, and a class for each error code. What
//! speaks HTTP in them is written by hand beside these files.

mod python;
mod typescript;

use super::document;
use crate::edge::Refusal;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Beyond this many words a union gets a name of its own.
const WORDS_INLINE_MAX: usize = 40;

/// One method of one resource.
struct Call {
    /// `orders`: the first word of its path.
    group: String,
    /// `create`, in words between underscores.
    name: String,
    /// `CreateOrder`: what its body's and its query's types begin with.
    stem: String,
    method: String,
    /// Below `/api/v1`.
    path: String,
    /// What stands between braces in the path, in order.
    places: Vec<String>,
    body: Option<Body>,
    /// Its query parameters, as an object's schema. `None`: it takes none.
    query: Option<Value>,
    needs_query: bool,
    answers: Answers,
    says: String,
}

impl Call {
    /// A single answer that takes parameters which it can do without: they stand among the options, so that those who
    /// call it are not disturbed when it begins to take some.
    fn asks_aside(&self) -> bool {
        self.query.is_some() && !self.needs_query && matches!(self.answers, Answers::One(_))
    }
}

struct Body {
    schema: Value,
    needed: bool,
}

/// What comes back.
enum Answers {
    One(String),
    Page(String),
    /// Something else than JSON.
    Bytes,
}

/// An error code and what its class says.
struct Code {
    code: &'static str,
    class: String,
    says: String,
}

/// Every operation of the document, in the order of its paths.
fn calls() -> Vec<Call> {
    let document = document();
    let paths = document["paths"].as_object().expect("the document has paths");
    let mut all = Vec::new();
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().expect("a path has methods") {
            all.push(call(&document, path, method, operation));
        }
    }
    // Two short names that meet are both spelt out.
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    for call in &all {
        *seen.entry((call.group.clone(), call.name.clone())).or_default() += 1;
    }
    for call in &mut all {
        if seen[&(call.group.clone(), call.name.clone())] > 1 {
            call.name = snake(&call.stem);
        }
    }
    let names: BTreeSet<_> = all.iter().map(|c| (&c.group, &c.name)).collect();
    assert_eq!(names.len(), all.len(), "two methods of one resource have one name");
    all
}

fn call(document: &Value, path: &str, method: &str, operation: &Value) -> Call {
    let path = path.strip_prefix("/api/v1").expect("every path is below it");
    let group = path.split('/').nth(1).unwrap_or_default().to_owned();
    let id = operation["operationId"].as_str().expect("every operation has its name");
    let places = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).map(str::to_owned);
    let body = operation.pointer("/requestBody").filter(|_| has_fields(operation)).map(|body| Body {
        schema: body["content"]["application/json"]["schema"].clone(),
        needed: body["required"] == true,
    });
    let (query, needs_query) = query(document, operation);
    let title = operation["summary"].as_str().unwrap_or_default();
    let says = operation["description"].as_str().unwrap_or_default();
    Call {
        name: short(id, &group),
        stem: pascal(id),
        method: method.to_uppercase(),
        places: places.collect(),
        path: path.to_owned(),
        group,
        body,
        query,
        needs_query,
        answers: answers(operation),
        says: format!("{title}. {says}").trim().to_owned(),
    }
}

fn has_fields(operation: &Value) -> bool {
    let fields = operation.pointer("/requestBody/content/application~1json/schema/properties");
    fields.and_then(Value::as_object).is_some_and(|fields| !fields.is_empty())
}

fn query(document: &Value, operation: &Value) -> (Option<Value>, bool) {
    let mut properties = serde_json::Map::new();
    let mut required = Vec::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let parameter = match parameter["$ref"].as_str() {
            Some(to) => document.pointer(to.trim_start_matches('#')).expect("a test follows every reference"),
            None => parameter,
        };
        if parameter["in"] != "query" {
            continue;
        }
        let name = parameter["name"].as_str().expect("a parameter has its name").to_owned();
        if parameter["required"] == true {
            required.push(name.clone());
        }
        let mut schema = parameter["schema"].clone();
        schema["description"] = parameter["description"].clone();
        if is_whole_number(&schema) {
            schema["type"] = serde_json::json!(["integer", "string"]);
        }
        properties.insert(name, schema);
    }
    let needed = !required.is_empty();
    let schema = serde_json::json!({ "type": "object", "properties": properties, "required": required });
    (Some(schema).filter(|s| s["properties"].as_object().is_some_and(|p| !p.is_empty())), needed)
}

/// In a query, where everything is text. Whoever calls has it as a number, too.
fn is_whole_number(schema: &Value) -> bool {
    let is_of_digits = |c: char| c.is_ascii_digit() || "^$[]{}-,*".contains(c);
    schema["pattern"]
        .as_str()
        .is_some_and(|pattern| pattern.contains("0-9") && pattern.chars().all(is_of_digits))
}

fn answers(operation: &Value) -> Answers {
    let done = operation["responses"].as_object().expect("an operation answers");
    let done = done.iter().find(|(status, _)| status.starts_with('2')).expect("and well").1;
    let Some(schema) = done.pointer("/content/application~1json/schema") else { return Answers::Bytes };
    let named = |schema: &Value| {
        let reference = schema["$ref"].as_str().and_then(|text| text.rsplit('/').next());
        reference.expect("answers are named shapes").to_owned()
    };
    match schema.pointer("/properties/data/items") {
        Some(item) => Answers::Page(named(item)),
        None => Answers::One(named(schema)),
    }
}

/// The operation's name without its resource: `create_order` of `orders` is `create`.
fn short(id: &str, group: &str) -> String {
    let one = group
        .strip_suffix("ies")
        .map_or_else(|| group.strip_suffix('s').unwrap_or(group).to_owned(), |stem| format!("{stem}y"));
    // A resource's name may have several words: `get_saved_method` of `saved_methods` is `get`.
    let without = |text: String, name: &str| text.replace(&format!("_{name}_"), "_");
    let rest = without(without(format!("_{id}_"), &one), group);
    let words = rest.split('_').filter(|word| !word.is_empty() && *word != "of");
    words.collect::<Vec<_>>().join("_")
}

/// Every code of the API, and what it means.
fn codes() -> Vec<Code> {
    let listed = hundi_app::catalogue().into_iter().filter(|entry| !entry.console_only);
    let of_the_edge = Refusal::ALL
        .map(Refusal::parts)
        .map(|(status, code, _, message, _)| (code, status, message.to_owned()));
    let mut all: BTreeMap<&'static str, (u16, String)> =
        of_the_edge.into_iter().map(|(code, status, says)| (code, (status, says))).collect();
    all.extend(listed.map(|entry| (entry.code, (entry.status, entry.advice.to_owned()))));
    let class = |code: &str| {
        let name = pascal(code);
        if name.ends_with("Error") { name } else { format!("{name}Error") }
    };
    all.into_iter()
        .map(|(code, (status, says))| Code {
            code,
            class: class(code),
            says: format!("`{code}`, {status}. {says}"),
        })
        .collect()
}

/// `create_order` as `CreateOrder`.
fn pascal(text: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    text.split(['_', '.', '-', '[', ']']).map(word).collect()
}

/// `CreateOrder` as `create_order`.
fn snake(text: &str) -> String {
    let mut made = String::new();
    for letter in text.chars() {
        if letter.is_ascii_uppercase() && !made.is_empty() {
            made.push('_');
        }
        made.push(letter.to_ascii_lowercase());
    }
    made
}

/// `create_refund` as `createRefund`.
fn camel(text: &str) -> String {
    let made = pascal(text);
    made[..1].to_lowercase() + &made[1..]
}

/// The values of a union that has so many that it deserves a name. Currencies are all there is.
fn is_currencies(words: &[&str]) -> bool {
    words.len() > WORDS_INLINE_MAX && words.contains(&"INR")
}

/// The words of an `enum`.
fn words(schema: &Value) -> Option<Vec<&str>> {
    Some(schema["enum"].as_array()?.iter().filter_map(Value::as_str).collect())
}

/// The alternatives of a schema, and whether `null` is one of them.
fn alternatives(schema: &Value) -> (Vec<Value>, bool) {
    if let Some(all) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        let (nulls, rest): (Vec<Value>, Vec<Value>) =
            all.iter().cloned().partition(|one| one["type"] == "null");
        return (rest, !nulls.is_empty());
    }
    let Some(kinds) = schema["type"].as_array() else { return (vec![schema.clone()], false) };
    let rest = kinds.iter().filter(|kind| *kind != "null").map(|kind| {
        let mut one = schema.clone();
        one["type"] = kind.clone();
        one
    });
    (rest.collect(), kinds.iter().any(|kind| kind == "null"))
}

/// Fields of an object's schema: name, schema, whether it is always there.
fn fields(schema: &Value) -> Vec<(&str, &Value, bool)> {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema["properties"].as_object();
    properties
        .into_iter()
        .flatten()
        .map(|(name, schema)| (name.as_str(), schema, required.contains(&name.as_str())))
        .collect()
}

/// Groups of calls, in the order of their names.
fn groups(calls: &[Call]) -> BTreeMap<&str, Vec<&Call>> {
    let mut groups: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
    for call in calls {
        groups.entry(&call.group).or_default().push(call);
    }
    groups
}

/// All the currencies that a request may name.
fn currencies() -> Vec<String> {
    fn find(value: &Value) -> Option<Vec<String>> {
        if let Some(words) = words(value).filter(|words| is_currencies(words)) {
            return Some(words.into_iter().map(str::to_owned).collect());
        }
        match value {
            Value::Object(map) => map.values().find_map(find),
            Value::Array(all) => all.iter().find_map(find),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        }
    }
    find(&document()).expect("an order's body names them")
}

#[test]
fn openapi_typescript_client_and_code_say_the_same() {
    super::tests::same_as_file("../clients/typescript/src/generated.ts", &typescript::text());
}

#[test]
fn openapi_python_client_and_code_say_the_same() {
    super::tests::same_as_file("../clients/python/src/hundi/generated.py", &python::text());
}

#[test]
fn methods_have_short_names() {
    for (id, group, name) in [
        ("create_order", "orders", "create"),
        ("list_order_payments", "orders", "list_payments"),
        ("get_delivery", "deliveries", "get"),
        ("list_deliveries_of_event", "events", "list_deliveries"),
        ("rotate_endpoint_secret", "endpoints", "rotate_secret"),
        ("preview_routing", "routing", "preview"),
    ] {
        assert_eq!(short(id, group), name);
    }
    assert_eq!(
        (camel("rotate_secret"), pascal("payment_in_doubt")),
        ("rotateSecret".into(), "PaymentInDoubt".into())
    );
}
