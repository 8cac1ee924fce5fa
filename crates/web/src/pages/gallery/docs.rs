//! What developers read, with sample data.

use crate::openapi::page::{one, reference};
use crate::pages::html;
use crate::pages::reference::Tried;

pub(super) fn pages() -> [(&'static str, String); 4] {
    let base = "https://pay.example";
    let tried = |refused, answer| {
        let operation = one("create_refund", base).expect("there is one");
        html(&Tried { product: "hundi".to_owned(), operation, refused, answer }).expect("it renders")
    };
    let answer = "{\n  \"note\": \"<script>alert(1)</script>\"\n}".to_owned();
    [
        ("docs-errors", html(&crate::docs::list("hundi")).expect("it renders")),
        ("docs-api", html(&reference("hundi", base)).expect("it renders")),
        ("docs-tried", tried(None, Some((201, answer)))),
        ("docs-tried-refused", tried(Some("Type the id of an object. Nothing was sent."), None)),
    ]
}
