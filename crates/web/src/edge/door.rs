//! What a request passes between its head and its handler, and what the caller hears when the handler can't answer.

use super::body::{Answer, BodyFault, PacedBody};
use super::client::{ClientAddr, Hosted, hosted};
use super::pace::Pace;
use super::refusal::Refusal;
use super::{EdgeLimits, Order, Slot};
use axum::Router;
use axum::body::Body;
use hyper::body::{Body as HttpBody, Incoming};
use hyper::header::{CONNECTION, CONTENT_ENCODING, HeaderValue, TRANSFER_ENCODING};
use hyper::{Request, Response};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use tokio::sync::watch;
use tower::ServiceExt;

/// Everything that one connection's requests share.
pub(super) struct Door {
    pub(super) app: Router,
    pub(super) limits: Arc<EdgeLimits>,
    pub(super) peer: IpAddr,
    pub(super) pace: Arc<Pace>,
    /// Held by each running handler too: a caller who hangs up does not make room while the work goes on.
    pub(super) slot: Arc<Slot>,
    pub(super) order: watch::Receiver<Order>,
}

impl Door {
    pub(super) async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> Result<Response<Answer>, Infallible> {
        self.pace.works();
        // The gate reads no further than a chunked body, so nothing may follow one.
        let last = request.headers().contains_key(TRANSFER_ENCODING);
        let mut response = match self.refusal(&request) {
            Some(refusal) => refusal.response(),
            None => self.handle(request).await,
        };
        if last || *self.order.borrow() != Order::Serve {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        self.pace.answers();
        Ok(response.map(|body| Answer::new(body, self.pace.clone())))
    }

    /// What the head alone gives reason to refuse.
    fn refusal(&self, request: &Request<Incoming>) -> Option<Refusal> {
        if request.uri().path_and_query().map_or(0, |path| path.as_str().len()) > self.limits.target_bytes_max
        {
            return Some(Refusal::TargetTooLong);
        }
        let path = request.uri().path();
        if !self.limits.paths_of_any_host.iter().any(|open| open == path) {
            match hosted(request, &self.limits.hosts) {
                Hosted::Known => {}
                Hosted::Unknown => return Some(Refusal::UnknownHost),
                Hosted::Unclear => return Some(Refusal::UnclearHost),
            }
        }
        // Nobody gets to inflate a body in our memory.
        let encoded = |value: &HeaderValue| !value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity");
        if request.headers().get_all(CONTENT_ENCODING).iter().any(encoded) {
            return Some(Refusal::Encoded);
        }
        let announced = request.body().size_hint().lower();
        (announced > self.limits.body_bytes_max_of(path)).then_some(Refusal::BodyTooLarge)
    }

    /// Runs the handler in a task of its own. A caller who hangs up does not stop it between two steps; the time limit
    /// does, as a crash would, and every step is made to outlive one.
    async fn handle(&self, mut request: Request<Incoming>) -> Response<Body> {
        let client = ClientAddr::find(self.peer, request.headers(), self.limits.trusted_proxies);
        request.extensions_mut().insert(client);
        let bytes_max = self.limits.body_bytes_max_of(request.uri().path());
        let fault = Arc::new(OnceLock::new());
        let request =
            request.map(|body| Body::new(PacedBody::new(body, bytes_max, &self.limits, fault.clone())));

        let (app, slot, limit) = (self.app.clone(), self.slot.clone(), self.limits.request_timeout);
        let work = tokio::spawn(async move {
            let ended = tokio::time::timeout(limit, app.oneshot(request)).await;
            drop(slot);
            ended
        });
        let ended = work.await;
        match (fault.get(), ended) {
            (Some(BodyFault::TooLarge), _) => Refusal::BodyTooLarge.response(),
            (Some(BodyFault::TooSlow), _) => Refusal::BodyTooSlow.response(),
            (None, Ok(Ok(Ok(response)))) => response,
            (None, Ok(Err(_))) => {
                tracing::warn!("a request passed its time limit");
                Refusal::TimedOut.response()
            }
            (None, Err(_)) => {
                // The panic hook has said where; a message may hold what no log should.
                tracing::error!("a handler panicked");
                Refusal::Broken.response()
            }
        }
    }
}
