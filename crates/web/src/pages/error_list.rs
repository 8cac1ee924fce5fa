//! The list of error codes, for developers.

use askama::Template;

/// `/docs/errors`
#[derive(Template)]
#[template(path = "docs/errors.html")]
pub struct ErrorList {
    pub product: String,
    pub of_the_api: Vec<Listed>,
    /// Refused before a handler saw the request.
    pub of_the_edge: Vec<Listed>,
}

/// One code. Empty texts are left out.
#[derive(Clone, Debug)]
pub struct Listed {
    pub code: &'static str,
    pub status: u16,
    pub retryable: bool,
    pub param: String,
    /// An example of its sentence.
    pub says: String,
    /// With `marks` around what stands in code.
    pub advice: &'static str,
}

impl Listed {
    /// Without the marks.
    pub fn plain_advice(&self) -> String {
        self.advice.replace('`', "")
    }
}
