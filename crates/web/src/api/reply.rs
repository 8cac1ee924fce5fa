//! Answers: an object or a list, a use case's reply, or a problem.

use super::auth::Caller;
use crate::problem::Problem;
use crate::web::{Asked, Web};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, StatusCode};
use hundi_app::answer::{self, Key, Reply};
use hundi_app::{Error, public};
use serde_json::Value;

const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// What was read.
pub(super) fn found(caller: &Caller, found: Result<Value, Error>) -> Response {
    match found {
        Ok(value) => json(StatusCode::OK, text(&public::shown(caller.version, value))),
        Err(error) => Problem::of(&caller.asked, error).into_response(),
    }
}

/// The only one of what was shown together.
pub(super) fn one(mut shown: Vec<Value>) -> Result<Value, Error> {
    shown.pop().ok_or_else(|| Error::Bug("one object was asked for and none was shown".into()))
}

/// What a POST led to. A refusal looks once more for the answer of a twin with the same key.
pub(super) async fn done(
    web: &Web,
    caller: &Caller,
    key: Option<&Key>,
    outcome: Result<Reply, Error>,
) -> Response {
    let outcome = match outcome {
        Err(refusal) => answer::refused(&web.app, key, refusal).await,
        reply => reply,
    };
    match outcome {
        Ok(reply) => {
            let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
            let mut response = json(status, public::rendered(caller.version, reply.body, !reply.is_newest));
            if reply.replayed {
                response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
            }
            response
        }
        Err(error) => Problem::of(&caller.asked, error).into_response(),
    }
}

fn json(status: StatusCode, body: String) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}

/// Without the formatter's detours, which `to_string` takes.
fn text(value: &Value) -> String {
    serde_json::to_string(value).expect("the keys of a JSON value are text")
}

/// Nothing stands at this address.
pub(crate) async fn no_such_route(asked: Asked) -> Problem {
    Problem::of(&asked, Error::NotFound { what: "address" })
}

/// Something stands there, for other methods: the router names them in `Allow`.
pub(super) async fn no_such_method(asked: Asked) -> Problem {
    Problem::of(&asked, Error::MethodNotAllowed)
}

/// No answer of the API is kept on its way: each was made for one caller.
pub(super) async fn not_kept(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
