//! What handlers share: the application, the settings, and the id and caller of a request.

use crate::api::{Begun, Known, Unanswered};
use crate::edge::ClientAddr;
use crate::limits::{self, LIMIT};
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;
use http::request::Parts;
use hundi_app::App;
use hundi_app::limits::Standing;
use hundi_core::{RequestId, Version};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, OnceLock};

/// What the binary decided about the faces.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Name of the product on its pages.
    pub product: String,
    /// Cookies are sent over HTTPS only. Off on a plain loopback address.
    pub secure_cookies: bool,
}

/// The state of every handler.
#[derive(Clone)]
pub struct Web {
    pub app: Arc<App>,
    pub settings: Arc<Settings>,
    public_url: Arc<str>,
}

impl Web {
    pub(crate) fn new(app: Arc<App>, settings: Settings) -> Self {
        let public_url = app.config.public_url.as_str().into();
        Self { app, settings: Arc::new(settings), public_url }
    }
}

/// Who calls, by address, and under which id the request is found in the log.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub request_id: RequestId,
    pub ip: IpAddr,
    pub user_agent: String,
    /// Where this server is reached from outside.
    pub public_url: Arc<str>,
    /// How the caller's limit stands, once it is known who calls.
    pub standing: Arc<OnceLock<Standing>>,
    /// The shape of the answer, once it is known who calls.
    pub version: Arc<OnceLock<Version>>,
    /// Who calls, once their key was found to be right.
    pub known: Arc<OnceLock<Known>>,
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().expect("the layer below sets it on every request"))
    }
}

/// Gives each request its id, and says it in the answer.
pub(crate) async fn with_request_id(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let request_id = web.app.id(RequestId::new);
    let ip = request.extensions().get::<ClientAddr>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |c| c.0);
    let user_agent = request.headers().get(http::header::USER_AGENT).and_then(|v| v.to_str().ok());
    let user_agent = user_agent.unwrap_or_default().chars().take(300).collect();
    // For layers, which are made before there is a state.
    request.extensions_mut().insert(web.clone());
    let asked = Asked {
        request_id,
        ip,
        user_agent,
        public_url: web.public_url.clone(),
        standing: Arc::default(),
        version: Arc::default(),
        known: Arc::default(),
    };
    request.extensions_mut().insert(asked.clone());
    let route = request.extensions().get::<axum::extract::MatchedPath>().map(|p| p.as_str().to_owned());
    let begun = Begun::new(&web, request.method(), request.uri().path(), route.as_deref());
    let begun = Unanswered::new(&web, &asked, begun);
    let mut response = next.run(request).await;
    begun.answered(&response);
    web.app.figures.answered(route.as_deref().unwrap_or("none"), response.status().as_u16());
    if response.status().is_server_error() {
        tracing::error!(%request_id, status = response.status().as_u16(), route, "a request failed");
    }
    let id = HeaderValue::from_str(&request_id.to_string()).expect("an id is plain ASCII");
    response.headers_mut().insert("x-request-id", id);
    if let Some(version) = asked.version.get() {
        let version = HeaderValue::from_static(Version::as_str(*version));
        response.headers_mut().insert("hundi-version", version);
    }
    if let Some(standing) = asked.standing.get()
        && !response.headers().contains_key(LIMIT)
    {
        limits::tell(response.headers_mut(), standing);
    }
    response
}
