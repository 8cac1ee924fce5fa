//! The wire that adapters speak over: one deadline, secrets hidden, every exchange kept for the timeline.

use crate::net::{Incoming, NetError, Outgoing, To};
use crate::{App, planted};
use async_trait::async_trait;
use hundi_core::{ConnectionId, ExchangeId, Millis, Secret};
use hundi_providers::{Answer, CallError, ReasonKind, Request, Wire};
use hundi_store::history::Exchange;
use std::sync::{Mutex, PoisonError};

/// From the look-up of the name to the last byte of the answer.
const DEADLINE_MS: u64 = 30_000;
/// A provider's answer is never this long.
const ANSWER_BYTES_MAX: usize = 2 << 20;
/// How much of a body the timeline keeps.
const KEPT_BYTES_MAX: usize = 16 << 10;

/// A wire for calls about one object. What was exchanged is taken out of it and written with what followed.
pub(crate) struct Wired<'a> {
    app: &'a App,
    connection: ConnectionId,
    object_id: String,
    exchanges: Mutex<Vec<Exchange>>,
    /// Not kept, wherever it stands in an exchange.
    hidden: Option<Secret>,
}

impl<'a> Wired<'a> {
    pub(crate) fn new(app: &'a App, connection: ConnectionId, object_id: impl ToString) -> Self {
        Self {
            app,
            connection,
            object_id: object_id.to_string(),
            exchanges: Mutex::new(Vec::new()),
            hidden: None,
        }
    }

    /// The same, with a token whose every trace is hidden.
    pub(crate) fn hiding(self, token: Secret) -> Self {
        Self { hidden: Some(token), ..self }
    }

    fn veiled(&self, text: String) -> String {
        match &self.hidden {
            Some(token) if !token.is_empty() => text.replace(token.expose(), HIDDEN),
            Some(_) | None => text,
        }
    }

    /// What was said so far, oldest first.
    pub(crate) fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.exchanges.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep(&self, request: &Request, at: Millis, ended: &Result<Incoming, NetError>) {
        let (status, outcome) = match ended {
            Ok(answer) => (Some(i64::from(answer.status)), "answered".to_owned()),
            Err(error) => (None, error.to_string()),
        };
        let response = ended.as_ref().ok();
        let exchange = Exchange {
            id: self.app.id(ExchangeId::new),
            connection_id: self.connection,
            object_id: self.object_id.clone(),
            purpose: request.purpose.to_owned(),
            request_line: self.veiled(format!("{} {}", request.method, request.url)),
            request_headers: lines(request.headers.iter().map(|h| (h.name, shown(&h.value, h.secret)))),
            request_body: if request.private { HIDDEN.to_owned() } else { self.veiled(kept(&request.body)) },
            status,
            outcome,
            response_headers: response.map_or_else(String::new, |r| {
                lines(r.headers.iter().map(|(n, v)| (n.as_str(), shown(v, is_secret(n)))))
            }),
            response_body: response.map_or_else(String::new, |r| {
                if request.private { HIDDEN.to_owned() } else { self.veiled(kept(&r.body)) }
            }),
            at,
            took_ms: self.app.now().since(at),
        };
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
    }
}

#[async_trait]
impl Wire for Wired<'_> {
    async fn send(&self, request: Request) -> Result<Answer, CallError> {
        let at = self.app.now();
        let out = Outgoing {
            method: request.method.to_owned(),
            url: request.url.clone(),
            headers: request.headers.iter().map(|h| (h.name.to_owned(), h.value.clone())).collect(),
            body: request.body.clone(),
            deadline_ms: DEADLINE_MS,
            body_bytes_max: ANSWER_BYTES_MAX,
            to: To::Provider,
        };
        let ended = self.app.transport.send(out).await;
        self.keep(&request, at, &ended);
        self.app.figures.called(request.purpose, ended.is_ok(), self.app.now().since(at));
        match ended {
            Ok(answer) => Ok(Answer { status: answer.status, headers: answer.headers, body: answer.body }),
            Err(error) => Err(of_net(&error)),
        }
    }

    fn now(&self) -> Millis {
        self.app.now()
    }

    fn random(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.app.random.fill(&mut bytes);
        bytes
    }

    fn recall(&self, name: &str) -> Option<Secret> {
        self.app.memory.recall(self.connection, name, self.app.now())
    }

    fn keep(&self, name: &str, what: &Secret, until: Millis) {
        self.app.memory.keep((self.connection, name), what, until, self.app.now());
    }

    fn forget(&self, name: &str) {
        self.app.memory.forget(self.connection, name);
    }
}

/// Only what surely never left is not done; all else may have happened there (DESIGN, rule 2).
fn of_net(error: &NetError) -> CallError {
    let detail = error.to_string();
    match error {
        NetError::Forbidden(_) | NetError::NotConnected(_) | NetError::NoSuchName => {
            CallError::not_done(ReasonKind::Unreachable, detail)
        }
        NetError::TimedOut => CallError::unknown(ReasonKind::TimedOut, detail),
        NetError::Broken(_) => CallError::unknown(ReasonKind::Broken, detail),
        NetError::TooLarge => CallError::unknown(ReasonKind::Unreadable, detail),
    }
}

fn lines<'h>(headers: impl Iterator<Item = (&'h str, String)>) -> String {
    headers.map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n")
}

const HIDDEN: &str = "[hidden]";

fn shown(value: &str, secret: bool) -> String {
    if secret && !planted!("exchanges_keep_secrets") { HIDDEN.to_owned() } else { value.to_owned() }
}

/// Headers of an answer or a notice that hold proofs or sessions.
pub(crate) fn is_secret(name: &str) -> bool {
    matches!(name, "set-cookie" | "cookie" | "authorization" | "proxy-authorization" | "www-authenticate")
        || name.contains("signature")
        || name.contains("verify")
}

fn kept(body: &[u8]) -> String {
    let cut = body.len().min(KEPT_BYTES_MAX);
    let mut text = String::from_utf8_lossy(&body[..cut]).into_owned();
    if cut < body.len() {
        text.push_str(" [cut]");
    }
    // PostgreSQL's text cannot hold it, and nothing readable does.
    text.replace('\0', "\u{fffd}")
}
