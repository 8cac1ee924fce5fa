//! Requests through the real routes, in process.

use super::TestApp;
use axum::body::Body;
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use hundi::sandbox::Notice;
use serde_json::Value;
use tower::ServiceExt;

/// What came back.
#[derive(Debug)]
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
        self.json()[name].as_str().unwrap_or_default().to_owned()
    }

    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

impl TestApp {
    /// One request to one node.
    pub async fn send(&self, node: usize, request: Request<Body>) -> Answer {
        let router = self.nodes[node % self.nodes.len()].router.clone();
        let response = router.oneshot(request).await.expect("handlers never fail");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes().to_vec();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// A webhook of a simulator, at its own address.
    pub async fn posts_webhook(&self, notice: &Notice) -> u16 {
        let path = notice.url.strip_prefix(super::PUBLIC).expect("the webhook address is ours").to_owned();
        let mut request = Request::post(path);
        for (name, value) in &notice.headers {
            request = request.header(name, value);
        }
        self.send(0, request.body(Body::from(notice.body.clone())).expect("a request")).await.status
    }
}
