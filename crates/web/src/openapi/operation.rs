//! One method of one address: what it takes and what it answers.

use super::schema::{Field, Shape, closed, named, word};
use super::shared;
use hundi_app::exports::Format;
use serde_json::{Map, Value, json};

/// An operation, as its resource's file writes it.
pub(crate) struct Operation {
    /// Its name for programs.
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    /// Below `/api/v1`.
    pub(crate) path: &'static str,
    pub(crate) title: &'static str,
    pub(crate) says: &'static str,
    /// What the `{id}` in the path names, by the prefix of its ids.
    pub(crate) of: Option<&'static str>,
    pub(crate) takes: Takes,
    pub(crate) answers: Answers,
    /// Codes of refusals, beside those that every operation has.
    pub(crate) refuses: Vec<&'static str>,
}

/// What comes with the request.
pub(crate) enum Takes {
    /// Nothing, and no parameter either.
    Bare,
    /// Parameters of a list, and these filters.
    List(Vec<Parameter>),
    /// Parameters of a question that is no list.
    Query { needed: Vec<Parameter>, may: Vec<Parameter> },
    /// A body with these fields.
    Body { fields: Vec<Field>, example: Value },
}

/// What comes back when it is done.
pub(crate) struct Answers {
    pub(crate) status: u16,
    /// The name of the shape. Empty: a file.
    pub(crate) shape: &'static str,
    /// A page of them.
    pub(crate) listed: bool,
}

/// A parameter of the address.
#[derive(Clone)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) schema: Value,
    pub(crate) says: &'static str,
    pub(crate) example: Value,
}

impl Parameter {
    pub(super) fn described(&self) -> Value {
        let mut described = json!({
            "name": self.name, "in": "query", "required": false, "description": self.says, "schema": self.schema,
        });
        if !self.example.is_null() {
            described["example"] = self.example.clone();
        }
        if self.schema["type"] == "object" {
            described["style"] = json!("deepObject");
            described["explode"] = json!(true);
        }
        described
    }

    /// As it stands in an address.
    #[cfg(test)]
    pub(crate) fn in_address(&self) -> String {
        if self.schema["type"] == "object" { format!("{}[key]", self.name) } else { self.name.to_owned() }
    }

    /// A value to try it with; of a list, one.
    #[cfg(test)]
    pub(crate) fn value_like(&self) -> Option<String> {
        let one = self.example.as_array().and_then(|all| all.first()).unwrap_or(&self.example);
        let text = one.as_str().map_or_else(|| one.to_string(), str::to_owned);
        (!one.is_null()).then_some(text)
    }
}

pub(super) fn parameter(name: &'static str, schema: Value, example: Value, says: &'static str) -> Parameter {
    Parameter { name, schema, says, example }
}

/// Reads one object, or another single answer.
pub(super) fn show(name: &'static str, path: &'static str, shape: &'static str) -> Operation {
    operation(name, "get", path, Takes::Bare, Answers { status: 200, shape, listed: false })
}

/// Reads one object, with what is wanted beside it.
pub(super) fn show_with(
    name: &'static str,
    path: &'static str,
    shape: &'static str,
    expand: &'static [&'static str],
) -> Operation {
    let takes = Takes::Query { needed: Vec::new(), may: vec![shared::expand(expand)] };
    operation(name, "get", path, takes, Answers { status: 200, shape, listed: false })
}

/// Reads a page of a list.
pub(super) fn list(
    name: &'static str,
    path: &'static str,
    shape: &'static str,
    filters: Vec<Parameter>,
) -> Operation {
    operation(name, "get", path, Takes::List(filters), Answers { status: 200, shape, listed: true })
}

/// Reads what a list holds as a file.
pub(super) fn export(name: &'static str, path: &'static str, filters: Vec<Parameter>) -> Operation {
    let formats = word(Format::ALL.iter().map(|format| format.as_str()));
    let needed = vec![parameter("format", formats, json!("csv"), "`xlsx`: a workbook.")];
    let may = filters.into_iter().chain(shared::of_time()).collect();
    operation(
        name,
        "get",
        path,
        Takes::Query { needed, may },
        Answers { status: 200, shape: "", listed: false },
    )
    .refuses(&["too_many"])
}

/// Does something, by POST.
pub(super) fn does(
    name: &'static str,
    path: &'static str,
    fields: Vec<Field>,
    example: Value,
    (status, shape): (u16, &'static str),
) -> Operation {
    let takes = Takes::Body { fields, example };
    operation(name, "post", path, takes, Answers { status, shape, listed: false })
}

/// Does something that needs no body.
pub(super) fn verb(name: &'static str, path: &'static str, answers: (u16, &'static str)) -> Operation {
    does(name, path, Vec::new(), json!({}), answers)
}

pub(super) const fn operation(
    name: &'static str,
    method: &'static str,
    path: &'static str,
    takes: Takes,
    answers: Answers,
) -> Operation {
    Operation { name, method, path, title: "", says: "", of: None, takes, answers, refuses: Vec::new() }
}

impl Operation {
    pub(super) fn said(mut self, title: &'static str, says: &'static str) -> Self {
        (self.title, self.says) = (title, says);
        self
    }

    pub(super) fn of(mut self, prefix: &'static str) -> Self {
        self.of = Some(prefix);
        self.refuses.push("not_found");
        self
    }

    pub(super) fn refuses(mut self, codes: &[&'static str]) -> Self {
        self.refuses.extend(codes);
        self
    }

    /// Whether it takes an idempotency key.
    pub(crate) fn takes_key(&self) -> bool {
        self.method == "post"
    }

    /// Query parameters, those of every list included.
    pub(crate) fn query(&self) -> Vec<Parameter> {
        match &self.takes {
            Takes::List(filters) => filters.iter().cloned().chain(shared::of_lists()).collect(),
            Takes::Query { needed, may } => needed.iter().chain(may).cloned().collect(),
            Takes::Bare | Takes::Body { .. } => Vec::new(),
        }
    }

    /// Query parameters that it cannot do without.
    #[cfg(test)]
    pub(super) fn needed(&self) -> &[Parameter] {
        match &self.takes {
            Takes::Query { needed, may: _ } => needed,
            Takes::Bare | Takes::List(_) | Takes::Body { .. } => &[],
        }
    }

    /// The fields of the body and an example of it.
    pub(crate) fn body(&self) -> Option<(&[Field], &Value)> {
        match &self.takes {
            Takes::Body { fields, example } => Some((fields, example)),
            Takes::Bare | Takes::List(_) | Takes::Query { .. } => None,
        }
    }

    /// Whether it cannot do without a body.
    pub(crate) fn needs_body(&self) -> bool {
        self.body().is_some_and(|(fields, _)| fields.iter().any(|field| field.required))
    }

    /// Every code it may refuse with, by status.
    pub(crate) fn refusals(&self) -> Vec<(u16, Vec<&'static str>)> {
        let mut codes = self.refuses.clone();
        codes.extend(shared::EVERYWHERE);
        if self.takes_key() {
            codes.extend(shared::WITH_A_KEY);
        }
        shared::by_status(&codes)
    }

    /// As the document has it.
    pub(super) fn described(&self, tag: &str, shapes: &[Shape], all: &[&Self]) -> Value {
        let mut parameters = Vec::new();
        if let Some(prefix) = self.of {
            parameters.push(shared::id_in_path(prefix));
        }
        if let Takes::List(filters) = &self.takes {
            parameters.extend(filters.iter().map(Parameter::described));
            parameters.extend(shared::of_lists().iter().map(shared::reference_to));
        }
        if let Takes::Query { needed, may } = &self.takes {
            let required = |p: &Parameter| {
                let mut described = p.described();
                described["required"] = json!(true);
                described
            };
            parameters.extend(needed.iter().map(required));
            parameters.extend(may.iter().map(Parameter::described));
        }
        parameters.push(json!({ "$ref": "#/components/parameters/HundiVersion" }));
        if self.takes_key() {
            parameters.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
        }
        let mut described = json!({
            "operationId": self.name,
            "tags": [tag],
            "summary": self.title,
            "responses": self.responses(shapes, all),
        });
        if !self.says.is_empty() {
            described["description"] = json!(self.says);
        }
        described["parameters"] = json!(parameters);
        if let Some((fields, example)) = self.body() {
            described["requestBody"] = json!({
                "required": self.needs_body(),
                "content": { "application/json": { "schema": closed(fields), "example": example } },
            });
        }
        described
    }

    fn responses(&self, shapes: &[Shape], all: &[&Self]) -> Value {
        let mut responses = Map::new();
        if self.answers.shape.is_empty() {
            responses.insert(self.answers.status.to_string(), shared::file());
            for (status, codes) in self.refusals() {
                responses.insert(status.to_string(), shared::refusal(status, &codes));
            }
            return Value::Object(responses);
        }
        let shape = shapes.iter().find(|shape| shape.name == self.answers.shape);
        let shape = shape.expect("a test renders the document, and each shape is named there");
        let schema =
            if self.answers.listed { shared::page_of(&named(shape.name)) } else { named(shape.name) };
        let mut headers = json!({
            "X-Request-Id": { "$ref": "#/components/headers/XRequestId" },
            "Hundi-Version": { "$ref": "#/components/headers/HundiVersion" },
        });
        if self.takes_key() {
            headers["Idempotent-Replayed"] = json!({ "$ref": "#/components/headers/IdempotentReplayed" });
        }
        headers.as_object_mut().expect("it is one").extend(shared::rate_limits());
        let mut done = json!({
            "description": if self.answers.listed { "A page." } else { "Done." },
            "headers": headers,
            "content": { "application/json": { "schema": schema } },
        });
        let links = self.links(shape, all);
        if !links.is_empty() {
            done["links"] = Value::Object(links);
        }
        responses.insert(self.answers.status.to_string(), done);
        for (status, codes) in self.refusals() {
            responses.insert(status.to_string(), shared::refusal(status, &codes));
        }
        Value::Object(responses)
    }

    /// Where its answer leads: to all that can be done with the object. Who asks by its id knows that already.
    fn links(&self, shape: &Shape, all: &[&Self]) -> Map<String, Value> {
        let id = shape.example["id"].as_str().filter(|_| self.of.is_none());
        let Some(id) = id else { return Map::new() };
        let prefix = id.split('_').next();
        let id = if self.answers.listed { "$response.body#/data/0/id" } else { "$response.body#/id" };
        let of_it = all.iter().filter(|other| prefix.is_some() && other.of == prefix);
        let mut links: Map<String, Value> = of_it
            .map(|other| {
                let link = json!({ "operationId": other.name, "parameters": { "id": id } });
                (other.name.to_owned(), link)
            })
            .collect();
        // Ids in a body are named after what they are of.
        let field = match prefix {
            Some("ord") => "order_id",
            Some("pay") => "payment_id",
            _ => return links,
        };
        for other in all.iter().filter(|other| other.takes_key()) {
            if other.body().is_some_and(|(fields, _)| fields.iter().any(|f| f.name == field)) {
                let link = json!({ "operationId": other.name, "requestBody": { field: id } });
                links.insert(other.name.to_owned(), link);
            }
        }
        links
    }
}
