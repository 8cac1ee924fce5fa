//! What developers read on the server itself: the reference of the API at `/docs/api`, the same for machines at
//! `/openapi.json`, and `/docs/errors`, where the `type` and `doc_url` of every problem lead. Made from the errors
//! themselves, like `docs/errors.md`, which a test holds against them.

use crate::Web;
use crate::browser::{Face, guard, page};
use crate::edge::{ClientAddr, Refusal};
use crate::openapi::{self, tried::Typed};
use crate::pages::error_list::{ErrorList, Listed};
use axum::extract::{Form, Path, State};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use std::sync::LazyLock;

/// Open to everybody: nothing of a merchant's stands here.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/docs/errors", get(errors))
        .route("/docs/api", get(reference))
        .route("/docs/api/try/{operation}", post(tried))
        .route("/openapi.json", get(description))
        .layer(from_fn(|request, next| guard(Face::Console, request, next)))
}

async fn errors(State(web): State<Web>) -> Response {
    page(StatusCode::OK, &list(&web.settings.product))
}

async fn reference(State(web): State<Web>) -> Response {
    page(StatusCode::OK, &openapi::page::reference(&web.settings.product, &web.app.config.public_url))
}

/// The form of the reference, from a browser without script.
async fn tried(
    State(web): State<Web>,
    Path(operation): Path<String>,
    client: Option<Extension<ClientAddr>>,
    Form(typed): Form<Typed>,
) -> Response {
    match openapi::tried::tried(&web, &operation, &typed, client.map(|c| c.0)).await {
        Some(told) => page(StatusCode::OK, &told),
        None => (StatusCode::NOT_FOUND, "There is no such operation.\n").into_response(),
    }
}

/// The same for everybody, so that it is made once.
async fn description() -> Response {
    static TEXT: LazyLock<String> = LazyLock::new(openapi::text);
    ([(CONTENT_TYPE, "application/json")], TEXT.as_str()).into_response()
}

/// The page, filled.
pub(crate) fn list(product: &str) -> ErrorList {
    ErrorList { product: product.to_owned(), of_the_api: of_the_api(), of_the_edge: of_the_edge() }
}

/// What the application refuses, without what only the console shows.
fn of_the_api() -> Vec<Listed> {
    let listed = hundi_app::catalogue().into_iter().filter(|entry| !entry.console_only);
    listed
        .map(|entry| Listed {
            code: entry.code,
            status: entry.status,
            retryable: entry.retryable,
            param: entry.param.unwrap_or_default(),
            says: entry.sentence,
            advice: entry.advice,
        })
        .collect()
}

/// What the server refuses before anybody looks at the request. Codes that the application has too stand there.
fn of_the_edge() -> Vec<Listed> {
    let known = of_the_api();
    let listed = Refusal::ALL.map(|refusal| {
        let (status, code, _, says, retryable) = refusal.parts();
        let (param, advice) = (String::new(), advice(refusal));
        Listed { code, status, retryable, param, says: says.to_owned(), advice }
    });
    listed.into_iter().filter(|entry| known.iter().all(|other| other.code != entry.code)).collect()
}

const fn advice(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::UnknownHost => "Use the server's public address.",
        Refusal::UnclearHost => "Send one `Host` header.",
        Refusal::TargetTooLong => "Send less in the address.",
        Refusal::Encoded => "Send it uncompressed.",
        Refusal::BodyTooLarge => "Send less.",
        Refusal::BodyTooSlow => "Send the whole body at once.",
        Refusal::TimedOut | Refusal::Broken => {
            "Don't take it for failed: repeat it with the same `Idempotency-Key`."
        }
        Refusal::Full => "Repeat it after `Retry-After`, and use fewer connections.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    fn markdown() -> String {
        let mut text = String::from(
            "# Errors\n\n<!-- Made from the code: HUNDI_UPDATE_DOCS=1 cargo test -p hundi-web errors_page -->\n\n\
             Every error is `application/problem+json` (RFC 9457). Program against `code`; show `message` to people; \
             quote\n`request_id` to us. *Retry* means that the same request, under the same `Idempotency-Key`, may succeed \
             later.\nA server shows this list at `/docs/errors`.\n\n",
        );
        text += "| Code | Status | Retry | `param` | Says, for example | What to do |\n|---|---|---|---|---|---|\n";
        for e in of_the_api() {
            let param = if e.param.is_empty() { String::new() } else { format!("`{}`", e.param) };
            let retry = if e.retryable { "yes" } else { "" };
            writeln!(text, "| `{}` | {} | {retry} | {param} | {} | {} |", e.code, e.status, e.says, e.advice)
                .expect("a String takes any text");
        }
        text += "\n## Before a request is looked at\n\nThe same form, without `param`, `request_id` and `doc_url`.\n\n";
        text += "| Code | Status | Retry | Says | What to do |\n|---|---|---|---|---|\n";
        for e in of_the_edge() {
            let retry = if e.retryable { "yes" } else { "" };
            writeln!(text, "| `{}` | {} | {retry} | {} | {} |", e.code, e.status, e.says, e.advice)
                .expect("a String takes any text");
        }
        text
    }

    #[test]
    fn errors_page_and_file_say_the_same() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
        let made = markdown();
        if std::env::var("HUNDI_UPDATE_DOCS").is_ok_and(|v| v == "1") {
            std::fs::write(&file, &made).expect("the file can be written");
        }
        let there = std::fs::read_to_string(&file).expect("docs/errors.md is there");
        assert_eq!(there, made, "run it with HUNDI_UPDATE_DOCS=1 and read the diff");
    }

    #[test]
    fn every_code_has_a_place_on_the_page() {
        let html = crate::pages::html(&list("hundi")).expect("it renders");
        let codes: Vec<_> =
            hundi_app::catalogue().into_iter().filter(|e| !e.console_only).map(|e| e.code).collect();
        assert!(codes.len() > 25);
        for code in codes {
            assert_eq!(html.matches(&format!("id=\"{code}\"")).count(), 1, "{code}");
        }
        for refusal in Refusal::ALL {
            assert_eq!(html.matches(&format!("id=\"{}\"", refusal.parts().1)).count(), 1, "{refusal:?}");
        }
    }
}
