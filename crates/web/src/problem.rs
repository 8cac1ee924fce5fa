//! Errors as `application/problem+json` (RFC 9457): a stable code, a sentence for people, never an inner message.

use crate::limits;
use crate::web::Asked;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use hundi_app::Error;
use serde_json::json;
use std::sync::Arc;

/// An error on its way out, with the request it belongs to.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) error: Error,
    pub(crate) request_id: String,
    /// Where this server is reached from outside.
    pub(crate) public_url: Arc<str>,
}

/// The code that a response says, for whoever keeps how requests ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Code(pub(crate) &'static str);

impl Problem {
    pub(crate) fn of(asked: &Asked, error: Error) -> Self {
        if error.status() >= 500 {
            tracing::error!(request_id = %asked.request_id, error = error.to_log(), "refused");
        }
        Self { error, request_id: asked.request_id.to_string(), public_url: asked.public_url.clone() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let code = self.error.code();
        let explained = format!("{}/docs/errors#{code}", self.public_url);
        let body = json!({
            "type": explained,
            "title": status.canonical_reason().unwrap_or("Error"),
            "status": status.as_u16(),
            "code": code,
            "param": self.error.param(),
            "message": self.error.sentence(),
            "retryable": self.error.retryable(),
            "request_id": self.request_id,
            "doc_url": explained,
        });
        let mut response = (status, body.to_string()).into_response();
        response.extensions_mut().insert(Code(code));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"hundi\""));
        }
        limits::refused(response, &self.error)
    }
}
