//! One request as it is on the wire, and what a refusal of it looks like.

use super::Stage;
use crate::house::Answer;
use axum::body::Body;
use http::{HeaderName, HeaderValue, Request};
use std::sync::atomic::{AtomicU32, Ordering};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A request to be refused. Text that an answer must not repeat is named in `value`.
#[derive(Clone)]
pub(super) struct Ask {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, Vec<u8>)>,
    pub(super) body: Vec<u8>,
    pub(super) value: String,
}

/// Where the refusal points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// At a field, by its path, or a parameter or header, by its name.
    Field(String),
    /// At no field.
    Whole,
    /// The case does not say.
    Anywhere,
}

impl At {
    pub(super) fn field(path: &str) -> Self {
        Self::Field(path.to_owned())
    }
}

impl Ask {
    /// With the shop's credential.
    pub(super) fn new(stage: &Stage<'_>, method: &'static str, path: &str) -> Self {
        let (id, secret) = (stage.shop.key_id.clone(), stage.shop.key_secret.clone());
        let headers = vec![("x-api-key", id.into_bytes()), ("x-api-secret", secret.into_bytes())];
        Self { method, path: path.to_owned(), headers, body: Vec::new(), value: String::new() }
    }

    /// A body in JSON, under an idempotency key of its own: a refusal must not spend it.
    pub(super) fn json(self, body: impl Into<Vec<u8>>) -> Self {
        let key = format!("bad-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let asks = self.header("content-type", "application/json").header("idempotency-key", key);
        Self { body: body.into(), ..asks }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| *n != name);
        self
    }

    /// Nothing of this may come back.
    pub(super) fn hides(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    pub(super) async fn sent(&self, stage: &Stage<'_>) -> Answer {
        let request = Request::builder().method(self.method).uri(self.path.as_str());
        let mut request = request.body(Body::from(self.body.clone())).expect("a request");
        for (name, value) in &self.headers {
            let value = HeaderValue::from_bytes(value).expect("a header can hold it");
            request.headers_mut().append(HeaderName::from_static(name), value);
        }
        stage.t.send(0, request).await
    }

    fn told(&self) -> String {
        let headers: Vec<_> =
            self.headers.iter().skip(2).map(|(n, v)| (n, String::from_utf8_lossy(v))).collect();
        let body = String::from_utf8_lossy(&self.body);
        let body: String = body.chars().take(300).collect();
        format!("{} {:.200} {headers:?} {body}", self.method, self.path)
    }
}

/// Sends it and holds the refusal against what the documentation promises. Returns the code.
pub(super) async fn refuses(stage: &Stage<'_>, ask: &Ask, at: &At) -> String {
    let answer = ask.sent(stage).await;
    let what = ask.told();
    let text = answer.text();
    assert!((400..500).contains(&answer.status), "{what}\n{} {text}", answer.status);
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
    let problem = answer.json();
    assert_eq!(problem["status"], answer.status, "{what}");
    assert!(
        ["title", "message", "code", "type", "doc_url"]
            .iter()
            .all(|f| problem[f].as_str().is_some_and(|t| !t.is_empty())),
        "{what}\n{text}"
    );
    assert!(answer.field("request_id").starts_with("req_"), "{what}\n{text}");
    assert_eq!(answer.field("request_id"), answer.header("x-request-id"), "{what}");
    match at {
        At::Field(path) => assert_eq!(problem["param"].as_str(), Some(path.as_str()), "{what}\n{text}"),
        At::Whole => assert!(problem["param"].is_null(), "{what}\n{text}"),
        At::Anywhere => {}
    }
    // Shorter values stand in any answer by chance.
    if ask.value.len() > 5 {
        assert!(!text.contains(&ask.value), "{what} is repeated:\n{text}");
    }
    answer.field("code")
}
