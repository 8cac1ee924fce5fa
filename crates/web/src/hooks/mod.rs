//! `/hooks/{provider}/{token}`: raw bytes in, verified, stored, answered. A job works on them.

use crate::fields::InPath;
use crate::problem::Problem;
use crate::web::{Asked, Web};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use hundi_app::notices::{Received, receive};

pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/{provider}/{token}", post(take))
}

async fn take(
    State(web): State<Web>,
    asked: Asked,
    InPath((provider, token)): InPath<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // A proof that is sent twice is not a proof: two readers could choose differently.
    let mut pairs: Vec<(String, String)> = Vec::with_capacity(headers.len());
    for (name, value) in &headers {
        let Ok(value) = value.to_str() else { continue };
        if pairs.iter().any(|(n, _)| n == name.as_str() && n.contains("signature")) {
            return (StatusCode::UNAUTHORIZED, "refused\n").into_response();
        }
        pairs.push((name.as_str().to_owned(), value.to_owned()));
    }
    match receive(&web.app, &provider, &token, &pairs, &body, &asked.ip.to_string()).await {
        // What is signed and unreadable is kept for a person: a refusal would make the provider stop sending.
        Ok(Received::Taken | Received::Unreadable) => (StatusCode::OK, "ok\n").into_response(),
        Ok(Received::Refused) => (StatusCode::UNAUTHORIZED, "refused\n").into_response(),
        Err(error) => Problem::of(&asked, error).into_response(),
    }
}
