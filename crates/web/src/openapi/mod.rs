//! The merchant API described for machines: OpenAPI 3.1, one file for each resource.
//!
//! Written by hand, and held to the code by the tests below this folder: each route of `api/mod.rs` has one operation,
//! each parameter and field that a handler reads is described, and every answer is what the description says.
//!
//! Whoever adds a route, a parameter, a field of a body or of an answer describes it in its resource's file, then runs
//! `HUNDI_UPDATE_DOCS=1 cargo test -p hundi-web openapi` and reads the diff of `docs/openapi.json`.

#[cfg(test)]
mod clients;
mod connections;
mod customers;
mod endpoints;
mod events;
mod exchanges;
mod fallbacks;
mod keys;
pub(crate) mod operation;
mod orders;
pub(crate) mod page;
mod payments;
#[cfg(test)]
mod postman;
mod refunds;
mod rehearsals;
mod requests;
mod routing;
pub(crate) mod schema;
mod shared;
#[cfg(test)]
mod tests;
pub(crate) mod tried;
mod words;

use operation::Operation;
use schema::Shape;
use serde_json::{Map, Value, json};

/// Operations that belong together, and the shapes they speak of.
pub(crate) struct Resource {
    pub(crate) tag: &'static str,
    pub(crate) says: &'static str,
    pub(crate) operations: Vec<Operation>,
    pub(crate) shapes: Vec<Shape>,
}

/// In the order in which a developer meets them.
pub(crate) fn resources() -> Vec<Resource> {
    vec![
        orders::resource(),
        payments::resource(),
        refunds::resource(),
        events::resource(),
        endpoints::resource(),
        connections::resource(),
        customers::resource(),
        routing::resource(),
        fallbacks::resource(),
        keys::resource(),
        exchanges::resource(),
        requests::resource(),
        rehearsals::resource(),
    ]
}

/// The whole description.
pub(crate) fn document() -> Value {
    let mut resources = resources();
    let shapes: Vec<Shape> = resources.iter_mut().flat_map(|r| std::mem::take(&mut r.shapes)).collect();
    let all: Vec<&Operation> = resources.iter().flat_map(|r| &r.operations).collect();
    let mut paths = Map::new();
    for resource in &resources {
        for operation in &resource.operations {
            let path = paths.entry(format!("/api/v1{}", operation.path)).or_insert_with(|| json!({}));
            path[operation.method] = operation.described(resource.tag, &shapes, &all);
        }
    }
    let named = shapes.iter().chain(&shared::shapes()).map(|s| (s.name.to_owned(), s.schema())).collect();
    let mut components = shared::components();
    components["schemas"] = Value::Object(named);
    let tags: Vec<_> = resources.iter().map(|r| json!({ "name": r.tag, "description": r.says })).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "hundi merchant API",
            "version": "v1",
            "description": "JSON over HTTP. Amounts are whole numbers of minor units; times are RFC 3339 in UTC; a \
                field or parameter that is not described here is refused. New fields and event types may appear in \
                answers.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "This server" }],
        "security": shared::security(),
        "tags": tags,
        "paths": paths,
        "components": components,
    })
}

/// As it is served and as it stands in `docs`.
pub(crate) fn text() -> String {
    format!("{:#}\n", document())
}

/// A reference of the merchant's or a provider's, as a parameter.
fn reference() -> Value {
    schema::like(r"^[^\u0000-\u001f\u007f-\u009f\ufffd]{1,100}$")
}
