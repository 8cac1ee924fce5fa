//! The port through which adapters reach the provider: one request out, one answer or a classified failure back.
//!
//! Whoever implements [`Wire`] sets the deadline, records the exchange with its secrets hidden, and refuses redirects.

use async_trait::async_trait;
use hundi_core::{Millis, Secret};
use std::fmt;

/// A request to a provider, ready to send.
#[derive(Clone, Debug)]
pub struct Request {
    /// What it is for, in our words: `open`, `fetch`, `refund`. Names the exchange in the timeline.
    pub purpose: &'static str,
    pub method: &'static str,
    pub url: String,
    pub headers: Vec<Header>,
    pub body: Vec<u8>,
    /// Its bodies, there and back, hold credentials or tokens: recorded as `[hidden]`.
    pub private: bool,
}

#[derive(Clone)]
pub struct Header {
    pub name: &'static str,
    pub value: String,
    /// Recorded as `[hidden]`.
    pub secret: bool,
}

impl Header {
    pub fn plain(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into(), secret: false }
    }

    pub fn secret(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into(), secret: true }
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, if self.secret { "[hidden]" } else { &self.value })
    }
}

/// A whole answer, read to its end within the size limit.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// How a call ended when it did not end well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    /// Nothing happened there. Another provider may be tried.
    NotDone(Reason),
    /// It may have happened. Only asking again can settle it.
    Unknown(Reason),
}

/// What a call came to.
pub type Called<T> = Result<T, CallError>;

impl CallError {
    pub const fn reason(&self) -> &Reason {
        match self {
            Self::NotDone(reason) | Self::Unknown(reason) => reason,
        }
    }

    pub fn not_done(kind: ReasonKind, detail: impl Into<String>) -> Self {
        Self::NotDone(Reason { kind, detail: detail.into() })
    }

    pub fn unknown(kind: ReasonKind, detail: impl Into<String>) -> Self {
        Self::Unknown(Reason { kind, detail: detail.into() })
    }
}

/// Why. `detail` is for people who look closer and never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub kind: ReasonKind,
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonKind {
    /// No connection was made.
    Unreachable,
    TimedOut,
    /// The connection broke after the first byte was sent.
    Broken,
    /// A 5xx, or an error class that means the same.
    ServerError,
    RateLimited,
    /// An answer that we cannot read: HTML, truncated, empty, another type.
    Unreadable,
    /// A status or code that nobody has mapped.
    Unrecognised,
    /// Wrong key or secret.
    Unauthorized,
    /// The key may not do this.
    Forbidden,
    /// The provider understood and said no.
    Refused,
    NotFound,
}

impl ReasonKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Broken => "broken",
            Self::ServerError => "server_error",
            Self::RateLimited => "rate_limited",
            Self::Unreadable => "unreadable",
            Self::Unrecognised => "unrecognised",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::Refused => "refused",
            Self::NotFound => "not_found",
        }
    }
}

/// Sends one request. A failed connect before the first byte is `NotDone(Unreachable)`; a timeout, a broken
/// connection or a body that did not end is `Unknown`. A status of any number is an `Ok` answer: the adapter judges.
#[async_trait]
pub trait Wire: Send + Sync {
    async fn send(&self, request: Request) -> Result<Answer, CallError>;

    /// The time, for requests and facts that need one.
    fn now(&self) -> Millis;

    /// Unpredictable bytes, for salts, keys and nonces.
    fn random(&self) -> [u8; 32];

    /// What an earlier call for this account kept under this name, if its time is not over.
    fn recall(&self, name: &str) -> Option<Secret>;

    /// Keeps a short-lived thing, such as an access token, until then. In memory only: it may be gone any time.
    fn keep(&self, name: &str, what: &Secret, until: Millis);

    fn forget(&self, name: &str);
}
