//! `/requests`: what was asked of this node lately by the merchant's keys.

use super::card;
use super::query::Asking;
use crate::edge::Refusal;
use crate::problem::Code;
use crate::web::{Asked, Web};
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use hundi_app::api_keys::Caller;
use hundi_app::requests::{self, Request, WATCHER};
use hundi_app::{Error, public};
use hundi_core::{Millis, Scope};
use serde_json::Value;

pub(super) async fn list(State(web): State<Web>, mut asking: Asking) -> Response {
    let found = listed(&web, &mut asking);
    asking.answer(found)
}

fn listed(web: &Web, asking: &mut Asking) -> Result<Value, Error> {
    let (scope, params) = (asking.caller.scope, &mut asking.params);
    let span = params.span()?;
    params.refuse_rest()?;
    let rows = span.among(requests::list(&web.app, scope), (|r| r.id.to_string(), |r| r.at))?;
    Ok(span.listed(rows, |r| r.id.to_string(), |r| public::request(r, scope)))
}

/// Who asks, once the key was right.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    scope: Scope,
    key_id: String,
}

impl Known {
    pub(super) fn of(key: &Caller) -> Self {
        Self { scope: key.scope, key_id: key.key_id.clone() }
    }
}

/// A request before it is answered: what of it may be kept.
pub(crate) struct Begun {
    method: String,
    path: String,
    at: Millis,
}

impl Begun {
    pub(crate) fn new(web: &Web, method: &http::Method, path: &str, route: Option<&str>) -> Self {
        let path = route.map_or_else(String::new, |route| kept_path(path, route));
        Self { method: method.as_str().to_owned(), path, at: web.app.now() }
    }

    /// Keeps it, if it is known who asked. What watchers read is no news to them, and looking here leaves no trace here.
    fn ended(self, web: &Web, asked: &Asked, status: StatusCode, error_code: Option<&'static str>) {
        let Some(known) = asked.known.get() else { return };
        if self.path == "/api/v1/requests" || asked.user_agent == WATCHER && self.method == "GET" {
            return;
        }
        let request = Request {
            id: asked.request_id,
            key_id: known.key_id.clone(),
            method: self.method,
            path: self.path,
            status: status.as_u16(),
            error_code,
            took_ms: web.app.now().since(self.at).max(0),
            at: self.at,
        };
        requests::keep(&web.app, known.scope, request);
    }
}

/// A request that is being answered. One that is dropped before was ended by the edge, which answers in its place: its
/// time was over, or it panicked.
pub(crate) struct Unanswered<'a> {
    web: &'a Web,
    asked: &'a Asked,
    begun: Option<Begun>,
}

impl<'a> Unanswered<'a> {
    pub(crate) const fn new(web: &'a Web, asked: &'a Asked, begun: Begun) -> Self {
        Self { web, asked, begun: Some(begun) }
    }

    pub(crate) fn answered(mut self, response: &Response) {
        let code = response.extensions().get::<Code>().map(|code| code.0);
        if let Some(begun) = self.begun.take() {
            begun.ended(self.web, self.asked, response.status(), code);
        }
    }
}

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        let Some(begun) = self.begun.take() else { return };
        let refusal = if std::thread::panicking() { Refusal::Broken } else { Refusal::TimedOut };
        let (status, code, ..) = refusal.parts();
        let status = StatusCode::from_u16(status).expect("the edge's statuses are real ones");
        begun.ended(self.web, self.asked, status, Some(code));
    }
}

/// The longest id there is.
const ID_CHARS_MAX: usize = 64;

/// The path as it was asked for where ids stand in it, and the route's own form where something else does: anything
/// can be typed there, a card's number too.
fn kept_path(path: &str, route: &str) -> String {
    let plain = path.split('/').zip(route.split('/')).all(|(part, named)| part == named || is_id(part));
    if plain { path.to_owned() } else { route.to_owned() }
}

fn is_id(text: &str) -> bool {
    let shaped = text.split_once('_').is_some_and(|(prefix, _)| {
        (2..=5).contains(&prefix.len()) && prefix.bytes().all(|c| c.is_ascii_lowercase())
    });
    let plain = text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_');
    shaped && plain && text.len() <= ID_CHARS_MAX && !card::holds_pan(text)
}

#[cfg(test)]
mod tests {
    use super::kept_path;

    #[track_caller]
    fn check(asked: &str, route: &str, kept: &str) {
        assert_eq!(
            kept_path(&format!("/api/v1{asked}"), &format!("/api/v1{route}")),
            format!("/api/v1{kept}")
        );
    }

    #[test]
    fn of_a_path_ids_alone_are_kept() {
        check("/orders", "/orders", "/orders");
        let (id, route) = ("/payments/pay_01jz6v3n8000000000000000000/refunds", "/payments/{id}/refunds");
        check(id, route, id);
        check(
            "/keys/hk_test_0123456789abcdefghjkmnpq",
            "/keys/{id}",
            "/keys/hk_test_0123456789abcdefghjkmnpq",
        );
        for other in ["4111111111111111", "pay_4111111111111111", "a@b.example", "%34111", "x", "pay_é", ""]
        {
            check(&format!("/payments/{other}"), "/payments/{id}", "/payments/{id}");
        }
        check(&format!("/orders/ord_{}", "a".repeat(100)), "/orders/{id}", "/orders/{id}");
    }
}
