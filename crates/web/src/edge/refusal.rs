//! What the edge itself says to callers, in the same form as every other error of the API.

use axum::body::Body;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};

/// Why a request never reached its handler, or its handler never answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    UnknownHost,
    UnclearHost,
    TargetTooLong,
    Encoded,
    BodyTooLarge,
    BodyTooSlow,
    TimedOut,
    Broken,
    Full,
}

impl Refusal {
    pub(crate) const ALL: [Self; 9] = [
        Self::UnclearHost,
        Self::BodyTooSlow,
        Self::BodyTooLarge,
        Self::TargetTooLong,
        Self::Encoded,
        Self::UnknownHost,
        Self::Broken,
        Self::Full,
        Self::TimedOut,
    ];

    /// Status, code, title, message, and whether the same request may be sent again.
    pub(crate) const fn parts(self) -> (u16, &'static str, &'static str, &'static str, bool) {
        match self {
            Self::UnknownHost => (
                421,
                "unknown_host",
                "Misdirected request",
                "This server does not answer for that name.",
                false,
            ),
            Self::UnclearHost => (
                400,
                "unclear_host",
                "Bad request",
                "Send exactly one Host header that matches the address.",
                false,
            ),
            Self::TargetTooLong => {
                (414, "address_too_long", "Address too long", "The address is too long.", false)
            }
            Self::Encoded => (
                415,
                "encoding_not_supported",
                "Unsupported encoding",
                "Send the body as it is, without a Content-Encoding.",
                false,
            ),
            Self::BodyTooLarge => (413, "body_too_large", "Body too large", "The body is too large.", false),
            Self::BodyTooSlow => {
                (408, "body_too_slow", "Request timed out", "The body did not arrive in time.", true)
            }
            Self::TimedOut => (
                504,
                "timed_out",
                "Timed out",
                "The request took too long. Its outcome is not known: ask again with the same Idempotency-Key.",
                true,
            ),
            Self::Broken => (
                500,
                "internal_error",
                "Internal error",
                "Something went wrong on our side. Ask again with the same Idempotency-Key.",
                true,
            ),
            Self::Full => (503, "too_busy", "Too busy", "Too many connections. Try again in a moment.", true),
        }
    }

    fn json(self) -> String {
        let (status, code, title, message, retryable) = self.parts();
        // Every part is one of the literals above, none of which needs escaping.
        format!(
            r#"{{"type":"about:blank","title":"{title}","status":{status},"code":"{code}","message":"{message}","retryable":{retryable}}}"#
        )
    }

    pub(super) fn response(self) -> Response<Body> {
        let (status, .., retryable) = self.parts();
        let mut response = Response::new(Body::from(self.json()));
        *response.status_mut() = StatusCode::from_u16(status).expect("the statuses above are real ones");
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if retryable && status == 503 {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }

    /// The whole answer as bytes, for a socket that gets no reader.
    pub(super) fn bytes(self) -> Vec<u8> {
        let (status, _, title, ..) = self.parts();
        let body = self.json();
        format!(
            "HTTP/1.1 {status} {title}\r\ncontent-type: application/problem+json\r\ncache-control: no-store\r\n\
             retry-after: 1\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}
