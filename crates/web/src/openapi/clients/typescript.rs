//! `generated.ts`: interfaces, resources and error classes.

use super::{
    Answers, Call, alternatives, calls, camel, codes, currencies, document, fields, groups, is_currencies,
    pascal, words,
};
use hundi_core::Version;
use serde_json::Value;
use std::fmt::Write;

const HEAD: &str = "\
// Made from the description of the API; don't change it by hand.
// HUNDI_UPDATE_DOCS=1 cargo test -p hundi-web openapi

import { ApiError, type Http, type Read, type Write } from \"./core.js\";
import type { Listing } from \"./pages.js\";

/** What this library does not know yet is still text. */
export type Other = string & Record<never, never>;

";

pub(super) fn text() -> String {
    let mut out = HEAD.to_owned();
    let all = currencies().iter().map(|code| format!("\"{code}\"")).collect::<Vec<_>>().join(" | ");
    out += &format!("/** An ISO 4217 code. */\nexport type Currency = {all};\n\n");
    let version = Version::NEWEST;
    out +=
        &format!("/** The shape that is described here. */\nexport const API_VERSION = \"{version}\";\n\n");
    let document = document();
    let named = document["components"]["schemas"].as_object().expect("the document has shapes");
    for (name, schema) in named {
        out += &interface(name, schema, true);
    }
    let calls = calls();
    for call in &calls {
        if let Some(body) = &call.body {
            out += &interface(&format!("{}Body", call.stem), &body.schema, false);
        }
        if let Some(query) = &call.query {
            out += &interface(&format!("{}Query", call.stem), query, false);
        }
    }
    resources(&mut out, &calls);
    errors(&mut out);
    out
}

fn doc(says: &str, indent: &str) -> String {
    if says.is_empty() { String::new() } else { format!("{indent}/** {} */\n", says.replace("*/", "* /")) }
}

fn interface(name: &str, schema: &Value, answered: bool) -> String {
    let says = schema["description"].as_str().unwrap_or_default();
    format!("{}export interface {name} {}\n\n", doc(says, ""), object(schema, answered, ""))
}

fn object(schema: &Value, answered: bool, indent: &str) -> String {
    let inner = format!("{indent}  ");
    let mut out = "{\n".to_owned();
    for (name, field, always) in fields(schema) {
        let says = field["description"].as_str().unwrap_or_default();
        let plain = name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_');
        let key = if plain { name.to_owned() } else { format!("\"{name}\"") };
        let mark = if always { "" } else { "?" };
        let kind = kind(field, answered, &inner);
        out += &doc(says, &inner);
        writeln!(out, "{inner}{key}{mark}: {kind};").expect("a String takes everything");
    }
    out + indent + "}"
}

/// The type of a value. What is answered may have words that came later.
fn kind(schema: &Value, answered: bool, indent: &str) -> String {
    let (all, null) = alternatives(schema);
    let mut kinds: Vec<String> = Vec::new();
    for one in all.iter().map(|one| single(one, answered, indent)).chain(null.then(|| "null".to_owned())) {
        if !kinds.contains(&one) {
            kinds.push(one);
        }
    }
    if kinds.iter().any(|kind| kind == "unknown") { "unknown".to_owned() } else { kinds.join(" | ") }
}

fn single(schema: &Value, answered: bool, indent: &str) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|text| text.rsplit('/').next()) {
        return name.to_owned();
    }
    if let Some(word) = schema["const"].as_str() {
        return format!("\"{word}\"");
    }
    if let Some(words) = words(schema) {
        if is_currencies(&words) {
            return "Currency".to_owned();
        }
        let known = words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" | ");
        return if answered { format!("{known} | Other") } else { known };
    }
    match schema["type"].as_str() {
        Some("string") => "string".to_owned(),
        Some("integer" | "number") => "number".to_owned(),
        Some("boolean") => "boolean".to_owned(),
        Some("array") => {
            let item = kind(&schema["items"], answered, indent);
            if item.contains(['|', '{']) { format!("Array<{item}>") } else { format!("{item}[]") }
        }
        Some("object") if schema["properties"].is_object() => object(schema, answered, indent),
        Some("object") if schema["additionalProperties"].is_object() => {
            format!("Record<string, {}>", kind(&schema["additionalProperties"], answered, indent))
        }
        Some("object") => "Record<string, unknown>".to_owned(),
        _ => "unknown".to_owned(),
    }
}

fn resources(out: &mut String, calls: &[Call]) {
    let groups = groups(calls);
    for (group, calls) in &groups {
        writeln!(out, "export class {}Resource {{\n  readonly #http: Http;\n", pascal(group))
            .expect("it takes everything");
        *out += "  constructor(http: Http) {\n    this.#http = http;\n  }\n";
        for call in calls {
            *out += &method(call);
        }
        *out += "}\n\n";
    }
    *out += "/** Every resource of the API. */\nexport class Resources {\n";
    for group in groups.keys() {
        writeln!(out, "  readonly {}: {}Resource;", camel(group), pascal(group))
            .expect("it takes everything");
    }
    *out += "\n  constructor(http: Http) {\n";
    for group in groups.keys() {
        writeln!(out, "    this.{} = new {}Resource(http);", camel(group), pascal(group))
            .expect("it takes everything");
    }
    *out += "  }\n}\n\n";
}

fn method(call: &Call) -> String {
    let mut takes: Vec<String> =
        call.places.iter().map(|place| format!("{}: string", camel(place))).collect();
    let mut path = call.path.clone();
    for place in &call.places {
        path = path.replace(&format!("{{{place}}}"), &format!("${{encodeURIComponent({})}}", camel(place)));
    }
    let writes = call.method != "GET";
    let mut gives = "undefined".to_owned();
    if let Some(body) = &call.body {
        takes.push(format!("body: {}Body{}", call.stem, if body.needed { "" } else { " = {}" }));
        gives = "body".to_owned();
    } else if writes && call.method != "DELETE" {
        gives = "{}".to_owned();
    }
    let mut options = if writes { "Write" } else { "Read" }.to_owned();
    if call.asks_aside() {
        options += &format!(" & {{ query?: {}Query }}", call.stem);
        gives = "options.query".to_owned();
    } else if call.query.is_some() {
        takes.push(format!("query: {}Query{}", call.stem, if call.needs_query { "" } else { " = {}" }));
        gives = "query".to_owned();
    }
    takes.push(format!("options: {options} = {{}}"));
    let method = &call.method;
    let (answer, call_of) = match &call.answers {
        Answers::Page(item) => (format!("Listing<{item}>"), format!("list(`{path}`, {gives}, options)")),
        Answers::One(shape) if writes => {
            (format!("Promise<{shape}>"), format!("write(\"{method}\", `{path}`, {gives}, options)"))
        }
        Answers::One(shape) => (format!("Promise<{shape}>"), format!("read(`{path}`, {gives}, options)")),
        Answers::Bytes => {
            ("Promise<Uint8Array>".to_owned(), format!("bytes(\"{method}\", `{path}`, {gives}, options)"))
        }
    };
    format!(
        "\n{}  {}({}): {answer} {{\n    return this.#http.{call_of};\n  }}\n",
        doc(&call.says, "  "),
        camel(&call.name),
        takes.join(", ")
    )
}

fn errors(out: &mut String) {
    let codes = codes();
    for code in &codes {
        *out += &doc(&code.says, "");
        writeln!(out, "export class {} extends ApiError {{}}\n", code.class).expect("it takes everything");
    }
    *out += "/** The class of each code. */\nexport const ERRORS: Readonly<Record<string, typeof ApiError>> = {\n";
    for code in &codes {
        writeln!(out, "  {}: {},", code.code, code.class).expect("it takes everything");
    }
    *out += "};\n";
}
