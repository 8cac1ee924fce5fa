//! The description against the code: routes, parameters, fields of bodies, codes, examples, and the file in `docs`.

mod held;
mod told;
mod tried;
mod validate;

use super::{document, resources, shared};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use validate::faults;

/// Also what other tests compare made files with.
#[track_caller]
pub(crate) fn same_as_file(name: &str, made: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if std::env::var("HUNDI_UPDATE_DOCS").is_ok_and(|v| v == "1") {
        std::fs::write(&file, made).expect("the file can be written");
    }
    let there = std::fs::read_to_string(&file).unwrap_or_default();
    let line = there.lines().zip(made.lines()).position(|(a, b)| a != b).map_or(0, |at| at + 1);
    assert!(
        there == made,
        "docs/{name} differs from the code, first in line {line}: HUNDI_UPDATE_DOCS=1 cargo test -p hundi-web \
         openapi, then read the diff"
    );
}

#[test]
fn openapi_file_and_code_say_the_same() {
    same_as_file("openapi.json", &super::text());
}

#[test]
fn openapi_collection_and_code_say_the_same() {
    same_as_file("postman.json", &super::postman::text());
}

/// Read off the router's own table of contents.
fn routes() -> BTreeSet<String> {
    let source = include_str!("../api/mod.rs");
    let mut there = BTreeSet::new();
    for line in source.lines() {
        let Some(rest) = line.trim().strip_prefix(".route(\"") else { continue };
        let (path, handlers) = rest.split_once("\", ").expect("a path and its handlers");
        for method in ["get", "post", "patch", "delete", "put"] {
            if format!(" {handlers}").replace('.', " ").contains(&format!(" {method}(")) {
                there.insert(format!("{method} {path}"));
            }
        }
    }
    assert!(there.len() > 30, "the file has another form now");
    there
}

#[test]
fn every_route_is_described_once_and_nothing_else() {
    let all: Vec<String> = resources()
        .iter()
        .flat_map(|r| r.operations.iter().map(|o| format!("{} {}", o.method, o.path)))
        .collect();
    let described: BTreeSet<String> = all.iter().cloned().collect();
    assert_eq!(all.len(), described.len(), "an operation is described twice");
    let routes = routes();
    let (missing, gone): (Vec<_>, Vec<_>) =
        (routes.difference(&described).collect(), described.difference(&routes).collect());
    assert!(missing.is_empty(), "describe in src/openapi/: {missing:?}");
    assert!(gone.is_empty(), "described in src/openapi/, but there is no such route: {gone:?}");
}

/// Whoever names a method and an address in the guides names one that there is.
#[test]
fn every_operation_that_a_guide_names_is_there() {
    let routes = routes();
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let mut named = 0;
    for entry in std::fs::read_dir(docs).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.extension().is_none_or(|ending| ending != "md") {
            continue;
        }
        let guide = std::fs::read_to_string(&path).expect("text");
        for inside in guide.split('`').skip(1).step_by(2) {
            let Some((method, rest)) = inside.split_once(" /api/v1") else { continue };
            let address = rest.split(['?', ' ']).next().unwrap_or_default();
            let route = format!("{} {address}", method.to_lowercase());
            assert!(routes.contains(&route), "{}: there is no `{inside}`", path.display());
            named += 1;
        }
    }
    assert!(named > 30, "{named} are named");
}

#[test]
fn operations_are_named_and_titled() {
    let resources = resources();
    let all: Vec<_> = resources.iter().flat_map(|r| &r.operations).collect();
    let names: BTreeSet<_> = all.iter().map(|o| o.name).collect();
    assert_eq!(names.len(), all.len());
    for operation in all {
        assert!(!operation.title.is_empty() && !operation.title.ends_with('.'), "{}", operation.name);
        assert!(operation.says.is_empty() || operation.says.ends_with('.'), "{}", operation.name);
        assert_eq!(operation.path.contains("{id}"), operation.of.is_some(), "{}", operation.name);
    }
}

/// Each code of the API is somebody's, and none is invented.
#[test]
fn every_code_has_its_operation() {
    let named: BTreeSet<&str> = resources()
        .iter()
        .flat_map(|r| r.operations.iter().flat_map(|o| o.refuses.clone()))
        .chain(shared::EVERYWHERE)
        .chain(shared::WITH_A_KEY)
        .collect();
    for code in &named {
        assert!(shared::status_of(code).is_some(), "there is no code {code}");
    }
    let of_the_edge = crate::edge::Refusal::ALL.map(|refusal| refusal.parts().1);
    let there: BTreeSet<&str> = hundi_app::catalogue()
        .into_iter()
        .filter(|entry| !entry.console_only)
        .map(|entry| entry.code)
        .chain(of_the_edge)
        .collect();
    let missing: Vec<_> = there.difference(&named).collect();
    assert!(missing.is_empty(), "say in src/openapi/ which operations refuse with: {missing:?}");
}

#[test]
fn every_reference_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(all) => all.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 100);
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("within the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

/// An example that breaks its own schema would teach something false.
#[test]
fn every_example_is_valid() {
    let document = document();
    let mut count = 0;
    let mut check = |what: &str, example: &Value, schema: &Value| {
        assert_eq!(faults(&document, schema, example), [""; 0], "{what}");
        count += 1;
    };
    for resource in resources() {
        for shape in &resource.shapes {
            check(shape.name, &shape.example, &super::schema::named(shape.name));
        }
        for operation in &resource.operations {
            if let Some((fields, example)) = operation.body() {
                check(operation.name, example, &super::schema::closed(fields));
            }
            for parameter in operation.query().iter().filter(|p| !p.example.is_null()) {
                check(parameter.name, &parameter.example, &parameter.schema);
            }
        }
    }
    assert!(count > 50, "{count} examples");
}
