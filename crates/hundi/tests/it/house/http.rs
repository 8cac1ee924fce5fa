//! Requests through the real routes, in process.

use super::{TestApp, described};
use axum::body::Body;
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use hundi::sandbox::Notice;
use serde_json::Value;
use tower::ServiceExt;

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {} {}", self.status, String::from_utf8_lossy(&self.body)))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A field as text, empty when it is missing.
    pub fn field(&self, name: &str) -> String {
        text(&self.json(), name)
    }

    /// A header as text, empty when it is missing.
    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
    }

    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// A refusal with this status and code.
    #[track_caller]
    pub fn refuses(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.field("code").as_str()), (status, code), "{}", self.text());
        self
    }
}

/// A field of an object as text, empty when it is missing.
pub fn text(object: &Value, name: &str) -> String {
    object[name].as_str().unwrap_or_default().to_owned()
}

/// One request through one node's routes; the answer is one that the description knows.
pub async fn send_to(router: axum::Router, request: Request<Body>) -> Answer {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let response = router.oneshot(request).await.expect("handlers never fail");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a whole body").to_bytes().to_vec();
    let answer = Answer { status: parts.status.as_u16(), headers: parts.headers, body };
    described::check(&method, &uri, &answer);
    answer
}

impl TestApp {
    /// One request to one node.
    pub async fn send(&self, node: usize, request: Request<Body>) -> Answer {
        send_to(self.nodes[node % self.nodes.len()].router.clone(), request).await
    }

    /// A webhook of a simulator, at its own address.
    pub async fn posts_webhook(&self, notice: &Notice) -> u16 {
        let path = notice.url.strip_prefix(super::PUBLIC).expect("the webhook address is ours");
        self.posts_message(0, path, &notice.headers, &notice.body).await
    }

    /// Any bytes with any headers, at any webhook address.
    pub async fn posts_message(
        &self,
        node: usize,
        path: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> u16 {
        let mut request = Request::post(path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        self.send(node, request.body(Body::from(body.to_vec())).expect("a request")).await.status
    }
}
