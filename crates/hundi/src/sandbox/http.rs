//! A small HTTP server that can also answer badly: late, cut short, or not at all.
//!
//! Not the product's edge, which refuses to behave so. It serves simulators and the demo receiver, to the machine
//! that runs them.

use anyhow::Context as _;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hundi_providers::sim::{Manner, SimResponse};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::fmt;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

const CONNECTIONS_MAX: usize = 1_024;
const BODY_BYTES_MAX: usize = 1 << 20;
/// For a request's head, and between two requests.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest that a slow answer is really slow.
pub(super) const SLOW_MS_MAX: u64 = 120_000;
/// What was sent of a truncated body needs a moment to leave before the connection is cut.
const CUT_AFTER: Duration = Duration::from_millis(20);
/// After an accept that failed for want of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A request, read to its end.
pub(super) struct Heard {
    pub(super) method: String,
    /// Path and query, undecoded.
    pub(super) target: String,
    /// Names in lower case. Values that are not text are left out.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    /// It came over TLS.
    pub(super) secure: bool,
}

impl Heard {
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// Whoever answers. It must not wait: slowness is a manner of the answer.
pub(super) trait Answers: Send + Sync + 'static {
    fn answer(&self, heard: Heard) -> SimResponse;
}

/// An answer that arrives whole.
pub(super) fn whole(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> SimResponse {
    let headers = vec![("content-type".to_owned(), kind.to_owned())];
    SimResponse { status, headers, body: body.into(), manner: Manner::Whole }
}

pub(super) fn json(status: u16, value: &serde_json::Value) -> SimResponse {
    whole(status, "application/json", value.to_string())
}

/// A server that runs until this is dropped; its connections are cut with it.
pub(super) struct Listening {
    pub(super) address: SocketAddr,
    accepting: AbortHandle,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Listens, and serves what `answers` says; over TLS where there is one who can.
pub(super) async fn listen(
    address: SocketAddr,
    answers: Arc<dyn Answers>,
    tls: Option<TlsAcceptor>,
) -> anyhow::Result<Listening> {
    let listener = TcpListener::bind(address).await.with_context(|| format!("listening on {address}"))?;
    let address = listener.local_addr().context("the address that was bound")?;
    let accepting = tokio::spawn(accept(listener, answers, tls)).abort_handle();
    Ok(Listening { address, accepting })
}

async fn accept(listener: TcpListener, answers: Arc<dyn Answers>, tls: Option<TlsAcceptor>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    // Dropped with this future, and every connection with it.
    let mut connections = JoinSet::new();
    loop {
        let place = places.clone().acquire_owned().await.expect("nobody closes it");
        while connections.try_join_next().is_some() {}
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "accept failed");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        if stream.set_nodelay(true).is_err() {
            continue;
        }
        let (answers, tls) = (answers.clone(), tls.clone());
        connections.spawn(async move {
            match tls {
                None => serve(stream, answers, false).await,
                Some(tls) => match tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.accept(stream)).await {
                    Ok(Ok(stream)) => serve(stream, answers, true).await,
                    // Often a client that does not trust this sandbox's authority.
                    Ok(Err(error)) => tracing::warn!(%error, "a TLS handshake failed"),
                    Err(_) => tracing::debug!("a TLS handshake took too long"),
                },
            }
            drop(place);
        });
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + 'static,
    answers: Arc<dyn Answers>,
    secure: bool,
) {
    let service = service_fn(move |request| hear_and_say(answers.clone(), request, secure));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::trace!(%error, "a connection ended early");
    }
}

/// A silent answer is an error to the server beneath, which then closes the connection without a byte.
async fn hear_and_say(
    answers: Arc<dyn Answers>,
    request: Request<Incoming>,
    secure: bool,
) -> Result<Response<Saying>, Cut> {
    let said = match hear(request, secure).await {
        Ok(heard) => answers.answer(heard),
        Err(status) => {
            json(status, &serde_json::json!({ "error": "the body is too large or came too slowly" }))
        }
    };
    match said.manner {
        Manner::Silent => return Err(Cut),
        Manner::After { ms } => {
            let ms = u64::try_from(ms).unwrap_or(0).min(SLOW_MS_MAX);
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
        Manner::Whole | Manner::Truncated => {}
    }
    Ok(respond(said))
}

async fn hear(request: Request<Incoming>, secure: bool) -> Result<Heard, u16> {
    let (head, body) = request.into_parts();
    let reading = tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, BODY_BYTES_MAX).collect());
    let body = match reading.await {
        Ok(Ok(whole)) => whole.to_bytes().to_vec(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return Err(413),
        Ok(Err(_)) => return Err(400),
        Err(_) => return Err(408),
    };
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
    let text = |(name, value): (&HeaderName, &HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    Ok(Heard {
        method: head.method.as_str().to_owned(),
        target,
        headers: head.headers.iter().filter_map(text).collect(),
        body,
        secure,
    })
}

fn respond(said: SimResponse) -> Response<Saying> {
    let whole = said.body.len();
    let saying = match said.manner {
        Manner::Truncated => Saying::Part { part: Some(said.body[..whole / 2].to_vec().into()), cut: None },
        Manner::Whole | Manner::After { .. } | Manner::Silent => Saying::Whole(Some(said.body.into())),
    };
    let mut response = Response::new(saying);
    *response.status_mut() = StatusCode::from_u16(said.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &said.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value))
        {
            response.headers_mut().append(name, value);
        }
    }
    // A truncated answer promises all of itself.
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(whole));
    response
}

/// The connection is cut on purpose.
#[derive(Debug)]
struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cut on purpose")
    }
}

impl std::error::Error for Cut {}

/// A body on its way out.
enum Saying {
    Whole(Option<Bytes>),
    Part { part: Option<Bytes>, cut: Option<Pin<Box<tokio::time::Sleep>>> },
}

impl Body for Saying {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        match self.get_mut() {
            Self::Whole(body) => Poll::Ready(body.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Part { part, cut } => {
                if let Some(bytes) = part.take() {
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                let cut = cut.get_or_insert_with(|| Box::pin(tokio::time::sleep(CUT_AFTER)));
                cut.as_mut().poll(context).map(|()| Some(Err(Cut)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => SizeHint::with_exact(body.as_ref().map_or(0, Bytes::len) as u64),
            Self::Part { .. } => SizeHint::default(),
        }
    }
}
