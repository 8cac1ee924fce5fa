//! The only place that opens sockets outward: providers' APIs and merchants' endpoints.
//!
//! No redirects, no proxies from the environment, no cookies, no decompression, no retries of its own. Each call has
//! one deadline from name to last byte and a cap on the body. An address is checked three times: its text, literal
//! addresses in it, and every address that its name resolves to, at the moment of connecting.
//!
//! Connections are reused for reading from providers only. A request that may move money always travels on a
//! connection made for it: an idle one may be closing at that moment, which turns a payment's answer into a doubt
//! that one handshake would have spared. Merchants' endpoints get a new connection, hence a new check, every time.

mod address;
mod guard;
mod redis;
mod resolve;
mod smtp;
#[cfg(test)]
mod tests;

pub use address::{Network, NotANetwork, is_public};
pub use guard::{Allow, To, URL_BYTES_MAX, UrlRefused};
pub(crate) use redis::{Away, Redis};
pub use redis::{NotARedis, RedisAt};
pub use resolve::{Lookup, SystemLookup};
pub(crate) use smtp::{Envelope, Undelivered, deliver as bring_letter};
pub use smtp::{MailAt, NotAMailServer};

use async_trait::async_trait;
use guard::{Reach, Rules};
use hundi_core::Mode;
use reqwest::Method;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use resolve::{Blocked, Guarded, NotFound};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What every refused target is told, whatever stands behind it: a caller must not learn about our network.
pub const BLOCKED: &str = "the address leads to no place that may be called";

/// How long an idle connection to a provider waits for another read.
const IDLE_SECS_MAX: u64 = 5;
const IDLE_PER_HOST_MAX: usize = 16;
/// Most lines in the head of an answer.
const ANSWER_HEADERS_MAX: usize = 100;

/// Headers that frame a message. They are ours to set.
const RESERVED: &[&str] = &[
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "proxy-authorization",
    "proxy-connection",
];

/// How the client behaves; the binary reads it from the configuration.
pub struct NetPolicy {
    /// Places that may be called although they are not public.
    pub allow: Vec<Allow>,
    /// Ports of public hosts beside 80 and 443.
    pub ports: Vec<u16>,
    pub connect_timeout_ms: u64,
    /// Certificate authorities to trust beside the system's, in PEM (`hundi sandbox --tls` has its own).
    pub extra_roots_pem: Vec<Vec<u8>>,
    pub lookup: Arc<dyn Lookup>,
}

impl NetPolicy {
    /// Public hosts only, the system's resolver and authorities, five seconds to connect.
    pub fn strict() -> Self {
        Self {
            allow: Vec::new(),
            ports: Vec::new(),
            connect_timeout_ms: 5_000,
            extra_roots_pem: Vec::new(),
            lookup: Arc::new(SystemLookup),
        }
    }
}

/// One request out.
#[derive(Clone)]
pub struct Outgoing {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// From looking up the name to the last byte of the body.
    pub deadline_ms: u64,
    pub body_bytes_max: usize,
    pub to: To,
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({} to {:?}, {} bytes)", self.method, self.to, self.body.len())
    }
}

/// One answer in.
#[derive(Clone)]
pub struct Incoming {
    pub status: u16,
    /// Names in lower case. Values that are not text are left out.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// A merchant's answer was longer than the cap; `body` holds its beginning.
    pub truncated: bool,
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Incoming({}, {} bytes)", self.status, self.body.len())
    }
}

/// How a call ended without an answer. The texts hold no address, header or body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// The target is refused. Always [`BLOCKED`].
    #[error("{0}")]
    Forbidden(&'static str),
    /// Surely no byte of the request left: no name, no connection, no TLS, or a request that can't be written.
    #[error("not connected: {0}")]
    NotConnected(String),
    /// The name leads nowhere, so surely nothing was sent.
    #[error("not connected: {NotFound}")]
    NoSuchName,
    /// The deadline passed. Some of the request may have been read there.
    #[error("timed out")]
    TimedOut,
    /// It broke on an open connection. Some of the request may have been read there.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// A provider's answer was longer than the cap.
    #[error("the answer was too large")]
    TooLarge,
}

/// Sends requests out. [`Net`] does it over the network; tests put simulators in its place.
#[async_trait]
pub trait Transport: Send + Sync {
    async fn send(&self, out: Outgoing) -> Result<Incoming, NetError>;
}

/// The network could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("the network client: {0}")]
pub struct NetSetup(String);

/// The outward client.
pub struct Net {
    rules: Arc<Rules>,
    lookup: Arc<dyn Lookup>,
    connect_timeout_ms: u64,
    roots: Vec<reqwest::Certificate>,
    clients: Mutex<HashMap<ClientKey, reqwest::Client>>,
}

/// One client per reach and reuse: a handful, since a reach names a port only if the allow list does.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct ClientKey {
    reach: Reach,
    reuse: bool,
}

impl Net {
    pub fn new(policy: NetPolicy) -> Result<Self, NetSetup> {
        let mut roots = Vec::new();
        for pem in &policy.extra_roots_pem {
            let found = reqwest::Certificate::from_pem_bundle(pem);
            roots.extend(found.map_err(|_| NetSetup("an extra authority is not a PEM certificate".into()))?);
        }
        let net = Self {
            rules: Arc::new(Rules { allow: policy.allow, ports: policy.ports }),
            lookup: policy.lookup,
            connect_timeout_ms: policy.connect_timeout_ms,
            roots,
            clients: Mutex::new(HashMap::new()),
        };
        // Made now, so that what is wrong with the machine shows at the start.
        net.client(ClientKey { reach: Reach { public: true, listed_port: None }, reuse: false })
            .map_err(|e| NetSetup(describe(&e)))?;
        Ok(net)
    }

    /// Whether an endpoint with this address may be registered. Its name is resolved, and checked, when it is called.
    pub fn check_url(&self, url: &str, mode: Mode) -> Result<(), UrlRefused> {
        self.rules.target(url, To::Merchant(mode)).map(|_| ())
    }

    /// Sends one request, once.
    pub async fn send(&self, out: Outgoing) -> Result<Incoming, NetError> {
        let deadline = Duration::from_millis(out.deadline_ms);
        // Boxed: the client's futures are large, and callers hold them inside their own.
        match tokio::time::timeout(deadline, Box::pin(self.exchange(out))).await {
            Ok(ended) => ended,
            Err(_) => Err(NetError::TimedOut),
        }
    }

    async fn exchange(&self, out: Outgoing) -> Result<Incoming, NetError> {
        let target = self.rules.target(&out.url, out.to).map_err(|_| NetError::Forbidden(BLOCKED))?;
        let method = Method::from_bytes(out.method.as_bytes()).map_err(|_| unwritable("method"))?;
        let mut headers = headers(&out.headers)?;
        if out.body.is_empty() && matches!(method, Method::POST | Method::PUT | Method::PATCH) {
            // The client leaves it out, and some servers answer 411 then.
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let reuse = out.to == To::Provider && method.is_safe();
        let client = self.client(ClientKey { reach: target.reach, reuse });
        let client = client.map_err(|_| NetError::NotConnected("no client for this target".into()))?;
        let request = client.request(method, target.url).headers(headers).body(out.body);
        let mut response = request.send().await.map_err(classify)?;

        let mut incoming = Incoming {
            status: response.status().as_u16(),
            headers: response.headers().iter().filter_map(readable).collect(),
            body: Vec::new(),
            truncated: false,
        };
        while let Some(chunk) = response.chunk().await.map_err(classify)? {
            let room = out.body_bytes_max - incoming.body.len();
            if chunk.len() > room {
                if out.to == To::Provider {
                    return Err(NetError::TooLarge);
                }
                incoming.body.extend_from_slice(&chunk[..room]);
                incoming.truncated = true;
                break;
            }
            incoming.body.extend_from_slice(&chunk);
        }
        Ok(incoming)
    }

    fn client(&self, key: ClientKey) -> Result<reqwest::Client, reqwest::Error> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let client = match self.builder(key).tls_certs_merge(self.roots.clone()).build() {
            Ok(client) => client,
            // A machine without a certificate store must still reach its sandbox; https elsewhere then fails by name.
            Err(error) => {
                tracing::warn!(error = describe(&error), "the system's certificates could not be loaded");
                self.builder(key).tls_certs_only(self.roots.clone()).build()?
            }
        };
        clients.insert(key, client.clone());
        Ok(client)
    }

    fn builder(&self, key: ClientKey) -> reqwest::ClientBuilder {
        let resolver = Guarded { lookup: self.lookup.clone(), rules: self.rules.clone(), reach: key.reach };
        reqwest::Client::builder()
            .dns_resolver(resolver)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .http1_only()
            .http1_max_headers(ANSWER_HEADERS_MAX)
            .connect_timeout(Duration::from_millis(self.connect_timeout_ms))
            .pool_max_idle_per_host(if key.reuse { IDLE_PER_HOST_MAX } else { 0 })
            .pool_idle_timeout(Duration::from_secs(IDLE_SECS_MAX))
    }
}

#[async_trait]
impl Transport for Net {
    async fn send(&self, out: Outgoing) -> Result<Incoming, NetError> {
        Net::send(self, out).await
    }
}

fn headers(given: &[(String, String)]) -> Result<HeaderMap, NetError> {
    let mut map = HeaderMap::with_capacity(given.len() + 2);
    map.insert(USER_AGENT, HeaderValue::from_static("hundi"));
    // We read bodies as they come, so nobody gets to inflate one in our memory.
    map.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    for (name, value) in given {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unwritable("header"))?;
        if RESERVED.contains(&name.as_str()) {
            return Err(unwritable("header"));
        }
        // A value with a line break is refused here.
        let value = HeaderValue::from_str(value).map_err(|_| unwritable("header"))?;
        match name {
            USER_AGENT | ACCEPT_ENCODING => drop(map.insert(name, value)),
            _ => drop(map.append(name, value)),
        }
    }
    Ok(map)
}

fn unwritable(what: &str) -> NetError {
    NetError::NotConnected(format!("the request's {what} cannot be written"))
}

fn readable((name, value): (&HeaderName, &HeaderValue)) -> Option<(String, String)> {
    Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
}

/// A failure before the first byte, or one after it. The client says "connect" for names, sockets and the TLS
/// handshake alone; whatever it doesn't say so of may have been read by the other side.
fn classify(error: reqwest::Error) -> NetError {
    if chain(&error).any(|e| e.is::<Blocked>()) {
        NetError::Forbidden(BLOCKED)
    } else if chain(&error).any(|e| e.is::<NotFound>()) {
        NetError::NoSuchName
    } else if error.is_connect() {
        NetError::NotConnected(describe(&error))
    } else if error.is_builder() {
        unwritable("form")
    } else if error.is_timeout() {
        NetError::TimedOut
    } else {
        NetError::Broken(describe(&error))
    }
}

/// The innermost cause: the outer ones repeat it, and the outermost names the URL.
fn describe(error: &reqwest::Error) -> String {
    chain(error).last().map_or_else(|| "request failed".to_owned(), ToString::to_string)
}

fn chain<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(std::error::Error::source(error), |e| e.source())
}
