//! Errors as `application/problem+json` (RFC 9457): a stable code, a sentence for people, never an inner message.

use crate::web::Asked;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use hundi_app::Error;
use serde_json::json;

/// An error on its way out, with the request it belongs to.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) error: Error,
    pub(crate) request_id: String,
}

impl Problem {
    pub(crate) fn of(asked: &Asked, error: Error) -> Self {
        if error.status() >= 500 {
            tracing::error!(request_id = %asked.request_id, error = error.to_log(), "refused");
        }
        Self { error, request_id: asked.request_id.to_string() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let code = self.error.code();
        let body = json!({
            "type": format!("/docs/errors#{code}"),
            "title": status.canonical_reason().unwrap_or("Error"),
            "status": status.as_u16(),
            "code": code,
            "param": self.error.param(),
            "message": self.error.sentence(),
            "retryable": self.error.retryable(),
            "request_id": self.request_id,
            "doc_url": format!("/docs/errors#{code}"),
        });
        let mut response = (status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.error.retryable() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"hundi\""));
        }
        response
    }
}
