//! The description as the page `/docs/api` shows it.

use super::operation::Operation;
use super::words::{self, Said};
use super::{resources, shared};
use crate::pages::reference::{Described, Input, Line, Listed, Named, Reference, Section};

/// The page, filled. `base` is the address that examples ask.
pub(crate) fn reference(product: &str, base: &str) -> Reference {
    let mut sections: Vec<Section> = resources()
        .iter()
        .map(|resource| Section {
            id: anchor(resource.tag),
            title: resource.tag,
            says: resource.says,
            operations: resource.operations.iter().map(|operation| described(operation, base)).collect(),
            shapes: resource.shapes.iter().map(named).collect(),
        })
        .collect();
    sections.push(Section {
        id: "errors".to_owned(),
        title: "Refusals",
        says: "Every refusal has this shape. All codes, with what to do, stand at /docs/errors.",
        operations: Vec::new(),
        shapes: shared::shapes().iter().map(named).collect(),
    });
    Reference { product: product.to_owned(), sections }
}

/// One operation, for the page that shows what became of a try.
pub(crate) fn one(name: &str, base: &str) -> Option<Described> {
    let all = resources();
    let mut operations = all.iter().flat_map(|resource| &resource.operations);
    operations.find(|operation| operation.name == name).map(|operation| described(operation, base))
}

fn anchor(tag: &str) -> String {
    tag.to_lowercase().replace(' ', "-")
}

fn named(shape: &super::schema::Shape) -> Named {
    Named {
        id: format!("shape-{}", shape.name),
        name: shape.name,
        says: shape.says,
        fields: words::fields(&shape.fields).into_iter().map(line).collect(),
        example: format!("{:#}", shape.example),
    }
}

fn line(said: Said) -> Line {
    Line { name: said.name, kind: said.kind, required: said.required, says: said.says }
}

fn described(operation: &Operation, base: &str) -> Described {
    let query = operation.query();
    let parameters = query.iter().map(|parameter| Line {
        name: parameter.name.to_owned(),
        kind: words::kind(&parameter.schema),
        required: false,
        says: parameter.says,
    });
    let inputs = query.iter().map(|parameter| Input {
        id: format!("{}-{}", operation.name, parameter.name.replace(['[', ']'], "-")),
        name: parameter.name,
    });
    Described {
        name: operation.name,
        method: operation.method.to_uppercase(),
        path: format!("/api/v1{}", operation.path),
        title: operation.title,
        says: operation.says,
        id_like: operation.of.map(|prefix| format!("{prefix}_…")),
        parameters: parameters.collect(),
        body: operation
            .body()
            .map(|(fields, _)| words::fields(fields))
            .unwrap_or_default()
            .into_iter()
            .map(line)
            .collect(),
        takes_key: operation.takes_key(),
        answer: Listed {
            status: operation.answers.status,
            shape: operation.answers.shape,
            listed: operation.answers.listed,
        },
        refusals: operation
            .refusals()
            .into_iter()
            .map(|(status, codes)| (status, codes.into_iter().collect()))
            .collect(),
        curl: words::curl(operation, base),
        inputs: inputs.collect(),
        body_like: words::body_like(operation),
    }
}
