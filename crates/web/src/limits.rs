//! How a limit stands, in the headers of an answer.
//!
//! `RateLimit-Limit`, `-Remaining`, `-Reset` and `-Policy` as in draft-ietf-httpapi-ratelimit-headers-06, which is what
//! most clients read; the draft's later `RateLimit` field, a structured one, is read by few.

use axum::response::Response;
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderName, HeaderValue};
use hundi_app::Error;
use hundi_app::limits::Standing;

pub(crate) const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Says how a limit stands.
pub(crate) fn tell(headers: &mut HeaderMap, standing: &Standing) {
    let limit = standing.limit;
    headers.insert(LIMIT, HeaderValue::from(limit.turns));
    headers.insert(REMAINING, HeaderValue::from(standing.remaining));
    headers.insert(RESET, HeaderValue::from(standing.wait_secs()));
    let policy = format!("{};w={}", limit.turns, limit.per_secs());
    headers.insert(POLICY, HeaderValue::from_str(&policy).expect("numbers are plain ASCII"));
}

/// Says with a refusal when it is worth coming back, where that is known.
pub(crate) fn refused(mut response: Response, error: &Error) -> Response {
    let headers = response.headers_mut();
    if let Error::RateLimited(standing) = error {
        tell(headers, standing);
        headers.insert(RETRY_AFTER, HeaderValue::from(standing.wait_secs()));
    } else if error.retryable() {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}
