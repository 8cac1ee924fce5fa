//! The reference of the API, for developers, and what became of a try.

use askama::Template;

/// `/docs/api`
#[derive(Template)]
#[template(path = "docs/reference.html")]
pub struct Reference {
    pub product: String,
    pub sections: Vec<Section>,
}

/// What became of one try, without script.
#[derive(Template)]
#[template(path = "docs/tried.html")]
pub struct Tried {
    pub product: String,
    pub operation: Described,
    /// Why nothing was sent.
    pub refused: Option<&'static str>,
    /// Status, and the answer as it came.
    pub answer: Option<(u16, String)>,
}

/// A sentence in parts; those that stood in marks are code.
fn parts(says: &str) -> impl Iterator<Item = (bool, &str)> {
    says.split('`').enumerate().map(|(n, part)| (n % 2 == 1, part))
}

/// Operations that belong together.
pub struct Section {
    pub id: String,
    pub title: &'static str,
    pub says: &'static str,
    pub operations: Vec<Described>,
    pub shapes: Vec<Named>,
}

/// One operation.
pub struct Described {
    pub name: &'static str,
    pub method: String,
    pub path: String,
    pub title: &'static str,
    pub says: &'static str,
    /// What stands for the id in the path.
    pub id_like: Option<String>,
    pub parameters: Vec<Line>,
    pub body: Vec<Line>,
    pub takes_key: bool,
    pub answer: Listed,
    pub refusals: Vec<(u16, Vec<&'static str>)>,
    pub curl: String,
    /// Fields of the form, one for each parameter.
    pub inputs: Vec<Input>,
    pub body_like: Option<String>,
}

/// A field or parameter.
pub struct Line {
    pub name: String,
    pub kind: String,
    pub required: bool,
    pub says: &'static str,
}

/// What comes back: an object, or a page of them.
pub struct Listed {
    pub status: u16,
    pub shape: &'static str,
    pub listed: bool,
}

/// A parameter in the form.
pub struct Input {
    pub id: String,
    pub name: &'static str,
}

/// An object of the API.
pub struct Named {
    pub id: String,
    pub name: &'static str,
    pub says: &'static str,
    pub fields: Vec<Line>,
    pub example: String,
}
