//! `generated.py`: typed dictionaries, resources and error classes.

use super::{
    Answers, Call, alternatives, calls, codes, currencies, document, fields, groups, is_currencies, pascal,
    words,
};
use hundi_core::Version;
use serde_json::Value;
use std::fmt::Write;

const HEAD: &str = "\
# Made from the description of the API; don't change it by hand.
# HUNDI_UPDATE_DOCS=1 cargo test -p hundi-web openapi
\"\"\"Types of everything that is sent and answered, a method for each operation, a class for each error code.\"\"\"

from __future__ import annotations

from typing import Any, Dict, List, Literal, Optional, TypedDict, Union
from urllib.parse import quote

from .core import ApiError, Http, Page

";

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

pub(super) fn text() -> String {
    let mut out = HEAD.to_owned();
    let all = currencies().iter().map(|code| format!("\"{code}\"")).collect::<Vec<_>>().join(", ");
    out += &format!("Currency = Literal[{all}]\n\n\n");
    let version = Version::NEWEST;
    out += &format!("#: The shape that is described here.\nAPI_VERSION = \"{version}\"\n\n\n");
    let document = document();
    let named = document["components"]["schemas"].as_object().expect("the document has shapes");
    for (name, schema) in named {
        out += &typed(name, schema);
    }
    let calls = calls();
    for call in &calls {
        if let Some(body) = &call.body {
            out += &typed(&format!("{}Body", call.stem), &body.schema);
        }
        if let Some(query) = &call.query {
            out += &typed(&format!("{}Query", call.stem), query);
        }
    }
    resources(&mut out, &calls);
    errors(&mut out);
    exported(&mut out, named.keys(), &calls);
    out
}

/// What `from hundi import *` gives, and nothing that this file itself needed.
fn exported<'a>(out: &mut String, shapes: impl Iterator<Item = &'a String>, calls: &[Call]) {
    let bodies = calls.iter().filter(|c| c.body.is_some()).map(|c| format!("{}Body", c.stem));
    let queries = calls.iter().filter(|c| c.query.is_some()).map(|c| format!("{}Query", c.stem));
    let classes = codes().into_iter().map(|code| code.class);
    let mut all: Vec<String> = shapes.cloned().chain(bodies).chain(queries).chain(classes).collect();
    all.push("Currency".to_owned());
    all.sort();
    *out += "\n__all__ = [\n";
    for name in all {
        writeln!(out, "    \"{name}\",").expect("a String takes everything");
    }
    *out += "]\n";
}

/// A typed dictionary, and before it those within it.
fn typed(name: &str, schema: &Value) -> String {
    let mut before = String::new();
    let fields = fields(schema);
    let mut lines: Vec<(String, String, bool, String)> = Vec::new();
    for (field, schema, always) in fields {
        let kind = kind(&format!("{name}{}", pascal(field)), schema, &mut before);
        let says = schema["description"].as_str().unwrap_or_default();
        lines.push((field.to_owned(), kind, always, says.to_owned()));
    }
    let says = schema["description"].as_str().unwrap_or_default();
    before + &defined(name, says, &lines)
}

fn defined(name: &str, says: &str, lines: &[(String, String, bool, String)]) -> String {
    let plain = |field: &str| {
        field.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_') && !KEYWORDS.contains(&field)
    };
    if !lines.iter().all(|(field, ..)| plain(field)) {
        // Names that are no names in Python stand in quotes.
        let mut out = format!("{name} = TypedDict(\n    \"{name}\",\n    {{\n");
        for (field, kind, _, _) in lines {
            writeln!(out, "        \"{field}\": \"{}\",", kind.replace('"', "'"))
                .expect("a String takes everything");
        }
        return out + "    },\n    total=False,\n)\n\n\n";
    }
    let class = |name: &str, of: &str, says: &str, lines: &[&(String, String, bool, String)]| {
        let mut out = format!("class {name}({of}):\n    \"\"\"{}\"\"\"\n", escaped(says));
        if !lines.is_empty() {
            out.push('\n');
        }
        for (field, kind, _, says) in lines {
            if !says.is_empty() {
                writeln!(out, "    #: {says}").expect("a String takes everything");
            }
            writeln!(out, "    {field}: {kind}").expect("a String takes everything");
        }
        out + "\n\n"
    };
    let (always, maybe): (Vec<_>, Vec<_>) = lines.iter().partition(|(_, _, always, _)| *always);
    let says = if says.is_empty() { name } else { says };
    match (always.is_empty(), maybe.is_empty()) {
        (_, true) => class(name, "TypedDict", says, &always),
        (true, false) => class(name, "TypedDict, total=False", says, &maybe),
        (false, false) => {
            let base = format!("_{name}Always");
            class(&base, "TypedDict", "What is always there.", &always)
                + &class(name, &format!("{base}, total=False"), says, &maybe)
        }
    }
}

fn escaped(says: &str) -> String {
    let says = says.replace('\\', "\\\\");
    if says.ends_with('"') { format!("{says} ") } else { says }
}

fn kind(name: &str, schema: &Value, before: &mut String) -> String {
    let (all, null) = alternatives(schema);
    let several = all.iter().filter(|one| one["properties"].is_object()).count() > 1;
    let mut kinds: Vec<String> = Vec::new();
    for one in &all {
        let of_its_own = one.pointer("/properties/type/const").and_then(Value::as_str).map(pascal);
        let name =
            if several { format!("{name}{}", of_its_own.unwrap_or_default()) } else { name.to_owned() };
        let made = single(&name, one, before);
        if !kinds.contains(&made) {
            kinds.push(made);
        }
    }
    let made = match kinds.as_slice() {
        [one] => one.clone(),
        several => format!("Union[{}]", several.join(", ")),
    };
    if null && made != "Any" { format!("Optional[{made}]") } else { made }
}

fn single(name: &str, schema: &Value, before: &mut String) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|text| text.rsplit('/').next()) {
        return name.to_owned();
    }
    if let Some(word) = schema["const"].as_str() {
        return format!("Literal[\"{word}\"]");
    }
    if let Some(words) = words(schema) {
        if is_currencies(&words) {
            return "Currency".to_owned();
        }
        let all = words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
        return format!("Literal[{all}]");
    }
    match schema["type"].as_str() {
        Some("string") => "str".to_owned(),
        Some("integer") => "int".to_owned(),
        Some("number") => "float".to_owned(),
        Some("boolean") => "bool".to_owned(),
        Some("array") => format!("List[{}]", kind(name, &schema["items"], before)),
        Some("object") if schema["properties"].is_object() => {
            before.push_str(&typed(name, schema));
            name.to_owned()
        }
        Some("object") if schema["additionalProperties"].is_object() => {
            format!("Dict[str, {}]", kind(name, &schema["additionalProperties"], before))
        }
        Some("object") => "Dict[str, Any]".to_owned(),
        _ => "Any".to_owned(),
    }
}

fn resources(out: &mut String, calls: &[Call]) {
    let groups = groups(calls);
    for (group, calls) in &groups {
        writeln!(
            out,
            "class {}Resource:\n    \"\"\"`/{group}`.\"\"\"\n\n    def __init__(self, http: Http) -> None:\n        self._http = http",
            pascal(group)
        )
        .expect("a String takes everything");
        for call in calls {
            *out += &method(call);
        }
        *out += "\n\n";
    }
    *out += "class Resources:\n    \"\"\"Every resource of the API.\"\"\"\n\n    def __init__(self, http: Http) -> None:\n";
    for group in groups.keys() {
        writeln!(out, "        self.{group} = {}Resource(http)", pascal(group))
            .expect("a String takes everything");
    }
    *out += "\n\n";
}

fn method(call: &Call) -> String {
    let mut takes = vec!["self".to_owned()];
    let mut path = call.path.clone();
    for place in &call.places {
        takes.push(format!("{place}: str"));
        path = path.replace(&format!("{{{place}}}"), &format!("{{quote({place}, safe='')}}"));
    }
    let path = if call.places.is_empty() { format!("\"{path}\"") } else { format!("f\"{path}\"") };
    let writes = call.method != "GET";
    let mut gives = "None".to_owned();
    if let Some(body) = &call.body {
        let optional = |name: &str| format!("body: Optional[{name}] = None");
        let name = format!("{}Body", call.stem);
        takes.push(if body.needed { format!("body: {name}") } else { optional(&name) });
        gives = if body.needed { "body".to_owned() } else { "body or {}".to_owned() };
    } else if writes && call.method != "DELETE" {
        gives = "{}".to_owned();
    }
    if call.asks_aside() {
        gives = "query".to_owned();
    } else if call.query.is_some() {
        let name = format!("{}Query", call.stem);
        takes.push(if call.needs_query {
            format!("query: {name}")
        } else {
            format!("query: Optional[{name}] = None")
        });
        gives = "query".to_owned();
    }
    let mut more = "timeout=timeout".to_owned();
    takes.push("*".to_owned());
    if call.asks_aside() {
        takes.push(format!("query: Optional[{}Query] = None", call.stem));
    }
    if call.method == "POST" {
        takes.push("idempotency_key: Optional[str] = None".to_owned());
        takes.push("headers: Optional[Dict[str, str]] = None".to_owned());
        more = format!("idempotency_key=idempotency_key, headers=headers, {more}");
    }
    takes.push("timeout: Optional[float] = None".to_owned());
    let method = &call.method;
    let (answer, asked) = match &call.answers {
        Answers::Page(item) => (format!("Page[{item}]"), format!("page({path}, {gives}, {more})")),
        Answers::One(shape) if writes => {
            (shape.clone(), format!("write(\"{method}\", {path}, {gives}, {more})"))
        }
        Answers::One(shape) => (shape.clone(), format!("read({path}, {gives}, {more})")),
        Answers::Bytes => ("bytes".to_owned(), format!("raw(\"{method}\", {path}, {gives}, {more})")),
    };
    let name =
        if KEYWORDS.contains(&call.name.as_str()) { format!("{}_", call.name) } else { call.name.clone() };
    format!(
        "\n    def {name}({}) -> {answer}:\n        \"\"\"{}\"\"\"\n        return self._http.{asked}\n",
        takes.join(", "),
        escaped(&call.says)
    )
}

fn errors(out: &mut String) {
    let codes = codes();
    for code in &codes {
        let (class, says) = (&code.class, escaped(&code.says));
        writeln!(out, "class {class}(ApiError):\n    \"\"\"{says}\"\"\"\n\n")
            .expect("a String takes everything");
    }
    *out += "#: The class of each code.\nERRORS = {\n";
    for code in &codes {
        writeln!(out, "    \"{}\": {},", code.code, code.class).expect("a String takes everything");
    }
    *out += "}\n";
}
